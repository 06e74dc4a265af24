/**
 * The NAK_BO_IVL that a receiver uses for one session (RFC 3208, section 15.2.2): its own, until its parent advertises
 * another, within limits that the source may set.
 *
 * A value that was derived from a poll is for those who were counted. Who was not goes on with what it has: the RFC's
 * "must not NAK" would have it fall silent.
 *
 * @module
 */

import type { Instant } from "../base/time.ts";
import type { OptionOf } from "../wire/values.ts";

/** What a receiver begins with. */
export interface BackOffLimits {
  /** NAK_BO_IVL_DEFAULT. */
  readonly nakBoIvl: Instant;
  /** NAK_BO_IVL_MIN, for values that are learned. */
  readonly nakBoIvlMin: Instant;
  /** NAK_BO_IVL_MAX, for values that are learned. */
  readonly nakBoIvlMax: Instant;
}

/** Learns the interval of one session. */
export class LearnedBackOff {
  #ivl: Instant;
  #min: Instant;
  #max: Instant;

  constructor({ nakBoIvl, nakBoIvlMin, nakBoIvlMax }: BackOffLimits) {
    this.#ivl = nakBoIvl;
    this.#min = nakBoIvlMin;
    this.#max = nakBoIvlMax;
  }

  /** NAK_BO_IVL for the next back-off. */
  get ivl(): Instant {
    return this.#ivl;
  }

  /** OPT_NAK_BO_IVL of the parent; `isCounted` tells whether the receiver was there for a poll. Gives whether it is used. */
  learn({ ivlUs, pollSqn }: OptionOf<"NAK_BO_IVL">, isCounted: (pollSqn: number) => boolean): boolean {
    if (pollSqn !== 0 && !isCounted(pollSqn)) return false;
    this.#ivl = this.#clamp(ivlUs * 1_000);
    return true;
  }

  /** OPT_NAK_BO_RNG of the source: the limits from now on. */
  limit({ maxUs, minUs }: OptionOf<"NAK_BO_RNG">): void {
    this.#min = minUs * 1_000;
    this.#max = maxUs * 1_000;
    this.#ivl = this.#clamp(this.#ivl);
  }

  #clamp(ivl: Instant): Instant {
    return Math.max(this.#min, Math.min(this.#max, ivl));
  }
}
