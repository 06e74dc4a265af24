/**
 * What a source does with what comes back from receivers and repairers: NAKs of every kind, NNAKs, forgeries.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { encodePacket, ms, type PacketValue, ParseError, prngFromSeed, seconds } from "../../../engine/mod.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench } from "../../support/benches.ts";
import { DPORT, GROUP, GSI, nak, nla, only, SOURCE, SPORT, summary } from "../../support/rig.ts";

function nnak(fields: Parameters<typeof nak>[0]): PacketValue {
  return { ...nak(fields), type: "NNAK" } as PacketValue;
}

Deno.test("Source: an NNAK is counted and answered with nothing [SRC-032, SRC-033]", () => {
  const rig = send(sourceBench(QUIET).at(0), 5).at(ms(10));
  rig.said();
  rig.hears(nnak({ sqn: 2 }), FROM_RECEIVER).hears(nnak({ sqn: 3 }), FROM_RECEIVER);
  rig.hears(nnak({ sqn: 4, options: [] }), FROM_RECEIVER).at(seconds(1)).saysNothing();
  const { nnaksReceived, naksReceived, foreign, ignored } = rig.endpoint.stats;
  assertEquals({ nnaksReceived, naksReceived, foreign, ignored }, {
    nnaksReceived: 3,
    naksReceived: 0,
    foreign: 0,
    ignored: 0,
  });
  rig.hears(nak({ sqn: 2 }), FROM_RECEIVER).at(seconds(2)).says("NCF 2", "RDATA 2");
});

Deno.test("Source: NNAKs for other sessions, sources or groups are not counted", () => {
  const rig = sourceBench(QUIET).at(0);
  rig.hears(nnak({ sqn: 2, gsi: GSI + 1 }), FROM_RECEIVER);
  rig.hears(nnak({ sqn: 2, sourceNla: nla("10.0.0.2") }), FROM_RECEIVER);
  rig.hears(nnak({ sqn: 2, groupNla: nla("239.1.2.4") }), FROM_RECEIVER);
  assertEquals([rig.endpoint.stats.nnaksReceived, rig.endpoint.stats.foreign], [0, 3]);
});

Deno.test("Source: an NCF has the ports of its NAK swapped back, and its TSI [PKT-039]", () => {
  const rig = send(sourceBench(QUIET).at(0), 1).at(ms(10));
  rig.said();
  const request = nak({ sqn: 0 });
  rig.hears(request, FROM_RECEIVER);
  const [ncf] = only(rig.said(), "NCF");
  assertEquals([ncf!.sourcePort, ncf!.destinationPort], [request.destinationPort, request.sourcePort]);
  assertEquals([ncf!.gsi, ncf!.sourcePort, ncf!.destinationPort], [GSI, SPORT, DPORT]);
});

Deno.test("Source: a list NAK does what single NAKs do, but for their NCFs [OPT-034]", () => {
  const wanted = [0xffff_ffff, 0, 3, 900];
  const after = (list: boolean) => {
    const config = { ...QUIET, firstSqn: 0xffff_fffe, rdataDelay: ms(5), ncfRepeatIvl: ms(20) };
    const rig = send(sourceBench(config).at(0), 10).at(ms(10));
    rig.said();
    const [first, ...others] = wanted;
    if (list) rig.hears(nak({ sqn: first!, options: [{ type: "NAK_LIST", sqns: others }] }), FROM_RECEIVER);
    else for (const sqn of wanted) rig.hears(nak({ sqn }), FROM_RECEIVER);
    const confirmed = only(rig.said(), "NCF").flatMap(({ sqn, options }) => [
      sqn,
      ...options.flatMap((option) => option.type === "NAK_LIST" ? option.sqns : []),
    ]);
    // What comes next shows the state: whether NCFs are held back, and repairs merged.
    for (const sqn of wanted) rig.hears(nak({ sqn }), FROM_RECEIVER);
    rig.at(ms(15));
    for (const sqn of wanted) rig.hears(nak({ sqn }), FROM_RECEIVER);
    const rest = rig.at(ms(50)).said().map((said) => `${said.at} ${summary(said)}`);
    const { naksBehindTrail, naksBeyondLead, naksMerged, rdata } = rig.endpoint.stats;
    return { confirmed, rest, naksBehindTrail, naksBeyondLead, naksMerged, rdata };
  };
  const single = after(false);
  assertEquals(single.confirmed, wanted);
  assertEquals(single.rest.filter((line) => line.endsWith("NCF 3")), []);
  assertEquals(after(true), single);
});

Deno.test("Source: packets that only network elements and receivers use are ignored, malformed ones counted", () => {
  const rig = send(sourceBench(QUIET).at(0), 1).at(ms(10));
  rig.said();
  const upstream = { sourcePort: DPORT, destinationPort: SPORT, gsi: GSI, options: [] } as const;
  const others: PacketValue[] = [
    { type: "ACK", ...upstream, rxMax: 0, bitmap: 1 },
    { ...nak({ sqn: 0 }), parity: true } as PacketValue,
  ];
  for (const packet of others) rig.hears(packet, FROM_RECEIVER);
  const damaged = encodePacket(nak({ sqn: 0 }));
  damaged[16]! ^= 1;
  rig.hears(damaged, FROM_RECEIVER).at(seconds(1)).saysNothing();
  assertEquals([rig.endpoint.stats.ignored, rig.endpoint.stats.malformed], [2, 1]);
});

Deno.test("Source: a flood of forged NAKs leaves bounded work, then a true NAK is served [GEN-026]", () => {
  // NCFs leave far slower than NAKs come in.
  const rig = sourceBench({ ...QUIET, peakRte: 1_000_000, burstBytes: 1_000_000, txwMaxSqns: 64 }).at(0);
  send(rig, 64).at(seconds(1));
  rig.said();
  const random = prngFromSeed(1).fork("forger");
  const flood = 90_000;
  for (let i = 0; i < flood; i++) {
    if (i % 1000 === 0) rig.at(rig.now + ms(1));
    const sqn = random.below(16) === 0 ? random.below(64) : random.u32();
    const how = random.below(10) === 0 ? { sourceNla: nla("10.66.6.6") } : { groupNla: GROUP };
    rig.hears(nak({ sqn, ...how }), { source: nla("10.66.6.6") });
  }
  const { stats } = rig.endpoint;
  const waiting = stats.naksReceived - stats.ncf - stats.ncfsHeldBack;
  assert(waiting > 0 && waiting <= 1_000_000 / 36, `${waiting} NCFs wait`);
  assert(stats.ncfsHeldBack > 0 && stats.foreign > 0);
  rig.at(rig.now + seconds(4));
  assertEquals(stats.naksReceived, stats.ncf + stats.ncfsHeldBack);
  assertEquals(stats.rdata, 64);
  assertEquals(only(rig.said(), "RDATA").length, 64);
  rig.hears(nak({ sqn: 63 }), FROM_RECEIVER).at(rig.now + ms(1)).says("NCF 63", "RDATA 63");
});

Deno.test("Source: an NCF leaves where its NAK arrived, the repair where all data does [SRC-024]", () => {
  const rig = send(sourceBench({ ...QUIET, ncfRepeatIvl: ms(20) }).at(0), 3).at(ms(10));
  rig.said();
  rig.hears(nak({ sqn: 1 }), { ...FROM_RECEIVER, iface: 1 });
  const said = rig.said();
  assertEquals(said.map((each) => [summary(each), each.iface]), [["NCF 1", 1], ["RDATA 1", 0]]);
  assertEquals(said.map(({ datagram }) => [datagram.source, datagram.destination]), [[SOURCE, GROUP], [SOURCE, GROUP]]);
  // Receivers on one interface do not hear what was confirmed on the other.
  const ifaces = (iface: number) => {
    rig.hears(nak({ sqn: 1 }), { ...FROM_RECEIVER, iface });
    return rig.said().filter(({ value }) => value.type === "NCF").map((each) => each.iface);
  };
  assertEquals([ifaces(0), ifaces(0), ifaces(1)], [[0], [], []]);
});

Deno.test("Source: in a storm of identical NAKs, lists or not, one NCF goes in each repeat interval [SRC-022]", () => {
  const single = nak({ sqn: 2 });
  const list = nak({ sqn: 2, options: [{ type: "NAK_LIST", sqns: [4, 5] }] });
  for (const request of [single, list]) {
    const rig = send(sourceBench({ ...QUIET, ncfRepeatIvl: ms(4) }).at(0), 10).at(ms(10));
    rig.said();
    for (let i = 0; i < 100; i++) rig.at(ms(10) + i * 100_000).hears(request, FROM_RECEIVER);
    const ncfs = rig.said().filter(({ value }) => value.type === "NCF");
    assertEquals(ncfs.map(({ at }) => at), [ms(10), ms(14), ms(18)]);
    assertEquals(rig.endpoint.stats.ncfsHeldBack, 97);
  }
});

Deno.test("Source: a list with one number that is not confirmed yet gets its NCF", () => {
  const rig = send(sourceBench(QUIET).at(0), 10).at(ms(10));
  const listed = (sqn: number, ...sqns: number[]) => {
    rig.said();
    rig.hears(nak({ sqn, options: [{ type: "NAK_LIST", sqns }] }), FROM_RECEIVER);
    return only(rig.said(), "NCF").length;
  };
  assertEquals([listed(2, 4), listed(2, 4), listed(2, 5), listed(3, 4), listed(2, 3, 4, 5)], [1, 0, 1, 1, 0]);
  rig.said();
  rig.hears(nak({ sqn: 5 }), FROM_RECEIVER);
  assertEquals(only(rig.said(), "NCF"), []);
});

Deno.test("Source: NAKs outside the window count as what they are, and storms of them are held back, too", () => {
  const rig = send(sourceBench({ ...QUIET, txwSecs: seconds(1), txwAdvSecs: ms(10) }).at(0), 3).at(ms(900));
  send(rig, 2).at(seconds(1)).said();
  rig.hears(nak({ sqn: 2 }), FROM_RECEIVER).says("NCF 2");
  rig.hears(nak({ sqn: 2, options: [{ type: "NAK_LIST", sqns: [3, 5] }] }), FROM_RECEIVER).says("NCF 2", "RDATA 3");
  for (let i = 0; i < 10; i++) rig.hears(nak({ sqn: 5 }), FROM_RECEIVER);
  rig.saysNothing();
  const { naksBehindTrail, naksBeyondLead, naksAfterRdata, naksReceived } = rig.endpoint.stats;
  assertEquals({ naksBehindTrail, naksBeyondLead, naksAfterRdata, naksReceived }, {
    naksBehindTrail: 2,
    naksBeyondLead: 11,
    naksAfterRdata: 0,
    naksReceived: 12,
  });
  // The repair of 3 has left: whoever asks now did not get it.
  rig.hears(nak({ sqn: 3 }), FROM_RECEIVER).says("RDATA 3");
  assertEquals(rig.endpoint.stats.naksAfterRdata, 1);
});

Deno.test("Source: malformed packets are counted by cause, a list of 63 and one out of order among them", () => {
  const rig = send(sourceBench(QUIET).at(0), 100).at(ms(10));
  rig.said();
  const full = encodePacket(nak({ sqn: 0, options: [{ type: "NAK_LIST", sqns: sequence(62) }] }));
  rig.hears(full, FROM_RECEIVER);
  assertEquals(only(rig.said(), "RDATA").length, 63);
  // 63 entries: OPT_NAK_LIST and OPT_LENGTH say so, too. A length octet of 0 is 256 octets cut short.
  const tooLong = new Uint8Array(full.length + 4);
  tooLong.set(full);
  tooLong.set([0, 0, 0, 63], full.length);
  tooLong[36 + 3]! = 4;
  tooLong[36 + 2]! = 1;
  tooLong[36 + 5] = 0;
  const swapped = full.slice();
  swapped[36 + 8 + 3] = 9;
  const truncated = full.subarray(0, 15);
  for (const bytes of [tooLong, swapped, swapped]) bytes.set([0, 0], 6);
  for (const bytes of [tooLong, swapped, truncated, swapped]) rig.hears(bytes, FROM_RECEIVER);
  rig.saysNothing();
  assertEquals([...rig.endpoint.malformed], [
    [ParseError.OptionTooShort, 1],
    [ParseError.NakListOrder, 2],
    [ParseError.Truncated, 1],
  ]);
  assertEquals([rig.endpoint.stats.malformed, rig.endpoint.stats.naksReceived], [4, 1]);
});

function sequence(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
