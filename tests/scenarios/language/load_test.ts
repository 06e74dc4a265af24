import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { ScenarioError } from "../../../scenarios/language/errors.ts";
import { parseJson } from "../../../scenarios/language/json_text.ts";
import { loadScenario } from "../../../scenarios/language/load.ts";
import { planScenario } from "../../../scenarios/language/lower.ts";

const FILES = "tests/scenarios/files";

async function problem(file: string): Promise<string> {
  return (await assertRejects(() => loadScenario(file), ScenarioError)).message;
}

Deno.test("loadScenario: a JSON file and a TypeScript module give the same plan", async () => {
  const json = planScenario(await loadScenario(`${FILES}/one_loss.json`));
  const module = planScenario(await loadScenario(`${FILES}/one_loss.ts`));
  assertEquals(json, module);
  assertEquals(json.name, "one-loss");
});

Deno.test("loadScenario: files that hold no scenario", async () => {
  assertEquals(await problem("nowhere.json"), "nowhere.json: cannot be read: no such file");
  assertEquals(await problem("nowhere.ts"), "nowhere.ts: cannot be read: no such file");
  assertEquals(await problem("scenario.yaml"), "scenario.yaml: a scenario is a .json or a .ts file");
  assertEquals(await problem(""), "a scenario is a .json or a .ts file");
  assertEquals(
    await problem(`${FILES}/name_twice.json`),
    `${FILES}/name_twice.json:4:3: the key "name" is given twice`,
  );
  assertEquals(
    await problem(`${FILES}/no_default.ts`),
    `${FILES}/no_default.ts: has no default export: write export default defineScenario({ ... })`,
  );
  assertEquals(
    await problem(`${FILES}/throws.ts`),
    `${FILES}/throws.ts: cannot be imported: RangeError: no luck today`,
  );
});

Deno.test("parseJson: gives what JSON.parse gives", () => {
  const texts = [
    "null",
    " true ",
    "-0.5e+10",
    '"a\\u00e9\\n\\"\\\\/"',
    "[]",
    "{}",
    '[1, [2, {"a": {}}], "x"]',
    '{"a": 1, "b": {"a": 2}, "c": [{"a": 1}, {"a": 2}]}',
    '\t{\r\n"\u{1F600}": "\u2028"}',
  ];
  for (const text of texts) assertEquals(parseJson(text, "x.json"), JSON.parse(text), text);
  assertEquals(parseJson('\uFEFF{"a": 1}', "x.json"), { a: 1 });
  const depth = 200_000;
  parseJson("[".repeat(depth) + "]".repeat(depth), "x.json");
});

Deno.test("parseJson: says in which line and column, and what was expected", () => {
  const cases: [text: string, at: string, problem: string][] = [
    ["", "1:1", "expected a value, not the end of the file"],
    ['{\n  "a": 1,\n}', "3:1", 'expected a key in double quotes, not "}"'],
    ["{\n  a: 1\n}", "2:3", 'expected a key in double quotes, not "a"'],
    ['{"a" 1}', "1:6", 'expected ":", not "1"'],
    ['{"a": }', "1:7", 'expected a value, not "}"'],
    ['{"a": 1 "b": 2}', "1:9", 'expected "," or "}", not "\\""'],
    ["[1, ]", "1:5", 'expected a value, not "]"'],
    ["[1 2]", "1:4", 'expected "," or "]", not "2"'],
    ["[1}", "1:3", 'expected "," or "]", not "}"'],
    ["[1", "1:3", 'expected "," or "]", not the end of the file'],
    ["{} {}", "1:4", '"{" after the end of the value'],
    ['{"a": NaN}', "1:7", 'expected a value, not "NaN"'],
    ['{"a": 10ms}', "1:7", 'expected a value, not "10ms"'],
    ['{"a": 01}', "1:7", 'expected a value, not "01"'],
    ['{"a": .5}', "1:7", 'expected a value, not ".5"'],
    ['{"a": undefined}', "1:7", 'expected a value, not "undefined"'],
    ["// note\n{}", "1:1", 'expected a value, not "/"'],
    ['{"a": "b\n"}', "1:9", "a text without closing quotes"],
    ['"abc', "1:5", "a text without closing quotes"],
    ['"a\tb"', "1:3", "a control character in a text: write it as \\u00XX"],
    ['"a\\xb"', "1:4", 'unknown escape "\\" before "xb"'],
    ['{"a": 1,\n "\\u0061": 2}', "2:2", 'the key "a" is given twice'],
  ];
  for (const [text, at, message] of cases) {
    const error = assertThrows(() => parseJson(text, "x.json"), ScenarioError);
    assertEquals(error.message, `x.json:${at}: ${message}`);
  }
});

Deno.test("parseJson: refuses what JSON.parse refuses, cut and damaged at every place", () => {
  const text = '{"a": [1, -2.5e3, true, null], "b\\n": {"c": "x\\u0041"}}';
  JSON.parse(text);
  for (let i = 0; i < text.length; i++) {
    for (
      const damaged of [
        text.slice(0, i),
        `${text.slice(0, i)}?${text.slice(i + 1)}`,
        text.slice(0, i) + text.slice(i + 1),
      ]
    ) {
      let expected: unknown;
      let isJson = true;
      try {
        expected = JSON.parse(damaged);
      } catch {
        isJson = false;
      }
      if (isJson) assertEquals(parseJson(damaged, "x"), expected);
      else assertMatch(assertThrows(() => parseJson(damaged, "x"), ScenarioError).message, /^x:1:\d+: ./);
    }
  }
});
