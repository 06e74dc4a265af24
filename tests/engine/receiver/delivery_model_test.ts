/**
 * What is delivered and what is reported lost, over random arrivals, against a model that knows only which packets came
 * before the trailing edge passed them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Prng, prngFromSeed, sqnAdd, sqnDistance } from "../../../engine/mod.ts";
import { type Apdu, apduOctets, apduPackets } from "../../support/apdus.ts";
import { type Log, receiverBench } from "../../support/benches.ts";
import { odata, spm } from "../../support/rig.ts";

/** Messages of 1 .. 4 packets, from `base` on. */
function randomStream(random: Prng, base: number): { apdus: Apdu[]; length: number } {
  const apdus: Apdu[] = [];
  let length = 0;
  for (let i = 0; i < 12; i++) {
    const count = random.below(2) === 0 ? 1 : 1 + random.below(4);
    const lengths = Array.from({ length: count }, () => 1 + random.below(6));
    apdus.push({ firstSqn: sqnAdd(base, length), lengths });
    length += count;
  }
  return { apdus, length };
}

/** The numbers `0 ..< length` in an order in which each strays a few places; some twice, some never. */
function randomArrivals(random: Prng, length: number): number[] {
  const keyed: { place: number; at: number }[] = [];
  for (let at = 1; at < length; at++) {
    const copies = [0, 1, 1, 1, 1, 1, 2][random.below(7)]!;
    for (let i = 0; i < copies; i++) keyed.push({ place: at + random.below(8), at });
  }
  return [0, ...keyed.sort((a, b) => a.place - b.place).map(({ at }) => at)];
}

/** Asserts that everything from `base` on is in exactly one message or report, messages whole, reports in order. */
function assertPartition(log: Log, { apdus, base, length }: { apdus: Apdu[]; base: number; length: number }): void {
  const fate: string[] = new Array(length).fill("");
  for (const [i, first] of log.delivered.entries()) {
    const apdu = apdus.find(({ firstSqn }) => firstSqn === first);
    assert(apdu !== undefined, `${first} is no first number`);
    assertEquals([...log.messages[i]!], apduOctets(apdu));
    for (let j = 0; j < apdu.lengths.length; j++) fate[sqnDistance(base, first) + j] += "D";
  }
  let after = -1;
  for (const report of log.lost) {
    const [first, last] = report.split("-").map((text) => sqnDistance(base, Number(text)));
    assert(first! > after && last! >= first!, `reports ${log.lost}`);
    for (let at = first!; at <= last!; at++) fate[at] += "L";
    after = last!;
  }
  assertEquals(fate.filter((each) => each !== "D" && each !== "L"), []);
}

for (const ordered of [true, false]) {
  const name = ordered ? "in order" : "without order";
  Deno.test(`Receiver: any arrivals ${name}: each number is delivered in a whole message or reported, once [GEN-001, GEN-002]`, () => {
    for (let seed = 0; seed < 400; seed++) {
      const random = prngFromSeed(seed).fork("arrivals");
      const base = seed % 2 === 0 ? 1000 : 0xffff_fff0;
      const { apdus, length } = randomStream(random, base);
      const packets = apdus.flatMap((apdu) => apduPackets(apdu, base));
      const { rig, log } = receiverBench({ ordered, spmr: false });
      // A message before the first, so that reception begins where the stream does.
      rig.hears(odata({ sqn: sqnAdd(base, -1), trail: sqnAdd(base, -1) }));
      log.delivered.length = log.messages.length = 0;
      const came = new Set<number>();
      const whole: number[] = [];
      let trail = 0;
      let spmSqn = 0;
      const tell = (to: number) => {
        trail = Math.max(trail, to);
        rig.hears(spm({ sqn: ++spmSqn, trail: sqnAdd(base, trail), lead: sqnAdd(base, Math.max(trail, length) - 1) }));
      };
      for (const at of randomArrivals(random, length)) {
        if (random.below(12) === 0) tell(Math.max(0, at - random.below(8)));
        rig.hears(packets[at]!);
        if (at < trail || came.has(at)) continue;
        came.add(at);
        const apdu = apdus.find(({ firstSqn, lengths }) => {
          const first = sqnDistance(base, firstSqn);
          return at >= first && at < first + lengths.length;
        })!;
        const first = sqnDistance(base, apdu.firstSqn);
        if (apdu.lengths.every((_, i) => came.has(first + i))) whole.push(apdu.firstSqn);
        // Without order, a message comes with the last of its packets: never later.
        if (!ordered) assertEquals(log.delivered, whole, `seed ${seed}`);
      }
      tell(length);
      const inOrder = whole.slice().sort((a, b) => sqnDistance(b, a));
      assertEquals(log.delivered, ordered ? inOrder : whole, `seed ${seed}`);
      assertPartition(log, { apdus, base, length });
      const gauges = rig.endpoint.sessions[0]!.gauges(rig.now)!;
      assertEquals([gauges.missing, gauges.bufferedPackets, gauges.bufferedBytes], [0, 0, 0], `seed ${seed}`);
      assertEquals(rig.endpoint.stats.messages, whole.length + 1);
    }
  });
}
