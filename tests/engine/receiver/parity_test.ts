import { assert, assertEquals } from "@std/assert";
import { ms, seconds } from "../../../engine/mod.ts";
import { receiverBench } from "../../support/benches.ts";
import { EIGHT, groupOf, offer, parity, parityBench as bench, payloadOf } from "../../support/parity.ts";
import { nak, ncf, odata, only, rdata } from "../../support/rig.ts";

Deno.test("receiver: a lost group is asked for at its end, as a count of packets [FEC-059, FEC-063, FEC-064, FEC-065]", () => {
  const { rig, hears, naks } = bench();
  hears(groupOf(0, EIGHT).slice(0, 7), 1, 4);
  rig.at(seconds(1));
  assertEquals(naks(), []);
  rig.hears(odata({ sqn: 7, payload: payloadOf(7) }));
  rig.at(seconds(1) + ms(25));
  assertEquals(naks(), ["0+2"]);
});

Deno.test("receiver: a parity NAK has the count in the low bits of its group [FEC-022, FEC-065]", () => {
  for (const lost of [[2], [2, 4, 7], [1, 2, 3, 4, 5, 6, 7]]) {
    const { rig, hears } = bench();
    hears(groupOf(0x1230, EIGHT), ...lost.map((at) => 0x1230 + at));
    rig.hears(odata({ sqn: 0x1238, payload: payloadOf(0x1238) })).at(ms(50));
    const naks = only(rig.said(), "NAK").map(({ sqn, parity, options }) => [sqn, parity, options]);
    assertEquals(naks, [[0x1230 + lost.length - 1, true, []]]);
  }
});

Deno.test("receiver: data and parity of a later group, and SPM_LEAD, end a group, too [FEC-063, FEC-062]", () => {
  for (
    const later of [
      odata({ sqn: 8, payload: payloadOf(8) }),
      parity({ first: 8, lengths: EIGHT, index: 0, type: "ODATA" }),
      offer({ sqn: 2, lead: 7 }),
    ]
  ) {
    const { rig, hears, naks } = bench();
    hears(groupOf(0, EIGHT).slice(0, 6), 2);
    rig.at(seconds(1)).saysNothing();
    rig.hears(later);
    rig.at(seconds(1) + ms(50));
    assertEquals(naks().filter((nak) => nak.startsWith("0+")), ["0+3"]);
  }
});

Deno.test("receiver: a whole group that is lost is asked for in one NAK, for no more than it has [FEC-064]", () => {
  const { rig, hears, naks } = bench();
  hears(groupOf(0, EIGHT));
  hears(groupOf(16, EIGHT));
  rig.at(ms(50));
  assertEquals(naks(), ["8+8"]);
});

Deno.test("receiver: any parity makes up for any loss, as soon as there is enough [FEC-070, FEC-099]", () => {
  const { rig, hears, naks, log, stats } = bench();
  hears(groupOf(0, EIGHT), 1, 3, 7);
  hears(groupOf(8, EIGHT));
  rig.at(ms(50));
  assertEquals(naks(), ["0+3"]);
  rig.hears(ncf({ sqn: 2, parity: true }));
  for (const index of [5, 9]) rig.hears(parity({ first: 0, lengths: EIGHT, index }));
  assertEquals(log.delivered, [0]);
  rig.at(ms(50) + seconds(1) - 1).saysNothing();
  rig.at(ms(51) + seconds(1) + ms(50));
  assertEquals(naks(), ["0+1"]);
  rig.hears(parity({ first: 0, lengths: EIGHT, index: 2 }));
  assertEquals(log.delivered, [...Array(16).keys()]);
  assertEquals(log.messages, log.delivered.map((sqn) => payloadOf(sqn)));
  assertEquals([stats().groupsDecoded, stats().parityRecovered, stats().recovered], [1, 3, 3]);
  rig.at(seconds(20)).saysNothing();
});

Deno.test("receiver: parity takes the place of no data packet, whatever number it has [FEC-062]", () => {
  const { rig, hears, log, stats } = bench({}, { proActive: true });
  hears(groupOf(0, EIGHT).slice(0, 1));
  for (const index of [0, 1, 2, 3, 7]) rig.hears(parity({ first: 0, lengths: EIGHT, index, type: "ODATA" }));
  assertEquals([log.delivered, stats().odata, stats().parity], [[0], 6, 5]);
  hears(groupOf(0, EIGHT).slice(1, 2));
  hears(groupOf(0, EIGHT).slice(7));
  assertEquals([log.delivered, stats().duplicates, stats().parityRecovered], [[...Array(8).keys()], 0, 5]);
});

Deno.test("receiver: the high bits of a number are its group, the low ones its place there [FEC-015]", () => {
  const { rig, hears, log, naks } = bench();
  hears(groupOf(0x1230, EIGHT), 0x1235);
  rig.at(ms(50));
  assertEquals(naks(), [`${0x1230}+1`]);
  // Number 0x1235 is parity packet 5 of the group 0x1230, and of no other.
  const fifth = parity({ first: 0x1230, lengths: EIGHT, index: 5 });
  assertEquals("sqn" in fifth && fifth.sqn, 0x1235);
  rig.hears(fifth);
  assertEquals(log.messages, [...Array(8).keys()].map((i) => payloadOf(0x1230 + i)));
});

Deno.test("receiver: the same index counts once, in another parity group twice [FEC-061]", () => {
  const { rig, hears, log, stats } = bench();
  hears(groupOf(0, EIGHT), 1, 3);
  rig.hears(parity({ first: 0, lengths: EIGHT, index: 1 })).hears(parity({ first: 0, lengths: EIGHT, index: 1 }));
  assertEquals([log.delivered.length, stats().parityUnneeded], [1, 1]);
  rig.hears(parity({ first: 0, lengths: EIGHT, index: 9 }));
  assertEquals(log.delivered.length, 8);
});

Deno.test("receiver: pro-active parity recovers without a NAK, or lowers what is asked for [FEC-058, FEC-066]", () => {
  const pro = { proActive: true };
  const enough = bench({}, pro);
  enough.hears(groupOf(0, EIGHT), 2);
  enough.rig.at(ms(1)).hears(parity({ first: 0, lengths: EIGHT, index: 0, type: "ODATA" }));
  assertEquals(enough.log.delivered.length, 8);
  enough.rig.at(seconds(9)).saysNothing();
  const more = bench({}, pro);
  more.hears(groupOf(0, EIGHT), 2, 3, 4);
  more.rig.at(ms(1)).hears(parity({ first: 0, lengths: EIGHT, index: 0, type: "ODATA" }));
  more.rig.at(ms(80));
  assertEquals(more.naks(), ["0+2"]);
});

Deno.test("receiver: what parity brings was lost, also when it might still have been merely late", () => {
  const { rig, hears, log, stats } = bench({}, { proActive: true });
  hears(groupOf(0, EIGHT), 6);
  rig.at(ms(3)).hears(parity({ first: 0, lengths: EIGHT, index: 0, type: "ODATA" }));
  assertEquals([log.delivered.length, stats().parityRecovered, stats().recovered], [8, 1, 1]);
  assertEquals(log.repairs, [ms(3)]);
  // Data that fills a gap so soon is late, and no more.
  hears(groupOf(8, EIGHT), 14);
  hears(groupOf(8, EIGHT).slice(6, 7));
  assertEquals([log.delivered.length, stats().parityRecovered, stats().recovered], [16, 1, 1]);
});

Deno.test("receiver: as long as pro-active parity comes, nothing is asked for; then the group, or what it lacks [FEC-066]", () => {
  const asked: [boolean, string[]][] = [[true, ["TG_BACK_OFF 0"]], [false, ["BACK_OFF 2", "BACK_OFF 3", "BACK_OFF 4"]]];
  for (const [onDemand, expected] of asked) {
    for (const [type, waits] of [["ODATA", 35], ["RDATA", 20]] as const) {
      const { rig, hears } = bench({ reorderPackets: 1, reorderTimeout: ms(20) }, { proActive: true, onDemand });
      const begun = () =>
        rig.marks.filter(({ mark }) => mark.endsWith("BACK_OFF")).map(({ mark, a }) => `${mark} ${a}`);
      hears(groupOf(0, EIGHT), 2, 3, 4);
      rig.at(ms(15)).hears(parity({ first: 0, lengths: EIGHT, index: 0, type }));
      rig.at(ms(waits) - 1);
      assertEquals([begun(), rig.endpoint.nextTimeout()], [[], ms(waits)]);
      rig.at(ms(waits));
      assertEquals(begun(), expected);
      rig.endpoint.handleTimeout(rig.now);
      assertEquals(begun(), expected);
    }
  }
});

Deno.test("receiver: a number that waits for its group, not for an SPM, is called so once", () => {
  const { rig, hears } = bench();
  hears(groupOf(0, EIGHT).slice(0, 6), 2);
  const marks = () => rig.marks.splice(0).map(({ mark, a }) => `${mark} ${a}`);
  assertEquals(marks(), ["REORDER 2", "PARKED 2"]);
  // The pause of the source has it asked for, until the group is over.
  rig.hears(offer({ sqn: 2, lead: 5 }));
  assertEquals(marks(), ["BACK_OFF 2"]);
  hears(groupOf(0, EIGHT).slice(6));
  assertEquals(marks(), ["PARKED 2", "TG_BACK_OFF 0"]);
  // What the next group may be asked for says nothing of this one.
  hears(groupOf(8, EIGHT).slice(0, 3));
  rig.hears(offer({ sqn: 3, lead: 10 }));
  assertEquals(marks(), []);
});

Deno.test("receiver: with pro-active parity alone, losses beyond it are asked for one by one [FEC-098]", () => {
  const { rig, hears, naks, log } = bench({}, { proActive: true, onDemand: false });
  hears(groupOf(0, EIGHT), 2, 3);
  rig.hears(parity({ first: 0, lengths: EIGHT, index: 0, type: "ODATA" }));
  rig.at(ms(50));
  assertEquals(naks().sort(), ["2", "3"]);
  rig.hears(rdata({ sqn: 3, payload: payloadOf(3) }));
  assertEquals(log.delivered.length, 8);
});

Deno.test("receiver: parity before OPT_PARITY_PRM is not used [FEC-057]", () => {
  const { rig, log } = receiverBench();
  for (const packet of groupOf(0, EIGHT)) if ("sqn" in packet && packet.sqn !== 3) rig.hears(packet);
  rig.hears(parity({ first: 0, lengths: EIGHT, index: 0 }));
  assertEquals([log.delivered, rig.endpoint.stats.parityUnknown], [[0, 1, 2], 1]);
});

Deno.test("receiver: what waits behind a gap when the first SPM comes helps to recover it", () => {
  const { rig, log } = receiverBench({ nakNcfRetries: 2 });
  for (const packet of groupOf(0, EIGHT)) if (!("sqn" in packet) || packet.sqn !== 2) rig.hears(packet);
  rig.at(ms(100)).hears(offer({ sqn: 1, lead: 7 }));
  rig.at(ms(150));
  // Of the eight, 0 and 1 were delivered before they were known to be of a group; 3 to 7 are there.
  assertEquals(only(rig.said(), "NAK").map(({ sqn, parity }) => [sqn, parity]), [[2, true]]);
  for (const index of [0, 1, 2]) rig.hears(parity({ first: 0, lengths: EIGHT, index }));
  assertEquals(log.messages, [...Array(8).keys()].map((sqn) => payloadOf(sqn)));
});

Deno.test("receiver: parity before all data begins nothing, and is counted", () => {
  const { rig, hears, log, stats } = bench({}, { proActive: true });
  rig.hears(parity({ first: 0, lengths: EIGHT, index: 0, type: "ODATA", options: [{ type: "SYN" }] }));
  assertEquals([stats().parity, stats().parityUnneeded, stats().parityUnknown], [1, 1, 0]);
  hears(groupOf(8, EIGHT));
  assertEquals([log.delivered[0], log.delivered.length, log.lost], [8, 8, []]);
  rig.at(seconds(5)).saysNothing();
});

Deno.test("receiver: the larger the loss, the sooner it is asked for [FEC-067, FEC-068]", () => {
  const mean = (...lost: number[]) => {
    let sum = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const { rig, hears } = bench({}, {}, seed);
      hears(groupOf(0, EIGHT), ...lost);
      const at = rig.endpoint.nextTimeout();
      assert(at > 0 && at <= ms(50) / lost.length);
      sum += at;
    }
    return sum / 1000;
  };
  const ratio = mean(2) / mean(2, 3, 4, 5);
  assert(ratio > 3.6 && ratio < 4.4, `${ratio}`);
});

Deno.test("receiver: of two that miss packets of a group, the one that misses more asks first [RCV-044]", () => {
  let first = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const [few, many] = [bench({}, {}, seed), bench({}, {}, seed + 1000)];
    few.hears(groupOf(0, EIGHT), 2);
    many.hears(groupOf(0, EIGHT), 2, 3, 4, 5);
    if (many.rig.endpoint.nextTimeout() < few.rig.endpoint.nextTimeout()) first++;
  }
  // One of (0, b / 4] is before one of (0, b] seven times of eight.
  assert(first > 840 && first < 910, `${first}`);
});

Deno.test("receiver: only a request for as many packets or more silences a NAK [FEC-069, RCV-045]", () => {
  for (const request of [ncf, nak]) {
    for (const [count, suppressed] of [[2, false], [3, true], [4, true]] as const) {
      const { rig, hears, naks, stats } = bench();
      hears(groupOf(0, EIGHT), 1, 2, 3);
      rig.hears(request({ sqn: count - 1, parity: true }));
      rig.at(ms(60));
      assertEquals([naks(), stats().naksSuppressed], suppressed ? [[], 1] : [["0+3"], 0]);
    }
  }
});

Deno.test("receiver: a group without answer is given up as the packets that it lacks", () => {
  const { rig, hears, naks, log } = bench();
  hears(groupOf(0, EIGHT), 1, 5);
  hears(groupOf(8, EIGHT));
  rig.at(seconds(10));
  assertEquals(naks(), ["0+2", "0+2", "0+2"]);
  assertEquals(log.lost, ["1-1", "5-5"]);
  assertEquals(log.delivered.length, 14);
});

Deno.test("receiver: of 128 packets one must have come, for there are 127 parity packets; else they are given up", () => {
  const lengths = new Array<number>(128).fill(20);
  for (const came of [0, 1]) {
    const { rig, hears, naks, log } = bench({ maxMissing: 128 }, { tgSize: 128 });
    hears(groupOf(127, [20, ...lengths].slice(0, 1)));
    hears(groupOf(128, lengths).slice(0, came));
    hears(groupOf(256, [20]));
    rig.at(ms(50));
    assertEquals(naks(128), [`128+${128 - came}`]);
    for (let index = 0; index < 127; index++) rig.hears(parity({ first: 128, lengths, index, tgSize: 128 }));
    rig.at(ms(50) + seconds(2));
    assertEquals(naks(128), []);
    assertEquals(log.lost, came === 0 ? ["128-255"] : []);
    assertEquals(log.delivered.length, came === 0 ? 2 : 130);
  }
});

Deno.test("receiver: packets of several lengths are recovered in their lengths [FEC-036, FEC-038]", () => {
  const lengths = [10, 1, 40, 25, 40, 0, 7, 39];
  for (const lost of [[2, 6], [1, 2], [5, 7], [3, 4]]) {
    const { rig, hears, log } = bench();
    hears(groupOf(0, lengths), ...lost);
    for (const index of [0, 3]) rig.hears(parity({ first: 0, lengths, index }));
    assertEquals(log.messages, lengths.map((length, sqn) => payloadOf(sqn, length)));
  }
});

Deno.test("receiver: who comes in the middle of a group recovers what came after, and nothing before [FEC-018]", () => {
  const { rig, hears, naks, log } = bench();
  hears(groupOf(0, EIGHT).slice(3), 5);
  rig.at(ms(50));
  assertEquals(naks(), ["0+4"]);
  for (const index of [0, 1, 2, 3]) rig.hears(parity({ first: 0, lengths: EIGHT, index }));
  assertEquals(log.delivered, [3, 4, 5, 6, 7]);
});

Deno.test("receiver: a trailing edge within a group leaves the rest to be decoded [FEC-095]", () => {
  const { rig, hears, log } = bench();
  hears(groupOf(0, EIGHT), 1, 6);
  rig.hears(odata({ sqn: 8, trail: 3, payload: payloadOf(8) }));
  assertEquals(log.lost, ["1-1"]);
  for (const index of [0, 1]) rig.hears(parity({ first: 0, lengths: EIGHT, index, options: [] }));
  assertEquals(log.delivered, [0, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("receiver: an OPT_PARITY_PRM that changes is counted and ignored, and no others are taken [FEC-017]", () => {
  const { rig, hears, naks, stats } = bench();
  rig.hears(offer({ sqn: 2, lead: 0xffff_ffff, tgSize: 4 })).hears(
    offer({ sqn: 3, lead: 0xffff_ffff, proActive: true }),
  );
  assertEquals(stats().parityPrmIgnored, 2);
  hears(groupOf(0, EIGHT), 1);
  rig.at(ms(50));
  assertEquals(naks(), ["0+1"]);
  const both = bench({}, { proActive: true });
  both.rig.hears(offer({ sqn: 2, lead: 0xffff_ffff, proActive: true, onDemand: false }));
  assertEquals(both.stats().parityPrmIgnored, 1);
  const huge = bench({}, { tgSize: 256 });
  assertEquals(huge.stats().parityPrmIgnored, 1);
});

Deno.test("receiver: what decoding holds is charged to bufferBytes, and given back", () => {
  const { rig, hears } = bench();
  const held = () => rig.endpoint.sessions[0]!.gauges(rig.now)!.bufferedBytes;
  hears(groupOf(0, EIGHT).slice(0, 7));
  assert(held() >= 7 * 44, `${held()}`);
  hears(groupOf(0, EIGHT).slice(7));
  assertEquals(held(), 0);
  const tight = bench({ bufferBytes: 1_000 });
  tight.hears(groupOf(0, EIGHT), 1);
  tight.rig.hears(parity({ first: 0, lengths: EIGHT, index: 0 }));
  assertEquals(tight.stats().buffersFull > 0, true);
  tight.hears(groupOf(0, EIGHT).slice(1, 2));
  tight.hears(groupOf(0, EIGHT).slice(2));
  assertEquals(tight.log.delivered, [...Array(8).keys()]);
});
