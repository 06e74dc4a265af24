/**
 * The repository keeps its own rules (tests/tidy/rules.ts): each rule holds for the tree, and each can fail.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  changelogFindings,
  configFindings,
  cycleFindings,
  decisionFindings,
  FORBIDDEN,
  forbiddenFindings,
  layerFindings,
  leftoverFindings,
  MAX_LINES,
  moduleDocFindings,
  rootFindings,
  sizeFindings,
  type TextFile,
} from "./tidy/rules.ts";

const ROOT = new URL("../", import.meta.url);

Deno.test("tidy: imports keep to the layers and make no cycle", async () => {
  const files = await sourceFiles();
  assert(files.length > 10, "found hardly any source file");
  none([...files.flatMap(layerFindings), ...cycleFindings(files)]);
});

Deno.test("tidy: engine and netsim are pure and replayable", async () => {
  none((await sourceFiles()).flatMap(forbiddenFindings));
});

Deno.test("tidy: files are documented, short, and without leftovers", async () => {
  const files = await textFiles();
  none(files.flatMap((file) => [...moduleDocFindings(file), ...sizeFindings(file), ...leftoverFindings(file)]));
});

Deno.test("tidy: configurations, root, decisions and changelog are in order", async () => {
  none(configFindings(await read("deno.json"), await read("deno.jsr.json")));
  none(rootFindings(names("")));
  none(decisionFindings(names("docs/decisions/")));
  none(changelogFindings(await read("CHANGELOG.md")));
});

Deno.test("layerFindings: what each layer may import", () => {
  const allowed: [string, string][] = [
    ["engine/base/a.ts", "./b.ts"],
    ["engine/wire/a.ts", "../base/b.ts"],
    ["engine/source/a.ts", "../fec/b.ts"],
    ["engine/source/a.ts", "./b.ts"],
    ["engine/fec/a.ts", "../wire/b.ts"],
    ["engine/socket/a.ts", "../source/b.ts"],
    ["engine/mod.ts", "./socket/b.ts"],
    ["netsim/impairments/a.ts", "../../engine/base/b.ts"],
    ["scenarios/checkers/a.ts", "../../netsim/mod.ts"],
    ["scenarios/a.ts", "@std/cli"],
    ["scenarios/a.ts", "node:url"],
    ["mod.ts", "./scenarios/mod.ts"],
    ["cli.ts", "./scenarios/a.ts"],
    ["tests/a_test.ts", "../engine/wire/b.ts"],
    ["compat/std/assert/mod.ts", "node:assert"],
  ];
  for (const [path, specifier] of allowed) assertEquals(layerFindings(importing(path, specifier)), []);
  const refused: [string, string, string][] = [
    ["engine/base/a.ts", "../wire/b.ts", "may import engine/base/"],
    ["engine/wire/a.ts", "../source/b.ts", "may import"],
    ["engine/source/a.ts", "../receiver/b.ts", "may import"],
    ["engine/fec/a.ts", "../poll/b.ts", "may import"],
    ["engine/source/a.ts", "../../netsim/b.ts", "may import"],
    ["engine/wire/a.ts", "@std/assert", "by hand"],
    ["engine/wire/a.ts", "node:assert", "only relative paths"],
    ["engine/novel/a.ts", "./b.ts", "has no layer"],
    ["netsim/a.ts", "node:url", "only relative paths"],
    ["netsim/a.ts", "../engine/wire/b.ts", "may import netsim/, engine/base/"],
    ["netsim/a.ts", "../scenarios/b.ts", "may import"],
    ["scenarios/a.ts", "../engine/source/b.ts", "may import"],
    ["scenarios/a.ts", "npm:lodash", "only relative paths"],
    ["scenarios/a.ts", "../cli.ts", "may import"],
    ["tests/a_test.ts", "jsr:@std/assert", "only relative paths"],
  ];
  for (const [path, specifier, message] of refused) {
    assertStringIncludes(layerFindings(importing(path, specifier))[0] ?? "", message);
  }
});

Deno.test("layerFindings: every form of import counts, and nothing in comments or strings", () => {
  for (
    const text of [
      `import "../wire/x.ts";`,
      `export * from '../wire/x.ts';`,
      `import type {\n  A,\n} from "../wire/x.ts";`,
      "const x = await import(`../wire/x.ts`);",
      `type X = import("../wire/x.ts").X;`,
      "const t = `${(() => { import('../wire/x.ts'); })()}`;",
      `const ratio = a! / b; import "../wire/x.ts"; const c = d / 2;`,
      `const slash = /["'\`/]/; import "../wire/x.ts";`,
    ]
  ) assertEquals(layerFindings({ path: "engine/base/a.ts", text }).length, 1, text);
  for (
    const text of [
      `// import "../wire/x.ts";`,
      `/* import "../wire/x.ts" */`,
      `const text = 'import "../wire/x.ts"';`,
      "const text = `import '../wire/x.ts'`;",
      `const pattern = /import "..\\/wire\\/x.ts"/;`,
      `const list = Array.from("../wire/x.ts");`,
    ]
  ) assertEquals(layerFindings({ path: "engine/base/a.ts", text }), [], text);
});

Deno.test("cycleFindings: a circle of three is found, a diamond is none", () => {
  const circle = [importing("a.ts", "./b.ts"), importing("b.ts", "./c.ts"), importing("c.ts", "./a.ts")];
  assertEquals(cycleFindings(circle), ["a.ts:1: imports itself: a.ts -> b.ts -> c.ts -> a.ts"]);
  const diamond = [
    { path: "a.ts", text: `import "./b.ts"; import "./c.ts";` },
    importing("b.ts", "./d.ts"),
    importing("c.ts", "./d.ts"),
  ];
  assertEquals(cycleFindings(diamond), []);
});

Deno.test("forbiddenFindings: each forbidden name is found once, with its replacement", () => {
  const uses = [
    "Date.now()",
    "performance.now()",
    "Math.random()",
    "crypto.getRandomValues(a)",
    "setTimeout(f)",
    "queueMicrotask(f)",
    "async () => {}",
    "console.log(1)",
    "Deno.exit()",
    ...["log", "log2", "exp", "pow", "sin", "cos", "tan", "atan2", "hypot", "cbrt", "tanh"].map((f) => `Math.${f}(1)`),
    "2 ** 32",
    "for (const key in object) f(key)",
    "list.sort()",
    "list.toSorted( )",
    "a.localeCompare(b)",
    "new WeakRef(a)",
    "globalThis.now",
  ];
  for (const use of uses) {
    for (const path of ["engine/base/a.ts", "netsim/a.ts"]) {
      const findings = forbiddenFindings({ path, text: `const x = 1;\n${use};\n` });
      assertEquals(findings.length, 1, `${use}: ${findings}`);
      assertStringIncludes(findings[0]!, `${path}:2: uses `);
      assert(FORBIDDEN.some(({ instead }) => findings[0]!.endsWith(instead)));
    }
    assertEquals(forbiddenFindings({ path: "scenarios/a.ts", text: use }), []);
  }
});

Deno.test("forbiddenFindings: sockets that wait and programs may be asynchronous, and nothing else", () => {
  const found = (path: string, text: string) => forbiddenFindings({ path, text }).length;
  const waits = "async () => await new Promise(f);";
  for (const path of ["engine/socket/async_a.ts", "netsim/programs.ts"]) assertEquals(found(path, waits), 0, path);
  for (const path of ["engine/socket/a.ts", "engine/source/async_a.ts", "netsim/async_a.ts"]) {
    assertEquals(found(path, waits), 3, path);
  }
  assertEquals(found("netsim/programs.ts", "setImmediate(f)"), 0);
  assertEquals(found("netsim/programs.ts", "setTimeout(f)"), 1);
  assertEquals(found("engine/socket/async_a.ts", "setImmediate(f)"), 1);
});

Deno.test("forbiddenFindings: comments, strings, members and longer names are free", () => {
  const text = [
    "// Date, console.log, a ** b",
    "/** Math.random() */",
    `const s = "Date.now()" + 'async' + \`console \${now} Deno.exit\`;`,
    "const updateDate = this.performance + dated.Date;",
    "Math.floor(Math.sqrt(x)); Math.max(a, b); Math.imul(a, b);",
    "list.sort((a, b) => a - b); for (const x of list) f(x);",
    "interface Plan { performance: number }",
  ].join("\n");
  assertEquals(forbiddenFindings({ path: "engine/base/a.ts", text }), []);
});

Deno.test("moduleDocFindings: the first thing in a file is its module comment", () => {
  const good = "/**\n * What it is.\n *\n * @module\n */\n\nimport 1;\n";
  assertEquals(moduleDocFindings({ path: "engine/a.ts", text: good }), []);
  assertEquals(moduleDocFindings({ path: "engine/a.ts", text: `import 1;\n${good}` }).length, 1);
  assertEquals(
    moduleDocFindings({ path: "scenarios/a.ts", text: "/** A thing. */\nconst a = `\n * @module\n`;" }).length,
    1,
  );
  assertEquals(moduleDocFindings({ path: "tests/a.ts", text: "" }), []);
});

Deno.test("sizeFindings: the last length that passes and the first that does not", () => {
  const lines = (count: number) => "x\n".repeat(count);
  assertEquals(sizeFindings({ path: "a.ts", text: lines(MAX_LINES) }), []);
  assertEquals(sizeFindings({ path: "a.ts", text: lines(MAX_LINES + 1) }).length, 1);
  assertEquals(sizeFindings({ path: "docs/a.md", text: lines(MAX_LINES + 1) }).length, 1);
  assertEquals(sizeFindings({ path: "docs/conformance.md", text: lines(MAX_LINES + 1) }), []);
});

Deno.test("leftoverFindings: notes to self, focused tests, silenced checks and machine paths", () => {
  const bad = [
    "// TO" + "DO: later",
    "/* FIX" + "ME */",
    "const a = 'XX" + "X';",
    "Deno.test.only('a', f);",
    "Deno.test({ name: 'a', only: true, fn });",
    "Deno.test.ignore('a', f);",
    "Deno.test({ name: 'a', ignore: true, fn });",
    "// deno-lint-" + "ignore no-explicit-any",
    "// @ts-" + "ignore",
    "const file = '/" + "tmp/out.pcap';",
    "See /" + "home/me/notes.",
  ];
  for (const text of bad) assertEquals(leftoverFindings({ path: "tests/a.ts", text }).length, 1, text);
  for (const text of ["const TODOS = 1;", "// the only one", "import './tmp/a.ts'", "docs/work/flow", "only: false"]) {
    assertEquals(leftoverFindings({ path: "tests/a.ts", text }), [], text);
  }
});

Deno.test("configFindings: deno.jsr.json is deno.json without links", () => {
  const config = (value: object) => JSON.stringify(value);
  const denoJson = config({ name: "n", links: ["a"], tasks: { a: "b" } });
  assertEquals(configFindings(denoJson, config({ name: "n", tasks: { a: "b" } })), []);
  assertEquals(configFindings(denoJson, denoJson).length, 1);
  assertEquals(configFindings(denoJson, config({ name: "n", tasks: { a: "c" } })).length, 1);
  assertEquals(configFindings(denoJson, config({ name: "n" })).length, 1);
  assertEquals(configFindings(config({ name: "n" }), config({ name: "n" })).length, 1);
});

Deno.test("rootFindings, decisionFindings, changelogFindings: both sides", () => {
  assertEquals(rootFindings(["deno.json", "README.md"]), []);
  assertEquals(rootFindings(["package.json", "package-lock.json"]).length, 2);
  assertEquals(decisionFindings(["0002-b.md", "0001-a.md"]), []);
  assertEquals(decisionFindings(["0001-a.md", "0003-c.md"]).length, 1);
  assertEquals(decisionFindings(["0001-a.md", "0001-b.md"]).length, 1);
  assertEquals(decisionFindings(["notes.md"]).length, 1);
  assertEquals(changelogFindings("# Changelog\n\n## [Unreleased]\n"), []);
  assertEquals(changelogFindings("# Changelog\n\n## [1.0.0]\n").length, 1);
});

function none(findings: readonly string[]): void {
  assertEquals(findings.length, 0, `\n${findings.join("\n")}\n`);
}

function importing(path: string, specifier: string): TextFile {
  return { path, text: `import { x } from "${specifier}";\n` };
}

function read(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, ROOT))].map((entry) => entry.name);
}

/** The TypeScript files that the layers speak of. */
async function sourceFiles(): Promise<TextFile[]> {
  return (await textFiles()).filter(({ path }) =>
    /^(engine|netsim|scenarios|tests|compat)\/.*\.ts$|^(mod|cli)\.ts$/.test(path)
  );
}

/** Every text file of the repository but for golden data and what is not checked in. */
async function textFiles(folder = ""): Promise<TextFile[]> {
  const files: TextFile[] = [];
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = folder + entry.name;
    if (/^(out|tests\/golden)$|(^|\/)(node_modules|\.(?!ci$).*)$/.test(path)) continue;
    if (entry.isDirectory) files.push(...await textFiles(`${path}/`));
    else if (/\.(ts|md|json|sh|tsv|txt)$|^[^.]+$|^\.ci\//.test(path)) files.push({ path, text: await read(path) });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
