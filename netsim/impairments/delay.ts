/**
 * Delay and jitter beyond what the segment itself takes.
 *
 * @module
 */

import { assert } from "../../engine/base/assert.ts";
import type { Datagram } from "../../engine/base/datagram.ts";
import type { Prng } from "../../engine/base/prng.ts";
import type { Instant } from "../../engine/base/time.ts";
import type { Fate, Impairment } from "./impairment.ts";

/**
 * Delays each copy by `delay` plus a uniform integer of `0 .. jitter` ns, drawn for each copy on its own. Copies that
 * are less than `jitter` apart may therefore change their order; without jitter the order stays.
 */
export class ExtraDelay implements Impairment {
  readonly #random: Prng;
  readonly #delay: Instant;
  readonly #jitter: Instant;

  /** `delay` and `jitter` are ns of at least 0; with a jitter of 0 nothing is drawn from `random`. */
  constructor(random: Prng, delay: Instant, jitter: Instant) {
    assert(Number.isSafeInteger(delay) && delay >= 0, `delay ${delay} must be an integer of at least 0`);
    assert(Number.isSafeInteger(jitter + 1) && jitter >= 0, `jitter ${jitter} must be an integer of at least 0`);
    this.#random = random;
    this.#delay = delay;
    this.#jitter = jitter;
  }

  apply(_now: Instant, _datagram: Datagram, fate: Fate): void {
    fate.delay += this.#draw();
    const duplicates = fate.duplicates;
    for (let i = 0; i < duplicates.length; i++) duplicates[i] = duplicates[i]! + this.#draw();
  }

  #draw(): Instant {
    return this.#jitter === 0 ? this.#delay : this.#delay + this.#random.below(this.#jitter + 1);
  }
}
