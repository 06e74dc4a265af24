/**
 * `deno task conformance [--check]`: writes docs/conformance.md, or compares it with what it should be.
 *
 * Exit codes: 0 written or current; 1 stale (`--check`); 2 something does not fit, a line each on stderr.
 *
 * @module
 */

import {
  buildLedger,
  type Citation,
  citationsOf,
  EXCEPTIONS_FILE,
  type Ledger,
  parseExceptions,
  parseRequirements,
  REQUIREMENTS_FILE,
  statusOf,
} from "./ledger.ts";
import { renderReport } from "./report.ts";

const REPORT_FILE = "docs/conformance.md";

/** Runs the task in the repository at `root`; gives the exit code and the lines to print. */
export function runConformance(args: readonly string[], root: URL): { code: 0 | 1 | 2; lines: string[] } {
  const unknown = args.find((arg) => arg !== "--check");
  if (unknown !== undefined) return { code: 2, lines: [`Unknown argument ${unknown}: --check is the only one`] };
  const ledger = readLedger(root);
  if (ledger.problems.length > 0) return { code: 2, lines: [...ledger.problems] };
  const report = renderReport(ledger);
  const file = new URL(REPORT_FILE, root);
  if (args.includes("--check")) {
    if (readIfThere(file) === report) return { code: 0, lines: [`${REPORT_FILE} is current: ${counts(ledger)}`] };
    return { code: 1, lines: [`${REPORT_FILE} is stale: run deno task conformance`] };
  }
  Deno.writeTextFileSync(file, report);
  return { code: 0, lines: [`${REPORT_FILE} written: ${counts(ledger)}`] };
}

function readLedger(root: URL): Ledger {
  const problems: string[] = [];
  const requirements = parseRequirements(Deno.readTextFileSync(new URL(REQUIREMENTS_FILE, root)), problems);
  const exceptions = parseExceptions(readIfThere(new URL(EXCEPTIONS_FILE, root)) ?? "", problems);
  const citations = testFiles(root, "tests/").flatMap((file): Citation[] =>
    citationsOf(file, Deno.readTextFileSync(new URL(file, root)), problems)
  );
  const ledger = buildLedger(requirements, exceptions, citations);
  return { entries: ledger.entries, problems: [...problems, ...ledger.problems] };
}

function counts({ entries }: Ledger): string {
  const of = (status: string) => entries.filter((entry) => statusOf(entry) === status).length;
  return `${entries.length} requirements, ${of("tested")} tested, ${of("excepted")} excepted, ` +
    `${of("later")} later, ${of("open")} open`;
}

/** The test files under `folder`, sorted, relative to `root`. */
function testFiles(root: URL, folder: string): string[] {
  const files: string[] = [];
  for (const entry of Deno.readDirSync(new URL(folder, root))) {
    const path = folder + entry.name;
    if (entry.isDirectory) files.push(...testFiles(root, `${path}/`));
    else if (path.endsWith("_test.ts")) files.push(path);
  }
  return files.sort((a, b) => (a < b ? -1 : 1));
}

function readIfThere(file: URL): string | undefined {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

if (import.meta.main) {
  const { code, lines } = runConformance(Deno.args, new URL("../../", import.meta.url));
  for (const line of lines) (code === 0 ? console.log : console.error)(line);
  Deno.exit(code);
}
