/**
 * When SPMs are due (RFC 3208, section 5.1.3 to 5.1.5): ambient SPMs at a fixed period, and heartbeat SPMs that decay
 * after the last data.
 *
 * ```text
 *   data      heartbeats (IHB_MIN, doubled up to IHB_MAX)
 *   |--100ms--*----200ms----*---------400ms---------*-- ...
 *   |                 ambient or solicited SPM: restarts the countdown with the interval as it is
 * ```
 *
 * With a window that advances with data, ambient SPMs go by the window's clock (section 16.2): they are due when so much
 * was sent, and none are while the source is idle. Heartbeats are always in real time.
 *
 * @module
 */

import { type Instant, NEVER } from "../base/time.ts";
import type { SourceConfig } from "./source_config.ts";

/** What of a source's parameters concerns its SPMs. */
export type SpmTiming = Pick<SourceConfig, "ambientSpmIvl" | "ihbMin" | "ihbMax" | "txwStrategy">;

/** Decides when the next SPM is due. */
export class SpmSchedule {
  readonly #timing: SpmTiming;
  /** On the clock of ambient SPMs. */
  #ambientAt: Instant = 0;
  #heartbeatAt: Instant = NEVER;
  #interval: Instant;
  #solicitedAt: Instant = -Infinity;
  #due = false;
  #timed = false;

  /** The first SPM is due at once, so that receivers know whom to ask. */
  constructor(timing: SpmTiming) {
    this.#timing = timing;
    this.#interval = timing.ihbMin;
  }

  /** Whether an SPM waits to be sent. */
  get due(): boolean {
    return this.#due;
  }

  /** Whether it is an ambient or a heartbeat SPM: nobody has asked for it. */
  get timed(): boolean {
    return this.#timed;
  }

  /** When {@link expire} is due in real time. */
  nextTimeout(): Instant {
    // Data that is sent moves the window's clock; the source looks at it then.
    const isDataDriven = this.#timing.txwStrategy === "advanceWithData" && this.#ambientAt > 0;
    return Math.min(isDataDriven ? NEVER : this.#ambientAt, this.#heartbeatAt);
  }

  /** Fires the timers that are due; an SPM that is still waiting serves for both. `clock` is that of ambient SPMs. */
  expire(now: Instant, clock: Instant = now): void {
    if (this.#ambientAt <= clock) {
      this.#ambientAt = clock + this.#timing.ambientSpmIvl;
      this.#due = true;
      this.#timed = true;
    }
    if (this.#heartbeatAt <= now) {
      this.#heartbeatAt = NEVER;
      this.#interval = Math.min(2 * this.#interval, this.#timing.ihbMax);
      this.#due = true;
      this.#timed = true;
    }
  }

  /**
   * An SPM is due for an SPMR (section 13.4), or along with a unicast NCF (section 15.3.2), unless one was within
   * IHB_MIN: then gives false.
   */
  solicit(now: Instant): boolean {
    if (now - this.#solicitedAt < this.#timing.ihbMin) return false;
    this.#solicitedAt = now;
    this.#due = true;
    return true;
  }

  /** An SPM is due at once, and heartbeats begin anew after it (sections 9.7.2 and 9.8.2). */
  announce(): void {
    this.#interval = this.#timing.ihbMin;
    this.#due = true;
  }

  /** ODATA or RDATA was sent: heartbeats begin anew. */
  dataSent(now: Instant): void {
    this.#interval = this.#timing.ihbMin;
    this.#heartbeatAt = now + this.#interval;
  }

  /** An SPM was sent, whatever made it due. */
  spmSent(now: Instant): void {
    this.#due = false;
    this.#timed = false;
    this.#heartbeatAt = now + this.#interval;
  }
}
