/**
 * Delay and jitter: exact bounds, uniform draws, every copy on its own.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/base/assert.ts";
import { ExtraDelay } from "../../../netsim/impairments/delay.ts";
import { Duplicate } from "../../../netsim/impairments/duplicate.ts";
import { Fate } from "../../../netsim/impairments/impairment.ts";
import { datagramOf, fateOf, sigmas, SILENT, stream } from "./support.ts";

Deno.test("ExtraDelay: without jitter the delay is exact, adds up, and draws nothing", () => {
  const delay = new ExtraDelay(SILENT, 1_500, 0);
  const fate = fateOf(delay);
  assertEquals(fate.delay, 1_500);
  delay.apply(0, datagramOf(1), fate);
  assertEquals(fate.delay, 3_000);
  assertEquals(fateOf(new ExtraDelay(SILENT, 0, 0)).delay, 0);
  assertEquals([fate.dropped, fate.duplicates, fate.corrupted], [undefined, [], undefined]);
});

Deno.test("ExtraDelay: jitter is a uniform integer of 0 .. jitter", () => {
  const delay = new ExtraDelay(stream("uniform"), 100, 3);
  const counts = new Map<number, number>();
  for (let i = 0; i < 40_000; i++) {
    const value = fateOf(delay).delay;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  assertEquals([...counts.keys()].sort((a, b) => a - b), [100, 101, 102, 103]);
  for (const [value, count] of counts) assert(sigmas(count, 40_000, 0.25) < 4, `${value}: ${count}`);
});

Deno.test("ExtraDelay: a wide jitter has the mean of a uniform draw", () => {
  const jitter = 50_000_000;
  const delay = new ExtraDelay(stream("mean"), 0, jitter);
  let sum = 0;
  for (let i = 0; i < 10_000; i++) sum += fateOf(delay).delay;
  const deviation = jitter / Math.sqrt(12) / Math.sqrt(10_000);
  assert(Math.abs(sum / 10_000 - jitter / 2) < 4 * deviation, `mean ${sum / 10_000}`);
});

Deno.test("ExtraDelay: jitter changes the order of copies that are closer than it", () => {
  const delay = new ExtraDelay(stream("order"), 0, 1_000);
  let overtaken = 0;
  let arrival = -Infinity;
  for (let i = 0; i < 100; i++) {
    const next = i * 100 + fateOf(delay).delay;
    if (next < arrival) overtaken++;
    arrival = next;
  }
  assert(overtaken > 0);
});

Deno.test("ExtraDelay: every copy is delayed, with a jitter of its own", () => {
  const twice = new Duplicate(stream("twice"), 1, 70);
  const fate = fateOf(twice);
  new ExtraDelay(SILENT, 1_000, 0).apply(0, datagramOf(1), fate);
  assertEquals([fate.delay, fate.duplicates], [1_000, [1_070]]);
  const jittered = fateOf(twice);
  new ExtraDelay(stream("jittered"), 0, 1_000_000_000).apply(0, datagramOf(1), jittered);
  assert(jittered.duplicates[0] !== jittered.delay + 70);
});

Deno.test("ExtraDelay: broken durations are refused", () => {
  for (const bad of [-1, 0.5, NaN, Infinity]) {
    assertThrows(() => new ExtraDelay(SILENT, bad, 0), AssertionError, "delay");
    assertThrows(() => new ExtraDelay(SILENT, 0, bad), AssertionError, "jitter");
  }
});

Deno.test("Fate.reset: forgets delay and copies", () => {
  const fate = new Fate();
  new Duplicate(stream("reset"), 1, 70).apply(0, datagramOf(1), fate);
  new ExtraDelay(SILENT, 5, 0).apply(0, datagramOf(1), fate);
  fate.reset();
  assertEquals([fate.delay, fate.duplicates], [0, []]);
});
