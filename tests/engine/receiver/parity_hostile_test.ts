/**
 * Parity that lies (docs/security.md, "Parity"): what contradicts its group is counted and dropped, what decodes to
 * nonsense is asked for anew, and true parity still recovers what is missing.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { encodePacket, ms, type OptionValue, type PacketValue, seconds } from "../../../engine/mod.ts";
import { type Log, receiverBench } from "../../support/benches.ts";
import { patched } from "../../support/packets.ts";
import { type Fragments, groupOf, offer, parity, payloadOf } from "../../support/parity.ts";
import { odata, only, spm } from "../../support/rig.ts";

const EIGHT = new Array<number>(8).fill(20);
const MIXED = [10, 20, 30, 40, 10, 20, 30, 40];
/** Two messages in two fragments each, and four that are whole; of the group that begins at 8. */
const FRAGMENTS: Fragments = {
  0: { firstSqn: 8, offset: 0, apduLength: 40 },
  1: { firstSqn: 8, offset: 20, apduLength: 40 },
  4: { firstSqn: 12, offset: 0, apduLength: 40 },
  5: { firstSqn: 12, offset: 20, apduLength: 40 },
};

/** A receiver that has heard what is offered and nothing else. */
function bench(offered: Partial<Parameters<typeof offer>[0]> = {}) {
  const { rig, log } = receiverBench();
  rig.hears(offer({ sqn: 1, lead: 0xffff_ffff, ...offered }));
  const hears = (packets: readonly PacketValue[], ...lost: number[]) => {
    for (const packet of packets) if (!("sqn" in packet) || !lost.includes(packet.sqn)) rig.hears(packet);
  };
  return { rig, log, hears, stats: () => rig.endpoint.stats };
}

function isWhole(log: Log, lengths: readonly number[]): void {
  assertEquals(log.messages, lengths.map((length, sqn) => payloadOf(sqn, length)));
  assertEquals(log.lost, []);
}

/** A packet with another payload. */
function withPayload(packet: PacketValue, payload: Uint8Array): PacketValue {
  return { ...packet, payload } as PacketValue;
}

Deno.test("receiver: parity whose length, group, index or options contradict its group is counted and dropped", () => {
  const of = (more: Partial<Parameters<typeof parity>[0]>) => parity({ first: 0, lengths: EIGHT, index: 1, ...more });
  const lies: [string, PacketValue][] = [
    ["another length", of({ lengths: new Array<number>(8).fill(21) })],
    ["a length that is less than that of a packet", withPayload(of({ lengths: MIXED }), new Uint8Array(21))],
    ["no room for the length of a packet", withPayload(of({ lengths: MIXED }), new Uint8Array(1))],
    ["a smaller group than has come", of({ lengths: EIGHT.slice(1) })],
    ["a larger group than is advertised", of({ options: [{ type: "CURR_TGSIZE", size: 9 }] })],
    ["an index that the code does not have", of({ options: [{ type: "PARITY_GRP", group: 31 }] })],
  ];
  for (const [what, lie] of lies) {
    const { rig, hears, log, stats } = bench();
    hears(groupOf(0, EIGHT), 1, 2);
    rig.hears(lie);
    assertEquals([log.delivered, stats().parityContradictory], [[0], 1], what);
    for (const index of [0, 1]) rig.hears(parity({ first: 0, lengths: EIGHT, index }));
    isWhole(log, EIGHT);
  }
});

Deno.test("receiver: parity without the options of its data is counted and dropped, whichever comes first", () => {
  const lie = parity({ first: 8, lengths: EIGHT, index: 0 });
  for (const before of [true, false]) {
    const { rig, log, stats } = bench();
    rig.hears(odata({ sqn: 7 }));
    const data = groupOf(8, EIGHT, FRAGMENTS).filter((_, at) => at !== 1);
    for (const packet of before ? [lie, ...data] : [...data, lie]) rig.hears(packet);
    assertEquals([log.delivered, stats().parityContradictory], [[7], 1]);
    rig.hears(parity({ first: 8, lengths: EIGHT, index: 0, fragments: FRAGMENTS }));
    assertEquals([log.delivered, log.lost], [[7, 8, 10, 11, 12, 14, 15], []]);
  }
});

Deno.test("receiver: parity of two shapes is not mixed: true parity is enough whatever else came first", () => {
  const { rig, hears, log, stats } = bench();
  hears(groupOf(0, EIGHT), 1, 2);
  const lies = [
    withPayload(parity({ first: 0, lengths: MIXED, index: 0 }), new Uint8Array(22)),
    withPayload(parity({ first: 0, lengths: MIXED, index: 0 }), new Uint8Array(23)),
    parity({ first: 0, lengths: EIGHT, index: 0, fragments: FRAGMENTS }),
  ];
  for (const lie of lies) rig.hears(lie);
  assertEquals([log.delivered, stats().parityContradictory, stats().parityUnneeded], [[0], 0, 0]);
  // Each kind of parity makes up for one packet, not all together for several.
  rig.at(ms(50));
  assertEquals(only(rig.said(), "NAK").map(({ sqn }) => sqn), [0]);
  for (const index of [0, 1]) rig.hears(parity({ first: 0, lengths: EIGHT, index }));
  isWhole(log, EIGHT);
  assertEquals(rig.endpoint.sessions[0]!.gauges(rig.now)!.bufferedBytes, 0);
});

Deno.test("receiver: parity that decodes to nonsense is dropped, given back and asked for anew", () => {
  const { rig, hears, log, stats } = bench();
  hears(groupOf(0, MIXED), 1, 2);
  const held = () => rig.endpoint.sessions[0]!.gauges(rig.now)!.bufferedBytes;
  const before = held();
  for (const index of [0, 1]) {
    const lie = withPayload(
      parity({ first: 0, lengths: MIXED, index }),
      Uint8Array.from({ length: 42 }, (_, i) => i * index + 5),
    );
    rig.hears(lie);
  }
  assertEquals([log.delivered, stats().parityContradictory, held()], [[0], 1, before]);
  rig.at(ms(50));
  assertEquals(only(rig.said(), "NAK").map(({ sqn, parity }) => [sqn, parity]), [[1, true]]);
  for (const index of [2, 3]) rig.hears(parity({ first: 0, lengths: MIXED, index }));
  isWhole(log, MIXED);
});

Deno.test("receiver: a group whose only parity decodes to nonsense is asked for", () => {
  const { rig, hears, log, stats } = bench();
  hears(groupOf(0, MIXED), 7);
  rig.hears(withPayload(parity({ first: 0, lengths: MIXED, index: 0 }), new Uint8Array(42).fill(9)));
  assertEquals(stats().parityContradictory, 1);
  rig.at(ms(50));
  assertEquals(only(rig.said(), "NAK").map(({ sqn, parity }) => [sqn, parity]), [[0, true]]);
  rig.hears(parity({ first: 0, lengths: MIXED, index: 1 }));
  isWhole(log, MIXED);
});

Deno.test("receiver: true parity that has come recovers as soon as false parity of another shape has decoded to nonsense", () => {
  const { rig, hears, log, stats } = bench();
  hears(groupOf(0, EIGHT), 1, 2);
  rig.hears(parity({ first: 0, lengths: EIGHT, index: 0, fragments: FRAGMENTS }));
  rig.hears(parity({ first: 0, lengths: EIGHT, index: 0 }));
  hears(groupOf(0, EIGHT).slice(2, 3));
  assertEquals(stats().parityContradictory, 1);
  isWhole(log, EIGHT);
  rig.at(seconds(9)).saysNothing();
});

Deno.test("receiver: parity whose trailing edge is past its whole group is of no use, and moves no edge", () => {
  for (const [trail, lost] of [[7, ["1-1"]], [8, []]] as const) {
    const { rig, hears, log, stats } = bench();
    hears(groupOf(0, EIGHT), 1, 7);
    hears(groupOf(8, EIGHT));
    rig.hears({ ...parity({ first: 0, lengths: EIGHT, index: 0 }), trail } as PacketValue);
    assertEquals([log.lost, stats().parityUnneeded], [[...lost], lost.length === 0 ? 1 : 0]);
  }
});

Deno.test("receiver: a fragment option that decodes to nonsense is noticed", () => {
  const good = parity({ first: 8, lengths: EIGHT, index: 0, fragments: FRAGMENTS });
  const option = good.options.find((each): each is Extract<OptionValue, { type: "ENCODED_FRAGMENT" }> => {
    return each.type === "ENCODED_FRAGMENT";
  })!;
  // Packet 13 is lost: its U bit, the number of its message, its place and the length of the message, one octet each.
  for (let at = 0; at < 13; at++) {
    const octets = option.octets.slice();
    octets[at]! ^= 0x80;
    const { rig, log, stats } = bench();
    rig.hears(odata({ sqn: 7 }));
    for (const [i, packet] of groupOf(8, EIGHT, FRAGMENTS).entries()) if (i !== 5) rig.hears(packet);
    rig.hears({ ...good, options: [{ type: "ENCODED_FRAGMENT", octets }] } as PacketValue);
    const noticed = stats().parityContradictory + stats().fragmentsContradictory;
    assertEquals([noticed, log.delivered.includes(12)], [1, false], `octet ${at}`);
  }
});

Deno.test("receiver: of parity with one false octet, what is wrong is not delivered where the wire shows it", () => {
  // Packet 8 has 10 octets of 40, and 2 of length. It is missing, and the parity that brings it is false in one octet.
  for (let at = 0; at < 42; at++) {
    for (const bit of [1, 0x80]) {
      const { rig, hears, log, stats } = bench();
      rig.hears(odata({ sqn: 7 }));
      hears(groupOf(8, MIXED).slice(1));
      const good = parity({ first: 8, lengths: MIXED, index: 0 });
      const payload = "payload" in good ? good.payload.slice() : new Uint8Array(0);
      payload[at]! ^= bit;
      rig.hears(withPayload(good, payload));
      // The payload itself is not protected: what is delivered has the length of the packet and other octets. Nor does
      // anything show that a packet is longer, if what follows it is zeros.
      const isHidden = at < 10 || (log.messages[1]?.length ?? 0) > 10;
      assertEquals(log.messages.length, isHidden ? 9 : 1, `octet ${at}, bit ${bit}`);
      assertEquals(stats().parityContradictory, isHidden ? 0 : 1, `octet ${at}, bit ${bit}`);
      if (at >= 10 && at < 40) assert(!isHidden, `octet ${at} is padding`);
    }
  }
});

Deno.test("receiver: OPT_PARITY_PRM that is no power of two, or changes, is counted and changes nothing [FEC-017]", () => {
  const octets = encodePacket(offer({ sqn: 2, lead: 7 }));
  const at = octets.length - 4;
  for (const tgSize of [0, 1, 3, 6, 7, 4, 16, 256, 0x8000_0000]) {
    const { rig, hears, log, stats } = bench();
    hears(groupOf(0, EIGHT), 2);
    rig.hears(patched(octets, at, [tgSize >>> 24, tgSize >> 16 & 255, tgSize >> 8 & 255, tgSize & 255]));
    const { parityPrmIgnored, optionsIgnored, malformed } = stats();
    assertEquals(parityPrmIgnored + optionsIgnored + malformed, 1, `${tgSize}`);
    rig.hears(parity({ first: 0, lengths: EIGHT, index: 0 }));
    isWhole(log, EIGHT);
  }
});

Deno.test("receiver: OPT_CURR_TGSIZE that changes, or is not of the last packet, is counted and changes nothing", () => {
  const says = (sqn: number, size: number) => ({
    sqn,
    payload: payloadOf(sqn),
    options: [{ type: "CURR_TGSIZE" as const, size }],
  });
  const lies: [string, PacketValue][] = [
    ["data that is not the last", odata(says(3, 7))],
    ["data of a number beyond its group", odata(says(3, 3))],
    ["data that is the last of a full group", odata(says(7, 7))],
    ["an SPM whose lead is not the last", offer({ sqn: 2, lead: 3, currTgSize: 3 })],
    ["the last packet of a full group, which has fewer", odata(says(7, 3))],
    ["the last packet of a full group, which has more", odata(says(7, 9))],
    ["an SPM that says that a full group has fewer", offer({ sqn: 2, lead: 7, currTgSize: 3 })],
    [
      "an SPM that says that a full group has more",
      spm({ sqn: 2, trail: 0, lead: 7, options: [{ type: "CURR_TGSIZE", size: 9 }] }),
    ],
    [
      "an SPM that says less than has come",
      spm({ sqn: 2, trail: 0, lead: 1, options: [{ type: "CURR_TGSIZE", size: 2 }] }),
    ],
  ];
  for (const [what, lie] of lies) {
    const { rig, hears, log, stats } = bench();
    hears(groupOf(0, EIGHT).slice(0, 3));
    rig.hears(lie);
    assertEquals(stats().optionsIgnored, 1, what);
    hears(groupOf(0, EIGHT).slice(3));
    isWhole(log, EIGHT);
  }
  // A truncated group keeps the size that was heard first.
  const { rig, hears, log, stats } = bench();
  hears(groupOf(0, EIGHT).slice(0, 4), 1);
  rig.hears(odata(says(4, 5)));
  for (const [i, lead] of [5, 6].entries()) rig.hears(offer({ sqn: 2 + i, lead, currTgSize: lead + 1 }));
  hears(groupOf(0, EIGHT).slice(1, 2));
  rig.hears(odata({ sqn: 8, payload: payloadOf(8) }));
  rig.at(seconds(5)).saysNothing();
  assertEquals([log.delivered, log.lost, stats().optionsIgnored], [[0, 1, 2, 3, 4, 8], [], 2]);
});

Deno.test("receiver: a false size that could be true holds: the rest of the group counts as never sent, and its data as known", () => {
  const { rig, hears, log, stats } = bench();
  hears(groupOf(0, EIGHT).slice(0, 3));
  rig.hears(offer({ sqn: 2, lead: 2, currTgSize: 3 }));
  hears(groupOf(0, EIGHT).slice(3));
  hears(groupOf(8, EIGHT));
  rig.at(seconds(5)).saysNothing();
  assertEquals([log.delivered.slice(0, 4), log.lost, stats().duplicates], [[0, 1, 2, 8], [], 5]);
});

Deno.test("receiver: parity for ever new groups holds no more than there is room for, and the stream goes on", () => {
  const { rig, log } = receiverBench({ bufferBytes: 20_000, rxwMaxSqns: 1_000_000 });
  rig.hears(offer({ sqn: 1, lead: 0xffff_ffff })).hears(odata({ sqn: 0, payload: payloadOf(0) }));
  for (let group = 2_000; group > 1; group--) rig.hears(parity({ first: 8 * group, lengths: EIGHT, index: 0 }));
  const held = rig.endpoint.sessions[0]!.gauges(rig.now)!.bufferedBytes;
  assert(held > 19_000 && held <= 20_000, `${held}`);
  for (let sqn = 1; sqn < 16; sqn++) rig.hears(odata({ sqn, payload: payloadOf(sqn) }));
  assertEquals(log.delivered, [...Array(16).keys()]);
});
