/**
 * Soliciting an SPM from a source of which only data was heard (RFC 3208, section 13): without an SPM nothing may be
 * asked for.
 *
 * ```text
 *             SPMR_BO_IVL over: SPMR, TTL 1 to the group and then unicast
 *   BACK_OFF --------------------------------------------------------------> WAIT_SPM
 *      ^  \---- another receiver's SPMR heard: none of our own ------------>   |
 *      |                                                                       |
 *      +--------------------- SPMR_SPM_IVL over, retries left -----------------+
 *   An SPM, in either state: done.
 * ```
 *
 * @module
 */

import type { Prng } from "../base/prng.ts";
import { type Instant, NEVER } from "../base/time.ts";
import type { ReceiverConfig } from "./receiver_config.ts";

/** The SPMRs of one session. */
export class SpmSolicitor {
  readonly #config: ReceiverConfig;
  readonly #random: Prng;
  #backingOff = false;
  #deadline: Instant = NEVER;
  #retries = 0;

  /** Data was heard at `now`, and no SPM. */
  constructor(now: Instant, config: ReceiverConfig, random: Prng) {
    this.#config = config;
    this.#random = random;
    this.#backOff(now);
  }

  /** Whether an SPMR waits to be sent. */
  get pending(): boolean {
    return this.#backingOff;
  }

  /** When {@link expire} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#deadline;
  }

  /** Fires what is due; gives whether an SPMR is to be sent now. */
  expire(now: Instant): boolean {
    if (this.#deadline > now) return false;
    if (this.#backingOff) {
      this.#waitForSpm(now);
      return true;
    }
    this.#retries++;
    if (this.#retries > this.#config.spmrRetries) this.#deadline = NEVER;
    else this.#backOff(now);
    return false;
  }

  /** Another receiver's SPMR was heard; gives whether that suppresses one of our own. */
  heardSpmr(now: Instant): boolean {
    if (!this.#backingOff) return false;
    this.#waitForSpm(now);
    return true;
  }

  /** Draws the delay, uniform over [0, SPMR_BO_IVL] in microseconds. */
  #backOff(now: Instant): void {
    this.#backingOff = true;
    this.#deadline = now + this.#random.below(Math.floor(this.#config.spmrBoIvl / 1_000) + 1) * 1_000;
  }

  #waitForSpm(now: Instant): void {
    this.#backingOff = false;
    this.#deadline = now + this.#config.spmrSpmIvl;
  }
}
