/**
 * A designated local repairer that serves parity (RFC 3208, section 11.7): what it offers, and how it answers parity
 * NAKs, with the same packets as the source would.
 */

import { assert, assertEquals } from "@std/assert";
import {
  type DataValue,
  encodePacket,
  ms,
  type OptionValue,
  type PacketValue,
  prngFromSeed,
  type RepairerConfig,
  seconds,
} from "../../../engine/mod.ts";
import { ServedParity } from "../../../engine/repairer/served_parity.ts";
import { FROM_RECEIVER, QUIET, sourceBench } from "../../support/benches.ts";
import { groupOf, offer, parity, payloadOf } from "../../support/parity.ts";
import { BELOW, PARENT, REPAIRER, RepairerBench } from "../../support/repairer_bench.ts";
import { GROUP, nak, ncf, odata, only, rdata, type Said, SOURCE, spm } from "../../support/rig.ts";

const EIGHT = new Array<number>(8).fill(20);
const FAST = { parity: true, repairRte: Infinity, ncfRepeatIvl: 0 };

/** An SPM of the parent that offers parity. */
function prm(fields: Partial<Parameters<typeof offer>[0]> = {}, trail = 0): PacketValue {
  return { ...offer({ sqn: 1, lead: 0xffff_ffff, ...fields }), pathNla: PARENT, trail } as PacketValue;
}

/** A repairer that knows its parent and the source's offer, and has received `packets`. */
function bench(packets: readonly PacketValue[], config: Partial<RepairerConfig> = {}, seed = 1): RepairerBench {
  const made = new RepairerBench({ ...FAST, ...config }, {}, seed);
  made.hears(prm());
  for (const packet of packets) made.hears(packet);
  return made.told();
}

/** A parity NAK for `count` packets of the group that begins at `first`. */
function wants(first: number, count: number, more: readonly number[] = []) {
  const options: OptionValue[] = more.length === 0 ? [] : [{ type: "NAK_LIST", sqns: more }];
  return { sqn: first + count - 1, parity: true as const, options };
}

function parityOf(said: readonly Said[]): DataValue[] {
  return only(said, "RDATA").filter((value) => value.parity);
}

function indexOf({ sqn, options }: DataValue, tgSize = 8): number {
  const group = options.find((option) => option.type === "PARITY_GRP");
  return (group?.group ?? 0) * tgSize + sqn % tgSize;
}

/** How many lines there are of each kind. */
function counts(bench: RepairerBench): Record<string, number> {
  const found: Record<string, number> = {};
  for (const line of bench.lines()) {
    const kind = line.split(" ")[0]!;
    found[kind] = (found[kind] ?? 0) + 1;
  }
  return found;
}

Deno.test("DesignatedRepairer: redirecting POLRs have OPT_PARITY, to the group and to the parent [DLR-007]", () => {
  const made = bench(groupOf(0, EIGHT));
  // In a session with on-demand parity it is parity NAKs that are confirmed.
  made.hears(ncf(wants(0, 1)));
  made.poll().at(ms(50));
  const polrs = made.said().map(({ value, datagram }) => [value.type, value.parity, datagram.destination]);
  assertEquals(polrs, [["POLR", true, GROUP], ["POLR", true, PARENT]]);
  assertEquals(made.endpoint.stats.redirectsForParity, 2);
});

Deno.test("DesignatedRepairer: it offers no parity unless it is to, and the source does on demand [DLR-007]", () => {
  const off = bench(groupOf(0, EIGHT), { parity: false });
  off.hears(ncf(wants(0, 1))).told();
  off.ncf({ sqn: 4 }).told("POLR 0 -> group");
  for (
    const first of [prm({ proActive: true, onDemand: false }), spm({ sqn: 1, trail: 0, lead: 7, pathNla: PARENT })]
  ) {
    const none = new RepairerBench(FAST).hears(first);
    for (const packet of groupOf(0, EIGHT)) none.hears(packet);
    none.hears(ncf(wants(0, 1))).told();
    none.ncf({ sqn: 4 }).told("POLR 0 -> group");
    none.nak(BELOW, wants(0, 2)).told();
    assertEquals([none.endpoint.stats.naksForParityRefused, none.endpoint.stats.redirectsForParity], [1, 0]);
  }
});

Deno.test("DesignatedRepairer: a parity NAK from below: parity NCF, parity NNAK towards the source, as many parity RDATA as asked for [DLR-008]", () => {
  const made = bench(groupOf(0, EIGHT));
  made.nak(BELOW, wants(0, 2));
  const said = made.said();
  assertEquals(said.map(({ value }) => value.type), ["NCF", "NNAK", "RDATA", "RDATA"]);
  for (const { value } of said) assertEquals(value.parity, true);
  const to = said.map(({ datagram: { source, destination, routerAlert } }) => [source, destination, routerAlert]);
  const group = [SOURCE, GROUP, true];
  assertEquals(to, [group, [REPAIRER, PARENT, false], group, group]);
  assertEquals([only(said, "NCF")[0]!.sqn, only(said, "NNAK")[0]!.sqn], [1, 1]);
  for (const packet of parityOf(said)) {
    assertEquals(packet, parity({ first: 0, lengths: EIGHT, index: indexOf(packet) }) as DataValue);
  }
  const { naksForParity, naksFromBelow, nnaksSent, parityRepairs, repairsToGroup } = made.endpoint.stats;
  assertEquals([naksForParity, naksFromBelow, nnaksSent, parityRepairs, repairsToGroup], [1, 1, 1, 2, 2]);
});

Deno.test("DesignatedRepairer: a parity NAK of its parent gets the same by unicast, the NNAK before the RDATA [DLR-008, DLR-021, DLR-023]", () => {
  const made = bench(groupOf(0, EIGHT));
  made.nak(PARENT, wants(0, 2));
  const said = made.said();
  assertEquals(said.map(({ value }) => `${value.type}${value.parity ? "*" : ""}`), [
    "NCF*",
    "NNAK*",
    "RDATA*",
    "RDATA*",
  ]);
  for (const { datagram: { source, destination } } of said) assertEquals([source, destination], [REPAIRER, PARENT]);
  assertEquals(made.endpoint.stats.repairsToParent, 2);
});

Deno.test("DesignatedRepairer: every parity packet of a group has a fresh index, from the upper half down, whoever asks [DLR-008]", () => {
  const made = bench(groupOf(0, EIGHT));
  const indexes: number[] = [];
  for (let i = 0; i < 31; i++) {
    made.nak(i % 2 === 0 ? BELOW : PARENT, wants(0, 8));
    indexes.push(...parityOf(made.said()).map((packet) => indexOf(packet)));
  }
  // The code has 255 - 8 of them, then they begin anew.
  assertEquals(new Set(indexes.slice(0, 247)).size, 247);
  assertEquals(indexes[247], indexes[0]);
  assert(indexes[0]! >= 123 && indexes[1] === indexes[0]! - 1);
});

Deno.test("DesignatedRepairer: of a small group there are more indexes, and all of them are used", () => {
  const last = odata({ sqn: 2, payload: payloadOf(2), options: [{ type: "CURR_TGSIZE", size: 3 }] });
  const made = bench([...groupOf(0, EIGHT.slice(6)), last]);
  const indexes = new Set<number>();
  for (let i = 0; i < 252 / 3; i++) {
    for (const packet of parityOf(made.nak(BELOW, wants(0, 8)).said())) indexes.add(indexOf(packet));
  }
  assertEquals([indexes.size, Math.max(...indexes)], [252, 251]);
});

Deno.test("DesignatedRepairer: repairers begin at indexes of their own, and so do the sessions of one", () => {
  const first = (seed: number) => {
    const made = bench(groupOf(0, EIGHT), {}, seed).nak(BELOW, wants(0, 1));
    return indexOf(parityOf(made.said())[0]!);
  };
  const starts = Array.from({ length: 40 }, (_, seed) => first(seed));
  assert(new Set(starts).size > 25);
  for (const start of starts) assert(start >= 123 && start < 247);
});

Deno.test("DesignatedRepairer: requests are consolidated: fewer than wait change nothing, more raise them [DLR-008]", () => {
  for (const [first, second, total, nnaks] of [[3, 2, 3, 1], [2, 4, 4, 2], [2, 2, 2, 1]] as const) {
    const made = bench(groupOf(0, EIGHT), { repairRte: 1_000 });
    // The repair of a packet holds the line for 44 ms.
    made.nak(BELOW, { sqn: 4 }).told("NCF 4 -> group", "NNAK 4 -> parent", "RDATA 4 -> group");
    made.nak(BELOW, wants(0, first)).nak(BELOW, wants(0, second));
    assertEquals(counts(made), { "NCF*": 2, "NNAK*": nnaks });
    assertEquals(made.endpoint.gauges.waitingRepairs, 1);
    made.at(seconds(9));
    assertEquals(counts(made), { "RDATA*": total });
    assertEquals([made.endpoint.stats.repairsMerged, made.endpoint.gauges.waitingRepairs], [2 - nnaks, 0]);
    assertEquals(made.endpoint.nextTimeout() > made.now, true);
  }
});

Deno.test("DesignatedRepairer: parity keeps the rate of repairs", () => {
  const made = bench(groupOf(0, EIGHT), { repairRte: 1_000 });
  made.nak(BELOW, wants(0, 2));
  const [packet, ...rest] = parityOf(made.said());
  assertEquals(rest, []);
  const due = ms(encodePacket(packet!).length);
  assertEquals(made.endpoint.nextTimeout(), due);
  made.at(due - 1).told().at(due);
  assertEquals(counts(made), { "RDATA*": 1 });
  made.at(due + seconds(1)).told();
});

Deno.test("DesignatedRepairer: what it lacks of a group, it asks its parent for parity of; a list is served group by group [DLR-018, DLR-008]", () => {
  const made = bench([...groupOf(0, EIGHT), ...groupOf(8, EIGHT.slice(1))], { repairRte: 1_000 });
  // The second group has not been sent to its end, the third not at all.
  made.nak(BELOW, wants(8, 3)).told("NAK* 10 -> parent");
  made.nak(BELOW, wants(0, 1, [10, 23]));
  const [ncf, nnak, passed, repair, ...rest] = made.lines();
  assertEquals([ncf, nnak, passed], ["NCF* 0 -> group", "NNAK* 0 -> parent", "NAK* 10+23 -> parent"]);
  assert(repair!.startsWith("RDATA* ") && rest.length === 0);
  made.hears(odata({ sqn: 15, payload: payloadOf(15) })).at(seconds(1)).nak(BELOW, wants(8, 1));
  assertEquals(counts(made), { "NCF*": 1, "NNAK*": 1, "RDATA*": 1 });
  assertEquals(made.endpoint.stats.naksPassedOn, 2);
});

Deno.test("DesignatedRepairer: parity that its parent asks for and it lacks, it confirms and asks for itself at once [DLR-024, DLR-008]", () => {
  const made = bench(groupOf(0, EIGHT.slice(1)));
  made.nak(PARENT, wants(0, 3)).told("NCF* 2 -> parent", "NAK* 2 -> parent");
  assertEquals(made.endpoint.stats.naksReturned, 1);
});

Deno.test("DesignatedRepairer: a parity NCF that confirms its own NAK is no occasion to offer anything; one for fewer packets is [DLR-009]", () => {
  const made = bench(groupOf(0, EIGHT).filter((_, at) => at !== 2 && at !== 5));
  made.at(ms(100));
  assertEquals(only(made.said(), "NAK").map(({ sqn, parity }) => [sqn, parity]), [[1, true]]);
  made.hears(ncf(wants(0, 1))).told("POLR* 0 -> group");
  made.at(seconds(2)).said();
  made.hears(ncf(wants(0, 4))).told();
  assertEquals(made.endpoint.stats.ncfsForOwnNaks, 1);
  made.hears(ncf(wants(0, 4))).told("POLR* 0 -> group");
});

Deno.test("DesignatedRepairer: an NCF for what it passed on confirms its own NAK, too [DLR-009, DLR-018]", () => {
  const made = bench(groupOf(0, EIGHT.slice(1)));
  made.nak(BELOW, wants(0, 3)).told("NAK* 2 -> parent");
  made.hears(ncf(wants(0, 3))).told();
  assertEquals(made.endpoint.stats.ncfsForOwnNaks, 1);
});

Deno.test("DesignatedRepairer: what its receiver recovers with parity it keeps, for selective repair and for parity [DLR-001, DLR-008]", () => {
  const made = bench(groupOf(0, EIGHT).filter((_, at) => at !== 2));
  made.nak(BELOW, wants(0, 1)).told("NAK* 0 -> parent");
  made.hears(parity({ first: 0, lengths: EIGHT, index: 0 }));
  assertEquals(made.delivered, [0, 1, 2, 3, 4, 5, 6, 7]);
  assertEquals(made.endpoint.gauges.cachedPackets, 8);
  made.nak(BELOW, { sqn: 2 });
  assertEquals(only(made.said(), "RDATA"), [rdata({ sqn: 2, payload: payloadOf(2) }) as DataValue]);
  made.nak(BELOW, wants(0, 1));
  const [packet] = parityOf(made.said());
  assertEquals(packet, parity({ first: 0, lengths: EIGHT, index: indexOf(packet!) }) as DataValue);
  // What was asked for has come: the next NCF is for others.
  made.hears(ncf(wants(0, 1))).told("POLR* 0 -> group");
});

Deno.test("DesignatedRepairer: parity is not kept in place of the data whose number it has", () => {
  const made = bench(groupOf(0, EIGHT).filter((_, at) => at !== 2 && at !== 5));
  made.hears(parity({ first: 0, lengths: EIGHT, index: 2 }));
  assertEquals(made.endpoint.gauges.cachedPackets, 6);
  made.nak(BELOW, { sqn: 2 }).told("NAK 2 -> parent");
});

Deno.test("DesignatedRepairer: the NCF for a number is none for the group that begins with it [DLR-009]", () => {
  const made = bench(groupOf(0, EIGHT).slice(1));
  made.nak(BELOW, wants(0, 1)).told("NAK* 0 -> parent");
  made.hears(ncf({ sqn: 0 })).told("POLR* 0 -> group");
});

Deno.test("DesignatedRepairer: of a truncated group it sends what is needed, however it learnt the size [DLR-008]", () => {
  const five = EIGHT.slice(3);
  const data = groupOf(0, five);
  const last = odata({ sqn: 4, payload: payloadOf(4), options: [{ type: "CURR_TGSIZE", size: 5 }] });
  const ways: PacketValue[][] = [
    [...data.slice(0, 4), last],
    [...data, prm({ sqn: 2, lead: 4, currTgSize: 5 })],
    [...data, parity({ first: 0, lengths: five, index: 0, type: "ODATA" })],
  ];
  for (const packets of ways) {
    const made = bench(packets);
    // As if the group were full: two of its five packets are missing.
    made.nak(BELOW, wants(0, 5));
    const repairs = parityOf(made.said());
    assertEquals(repairs.length, 2);
    for (const packet of repairs) {
      assertEquals(packet, parity({ first: 0, lengths: five, index: indexOf(packet) }) as DataValue);
    }
    // One says the size to those who do not know it.
    made.nak(BELOW, wants(0, 1));
    assertEquals(parityOf(made.said()).length, 1);
  }
  // Not known to be over: the source knows more.
  bench(data).nak(BELOW, wants(0, 5)).told("NAK* 4 -> parent");
});

Deno.test("DesignatedRepairer: its parity is that of the source, octet for octet: lengths, fragments, OPT_SYN, OPT_FIN, sizes [DLR-008]", () => {
  const source = sourceBench({
    ...QUIET,
    ncfRepeatIvl: 0,
    burstBytes: 10_000_000,
    maxTsdu: 40,
    parity: { groupSize: 8, proActive: 0, onDemand: true, truncateAfter: ms(1) },
  }).at(0);
  // One message of three packets and others; full, truncated, and the last one.
  const groups = [[100, 20, 30, 20, 20, 7], [20, 20, 20], [9]];
  for (const lengths of groups) {
    for (const length of lengths) source.endpoint.send(source.now, new Uint8Array(length).fill(length));
    source.at(source.now + ms(10));
  }
  source.endpoint.close(source.now);
  source.at(source.now + seconds(1));
  const made = new RepairerBench(FAST);
  for (const { value } of source.said()) made.hears(value.type === "SPM" ? { ...value, pathNla: PARENT } : value);
  assertEquals(made.endpoint.gauges.cachedPackets, 8 + 3 + 1);
  for (const [first, size] of [[0, 8], [8, 3], [16, 1]] as const) {
    const bySource = new Map<number, DataValue>();
    while (bySource.size < 255 - size) {
      source.hears(nak(wants(first, 8)), FROM_RECEIVER).at(source.now + ms(10));
      for (const packet of parityOf(source.said())) bySource.set(indexOf(packet), packet);
    }
    made.nak(BELOW, wants(first, 8));
    const repairs = parityOf(made.said());
    assertEquals(repairs.length, size);
    for (const packet of repairs) assertEquals(packet, bySource.get(indexOf(packet)));
  }
});

Deno.test("DesignatedRepairer: a group of which one packet is in the window is served with parity; none of what is before it by itself", () => {
  const made = bench([...groupOf(0, EIGHT), ...groupOf(8, EIGHT)]);
  made.hears(prm({ sqn: 2, lead: 15 }, 7));
  made.nak(BELOW, wants(0, 1));
  assertEquals(counts(made), { "NCF*": 1, "NNAK*": 1, "RDATA*": 1 });
  made.nak(BELOW, { sqn: 6 }).told("NAK 6 -> parent");
  made.nak(BELOW, { sqn: 7 }).said();
  assertEquals(made.endpoint.gauges.parityGroups, 1);
  made.hears(prm({ sqn: 3, lead: 15 }, 8));
  assertEquals([made.endpoint.gauges.cachedPackets, made.endpoint.gauges.parityGroups], [8, 0]);
  made.nak(BELOW, wants(0, 1)).told("NAK* 0 -> parent");
});

Deno.test("DesignatedRepairer: parity of a group that leaves the window before its turn is not sent", () => {
  const made = bench(groupOf(0, EIGHT), { repairRte: 1_000 });
  made.nak(BELOW, wants(0, 8));
  assertEquals(counts(made), { "NCF*": 1, "NNAK*": 1, "RDATA*": 1 });
  made.hears(prm({ sqn: 2, lead: 15 }, 8)).at(ms(500));
  assertEquals(only(made.said(), "RDATA"), []);
  assertEquals([made.endpoint.stats.repairsOutOfWindow, made.endpoint.gauges.waitingRepairs], [1, 0]);
});

Deno.test("DesignatedRepairer: no more than maxWaiting packets and groups wait; repeats of one parity NCF keep ncfRepeatIvl", () => {
  const data = [...groupOf(0, EIGHT), ...groupOf(8, EIGHT)];
  const made = bench(data, { maxWaiting: 1, repairRte: 1_000, ncfRepeatIvl: ms(20) });
  made.nak(BELOW, wants(0, 8)).nak(BELOW, wants(8, 1));
  assertEquals(counts(made), { "NCF*": 2, "NNAK*": 1, "RDATA*": 1 });
  assertEquals([made.endpoint.stats.repairsShed, made.endpoint.gauges.waitingRepairs], [1, 1]);
  made.at(ms(20) - 1).nak(BELOW, wants(0, 8)).nak(BELOW, { sqn: 7 });
  // The number of a packet is another than that of a group and a count.
  assertEquals(made.lines().filter((line) => line.startsWith("NCF")), ["NCF 7 -> group"]);
  made.at(ms(20)).nak(BELOW, wants(0, 8));
  assertEquals(made.lines().filter((line) => line.startsWith("NCF")), ["NCF* 7 -> group"]);
});

Deno.test("DesignatedRepairer: after the end of its session it serves parity of the last group, with OPT_FIN [DLR-008, DLR-049]", () => {
  const fin: OptionValue = { type: "FIN" };
  const made = bench([...groupOf(0, EIGHT.slice(1)), odata({ sqn: 7, payload: payloadOf(7), options: [fin] })]);
  assertEquals(made.endpoint.receiver.sessions[0]!.ended, "fin");
  made.nak(BELOW, wants(0, 1));
  assertEquals(parityOf(made.said())[0]!.options.map(({ type }) => type), ["PARITY_GRP", "FIN"]);
});

Deno.test("ServedParity: what the window has passed is forgotten, and nothing else", () => {
  const parity = new ServedParity(8, prngFromSeed(1));
  const packets = (length: number) => {
    return (sqn: number) => encodePacket(odata({ sqn, payload: payloadOf(sqn, length) }));
  };
  const sizes = () => [parity.whole(0, packets(20))!.tsdus.length, parity.whole(8, packets(20))!.tsdus.length];
  parity.skipped(5);
  parity.skipped(11);
  assertEquals([sizes(), parity.groups], [[5, 3], 2]);
  parity.dropBefore(7);
  assertEquals(sizes(), [5, 3]);
  parity.dropBefore(8);
  assertEquals([sizes(), parity.groups], [[8, 3], 1]);
  // A group that was read is another one when its numbers come again.
  const [before, after] = [20, 30].map((length) => {
    const { payload } = parity.whole(16, packets(length))!.tsdus[0]!;
    parity.dropBefore(24);
    return payload.length;
  });
  assertEquals([before, after], [20, 30]);
});
