/**
 * The receive window as a session shows it: what lies inside, what is discarded, and how losses leave it. The window by
 * itself is in receive_window_test.ts.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { MAX_WINDOW_SQNS, ms, type Receiver, seconds, sqnAdd } from "../../../engine/mod.ts";
import { type Log, missingSix, nextNak, receiverBench } from "../../support/benches.ts";
import { ncf, odata, rdata, type Rig, spm } from "../../support/rig.ts";

const HALF = 0x8000_0000;

/** A receiver whose window is 100 .. 104 with 102 missing, at the end of the sequence space if `base` says so. */
function windowFrom(base: number): { rig: Rig<Receiver>; log: Log; sqn: (offset: number) => number } {
  const { rig, log } = receiverBench();
  const sqn = (offset: number) => sqnAdd(base, offset);
  rig.hears(spm({ sqn: 1, trail: sqn(-1), lead: sqn(-1) })).hears(odata({ sqn: sqn(-1), trail: sqn(-1) }));
  for (const offset of [0, 1, 3, 4]) rig.hears(odata({ sqn: sqn(offset), trail: sqn(0) }));
  return { rig, log, sqn };
}

/** The edges of the one session. */
function edges(rig: Rig<Receiver>): unknown[] {
  const { trail, next, frontier, missing } = rig.endpoint.sessions[0]!;
  return [trail, next, frontier, missing];
}

for (const base of [100, 0xffff_fffe]) {
  Deno.test(`Receiver: inside the window is from RXW_TRAIL on, by circular arithmetic, from ${base} [WIN-012, WIN-013]`, () => {
    const { rig, log, sqn } = windowFrom(base);
    const dropped = () => {
      const { outsideWindow, beyondWindow, dataContradictory, duplicates } = rig.endpoint.stats;
      return [outsideWindow, beyondWindow, dataContradictory, duplicates];
    };
    const before = edges(rig);
    assertEquals(before, [sqn(0), sqn(2), sqn(5), 1]);
    rig.hears(odata({ sqn: sqn(-1), trail: sqn(-1) }));
    assertEquals(dropped(), [1, 0, 0, 0]);
    rig.hears(odata({ sqn: sqn(0), trail: sqn(0) }));
    assertEquals(dropped(), [1, 0, 0, 1]);
    rig.hears(odata({ sqn: sqn(4), trail: sqn(0) }));
    assertEquals(dropped(), [1, 0, 0, 2]);
    rig.hears(odata({ sqn: sqn(HALF), trail: sqn(0) }));
    rig.hears(odata({ sqn: sqn(HALF), trail: sqn(HALF) }));
    rig.hears(odata({ sqn: sqn(2 + HALF), trail: sqn(2 + HALF) }));
    assertEquals(dropped(), [2, 1, 1, 2]);
    assertEquals(edges(rig), before);
    rig.hears(odata({ sqn: sqn(5), trail: sqn(0) })).hears(rdata({ sqn: sqn(2), trail: sqn(0) }));
    assertEquals(edges(rig), [sqn(0), sqn(6), sqn(6), 0]);
    assertEquals(log.delivered, [-1, 0, 1, 2, 3, 4, 5].map(sqn));
  });
}

Deno.test("Receiver: data before the window is discarded and changes nothing [RCV-007]", () => {
  const { rig, log } = receiverBench();
  rig.hears(odata({ sqn: 10, trail: 10 })).hears(odata({ sqn: 11, trail: 11 }));
  rig.hears(odata({ sqn: 10, trail: 9 })).hears(rdata({ sqn: 9, trail: 9 })).hears(odata({ sqn: 10, trail: 11 }));
  assertEquals(log.delivered, [10, 11]);
  assertEquals(edges(rig), [11, 12, 12, 0]);
  const { outsideWindow, dataContradictory } = rig.endpoint.stats;
  assertEquals([outsideWindow, dataContradictory], [2, 1]);
  rig.hears(spm({ sqn: 1, trail: 11, lead: 11 }));
  rig.at(seconds(5)).saysNothing();
});

Deno.test("Receiver: an SPM may tell of a window of 2^31 - 1 packets, not of one more [WIN-006]", () => {
  const heard = (size: number) => {
    const { rig } = receiverBench({ rxwMaxSqns: 8 });
    rig.hears(odata({ sqn: 50, trail: 50 })).hears(spm({ sqn: 1, trail: 50, lead: sqnAdd(50, size - 1) }));
    return edges(rig);
  };
  assertEquals(MAX_WINDOW_SQNS, 2147483647);
  assertEquals(heard(2147483647), [50, 51, 59, 8]);
  assertEquals(heard(2147483648), [50, 51, 51, 0]);
});

Deno.test("Receiver: each cause of cancellation reports the loss once, and asks no more [RCV-060]", () => {
  const withoutNcf = missingSix({ nakNcfRetries: 1 });
  const withoutData = missingSix({ nakDataRetries: 1 });
  const passed = missingSix();
  nextNak(withoutNcf.rig);
  withoutData.rig.at(ms(20)).hears(ncf({ sqn: 6 })).at(ms(20) + seconds(1) + ms(50)).says("NAK 6").hears(ncf({
    sqn: 6,
  }));
  nextNak(passed.rig);
  passed.rig.hears(spm({ sqn: 3, trail: 7, lead: 6 }));
  assertEquals(passed.log.lost, ["6-6"]);
  withoutNcf.rig.at(seconds(1) + ms(200)).says("NAK 6");
  for (const { rig, log } of [withoutNcf, withoutData, passed]) {
    rig.at(seconds(30)).saysNothing();
    assertEquals([log.lost, rig.endpoint.stats.lost], [["6-6"], 1]);
    rig.hears(spm({ sqn: 9, trail: 7, lead: 6 })).hears(odata({ sqn: 7, trail: 7 })).hears(rdata({ sqn: 6, trail: 6 }));
    rig.at(seconds(60)).saysNothing();
    assertEquals(log.lost, ["6-6"]);
    assertEquals(log.delivered, [0, 1, 2, 3, 4, 5, 7]);
  }
});

Deno.test("Receiver: losses side by side are one report, apart they are two", () => {
  const { rig, log } = receiverBench();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 }));
  for (const sqn of [4, 7, 8]) rig.hears(odata({ sqn }));
  rig.hears(spm({ sqn: 2, trail: 8, lead: 8 }));
  assertEquals(log.lost, ["1-3", "5-6"]);
  assertEquals(log.delivered, [0, 4, 7, 8]);
  assertEquals(rig.endpoint.stats.lost, 5);
});

Deno.test("Receiver: the trail may pass what was never heard of: one report, then the stream goes on", () => {
  const { rig, log } = receiverBench();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 0 })).hears(odata({ sqn: 2 }));
  rig.hears(spm({ sqn: 2, trail: 1_000_000, lead: 999_999 }));
  assertEquals(log.delivered, [0, 2]);
  assertEquals(log.lost, ["1-1", "3-999999"]);
  rig.hears(odata({ sqn: 1_000_000, trail: 1_000_000 }));
  assertEquals(log.delivered, [0, 2, 1_000_000]);
  rig.at(seconds(5)).saysNothing();
});
