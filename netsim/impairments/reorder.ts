/**
 * Reordering: some copies are held back until later ones have overtaken them.
 *
 * @module
 */

import { assert } from "../../engine/base/assert.ts";
import type { Datagram } from "../../engine/base/datagram.ts";
import { chanceThreshold, type Prng } from "../../engine/base/prng.ts";
import type { Instant } from "../../engine/base/time.ts";
import type { Fate, Impairment } from "./impairment.ts";

/**
 * Holds a copy back by `delay` with a probability, each copy on its own. What follows it within less than `delay` and
 * is not held back arrives first.
 */
export class Reorder implements Impairment {
  readonly #random: Prng;
  readonly #threshold: number;
  readonly #delay: Instant;

  /** `probability` is in 0 .. 1, with 0 nothing is drawn from `random`; `delay` is ns of at least 0. */
  constructor(random: Prng, probability: number, delay: Instant) {
    assert(Number.isSafeInteger(delay) && delay >= 0, `delay ${delay} must be an integer of at least 0`);
    this.#random = random;
    this.#threshold = chanceThreshold(probability);
    this.#delay = delay;
  }

  apply(_now: Instant, _datagram: Datagram, fate: Fate): void {
    if (this.#threshold === 0) return;
    if (this.#random.chance(this.#threshold)) fate.delay += this.#delay;
    const duplicates = fate.duplicates;
    for (let i = 0; i < duplicates.length; i++) {
      if (this.#random.chance(this.#threshold)) duplicates[i] = duplicates[i]! + this.#delay;
    }
  }
}
