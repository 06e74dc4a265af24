import { assertEquals, assertThrows } from "@std/assert";
import { ReceiverStats, REPAIRER_DEFAULTS, RepairerStats } from "../../../engine/mod.ts";
import { ScenarioError } from "../../../scenarios/language/errors.ts";
import { planScenario } from "../../../scenarios/language/lower.ts";
import type { ScenarioSpec } from "../../../scenarios/language/spec.ts";
import type { ReceiverNode } from "../../../scenarios/plan.ts";

/** A source and a receiver, as written. */
function scenario(receiver: object, more: object = {}): unknown {
  return {
    name: "repairers",
    about: "A source and a receiver.",
    segments: { a: {} },
    nodes: { sender: { role: "source", on: ["a"] }, member: { role: "receiver", on: ["a"], ...receiver } },
    ...more,
  };
}

function repairerOf(receiver: object): ReceiverNode["repairer"] {
  return (planScenario(scenario(receiver) as ScenarioSpec).nodes[1] as ReceiverNode).repairer;
}

function problem(written: unknown): string {
  return assertThrows(() => planScenario(written as ScenarioSpec), ScenarioError).message;
}

Deno.test("receiver: the key repairer makes it a repairer, with the defaults of the engine", () => {
  assertEquals(repairerOf({}), undefined);
  assertEquals(repairerOf({ repairer: {} }), REPAIRER_DEFAULTS);
  assertEquals(repairerOf({ repairer: { answerNcfs: false, repairRte: "8kbps" } }), {
    ...REPAIRER_DEFAULTS,
    answerNcfs: false,
    repairRte: 1_000,
  });
});

Deno.test("receiver: what makes no sense of a repairer is one clear line", () => {
  assertEquals(
    problem(scenario({ repairer: { cachePackets: 0 } })).split(":")[0],
    "nodes.member.repairer.cachePackets",
  );
  assertEquals(
    problem(scenario({ repairer: { cacheBites: "1kB" } })).split("?")[0],
    'nodes.member.repairer: unknown key "cacheBites": did you mean "cacheBytes"',
  );
  const expect = [{ counter: "naksFromBelow", of: "member", exactly: 0 }];
  assertEquals(problem(scenario({}, { expect })).slice(0, 50), 'expect.0.counter: unknown counter "naksFromBelow":');
  assertEquals(planScenario(scenario({ repairer: {} }, { expect }) as ScenarioSpec).expect.length, 1);
});

Deno.test("RepairerStats: no counter has the name of one of the receiver's, so that both can be expected of one node", () => {
  const names = Object.keys(new ReceiverStats());
  assertEquals(Object.keys(new RepairerStats()).filter((name) => names.includes(name)), []);
});
