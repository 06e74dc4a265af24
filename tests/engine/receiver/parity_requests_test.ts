/**
 * What a receiver asks for of a transmission group, and when it does not (RFC 3208, section 11.5): others' requests,
 * parity that may still come, a parent that reaches nobody, and sessions that end.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, type OptionValue, type PacketValue, seconds } from "../../../engine/mod.ts";
import { EIGHT, groupOf, offer, parity, parityBench as bench, payloadOf } from "../../support/parity.ts";
import { ncf, odata, spm } from "../../support/rig.ts";

const UNREACHABLE: OptionValue = { type: "NBR_UNREACH" };

/** Where the NAK machines went since the beginning, as `MARK NUMBER`. */
function marksOf({ rig }: ReturnType<typeof bench>, ending: string): string[] {
  return rig.marks.filter(({ mark }) => mark.endsWith(ending)).map(({ mark, a }) => `${mark} ${a}`);
}

Deno.test("receiver: groups that are lost together are asked for one by one, also where NAKs have lists", () => {
  const { rig, hears, naks } = bench({ nakListMax: 8 });
  for (const first of [0, 8, 16]) hears(groupOf(first, EIGHT), first + 1);
  rig.at(ms(50));
  assertEquals(naks().sort(), ["0+1", "16+1", "8+1"]);
});

Deno.test("receiver: of a group of which nothing came, only a request for all of it silences the NAK [FEC-069]", () => {
  for (const [count, asked] of [[7, ["8+8"]], [8, []]] as const) {
    const { rig, hears, naks, stats } = bench();
    hears(groupOf(0, EIGHT));
    hears(groupOf(16, EIGHT));
    rig.hears(ncf({ sqn: 8 + count - 1, parity: true })).at(ms(50));
    assertEquals([naks(), stats().ncfUnwanted], [[...asked], 8 - count]);
  }
});

Deno.test("receiver: requests for parity that it has no use for are counted, and it asks for nothing", () => {
  const whole = bench();
  whole.hears(groupOf(0, EIGHT));
  const singly = bench({}, { proActive: true, onDemand: false });
  singly.hears(groupOf(0, EIGHT), 2);
  for (const [each, asked] of [[whole, []], [singly, ["2", "2", "2"]]] as const) {
    each.rig.hears(ncf({ sqn: 7, parity: true })).at(seconds(9));
    assertEquals([each.naks(), each.stats().ncfUnwanted], [[...asked], 1]);
  }
});

Deno.test("receiver: an NCF for a single packet says nothing of a group that is asked for with parity", () => {
  const { rig, hears, naks, stats } = bench();
  hears(groupOf(0, EIGHT), 1);
  const due = rig.endpoint.nextTimeout();
  rig.hears(ncf({ sqn: 1 })).hears(ncf({ sqn: 9 }));
  assertEquals([stats().ncfUnwanted, stats().naksSuppressed], [2, 0]);
  rig.at(due);
  assertEquals(naks(), ["0+1"]);
});

Deno.test("receiver: a packet that is about to be asked for by itself is not, once its group is full [FEC-060, FEC-101]", () => {
  const { rig, hears, naks } = bench();
  hears(groupOf(0, EIGHT).slice(0, 5), 1);
  rig.hears(offer({ sqn: 2, lead: 4 })).hears(offer({ sqn: 3, lead: 4 }));
  assertEquals(rig.endpoint.nextTimeout() <= ms(50), true);
  hears(groupOf(0, EIGHT).slice(5));
  rig.at(ms(80));
  assertEquals(naks(), ["0+1"]);
});

Deno.test("receiver: of a group that ends with all that it takes at hand, nothing is ever asked for", () => {
  const made = bench({}, { proActive: true });
  made.hears(groupOf(0, EIGHT).slice(0, 7));
  made.rig.hears(parity({ first: 0, lengths: EIGHT, index: 0, type: "ODATA" }));
  assertEquals([made.log.delivered.length, marksOf(made, "")], [8, ["PARKED 7"]]);
});

Deno.test("receiver: pro-active parity of another group gives a group no more time, nor does any once it is asked for", () => {
  const made = bench({ reorderPackets: 1, reorderTimeout: ms(20) }, { proActive: true, onDemand: false });
  const { rig } = made;
  const late = (first: number) => rig.hears(parity({ first, lengths: EIGHT, index: 0, type: "ODATA" }));
  made.hears(groupOf(0, EIGHT), 2, 3);
  made.hears(groupOf(8, EIGHT));
  rig.at(ms(15));
  late(8).at(ms(20) - 1);
  assertEquals(marksOf(made, "BACK_OFF"), []);
  rig.at(ms(20));
  assertEquals(marksOf(made, "BACK_OFF"), ["BACK_OFF 2", "BACK_OFF 3"]);

  const asking = bench({ reorderTimeout: ms(20), nakBoIvl: seconds(10) }, { proActive: true });
  asking.hears(groupOf(0, EIGHT), 2, 3);
  asking.rig.at(ms(20));
  assertEquals(marksOf(asking, "TG_BACK_OFF"), ["TG_BACK_OFF 0"]);
  const due = asking.rig.endpoint.nextTimeout();
  asking.rig.hears(parity({ first: 0, lengths: EIGHT, index: 0, type: "ODATA" }));
  assertEquals(asking.rig.endpoint.nextTimeout(), due);
});

Deno.test("receiver: groups that the trailing edge passes are asked for no more, nor one whose losses it passes", () => {
  const within = bench();
  within.hears(groupOf(0, EIGHT), 1);
  within.rig.hears(odata({ sqn: 8, trail: 2, payload: payloadOf(8) })).at(seconds(9)).saysNothing();
  // Of more groups than one, those behind it and no others.
  const many = bench();
  for (let first = 0; first < 160; first += 8) many.hears(groupOf(first, EIGHT), first + 1);
  many.rig.hears(odata({ sqn: 160, trail: 8, payload: payloadOf(160) })).at(ms(50));
  const asked = new Set(many.naks());
  assertEquals([asked.size, asked.has("0+1"), asked.has("8+1")], [19, false, true]);
});

Deno.test("receiver: parity carries the trailing edge, too", () => {
  const { rig, hears, log } = bench();
  hears(groupOf(0, EIGHT), 1, 3);
  rig.hears({ ...parity({ first: 8, lengths: EIGHT, index: 0 }), trail: 3 } as ReturnType<typeof parity>);
  assertEquals([log.lost, log.delivered], [["1-1"], [0, 2]]);
});

Deno.test("receiver: who hears late, from an SPM, that a group is truncated asks for it no more [FEC-026]", () => {
  const { rig, hears, log } = bench();
  hears(groupOf(0, [20, 20, 20]));
  rig.hears(odata({ sqn: 8, payload: payloadOf(8) })).hears(offer({ sqn: 2, lead: 2, currTgSize: 3 }));
  rig.at(seconds(9)).saysNothing();
  assertEquals([log.delivered, log.lost], [[0, 1, 2, 8], []]);
});

Deno.test("receiver: while its parent reaches nobody, no group is asked for, nor a packet of one [IMP-033]", () => {
  for (const onDemand of [true, false]) {
    for (const when of ["before", "after"]) {
      const { rig, hears, naks, log } = bench({}, { proActive: !onDemand, onDemand });
      const special = spm({ sqn: 1, trail: 0, lead: 0, options: [UNREACHABLE] });
      // Reception begins with data: the parity that it uses is made only then.
      if (when === "before") rig.hears(special);
      hears(groupOf(0, EIGHT).slice(0, 7), 2);
      if (when === "after") rig.hears(special);
      rig.hears(odata({ sqn: 8, payload: payloadOf(8) })).at(seconds(20)).saysNothing();
      rig.hears(offer({ sqn: 2, lead: 8, proActive: !onDemand, onDemand })).at(seconds(20) + ms(50));
      assertEquals([naks().sort(), log.lost], [onDemand ? ["0+2"] : ["2", "7"], []], `${onDemand}, ${when}`);
    }
  }
});

Deno.test("receiver: with lossPolicy reset, nothing comes after the first loss: no second report, nothing recovered", () => {
  // A packet that has 1 and 2 lost says the size of its group, too.
  for (
    const ends of [
      offer({ sqn: 2, lead: 4, currTgSize: 5 }),
      odata({ sqn: 4, options: [{ type: "CURR_TGSIZE", size: 5 }] }),
    ]
  ) {
    const last = bench({ lossPolicy: "reset" });
    last.hears(groupOf(0, EIGHT.slice(0, ends.type === "SPM" ? 5 : 4)), 1, 2);
    last.rig.hears({ ...ends, trail: 4 } as PacketValue);
    assertEquals([last.log.lost, last.log.ends], [["1-1"], ["loss"]]);
  }

  // 3 is given up while 1 and 5 are waited for: they are recovered together, and 3 comes between them.
  const { rig, hears, hearsParity, log } = bench({ lossPolicy: "reset", nakNcfRetries: 0, nakRdataIvl: seconds(9) });
  hears(groupOf(0, EIGHT).slice(0, 5), 1, 3);
  rig.hears(offer({ sqn: 2, lead: 5 })).hears(offer({ sqn: 3, lead: 5 }));
  for (const sqn of [1, 5]) rig.hears(ncf({ sqn }));
  rig.at(seconds(1));
  hears(groupOf(0, EIGHT).slice(6));
  hearsParity(0, 0, 1, 2);
  assertEquals([log.delivered, log.lost, log.ends], [[0, 1, 2], ["3-3"], ["loss"]]);
  assertEquals([log.repairs.length, rig.endpoint.stats.parityRecovered], [1, 1]);
});
