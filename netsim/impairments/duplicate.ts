/**
 * Duplication: a datagram arrives twice.
 *
 * @module
 */

import { assert } from "../../engine/base/assert.ts";
import type { Datagram } from "../../engine/base/datagram.ts";
import { chanceThreshold, type Prng } from "../../engine/base/prng.ts";
import type { Instant } from "../../engine/base/time.ts";
import type { Fate, Impairment } from "./impairment.ts";

/**
 * Adds one copy that follows the first by `delay`, with a probability. Delays further down the chain act on each copy
 * on its own; a loss or a corruption further down takes all copies alike.
 */
export class Duplicate implements Impairment {
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
    if (this.#threshold === 0 || !this.#random.chance(this.#threshold)) return;
    fate.duplicates.push(fate.delay + this.#delay);
  }
}
