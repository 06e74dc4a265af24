/**
 * Network elements as parents and children on the simulated network (RFC 3208, sections 14 and 15).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Datagram, ms, seconds } from "../../engine/mod.ts";
import { CATALOG } from "../../scenarios/catalog/mod.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import { ofType, sqnOf, watchPass } from "../support/runs.ts";

const SEEDS = [1, 2, 3, 4, 5];

function naksOnLan(scenario: string, settings: readonly string[], seed: number): number {
  const result = runPlan(planScenario(CATALOG.get(scenario)!, [...settings]), { seed });
  return Object.values(result.receivers).reduce((sum, { naksSent }) => sum + naksSent, 0);
}

Deno.test("runPlan: an element whose NCFs do not arrive is asked ten times less often if it says so by unicast [IMP-039]", () => {
  for (const seed of SEEDS) {
    const told = naksOnLan("suppression-tree-broken", [], seed);
    const untold = naksOnLan("suppression-tree-broken", ["duplicates=0", "naks=1000"], seed);
    assert(told <= 40 && untold >= 300, `seed ${seed}: ${told} and ${untold} NAKs`);
  }
});

Deno.test("runPlan: an element tunes and counts: a tenth of the NAKs [IMP-001, IMP-018]", () => {
  for (const seed of SEEDS) {
    const tuned = naksOnLan("element-tuning", [], seed);
    const result = runPlan(planScenario(CATALOG.get("element-tuning")!, ["advertised=none"]), { seed });
    const untuned = Object.values(result.receivers).reduce((sum, { naksSent }) => sum + naksSent, 0);
    assert(tuned <= 150 && untuned === 1010, `seed ${seed}: ${tuned} and ${untuned} NAKs`);
  }
});

Deno.test("runPlan: the crowd is told one back-off, the hermit another, at one element [IMP-002]", () => {
  const { trace } = watchPass(CATALOG.get("element-tuning")!);
  const told = (segment: string) => {
    const spms = ofType(trace, "SPM").filter(({ kind, iface }) => kind === "send" && iface === `router:${segment}`);
    const option = spms.at(-1)!.packet!.options.find(({ type }) => type === "NAK_BO_IVL") as { ivlUs: number };
    return option.ivlUs / 1_000;
  };
  assertEquals(told("lonely"), 10);
  assert(told("crowd") >= 100, `${told("crowd")} ms`);
});

function isSame(a: Datagram, b: Datagram): boolean {
  return a.bytes === b.bytes;
}

/** A source far above two routers, one below the other; receivers on the last LAN, one on the link between them. */
function ladder(element: Record<string, unknown>, script: ScenarioSpec["script"]): ScenarioSpec {
  return defineScenario({
    name: "two-elements",
    about: "Each router is the parent of the next.",
    segments: { wan: { delay: "200ms" }, trunk: { delay: "5ms" }, lan: { delay: "1ms" } },
    nodes: {
      sender: {
        role: "source",
        on: ["wan"],
        source: { pollIvl: "2s", pollBits: 0, ihbMin: "1s", ihbMax: "1s", ambientSpmIvl: "1s" },
      },
      upper: { role: "router", on: ["wan", "trunk"], pgm: true, element },
      lower: { role: "router", on: ["trunk", "lan"], pgm: true, element },
      near: { role: "receiver", on: ["trunk"] },
      far: { role: "receiver", on: ["lan"], count: 12 },
    },
    script,
    expect: [{ lost: 0, by: "far" }],
  } as unknown as ScenarioSpec);
}

Deno.test("runPlan: every parent counts its own children, and no POLL goes further [POLL-001, POLL-002, POLL-039]", () => {
  const spec = ladder({ pollIvl: "2s", pollBits: 0 }, [
    { at: "0s", send: { from: "sender", messages: 101, bytes: 500, every: "100ms" } },
  ]);
  for (const seed of SEEDS) {
    const { trace, result } = watchPass(spec, { seed });
    assertEquals(result.sources["sender"]!.gauges.population, 1);
    // The router below and the receiver beside it; the receivers.
    assertEquals([result.elements["upper"]!.gauges.children, result.elements["lower"]!.gauges.children], [2, 12]);
    const sent = ofType(trace, "POLL").filter(({ kind }) => kind === "send");
    for (const [hearer, parent] of [["far", "lower:lan"], ["near", "upper:trunk"], ["lower", "upper:trunk"]] as const) {
      const heard = ofType(trace, "POLL").filter(({ kind, node }) => kind === "deliver" && node.startsWith(hearer));
      const parents = new Set(heard.map(({ datagram }) => sent.find((each) => isSame(each.datagram, datagram))!.iface));
      assertEquals([...parents], [parent]);
    }
  }
});

Deno.test("runPlan: an element that its parent reaches by unicast alone silences those below with a special SPM [IMP-026]", () => {
  const spec = ladder({ dupNakMax: 2, nakRptRte: 20, ncfRepeatIvl: "1ms" }, [
    { at: "0s", send: { from: "sender", messages: 101, bytes: 500, every: "100ms" } },
    { at: "1.9s", drop: { from: "upper", on: "trunk", packet: "ODATA", sqn: [20, 25], count: "all" } },
    {
      at: "1.9s",
      drop: { from: "upper", on: "trunk", packet: ["NCF", "RDATA", "SPM"], cast: "multicast", count: "all" },
      until: "4s",
    },
  ]);
  for (const seed of SEEDS) {
    const { trace, result } = watchPass(spec, { seed });
    assert(result.elements["lower"]!.counters.silenced >= 1, `seed ${seed}`);
    const special = ofType(trace, "SPM").find(({ kind, node, packet }) =>
      kind === "send" && node === "lower" && packet!.options.some(({ type }) => type === "NBR_UNREACH")
    )!;
    const within = ({ at }: { at: number }) => at > special.at + ms(3) && at < seconds(4);
    const naks = ofType(trace, "NAK").filter(({ kind }) => kind === "send").filter(within);
    assertEquals(naks.filter(({ node }) => node === "lower").map(sqnOf), []);
    assertEquals(naks.filter(({ node }) => node.startsWith("far")).map(sqnOf), []);
  }
});
