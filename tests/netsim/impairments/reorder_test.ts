/**
 * Reordering: how often, by how much, and that later copies really overtake.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/base/assert.ts";
import { Duplicate } from "../../../netsim/impairments/duplicate.ts";
import { Reorder } from "../../../netsim/impairments/reorder.ts";
import { datagramOf, fateOf, sigmas, SILENT, stream } from "./support.ts";

Deno.test("Reorder: holds back the configured share by exactly the delay", () => {
  const reorder = new Reorder(stream("share"), 0.1, 250);
  let held = 0;
  for (let i = 0; i < 20_000; i++) {
    const { delay, dropped, duplicates, corrupted } = fateOf(reorder);
    assert(delay === 0 || delay === 250, `delay ${delay}`);
    assertEquals([dropped, duplicates.length, corrupted], [undefined, 0, undefined]);
    if (delay === 250) held++;
  }
  assert(sigmas(held, 20_000, 0.1) < 4, `${held} held back`);
});

Deno.test("Reorder: what follows within the delay overtakes what is held back, nothing else does", () => {
  const reorder = new Reorder(stream("order"), 0.2, 250);
  const arrivals = Array.from({ length: 200 }, (_, i) => ({ i, held: false, at: i * 100 }));
  for (const arrival of arrivals) {
    arrival.held = fateOf(reorder).delay > 0;
    if (arrival.held) arrival.at += 250;
  }
  for (const { i, held, at } of arrivals) {
    const overtakers = arrivals.filter((other) => other.i > i && other.at < at);
    const expected = held ? arrivals.filter((other) => other.i > i && other.i <= i + 2 && !other.held) : [];
    assertEquals(overtakers, expected);
  }
});

Deno.test("Reorder: probability 0 draws nothing, 1 holds all back; each copy on its own", () => {
  assertEquals(fateOf(new Reorder(SILENT, 0, 250)).delay, 0);
  assertEquals(fateOf(new Reorder(stream("all"), 1, 250)).delay, 250);
  const held = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const fate = fateOf(new Duplicate(stream("copies"), 1, 10));
    new Reorder(stream(`copies ${i}`), 0.5, 250).apply(0, datagramOf(1), fate);
    held.add(`${fate.delay} ${fate.duplicates}`);
  }
  assertEquals([...held].sort((a, b) => (a < b ? -1 : 1)), ["0 10", "0 260", "250 10", "250 260"]);
});

Deno.test("Reorder: broken delays are refused", () => {
  for (const bad of [-1, 0.5, NaN, Infinity]) {
    assertThrows(() => new Reorder(SILENT, 0.5, bad), AssertionError, "delay");
  }
});
