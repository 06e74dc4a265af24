/**
 * Every impairment of the scenario language between two nodes: what is configured is what happens, there and nowhere
 * else.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { ScenarioSpec } from "../../scenarios/language/spec.ts";
import { type Happening, ofType, sqnOf, watchPass } from "../support/runs.ts";

type Script = NonNullable<ScenarioSpec["script"]>;
const MS = 1e6;

/** A sender and a member on one link, and what happens to the packets between them. */
function between(
  harm: Script,
  more: { messages?: number; bytes?: number; link?: NonNullable<ScenarioSpec["segments"]>[string] } = {},
): ReturnType<typeof watchPass> & { odata: { sent: Happening[]; got: Happening[]; lost: Happening[] } } {
  const { messages = 100, bytes = 100, link = { delay: "1ms" } } = more;
  const run = watchPass({
    name: "two-nodes",
    about: "One sender, one member, one link.",
    segments: { link },
    nodes: {
      sender: { role: "source", on: ["link"], source: { rate: "80Mbps", syn: false } },
      member: { role: "receiver", on: ["link"] },
    },
    script: [...harm, { at: "10ms", send: { from: "sender", messages, bytes, every: "2ms" } }],
  });
  const odata = ofType(run.trace, "ODATA");
  const of = (kind: string) => odata.filter((entry) => entry.kind === kind);
  return { ...run, odata: { sent: of("send"), got: of("deliver"), lost: of("drop") } };
}

/** How long each delivered packet was on its way. */
function delays({ odata }: ReturnType<typeof between>): number[] {
  const sent = new Map(odata.sent.map((entry) => [sqnOf(entry), entry.at]));
  return odata.got.map((entry) => entry.at - sent.get(sqnOf(entry))!);
}

/** Asserts that `count` of `total` is a plausible share, four standard deviations wide. */
function assertShare(count: number, total: number, share: number): void {
  const deviation = Math.sqrt(total * share * (1 - share));
  assert(Math.abs(count - total * share) <= 4 * deviation, `${count} of ${total}, expected ${share}`);
}

/** The mean length of runs of lost numbers. */
function meanRun(lost: readonly Happening[]): number {
  const sqns = lost.map(sqnOf);
  return sqns.length / sqns.filter((sqn, i) => sqns[i - 1] !== sqn - 1).length;
}

Deno.test("impair: without harm every packet arrives after transmission and propagation", () => {
  const run = between([]);
  assertEquals([run.odata.sent.length, run.odata.got.length, run.odata.lost.length], [100, 100, 0]);
  // 20 octets of IP header, 24 of PGM header, 100 of payload at 100 Mbps.
  assertEquals(new Set(delays(run)), new Set([1 * MS + 144 * 80]));
});

Deno.test("drop: by sequence number, exactly that packet [SIM-007]", () => {
  const { odata, trace } = between([{ at: "0s", drop: { to: "member", packet: "ODATA", sqn: 5 } }]);
  assertEquals(odata.lost.map((entry) => [entry.node, sqnOf(entry)]), [["member", 5]]);
  assertEquals(trace.filter(({ kind }) => kind === "drop").length, 1);
  assertEquals(odata.got.length, 99);
});

Deno.test("drop: by type and count, the n-th and those behind it [SIM-007]", () => {
  const { trace } = between([{ at: "0s", drop: { to: "member", packet: "SPM", nth: 2, count: 3 } }]);
  const dropped = trace.filter(({ kind }) => kind === "drop");
  assertEquals(dropped.map((entry) => [entry.packet!.type, sqnOf(entry)]), [["SPM", 1], ["SPM", 2], ["SPM", 3]]);
});

Deno.test("drop: one direction and not the other [SIM-007]", () => {
  const lose = { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 5 } } as const;
  const out = between([lose, { at: "0s", drop: { from: "member", count: 1 } }]);
  const kinds = (run: typeof out) =>
    run.trace.filter(({ kind }) => kind === "drop").map(({ node, packet }) => `${packet!.type} at ${node}`);
  assertEquals(kinds(out), ["ODATA at member", "NAK at member"]);
  const into = between([lose, { at: "0s", drop: { to: "sender", count: 1 } }]);
  assertEquals(kinds(into), ["ODATA at member", "NAK at sender"]);
});

Deno.test("impair: random loss of the share configured, packet by packet [SIM-007]", () => {
  const { odata } = between([{ at: "0s", impair: { to: "member", packet: "ODATA", loss: "20%" } }], { messages: 2000 });
  assertShare(odata.lost.length, 2000, 0.2);
  const run = meanRun(odata.lost);
  assert(run > 1.1 && run < 1.4, `mean run ${run}`);
});

Deno.test("impair: loss in bursts of the length configured [SIM-007]", () => {
  const burst = { goodToBad: "2%", badToGood: "20%" } as const;
  const { odata } = between([{ at: "0s", impair: { to: "member", packet: "ODATA", burst } }], { messages: 4000 });
  const share = odata.lost.length / 4000;
  assert(share > 0.05 && share < 0.14, `share ${share}, expected 1/11`);
  const run = meanRun(odata.lost);
  assert(run > 3.5 && run < 6.5, `mean run ${run}, expected 5`);
});

Deno.test("impair: duplicates arrive twice, the second copy later [SIM-007]", () => {
  const impair = { to: "member", packet: "ODATA", duplicate: "10%", duplicateDelay: "700us" } as const;
  const run = between([{ at: "0s", impair }], { messages: 2000 });
  const twice = ofType(run.trace, "ODATA").filter(({ kind }) => kind === "duplicate");
  assertShare(twice.length, 2000, 0.1);
  assertEquals(run.odata.got.length, 2000 + twice.length);
  assertEquals(run.result.receivers["member"]!.duplicates, twice.length);
  assertEquals(delays(run).filter((delay) => delay === 1 * MS + 144 * 80 + 700_000).length, twice.length);
});

Deno.test("impair: reordered packets are held back, others overtake them [SIM-007]", () => {
  const impair = { to: "member", packet: "ODATA", reorder: "10%", reorderDelay: "5ms" } as const;
  const run = between([{ at: "0s", impair }], { messages: 2000 });
  const late = delays(run).filter((delay) => delay > 1 * MS + 144 * 80);
  assertShare(late.length, 2000, 0.1);
  assertEquals(new Set(late), new Set([6 * MS + 144 * 80]));
  const sqns = run.odata.got.map(sqnOf);
  assert(sqns.some((sqn, i) => i > 0 && sqn < sqns[i - 1]!));
});

Deno.test("impair: delay is added to every packet, jitter is drawn for each [SIM-007]", () => {
  const base = 1 * MS + 144 * 80;
  const delayed = between([{ at: "0s", impair: { to: "member", packet: "ODATA", delay: "30ms" } }]);
  assertEquals(new Set(delays(delayed)), new Set([30 * MS + base]));
  const impair = { to: "member", packet: "ODATA", delay: "3ms", jitter: "8ms" } as const;
  const extra = delays(between([{ at: "0s", impair }], { messages: 2000 })).map((delay) => delay - base - 3 * MS);
  assert(extra.every((jitter) => jitter >= 0 && jitter <= 8 * MS));
  for (let quarter = 0; quarter < 4; quarter++) {
    const inside = extra.filter((jitter) => Math.min(3, Math.floor(jitter / (2 * MS))) === quarter);
    assertShare(inside.length, 2000, 0.25);
  }
});

Deno.test("impair: damaged packets arrive and count as malformed [SIM-007]", () => {
  const impair = { to: "member", packet: "ODATA", corrupt: "10%" } as const;
  const { trace, result } = between([{ at: "0s", impair }], { messages: 1000 });
  const damaged = trace.filter(({ kind }) => kind === "corrupt").length;
  assertShare(damaged, 1000, 0.1);
  assertEquals(result.receivers["member"]!.counters.malformed, damaged);
});

Deno.test("segment: the rate spaces packets, a full queue drops what comes, and counts it [SIM-007]", () => {
  const link = { delay: "1ms", rate: "1Mbps", queue: "3kB" } as const;
  const run = between([{ at: "100ms", send: { from: "sender", messages: 8, bytes: 956 } }], { messages: 1, link });
  // Packets of 1000 octets take 8 ms each; the queue has room for three of them.
  const big = run.odata.got.filter(({ datagram }) => datagram.bytes.length === 980);
  assertEquals(big.slice(0, 3).map((entry) => entry.at), [109 * MS, 117 * MS, 125 * MS]);
  const full = run.trace.filter(({ kind, detail }) => kind === "drop" && detail.includes("queue"));
  assert(ofType(full, "ODATA").length >= 5, `${full.length} drops`);
  const counted = Object.entries(run.result.segments["link"]!.dropped).filter(([reason]) => reason.includes("queue"));
  assertEquals(counted.map(([, count]) => count), [full.length]);
});

Deno.test("impair: only from `at` to `until`", () => {
  const { odata } = between([{ at: "50ms", until: "70ms", impair: { to: "member", packet: "ODATA", loss: "100%" } }]);
  const lost = odata.lost.map(({ at }) => at);
  assertEquals(odata.lost.length, 10);
  assert(lost.every((at) => at >= 50 * MS && at < 72 * MS));
});
