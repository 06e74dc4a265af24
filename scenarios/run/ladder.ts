/**
 * A run as a time ladder for people: who sent, dropped, missed, asked, kept quiet and repaired what, in order. What
 * several nodes do at one instant is one line, and so is what befalls several sequence numbers in a row; what one node
 * does stays in its order.
 *
 * @module
 */

import { type Instant, sqnAdd } from "../../engine/mod.ts";

/** Marks of the receiver's NAK machine, in words; those that are not here would repeat another line. */
const MARKS: Readonly<Record<string, string>> = {
  REORDER: "misses SQN",
  WAIT_SPM: "waits for an SPM to ask for SQN",
  BACK_OFF: "backs off before a NAK for SQN",
  WAIT_NCF: "hears a NAK, waits for the NCF for SQN",
  WAIT_DATA: "hears the NCF, waits for SQN",
  CANCELLED: "gives up SQN",
  PARKED: "leaves it to parity of its group to bring SQN",
  TG_WAIT_SPM: "waits for an SPM to ask for parity of the group of SQN",
  TG_BACK_OFF: "backs off before a parity NAK for the group of SQN",
  TG_WAIT_NCF: "hears a parity NAK, waits for the NCF for the group of SQN",
  TG_WAIT_DATA: "hears the NCF, waits for parity of the group of SQN",
  TG_CANCELLED: "gives up the group of SQN",
};
/** What a node is said to wait for that may have sent the NAK itself. */
const HEARD_NAK = [MARKS["WAIT_NCF"], MARKS["TG_WAIT_NCF"]];

const NAME_WIDTH = 14;
/** Of a line that is not about sequence numbers. */
const NO_SQN = -1;

/** What happens at some nodes at one instant, to the sequence numbers `first` to `last`. */
interface Line {
  /** Which line of the instant it is. */
  readonly index: number;
  readonly text: string;
  readonly first: number;
  readonly last: number;
  readonly nodes: string[];
}

/** Writes the lines of one run to a sink. */
export class Ladder {
  readonly #sink: (line: string) => void;
  #at: Instant = -1;
  #lines: Line[] = [];
  /** The latest line of each text and number. */
  #byText = new Map<string, Line>();
  /** The index of the latest line of each node. */
  #latest = new Map<string, number>();

  constructor(sink: (line: string) => void) {
    this.#sink = sink;
  }

  /** Something happened at a node. */
  event(at: Instant, node: string, text: string): void {
    this.#note(at, node, { text, first: NO_SQN, last: NO_SQN });
  }

  /** A state transition at a node. */
  mark(at: Instant, node: string, mark: string, sqn: number): void {
    const words = MARKS[mark];
    if (words !== undefined) this.#note(at, node, { text: words, first: sqn, last: sqn });
  }

  /** Writes what is still held back; to be called at the end. */
  flush(): void {
    const time = (this.#at / 1e6).toFixed(3).padStart(12);
    for (const { text, first, last, nodes: mentions } of inRows(withoutEchoes(this.#lines))) {
      const sqns = first === NO_SQN ? "" : first === last ? ` ${first}` : ` ${first} to ${last}`;
      const nodes = [...new Set(mentions)];
      const times = nodes.length === 1 && mentions.length > 1 ? `, ${mentions.length} times` : "";
      this.#sink(`${time} ms  ${summarise(nodes).padEnd(NAME_WIDTH)}  ${text}${sqns}${times}`);
    }
    this.#lines = [];
    this.#byText.clear();
    this.#latest.clear();
  }

  #note(at: Instant, node: string, what: Omit<Line, "index" | "nodes">): void {
    if (at !== this.#at) this.flush();
    this.#at = at;
    const key = `${what.text} ${what.first}`;
    let line = this.#byText.get(key);
    if (line === undefined || line.index < (this.#latest.get(node) ?? 0)) {
      line = { ...what, index: this.#lines.length, nodes: [] };
      this.#lines.push(line);
      this.#byText.set(key, line);
    }
    line.nodes.push(node);
    this.#latest.set(node, line.index);
  }
}

/** Who sends a NAK waits for its NCF: only for the others is that news. */
function withoutEchoes(lines: readonly Line[]): Line[] {
  const asking = new Set(lines.filter(({ text }) => text.startsWith("sends NAK")).flatMap(({ nodes }) => nodes));
  return lines
    .map((line) => HEARD_NAK.includes(line.text) ? without(line, asking) : line)
    .filter(({ nodes }) => nodes.length > 0);
}

function without(line: Line, nodes: ReadonlySet<string>): Line {
  return { ...line, nodes: line.nodes.filter((node) => !nodes.has(node)) };
}

/** The same for the same nodes, and the next sequence number: one line. */
function inRows(lines: readonly Line[]): Line[] {
  const rows: Line[] = [];
  for (const line of lines) {
    const before = rows.at(-1);
    const goesOn = before !== undefined && before.text === line.text && before.first !== NO_SQN &&
      line.first === sqnAdd(before.last, 1) && before.nodes.join() === line.nodes.join();
    if (goesOn) rows[rows.length - 1] = { ...before, last: line.last };
    else rows.push(line);
  }
  return rows;
}

/** `member-3`, or `48 x member` for members of a group. */
function summarise(nodes: readonly string[]): string {
  const first = nodes[0]!;
  if (nodes.length === 1) return first;
  const group = first.replace(/-\d+$/, "");
  const same = nodes.every((node) => node.replace(/-\d+$/, "") === group);
  return same ? `${nodes.length} x ${group}` : `${first} + ${nodes.length - 1}`;
}
