import { assertEquals, assertNotEquals } from "@std/assert";
import { CATALOG } from "../../scenarios/catalog/mod.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import hashes from "../golden/catalog_hashes.json" with { type: "json" };

const GOLDEN: Readonly<Record<string, string>> = hashes;

for (const [name, scenario] of CATALOG) {
  Deno.test(`catalog: ${name} passes; its trace hash is the recorded one [SIM-001, SIM-011]`, () => {
    const result = runPlan(planScenario(scenario), { seed: 1 });
    assertEquals(result.reasons, []);
    assertEquals(result.verdict, "pass");
    const reproduce = `deno task sim run ${name} --seed 1; if the change is meant: deno task golden`;
    assertEquals(result.traceHash, GOLDEN[name], reproduce);
  });

  Deno.test(`catalog: ${name} holds for other seeds, each with a hash of its own`, () => {
    const seen = new Set([GOLDEN[name]]);
    for (const seed of [2, 3, 4, 5]) {
      const result = runPlan(planScenario(scenario), { seed });
      assertEquals(result.reasons, [], `deno task sim run ${name} --seed ${seed}`);
      assertNotEquals(seen.has(result.traceHash), true);
      seen.add(result.traceHash);
    }
  });
}

Deno.test("catalog: every golden hash is of a scenario, every scenario has one", () => {
  assertEquals(Object.keys(GOLDEN).sort(), [...CATALOG.keys()].sort());
});

Deno.test("catalog: nothing that watches a run changes it", () => {
  const plan = planScenario(CATALOG.get("burst-loss"));
  const lines: string[] = [];
  const watched = runPlan(plan, {
    seed: 1,
    ladder: (line) => lines.push(line),
    observers: () => [{ record: () => {}, note: () => {} }],
    onEvent: () => {},
  });
  assertEquals(watched.traceHash, GOLDEN["burst-loss"]);
  assertNotEquals(lines.length, 0);
});

for (const name of ["single-loss", "burst-loss", "fragmentation", "reordering", "tail-loss", "two-sources"]) {
  Deno.test(`catalog: ${name} behaves the same from SQN 0xFFFFFFF0 on [SIM-010, GEN-024]`, () => {
    const scenario = structuredClone(CATALOG.get(name)!) as {
      nodes: Record<string, { role: string; source?: object }>;
    };
    const counts = (from: number) => {
      for (const node of Object.values(scenario.nodes)) {
        if (node.role === "source") node.source = { ...node.source, firstSqn: from };
      }
      const { script, expect, ...rest } = scenario as Record<string, unknown>;
      // Rules that name a sequence number move with it.
      const moved = JSON.parse(JSON.stringify({ script, expect }), (key, value) => {
        return key === "sqn" && typeof value === "number" ? (value + from) % 0x1_0000_0000 : value;
      });
      const result = runPlan(planScenario({ ...rest, ...moved }), { seed: 1 });
      assertEquals(result.reasons, []);
      return Object.values(result.receivers).map(({ counters: _, sessions, ...receiver }) => {
        return { ...receiver, missing: sessions.map(({ gauges }) => gauges?.missing) };
      });
    };
    const zero = counts(0);
    const wrapped = counts(0xffff_fff0);
    assertEquals(wrapped, zero);
  });
}
