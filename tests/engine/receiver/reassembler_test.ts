/**
 * Putting fragments together: what completes an APDU, and what breaks it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { ReceiveBudget } from "../../../engine/receiver/receive_budget.ts";
import { Reassembler } from "../../../engine/receiver/reassembler.ts";

const APDU = Uint8Array.from({ length: 10 }, (_, i) => i + 1);

/** A reassembler with room for a million octets. */
function reassemblerOf(maxApdu: number): Reassembler {
  return new Reassembler(maxApdu, new ReceiveBudget(1_000_000, 0));
}

/** Adds the octets `from .. to` of an APDU of ten octets that begins at `firstSqn`. */
function add(reassembler: Reassembler, sqn: number, firstSqn: number, [from, to]: [number, number]): unknown {
  const result = reassembler.add(sqn, { firstSqn, offset: from, apduLength: 10 }, APDU.subarray(from, to));
  return result instanceof Uint8Array ? [...result] : result;
}

Deno.test("Reassembler: fragments of any size in order are the APDU, in octets of its own", () => {
  for (const cuts of [[0, 10], [0, 9, 10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0, 4, 7, 10]]) {
    const reassembler = reassemblerOf(100);
    const results = cuts.slice(1).map((to, i) => add(reassembler, 50 + i, 50, [cuts[i]!, to]));
    assertEquals(results, [...results.slice(1).map(() => "more"), [...APDU]]);
    assertEquals([reassembler.partial, reassembler.broken], [undefined, false]);
  }
});

Deno.test("Reassembler: the numbers of an APDU may wrap", () => {
  const reassembler = reassemblerOf(100);
  assertEquals(add(reassembler, 0xffff_ffff, 0xffff_ffff, [0, 5]), "more");
  assertEquals(reassembler.partial, 0xffff_ffff);
  assertEquals(add(reassembler, 0, 0xffff_ffff, [5, 10]), [...APDU]);
});

Deno.test("Reassembler: what does not continue the APDU breaks it, to its last fragment", () => {
  const breaks: [number, number, [number, number]][] = [[51, 50, [5, 8]], [51, 49, [4, 8]]];
  for (const [sqn, firstSqn, range] of breaks) {
    const reassembler = reassemblerOf(100);
    assertEquals(add(reassembler, 50, 50, [0, 4]), "more");
    assertEquals(add(reassembler, sqn, firstSqn, range), "contradiction");
    assertEquals([reassembler.partial, reassembler.broken], [undefined, true]);
    assertEquals(add(reassembler, 52, 50, [8, 9]), "lost");
    assertEquals(reassembler.broken, true);
    assertEquals(add(reassembler, 53, 50, [9, 10]), "lost");
    assertEquals(reassembler.broken, false);
    assertEquals(add(reassembler, 54, 54, [0, 10]), [...APDU]);
  }
});

Deno.test("Reassembler: another length for the same APDU breaks it", () => {
  const reassembler = reassemblerOf(100);
  add(reassembler, 50, 50, [0, 4]);
  assertEquals(reassembler.add(51, { firstSqn: 50, offset: 4, apduLength: 11 }, APDU.subarray(4, 10)), "contradiction");
  assertEquals(reassembler.broken, true);
});

Deno.test("Reassembler: a stream that begins within an APDU has lost it", () => {
  const reassembler = reassemblerOf(100);
  assertEquals(add(reassembler, 51, 50, [4, 8]), "lost");
  assertEquals([reassembler.partial, reassembler.broken], [undefined, true]);
  assertEquals(add(reassembler, 52, 50, [8, 10]), "lost");
  assertEquals(reassembler.broken, false);
});

Deno.test("Reassembler: a lost number breaks an APDU that has begun, and only that", () => {
  const reassembler = reassemblerOf(100);
  reassembler.break();
  assertEquals(reassembler.broken, false);
  add(reassembler, 50, 50, [0, 4]);
  reassembler.break();
  assertEquals([reassembler.partial, reassembler.broken], [undefined, true]);
  assertEquals(add(reassembler, 52, 50, [8, 10]), "lost");
  assertEquals(reassembler.broken, false);
});

Deno.test("Reassembler: an APDU that begins, or data that is not fragmented, ends the one before", () => {
  const reassembler = reassemblerOf(100);
  add(reassembler, 50, 50, [0, 4]);
  assertEquals(add(reassembler, 51, 51, [0, 6]), "more");
  assertEquals(reassembler.partial, 51);
  assertEquals(add(reassembler, 52, 51, [6, 10]), [...APDU]);
  add(reassembler, 53, 53, [0, 4]);
  reassembler.end();
  assertEquals([reassembler.partial, reassembler.broken], [undefined, false]);
});

Deno.test("Reassembler: the largest APDU that is taken, and the first that is not", () => {
  assertEquals(add(reassemblerOf(10), 50, 50, [0, 10]), [...APDU]);
  const small = reassemblerOf(9);
  assertEquals(add(small, 50, 50, [0, 4]), "too-long");
  assertEquals([small.partial, small.broken], [undefined, true]);
  assertEquals(add(small, 51, 50, [4, 10]), "lost");
  assertEquals(small.broken, false);
});

Deno.test("Reassembler: fragments take from the budget while they wait, and give it back in every way", () => {
  const budget = new ReceiveBudget(10, 0);
  const reassembler = new Reassembler(100, budget);
  assertEquals([add(reassembler, 50, 50, [0, 4]), budget.bytes, reassembler.bytes], ["more", 0, 10]);
  assertEquals([add(reassembler, 51, 50, [4, 8]), budget.bytes, reassembler.parts], ["more", 0, 2]);
  assertEquals([add(reassembler, 52, 50, [8, 10]), budget.bytes, reassembler.bytes], [[...APDU], 10, 0]);
  add(reassembler, 54, 54, [0, 4]);
  reassembler.break();
  assertEquals([budget.bytes, reassembler.parts], [10, 0]);
  add(reassembler, 60, 60, [0, 4]);
  reassembler.end();
  assertEquals(budget.bytes, 10);
  add(reassembler, 70, 70, [0, 4]);
  assertEquals([add(reassembler, 71, 70, [5, 8]), budget.bytes], ["contradiction", 10]);
});

Deno.test("Reassembler: the last budget that an APDU fits in, and the first that it does not", () => {
  const tight = new ReceiveBudget(9, 0);
  const reassembler = new Reassembler(100, tight);
  assertEquals([add(reassembler, 50, 50, [0, 4]), tight.bytes], ["no-room", 9]);
  assertEquals([add(reassembler, 51, 50, [4, 10]), reassembler.broken], ["lost", false]);
  tight.bytes = 10;
  assertEquals([add(reassembler, 52, 52, [0, 10]), tight.bytes], [[...APDU], 10]);
});

Deno.test("Reassembler: what a fragment of one octet costs is what is kept of it, however large its APDU", () => {
  const budget = new ReceiveBudget(1_000_000, 0);
  const reassembler = new Reassembler(1_000_000, budget);
  for (let i = 0; i < 100_000; i++) {
    const fate = reassembler.add(i, { firstSqn: 0, offset: i, apduLength: 1_000_000 }, Uint8Array.of(i));
    if (fate !== "more") throw new Error(`${i}: ${fate}`);
    assert(reassembler.bytes >= i + 1 && reassembler.bytes <= Math.max(8_192, 2 * (i + 1)), `${reassembler.bytes}`);
    assertEquals(budget.bytes, 1_000_000 - reassembler.bytes);
  }
});
