/**
 * The conformance tool finds citations, refuses what does not fit, and notices a stale report.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runConformance } from "./conformance.ts";
import { buildLedger, citationsOf, parseExceptions, parseRequirements, statusOf } from "./ledger.ts";
import { renderReport } from "./report.ts";

const HEADER = "id\tsection\trole\tlevel\trequirement\tobservable\n";
const REQUIREMENTS = HEADER +
  "PKT-001\t8\tpacket\tMUST\tA | header <is> 16 octets.\tLook.\n" +
  "PKT-002\t8\tpacket\tDEF\tTwo.\tLook.\n" +
  "RCV-001\t6.10\treceiver\tSHOULD\tThree.\tLook.\n" +
  "RCV-002\t6.2\treceiver\tNOTE\tFour.\tLook.\n" +
  "CC-001\tpgmcc §2.1\tall\tMAY\tFive.\tLook.\n";

Deno.test("citationsOf: every way to write ids, in names only", () => {
  const problems: string[] = [];
  const text = `
    Deno.test("a: one [PKT-001]", () => {});
    Deno.test('b: two [PKT-001, PKT-002]', fn);
    Deno.test(\`c: [PKT-001] and [RCV-001]\`, fn);
    Deno.test({ permissions: "none", name: "d [CC-001]", fn });
    Deno.test(
      "e: long " +
        "[PKT-002]",
      fn,
    );
    Deno.test("no id", () => assertEquals("[PKT-001]", "x"));
    // Deno.test("commented out [PKT-001]", fn);
    const text = 'Deno.test("quoted [PKT-001]", fn)';
    other("not a test [PKT-001]", fn);
  `;
  const found = citationsOf("tests/a_test.ts", text, problems).map(({ name, line, ids }) => [name, line, ...ids]);
  assertEquals(found, [
    ["a: one", 2, "PKT-001"],
    ["b: two", 3, "PKT-001", "PKT-002"],
    ["c: and", 4, "PKT-001", "RCV-001"],
    ["d", 5, "CC-001"],
    ["e: long", 6, "PKT-002"],
  ]);
  assertEquals(problems, []);
});

Deno.test("citationsOf: what would silently not count is a problem", () => {
  const cases: [string, string][] = [
    [`Deno.test("a [PKT-001, PKT-001]", fn);`, "cites PKT-001 twice"],
    [`Deno.test("a [PKT-001] [PKT-001]", fn);`, "cites PKT-001 twice"],
    [`Deno.test("a [PKT-1]", fn);`, "cannot read [PKT-1]"],
    [`Deno.test("a [pkt-001]", fn);`, "cannot read [pkt-001]"],
    [`Deno.test("a [PKT-001 PKT-002]", fn);`, "cannot read [PKT-001 PKT-002]"],
    [`Deno.test("a [PKT-001]", fn);\nDeno.test("a [PKT-002]", fn);`, `t.ts:2: a second test is called "a"`],
  ];
  for (const [text, message] of cases) {
    const problems: string[] = [];
    citationsOf("t.ts", text, problems);
    assertEquals(problems.length, 1, text);
    assertStringIncludes(problems[0]!, message);
  }
});

Deno.test("parseRequirements: rows, duplicates and malformed rows", () => {
  const problems: string[] = [];
  assertEquals(parseRequirements(REQUIREMENTS, problems).map(({ id }) => id), [
    "PKT-001",
    "PKT-002",
    "RCV-001",
    "RCV-002",
    "CC-001",
  ]);
  assertEquals(problems, []);
  parseRequirements(`${HEADER}PKT-001\t8\tp\tMUST\tA\tB\nPKT-001\t8\tp\tMUST\tA\tB\n`, problems);
  parseRequirements(`${HEADER}PKT-001\t8\tp\tWISH\tA\tB\n`, problems);
  parseRequirements(`${HEADER}PKT-001\t8\tp\tMUST\tA\n`, problems);
  assertEquals(problems.length, 3);
  assertStringIncludes(problems[0]!, "rfc3208.tsv:3: PKT-001 is listed twice");
});

Deno.test("parseExceptions: ids, groups and comments; a reason is needed", () => {
  const problems: string[] = [];
  const parsed = parseExceptions("# comment\nPKT-001\tnot here\n\nRCV-*\tlater: x\n", problems);
  assertEquals(parsed.map(({ pattern, line }) => [pattern, line]), [["PKT-001", 2], ["RCV-*", 4]]);
  assertEquals(problems, []);
  parseExceptions("PKT-001\n", problems);
  parseExceptions("PKT-001\t \n", problems);
  parseExceptions("PKT-1\tx\n", problems);
  parseExceptions("RCV-*\tx\nRCV-*\ty\n", problems);
  assertEquals(problems.length, 4);
});

Deno.test("buildLedger: tested, excepted, later and open", () => {
  const { entries, problems } = ledgerOf(
    `Deno.test("a [PKT-001, RCV-001]", fn);`,
    "PKT-002\tnot observable\nRCV-*\tlater: x\n",
  );
  assertEquals(entries.map(statusOf), ["tested", "excepted", "tested", "later", "open"]);
  assertEquals(problems, []);
});

Deno.test("buildLedger: an exact exception comes before its group", () => {
  const { entries } = ledgerOf("", "PKT-*\tlater: x\nPKT-002\tnot observable\n");
  assertEquals(entries.map(({ reason }) => reason), ["later: x", "not observable", undefined, undefined, undefined]);
});

Deno.test("buildLedger: unknown ids and exceptions without effect are problems", () => {
  const cases: [string, string, string][] = [
    [`Deno.test("a [PKT-009]", fn);`, "", "tests/a_test.ts:1: cites PKT-009, which is not in"],
    [`Deno.test("a [PKT-001]", fn);`, "PKT-001\tx\n", "PKT-001 is excepted, but tests/a_test.ts:1 tests it"],
    [`Deno.test("a [CC-001]", fn);`, "CC-*\tx\n", "CC-* excepts nothing"],
    ["", "XYZ-001\tx\n", "XYZ-001 excepts nothing"],
  ];
  for (const [test, exceptions, message] of cases) {
    const { problems } = ledgerOf(test, exceptions);
    assertEquals(problems.length, 1, message);
    assertStringIncludes(problems[0]!, message);
  }
});

Deno.test("renderReport: counts per group and rows per section in their order", () => {
  const report = renderReport(ledgerOf(`Deno.test("view: fields [PKT-001]", fn);`, "RCV-*\tlater: x\n"));
  assertStringIncludes(report, "| PKT | 2 | 1 | 0 | 1 | 0 | 0 | 1 | 0 | 0 | 1 |\n");
  assertStringIncludes(report, "| **all** | 5 | 1 | 1 | 1 | 1 | 1 | 1 | 0 | 2 | 2 |\n");
  assertStringIncludes(
    report,
    "| PKT-001 | MUST | A \\| header &lt;is&gt; 16 octets. | view: fields (`tests/a_test.ts`) |\n",
  );
  assertStringIncludes(report, "| PKT-002 | DEF | Two. | open |\n");
  assertStringIncludes(report, "| RCV-001 | SHOULD | Three. | *later: x* |\n");
  const headings = report.split("\n").filter((line) => line.startsWith("## "));
  assertEquals(headings, [
    "## Summary",
    "## End systems",
    "## Section 6.2",
    "## Section 6.10",
    "## Section 8",
    "## PGMCC draft, section 2.1",
  ]);
});

Deno.test("renderReport: what binds end systems, and router assist, is counted by level and status, and listed where it has no test", () => {
  const rows = HEADER +
    "RCV-001\t6\treceiver\tMUST\tOne.\tLook.\n" +
    "RCV-002\t6\treceiver\tMUST\tTwo.\tLook.\n" +
    "RCV-003\t6\treceiver\tSHOULD\tThree.\tLook.\n" +
    "RCV-004\t6\treceiver\tMAY\tFour.\tLook.\n" +
    "SRC-001\t5\tsource\tMUST\tFive.\tLook.\n" +
    "NE-001\t7\tNE\tMUST\tSix.\tLook.\n";
  const exceptions = "RCV-002\tlater: x\nRCV-003\tnever: y\n";
  const ledger = buildLedger(
    parseRequirements(rows, []),
    parseExceptions(exceptions, []),
    citationsOf("tests/a_test.ts", `Deno.test("a [RCV-001]", fn);`, []),
  );
  const linesOf = (title: string) => {
    const section = renderReport(ledger).split("## ").find((part) => part.startsWith(title))!;
    return section.split("\n").filter((line) => /^[|-] /.test(line));
  };
  assertEquals(linesOf("End systems"), [
    "| group | MUST tested | MUST excepted | MUST later | MUST open | SHOULD tested | SHOULD excepted | SHOULD later | " +
    "SHOULD open |",
    "| SRC | 0 | 0 | 0 | 1 | 0 | 0 | 0 | 0 |",
    "| RCV | 1 | 0 | 1 | 0 | 0 | 1 | 0 | 0 |",
    "| **all** | 1 | 0 | 1 | 1 | 0 | 1 | 0 | 0 |",
    "- SRC-001 (MUST) Five. *open*",
    "- RCV-002 (MUST) Two. *later: x*",
    "- RCV-003 (SHOULD) Three. *never: y*",
  ]);
  assertEquals(linesOf("Router assist").slice(1), [
    "| NE | 0 | 0 | 0 | 1 | 0 | 0 | 0 | 0 |",
    "| **all** | 0 | 0 | 0 | 1 | 0 | 0 | 0 | 0 |",
    "- NE-001 (MUST) Six. *open*",
  ]);
});

Deno.test("runConformance: writes, finds current, finds stale, refuses", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const root = new URL(`file://${folder}/`);
    const write = (path: string, text: string) => Deno.writeTextFileSync(new URL(path, root), text);
    for (const path of ["docs", "tests/conformance"]) Deno.mkdirSync(new URL(path, root), { recursive: true });
    write("tests/conformance/rfc3208.tsv", REQUIREMENTS);
    write("tests/a_test.ts", `Deno.test("a [PKT-001]", fn);`);

    assertEquals(runConformance(["--check"], root).code, 1);
    const written = runConformance([], root);
    assertEquals(written.code, 0);
    assertStringIncludes(written.lines[0]!, "5 requirements, 1 tested, 0 excepted, 0 later, 4 open");
    assertEquals(runConformance(["--check"], root).code, 0);

    write("tests/a_test.ts", `Deno.test("a [PKT-001, PKT-002]", fn);`);
    assertEquals(runConformance(["--check"], root).code, 1);
    write("tests/a_test.ts", `Deno.test("a [PKT-003]", fn);`);
    for (const args of [[], ["--check"]]) {
      const { code, lines } = runConformance(args, root);
      assertEquals([code, lines.length], [2, 1]);
      assertStringIncludes(lines[0]!, "tests/a_test.ts:1: cites PKT-003, which is not in");
    }
    write("tests/a_test.ts", `Deno.test("a [PKT-001]", fn);`);
    for (const [exceptions, message] of [["PKT-003", "PKT-003 excepts nothing"], ["PKT-001", "tests it"]] as const) {
      write("tests/conformance/exceptions.tsv", `${exceptions}\tlater: x\n`);
      for (const args of [[], ["--check"]]) {
        const { code, lines } = runConformance(args, root);
        assertEquals([code, lines.length], [2, 1]);
        assertStringIncludes(lines[0]!, message);
      }
    }
    write("tests/conformance/exceptions.tsv", "PKT-002\tlater: x\n");
    assertEquals(runConformance([], root).code, 0);
    assertEquals(runConformance(["--chekc"], root).code, 2);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("rfc3208.tsv and exceptions.tsv: read without a problem", () => {
  const problems: string[] = [];
  const read = (name: string) => Deno.readTextFileSync(new URL(name, import.meta.url));
  assert(parseRequirements(read("rfc3208.tsv"), problems).length > 700);
  parseExceptions(read("exceptions.tsv"), problems);
  assertEquals(problems, []);
});

function ledgerOf(test: string, exceptions: string) {
  return buildLedger(
    parseRequirements(REQUIREMENTS, []),
    parseExceptions(exceptions, []),
    citationsOf("tests/a_test.ts", test, []),
  );
}
