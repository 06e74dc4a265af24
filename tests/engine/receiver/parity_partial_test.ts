/**
 * Transmission groups that are not full: the source pauses within them, or has ended them early.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ms, type PacketValue, seconds } from "../../../engine/mod.ts";
import { EIGHT, groupOf, offer, parity, parityBench as bench, payloadOf } from "../../support/parity.ts";
import { ncf, odata, rdata } from "../../support/rig.ts";

Deno.test("receiver: an idle source's partial group is asked for one by one, until it is full [FEC-060, FEC-071, FEC-101, FEC-102]", () => {
  const { rig, hears, naks } = bench();
  hears(groupOf(0, EIGHT).slice(0, 5), 1);
  rig.at(ms(100)).hears(offer({ sqn: 2, lead: 4 }));
  rig.at(ms(150));
  assertEquals(naks(), ["1"]);
  hears(groupOf(0, EIGHT).slice(5));
  rig.at(ms(200));
  assertEquals(naks(), ["0+1"]);
  const truncating = bench();
  truncating.hears(groupOf(0, EIGHT).slice(0, 5), 1);
  truncating.rig.at(ms(100)).hears(offer({ sqn: 2, lead: 4, currTgSize: 5 }));
  truncating.rig.at(ms(150));
  assertEquals(truncating.naks(), ["0+4"]);
});

Deno.test("receiver: when the source goes on, what it was not asked for yet waits for the end of the group again", () => {
  const group = groupOf(0, EIGHT);
  const { rig, hears, naks, log } = bench();
  hears(group.slice(0, 5), 1, 2);
  rig.at(ms(100)).hears(offer({ sqn: 2, lead: 4 }));
  // Older data is none that the source goes on with.
  hears(group.slice(2, 3));
  const backsOff = rig.endpoint.nextTimeout();
  assert(backsOff <= ms(150));
  rig.at(backsOff - 1).hears(group[5]!);
  rig.at(seconds(1)).saysNothing();
  // The next pause has it asked for.
  rig.hears(offer({ sqn: 3, lead: 5 }));
  rig.at(seconds(1) + ms(50));
  assertEquals(naks(), ["1"]);
  // What was asked for comes, or is asked for with the group.
  rig.hears(ncf({ sqn: 1 }));
  rig.marks.splice(0);
  rig.hears(group[6]!).hears(rdata({ sqn: 1, payload: payloadOf(1) })).hears(group[7]!);
  assertEquals([log.delivered.length, rig.marks], [8, []]);
  rig.at(seconds(9));
  assertEquals(naks(), []);
});

Deno.test("receiver: without on-demand parity, what a pause had it ask for stays so if the group is over when it ends", () => {
  const { rig, hears, naks } = bench({}, { proActive: true, onDemand: false });
  hears(groupOf(0, EIGHT).slice(0, 5), 1);
  rig.at(ms(100)).hears(offer({ sqn: 2, lead: 4 }));
  rig.marks.splice(0);
  // The unasked parity of the group before this one may still come, not that of the one before.
  hears(groupOf(16, EIGHT).slice(0, 1));
  assertEquals(rig.marks.filter(({ a }) => a === 1), []);
  rig.at(ms(200));
  assertEquals(naks().filter((nak) => nak === "1"), ["1"]);
});

Deno.test("receiver: a truncated group ends with what says so first, and is counted as if full [FEC-032, FEC-072, FEC-073, FEC-074]", () => {
  const three = [20, 20, 20];
  const last = odata({ sqn: 2, payload: payloadOf(2), options: [{ type: "CURR_TGSIZE", size: 3 }] });
  const ends: [string, PacketValue, string][] = [
    ["its last packet", last, "0+6"],
    ["an SPM", offer({ sqn: 2, lead: 2, currTgSize: 3 }), "0+7"],
    ["the next group", odata({ sqn: 8, payload: payloadOf(8) }), "0+7"],
  ];
  for (const [what, end, asked] of ends) {
    const { rig, hears, naks, log } = bench();
    hears(groupOf(0, three).slice(0, 1));
    rig.at(seconds(1)).hears(end);
    rig.at(seconds(1) + ms(50));
    assertEquals(naks(), [asked], what);
    for (const index of [0, 1]) rig.hears(parity({ first: 0, lengths: three, index }));
    assertEquals(log.delivered.slice(0, 3), [0, 1, 2], what);
    rig.at(seconds(9)).saysNothing();
  }
});

Deno.test("receiver: parity that tells a group's size ends it, and is enough for one loss [FEC-032, FEC-074]", () => {
  const { rig, hears, log } = bench({}, { proActive: true });
  hears(groupOf(0, [20, 20, 20]), 2);
  rig.hears(parity({ first: 0, lengths: [20, 20, 20], index: 0, type: "ODATA" }));
  assertEquals(log.delivered, [0, 1, 2]);
});

Deno.test("receiver: the numbers that a truncated group leaves out are not waited for, asked for or lost [FEC-026]", () => {
  const { rig, hears, log } = bench();
  hears(groupOf(16, [20, 20]));
  rig.hears(odata({ sqn: 18, payload: payloadOf(18), options: [{ type: "CURR_TGSIZE", size: 3 }] }));
  hears(groupOf(24, [20]));
  assertEquals(log.delivered, [16, 17, 18, 24]);
  rig.at(seconds(9)).saysNothing();
  assertEquals(log.lost, []);
});

Deno.test("receiver: who has everything of a truncated group, and does not know, learns it from one parity packet [FEC-056]", () => {
  const { rig, hears, naks, log } = bench();
  hears(groupOf(0, [20, 20, 20]));
  hears(groupOf(8, [20]));
  rig.at(ms(50));
  assertEquals(naks(), ["0+5"]);
  rig.hears(parity({ first: 0, lengths: [20, 20, 20], index: 0 }));
  assertEquals(log.delivered, [0, 1, 2, 8]);
  rig.at(seconds(9)).saysNothing();
  assertEquals(log.lost, []);
});
