import { assertEquals, assertThrows } from "@std/assert";
import { ScenarioError } from "../../../scenarios/language/errors.ts";
import { boolean, duration, integer, literal, NAME, share } from "../../../scenarios/language/scalars.ts";
import {
  array,
  byDefault,
  type Infer,
  keyed,
  named,
  object,
  oneOrMany,
  optional,
  type Params,
  type Parsed,
  record,
  required,
  scalarOr,
  type Schema,
  tagged,
} from "../../../scenarios/language/schema.ts";

const cup = object({
  sips: required(integer(1, 9), "how many sips"),
  after: byDefault(duration("0s", "1h"), "5min", "when to drink"),
  sugar: optional(share(), "how sweet"),
});
const drink = tagged("kind", {
  tea: object({ kind: required(literal("tea"), "leaves"), green: byDefault(boolean(), false, "not black") }),
  water: object({ kind: required(literal("water"), "nothing else") }),
});
const act = keyed({
  pour: object({ pour: required(integer(0, 3), "cups") }),
  spill: object({ spill: required(boolean(), "on purpose"), where: optional(literal("floor", "table"), "a place") }),
});

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
type Duration = `${number}${"ns" | "us" | "ms" | "s" | "min" | "h"}`;
type Param = `$${string}`;

/** Compiles only if the types are these. */
const TYPES: [
  Equal<Infer<typeof cup>, {
    readonly sips: number | Param;
    readonly after?: Duration | Param;
    readonly sugar?: number | `${number}%` | Param;
  }>,
  Equal<Parsed<typeof cup>, { readonly sips: number; readonly after: number; readonly sugar: number | undefined }>,
  Equal<Parsed<typeof drink>["kind"], "tea" | "water">,
  Equal<Parsed<typeof act>["key"], "pour" | "spill">,
] = [true, true, true, true];

const PARAMS: Params = new Map([["few", 2]]);

function parse<Out>(schema: Schema<unknown, Out>, raw: unknown): Out {
  return schema.parse(raw, "x", PARAMS);
}

function problem(schema: Schema<unknown, unknown>, raw: unknown): string {
  return assertThrows(() => schema.parse(raw, "x", PARAMS), ScenarioError).message;
}

Deno.test("Infer, Parsed: types follow from the definition", () => {
  assertEquals(TYPES, [true, true, true, true]);
});

Deno.test("object: fills in defaults, converts units, resolves parameters", () => {
  assertEquals(parse(cup, { sips: 3 }), { sips: 3, after: 300_000_000_000, sugar: undefined });
  assertEquals(parse(cup, { sips: "$few", after: "1ms", sugar: "5%" }), { sips: 2, after: 1_000_000, sugar: 0.05 });
  assertEquals(parse(cup, { sips: 3, sugar: undefined }).sugar, undefined);
});

Deno.test("object: keys are its own and known", () => {
  assertEquals(problem(cup, {}), 'x: missing key "sips": how many sips');
  assertEquals(problem(cup, Object.create({ sips: 3 })), 'x: missing key "sips": how many sips');
  assertEquals(
    problem(cup, { sips: 3, sugra: 0 }),
    'x: unknown key "sugra": did you mean "sugar"? allowed: sips, after, sugar',
  );
  assertEquals(problem(cup, JSON.parse('{"sips": 3, "__proto__": 1}')).startsWith('x: unknown key "__proto__"'), true);
  assertEquals(problem(cup, { sips: 3, toString: 1 }).startsWith('x: unknown key "toString"'), true);
});

Deno.test("byDefault: a default that the schema refuses does not load", () => {
  assertThrows(() => byDefault(integer(1, 9), 10, "too many"), ScenarioError, "default: 10 is out of range: 1 .. 9");
});

Deno.test("record: a map of names in the order of the file", () => {
  const cups = record(NAME, cup, 2);
  assertEquals([...parse(cups, { b: { sips: 1 }, constructor: { sips: 2 } }).keys()], ["b", "constructor"]);
  assertEquals(problem(cups, JSON.parse('{"__proto__": {}}')), `x: "__proto__" is not ${NAME.what}`);
  assertEquals(problem(cups, { a: {}, b: {}, c: {} }), "x: 3 entries: at most 2");
  assertEquals(problem(cups, { a: { sips: 0 } }), "x.a.sips: 0 is out of range: 1 .. 9");
});

Deno.test("array, oneOrMany: bounds on the number of entries", () => {
  const numbers = array(integer(0, 9), 1, 2);
  assertEquals(parse(numbers, [1, "$few"]), [1, 2]);
  assertEquals(problem(numbers, []), "x: needs at least 1 entry");
  assertEquals(problem(numbers, [1, 2, 3]), "x: 3 entries: at most 2");
  assertEquals(problem(numbers, [1, 10]), "x.1: 10 is out of range: 0 .. 9");
  assertEquals(problem(numbers, { 0: 1 }), "x: must be an array, not an object");
  assertEquals(parse(oneOrMany(integer(0, 9), 2), 5), [5]);
  assertEquals(parse(oneOrMany(integer(0, 9), 2), [5, 6]), [5, 6]);
});

Deno.test("tagged: the tag chooses the keys", () => {
  assertEquals(parse(drink, { kind: "tea" }), { kind: "tea", green: false });
  assertEquals(problem(drink, { kind: "water", green: true }), 'x: unknown key "green": allowed: kind');
  assertEquals(problem(drink, { kind: "toString" }), 'x.kind: unknown kind "toString": allowed: tea, water');
  assertEquals(problem(drink, { kind: 7 }), 'x.kind: must be "tea" or "water", not 7');
  assertEquals(problem(drink, {}), 'x: missing key "kind": "tea" or "water"');
});

Deno.test("keyed: exactly one of the keys", () => {
  assertEquals(parse(act, { pour: 2 }), { key: "pour", value: { pour: 2 } });
  assertEquals(parse(act, { spill: true, where: "floor" }), { key: "spill", value: { spill: true, where: "floor" } });
  assertEquals(problem(act, {}), "x: needs one of these keys: pour, spill");
  assertEquals(problem(act, { pour: 1, spill: true }), 'x: has both "pour" and "spill": one of them per entry');
  assertEquals(problem(act, { puor: 1 }), 'x: unknown key "puor": did you mean "pour"? allowed: pour, spill, where');
  assertEquals(problem(act, { pour: 1, where: "floor" }), 'x: unknown key "where": allowed: pour');
});

Deno.test("scalarOr: objects and arrays are the composite, everything else the scalar", () => {
  const either = scalarOr(integer(0, 9), cup);
  assertEquals(parse(either, 4), 4);
  assertEquals(parse(either, { sips: 1 }), { sips: 1, after: 300_000_000_000, sugar: undefined });
  assertEquals(problem(either, null), "x: must be an integer in 0 .. 9, not null");
  assertEquals(problem(either, []), "x: must be an object, not an array");
});

Deno.test("json: documentation, defaults and ranges; named parts once", () => {
  const definitions = new Map();
  const cups = array(named("Cup", cup), 0, 3);
  assertEquals(cups.json(definitions), { type: "array", items: { $ref: "#/$defs/Cup" }, maxItems: 3 });
  assertEquals([...definitions.keys()].sort(), ["Cup", "Duration", "Param", "Share"]);
  assertEquals(definitions.get("Cup"), {
    type: "object",
    required: ["sips"],
    properties: {
      sips: {
        description: "how many sips",
        anyOf: [{ type: "integer", minimum: 1, maximum: 9 }, { $ref: "#/$defs/Param" }],
      },
      after: { description: "when to drink (0s .. 1h)", default: "5min", $ref: "#/$defs/Duration" },
      sugar: { description: "how sweet", $ref: "#/$defs/Share" },
    },
    additionalProperties: false,
  });
});
