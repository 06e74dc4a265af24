/**
 * Whatever arrives: what a receiver holds stays within its bounds, a valid stream is delivered whole, and all is given
 * back in the end.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  encodePacket,
  ms,
  type PacketValue,
  type Prng,
  prngFromSeed,
  type Receiver,
  RECEIVER_DEFAULTS,
  seconds,
  sqnAdd,
} from "../../../engine/mod.ts";
import { HELD_OVERHEAD_BYTES, PASSED_OVERHEAD_BYTES } from "../../../engine/receiver/receive_window.ts";
import { receiverBench } from "../../support/benches.ts";
import { withChecksum } from "../../support/packets.ts";
import { GSI, nak, ncf, nla, odata, rdata, type Rig, spm, spmr } from "../../support/rig.ts";

const LIMITS = { bufferBytes: 5_000, maxMissing: 50, maxSessions: 5, rxwMaxSqns: 64, maxApdu: 3_000 };
const CONFIG = { ...LIMITS, idleTimeout: seconds(10), endLinger: seconds(5), nakNcfRetries: 2, nakDataRetries: 2 };

/** A packet that is well-formed and lies, of one of a few sessions, within some windows of where these are. */
function lie(random: Prng, near: number): PacketValue {
  const sqn = random.below(8) === 0 ? random.u32() : sqnAdd(near, random.below(160) - 40);
  const trail = random.below(4) === 0 ? sqnAdd(sqn, -random.below(200)) : sqnAdd(near, -60);
  const options = () => lyingOptions(random, sqn);
  switch (random.below(8)) {
    case 0:
      return spm({ sqn: random.below(50), trail, lead: sqnAdd(sqn, random.below(100)), options: ending(random) });
    case 1:
      return ncf({ sqn, options: [{ type: "NAK_LIST", sqns: [1, 2, 40].map((step) => sqnAdd(sqn, step)) }] });
    case 2:
      return random.below(2) === 0 ? nak({ sqn }) : spmr();
    default:
      return (random.below(2) === 0 ? odata : rdata)({
        sqn,
        trail,
        payload: new Uint8Array(1 + random.below(300)),
        options: options(),
      });
  }
}

/** OPT_FIN or OPT_RST, rarely. */
function ending(random: Prng): PacketValue["options"] {
  const kind = random.below(60);
  if (kind > 1) return random.below(4) === 0 ? [{ type: "JOIN", minSqn: random.u32() }] : [];
  return kind === 0 ? [{ type: "FIN" }] : [{ type: "RST", noNaks: random.below(2) === 0, errorCode: 5 }];
}

/** Fragments of APDUs of any length, in part of earlier packets' APDUs; OPT_JOIN. The payload has up to 300 octets. */
function lyingOptions(random: Prng, sqn: number): PacketValue["options"] {
  const kind = random.below(4);
  if (kind === 0) return [];
  if (kind === 1) return [{ type: "JOIN", minSqn: sqnAdd(sqn, -random.below(100)) }];
  const before = random.below(4);
  const offset = before === 0 ? 0 : before * (1 + random.below(200));
  const apduLength = offset + 300 + random.below(random.below(4) === 0 ? 10_000 : 500);
  return [{ type: "FRAGMENT", firstSqn: sqnAdd(sqn, -before), offset, apduLength }];
}

/** Octets held and numbers missing, in all sessions. */
function held(rig: Rig<Receiver>): { bytes: number; missing: number } {
  let bytes = 0;
  let missing = 0;
  for (const session of rig.endpoint.sessions) {
    const gauges = session.gauges(rig.now);
    bytes += gauges?.bufferedBytes ?? 0;
    missing += gauges?.missing ?? 0;
    const { next, frontier } = session;
    if (next !== undefined) assert(((frontier! - next) >>> 0) <= LIMITS.rxwMaxSqns, `window ${next} .. ${frontier}`);
  }
  return { bytes, missing };
}

for (const ordered of [true, false]) {
  const name = ordered ? "in order" : "without order";
  Deno.test(`Receiver: ${name}, whatever arrives: bounded octets, missing numbers and sessions; a valid stream is whole; all is given back [SEC-001, SEC-008]`, () => {
    let most = { bytes: 0, missing: 0 };
    const met = { buffersFull: 0, beyondWindow: 0, tooManySessions: 0, fragmentsContradictory: 0, apdusTooLong: 0 };
    for (let seed = 0; seed < 25; seed++) {
      const random = prngFromSeed(seed).fork("hostile");
      const { rig, log } = receiverBench({ ...CONFIG, ordered, lossPolicy: seed % 5 === 4 ? "reset" : "continue" });
      rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
      let valid = 0;
      for (let step = 0; step < 2_000; step++) {
        if (step % 10 === 0) {
          rig.at(rig.now + ms(random.below(60)));
          rig.hears(odata({ sqn: ++valid }));
        }
        const gsi = 1 + random.below(9);
        const bytes = encodePacket({ ...lie(random, 1_000 * gsi + step / 10), gsi } as PacketValue);
        const source = nla(`10.0.1.${gsi}`);
        if (random.below(10) === 0) bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
        rig.hears(random.below(2) === 0 ? withChecksum(bytes) : bytes, { source });
        const now = held(rig);
        assert(now.bytes <= LIMITS.bufferBytes && now.missing <= LIMITS.maxMissing, `${now.bytes} ${now.missing}`);
        assert(rig.endpoint.sessions.length <= LIMITS.maxSessions);
        most = { bytes: Math.max(most.bytes, now.bytes), missing: Math.max(most.missing, now.missing) };
      }
      const own = log.messages.filter((message) => message.length === 1).length;
      assert(own >= valid + 1, `seed ${seed}: ${own} of ${valid + 1}`);
      const session = rig.endpoint.sessions.find(({ tsi }) => tsi.gsi === GSI)!;
      assertEquals([session.stats.messages, session.stats.lost, session.next], [valid + 1, 0, valid + 1]);
      for (const each of Object.keys(met) as (keyof typeof met)[]) met[each] += rig.endpoint.stats[each];
      rig.at(rig.now + seconds(60)).said();
      assertEquals([rig.endpoint.sessions, rig.endpoint.nextTimeout()], [[], Infinity]);
      assertAllGivenBack(rig, ordered);
    }
    // The limits were met: the bounds are those of the code, not of the generator.
    assert(
      most.missing === LIMITS.maxMissing && most.bytes > 0.9 * LIMITS.bufferBytes,
      `${most.bytes} ${most.missing}`,
    );
    for (const [counter, count] of Object.entries(met)) assert(count > 0, counter);
  });
}

/** A new source can have all of both bounds, to the last. */
function assertAllGivenBack(rig: Rig<Receiver>, ordered: boolean): void {
  const of = (packet: PacketValue) => ({ ...packet, gsi: 77 }) as PacketValue;
  rig.hears(of(spm({ sqn: 1, trail: 0, lead: 0 }))).hears(of(odata({ sqn: 0 })));
  rig.hears(of(spm({ sqn: 2, trail: 0, lead: 1_000 })));
  assertEquals(held(rig), { bytes: 0, missing: LIMITS.maxMissing });
  const before = rig.endpoint.stats.buffersFull;
  for (let sqn = 2; sqn <= LIMITS.maxMissing; sqn++) rig.hears(of(odata({ sqn })));
  const cost = encodePacket(odata({ sqn: 2 })).length + HELD_OVERHEAD_BYTES;
  const room = ordered ? Math.floor(LIMITS.bufferBytes / cost) : LIMITS.maxMissing - 1;
  assertEquals(rig.endpoint.stats.buffersFull - before, LIMITS.maxMissing - 1 - room);
  assertEquals(held(rig).bytes, room * (ordered ? cost : PASSED_OVERHEAD_BYTES));
}

Deno.test("Receiver: numbers given up behind one that NCFs keep open count as missing, so that they are bounded too", () => {
  const config = { maxMissing: 20, nakNcfRetries: 0, nakBoIvl: 1_000, nakRptIvl: ms(10), spmr: false };
  const { rig, log } = receiverBench(config);
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 })).hears(spm({ sqn: 2, trail: 0, lead: 1_000 }));
  assertEquals(rig.endpoint.sessions[0]!.missing, 20);
  for (let time = ms(5); time < seconds(20); time += ms(500)) rig.at(time).hears(ncf({ sqn: 1 }));
  // 2 .. 20 are lost and wait for 1; none of 21 .. 1000 is taken up for them.
  assertEquals([rig.endpoint.sessions[0]!.missing, rig.endpoint.sessions[0]!.frontier, log.lost], [1, 21, []]);
  rig.hears(rdata({ sqn: 1 }));
  assertEquals([log.delivered, log.lost], [[0, 1], ["2-20"]]);
  assertEquals([rig.endpoint.sessions[0]!.missing, rig.endpoint.sessions[0]!.frontier], [20, 41]);
});

Deno.test("Receiver: with the defaults a packet costs what docs/security.md says", () => {
  assertEquals(
    [RECEIVER_DEFAULTS.bufferBytes, RECEIVER_DEFAULTS.maxMissing, RECEIVER_DEFAULTS.maxSessions, HELD_OVERHEAD_BYTES],
    [64 * 1024 * 1024, 131_072, 256, 512],
  );
});
