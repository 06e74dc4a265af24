/**
 * What keeps a repairer within bounds, and what it makes of NAKs that it cannot serve.
 */

import { assertEquals } from "@std/assert";
import { encodePacket, ms, type PacketValue, REPAIRER_DEFAULTS, seconds } from "../../../engine/mod.ts";
import { RepairCache } from "../../../engine/repairer/repair_cache.ts";
import { BELOW, PARENT, REPAIRER, RepairerBench, repairerBench } from "../../support/repairer_bench.ts";
import { nak, nla, odata, rdata, spm } from "../../support/rig.ts";

Deno.test("RepairCache: bounded in packets and in octets; what came first goes first", () => {
  const packet = new Uint8Array(10);
  const held = (cache: RepairCache) => Array.from({ length: 8 }, (_, sqn) => sqn).filter((sqn) => cache.get(sqn));
  const byCount = new RepairCache({ ...REPAIRER_DEFAULTS, cachePackets: 3 }, 0);
  for (const sqn of [0, 1, 3]) byCount.add(sqn, packet);
  assertEquals([held(byCount), byCount.bytes], [[0, 1, 3], 30]);
  byCount.add(2, packet);
  byCount.add(2, packet);
  assertEquals([held(byCount), byCount.bytes, byCount.size], [[1, 2, 3], 30, 3]);
  const byBytes = new RepairCache({ ...REPAIRER_DEFAULTS, cacheBytes: 25 }, 0);
  for (const sqn of [0, 1]) byBytes.add(sqn, packet);
  byBytes.add(2, new Uint8Array(6));
  assertEquals([held(byBytes), byBytes.bytes], [[1, 2], 16]);
  byBytes.add(3, new Uint8Array(26));
  assertEquals(held(byBytes), [1, 2]);
});

Deno.test("RepairCache: the window's trailing edge empties it, by steps and by leaps, over the end of numbers", () => {
  const packet = new Uint8Array(10);
  const cache = new RepairCache(REPAIRER_DEFAULTS, 0xffff_fffe);
  const sqns = [0xffff_fffe, 0xffff_ffff, 0, 1, 2];
  for (const sqn of sqns) cache.add(sqn, packet);
  cache.dropBefore(0);
  assertEquals(sqns.filter((sqn) => cache.get(sqn)), [0, 1, 2]);
  cache.add(0xffff_ffff, packet);
  assertEquals([cache.size, cache.bytes], [3, 30]);
  cache.dropBefore(0xffff_ffff);
  assertEquals(cache.size, 3);
  cache.dropBefore(2);
  assertEquals(sqns.filter((sqn) => cache.get(sqn)), [2]);
  cache.dropBefore(0x7000_0000);
  assertEquals([cache.size, cache.bytes], [0, 0]);
});

Deno.test("DesignatedRepairer: repairs are spaced by their rate; what waits is asked for once", () => {
  // 25 octets take 25 ms.
  const bench = repairerBench({ repairRte: 1_000, ncfRepeatIvl: 0 });
  bench.nak(BELOW, { sqn: 4 }).told("NCF 4 -> group", "NNAK 4 -> parent", "RDATA 4 -> group");
  bench.nak(BELOW, { sqn: 5 }).told("NCF 5 -> group", "NNAK 5 -> parent");
  bench.nak(BELOW, { sqn: 5 }).told("NCF 5 -> group");
  assertEquals(bench.endpoint.nextTimeout(), ms(25));
  bench.at(ms(25) - 1).told().at(ms(25)).told("RDATA 5 -> group");
  bench.endpoint.handleTimeout(ms(25));
  bench.at(seconds(1)).told();
  assertEquals(bench.endpoint.stats.repairsMerged, 1);
});

Deno.test("DesignatedRepairer: repeats of one NCF keep ncfRepeatIvl, to each side", () => {
  const bench = repairerBench({ ncfRepeatIvl: ms(20), repairRte: 1 });
  const ncfs = () => bench.said().filter(({ value }) => value.type === "NCF").length;
  bench.nak(BELOW, { sqn: 4 }).nak(PARENT, { sqn: 4 });
  assertEquals(ncfs(), 2);
  bench.at(ms(20) - 1).nak(BELOW, { sqn: 4 }).nak(PARENT, { sqn: 4 });
  assertEquals([ncfs(), bench.endpoint.stats.ncfsNotRepeated], [0, 2]);
  bench.at(ms(20)).nak(BELOW, { sqn: 4 });
  assertEquals(ncfs(), 1);
});

Deno.test("DesignatedRepairer: an NCF that repeats another for some of its numbers holds back no third one", () => {
  const bench = repairerBench({ ncfRepeatIvl: ms(20), repairRte: 1 });
  const ncfs = () => bench.said().filter(({ value }) => value.type === "NCF").length;
  bench.nak(BELOW, { sqn: 4 }).nak(BELOW, { sqn: 5 });
  bench.at(ms(10)).nak(BELOW, { sqn: 4, options: [{ type: "NAK_LIST", sqns: [6] }] });
  assertEquals(ncfs(), 3);
  bench.at(ms(20) - 1).nak(BELOW, { sqn: 5 });
  assertEquals(ncfs(), 0);
  bench.at(ms(20)).nak(BELOW, { sqn: 5 });
  assertEquals(ncfs(), 1);
});

Deno.test("DesignatedRepairer: no more than maxWaiting repairs wait", () => {
  const bench = repairerBench({ maxWaiting: 2, repairRte: 1 });
  for (const sqn of [1, 2, 3]) bench.nak(BELOW, { sqn });
  // The first has left.
  assertEquals([bench.endpoint.gauges.waitingRepairs, bench.endpoint.stats.nnaksSent], [2, 3]);
  bench.said();
  bench.nak(BELOW, { sqn: 4 }).told("NCF 4 -> group");
  assertEquals([bench.endpoint.gauges.waitingRepairs, bench.endpoint.stats.repairsShed], [2, 1]);
});

Deno.test("DesignatedRepairer: it repairs for maxServed sources, the others it only receives", () => {
  const bench = repairerBench({ maxServed: 1 });
  bench.hears({ ...odata({ sqn: 0 }), gsi: 7 } as PacketValue);
  bench.hears({ ...spm({ sqn: 1, trail: 0, lead: 0, pathNla: PARENT }), gsi: 7 } as PacketValue);
  assertEquals(bench.delivered.length, 11);
  bench.nak(BELOW, { sqn: 0, gsi: 7 }).told();
  const { dataNotKept, naksUnserved } = bench.endpoint.stats;
  assertEquals([dataNotKept, naksUnserved, bench.endpoint.gauges.served], [1, 1, 1]);
});

Deno.test("DesignatedRepairer: a repair whose packet leaves the window before its turn is not sent", () => {
  const bench = repairerBench({ repairRte: 1_000 });
  bench.nak(BELOW, { sqn: 4 }).nak(BELOW, { sqn: 5 });
  bench.said();
  bench.spm({ sqn: 2, trail: 6 }).at(seconds(1)).told();
  assertEquals([bench.endpoint.stats.repairsOutOfWindow, bench.endpoint.gauges.waitingRepairs], [1, 0]);
});

Deno.test("DesignatedRepairer: NAKs that it cannot serve are counted and dropped", () => {
  const { stats } = new RepairerBench().nak(BELOW, { sqn: 4 }).told().endpoint;
  assertEquals(stats.naksUnserved, 1);
  const early = new RepairerBench();
  early.hears(odata({ sqn: 4 })).nak(BELOW, { sqn: 4 }).told();
  assertEquals(early.endpoint.stats.naksUnserved, 1);
  const bench = repairerBench();
  bench.nak(BELOW, { sqn: 4, gsi: 7 }).told();
  bench.nak(BELOW, { sqn: 4, sourceNla: nla("10.0.0.2") }).nak(BELOW, { sqn: 4, groupNla: nla("239.1.2.4") }).told();
  bench.hears({ ...nak({ sqn: 4 }), parity: true } as PacketValue, { source: BELOW, destination: REPAIRER }).told();
  const octets = encodePacket(nak({ sqn: 4 }));
  octets[20]! ^= 1;
  bench.hears(octets, { source: BELOW, destination: REPAIRER }).told();
  const { naksUnserved, naksMisnamed, naksForParityRefused } = bench.endpoint.stats;
  assertEquals([naksUnserved, naksMisnamed, naksForParityRefused], [1, 2, 1]);
  assertEquals(bench.endpoint.receiver.stats.malformed, 1);
});

Deno.test("DesignatedRepairer: it keeps nothing that its receiver does not believe", () => {
  const bench = repairerBench();
  const other = { source: nla("10.0.0.66") };
  bench.hears(odata({ sqn: 10 }), other).hears(rdata({ sqn: 11 }), other);
  // Before its own trailing edge, beyond the window, of parity.
  bench.hears(odata({ sqn: 10, trail: 11 })).hears(odata({ sqn: 0x1000_0000 }));
  bench.hears({ ...odata({ sqn: 12 }), parity: true } as PacketValue);
  assertEquals(bench.endpoint.gauges.cachedPackets, 10);
  // Nor in place of what is missing.
  const gap = new RepairerBench();
  for (const sqn of [0, 1, 3]) gap.hears(odata({ sqn }));
  gap.hears(rdata({ sqn: 2 }), other).hears(rdata({ sqn: 2, trail: 3 }));
  assertEquals(gap.endpoint.gauges.cachedPackets, 3);
  assertEquals(gap.hears(rdata({ sqn: 2 })).endpoint.gauges.cachedPackets, 4);
});

Deno.test("DesignatedRepairer: a session that was aborted is not served; one that is forgotten leaves nothing", () => {
  const bench = repairerBench({}, { endLinger: seconds(5) });
  bench.hears(
    spm({ sqn: 2, trail: 0, lead: 9, pathNla: PARENT, options: [{ type: "RST", noNaks: true, errorCode: 1 }] }),
  );
  assertEquals(bench.endpoint.receiver.sessions[0]!.ended, "rst");
  bench.nak(BELOW, { sqn: 4 }).ncf({ sqn: 4 }).poll().told();
  assertEquals([bench.endpoint.gauges.served, bench.endpoint.stats.naksUnserved], [0, 1]);
  bench.at(seconds(20)).told();
  const { served, cachedPackets, cachedBytes } = bench.endpoint.gauges;
  assertEquals([served, cachedPackets, cachedBytes], [0, 0, 0]);
});
