/**
 * Parity at a network element (RFC 3208, sections 9.5.3, 11.2 and 11.6): truncated groups, lists, null NAKs, numbers that
 * are repaired with parity, and repairers.
 */

import { assertEquals } from "@std/assert";
import { ms, type Nla, type PacketValue, ParseError, seconds, viewPacket } from "../../../engine/mod.ts";
import { type ElementBench, OWN, parityBench, parityPrm, UPSTREAM } from "../../support/element_bench.ts";
import { DPORT, GSI, nak, ncf, nla, rdata, SPORT } from "../../support/rig.ts";

const size = (packets: number) => [{ type: "CURR_TGSIZE", size: packets }] as const;
const list = (...sqns: number[]) => [{ type: "NAK_LIST", sqns }] as const;

Deno.test("NetworkElement: SPMs tell of truncated groups, whether asked for already or not [FEC-088]", () => {
  // SPM_LEAD 12 ends the group 8 .. 15 after five packets: the offset is three.
  const shorten = (bench: ElementBench, sqn: number) =>
    bench.spm({ sqn, lead: 12, options: [parityPrm(), ...size(5)] }).rig.said();
  const before = parityBench();
  shorten(before, 2);
  before.asks(1, 8, 5);
  const after = parityBench();
  after.asks(1, 8, 5);
  shorten(after, 2);
  for (const bench of [before, after]) {
    assertEquals([bench.repairs(8), bench.repairs(8), bench.repairs(8)], [[1], [1], []]);
    assertEquals([bench.element.gauges.repairs, bench.element.stats.tgSizesIgnored], [0, 0]);
    // Other groups are as large as ever.
    bench.asks(1, 16, 3);
    assertEquals([1, 2, 3, 4].map(() => bench.repairs(16)), [[1], [1], [1], []]);
  }
});

Deno.test("NetworkElement: of a truncated group an interface is done when its count is down to the offset [FEC-089]", () => {
  const bench = parityBench();
  bench.asks(1, 8, 5).asks(2, 8, 4).confirms(8, 5).rig.said();
  assertEquals([1, 2, 3].map(() => bench.repairs(8, size(5))), [[1, 2], [1], []]);
  // A full group is done at zero, whether it says so or not.
  bench.asks(1, 16, 2);
  assertEquals([1, 2, 3].map(() => bench.repairs(16, size(8))), [[1], [1], []]);
});

Deno.test("NetworkElement: the first parity packet that tells of the truncation still reaches all who have asked [FEC-090]", () => {
  const bench = parityBench();
  bench.asks(1, 8, 1).asks(2, 8, 3).asks(3, 8, 5).confirms(8, 5).rig.said();
  assertEquals([1, 2, 3].map(() => bench.repairs(8, size(5))), [[1, 2, 3], [3], []]);
});

Deno.test("NetworkElement: sizes that cannot be, or contradict what was said of the group, are counted and ignored", () => {
  const bench = parityBench();
  bench.asks(1, 8, 3).confirms(8, 3).rig.said();
  // Nine of eight; SPM_LEAD is not the fifth packet of its group.
  assertEquals(bench.repairs(8, size(9)), [1]);
  bench.spm({ sqn: 2, lead: 13, options: [parityPrm(), ...size(5)] });
  assertEquals(bench.element.stats.tgSizesIgnored, 2);
  bench.spm({ sqn: 3, lead: 14, options: [parityPrm(), ...size(7)] });
  assertEquals(bench.element.stats.tgSizesIgnored, 2);
  // Two are left, and one of them is for the packet that was never sent; another size would not let this one pass alone.
  assertEquals([bench.repairs(8, size(5)), bench.repairs(8)], [[1], []]);
  assertEquals(bench.element.stats.tgSizesIgnored, 3);
  bench.spm({ sqn: 4, lead: 12, options: [parityPrm(), ...size(5)] }).rig.said();
  assertEquals(bench.element.stats.tgSizesIgnored, 4);
  bench.asks(1, 8, 2);
  assertEquals([bench.repairs(8), bench.repairs(8)], [[1], []]);
});

Deno.test("NetworkElement: a size without OPT_PARITY_PRM tells nothing, and none holds beyond the window", () => {
  const bench = parityBench();
  bench.spm({ sqn: 2, lead: 12, options: size(5) });
  bench.spm({ sqn: 3, trail: 15, lead: 20 });
  bench.asks(1, 8, 4);
  assertEquals(bench.repairs(8), [1]);
  bench.spm({ sqn: 4, trail: 16, lead: 20 }).rig.said();
  // The numbers come round again.
  bench.spm({ sqn: 5, trail: 0x4000_0000, lead: 0x4000_0010 }).spm({ sqn: 6, trail: 0x8000_0000, lead: 0x8000_0010 });
  bench.spm({ sqn: 7, trail: 0xc000_0000, lead: 0xc000_0010 }).spm({ sqn: 8, trail: 8, lead: 20 }).at(seconds(3)).rig
    .said();
  bench.asks(1, 8, 4);
  assertEquals([1, 2, 3, 4, 5].map(() => bench.repairs(8)), [[1], [1], [1], [1], []]);
});

Deno.test("NetworkElement: a list NAK names groups, and each has parity of its own [FEC-093]", () => {
  const bench = parityBench();
  bench.asks(1, 8, 2, list(16, 26)).says("1 NCF 8*2+16*1+24*3", "0 NAK 8*2+16*1+24*3");
  assertEquals([bench.element.gauges.repairs, bench.element.gauges.pending], [3, 3]);
  bench.confirms(8, 2, list(16, 25));
  assertEquals(bench.element.gauges.pending, 1);
  bench.at(ms(100)).says("0 NAK 24*3");
  const come = (first: number, times: number) => Array.from({ length: times }, () => bench.repairs(first));
  assertEquals([come(8, 3), come(16, 2), come(24, 4)], [[[1], [1], []], [[1], []], [[1], [1], [1], []]]);
});

Deno.test("NetworkElement: a list NAK goes up whole with the largest counts, its other options as they are", () => {
  const bench = parityBench();
  bench.asks(2, 8, 5).asks(2, 24, 1).confirms(8, 5).confirms(24, 1).rig.said();
  const unknown = { type: "UNKNOWN", code: 0x7d, octets: Uint8Array.of(1, 2, 3, 4) } as const;
  bench.asks(1, 8, 2, [...list(16, 25), unknown]);
  const [confirmed, forwarded] = bench.rig.said();
  assertEquals(confirmed!.value, ncf({ sqn: 9, parity: true, options: list(16, 25) }));
  assertEquals(viewPacket(forwarded!.datagram).error, ParseError.None);
  assertEquals(forwarded!.value, nak({ sqn: 12, parity: true, options: [...list(16, 25), unknown] }));
  // Asked for by somebody else meanwhile: the count of the header and the last of the list are others now.
  bench.at(ms(50)).confirms(8, 5, list(16, 25)).asks(2, 24, 6).confirms(24, 6).asks(2, 16, 2).confirms(16, 2)
    .rig.said();
  bench.at(ms(300)).asks(3, 8, 1, list(16, 24)).says("3 NCF 8*1+16*1+24*1", "0 NAK 8*5+16*2+24*6");
});

Deno.test("NetworkElement: of a group that a list names twice, the larger count holds", () => {
  const bench = parityBench();
  bench.asks(1, 8, 2, list(11, 16)).says("1 NCF 8*4+16*1", "0 NAK 8*4+16*1");
  assertEquals([1, 2, 3, 4, 5].map(() => bench.repairs(8)), [[1], [1], [1], [1], []]);
});

Deno.test("NetworkElement: groups outside the window are confirmed with the rest of a list, and not asked for", () => {
  const bench = parityBench({ maxAhead: 1 });
  bench.asks(1, 96, 2, list(104)).says("1 NCF 96*2+104*1", "0 NAK 96*2");
});

function nnak(first: number, count: number): PacketValue {
  return { ...nak({ sqn: first + count - 1, parity: true }), type: "NNAK" } as PacketValue;
}

Deno.test("NetworkElement: a parity NNAK is eliminated only if more is asked for already [FEC-087]", () => {
  const bench = parityBench();
  const hears = (packet: PacketValue) => bench.rig.hears(packet, { iface: 2, destination: OWN[2]! });
  bench.asks(1, 8, 3).confirms(8, 3).rig.said();
  hears(nnak(8, 2));
  bench.saysNothing();
  hears(nnak(8, 3));
  bench.says("0 NNAK 8*3");
  hears(nnak(8, 4));
  bench.says("0 NNAK 8*4");
  hears(nnak(8, 3));
  bench.saysNothing();
  assertEquals([bench.element.stats.nnaksReceived, bench.element.stats.nnaksForwarded], [4, 2]);
  // They ask for nothing: neither where they came from nor of anybody else.
  bench.asks(1, 8, 4).says("1 NCF 8*4", "0 NAK 8*4");
  assertEquals([1, 2, 3, 4, 5].map(() => bench.repairs(8)), [[1], [1], [1], [1], []]);
});

Deno.test("NetworkElement: state that a parity NNAK has made never eliminates a NAK", () => {
  const bench = parityBench();
  bench.rig.hears(nnak(8, 3), { iface: 2, destination: OWN[2]! });
  bench.says("0 NNAK 8*3").asks(1, 8, 1).says("1 NCF 8*1", "0 NAK 8*1");
  bench.rig.hears(nnak(8, 2), { iface: 2, destination: OWN[2]! });
  bench.saysNothing();
});

Deno.test("NetworkElement: a number is repaired with the parity of its group, one packet for each that an interface wants", () => {
  const bench = parityBench();
  bench.nak(1, { sqn: 9 }).nak(2, { sqn: 9 }).nak(2, { sqn: 15 }).nak(3, { sqn: 17 }).rig.said();
  assertEquals([bench.repairs(8), bench.repairs(8), bench.repairs(8)], [[1, 2], [2], []]);
  assertEquals([bench.element.gauges.repairs, bench.element.gauges.pending], [1, 1]);
  assertEquals(bench.rdata(17), [3]);
  // The packet itself serves as well, and alone.
  bench.nak(1, { sqn: 9 }).nak(1, { sqn: 10 });
  assertEquals([bench.rdata(10), bench.repairs(8), bench.rdata(9)], [[1], [1], []]);
});

Deno.test("NetworkElement: parity stands for numbers whose NAKs were confirmed rather than for those that were not", () => {
  const bench = parityBench();
  bench.nak(1, { sqn: 10 }).nak(1, { sqn: 12 }).ncf({ sqn: 12 }).rig.said();
  assertEquals([bench.repairs(8), bench.element.gauges.pending], [[1], 1]);
  bench.at(ms(100)).says("0 NAK 10");
  // Its own NCF may be lost: what comes may be for it.
  assertEquals([bench.repairs(8), bench.element.gauges.repairs], [[1], 0]);
  bench.at(ms(200)).saysNothing();
});

Deno.test("NetworkElement: one parity packet serves the group's requests and those of its numbers", () => {
  const bench = parityBench();
  bench.asks(1, 8, 2).nak(1, { sqn: 12 }).nak(2, { sqn: 8 }).rig.said();
  assertEquals([bench.repairs(8), bench.repairs(8), bench.repairs(8)], [[1, 2], [1], []]);
  assertEquals(bench.element.gauges.repairs, 0);
  // What only an NCF has named is over as well, one number with each packet.
  bench.ncf({ sqn: 9 }).ncf({ sqn: 10 }).nak(3, { sqn: 11 });
  assertEquals([bench.repairs(8), bench.element.gauges.repairs], [[3], 1]);
  assertEquals([bench.repairs(8), bench.element.gauges.repairs], [[], 0]);
});

const UP = { sourcePort: DPORT, destinationPort: SPORT, gsi: GSI } as const;
/** Repairers on the link upstream, and on interface 3. */
const ABOVE = nla("10.0.9.7");
const BESIDE = nla("10.3.0.7");

function polr(offered: Nla, parity: boolean, sqn = 0): PacketValue {
  const options = [{ type: "REDIRECT", nla: offered }] as const;
  return { type: "POLR", ...UP, sqn, round: 0, ...(parity ? { parity: true as const } : {}), options };
}

/** Where the NAKs went that were sent since the last look. */
function asked(bench: ElementBench): Nla[] {
  return bench.rig.said().flatMap(({ value, datagram }) => value.type === "NAK" ? [datagram.destination] : []);
}

Deno.test("NetworkElement: parity is asked of a repairer upstream only if its POLR has OPT_PARITY [DLR-030]", () => {
  const bench = parityBench();
  bench.passes(polr(ABOVE, false));
  bench.nak(1, { sqn: 5 });
  assertEquals(asked(bench), [ABOVE]);
  bench.asks(1, 8, 1);
  assertEquals(asked(bench), [UPSTREAM]);
  bench.passes(polr(ABOVE, true));
  bench.asks(1, 16, 1);
  assertEquals(asked(bench), [ABOVE]);
  // It may have changed its mind.
  bench.passes(polr(ABOVE, false));
  bench.asks(1, 24, 1);
  assertEquals(asked(bench), [UPSTREAM]);
});

/** An element that has found the repairer on interface 3, and asked for number 1, which is repaired. */
function redirectedDown(parity: boolean): ElementBench {
  const bench = parityBench({ dlrPollIvl: seconds(10) });
  bench.nak(1, { sqn: 1 });
  const poll = bench.rig.said().find(({ iface, value }) => iface === 3 && value.type === "POLL")!.value;
  const sqn = poll.type === "POLL" ? poll.sqn : -1;
  beside(bench, polr(BESIDE, parity, sqn));
  bench.ncf({ sqn: 1 });
  assertEquals([bench.rdata(1), bench.element.stats.redirects], [[1], 1]);
  return bench;
}

/** The repairer on interface 3 sends something to the element. */
function beside(bench: ElementBench, packet: PacketValue): void {
  bench.rig.hears(packet, { iface: 3, source: BESIDE, destination: OWN[3]! });
}

Deno.test("NetworkElement: a repairer below that serves parity is asked for it, and what it sends is shared out [DLR-030]", () => {
  const without = redirectedDown(false);
  without.asks(1, 8, 2);
  assertEquals(asked(without), [UPSTREAM]);
  const bench = redirectedDown(true);
  bench.asks(1, 8, 2).asks(2, 8, 1);
  assertEquals(asked(bench), [BESIDE]);
  // An NCF for fewer is none.
  beside(bench, ncf({ sqn: 8, parity: true }));
  assertEquals([bench.element.gauges.pending, bench.element.stats.ncfsTooFew], [1, 1]);
  bench.at(ms(100));
  assertEquals(asked(bench), [BESIDE]);
  beside(bench, ncf({ sqn: 9, parity: true }));
  assertEquals([bench.element.gauges.pending, bench.element.stats.ncfsFromRepairer], [0, 2]);
  beside(bench, rdata({ sqn: 8, parity: true }));
  assertEquals(bench.rig.said().map(({ iface, datagram }) => [iface, datagram.multicast]), [[1, true], [2, true]]);
  beside(bench, rdata({ sqn: 9, parity: true }));
  assertEquals(bench.rig.said().map(({ iface }) => iface), [1]);
  beside(bench, rdata({ sqn: 9, parity: true }));
  bench.saysNothing();
  assertEquals([bench.element.stats.rdataUnwanted, bench.element.stats.parityForwarded], [1, 2]);
});

Deno.test("NetworkElement: parity from others than the repairer that was asked is dropped", () => {
  const bench = parityBench();
  bench.asks(1, 8, 1).rig.said();
  beside(bench, rdata({ sqn: 8, parity: true }));
  bench.saysNothing();
  assertEquals([bench.element.stats.rdataUnwanted, bench.repairs(8)], [1, [1]]);
});

Deno.test("NetworkElement: a repairer below whose side asks for more than it was asked for is not asked for that", () => {
  const bench = redirectedDown(true);
  bench.asks(1, 8, 2);
  beside(bench, ncf({ sqn: 9, parity: true }));
  assertEquals(asked(bench), [BESIDE]);
  bench.asks(3, 8, 3);
  assertEquals(asked(bench), [UPSTREAM]);
});
