/**
 * A designated local repairer on a bench: what it offers, and how it serves those above and below (RFC 3208, 9.5.2).
 */

import { assertEquals } from "@std/assert";
import { type Datagram, ms, type NakValue, type OptionValue, type PacketValue, seconds } from "../../../engine/mod.ts";
import { BELOW, PARENT, REPAIRER, RepairerBench, repairerBench } from "../../support/repairer_bench.ts";
import { DPORT, GROUP, GSI, nak, nla, odata, rdata, SOURCE, SPORT } from "../../support/rig.ts";

const UP = { sourcePort: DPORT, destinationPort: SPORT, gsi: GSI } as const;
const DOWN = { sourcePort: SPORT, destinationPort: DPORT, gsi: GSI } as const;

/** What of a network header matters. */
function header({ source, destination, routerAlert }: Datagram) {
  return { source, destination, routerAlert };
}

const TO_GROUP = { source: SOURCE, destination: GROUP, routerAlert: true };
const TO_PARENT = { source: REPAIRER, destination: PARENT, routerAlert: false };

Deno.test("DesignatedRepairer: it receives as any receiver does, recovers its own losses, and keeps all of the window [DLR-001]", () => {
  const bench = new RepairerBench();
  bench.endpoint.receiver.join(0);
  assertEquals(bench.joined, [{ iface: 0, group: GROUP, join: true }]);
  for (const sqn of [0, 1, 2, 4, 5]) bench.hears(odata({ sqn }));
  bench.spm({ lead: 5 }).at(ms(50)).told("NAK 3 -> parent");
  bench.ncf({ sqn: 3 }).hears(rdata({ sqn: 3 }));
  assertEquals(bench.delivered, [0, 1, 2, 3, 4, 5]);
  assertEquals(bench.endpoint.gauges.cachedPackets, 6);
  // The trailing edge takes the first three away.
  bench.spm({ sqn: 2, trail: 3, lead: 5 });
  const bytes = 5 * 25 - 2 * 25;
  assertEquals([bench.endpoint.gauges.cachedPackets, bench.endpoint.gauges.cachedBytes], [3, bytes]);
  bench.nak(BELOW, { sqn: 3 }).told("NCF 3 -> group", "NNAK 3 -> parent", "RDATA 3 -> group");
  bench.nak(BELOW, { sqn: 2 }).told("NAK 2 -> parent");
});

Deno.test("DesignatedRepairer: an NCF of the parent for others is answered with a redirecting POLR in the source's name [DLR-003, DLR-010, DLR-011]", () => {
  const bench = repairerBench();
  bench.ncf({ sqn: 4 });
  const [polr, ...rest] = bench.said();
  assertEquals(rest, []);
  assertEquals(header(polr!.datagram), TO_GROUP);
  const expected = { type: "POLR", ...UP, sqn: 0, round: 0, options: [{ type: "REDIRECT", nla: REPAIRER }] };
  assertEquals(polr!.value, expected as PacketValue);
  assertEquals([bench.endpoint.gauges.upstreamOf, bench.endpoint.gauges.offTreeOf], [1, 0]);
});

Deno.test("DesignatedRepairer: answers to NCFs keep redirectIvl", () => {
  const bench = repairerBench({ redirectIvl: seconds(1) });
  bench.ncf({ sqn: 4 }).told("POLR 0 -> group");
  bench.at(seconds(1) - 1).ncf({ sqn: 5 }).told();
  bench.at(seconds(1)).ncf({ sqn: 6 }).told("POLR 0 -> group").ncf({ sqn: 7 }).told();
  assertEquals(bench.endpoint.stats.redirectsHeldBack, 2);
});

Deno.test("DesignatedRepairer: an NCF that confirms its own NAK is no occasion to offer anything [DLR-009]", () => {
  const bench = new RepairerBench();
  for (const sqn of [0, 1, 2, 4, 5]) bench.hears(odata({ sqn }));
  bench.spm({ lead: 5 }).at(ms(50)).told("NAK 3 -> parent");
  bench.ncf({ sqn: 3 }).told();
  assertEquals(bench.endpoint.stats.ncfsForOwnNaks, 1);
  // The next one is for someone else's.
  bench.ncf({ sqn: 3 }).told("POLR 0 -> group");
});

Deno.test("DesignatedRepairer: what it asked for and got without an NCF it does not ask for any more: the NCF is for others [DLR-009]", () => {
  const bench = new RepairerBench();
  for (const sqn of [0, 1, 2, 4, 5]) bench.hears(odata({ sqn }));
  bench.spm({ lead: 5 }).at(ms(50)).told("NAK 3 -> parent");
  bench.hears(rdata({ sqn: 3 })).ncf({ sqn: 3 }).told("POLR 0 -> group");
});

Deno.test("DesignatedRepairer: NCFs that are not its parent's, or come before there is anything to offer, are not answered", () => {
  const unknown = new RepairerBench();
  unknown.ncf({ sqn: 4 }).told();
  unknown.spm().ncf({ sqn: 4 }).told();
  const parentless = new RepairerBench();
  parentless.hears(odata({ sqn: 4 })).ncf({ sqn: 4 }).told();
  const bench = repairerBench();
  bench.hears({ ...nak({ sqn: 4 }), type: "NCF", sourcePort: SPORT, destinationPort: DPORT } as PacketValue, {
    source: nla("10.0.0.66"),
  }).told();
  bench.hears({ ...nak({ sqn: 4 }), type: "NCF", sourcePort: SPORT, destinationPort: DPORT } as PacketValue, {
    iface: 1,
  }).told();
  repairerBench({ answerNcfs: false }).ncf({ sqn: 4 }).told();
});

Deno.test("DesignatedRepairer: a NAK from below for what it has: NCF, null NAK with the NAK's fields, RDATA, as a source [DLR-005, DLR-015, DLR-017]", () => {
  const bench = repairerBench();
  bench.nak(BELOW, { sqn: 4 });
  const [ncf, nnak, repair, ...rest] = bench.said();
  assertEquals(rest, []);
  assertEquals([ncf!, repair!].map(({ datagram }) => header(datagram)), [TO_GROUP, TO_GROUP]);
  assertEquals(header(nnak!.datagram), TO_PARENT);
  const named = { sqn: 4, sourceNla: SOURCE, groupNla: GROUP, options: [] };
  assertEquals(ncf!.value, { type: "NCF", ...DOWN, ...named } as PacketValue);
  assertEquals(nnak!.value, { type: "NNAK", ...UP, ...named } as PacketValue);
  assertEquals(repair!.value, rdata({ sqn: 4 }));
});

Deno.test("DesignatedRepairer: a list from below is served number by number; what it lacks goes to its parent [DLR-018]", () => {
  const bench = new RepairerBench();
  for (const sqn of [0, 1, 2, 3, 5, 6, 7]) bench.hears(odata({ sqn }));
  bench.spm({ lead: 7 });
  bench.nak(BELOW, { sqn: 2, options: [{ type: "NAK_LIST", sqns: [4, 5, 9] }] });
  bench.told("NCF 2+5 -> group", "NNAK 2 -> parent", "NNAK 5 -> parent", "NAK 4+9 -> parent", "RDATA 2 -> group");
  bench.at(ms(1)).told("RDATA 5 -> group");
  assertEquals(bench.endpoint.stats.naksPassedOn, 1);
  // The NCF for what was passed on is not answered with an offer: they have come here already.
  bench.ncf({ sqn: 4 }).told();
  // Of one that it lacks all of, nothing is its own to confirm.
  bench.nak(BELOW, { sqn: 9 }).told("NAK 9 -> parent");
  assertEquals(bench.endpoint.stats.ncfsNotRepeated, 0);
});

Deno.test("DesignatedRepairer: a NAK of its parent is answered by unicast, NCF, null NAK, RDATA in this order [DLR-021, DLR-022, DLR-023]", () => {
  const bench = repairerBench({ repairRte: Infinity });
  bench.nak(PARENT, { sqn: 4 });
  const said = bench.said();
  assertEquals(said.map(({ value }) => value.type), ["NCF", "NNAK", "RDATA"]);
  for (const { datagram } of said) assertEquals(header(datagram), TO_PARENT);
  assertEquals(said[2]!.value, rdata({ sqn: 4 }));
  // As the source would send it now: with its trail, and the options of the original.
  const options: OptionValue[] = [{ type: "FRAGMENT", firstSqn: 10, offset: 0, apduLength: 60 }];
  bench.hears(odata({ sqn: 10, trail: 3, options })).nak(PARENT, { sqn: 10 });
  assertEquals(bench.said()[2]!.value, rdata({ sqn: 10, trail: 3, options }));
});

Deno.test("DesignatedRepairer: what its parent asks for and it lacks, it confirms and asks for itself at once [DLR-024]", () => {
  const bench = new RepairerBench();
  for (const sqn of [0, 1, 2, 4]) bench.hears(odata({ sqn }));
  bench.spm({ lead: 4 });
  bench.nak(PARENT, { sqn: 3 }).told("NCF 3 -> parent", "NAK 3 -> parent");
  // With a list, the rest is served.
  bench.nak(PARENT, { sqn: 2, options: [{ type: "NAK_LIST", sqns: [3, 9] }] });
  bench.told("NCF 2+3+9 -> parent", "NNAK 2 -> parent", "NAK 3+9 -> parent", "RDATA 2 -> parent");
  assertEquals(bench.endpoint.stats.naksReturned, 2);
});

Deno.test("DesignatedRepairer: it tells its parent by SPM_PATH, and serves above and below for one number at once [DLR-025, DLR-026]", () => {
  const bench = repairerBench({ repairRte: Infinity });
  bench.nak(BELOW, { sqn: 4 }).told("NCF 4 -> group", "NNAK 4 -> parent", "RDATA 4 -> group");
  bench.nak(PARENT, { sqn: 4 }).told("NCF 4 -> parent", "NNAK 4 -> parent", "RDATA 4 -> parent");
  // Another SPM_PATH, and who was below is above.
  bench.spm({ sqn: 2, pathNla: BELOW });
  bench.nak(BELOW, { sqn: 5 }).told("NCF 5 -> below", "NNAK 5 -> below", "RDATA 5 -> below");
  bench.nak(PARENT, { sqn: 5 }).told("NCF 5 -> group", "NNAK 5 -> below", "RDATA 5 -> group");
});

Deno.test("DesignatedRepairer: repairs of the first and the last packet have OPT_SYN and OPT_FIN [DLR-048, DLR-049]", () => {
  const bench = new RepairerBench({ repairRte: Infinity });
  const at = { syn: { sqn: 0, options: [{ type: "SYN" }] }, fin: { sqn: 2, options: [{ type: "FIN" }] } } as const;
  bench.hears(odata(at.syn)).hears(odata({ sqn: 1 })).spm({ lead: 1 }).hears(odata(at.fin));
  assertEquals(bench.endpoint.receiver.sessions[0]!.ended, "fin");
  for (const packet of [at.syn, at.fin]) {
    bench.nak(BELOW, { sqn: packet.sqn });
    assertEquals(bench.said()[2]!.value, rdata(packet));
    bench.nak(PARENT, { sqn: packet.sqn });
    assertEquals(bench.said()[2]!.value, rdata(packet));
  }
});

Deno.test("DesignatedRepairer: what it has got by repair itself it repairs with the same octets and the newest trailing edge of the data", () => {
  const bench = new RepairerBench();
  const fragment = { type: "FRAGMENT", firstSqn: 3, offset: 0, apduLength: 5 } as const;
  for (const sqn of [0, 1, 2, 4]) bench.hears(odata({ sqn }));
  bench.spm({ lead: 4 });
  bench.hears(rdata({ sqn: 3, trail: 1, options: [fragment] })).hears(odata({ sqn: 5, trail: 2 }));
  bench.nak(BELOW, { sqn: 3 });
  assertEquals(bench.said()[2]!.value, rdata({ sqn: 3, trail: 2, options: [fragment] }));
});

Deno.test("DesignatedRepairer: PGM_POLL_DLR of the parent: a redirecting POLR by unicast within POLL_BO_IVL, with its number and round [DLR-019, DLR-020, POLL-029]", () => {
  const bench = repairerBench();
  bench.at(seconds(1)).poll().told();
  const at = bench.endpoint.nextTimeout();
  assertEquals(at >= seconds(1) && at <= seconds(1) + ms(50), true);
  bench.at(at - 1).told().at(at);
  const [polr, ...rest] = bench.said();
  assertEquals(rest, []);
  assertEquals(header(polr!.datagram), TO_PARENT);
  const expected = { type: "POLR", ...UP, sqn: 7, round: 0, options: [{ type: "REDIRECT", nla: REPAIRER }] };
  assertEquals(polr!.value, expected as PacketValue);
  assertEquals([bench.endpoint.gauges.upstreamOf, bench.endpoint.gauges.offTreeOf], [0, 1]);
  bench.endpoint.handleTimeout(at);
  bench.told();
  // The next round is answered with its own number; who does not match the random bits is silent.
  bench.poll({ round: 1 }).at(seconds(2));
  assertEquals(bench.said().map(({ value }) => value.type === "POLR" && value.round), [1]);
  const replies = [0, 0xffff_ffff].map((rand) => {
    bench.poll({ sqn: bench.now / seconds(1) + 20, rand, mask: 1 }).at(bench.now + seconds(1));
    return bench.said().length;
  });
  assertEquals(replies.reduce((sum, count) => sum + count), 1);
});

Deno.test("DesignatedRepairer: a general poll gets the plain POLR of a receiver, and nothing else does [DLR-052]", () => {
  const bench = repairerBench();
  bench.poll({ subType: 0 }).at(seconds(1));
  const polrs = bench.said();
  assertEquals(polrs.map(({ value, datagram }) => [value.type, value.options, header(datagram)]), [[
    "POLR",
    [],
    TO_PARENT,
  ]]);
  // The other two occasions for a POLR: an offer each.
  bench.poll({ sqn: 8 }).at(seconds(2)).told("POLR 8 -> parent");
  bench.ncf({ sqn: 4 }).told("POLR 0 -> group");
});

Deno.test("DesignatedRepairer: polls of others than its parent, of unknown kinds, or without data to offer get no reply", () => {
  const bench = repairerBench();
  bench.poll({ pathNla: BELOW }).poll({ sqn: 8, subType: 2 }).at(seconds(1)).told();
  const empty = new RepairerBench();
  empty.spm().poll().at(seconds(1)).told();
});

Deno.test("DesignatedRepairer: the NNAK copies what the NAK names, whoever asks: NAK 104 gives NCF 104 and NNAK 104 [DLR-006, PKT-042]", () => {
  for (const from of [PARENT, BELOW]) {
    const bench = repairerBench().hears(odata({ sqn: 104 }));
    bench.nak(from, { sqn: 104 });
    const [ncf, nnak] = bench.said().map(({ value }) => value as NakValue);
    assertEquals([ncf!.type, ncf!.sqn], ["NCF", 104]);
    const { type, ...fields } = nnak!;
    const { type: _, ...asked } = nak({ sqn: 104 }) as NakValue;
    assertEquals([type, fields], ["NNAK", asked]);
  }
});
