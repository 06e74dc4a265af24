/**
 * The erasure code: the octets of deployed stacks, every pattern of loss, and what callers may not do.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError, MAX_FEC_BLOCK, type Prng, prngFromSeed, ReedSolomon } from "../../../engine/mod.ts";
import { FEC_VECTORS } from "../../golden/fec_vectors.ts";
import { hex, octets } from "../../support/packets.ts";
import { plainGenerator } from "../../support/vandermonde.ts";

/** A group with its parity: packet i is data below k, parity i - k from there on. */
interface Block {
  readonly code: ReedSolomon;
  readonly packets: readonly Uint8Array[];
}

function randomPackets(random: Prng, count: number, length: number): Uint8Array[] {
  return Array.from({ length: count }, () => Uint8Array.from({ length }, () => random.below(256)));
}

function encoded(code: ReedSolomon, data: readonly Uint8Array[], first: number, count: number): Uint8Array[] {
  const parity = Array.from({ length: count }, () => new Uint8Array(data[0]!.length).fill(0xee));
  code.encode(data, first, parity);
  return parity;
}

function block(random: Prng, k: number, h: number, length: number): Block {
  const code = new ReedSolomon(k);
  const data = randomPackets(random, k, length);
  return { code, packets: [...data, ...encoded(code, data, 0, h)] };
}

/** The data packets that decoding gives for those that are not among `arrived`, which names packets by number. */
function decoded({ code, packets }: Block, arrived: readonly number[]): Uint8Array[] {
  const { k } = code;
  const has = new Set(arrived);
  const data = packets.slice(0, k).map((packet, i) => has.has(i) ? packet : undefined);
  const indexes = arrived.filter((i) => i >= k).map((i) => i - k);
  const length = packets[0]!.length;
  const recovered = data.filter((packet) => packet === undefined).map(() => new Uint8Array(length).fill(0xee));
  code.decode(data, indexes.map((index) => packets[k + index]!), indexes, recovered);
  return recovered;
}

function recovers(whole: Block, arrived: readonly number[]): void {
  const has = new Set(arrived);
  const missing = whole.packets.slice(0, whole.code.k).filter((_, i) => !has.has(i));
  const recovered = decoded(whole, arrived);
  // Comparing text is much faster than comparing arrays, and there are many.
  assertEquals(recovered.join(), missing.join(), `k ${whole.code.k} arrived ${arrived}`);
}

/** All ways to choose `count` of the numbers below `bound`. */
function* choices(bound: number, count: number, from = 0): Generator<number[]> {
  if (count === 0) yield [];
  else {for (let i = from; i <= bound - count; i++) {
      for (const rest of choices(bound, count - 1, i + 1)) yield [i, ...rest];
    }}
}

/** `count` different numbers below `bound`, in a random order. */
function draw(random: Prng, bound: number, count: number): number[] {
  const numbers = Array.from({ length: bound }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const other = i + random.below(bound - i);
    [numbers[i], numbers[other]] = [numbers[other]!, numbers[i]!];
  }
  return numbers.slice(0, count);
}

Deno.test("ReedSolomon.encode: the parity of deployed stacks, octet by octet [FEC-002]", () => {
  for (const { k, parity, last } of FEC_VECTORS) {
    const code = new ReedSolomon(k);
    const data = Array.from(
      { length: k },
      (_, i) => Uint8Array.from({ length: 32 }, (_, j) => i * 29 + j * 7 + (j >> 4) * 3 + 1),
    );
    assertEquals(encoded(code, data, 0, parity.length).map(hex), parity.map(([, octets]) => octets));
    for (const [index, [, octets]] of parity.entries()) assertEquals(encoded(code, data, index, 1).map(hex), [octets]);
    assertEquals(encoded(code, data, last[0], 1).map(hex), [last[1]]);
    // Data that is 1 in one packet and 0 elsewhere shows the factors.
    const unit = data.map((_, i) => Uint8Array.from(data, (_, j) => Number(i === j)));
    assertEquals(encoded(code, unit, 0, parity.length).map(hex), parity.map(([row]) => row));
  }
  // RFC 3208 has no example; this one is small enough to check by hand.
  assertEquals(
    encoded(new ReedSolomon(4), ["01", "02", "03", "04"].map(octets), 0, 4).map(hex).join(" "),
    "87 2e 1a bf",
  );
});

Deno.test("ReedSolomon.encode: a parity index beyond 254 - k is refused [FEC-002]", () => {
  for (const k of [1, 2, 100, 253, 254]) {
    const code = new ReedSolomon(k);
    assertEquals(code.maxParity, MAX_FEC_BLOCK - k);
    const data = randomPackets(prngFromSeed(1), k, 3);
    encoded(code, data, code.maxParity - 1, 1);
    encoded(code, data, 0, code.maxParity);
    refuses(() => encoded(code, data, code.maxParity, 1), "a parity index is below 255 - k");
    refuses(() => encoded(code, data, code.maxParity - 1, 2), "a parity index is below 255 - k");
    refuses(() => encoded(code, data, -1, 1), "a parity index is an integer of at least 0");
    refuses(() => encoded(code, data, 0.5, 1), "a parity index is an integer of at least 0");
    const holes = [undefined, ...data.slice(1)];
    for (const index of [code.maxParity, -1, 0.5]) {
      refuses(() => code.decode(holes, [data[0]!], [index], [new Uint8Array(3)]), "a parity index is below 255 - k");
    }
  }
});

Deno.test("ReedSolomon.encode: the factors of a systematic Vandermonde matrix", () => {
  for (const k of [1, 2, 3, 5, 16, 31, 100, 223]) {
    const unit = Array.from({ length: k }, (_, i) => Uint8Array.from({ length: k }, (_, j) => Number(i === j)));
    const code = new ReedSolomon(k);
    const n = k + 32;
    assertEquals(encoded(code, unit, 0, n - k).map(hex), plainGenerator(k, n).map(hex), `k ${k}`);
  }
});

Deno.test("ReedSolomon.decode: every choice of k packets of small blocks gives the data [FEC-001]", () => {
  const random = prngFromSeed(2);
  for (const [k, n] of [[1, 6], [2, 7], [3, 8], [4, 8], [5, 10], [8, 12], [10, 12]] as const) {
    const whole = block(random, k, n - k, 5);
    for (const arrived of choices(n, k)) recovers(whole, arrived);
  }
});

Deno.test("ReedSolomon.decode: what was encoded, for every k and of every size of block, with random losses [FEC-001]", () => {
  const random = prngFromSeed(3);
  for (let k = 1; k < MAX_FEC_BLOCK; k++) {
    const whole = block(random, k, MAX_FEC_BLOCK - k, 2);
    // Parity does not depend on n, which only bounds what can be drawn: every eighth for each k is every n for many.
    for (let n = k + 1; n <= MAX_FEC_BLOCK; n += 8) recovers(whole, draw(random, n, k));
    recovers(whole, draw(random, MAX_FEC_BLOCK, k));
    // The last k packets: as much parity as there can be.
    recovers(whole, Array.from({ length: k }, (_, i) => MAX_FEC_BLOCK - k + i));
  }
});

Deno.test("ReedSolomon.decode: packets of any length, at any offset in memory", () => {
  const random = prngFromSeed(4);
  for (const length of [0, 1, 2, 15, 16, 17, 31, 32, 33, 1400, 1499, 9000, 65_535]) {
    const { code, packets } = block(random, 6, 3, length);
    const shifted = packets.map((packet, i) => {
      const memory = new Uint8Array(length + i + 4).fill(0x55);
      memory.set(packet, i + 1);
      return memory.subarray(i + 1, i + 1 + length);
    });
    recovers({ code, packets: shifted }, [8, 1, 2, 6, 4, 7]);
  }
});

Deno.test("ReedSolomon.decode: writes nothing but the buffers it is given", () => {
  const random = prngFromSeed(5);
  const { code, packets } = block(random, 5, 2, 21);
  const before = packets.map(hex);
  const memory = new Uint8Array(60).fill(0x55);
  code.decode([undefined, ...packets.slice(1, 5)], packets.slice(5), [0, 1], [memory.subarray(7, 28)]);
  assertEquals(hex(memory), `${"55".repeat(7)}${before[0]}${"55".repeat(32)}`);
  assertEquals(packets.map(hex), before);
});

Deno.test("ReedSolomon.decode: uses the first parity packets, and none when nothing is missing", () => {
  const { code, packets } = block(prngFromSeed(6), 4, 3, 9);
  const [a, b, c, d, e, , g] = packets as [Uint8Array, ...Uint8Array[]];
  const recovered = [new Uint8Array(9)];
  const garbage = new Uint8Array(9).fill(1);
  code.decode([a, b!, undefined, d!], [g!, e!, garbage], [2, 0, 1], recovered);
  assertEquals(recovered, [c!]);
  code.decode([a, b!, c!, d!], [garbage], [0], []);
});

Deno.test("ReedSolomon: a code serves one group after the other, encoding and decoding in turn", () => {
  const random = prngFromSeed(9);
  const { code } = block(random, 6, 4, 8);
  for (let round = 0; round < 20; round++) {
    const data = randomPackets(random, 6, 8 + round % 3);
    const packets = [...data, ...encoded(code, data, 0, 4)];
    const fresh = new ReedSolomon(6);
    assertEquals(packets.slice(6), encoded(fresh, data, 0, 4));
    recovers({ code, packets }, draw(random, 10, 6));
  }
});

Deno.test("ReedSolomon.decode: garbage decodes to garbage, in the missing packets only, and without a throw", () => {
  const random = prngFromSeed(7);
  for (let round = 0; round < 300; round++) {
    const k = 1 + random.below(20);
    const whole = block(random, k, k, 1 + random.below(20));
    const arrived = draw(random, 2 * k, k);
    if (arrived.every((i) => i < k)) continue;
    const wrong = arrived[random.below(k)]!;
    const packets = whole.packets.map((packet, i) => i === wrong ? packet.map((octet) => octet ^ 0x80) : packet);
    const [right, got] = [decoded(whole, arrived), decoded({ ...whole, packets }, arrived)];
    // Each factor differs from 0: one wrong packet spoils every octet that is recovered. The code cannot tell.
    for (const [i, packet] of got.entries()) assert(packet.every((octet, j) => octet !== right[i]![j]));
  }
});

Deno.test("ReedSolomon: mistakes of the caller assert", () => {
  for (const k of [0, -1, 1.5, 255, 256, NaN, Infinity]) refuses(() => new ReedSolomon(k), "1 to 254 data packets");
  const { code, packets } = block(prngFromSeed(8), 3, 2, 4);
  const [a, b, c, d, e] = packets as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const out = () => new Uint8Array(4);
  const short = new Uint8Array(3);
  refuses(() => code.encode([a, b], 0, [out()]), "a group has k data packets");
  refuses(() => code.encode([a, b, c, d], 0, [out()]), "a group has k data packets");
  refuses(() => code.encode([a, b, short], 0, [out()]), "one length");
  refuses(() => code.encode([a, b, c], 0, [out(), short]), "one length");
  refuses(() => code.decode([a, b], [d], [0], [out()]), "a group has k data packets");
  refuses(() => code.decode([a, b, undefined], [d, e], [0], [out()]), "each parity packet has an index");
  refuses(() => code.decode([a, undefined, undefined], [d], [0], [out()]), "as many parity packets are needed");
  refuses(() => code.decode([a, b, undefined], [], [], [out()]), "as many parity packets are needed");
  refuses(() => code.decode([a, undefined, undefined], [d, e], [0, 1], [out()]), "each missing packet has a buffer");
  refuses(() => code.decode([a, b, undefined], [d, e], [0, 1], [out(), out()]), "each missing packet has a buffer");
  refuses(() => code.decode([a, undefined, undefined], [d, d], [1, 1], [out(), out()]), "differ from each other");
  refuses(() => code.decode([a, short, undefined], [d], [0], [out()]), "one length");
  refuses(() => code.decode([a, b, undefined], [short], [0], [out()]), "one length");
  refuses(() => code.decode([a, undefined, undefined], [d, e], [0, 1], [out(), short]), "one length");
  // A code that refused is as good as new.
  recovers({ code, packets }, [1, 3, 4]);
});

function refuses(run: () => void, message: string): void {
  assertThrows(run, AssertionError, message);
}
