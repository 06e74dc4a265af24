/**
 * Seeded randomness that is forked by name, never by draw order: adding a node to a network does not move the
 * draws of any other node. The generator is xoshiro128** with a state that is hashed from the path of names.
 *
 * @module
 */

import { assert } from "./assert.ts";

/** A deterministic stream of random numbers. */
export interface Prng {
  /** The next 32 random bits, `0 .. 2^32 - 1`. */
  u32(): number;
  /** A uniform integer in `0 .. bound - 1`. Throws `AssertionError` unless `bound` is an integer in `1 .. 2^53 - 1`. */
  below(bound: number): number;
  /** True with probability `threshold / 2^32`; `threshold` as {@link chanceThreshold} gives it. */
  chance(threshold: number): boolean;
  /** An independent stream that depends on this stream's name and `label` only, not on what was drawn. */
  fork(label: string): Prng;
}

/**
 * What {@link Prng.chance} takes for a probability in `0 .. 1`.
 *
 * @throws {AssertionError} for any other number
 */
export function chanceThreshold(probability: number): number {
  assert(probability >= 0 && probability <= 1, `probability ${probability} must be in 0 .. 1`);
  return Math.round(probability * 0x1_0000_0000);
}

/**
 * The root stream of a run. `seed` is an integer in `0 .. 2^53 - 1`.
 *
 * @throws {AssertionError} for any other number
 */
export function prngFromSeed(seed: number): Prng {
  assert(Number.isSafeInteger(seed) && seed >= 0, `seed ${seed} must be an integer in 0 .. 2^53 - 1`);
  return new Xoshiro128(mix(mix(0x9e37_79b9, seed >>> 0), Math.floor(seed / 0x1_0000_0000)), seed >>> 0);
}

/** The state is four 32-bit integers in fields: a quarter of the memory of a typed array, and as fast. */
class Xoshiro128 implements Prng {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  readonly #name0: number;
  readonly #name1: number;

  constructor(name0: number, name1: number) {
    this.#name0 = name0 | 0;
    this.#name1 = name1 | 0;
    this.#a = mix(mix(name0, 1), name1) | 0;
    this.#b = mix(mix(name0, 2), name1) | 0;
    this.#c = mix(mix(name0, 3), name1) | 0;
    this.#d = mix(mix(name0, 4), name1) | 0;
    // The one state that the generator cannot leave.
    if ((this.#a | this.#b | this.#c | this.#d) === 0) this.#a = 1;
  }

  u32(): number {
    const b = this.#b;
    const times5 = Math.imul(b, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
    const c = this.#c ^ this.#a;
    const d = this.#d ^ b;
    this.#b = b ^ c;
    this.#a ^= d;
    this.#c = c ^ (b << 9);
    this.#d = (d << 11) | (d >>> 21);
    return result;
  }

  below(bound: number): number {
    assert(Number.isSafeInteger(bound) && bound > 0, "the bound of a draw must be a positive integer");
    // Rejection keeps the draw exactly uniform: `limit` is the largest multiple of `bound` in range.
    if (bound <= 0x1_0000_0000) {
      const limit = 0x1_0000_0000 - 0x1_0000_0000 % bound;
      for (;;) {
        const draw = this.u32();
        if (draw < limit) return draw % bound;
      }
    }
    const space = 0x20_0000_0000_0000;
    const limit = space - space % bound;
    for (;;) {
      const draw = (this.u32() >>> 11) * 0x1_0000_0000 + this.u32();
      if (draw < limit) return draw % bound;
    }
  }

  chance(threshold: number): boolean {
    return this.u32() < threshold;
  }

  fork(label: string): Prng {
    let name0 = mix(this.#name0, 0x85eb_ca6b);
    let name1 = mix(this.#name1, 0xc2b2_ae35);
    for (let i = 0; i < label.length; i++) {
      const unit = label.charCodeAt(i);
      name0 = mix(name0, unit);
      name1 = mix(name1, unit ^ 0x5bd1_e995);
    }
    return new Xoshiro128(name0, name1);
  }
}

/** One round of a 32-bit mixing function (the finaliser of MurmurHash3 over the sum). */
function mix(hash: number, value: number): number {
  let h = (hash ^ value) + 0x9e37_79b9 | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
