/**
 * Seeded randomness: the same draws for ever, streams that do not touch each other, exact bounds.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/base/assert.ts";
import { chanceThreshold, type Prng, prngFromSeed } from "../../../engine/base/prng.ts";

function draws(random: Prng, count: number): number[] {
  return Array.from({ length: count }, () => random.u32());
}

Deno.test("prngFromSeed: the first draws, as a second implementation makes them", () => {
  assertEquals(draws(prngFromSeed(0), 5), [0x3b4a_5cb6, 0xa9db_595e, 0xcb96_9665, 0x653d_b471, 0xbc67_df99]);
  assertEquals(draws(prngFromSeed(1), 5), [0x0167_95f0, 0xa491_7240, 0xf2b0_5413, 0x29a5_35e8, 0x566f_1a52]);
  const last = prngFromSeed(2 ** 53 - 1);
  assertEquals(draws(last, 5), [0x0d57_9f37, 0x4c2a_d1be, 0xe348_1a09, 0x8b42_cfb9, 0x2893_39bd]);
});

Deno.test("Prng.fork: the first draws of forks, as a second implementation makes them", () => {
  const node = prngFromSeed(1).fork("node");
  assertEquals(draws(node, 5), [0x8e4a_da2d, 0x578b_ab98, 0x0432_bb7e, 0xa642_a886, 0xe5e5_1fd9]);
  assertEquals(draws(prngFromSeed(1).fork("node").fork("loss"), 3), [0x403a_f7f9, 0x9592_7e82, 0x856b_9415]);
});

Deno.test("Prng.fork: depends on the names alone, not on draws or other forks", () => {
  const expected = draws(prngFromSeed(7).fork("a"), 100);
  const root = prngFromSeed(7);
  draws(root, 13);
  root.fork("b").u32();
  assertEquals(draws(root.fork("a"), 100), expected);
  assertEquals(draws(root.fork("a"), 100), expected);
});

Deno.test("Prng.fork: drawing from a fork does not move its parent", () => {
  const expected = draws(prngFromSeed(7), 20);
  const root = prngFromSeed(7);
  const first = draws(root, 10);
  draws(root.fork("a"), 50);
  assertEquals([...first, ...draws(root, 10)], expected);
});

Deno.test("Prng.fork: different names, paths and seeds give different streams", () => {
  const root = prngFromSeed(7);
  const streams = [
    root,
    root.fork(""),
    root.fork("a"),
    root.fork("b"),
    root.fork("ab"),
    root.fork("ba"),
    root.fork("a").fork("b"),
    root.fork("b").fork("a"),
    prngFromSeed(8).fork("a"),
    prngFromSeed(7 + 2 ** 32).fork("a"),
  ];
  assertEquals(new Set(streams.map((random) => draws(random, 4).join())).size, streams.length);
});

Deno.test("Prng.below: stays below its bound and reaches both ends, also above 2^32", () => {
  const random = prngFromSeed(1);
  for (const bound of [1, 2, 3, 10, 256]) {
    const seen = new Set(Array.from({ length: 200 * bound }, () => random.below(bound)));
    assertEquals(seen.size, bound);
    for (const draw of seen) assert(Number.isInteger(draw) && draw >= 0 && draw < bound);
  }
  for (const bound of [0x1_0000_0000, 0x1_0000_0001, 2 ** 53 - 1]) {
    const sample = Array.from({ length: 1000 }, () => random.below(bound));
    assert(sample.every((draw) => Number.isSafeInteger(draw) && draw >= 0 && draw < bound));
    assert(Math.max(...sample) > 0.99 * bound && Math.min(...sample) < 0.01 * bound, `${bound}`);
  }
});

Deno.test("Prng.below: uniform", () => {
  const random = prngFromSeed(1);
  const counts = new Array<number>(6).fill(0);
  for (let i = 0; i < 60_000; i++) counts[random.below(6)]!++;
  // Five standard deviations of a fair die.
  for (const count of counts) assert(Math.abs(count - 10_000) < 460, `${counts}`);
});

Deno.test("Prng.chance: never, always, and in between", () => {
  const random = prngFromSeed(1);
  const share = (probability: number) => {
    const threshold = chanceThreshold(probability);
    let hits = 0;
    for (let i = 0; i < 20_000; i++) if (random.chance(threshold)) hits++;
    return hits / 20_000;
  };
  assertEquals([share(0), share(1)], [0, 1]);
  assert(Math.abs(share(0.25) - 0.25) < 0.016);
  assertNotEquals(chanceThreshold(1e-9), 0);
});

Deno.test("prngFromSeed, below, chanceThreshold: arguments out of range", () => {
  for (const seed of [-1, 0.5, 2 ** 53, NaN]) assertThrows(() => prngFromSeed(seed), AssertionError, "seed");
  for (const bound of [0, -1, 1.5, 2 ** 53]) {
    assertThrows(() => prngFromSeed(1).below(bound), AssertionError, "bound");
  }
  for (const probability of [-0.01, 1.01, NaN]) {
    assertThrows(() => chanceThreshold(probability), AssertionError, "must be in 0 .. 1");
  }
});
