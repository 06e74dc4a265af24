import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { swarmCommandFor } from "../../scenarios/commands/swarm.ts";
import { parseArguments } from "../../scenarios/commands/usage.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { jsonSchema } from "../../scenarios/language/json_schema.ts";
import { loadScenario } from "../../scenarios/language/load.ts";
import { drawScenario } from "../../scenarios/swarm/draw.ts";
import { settleLimit, unfairness } from "../../scenarios/swarm/fairness.ts";
import { type Failure, type Outcome, type RunScenario, runScenario } from "../../scenarios/swarm/outcome.ts";
import { type Fields, namesOf, type ScenarioData } from "../../scenarios/swarm/scenario_data.ts";
import { shrink } from "../../scenarios/swarm/shrink.ts";
import { DrawError, runSwarm } from "../../scenarios/swarm/swarm.ts";
import { parseDuration } from "../../scenarios/language/units.ts";
import { captured, sim, withFolder } from "../support/console.ts";

const SEED = 3208;

/** An engine that fails whenever an RDATA is dropped on purpose and there are two receivers to notice. */
function brokenEngine(scenario: ScenarioData): Outcome {
  const dropsRdata = scenario.script.some((entry) => (entry["drop"] as Fields | undefined)?.["packet"] === "RDATA");
  const fails = dropsRdata && namesOf(scenario, "receiver").length >= 2;
  const failure = { verdict: "safety", checker: "pretence", text: "an RDATA is dropped" } as const;
  return { failure: fails ? failure : undefined, result: undefined };
}

Deno.test("swarm: a few dozen runs settle and break nothing, and are the same when repeated", () => {
  const run = () => runSwarm({ seed: SEED, from: 0, runs: 40 });
  const [one, again] = [run(), run()];
  assertEquals(one.failures, []);
  assertEquals([one.runs, one.events, one.hash], [again.runs, again.events, again.hash]);
  assert(one.coverage.receiver["recovered"]! > 0 && one.coverage.receiver["lost"]! > 0);
  assert(one.events > 10_000);
  assert(!one.coverage.unreached.includes("receiver.naksSent"));
  assertEquals(runSwarm({ seed: SEED, from: 0, runs: 1_000, proceed: ({ runs }) => runs < 3 }).runs, 3);
});

Deno.test("drawScenario: a run does not depend on the runs before it, only on seed and index", () => {
  const direct = drawScenario(SEED, 17);
  for (let i = 0; i < 17; i++) drawScenario(SEED, i);
  assertEquals(drawScenario(SEED, 17), direct);
  assert(JSON.stringify(drawScenario(SEED + 1, 17)) !== JSON.stringify(direct));
  const whole = runSwarm({ seed: SEED, from: 17, runs: 1 });
  assertEquals(whole.events, runScenario(direct.scenario, direct.seed).result!.events);
});

Deno.test("drawScenario: scenarios are plain data, valid, and heal; their limit is the fair one", () => {
  for (let i = 0; i < 300; i++) {
    const { scenario } = drawScenario(SEED, i);
    assertEquals(JSON.parse(JSON.stringify(scenario)), scenario);
    const plan = planScenario(scenario);
    assertEquals(unfairness(plan), undefined);
    assertEquals(settleLimit(plan), parseDuration(scenario.limits.time));
    assertEquals(plan.expect, []);
  }
});

Deno.test("settleLimit: who has no room, or whose NAKs go astray, may take one window after another", () => {
  const limit = (bufferBytes: number, rxwMaxSqns: number, fec?: Fields, more: readonly Fields[] = []) => {
    const source = { maxTsdu: 1000, ...(fec === undefined ? {} : { fec }) };
    const receiver = { bufferBytes, rxwMaxSqns };
    return settleLimit(planScenario({
      name: "no-room",
      about: "A receiver without room.",
      segments: { lan: {} },
      nodes: {
        sender: { role: "source", on: ["lan"], source },
        member: { role: "receiver", on: ["lan"], receiver },
        router: { role: "router", on: ["lan"] },
        other: { role: "router", on: ["lan"] },
      },
      script: [{ at: "0s", send: { from: "sender", messages: 99, bytes: 1 } }, ...more],
    }));
  };
  const fec = { groupSize: 8 };
  assertEquals(limit(31_999, 10), limit(32_000, 10));
  assertEquals(limit(32_000, 10, fec), limit(32_000, 10));
  assertEquals(limit(31_999, 20, fec), limit(32_000, 20, fec));
  assert(limit(31_999, 10, fec) > limit(32_000, 10, fec));
  // Without parity it is packets that need room.
  assert(limit(19_999, 10) > limit(20_000, 10));
  const route = [{ at: "0s", route: { of: "router", via: "other", to: "sender" } }];
  assert(limit(20_000, 10, undefined, route) > limit(20_000, 10));
  assertEquals(limit(1_000_000, 100, undefined, route), limit(1_000_000, 100));
});

Deno.test("drawScenario: every parameter of sources, receivers, repairers and elements is drawn sooner or later, and every action", () => {
  const drawn = new Set<string>();
  for (let i = 0; i < 400; i++) for (const name of drawScenario(SEED, i).ingredients) drawn.add(name);
  const definitions = jsonSchema()["$defs"] as Record<string, { properties: Record<string, unknown> }>;
  for (
    const [prefix, title] of [
      ["source", "Source"],
      ["receiver", "Receiver"],
      ["segment", "Segment"],
      ["repairer", "Repairer"],
      ["element", "Element"],
    ] as const
  ) {
    const missing = Object.keys(definitions[title]!.properties).filter((key) => !drawn.has(`${prefix}.${key}`));
    assertEquals(missing, []);
  }
  const actions = [
    "send.rate",
    "drop.sqn",
    "impair.burst",
    "down.interface",
    "crash.router",
    "restart.source",
    "read.rate",
    "send.parts",
    "join.node",
  ];
  const calls = [
    "open",
    "bind",
    "connect",
    "listen",
    "accept",
    "set",
    "get",
    "send",
    "recv",
    "shutdown",
    "ioctl",
    "close",
  ]
    .map((call) => `call.${call}`);
  assertEquals([...actions, ...calls].filter((action) => !drawn.has(action)), []);
});

/** A scenario of which each test breaks one thing. */
function healing(script: ScenarioData["script"], nodes: Fields = {}): string | undefined {
  const node = (role: string, on: string[]) => ({ role, on });
  return unfairness(planScenario({
    name: "healing",
    about: "To be judged.",
    segments: { a: {}, b: {} },
    nodes: { s: node("source", ["a"]), r: node("router", ["a", "b"]), m: node("receiver", ["b"]), ...nodes },
    script: [...script, { at: "5s", send: { from: "s", messages: 1, bytes: 1 } }],
  }));
}

Deno.test("unfairness: faults must end, and something be sent later than routes take to follow", () => {
  assertEquals(healing([]), undefined);
  assertEquals(healing([{ at: "0s", impair: { on: "a", loss: 1 } }]), "a fault does not end");
  assertEquals(healing([{ at: "0s", drop: { on: "a", count: "all" } }]), "a fault does not end");
  assertEquals(healing([{ at: "0s", down: { node: "r" } }]), "a fault does not end");
  assertEquals(healing([{ at: "0s", until: "4899ms", down: { node: "r" } }]), undefined);
  assertEquals(
    healing([{ at: "0s", until: "4900ms", down: { node: "r" } }]),
    "a source does not send when all is well",
  );
});

Deno.test("unfairness: routers that crash must restart, hosts need not", () => {
  assertEquals(healing([{ at: "0s", crash: "r" }]), "a router does not restart");
  assertEquals(healing([{ at: "0s", crash: "r" }, { at: "1s", restart: "r" }]), undefined);
  assertEquals(healing([{ at: "0s", crash: "m" }]), undefined);
  assertEquals(healing([{ at: "0s", restart: "m" }]), "a restart without a crash");
  assertEquals(
    healing([{ at: "0s", crash: "m" }, { at: "1s", leave: { node: "m" } }]),
    "something is done to a node that crashes",
  );
});

Deno.test("unfairness: programs ask without end, so that no route may go in a circle", () => {
  const route = { at: "0s", route: { of: "r", via: "r2", to: "s" } };
  const more = { r2: { role: "router", on: ["b"] } };
  assertEquals(healing([route], more), undefined);
  const programs = { ...more, p: { role: "sockets", on: ["b"] } };
  assertEquals(healing([route], programs), "a program may ask without end, in a circle");
  assertEquals(healing([], programs), undefined);
});

Deno.test("shrink: a broken engine is found and shrunk to the least that shows it", () => {
  const { failures, runs } = runSwarm({ seed: SEED, from: 0, runs: 100, run: brokenEngine });
  assertEquals(runs, 100);
  assert(failures.length > 3, `${failures.length} failures`);
  assertEquals(failures.map(({ shrunk }) => shrunk !== undefined), failures.map((_, i) => i < 3));
  const { scenario } = failures[0]!.shrunk!;
  assertEquals(namesOf(scenario, "receiver").length, 2);
  assertEquals(namesOf(scenario, "source").length, 1);
  assertEquals([namesOf(scenario, "router"), Object.values(scenario.segments)], [[], [{}]]);
  for (const node of Object.values(scenario.nodes)) assertEquals(Object.keys(node).sort(), ["on", "role"]);
  const [drop, send, ...rest] = scenario.script;
  assertEquals(rest, []);
  assertEquals(Object.keys(drop!["drop"] as Fields).length, 2);
  assertEquals((drop!["drop"] as Fields)["packet"], "RDATA");
  const { messages, bytes } = send!["send"] as Fields;
  assertEquals([messages, bytes], [1, 1]);
  assertEquals(unfairness(planScenario(scenario)), undefined);
});

Deno.test("shrink: keeps the kind of failure, and its budget", () => {
  const scenario = drawScenario(SEED, 1).scenario;
  const found = { scenario, seed: 1, failure: { verdict: "liveness", checker: "settled", text: "" } as const };
  const other: Outcome = { failure: { verdict: "safety", checker: "delivery", text: "" }, result: undefined };
  const kept = shrink(found, () => other, { runs: 10, events: 1 });
  assertEquals([kept.scenario, kept.runs], [scenario, 10]);
  let runs = 0;
  const always = shrink(found, () => (runs++, { failure: found.failure, result: undefined }), { runs: 7, events: 1 });
  assertEquals([always.runs, runs], [7, 7]);
});

Deno.test("swarm: an exception is a failure, a scenario that is not valid a mistake of the swarm's own", () => {
  const { scenario } = drawScenario(SEED, 0);
  const crashing = () => {
    throw new TypeError("x is not a function\nand more");
  };
  assertEquals(runScenario(scenario, 1, crashing), {
    failure: { verdict: "crash", checker: "TypeError", text: "x is not a function" },
    result: undefined,
  });
  const invalid = (drawn: ScenarioData) => runScenario({ ...drawn, name: "" }, 1);
  assertThrows(
    () => runSwarm({ seed: 1, from: 4, runs: 1, run: invalid }),
    DrawError,
    "run 4 of the swarm with seed 1",
  );
});

Deno.test("sim swarm: --json is one object; a part of a swarm is repeated by --from", async () => {
  const { code, out } = await sim("swarm", "--runs", "5", "--seed", "9", "--json");
  assertEquals(code, 0);
  const result = JSON.parse(out);
  assertEquals([result.runs, result.seed, result.failures], [5, 9, []]);
  assertMatch(result.hash, /^[0-9a-f]{16}$/);
  assert(result.events > 0 && result.source.odata > 0 && result.receiver.odata > 0);
  assert("naksForwarded" in result.element && "naksFromBelow" in result.repairer);
  const text = await sim("swarm", "--runs", "2", "--from", "3", "--seed", "9");
  assertEquals([text.code, text.err], [0, ""]);
  assertStringIncludes(text.out, "2 runs from 3 with seed 9, 0 failed");
  assertStringIncludes(text.out, "stayed 0: ");
});

Deno.test("sim swarm: bad flags are one line and exit code 2", async () => {
  for (const args of [["--runs", "0"], ["--seed", "x"], ["--seconds", "0"], ["extra"], ["--rums", "1"]]) {
    const { code, out, err } = await sim("swarm", ...args);
    assertEquals([code, out, err.split("\n").length], [2, "", 1]);
  }
});

/** Runs the command with an engine that fails as told. */
async function swarmOf(run: RunScenario, folder: string): Promise<{ code: number; out: string; err: string }> {
  const command = swarmCommandFor(run);
  const args = ["--runs", "60", "--seed", `${SEED}`, "--out", `${folder}/found`];
  return await captured(() => command.run(parseArguments(command, args)));
}

Deno.test("sim swarm: a failure is a file that fails again, with the command that repeats it", async () => {
  await withFolder(async (folder) => {
    const { code, out } = await swarmOf(brokenEngine, folder);
    assertEquals(code, 3);
    const line = /reproduce with: {6}deno task sim run (\S+) --seed (\d+)/.exec(out)!;
    assertStringIncludes(out, `deno task sim swarm --seed ${SEED} --from `);
    const read = await loadScenario(line[1]!) as ScenarioData;
    assertEquals(brokenEngine(read).failure?.checker, "pretence");
    assertStringIncludes(read.about, "of the swarm with seed 3208: safety (pretence)");
    assertEquals((await sim("run", line[1]!, "--seed", line[2]!)).code, 0);
  });
});

Deno.test("sim swarm: the exit code is that of the first failure; nothing is written without one", async () => {
  await withFolder(async (folder) => {
    const failing = (verdict: Failure["verdict"]) => () => {
      return { failure: { verdict, checker: "any", text: "" }, result: undefined };
    };
    assertEquals((await swarmOf(failing("liveness"), folder)).code, 4);
    assertEquals((await swarmOf(failing("crash"), folder)).code, 3);
    assertEquals([...Deno.readDirSync(`${folder}/found`)].length, 3);
    const passes = () => ({ failure: undefined, result: undefined });
    assertEquals((await swarmOf(passes, `${folder}/none`)).code, 0);
    assertThrows(() => Deno.statSync(`${folder}/none`), Deno.errors.NotFound);
    const invalid = (drawn: ScenarioData) => runScenario({ ...drawn, name: "" }, 1);
    assertEquals((await swarmOf(invalid, folder)).code, 1);
  });
});

Deno.test("sim swarm: a file that does not fail again is reported", async () => {
  await withFolder(async (folder) => {
    let runs = 0;
    const flaky = (): Outcome => {
      const failure = { verdict: "safety", checker: "any", text: "" } as const;
      return { failure: ++runs === 1 ? failure : undefined, result: undefined };
    };
    const { code, out, err } = await swarmOf(flaky, folder);
    assertEquals(code, 3);
    assertMatch(err, /\.json: does not fail again when it is read back/);
    assertStringIncludes(out, `reproduce with:      deno task sim swarm --seed ${SEED} --from 0 --runs 1`);
  });
});
