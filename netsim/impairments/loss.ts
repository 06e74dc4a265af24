/**
 * Random loss: independent ({@link BernoulliLoss}) and in bursts ({@link GilbertElliottLoss}).
 *
 * The burst model is a Markov chain of two states that steps once per datagram:
 *
 * ```text
 *            goodToBad
 *        +-------------->
 *   GOOD                  BAD
 *        <--------------+
 *            badToGood
 *   loses lossInGood      loses lossInBad
 * ```
 *
 * The share of datagrams that meet BAD tends to `goodToBad / (goodToBad + badToGood)`, and a visit to BAD lasts
 * `1 / badToGood` datagrams on average.
 *
 * @module
 */

import type { Datagram } from "../../engine/base/datagram.ts";
import { chanceThreshold, type Prng } from "../../engine/base/prng.ts";
import type { Instant } from "../../engine/base/time.ts";
import type { Fate, Impairment } from "./impairment.ts";

/** Draws made ahead at most. */
const MOST_AHEAD = 256;

/**
 * Drops each datagram with the same probability, whatever happened to the others. Draws are made ahead, up to the next
 * loss, in one go: a datagram that passes then costs a look at a counter, and the outcomes are those of one draw each.
 */
export class BernoulliLoss implements Impairment {
  readonly #random: Prng;
  readonly #threshold: number;
  readonly #reason: string;
  /** Datagrams that pass before the draws made ahead are used up. */
  #passing = 0;
  /** Whether the datagram after those is lost. */
  #losing = false;

  /** `probability` is in 0 .. 1; with 0 nothing is drawn from `random`. */
  constructor(random: Prng, probability: number) {
    this.#random = random;
    this.#threshold = chanceThreshold(probability);
    this.#reason = `loss rule bernoulli ${percent(probability)}`;
  }

  apply(_now: Instant, _datagram: Datagram, fate: Fate): void {
    if (this.#passing > 0) {
      this.#passing--;
      return;
    }
    if (this.#threshold === 0) return;
    if (!this.#losing) this.#drawAhead();
    if (this.#passing > 0) {
      this.#passing--;
      return;
    }
    this.#losing = false;
    fate.dropped = this.#reason;
  }

  #drawAhead(): void {
    while (this.#passing < MOST_AHEAD && !this.#losing) {
      this.#losing = this.#random.chance(this.#threshold);
      if (!this.#losing) this.#passing++;
    }
  }
}

/** The probabilities of {@link GilbertElliottLoss}, each in 0 .. 1. */
export interface GilbertElliottParameters {
  /** To step from GOOD to BAD before a datagram. */
  readonly goodToBad: number;
  /** To step from BAD to GOOD before a datagram. */
  readonly badToGood: number;
  /** To lose a datagram in GOOD. */
  readonly lossInGood: number;
  /** To lose a datagram in BAD. */
  readonly lossInBad: number;
}

/** Drops datagrams in bursts. Starts in GOOD; each datagram first makes the state step, then meets the new state. */
export class GilbertElliottLoss implements Impairment {
  readonly #random: Prng;
  readonly #goodToBad: number;
  readonly #badToGood: number;
  readonly #lossInGood: number;
  readonly #lossInBad: number;
  readonly #reason: string;
  #bad = false;

  /** Nothing is drawn from `random` for a probability of 0. */
  constructor(random: Prng, parameters: GilbertElliottParameters) {
    this.#random = random;
    this.#goodToBad = chanceThreshold(parameters.goodToBad);
    this.#badToGood = chanceThreshold(parameters.badToGood);
    this.#lossInGood = chanceThreshold(parameters.lossInGood);
    this.#lossInBad = chanceThreshold(parameters.lossInBad);
    this.#reason = `loss rule gilbert-elliott ${percent(parameters.goodToBad)}/${percent(parameters.badToGood)}`;
  }

  apply(_now: Instant, _datagram: Datagram, fate: Fate): void {
    const leave = this.#bad ? this.#badToGood : this.#goodToBad;
    if (leave !== 0 && this.#random.chance(leave)) this.#bad = !this.#bad;
    const loss = this.#bad ? this.#lossInBad : this.#lossInGood;
    if (loss !== 0 && this.#random.chance(loss)) fate.dropped = this.#reason;
  }
}

/** `0.07` as `7%`: six significant digits hide that 0.07 * 100 is not exactly 7. */
function percent(probability: number): string {
  return `${Number((probability * 100).toPrecision(6))}%`;
}
