/**
 * Packets that lie: each is dropped and counted under a name of its own, and nothing valid is lost over it
 * (docs/security.md has the list).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  encodePacket,
  ms,
  type PacketValue,
  ParseError,
  type Receiver,
  ReceiverStats,
  seconds,
} from "../../../engine/mod.ts";
import { fragment } from "../../support/apdus.ts";
import { type Log, missingSix, receiverBench } from "../../support/benches.ts";
import { patched, withChecksum } from "../../support/packets.ts";
import { nak, ncf, nla, odata, rdata, type Rig, SOURCE, spm, spmr } from "../../support/rig.ts";

const ELSEWHERE = { source: nla("10.0.0.66") };

/** Asserts that `act` moves the counters `moved`, by so much, and nothing else but what every packet moves. */
function counts(rig: Rig<Receiver>, act: () => void, moved: Partial<ReceiverStats>): void {
  const before = rig.endpoint.stats;
  act();
  const after = rig.endpoint.stats;
  const difference: Record<string, number> = {};
  for (const name of Object.keys(after) as (keyof ReceiverStats)[]) {
    const each = after[name] - before[name];
    if (each !== 0 && name !== "bytes") difference[name] = each;
  }
  assertEquals(difference, moved as Record<string, number>);
}

/** A receiver that got 10 .. 12 of a window that begins at 10. */
function steady(): { rig: Rig<Receiver>; log: Log } {
  const bench = receiverBench();
  bench.rig.hears(spm({ sqn: 5, trail: 10, lead: 10 }));
  for (const sqn of [10, 11, 12]) bench.rig.hears(odata({ sqn, trail: 10 }));
  return bench;
}

/** The stream goes on as if nothing had happened. */
function goesOn({ rig, log }: { rig: Rig<Receiver>; log: Log }): void {
  rig.hears(odata({ sqn: 13, trail: 10 })).hears(spm({ sqn: 6, trail: 10, lead: 13 }));
  rig.at(rig.now + seconds(5)).saysNothing();
  assertEquals([log.delivered, log.lost, log.ends], [[10, 11, 12, 13], [], []]);
  assertEquals(rig.endpoint.sessions[0]!.trail, 10);
}

Deno.test("Receiver: an SPM in sequence whose trail goes backwards: the trail is ignored, SPM_LEAD is not", () => {
  const { rig, log } = steady();
  counts(rig, () => rig.hears(spm({ sqn: 6, trail: 9, lead: 13 })), { spm: 1, spmOldTrail: 1 });
  assertEquals([rig.endpoint.sessions[0]!.trail, rig.endpoint.sessions[0]!.missing], [10, 1]);
  rig.hears(rdata({ sqn: 13, trail: 10 }));
  assertEquals([log.delivered, log.lost], [[10, 11, 12, 13], []]);
});

Deno.test("Receiver: an SPM whose window exceeds half the space moves nothing, SPM_SQN neither", () => {
  const bench = steady();
  const { rig } = bench;
  const packets = [
    spm({ sqn: 1000, trail: 10, lead: 10 + 0x7fff_ffff }),
    spm({ sqn: 1001, trail: 14, lead: 12, pathNla: nla("10.0.0.66") }),
    spm({ sqn: 1002, trail: 5_000, lead: 12, options: [{ type: "FIN" }] }),
  ];
  for (const packet of packets) counts(rig, () => rig.hears(packet), { spm: 1, spmContradictory: 1 });
  assertEquals(rig.endpoint.sessions[0]!.parent, { nla: SOURCE, iface: 0 });
  // In sequence after 5; after 1002 it would not be.
  goesOn(bench);
  assertEquals(rig.endpoint.stats.spmOutOfSequence, 0);
});

Deno.test("Receiver: data whose trailing edge is newer than itself moves nothing", () => {
  const bench = steady();
  const { rig } = bench;
  counts(rig, () => rig.hears(odata({ sqn: 13, trail: 14 })), { odata: 1, dataContradictory: 1 });
  counts(rig, () => rig.hears(rdata({ sqn: 11, trail: 5_000 })), { rdata: 1, dataContradictory: 1 });
  goesOn(bench);
  const first = receiverBench();
  first.rig.hears(odata({ sqn: 13, trail: 14 }));
  assertEquals(first.rig.endpoint.sessions[0]!.trail, undefined);
});

Deno.test("Receiver: packets that are malformed are counted by cause, and none of them is believed", () => {
  const bench = steady();
  const { rig } = bench;
  const list = encodePacket(ncf({ sqn: 13, options: [{ type: "NAK_LIST", sqns: [14, 15] }] }));
  const data = encodePacket(odata({ sqn: 13, trail: 10, payload: new Uint8Array(4) }));
  const part = encodePacket(fragment({ sqn: 13, firstSqn: 13, offset: 0, apduLength: 8, trail: 10 }));
  const u32 = (value: number) => [value >>> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
  const cases: [Uint8Array, ParseError][] = [
    [patched(list, 44, u32(12)), ParseError.NakListOrder],
    [patched(list, 48, u32(14)), ParseError.NakListOrder],
    [patched(list, 44, u32(13)), ParseError.NakListOrder],
    // 63 numbers do not fit in the octet for the length; what claims as many as it can is cut short.
    [patched(list, 41, [255]), ParseError.OptionOverrun],
    [patched(data, 14, [0, 3]), ParseError.TsduLength],
    [patched(data, 14, [0, 5]), ParseError.TsduLength],
    [patched(data, 14, [0xff, 0xff]), ParseError.TsduLength],
    [patched(part, 26, [0xff, 0xff]), ParseError.OptionsOverrun],
    // Offset 5 of an APDU whose first number is its own; 4 octets of an APDU of 3; the first at another's place.
    [patched(part, 36, u32(5)), ParseError.FragmentContradiction],
    [patched(part, 40, u32(3)), ParseError.FragmentContradiction],
    [patched(part, 32, u32(12)), ParseError.FragmentContradiction],
    [data.with(27, data[27]! ^ 1), ParseError.BadChecksum],
    [withChecksum(data.slice(0, 23)), ParseError.Truncated],
  ];
  const expected = new Map<ParseError, number>();
  for (const [bytes, cause] of cases) {
    counts(rig, () => rig.hears(bytes), { malformed: 1 });
    expected.set(cause, (expected.get(cause) ?? 0) + 1);
    assertEquals([...rig.endpoint.malformed].sort(), [...expected].sort(), `cause ${cause}`);
  }
  goesOn(bench);
});

Deno.test("Receiver: fragments that overlap, leave a hole or differ in length: the message is lost, the next is not", () => {
  const cases = [
    fragment({ sqn: 12, firstSqn: 11, offset: 3, apduLength: 12, length: 9, trail: 10 }),
    fragment({ sqn: 12, firstSqn: 11, offset: 5, apduLength: 12, length: 7, trail: 10 }),
    fragment({ sqn: 12, firstSqn: 11, offset: 4, apduLength: 8, length: 4, trail: 10 }),
    fragment({ sqn: 12, firstSqn: 9, offset: 4, apduLength: 8, length: 4, trail: 10 }),
  ];
  for (const lie of cases) {
    const { rig, log } = receiverBench();
    rig.hears(odata({ sqn: 10, trail: 10 }));
    rig.hears(fragment({ sqn: 11, firstSqn: 11, offset: 0, apduLength: 12, trail: 10 }));
    counts(rig, () => rig.hears(lie), {
      odata: 1,
      dataBytes: lie.type === "ODATA" ? lie.payload.length : 0,
      fragmentsContradictory: 1,
      lost: 2,
    });
    rig.hears(odata({ sqn: 13, trail: 10 }));
    assertEquals([log.delivered, log.lost], [[10, 13], ["11-12"]]);
  }
});

Deno.test("Receiver: NCFs, NAKs and SPMRs of sessions that it does not know change nothing", () => {
  const bench = steady();
  const { rig } = bench;
  for (const packet of [ncf({ sqn: 13, gsi: 9 }), nak({ sqn: 13, gsi: 9 }), { ...spmr(), gsi: 9 } as PacketValue]) {
    counts(rig, () => rig.hears(packet, ELSEWHERE), { withoutSession: 1 });
  }
  counts(rig, () => rig.hears(odata({ sqn: 13 }), { destination: nla("239.9.9.9") }), { foreign: 1 });
  assertEquals(rig.endpoint.sessions.length, 1);
  goesOn(bench);
});

Deno.test("Receiver: another sender with the same TSI is not believed until the source was silent for sourceTakeover", () => {
  const bench = steady();
  const { rig, log } = bench;
  rig.at(seconds(1)).hears(spm({ sqn: 6, trail: 10, lead: 12 }));
  rig.at(seconds(16) - 1);
  const lies = [odata({ sqn: 13, trail: 13 }), rdata({ sqn: 13, trail: 13 }), spm({ sqn: 7, trail: 99, lead: 120 })];
  for (const packet of lies) counts(rig, () => rig.hears(packet, ELSEWHERE), { otherSource: 1 });
  assertEquals([log.delivered, log.lost, rig.endpoint.sessions[0]!.sourceNla], [[10, 11, 12], [], SOURCE]);
  rig.at(seconds(16)).hears(odata({ sqn: 13, trail: 10 }), ELSEWHERE);
  assertEquals([log.delivered.at(-1), rig.endpoint.sessions[0]!.sourceNla], [13, ELSEWHERE.source]);
  // Now the first is the other one.
  counts(rig, () => rig.hears(odata({ sqn: 14, trail: 10 })), { otherSource: 1 });
});

Deno.test("Receiver: an impostor does not keep a session alive, nor put off the takeover", () => {
  const { rig, log } = receiverBench({ sourceTakeover: seconds(15), spmr: false });
  rig.hears(odata({ sqn: 0 }));
  for (let second = 1; second < 15; second++) rig.at(seconds(second)).hears(odata({ sqn: 1 }), ELSEWHERE);
  assertEquals([log.delivered, rig.endpoint.stats.otherSource], [[0], 14]);
  rig.at(seconds(15)).hears(odata({ sqn: 1 }), ELSEWHERE);
  assertEquals(log.delivered, [0, 1]);

  const idle = receiverBench({ idleTimeout: seconds(10), spmr: false });
  idle.rig.hears(odata({ sqn: 0 }));
  for (let second = 1; second < 10; second++) idle.rig.at(seconds(second)).hears(odata({ sqn: 1 }), ELSEWHERE);
  assertEquals(idle.rig.at(seconds(10)).endpoint.sessions, []);
});

Deno.test("Receiver: a flood of sessions is turned away at the limit; those that are followed go on", () => {
  const { rig, log } = receiverBench({ maxSessions: 4 });
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  for (let i = 0; i < 1_000; i++) {
    rig.hears({ ...(i % 2 === 0 ? odata({ sqn: i }) : spm({ sqn: 1, trail: i, lead: i })), gsi: i } as PacketValue);
  }
  assertEquals([rig.endpoint.sessions.length, rig.endpoint.stats.tooManySessions], [4, 997]);
  log.delivered.length = 0;
  rig.hears(odata({ sqn: 2 })).hears(odata({ sqn: 1 }));
  assertEquals(log.delivered, [1, 2]);
});

Deno.test("Receiver: forged NCFs keep it quiet for NAK_RDATA_IVL each, and no longer than they come", () => {
  const { rig } = missingSix();
  for (let i = 0; i < 20; i++) rig.at(ms(20 + 900 * i)).hears(ncf({ sqn: 6 }), ELSEWHERE).saysNothing();
  const last = rig.now;
  rig.at(last + seconds(1) - 1).saysNothing();
  rig.at(last + seconds(1) + ms(50)).says("NAK 6").hears(rdata({ sqn: 6 }));
  assertEquals(rig.endpoint.stats.lost, 0);
});
