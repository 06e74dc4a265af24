/**
 * The requirements of RFC 3208, the tests that cite them and the exceptions, matched. Read {@link buildLedger} first.
 *
 * A test cites ids in brackets in its name: `Deno.test("nak_machine: ... [RCV-026, RCV-027]", ...)`.
 *
 * @module
 */

import { lineAt, readSource } from "../tidy/source_text.ts";

/** A row of rfc3208.tsv. */
export interface Requirement {
  readonly id: string;
  /** The section of RFC 3208, or `pgmcc §N` of draft-ietf-rmt-bb-pgmcc-03. */
  readonly section: string;
  readonly role: string;
  readonly level: Level;
  readonly text: string;
}

/** How a requirement binds. NOTE: a reading where the text is silent or contradicts itself. */
export type Level = (typeof LEVELS)[number];

/** All levels, strongest first. */
export const LEVELS = ["MUST", "SHOULD", "DEF", "MAY", "NOTE"] as const;

/** A line of exceptions.tsv: one id, or `GRP-*` for what is left of a group. */
export interface Exception {
  readonly pattern: string;
  readonly reason: string;
  readonly line: number;
}

/** A test that cites requirements. */
export interface Citation {
  readonly file: string;
  readonly line: number;
  /** The name without its brackets. */
  readonly name: string;
  readonly ids: readonly string[];
}

/** What is known of one requirement. */
export interface Entry {
  readonly requirement: Requirement;
  readonly tests: readonly Citation[];
  /** Why there is no test; only where there is none. */
  readonly reason: string | undefined;
}

/** Every requirement in the order of the file, and what is wrong, a line each. */
export interface Ledger {
  readonly entries: readonly Entry[];
  readonly problems: readonly string[];
}

/** Where the parts come from, for messages. */
export const REQUIREMENTS_FILE = "tests/conformance/rfc3208.tsv";
/** Where the exceptions come from. */
export const EXCEPTIONS_FILE = "tests/conformance/exceptions.tsv";

/** How an entry stands. An exception whose reason begins with `later:` is work to come and not a decision. */
export function statusOf(entry: Entry): "tested" | "excepted" | "later" | "open" {
  if (entry.tests.length > 0) return "tested";
  if (entry.reason === undefined) return "open";
  return entry.reason.startsWith("later:") ? "later" : "excepted";
}

/** Reads rfc3208.tsv: a header, then id, section, role, level, requirement and what to observe, tab-separated. */
export function parseRequirements(text: string, problems: string[]): Requirement[] {
  const requirements: Requirement[] = [];
  const seen = new Set<string>();
  for (const [index, line] of text.trimEnd().split("\n").entries()) {
    if (index === 0) continue;
    const where = `${REQUIREMENTS_FILE}:${index + 1}`;
    const [id = "", section = "", role = "", level = "", requirement = "", ...rest] = line.split("\t");
    const known = LEVELS.find((candidate) => candidate === level);
    if (!/^[A-Z]+-\d{3}$/.test(id) || known === undefined || rest.length !== 1) {
      problems.push(`${where}: expected id, section, role, level, requirement and observation`);
    } else if (seen.has(id)) {
      problems.push(`${where}: ${id} is listed twice`);
    } else {
      seen.add(id);
      requirements.push({ id, section, role, level: known, text: requirement });
    }
  }
  return requirements;
}

/** Reads exceptions.tsv: id or `GRP-*`, tab, reason. Lines that begin with `#` are comments. */
export function parseExceptions(text: string, problems: string[]): Exception[] {
  const exceptions: Exception[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const [pattern = "", reason = "", ...rest] = line.split("\t");
    if (!/^[A-Z]+-(\d{3}|\*)$/.test(pattern) || reason.trim() === "" || rest.length > 0) {
      problems.push(`${EXCEPTIONS_FILE}:${index + 1}: expected an id or GROUP-*, a tab and a reason`);
    } else if (exceptions.some((other) => other.pattern === pattern)) {
      problems.push(`${EXCEPTIONS_FILE}:${index + 1}: ${pattern} is listed twice`);
    } else {
      exceptions.push({ pattern, reason: reason.trim(), line: index + 1 });
    }
  }
  return exceptions;
}

/**
 * The tests of a file that cite requirements: the names given to `Deno.test(` as literal text. Brackets that look like
 * ids but are none are a problem, because they would silently not count.
 */
export function citationsOf(file: string, text: string, problems: string[]): Citation[] {
  const { code, strings } = readSource(text);
  const citations: Citation[] = [];
  for (const match of code.matchAll(/\bDeno\s*\.\s*test\s*\(\s*(?:\{[^}]*?\bname\s*:\s*)?(?=["'`])/g)) {
    const line = lineAt(text, match.index);
    const title = literalAt(code, strings, match.index + match[0].length);
    const ids = [...title.matchAll(BRACKETS)].flatMap((bracket) => bracket[0].match(/[A-Z]+-\d{3}/g)!);
    const name = title.replace(BRACKETS, "").replace(/\s+/g, " ").trim();
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    const malformed = /\[[^\]]*\b[A-Za-z]{2,4}-\d[^\]]*\]?/.exec(name);
    const where = `${file}:${line}`;
    if (twice !== undefined) problems.push(`${where}: cites ${twice} twice`);
    if (malformed !== null) problems.push(`${where}: cannot read ${malformed[0]}: write [PKT-003, PKT-029]`);
    if (ids.length === 0) continue;
    if (citations.some((other) => other.name === name)) problems.push(`${where}: a second test is called "${name}"`);
    citations.push({ file, line, name, ids });
  }
  return citations;
}

/** Matches the three, and says what does not fit: unknown ids, exceptions that are not needed. */
export function buildLedger(
  requirements: readonly Requirement[],
  exceptions: readonly Exception[],
  citations: readonly Citation[],
): Ledger {
  const problems: string[] = [];
  const tests = new Map<string, Citation[]>(requirements.map(({ id }) => [id, []]));
  for (const citation of citations) {
    for (const id of citation.ids) {
      if (tests.has(id)) tests.get(id)!.push(citation);
      else problems.push(`${citation.file}:${citation.line}: cites ${id}, which is not in ${REQUIREMENTS_FILE}`);
    }
  }
  const used = new Set<Exception>();
  const entries = requirements.map((requirement): Entry => {
    const cited = tests.get(requirement.id)!;
    const exception = exceptions.find(({ pattern }) => pattern === requirement.id) ??
      exceptions.find(({ pattern }) => pattern === `${groupOf(requirement.id)}-*`);
    if (exception === undefined || cited.length > 0) return { requirement, tests: cited, reason: undefined };
    used.add(exception);
    return { requirement, tests: cited, reason: exception.reason };
  });
  for (const exception of exceptions) {
    if (used.has(exception)) continue;
    const where = `${EXCEPTIONS_FILE}:${exception.line}: ${exception.pattern}`;
    const cited = tests.get(exception.pattern)?.[0];
    problems.push(
      cited === undefined
        ? `${where} excepts nothing`
        : `${where} is excepted, but ${cited.file}:${cited.line} tests it`,
    );
  }
  return { entries, problems };
}

/** `PKT` of `PKT-003`. */
export function groupOf(id: string): string {
  return id.slice(0, id.indexOf("-"));
}

const BRACKETS = /\s*\[[A-Z]+-\d{3}(?:,\s*[A-Z]+-\d{3})*\]/g;

/** The string that starts at `offset`, with those that `+` joins to it. */
function literalAt(code: string, strings: ReadonlyMap<number, string>, offset: number): string {
  let text = "";
  for (let at = offset;;) {
    const part = strings.get(at);
    if (part === undefined) return text;
    text += part;
    const closing = code.indexOf(code[at]!, at + 1);
    const joined = /^\s*\+\s*/.exec(code.slice(closing + 1));
    if (joined === null) return text;
    at = closing + 1 + joined[0].length;
  }
}
