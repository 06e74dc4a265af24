/**
 * Corruption: how many bits, where, and that the original never changes.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Datagram } from "../../../engine/base/datagram.ts";
import { Corrupt } from "../../../netsim/impairments/corrupt.ts";
import { datagramOf, fateOf, sigmas, SILENT, stream } from "./support.ts";

Deno.test("Corrupt: flips one, two or three bits, each number equally often", () => {
  const corrupt = new Corrupt(stream("flips"), 1);
  const original = datagramOf(0x00, 0xff, 0x55, 0xaa, 0x12, 0x34);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 9_000; i++) {
    const flips = flippedBits(original.bytes, fateOf(corrupt, original).corrupted!.bytes).length;
    counts[flips] = counts[flips]! + 1;
  }
  assertEquals(counts[0], 0);
  for (const flips of [1, 2, 3]) assert(sigmas(counts[flips]!, 9_000, 1 / 3) < 4, `${flips}: ${counts[flips]}`);
  assertEquals(counts.reduce((sum, count) => sum + count), 9_000);
});

Deno.test("Corrupt: every bit is hit equally often, those of one datagram in one word", () => {
  const corrupt = new Corrupt(stream("where"), 1);
  const original = datagramOf(0, 0xff, 7, 9, 11, 13);
  const hits = new Array<number>(48).fill(0);
  for (let i = 0; i < 20_000; i++) {
    const bits = flippedBits(original.bytes, fateOf(corrupt, original).corrupted!.bytes);
    for (const bit of bits) hits[bit] = hits[bit]! + 1;
    assertEquals(new Set(bits.map((bit) => bit >> 4)).size, 1);
  }
  // Two flips on average.
  for (const [bit, count] of hits.entries()) assert(sigmas(count, 20_000, 2 / 48) < 4, `bit ${bit}: ${count}`);
});

Deno.test("Corrupt: the copy is new in octets and memo, equal in all else; the original is as it was", () => {
  const corrupt = new Corrupt(stream("copy"), 1);
  const original = datagramOf(1, 2, 3, 4);
  original.memo.hash = 99;
  for (let i = 0; i < 100; i++) {
    const copy = fateOf(corrupt, original).corrupted!;
    assertEquals(original.bytes, Uint8Array.of(1, 2, 3, 4));
    assert(copy.bytes.buffer !== original.bytes.buffer);
    assertEquals([copy.source, copy.destination], [original.source, original.destination]);
    assertEquals([copy.ttl, copy.routerAlert, copy.bytes.length], [16, true, 4]);
    assert(copy.memo !== original.memo);
    assertEquals([copy.memo.hash, original.memo.hash], [-1, 99]);
  }
});

Deno.test("Corrupt: a damaged copy is left alone, also a hop further: two bursts might cancel in a checksum", () => {
  const corrupt = new Corrupt(stream("once"), 1);
  const damaged = fateOf(corrupt, datagramOf(1, 2, 3, 4)).corrupted!;
  assertEquals([damaged.memo.damaged, datagramOf(1, 2, 3, 4).memo.damaged], [true, false]);
  for (const copy of [damaged, damaged.nextHop()]) assertStrictEquals(fateOf(corrupt, copy).corrupted, undefined);
});

Deno.test("Corrupt: a view into a longer buffer leaves the rest of the buffer alone", () => {
  const buffer = Uint8Array.of(9, 9, 1, 9, 9);
  const { source, destination, ttl, routerAlert } = datagramOf();
  const original = new Datagram({ source, destination, ttl, routerAlert, bytes: buffer.subarray(2, 3) });
  for (let i = 0; i < 50; i++) {
    const copy = fateOf(new Corrupt(stream(`view ${i}`), 1), original).corrupted!;
    assertEquals(copy.bytes.buffer.byteLength, 1);
  }
  assertEquals(buffer, Uint8Array.of(9, 9, 1, 9, 9));
});

Deno.test("Corrupt: one octet can take three flips", () => {
  const corrupt = new Corrupt(stream("one octet"), 1);
  const flips = new Set<number>();
  for (let i = 0; i < 100; i++) {
    flips.add(flippedBits(Uint8Array.of(0x5a), fateOf(corrupt, datagramOf(0x5a)).corrupted!.bytes).length);
  }
  assertEquals([...flips].sort((a, b) => a - b), [1, 2, 3]);
});

Deno.test("Corrupt: the configured share is corrupted and nothing else happens to any", () => {
  const corrupt = new Corrupt(stream("share"), 0.1);
  const original = datagramOf(1, 2, 3);
  let corrupted = 0;
  for (let i = 0; i < 20_000; i++) {
    const fate = fateOf(corrupt, original);
    assertEquals([fate.delay, fate.dropped, fate.duplicates.length], [0, undefined, 0]);
    if (fate.corrupted !== undefined) corrupted++;
  }
  assert(sigmas(corrupted, 20_000, 0.1) < 4, `${corrupted} corrupted`);
});

Deno.test("Corrupt: probability 0 and empty datagrams draw nothing and stay", () => {
  assertStrictEquals(fateOf(new Corrupt(SILENT, 0)).corrupted, undefined);
  assertStrictEquals(fateOf(new Corrupt(SILENT, 1), datagramOf()).corrupted, undefined);
});

/** The positions of the bits in which the two differ. */
function flippedBits(a: Uint8Array, b: Uint8Array): number[] {
  const bits: number[] = [];
  for (let i = 0; i < a.length * 8; i++) if ((((a[i >>> 3]! ^ b[i >>> 3]!) >>> (i & 7)) & 1) !== 0) bits.push(i);
  return bits;
}
