/**
 * Token bucket and leaky bucket in exact integer arithmetic (RFC 3208, section 5.1.1).
 *
 * The bucket is kept as the instant at which it would be full again (virtual scheduling): over any interval of
 * length t at most `burstBytes + bytesPerSecond * t` octets conform, with no rounding in the sender's favour.
 *
 * @module
 */

import { assert } from "./assert.ts";
import type { Instant } from "./time.ts";

const NS_PER_SECOND = 1_000_000_000;

/** The time that `bytes` take at `bytesPerSecond`, rounded up to a nanosecond. */
export function transmissionTime(bytes: number, bytesPerSecond: number): Instant {
  return Math.ceil(bytes * NS_PER_SECOND / bytesPerSecond);
}

/** Bounds a sender's octets over every interval. */
export class TokenBucket {
  readonly #bytesPerSecond: number;
  readonly #burst: Instant;
  #fullAt: Instant = 0;

  /** A full bucket of `burstBytes`, filled at `bytesPerSecond`. Both positive. */
  constructor(bytesPerSecond: number, burstBytes: number) {
    assert(bytesPerSecond > 0 && burstBytes > 0, "token bucket rate and size must be positive");
    this.#bytesPerSecond = bytesPerSecond;
    this.#burst = Math.floor(burstBytes * NS_PER_SECOND / bytesPerSecond);
  }

  /** The earliest instant, not before `now`, at which `bytes` conform. A packet larger than the bucket waits for a full one. */
  earliest(now: Instant, bytes: number): Instant {
    const cost = Math.min(transmissionTime(bytes, this.#bytesPerSecond), this.#burst);
    return Math.max(now, this.#fullAt + cost - this.#burst);
  }

  /** Takes the tokens of `bytes`, which the caller sends at `now`. */
  spend(now: Instant, bytes: number): void {
    this.#fullAt = Math.max(this.#fullAt, now) + transmissionTime(bytes, this.#bytesPerSecond);
  }
}

/** Spaces packets: after one of s octets the next leaves no earlier than s / `bytesPerSecond` later. */
export class LeakyBucket {
  readonly #bytesPerSecond: number;
  #freeAt: Instant = 0;

  constructor(bytesPerSecond: number) {
    assert(bytesPerSecond > 0, "leaky bucket rate must be positive");
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** The earliest instant, not before `now`, at which a packet may leave. */
  earliest(now: Instant): Instant {
    return Math.max(now, this.#freeAt);
  }

  /** Notes that `bytes` leave at `now`. */
  spend(now: Instant, bytes: number): void {
    this.#freeAt = now + transmissionTime(bytes, this.#bytesPerSecond);
  }
}
