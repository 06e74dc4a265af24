import { assertEquals } from "@std/assert";
import { ms, seconds } from "../../../engine/mod.ts";
import { HELD_OVERHEAD_BYTES } from "../../../engine/receiver/receive_window.ts";
import { EIGHT, groupOf, offer, parity, parityBench as bench, payloadOf } from "../../support/parity.ts";
import { odata, rdata } from "../../support/rig.ts";

// Transmission groups at a receiver whose window, or whose bound of missing numbers, is smaller than what is lost:
// whatever the order in which numbers become known, each is recovered, asked for or reported.

const upTo = (last: number) => [...Array(last + 1).keys()];

Deno.test("receiver: parity that came before its loss could be known recovers it as soon as it is", () => {
  // One number may be missing: that 15 is, is not known before 1 has come.
  const { rig, log, hears, hearsParity } = bench({ maxMissing: 1 });
  hears(groupOf(0, EIGHT), 1);
  hears(groupOf(8, EIGHT), 15);
  hearsParity(8, 0);
  assertEquals(log.delivered, [0]);
  hearsParity(0, 0);
  assertEquals(log.delivered, upTo(15));
  rig.at(seconds(9)).saysNothing();
});

Deno.test("receiver: the same, when data of the next group says what is missing", () => {
  const { rig, log, hears, hearsParity } = bench({ maxMissing: 1 });
  hears(groupOf(0, EIGHT), 1);
  hears(groupOf(8, EIGHT), 15);
  hearsParity(8, 0);
  // The source repairs 1 by itself; the window does not grow before 16 comes.
  hears(groupOf(0, EIGHT).slice(1, 2));
  rig.hears(odata({ sqn: 16, payload: payloadOf(16) }));
  assertEquals(log.delivered, upTo(16));
  rig.at(seconds(9)).saysNothing();
});

Deno.test("receiver: of a group beyond its window, what is recovered too early is recovered again", () => {
  const { rig, log, hears, hearsParity, naks } = bench({ rxwMaxSqns: 12 });
  hears(groupOf(0, EIGHT), 1);
  hears(groupOf(8, EIGHT), 9);
  assertEquals(rig.endpoint.stats.beyondWindow, 3);
  hearsParity(8, 0, 1, 2, 3);
  // 9 is recovered. 13 .. 15 as well, but the window ends before them.
  assertEquals([log.delivered, rig.endpoint.stats.parityRecovered], [[0], 1]);
  hearsParity(0, 0);
  assertEquals(log.delivered, upTo(15));
  assertEquals([rig.endpoint.stats.parityRecovered, rig.endpoint.stats.groupsDecoded], [5, 2]);
  rig.at(seconds(9));
  assertEquals(naks(), []);
});

Deno.test("receiver: a group that was given up within the window is asked for when the rest of it comes into the window", () => {
  const { rig, log, hears, hearsParity, naks } = bench({ rxwMaxSqns: 12, nakNcfRetries: 0, nakRptIvl: ms(100) });
  hears(groupOf(0, EIGHT), 1);
  hears(groupOf(8, EIGHT).slice(0, 5), 9);
  rig.hears(offer({ sqn: 2, lead: 15 }));
  while (log.lost.length < 2) rig.at(rig.endpoint.nextTimeout());
  // Nobody answered: 9 and 1 are lost. Then there is room for 13 .. 15.
  assertEquals(naks().sort(), ["0+1", "8+4"]);
  assertEquals([log.lost, log.delivered], [["1-1", "9-9"], [0, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12]]);
  rig.at(rig.now + ms(13));
  assertEquals(naks(), ["8+4"]);
  hearsParity(8, 0, 1, 2, 3);
  assertEquals(log.delivered.slice(-3), [13, 14, 15]);
});

Deno.test("receiver: with a window of one packet, one SPM is enough to ask for all that it says was sent", () => {
  const { rig, log, naks } = bench({ rxwMaxSqns: 1 }, { proActive: true, onDemand: false, tgSize: 2 });
  rig.hears(odata({ sqn: 0, payload: payloadOf(0) })).hears(offer({ sqn: 2, lead: 7 }));
  for (let sqn = 1; sqn <= 7; sqn++) {
    rig.at(rig.now + ms(80));
    assertEquals(naks(), [`${sqn}`]);
    rig.hears(rdata({ sqn, payload: payloadOf(sqn) }));
  }
  assertEquals(log.delivered, upTo(7));
  rig.at(seconds(9)).saysNothing();
});

Deno.test("receiver: with a window of one packet, the same for one group after another", () => {
  const { rig, log, hearsParity, naks } = bench({ rxwMaxSqns: 1 });
  rig.hears(odata({ sqn: 0, payload: payloadOf(0) })).hears(offer({ sqn: 2, lead: 23 }));
  for (const [first, count] of [[0, 7], [8, 8], [16, 8]] as const) {
    rig.at(rig.now + ms(80));
    assertEquals(naks(), [`${first}+${count}`]);
    hearsParity(first, 0, 1, 2, 3, 4, 5, 6, 7);
  }
  assertEquals(log.delivered, upTo(23));
  rig.at(seconds(9)).saysNothing();
});

Deno.test("receiver: a group larger than the window, lost as a whole, comes from parity alone", () => {
  for (const rxwMaxSqns of [1, 3, 8]) {
    const { rig, log, hears, hearsParity, naks } = bench({ rxwMaxSqns });
    hears(groupOf(0, EIGHT));
    rig.hears(offer({ sqn: 2, lead: 15 }));
    rig.at(ms(50));
    assertEquals(naks(), ["8+8"]);
    hearsParity(8, 0, 1, 2, 3, 4, 5, 6, 7);
    assertEquals(log.delivered, upTo(15));
    rig.at(seconds(9)).saysNothing();
  }
});

Deno.test("receiver: with room for fewer missing numbers than a group has, all of it is recovered at once", () => {
  const { rig, log, hears, hearsParity } = bench({ maxMissing: 3 });
  hears(groupOf(0, EIGHT), 1);
  rig.hears(offer({ sqn: 2, lead: 15 }));
  hearsParity(8, 0, 1, 2, 3, 4, 5, 6, 7);
  assertEquals(log.delivered, [0]);
  hearsParity(0, 0);
  assertEquals(log.delivered, upTo(15));
  rig.at(seconds(9)).saysNothing();
});

Deno.test("receiver: what is recovered and finds no room is asked for, and recovered when there is room", () => {
  const { rig, log, hears, hearsParity, naks } = bench({ rxwMaxSqns: 12, bufferBytes: 15_000 });
  hears(groupOf(0, EIGHT), 1);
  hears(groupOf(8, EIGHT).slice(0, 5), 9);
  hearsParity(8, 0, 1, 2, 3);
  assertEquals(rig.endpoint.stats.buffersFull, 1);
  rig.at(ms(50));
  assertEquals(naks().sort(), ["0+1", "8+1"]);
  hears(groupOf(0, EIGHT).slice(1, 2));
  assertEquals(log.delivered, upTo(15));
  rig.at(seconds(9)).saysNothing();
});

Deno.test("receiver: data beyond the window ends the groups before it [FEC-063]", () => {
  const { rig, hears, naks } = bench({ rxwMaxSqns: 8 });
  hears(groupOf(0, EIGHT), 1, 7);
  rig.at(seconds(1)).saysNothing();
  rig.hears(odata({ sqn: 9, payload: payloadOf(9) }));
  assertEquals(rig.endpoint.stats.beyondWindow, 1);
  rig.at(seconds(1) + ms(50));
  assertEquals(naks(), ["0+2"]);
});

Deno.test("receiver: SPM_LEAD beyond the window ends the groups before it [FEC-063]", () => {
  for (const lead of [7, 8]) {
    const { rig, hears, naks } = bench({ rxwMaxSqns: 6 });
    hears(groupOf(0, EIGHT).slice(0, 7), 1);
    rig.at(seconds(1)).saysNothing();
    rig.hears(offer({ sqn: 2, lead })).at(seconds(1) + ms(50));
    assertEquals(naks(), ["0+2"]);
  }
});

Deno.test("receiver: parity of a group that begins beyond the window is dropped, and says nothing", () => {
  for (const [delivered, isBeyond] of [[8, true], [9, false]] as const) {
    const { rig, hears, hearsParity, naks, stats } = bench({ rxwMaxSqns: 16 });
    hears(groupOf(0, EIGHT));
    hears(groupOf(8, EIGHT).slice(0, delivered - 8));
    hearsParity(24, 0);
    assertEquals(stats().beyondWindow, isBeyond ? 1 : 0);
    rig.at(ms(50));
    assertEquals(naks().length > 0, !isBeyond);
  }
});

Deno.test("receiver: a group is over when its size is known, though nothing is known to be missing of it yet", () => {
  // One number may be missing: first 1, then 7, then 8.
  const { rig, hears, hearsParity, naks, log } = bench({ maxMissing: 1 });
  hears(groupOf(0, EIGHT).slice(0, 7), 1);
  rig.hears(parity({ first: 8, lengths: [20, 20, 20], index: 0 }));
  rig.at(ms(50));
  assertEquals(naks(), ["0+2"]);
  hearsParity(0, 0, 1);
  assertEquals(log.delivered, upTo(7));
  rig.at(ms(100));
  assertEquals(naks(), ["8+7"]);
  for (const index of [1, 2]) rig.hears(parity({ first: 8, lengths: [20, 20, 20], index }));
  assertEquals(log.delivered, upTo(10));
  rig.at(seconds(9)).saysNothing();
});

Deno.test("receiver: what a truncated group leaves out is not missed when there is room for it only later [FEC-026]", () => {
  const { rig, hears, hearsParity, naks, log } = bench({ maxMissing: 1 });
  const three = [20, 20, 20];
  hears(groupOf(0, EIGHT), 1);
  hears(groupOf(8, three).slice(0, 2));
  rig.hears(parity({ first: 8, lengths: three, index: 0 }));
  hearsParity(0, 0);
  assertEquals(log.delivered, upTo(10));
  for (const sqn of [2, 3, 4]) rig.hears(offer({ sqn, lead: 16 }));
  rig.at(ms(50));
  assertEquals(naks(), ["16"]);
  rig.hears(rdata({ sqn: 16, payload: payloadOf(16) })).at(seconds(9)).saysNothing();
  assertEquals([log.delivered, log.lost], [[...upTo(10), 16], []]);
});

Deno.test("receiver: an idle source's partial group is asked for one by one, also where the window ends before it does [FEC-071]", () => {
  const { rig, naks } = bench({ rxwMaxSqns: 4 });
  rig.hears(odata({ sqn: 0, payload: payloadOf(0) })).hears(offer({ sqn: 2, lead: 5 }));
  rig.at(seconds(1)).saysNothing();
  rig.hears(offer({ sqn: 3, lead: 5 })).at(seconds(1) + ms(50));
  assertEquals(naks().sort(), ["1", "2", "3", "4"]);
});

Deno.test("receiver: however far the numbers jump, no more groups are looked at than the window has", () => {
  const { rig, log } = bench({}, { tgSize: 2 });
  rig.hears(odata({ sqn: 0, payload: payloadOf(0) }));
  // A step for each group would be 2^29 of them each time.
  const lost: string[] = [];
  for (let jump = 1, next = 1; jump <= 12; jump++) {
    const trail = jump * 0x4000_0000 >>> 0;
    rig.hears(odata({ sqn: trail + 1, trail, payload: payloadOf(1) }));
    lost.push(`${next}-${(trail - 1) >>> 0}`);
    next = trail;
  }
  assertEquals(log.lost, lost);
});

Deno.test("receiver: data far beyond the window ends no group that has not come into the window", () => {
  const { rig, hears, naks } = bench({ rxwMaxSqns: 16 });
  hears(groupOf(0, EIGHT));
  rig.hears(odata({ sqn: 800, payload: payloadOf(800) }));
  hears(groupOf(8, EIGHT).slice(0, 7), 9);
  rig.at(seconds(1)).saysNothing();
  hears(groupOf(8, EIGHT).slice(7));
  rig.at(seconds(1) + ms(50));
  assertEquals(naks(), ["8+1"]);
});

Deno.test("receiver: a group that is complete keeps nothing, whatever else comes of it", () => {
  // 0 is waited for: what came of the next group cannot be handed over.
  const came = bench();
  came.hears(groupOf(0, EIGHT), 1);
  came.hears(groupOf(8, EIGHT));
  const { rig, hears, hearsParity, held, stats } = bench();
  hears(groupOf(0, EIGHT), 1);
  hears(groupOf(8, EIGHT), 9, 12);
  hearsParity(8, 0, 1);
  assertEquals([stats().parityRecovered, held()], [2, came.held()]);
  hearsParity(8, 2);
  rig.hears(rdata({ sqn: 9, payload: payloadOf(9) }));
  assertEquals([stats().parityUnneeded, stats().duplicates, held()], [1, 1, came.held()]);
});

Deno.test("receiver: the packets of a group make room for what is recovered with them", () => {
  const lacking = (config: Parameters<typeof bench>[0]) => {
    const made = bench(config);
    made.hears(groupOf(0, EIGHT), 1);
    made.hears(groupOf(8, EIGHT), 9, 12);
    made.hearsParity(8, 0);
    return made;
  };
  // Room for one more packet, which is the parity.
  const roomy = lacking({});
  const before = roomy.held();
  roomy.hearsParity(8, 1);
  const bufferBytes = before + HELD_OVERHEAD_BYTES + 24 + 20;
  const { hearsParity, stats, held } = lacking({ bufferBytes });
  assertEquals([held(), roomy.held() < before], [before, true]);
  hearsParity(8, 1);
  assertEquals([stats().parityRecovered, stats().buffersFull], [2, 0]);
});

Deno.test("receiver: parity that there is no room for ends its group and those before it [FEC-063]", () => {
  const { rig, naks } = bench({ bufferBytes: 600 });
  rig.hears(odata({ sqn: 0, payload: payloadOf(0) })).hears(offer({ sqn: 2, lead: 5 }));
  rig.at(seconds(1)).saysNothing();
  rig.hears(parity({ first: 8, lengths: EIGHT, index: 0, type: "ODATA" }));
  assertEquals(rig.endpoint.stats.buffersFull, 1);
  rig.at(seconds(1) + ms(50));
  assertEquals(naks().sort(), ["0+8", "8+8"]);
});

Deno.test("receiver: of parity that there is no room for, the size of its group is taken [FEC-026]", () => {
  const { rig, log } = bench({ bufferBytes: 1 }, { proActive: true, onDemand: false });
  for (const first of [0, 8, 16]) {
    const two = groupOf(first, [20, 20]);
    for (const packet of two) rig.hears(packet);
    rig.hears(parity({ first, lengths: [20, 20], index: 0, type: "ODATA" }));
  }
  assertEquals([log.delivered, log.lost], [[0, 1, 8, 9, 16, 17], []]);
  rig.at(seconds(9)).saysNothing();
  // A size beyond what was advertised counts for no more than that.
  rig.hears(parity({ first: 24, lengths: EIGHT, index: 0, options: [{ type: "CURR_TGSIZE", size: 9 }] }));
  for (const packet of groupOf(24, EIGHT)) rig.hears(packet);
  assertEquals([log.delivered.length, log.lost], [14, []]);
});

Deno.test("receiver: without room for its group, a packet that was asked for with parity is not asked for again", () => {
  const { rig, log, naks } = bench({ bufferBytes: 1 });
  rig.hears(odata({ sqn: 6, payload: payloadOf(6) })).hears(offer({ sqn: 2, lead: 7 }));
  rig.at(ms(50));
  assertEquals(naks(), ["0+8"]);
  rig.hears(rdata({ sqn: 7, payload: payloadOf(7) }));
  assertEquals(log.delivered, [6, 7]);
  rig.at(seconds(9)).saysNothing();
});

Deno.test("receiver: without room for its group, what a truncated one leaves out is not missed either [FEC-026]", () => {
  const { rig, log } = bench({ bufferBytes: 1 });
  const last = [{ type: "CURR_TGSIZE", size: 2 }] as const;
  rig.hears(odata({ sqn: 0 })).hears(odata({ sqn: 1, options: last })).hears(odata({ sqn: 8 }));
  rig.hears(odata({ sqn: 9 })).hears(offer({ sqn: 2, lead: 9, currTgSize: 2 })).hears(odata({ sqn: 16 }));
  rig.at(seconds(9)).saysNothing();
  assertEquals([log.delivered, log.lost], [[0, 1, 8, 9, 16], []]);
});

Deno.test("receiver: a group of which nothing came is not asked for once the trailing edge has passed it [FEC-095]", () => {
  for (const [trail, asked] of [[15, 3], [16, 1]] as const) {
    const { rig, log, hears, naks } = bench({});
    hears(groupOf(0, EIGHT));
    hears(groupOf(16, EIGHT));
    rig.at(ms(50));
    rig.hears(odata({ sqn: 24, trail, payload: payloadOf(24) }));
    assertEquals(log.lost, [trail === 15 ? "8-14" : "8-15"]);
    rig.at(seconds(9));
    assertEquals(naks(), new Array<string>(asked).fill("8+8"));
  }
});

Deno.test("receiver: groups are forgotten as the window passes them, whichever came first", () => {
  const { rig, log, hears, hearsParity } = bench({});
  const held = () => rig.endpoint.sessions[0]!.gauges(rig.now)!.bufferedBytes;
  hears(groupOf(0, EIGHT).slice(0, 7));
  const one = held();
  // Parity of a later group makes a place for it before those of the groups between.
  hearsParity(24, 0);
  const later = held() - one;
  hears(groupOf(0, EIGHT).slice(7));
  hears(groupOf(8, EIGHT));
  hears(groupOf(16, EIGHT));
  assertEquals([log.delivered.length, held()], [24, later]);
  hears(groupOf(24, EIGHT));
  assertEquals([log.delivered.length, held()], [32, 0]);
});
