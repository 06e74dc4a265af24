/**
 * What is wrong with a scenario: one error class, one line of text. Read first; every file of the scenario
 * language throws nothing else for what a user wrote.
 *
 * @module
 */

/** Names that a message lists before it only counts the rest. */
const LISTED_NAMES = 24;

/** Characters of a user's text that a message repeats. */
const SHOWN_CHARACTERS = 60;

/**
 * A problem in a scenario, an override or a scenario file. The message is one line: where, what, and what would be
 * right, such as `segments.lan.rate: "10Mbs": unknown unit "Mbs": did you mean "Mbps"? allowed: bps, kbps, ...`.
 */
export class ScenarioError extends Error {
  /** Tells it from other errors across realms. */
  override readonly name = "ScenarioError";
  /** The dotted path of the offending value (`nodes.member.receiver.nakBoIvl`); empty for the scenario as a whole. */
  readonly at: string;

  /** `at` is a path as in {@link at}; `problem` is one line without the path. */
  constructor(at: string, problem: string) {
    super(at === "" ? problem : `${at}: ${problem}`);
    this.at = at;
  }
}

/** A value in a message: short, on one line, whatever it is and however deep. */
export function show(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}

/** A text in quotes, cut when long. */
export function quote(text: string): string {
  return JSON.stringify(text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}...`);
}

/** `a, b, c`; long lists end in a count. */
export function list(names: readonly string[]): string {
  if (names.length <= LISTED_NAMES) return names.join(", ");
  return `${names.slice(0, LISTED_NAMES).join(", ")}, ... (${names.length} in all)`;
}

/** `a, b or c`. */
export function either(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
