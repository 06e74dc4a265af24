/**
 * Duplication: how often, and when the copy arrives.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/base/assert.ts";
import { ExtraDelay } from "../../../netsim/impairments/delay.ts";
import { Duplicate } from "../../../netsim/impairments/duplicate.ts";
import { datagramOf, fateOf, sigmas, SILENT, stream } from "./support.ts";

Deno.test("Duplicate: adds one copy to the configured share, exactly the delay later", () => {
  const duplicate = new Duplicate(stream("share"), 0.05, 30);
  let twice = 0;
  for (let i = 0; i < 20_000; i++) {
    const { delay, dropped, duplicates, corrupted } = fateOf(duplicate);
    assertEquals([delay, dropped, corrupted], [0, undefined, undefined]);
    if (duplicates.length > 0) {
      assertEquals(duplicates, [30]);
      twice++;
    }
  }
  assert(sigmas(twice, 20_000, 0.05) < 4, `${twice} twice`);
});

Deno.test("Duplicate: the copy follows a first copy that is delayed already", () => {
  const fate = fateOf(new ExtraDelay(SILENT, 1_000, 0));
  new Duplicate(stream("after"), 1, 30).apply(0, datagramOf(1), fate);
  assertEquals([fate.delay, fate.duplicates], [1_000, [1_030]]);
});

Deno.test("Duplicate: probability 0 draws nothing, 1 doubles all; a delay of 0 is allowed", () => {
  assertEquals(fateOf(new Duplicate(SILENT, 0, 30)).duplicates, []);
  const always = new Duplicate(stream("all"), 1, 0);
  for (let i = 0; i < 100; i++) assertEquals(fateOf(always).duplicates, [0]);
});

Deno.test("Duplicate: broken delays are refused", () => {
  for (const bad of [-1, 0.5, NaN, Infinity]) {
    assertThrows(() => new Duplicate(SILENT, 0.5, bad), AssertionError, "delay");
  }
});
