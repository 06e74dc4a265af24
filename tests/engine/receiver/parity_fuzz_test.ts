/**
 * Sessions with parity in which true and false packets are mixed at random, from a seed.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { encodePacket, ms, type OptionValue, type PacketValue, type Prng, prngFromSeed } from "../../../engine/mod.ts";
import { receiverBench } from "../../support/benches.ts";
import { withChecksum } from "../../support/packets.ts";
import { groupOf, offer, parity, payloadOf } from "../../support/parity.ts";
import { ncf, odata } from "../../support/rig.ts";

const BUFFER_BYTES = 60_000;
const GROUPS = 12;

function pick<T>(random: Prng, choices: readonly T[]): T {
  return choices[random.below(choices.length)]!;
}

/** A session of groups of one size, each of `least` packets or more: all their packets, and parity. */
function drawSession(random: Prng, least: number) {
  const tgSize = pick(random, [2, 4, 8, 16].filter((size) => size > least));
  const isMixed = random.below(2) === 0;
  const groups = Array.from({ length: GROUPS }, (_, i) => {
    const first = (i + 1) * tgSize;
    const size = random.below(4) === 0 ? least + random.below(tgSize - least) : tgSize;
    const lengths = Array.from({ length: size }, () => isMixed ? 1 + random.below(30) : 20);
    return { first, lengths, data: groupOf(first, lengths) };
  });
  const parityOf = (group: (typeof groups)[number]) => {
    const { first, lengths } = group;
    return parity({ first, lengths, tgSize, index: random.below(2 * tgSize), type: pick(random, ["ODATA", "RDATA"]) });
  };
  return { tgSize, groups, parityOf };
}

/** What the wire can show to be false: parity of another length or with options that contradict the data. */
function contradiction(random: Prng, packet: PacketValue): PacketValue {
  assert("payload" in packet);
  const octets = (length: number) => Uint8Array.from({ length }, () => random.below(256));
  const options = packet.options.filter(({ type }) => type !== "CURR_TGSIZE");
  switch (random.below(4)) {
    case 0:
      return { ...packet, payload: octets(packet.payload.length + 1 + random.below(9)) } as PacketValue;
    case 1:
      return { ...packet, varPktlen: true, payload: octets(40 + random.below(60)) } as PacketValue;
    case 2:
      return { ...packet, options: [...options, { type: "CURR_TGSIZE", size: 100 }] } as PacketValue;
    default:
      return { ...packet, options: [...options, { type: "ENCODED_FRAGMENT", octets: octets(13) }] } as PacketValue;
  }
}

/** Anything: also what looks like true parity and is not. */
function lie(random: Prng, packet: PacketValue): PacketValue | Uint8Array {
  assert("sqn" in packet);
  const option = pick<OptionValue>(random, [
    { type: "CURR_TGSIZE", size: 1 + random.below(20) },
    { type: "PARITY_GRP", group: 1 + random.below(40) },
    { type: "FIN" },
    { type: "SYN" },
  ]);
  switch (random.below(4)) {
    case 0:
      return contradiction(random, packet);
    case 1:
      return { ...packet, sqn: (packet.sqn + random.below(64) - 32) >>> 0 } as PacketValue;
    case 2:
      return { ...packet, options: [option] } as PacketValue;
    default: {
      const bytes = encodePacket(packet);
      bytes[20 + random.below(bytes.length - 20)]! ^= 1 << random.below(8);
      return withChecksum(bytes);
    }
  }
}

/** How a session is run: what is made of some of its parity, and the least size of groups and windows. */
interface Falsified {
  readonly falsify: (random: Prng, packet: PacketValue) => PacketValue | Uint8Array;
  readonly least: number;
  readonly windows: readonly number[];
}

/** Runs a session of which a third of the data is lost. Gives what was delivered, and the groups of which data came. */
function run(seed: number, { falsify, least, windows }: Falsified) {
  const random = prngFromSeed(seed);
  const { tgSize, groups, parityOf } = drawSession(random, least);
  const known = new Set<(typeof groups)[number]>();
  const { rig, log } = receiverBench({
    bufferBytes: BUFFER_BYTES,
    rxwMaxSqns: pick(random, windows),
    maxMissing: pick(random, windows),
    nakRptIvl: ms(20),
    nakRdataIvl: ms(20),
    nakNcfRetries: 1,
    nakDataRetries: 1,
  }, seed);
  const offered = { proActive: random.below(2) === 0, onDemand: random.below(3) > 0, tgSize };
  if (!offered.onDemand) offered.proActive = true;
  rig.hears(offer({ sqn: 1, lead: 0xffff_ffff, ...offered })).hears(odata({ sqn: tgSize - 1 }));
  let spms = 1;
  for (const group of groups) {
    for (const packet of group.data) {
      if (random.below(3) > 0) rig.hears(packet), known.add(group);
      if (random.below(4) === 0) rig.hears(falsify(random, parityOf(group)));
    }
    for (let i = random.below(tgSize); i > 0; i--) rig.hears(parityOf(group));
    if (random.below(3) === 0) rig.hears(ncf({ sqn: group.first + random.below(tgSize), parity: true }));
    if (random.below(3) === 0) {
      const { length } = group.lengths;
      const last = { lead: group.first + length - 1, ...(length < tgSize ? { currTgSize: length } : {}) };
      rig.hears(offer({ sqn: ++spms, ...last, ...offered }));
    }
    rig.at(rig.now + ms(random.below(30)));
    const { bufferedBytes } = rig.endpoint.sessions[0]!.gauges(rig.now)!;
    assert(bufferedBytes <= BUFFER_BYTES, `seed ${seed}: ${bufferedBytes} octets`);
  }
  const end = (GROUPS + 1) * tgSize;
  rig.hears(offer({ sqn: ++spms, lead: end - 1, ...offered })).at(rig.now + ms(200_000));
  for (const [i, sqn] of log.delivered.entries()) {
    assert(i === 0 || sqn > log.delivered[i - 1]!, `seed ${seed}: ${sqn} after ${log.delivered[i - 1]}`);
  }
  return { rig, log, known, groups };
}

Deno.test("receiver: whatever false parity says, nothing breaks, is out of order or exceeds its room", () => {
  const any = { falsify: lie, least: 1, windows: [3, 9, 17, 1_000] };
  let recovered = 0;
  for (let seed = 1; seed <= 150; seed++) recovered += run(seed, any).rig.endpoint.stats.parityRecovered;
  assert(recovered > 150, `${recovered}`);
});

Deno.test("receiver: parity that shows that it is false brings no false octet, and keeps no true one away", () => {
  let recovered = 0;
  let noticed = 0;
  // Of a group without data, false parity of one length may be all that there is: nothing tells it from true parity.
  const shown = { falsify: contradiction, least: 3, windows: [1_000] };
  for (let seed = 1; seed <= 150; seed++) {
    const { rig, log, known } = run(seed, shown);
    for (const { first, lengths } of known) {
      for (const [i, sqn] of log.delivered.entries()) {
        if (sqn < first || sqn >= first + lengths.length) continue;
        assertEquals(log.messages[i], payloadOf(sqn, lengths[sqn - first]), `seed ${seed}: ${sqn}`);
      }
    }
    recovered += rig.endpoint.stats.parityRecovered;
    noticed += rig.endpoint.stats.parityContradictory;
  }
  assert(recovered > 150 && noticed > 150, `${recovered} recovered, ${noticed} lies noticed`);
});

Deno.test("receiver: in any window, and with any room, what was sent is delivered or reported lost, once", () => {
  const honest = {
    falsify: (_: Prng, packet: PacketValue) => packet,
    least: 1,
    windows: [1, 2, 3, 5, 9, 17, 40, 1_000],
  };
  let recovered = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const { rig, log, groups } = run(seed, honest);
    const told = new Map<number, number>();
    const tell = (sqn: number) => told.set(sqn, (told.get(sqn) ?? 0) + 1);
    for (const sqn of log.delivered) tell(sqn);
    for (const [from, to] of log.lost.map((range) => range.split("-").map(Number))) {
      for (let sqn = from!; sqn <= to!; sqn++) tell(sqn);
    }
    for (const { first, lengths } of groups) {
      for (const i of lengths.keys()) assertEquals(told.get(first + i), 1, `seed ${seed}: ${first + i}`);
    }
    const session = rig.endpoint.sessions[0]!;
    assertEquals([session.missing, session.gauges(rig.now)!.bufferedBytes], [0, 0], `seed ${seed}`);
    recovered += rig.endpoint.stats.parityRecovered;
  }
  assert(recovered > 300, `${recovered}`);
});
