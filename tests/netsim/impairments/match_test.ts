/**
 * Exact losses, and the limits of an impairment in kind and in time.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/base/assert.ts";
import type { Datagram } from "../../../engine/base/datagram.ts";
import { NEVER } from "../../../engine/base/time.ts";
import { ExtraDelay } from "../../../netsim/impairments/delay.ts";
import { MatchedLoss, Scheduled, When } from "../../../netsim/impairments/match.ts";
import { datagramOf, fateOf, SILENT } from "./support.ts";

const isSeven = (datagram: Datagram) => datagram.bytes[0] === 7;

Deno.test("MatchedLoss: drops the matching datagrams number first .. first + count - 1 and no other", () => {
  const sequence = [7, 1, 7, 7, 2, 7, 7];
  assertEquals(dropped(new MatchedLoss(isSeven, 1, 1, "why"), sequence), [0]);
  assertEquals(dropped(new MatchedLoss(isSeven, 2, 1, "why"), sequence), [2]);
  assertEquals(dropped(new MatchedLoss(isSeven, 2, 3, "why"), sequence), [2, 3, 5]);
  assertEquals(dropped(new MatchedLoss(isSeven, 5, 9, "why"), sequence), [6]);
  assertEquals(dropped(new MatchedLoss(isSeven, 6, 9, "why"), sequence), []);
  assertEquals(dropped(new MatchedLoss(isSeven, 1, 0, "why"), sequence), []);
  assertEquals(dropped(new MatchedLoss(isSeven, 3, 0, "why"), sequence), []);
});

Deno.test("MatchedLoss: count may be Infinity", () => {
  const rule = new MatchedLoss(isSeven, 2, Infinity, "why");
  assertEquals(dropped(rule, new Array<number>(100).fill(7)), Array.from({ length: 99 }, (_, i) => i + 1));
});

Deno.test("MatchedLoss: the reason is the one given", () => {
  assertEquals(fateOf(new MatchedLoss(isSeven, 1, 1, "RDATA 7"), datagramOf(7)).dropped, "RDATA 7");
  assertEquals(fateOf(new MatchedLoss(isSeven, 1, 1, "RDATA 7"), datagramOf(8)).dropped, undefined);
});

Deno.test("MatchedLoss: first below 1, negative and broken counts are refused", () => {
  for (const [first, count] of [[0, 1], [-1, 1], [1.5, 1], [NaN, 1], [Infinity, 1], [1, -1], [1, 0.5], [1, NaN]]) {
    assertThrows(() => new MatchedLoss(isSeven, first!, count!, "why"), AssertionError);
  }
});

Deno.test("When: the impairment sees the matching datagrams only", () => {
  const rule = new When(isSeven, new MatchedLoss(() => true, 2, 1, "why"));
  assertEquals(dropped(rule, [1, 1, 7, 1, 7, 7]), [4]);
});

Deno.test("Scheduled: acts from `from` on and before `until`", () => {
  const delayAt = (from: number, until: number, now: number) =>
    fateOf(new Scheduled(from, until, new ExtraDelay(SILENT, 5, 0)), datagramOf(1), now).delay;
  assertEquals([99, 100, 199, 200].map((now) => delayAt(100, 200, now)), [0, 5, 5, 0]);
  assertEquals([0, 1e15].map((now) => delayAt(0, NEVER, now)), [5, 5]);
  assertEquals(delayAt(100, 100, 100), 0);
  assertThrows(() => delayAt(101, 100, 0), AssertionError, "must not be after");
});

Deno.test("Scheduled: the impairment does not see what comes by outside its time", () => {
  const rule = new Scheduled(10, 20, new MatchedLoss(() => true, 2, 1, "why"));
  const fates = [8, 9, 10, 11, 12].map((now) => fateOf(rule, datagramOf(1), now).dropped !== undefined);
  assertEquals(fates, [false, false, false, true, false]);
});

/** The indexes of the datagrams that are dropped, each datagram being one octet. */
function dropped(rule: MatchedLoss | When, octets: readonly number[]): number[] {
  return octets.flatMap((octet, i) => fateOf(rule, datagramOf(octet)).dropped === undefined ? [] : [i]);
}
