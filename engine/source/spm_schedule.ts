/**
 * When SPMs are due (RFC 3208, section 5.1.3 to 5.1.5): ambient SPMs at a fixed period, and heartbeat SPMs that decay
 * after the last data.
 *
 * ```text
 *   data      heartbeats (IHB_MIN, doubled up to IHB_MAX)
 *   |--100ms--*----200ms----*---------400ms---------*-- ...
 *   |                 ambient SPM: restarts the countdown with the interval as it is
 * ```
 *
 * @module
 */

import { type Instant, NEVER } from "../base/time.ts";

/** Decides when the next SPM is due. */
export class SpmSchedule {
  readonly #ambientIvl: Instant;
  readonly #ihbMin: Instant;
  readonly #ihbMax: Instant;
  #ambientAt: Instant = 0;
  #heartbeatAt: Instant = NEVER;
  #interval: Instant;
  #due = false;

  /** The first SPM is due at once, so that receivers know whom to ask. */
  constructor(ambientIvl: Instant, ihbMin: Instant, ihbMax: Instant) {
    this.#ambientIvl = ambientIvl;
    this.#ihbMin = ihbMin;
    this.#ihbMax = ihbMax;
    this.#interval = ihbMin;
  }

  /** Whether an SPM waits to be sent. */
  get due(): boolean {
    return this.#due;
  }

  /** When {@link expire} is due. */
  nextTimeout(): Instant {
    return Math.min(this.#ambientAt, this.#heartbeatAt);
  }

  /** Fires the timers that are due; an SPM that is still waiting serves for both. */
  expire(now: Instant): void {
    if (this.#ambientAt <= now) {
      this.#ambientAt = now + this.#ambientIvl;
      this.#due = true;
    }
    if (this.#heartbeatAt <= now) {
      this.#heartbeatAt = NEVER;
      this.#interval = Math.min(2 * this.#interval, this.#ihbMax);
      this.#due = true;
    }
  }

  /** ODATA or RDATA was sent: heartbeats begin anew. */
  dataSent(now: Instant): void {
    this.#interval = this.#ihbMin;
    this.#heartbeatAt = now + this.#interval;
  }

  /** An SPM was sent, whatever made it due. */
  spmSent(now: Instant): void {
    this.#due = false;
    this.#heartbeatAt = now + this.#interval;
  }
}
