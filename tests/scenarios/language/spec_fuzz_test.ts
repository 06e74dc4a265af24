import { assert, assertEquals } from "@std/assert";
import { type Prng, prngFromSeed } from "../../../engine/base/prng.ts";
import { NEVER } from "../../../engine/base/time.ts";
import { ScenarioError } from "../../../scenarios/language/errors.ts";
import { jsonSchema } from "../../../scenarios/language/json_schema.ts";
import { planScenario } from "../../../scenarios/language/lower.ts";
import type { Plan } from "../../../scenarios/plan.ts";
import { everything, minimal, ncfSuppression, programs } from "./example_specs.ts";
import { violation } from "./json_validator.ts";

const SPECS = [minimal, ncfSuppression, everything, programs].map((spec) => JSON.stringify(spec));
const RUNS = 2_000;

const NUMBERS = [0, -0, 1, -1, 2, 7, 0.5, 1.5, 255, 65_536, 2 ** 31, 2 ** 32, 2 ** 53, 1e21, 1e308, 5e-324];
const TEXTS = [
  "",
  " ",
  "NaN",
  "NaNms",
  "Infinitys",
  "-5ms",
  "1e3ms",
  "0s",
  "5ms",
  "24h",
  "9999999h",
  "0.1ns",
  "1%",
  "101%",
  "10Mbps",
  "1B/s",
  "64kB",
  "$",
  "$receivers",
  "$delay",
  "$nope",
  "$__proto__",
  "$constructor",
  "__proto__",
  "constructor",
  "toString",
  "*",
  "l*",
  "lan",
  "sender",
  "member",
  "sender:lan",
  "*:*",
  ":",
  "ODATA",
  "7..9",
  "9..7",
  "..",
  "all",
  "p99",
  "239.1.1.1",
  "ff15::1",
  "10.0.0.1",
  "::",
  "1.2.3.4.5",
  "\u0000",
  "\uD800",
  "\u2028",
  "a\nb",
  "source",
  "router",
  "tree",
];
const KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "length",
  "",
  "0",
  "lan",
  "sender",
  "member",
  "on",
  "to",
  "from",
  "count",
  "send",
  "drop",
  "role",
  "kind",
  "address",
  "segment",
  "exactly",
  "atLeast",
  "until",
  "$schema",
  "receivers",
];

/** A random JSON value, mostly small; sometimes very deep or very long. */
function randomJson(random: Prng, depth: number): unknown {
  switch (random.below(depth > 2 ? 4 : 9)) {
    case 0:
      return [null, true, false][random.below(3)];
    case 1:
      return NUMBERS[random.below(NUMBERS.length)];
    case 2:
    case 3:
      return TEXTS[random.below(TEXTS.length)];
    case 4:
      return `${"9".repeat(random.below(60))}${["s", "bps", "B", "%", ""][random.below(5)]}`;
    case 5:
      return Array.from({ length: random.below(4) }, () => randomJson(random, depth + 1));
    case 6:
      return randomObject(random, depth);
    case 7:
      return random.below(20) === 0 ? JSON.parse(`${"[".repeat(500)}${"]".repeat(500)}`) : [];
    default:
      return random.below(20) === 0 ? "x".repeat(100_000) : randomObject(random, depth);
  }
}

function randomObject(random: Prng, depth: number): unknown {
  const entries = Array.from(
    { length: random.below(4) },
    () => `${JSON.stringify(KEYS[random.below(KEYS.length)])}: ${JSON.stringify(randomJson(random, depth + 1))}`,
  );
  return JSON.parse(`{${entries.join(",")}}`);
}

type Parent = Record<string, unknown>;

/** Every object and array inside a value, itself included. */
function parents(value: unknown, found: Parent[] = []): Parent[] {
  if (typeof value !== "object" || value === null) return found;
  found.push(value as Parent);
  for (const child of Object.values(value)) parents(child, found);
  return found;
}

/** Every value that some scenario has under a key: what is likely to be of the right form, and to mean something else. */
const LIKELY = new Map<string, unknown[]>();
for (const parent of SPECS.flatMap((text) => parents(JSON.parse(text)))) {
  for (const [key, value] of Object.entries(parent)) LIKELY.set(key, [...LIKELY.get(key) ?? [], value]);
}

/** Changes one random place: another value, a key more, a key less, the value of another place or of the same key. */
function mutate(spec: unknown, random: Prng, value: () => unknown): void {
  const places = parents(spec);
  const parent = places[random.below(places.length)]!;
  const keys = Object.keys(parent);
  const key = keys.length === 0 ? "new" : keys[random.below(keys.length)]!;
  switch (random.below(12)) {
    case 0:
      delete parent[key];
      break;
    case 1:
      define(parent, KEYS[random.below(KEYS.length)]!, value());
      break;
    case 2:
      define(parent, key, structuredClone(places[random.below(places.length)]));
      break;
    case 3:
    case 4:
      define(parent, key, value());
      break;
    default: {
      const likely = LIKELY.get(key) ?? [NUMBERS[random.below(NUMBERS.length)]];
      define(parent, key, structuredClone(likely[random.below(likely.length)]));
    }
  }
}

function define(parent: Parent, key: string, value: unknown): void {
  if (Array.isArray(parent) && key === "length") return;
  Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The plan, or the error, which must be a `ScenarioError` of one line. */
function tryPlan(spec: unknown, overrides: readonly string[], label: string): Plan | undefined {
  try {
    return planScenario(spec, overrides);
  } catch (error) {
    assert(error instanceof ScenarioError, `${label}: ${(error as Error).stack}`);
    assert(error.message.length > 5 && error.message.length < 2_000, `${label}: ${error.message}`);
    assert(!/[\n\r]/.test(error.message), `${label}: ${error.message}`);
    return undefined;
  }
}

/** What everything below the parser relies on. */
function checkPlan(plan: Plan, label: string): void {
  const addresses = plan.nodes.flatMap((node) => node.interfaces.map((iface) => iface.address));
  assertEquals(new Set(addresses).size, addresses.length, label);
  assertEquals(new Set(plan.nodes.map((node) => node.name)).size, plan.nodes.length, label);
  const isTime = (instant: number) => instant === NEVER || (Number.isSafeInteger(instant) && instant >= 0);
  let last = 0;
  for (const action of plan.script) {
    assert(isTime(action.at) && action.at >= last, label);
    last = action.at;
    const nodes = action.kind === "send"
      ? action.send.from
      : action.kind === "impair"
      ? action.impair.places.map((place) => place.node)
      : action.kind === "inject"
      ? [action.inject.node, action.inject.session]
      : action.kind === "call"
      ? [action.call.node]
      : action.kind === "write"
      ? action.write.nodes
      : action.kind === "read"
      ? action.read.nodes
      : "places" in action
      ? action.places.map((place) => place.node)
      : "nodes" in action
      ? action.nodes
      : [];
    assert(nodes.every((node) => node >= 0 && node < plan.nodes.length), label);
    if ("until" in action) assert(isTime(action.until) && action.until > action.at, label);
  }
  for (const node of plan.nodes) {
    assert(node.interfaces.length > 0 && node.interfaces.every((iface) => iface.segment < plan.segments.length), label);
    if (node.role === "source") {
      assert([node.source.rdataShare, node.source.lateJoin].every((share) => share >= 0 && share <= 1), label);
      const { rdataShare: _, lateJoin: __, ...others } = node.source;
      const { parity, ...flat } = others;
      assert(Object.values(flat).every(isCountOrChoice), label);
      if (parity !== undefined) assert(parity.truncateAfter >= 0 && parity.groupSize >= 2, label);
    } else if (node.role === "receiver") {
      assert(Object.values(node.receiver).every(isCountOrChoice), label);
      assert(node.joins.length > 0, label);
    }
  }
}

function isCountOrChoice(value: number | string | boolean): boolean {
  return typeof value !== "number" || (Number.isSafeInteger(value) && value >= 0);
}

Deno.test("planScenario: any JSON in any place gives a sound plan or a ScenarioError, and the JSON Schema agrees", () => {
  const schema = jsonSchema();
  let accepted = 0;
  for (let run = 0; run < RUNS; run++) {
    const random = prngFromSeed(run);
    const spec = JSON.parse(SPECS[run % SPECS.length]!);
    const changes = 1 + random.below(3);
    for (let i = 0; i < changes; i++) mutate(spec, random, () => randomJson(random, 0));
    const label = `seed ${run}`;
    const plan = tryPlan(spec, [], label);
    if (plan === undefined) continue;
    accepted++;
    checkPlan(plan, label);
    assertEquals(violation(schema, JSON.parse(JSON.stringify(spec))), undefined, label);
  }
  assert(accepted > RUNS / 20 && accepted < RUNS, `${accepted} accepted`);
});

Deno.test("planScenario: nesting of any depth gives a ScenarioError", () => {
  const deep = JSON.parse(`${'{"a":['.repeat(100_000)}1${"]}".repeat(100_000)}`);
  tryPlan(deep, [], "top");
  for (const key of ["name", "params", "segments", "nodes", "topology", "script", "expect", "group"]) {
    assertEquals(tryPlan({ ...minimal, [key]: deep }, [], key), undefined);
    assertEquals(tryPlan({ ...minimal, [key]: [deep] }, [], key), undefined);
  }
});

Deno.test("planScenario: values that no JSON holds give a ScenarioError", () => {
  const cyclic: Parent = {};
  cyclic["self"] = cyclic;
  const values: unknown[] = [
    undefined,
    NaN,
    Infinity,
    -Infinity,
    10n,
    Symbol("x"),
    () => 1,
    new Date(0),
    new Map(),
    /x/,
    new Array(1e9),
    [, 1],
    cyclic,
    Object.create(null),
    new Uint8Array(3),
    new Proxy({}, {}),
  ];
  for (let run = 0; run < 1_000; run++) {
    const random = prngFromSeed(run);
    const spec = JSON.parse(SPECS[run % SPECS.length]!);
    mutate(spec, random, () => values[random.below(values.length)]);
    tryPlan(spec, [], `seed ${run}`);
  }
  for (const value of values) tryPlan(value, ["name=x"], String(typeof value));
});

Deno.test("planScenario: any override gives a sound plan or a ScenarioError", () => {
  const words = [
    ...KEYS,
    "script",
    "nodes",
    "segments",
    "expect",
    "params",
    "topology",
    "limits",
    "time",
    "value",
    "1",
    "99",
  ];
  for (let run = 0; run < RUNS; run++) {
    const random = prngFromSeed(run);
    const path = Array.from({ length: 1 + random.below(4) }, () => words[random.below(words.length)]).join(".");
    const value = randomJson(random, 1);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const overrides = [`${path}${random.below(50) === 0 ? "" : "="}${text}`];
    if (random.below(4) === 0) overrides.push(`receivers=${TEXTS[random.below(TEXTS.length)]}`);
    const plan = tryPlan(JSON.parse(SPECS[run % SPECS.length]!), overrides, `seed ${run}`);
    if (plan !== undefined) checkPlan(plan, `seed ${run}`);
  }
  assertEquals(({} as Parent)["polluted"], undefined);
});
