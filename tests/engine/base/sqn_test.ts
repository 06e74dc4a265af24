/**
 * Circular sequence numbers, against arithmetic on unbounded integers.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { prngFromSeed } from "../../../engine/base/prng.ts";
import {
  MAX_WINDOW_SQNS,
  sqnAdd,
  sqnAtMost,
  sqnBefore,
  sqnDistance,
  sqnMax,
  windowSize,
} from "../../../engine/base/sqn.ts";

const SPACE = 0x1_0000_0000n;
const EDGES = [0, 1, 2, 0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff];

/** The pairs of all edges, and random ones. */
function* pairs(): Generator<[number, number]> {
  for (const x of EDGES) for (const y of EDGES) yield [x, y];
  const random = prngFromSeed(1).fork("sqn");
  for (let i = 0; i < 2000; i++) yield [random.u32(), random.u32()];
}

Deno.test("sqnBefore: x precedes y exactly when 0 < (y - x) mod 2^32 < 2^31 [GEN-024]", () => {
  for (const [x, y] of pairs()) {
    const ahead = (BigInt(y) - BigInt(x) + SPACE) % SPACE;
    const before = ahead > 0n && ahead < SPACE / 2n;
    assertEquals(sqnBefore(x, y), before, `${x} before ${y}`);
    assertEquals(sqnAtMost(x, y), before || x === y, `${x} at most ${y}`);
    assertEquals(sqnMax(x, y), before ? y : x, `newer of ${x} and ${y}`);
  }
  assertEquals([sqnBefore(0xffff_ffff, 0), sqnBefore(0, 0xffff_ffff)], [true, false]);
  assertEquals([sqnBefore(5, 5), sqnAtMost(5, 5)], [false, true]);
  assertEquals([sqnBefore(5, 5 + 0x7fff_ffff), sqnBefore(5, 5 + 0x8000_0000)], [true, false]);
});

Deno.test("sqnAdd, sqnDistance: wrap around in both directions and undo each other", () => {
  assertEquals([sqnAdd(0xffff_ffff, 1), sqnAdd(0, -1), sqnAdd(0xffff_fff0, 0x20)], [0, 0xffff_ffff, 0x10]);
  assertEquals([sqnDistance(0xffff_ffff, 0), sqnDistance(0, 0xffff_ffff), sqnDistance(3, 3)], [1, -1, 0]);
  assertEquals([sqnDistance(0, 0x7fff_ffff), sqnDistance(0, 0x8000_0000)], [0x7fff_ffff, -0x8000_0000]);
  for (const [x, y] of pairs()) assertEquals(sqnAdd(x, sqnDistance(x, y)), y);
});

Deno.test("windowSize: empty, one, the largest window, across the wrap", () => {
  assertEquals([windowSize(10, 9), windowSize(10, 10), windowSize(10, 19)], [0, 1, 10]);
  assertEquals([windowSize(0, 0xffff_ffff), windowSize(0xffff_ffff, 0)], [0, 2]);
  assertEquals(windowSize(0xffff_fff0, sqnAdd(0xffff_fff0, MAX_WINDOW_SQNS - 1)), MAX_WINDOW_SQNS);
  assertEquals(MAX_WINDOW_SQNS, 2 ** 31 - 1);
});
