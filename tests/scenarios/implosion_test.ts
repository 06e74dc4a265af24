/**
 * Implosion prevention on the simulated network (RFC 3208, section 15).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ms, seconds } from "../../engine/mod.ts";
import { CATALOG } from "../../scenarios/catalog/mod.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import { type Happening, ofType, sqnOf, watchPass } from "../support/runs.ts";

const SEEDS = [1, 2, 3, 4, 5];

function naks(trace: readonly Happening[], sqn: number): number {
  return ofType(trace, "NAK").filter((each) => each.kind === "send" && sqnOf(each) === sqn).length;
}

Deno.test("runPlan: a loss that all share makes NAK_BO_IVL grow until hardly anyone asks twice [IMP-001]", () => {
  const spec = CATALOG.get("backoff-tuning")!;
  for (const seed of SEEDS) {
    const { trace, result } = watchPass(spec, { seed });
    const told = ofType(trace, "NCF").filter(({ kind }) => kind === "send").map(({ packet }) => {
      const option = packet!.options.find(({ type }) => type === "NAK_BO_IVL") as { ivlUs: number };
      return option.ivlUs / 1_000;
    });
    assertEquals(told[0], 10);
    assertEquals(told.toSorted((a, b) => a - b), told);
    assert(told.at(-1)! >= 2_560, `${told.at(-1)} ms`);
    assertEquals([10, 30].map((sqn) => naks(trace, sqn)), [50, 50]);
    const last = [200, 250, 300].reduce((sum, sqn) => sum + naks(trace, sqn), 0);
    assert(last <= 15, `${last} NAKs for three losses`);
    assertEquals(result.sources["sender"]!.counters.naksBehindTrail, 0);
  }
});

Deno.test("runPlan: without it, all ask each time", () => {
  const result = runPlan(planScenario(CATALOG.get("backoff-tuning")!, ["advertised=none"]), { seed: 1 });
  assertEquals(result.sources["sender"]!.naksReceived, 11 * 50);
});

/** Fifty receivers on a LAN far away; for some seconds no NCF, repair or SPM reaches it by multicast. */
function broken(dupNakMax: number): ScenarioSpec {
  return defineScenario({
    name: "tree-broken",
    about: "The tree to a LAN lets data through, and nothing that a router would look at.",
    segments: { wan: { delay: "10ms" }, lan: { delay: "1ms" } },
    nodes: {
      sender: {
        role: "source",
        on: ["wan"],
        source: { dupNakMax, ihbMin: "500ms", ihbMax: "500ms", ambientSpmIvl: "500ms" },
      },
      router: { role: "router", on: ["wan", "lan"] },
      member: { role: "receiver", on: ["lan"], count: 50, receiver: { nakBoIvl: "200ms" } },
    },
    script: [
      { at: "0s", send: { from: "sender", messages: 101, bytes: 500, every: "100ms" } },
      { at: "1.9s", drop: { from: "router", on: "lan", packet: "ODATA", sqn: 20, count: "all" } },
      {
        at: "1.9s",
        drop: { from: "router", on: "lan", packet: ["NCF", "RDATA", "SPM"], cast: "multicast", count: "all" },
        until: "6s",
      },
    ],
    expect: [{ delivered: "all", to: "member" }, { lost: 0, by: "member" }],
  });
}

Deno.test("runPlan: a broken tree costs DUP_NAK_MAX NAKs and those on the way; it heals with the next SPM [IMP-039, IMP-035]", () => {
  for (const seed of SEEDS) {
    const { trace } = watchPass(broken(8), { seed });
    const asked = ofType(trace, "NAK").filter(({ kind }) => kind === "send");
    const first = ofType(trace, "NCF").find(({ kind, datagram }) => kind === "send" && !datagram.multicast)!;
    const inFlight = asked.filter(({ at }) => at > first.at - ms(11) && at <= first.at + ms(12)).length;
    const before = asked.filter(({ at }) => at < seconds(6));
    // Each heartbeat lets the source try multicast again, but the receivers do not hear it and are silent.
    assert(before.length <= 9 + inFlight, `seed ${seed}: ${before.length} NAKs, ${inFlight} of them on the way`);
    assert(asked.at(-1)!.at < seconds(7));
  }
});

Deno.test("runPlan: without DUP_NAK_MAX the same costs every receiver a NAK, and again", () => {
  const { trace } = watchPass(broken(0));
  assert(naks(trace, 20) > 300, `${naks(trace, 20)}`);
});

Deno.test("runPlan: one unicast NCF is copied once on the LAN, and nobody copies the copy [IMP-036]", () => {
  for (const seed of SEEDS) {
    const { trace, result } = watchPass(broken(8), { seed });
    const ncfs = ofType(trace, "NCF").filter(({ kind }) => kind === "send");
    const copies = ncfs.filter(({ node }) => node.startsWith("member"));
    const unicast = ncfs.filter(({ datagram }) => !datagram.multicast);
    assert(unicast.length > 0);
    assertEquals(copies.length, unicast.length);
    assertEquals(result.sources["sender"]!.counters.ncfsUnicast, unicast.length);
    for (const { datagram } of copies) {
      assertEquals([datagram.ttl, datagram.source, datagram.multicast], [1, unicast[0]!.datagram.source, true]);
    }
    // Each is copied by the one that it is for.
    const got = ofType(trace, "NCF").filter(({ kind, node, datagram }) =>
      kind === "deliver" && node.startsWith("member") && !datagram.multicast
    );
    assertEquals(copies.map(({ node, at }) => `${node} ${at}`), got.map(({ node, at }) => `${node} ${at}`));
  }
});
