/**
 * Measures a rate of octets: since the beginning, and over the last whole second.
 *
 * @module
 */

import type { Instant } from "./time.ts";

const SECOND: Instant = 1_000_000_000;

/** Octets per second of simulated time. */
export class RateMeter {
  readonly #begin: Instant;
  #total = 0;
  #second: Instant;
  #inSecond = 0;
  #inSecondBefore = 0;

  constructor(begin: Instant) {
    this.#begin = begin;
    this.#second = begin;
  }

  /** Counts octets at `now`, which never goes back. */
  add(now: Instant, bytes: number): void {
    this.#total += bytes;
    if (now - this.#second >= SECOND) this.#turn(now);
    this.#inSecond += bytes;
  }

  /** Octets per second since the beginning; 0 at it. */
  overall(now: Instant): number {
    return now > this.#begin ? this.#total * SECOND / (now - this.#begin) : 0;
  }

  /** The octets of the last second that is over; seconds count from the beginning. */
  last(now: Instant): number {
    if (now - this.#second >= SECOND) this.#turn(now);
    return this.#inSecondBefore;
  }

  #turn(now: Instant): void {
    const seconds = Math.floor((now - this.#second) / SECOND);
    this.#inSecondBefore = seconds === 1 ? this.#inSecond : 0;
    this.#inSecond = 0;
    this.#second += seconds * SECOND;
  }
}
