/**
 * The NAK_BO_IVL that a parent advertises on one interface (RFC 3208, sections 14.4 and 15.2.1).
 *
 * ```text
 *                     the first duplicate NAK for a number
 *                    +-------------------- x 2 -----------------+
 *   NAK_BO_IVL_MIN <-+                                          +-> NAK_BO_IVL_MAX
 *                    +-------------------- / 2 -----------------+
 *                     NAK_PROBE_NUM numbers in a row without one
 * ```
 *
 * A poll that counts the children gives a value of its own, from which duplicates take it further up. However few the
 * losses: below it NAK_BO_IVL does not go again, for the children are there (section 15.2.3).
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import type { OptionOf } from "../wire/values.ts";
import type { ParentConfig } from "./parent_config.ts";

/** What of a parent's parameters concerns NAK_BO_IVL. */
export type BackOffRange = Pick<ParentConfig, "nakBoIvl" | "nakBoIvlMin" | "nakBoIvlMax" | "nakProbeNum">;

/** What NAKs did to NAK_BO_IVL. */
export type Tuning = "raised" | "lowered" | "unchanged";

/** The counter of each of these, of sources and network elements alike. */
export const TUNING_COUNTER = { raised: "nakBoIvlRaised", lowered: "nakBoIvlLowered", unchanged: undefined } as const;

/** So many children may use NAK_BO_IVL_DEFAULT. */
const CHILDREN_AT_DEFAULT = 8;
/** NAK_BO_IVL_SQN of a value that comes from no poll. */
const NOT_POLLED: Sqn = 0;

/** NAK_BO_IVL for a number of children: NAK_BO_IVL_DEFAULT for eight of them, in proportion for more, within the limits. */
export function backOffForPopulation(population: number, range: BackOffRange): Instant {
  const { nakBoIvl, nakBoIvlMin, nakBoIvlMax } = range;
  const proportional = nakBoIvl * Math.max(1, population / CHILDREN_AT_DEFAULT);
  return wholeUs(Math.max(nakBoIvlMin, Math.min(nakBoIvlMax, proportional)));
}

/** Tunes the interval of one interface. */
export class BackOffTuner {
  readonly #range: BackOffRange;
  #ivl: Instant;
  /** What the latest poll says, or NAK_BO_IVL_DEFAULT. */
  #base: Instant;
  /** The lower limit. */
  #floor: Instant;
  #pollSqn: Sqn = NOT_POLLED;
  /** Numbers asked for since the latest duplicate. */
  #clean = 0;

  constructor(range: BackOffRange) {
    this.#range = range;
    this.#base = wholeUs(range.nakBoIvl);
    this.#ivl = this.#base;
    this.#floor = wholeUs(range.nakBoIvlMin);
  }

  /** NAK_BO_IVL. */
  get ivl(): Instant {
    return this.#ivl;
  }

  /** Whether a poll had a part in it. */
  get polled(): boolean {
    return this.#pollSqn !== NOT_POLLED;
  }

  /** OPT_NAK_BO_IVL as it is advertised. */
  option(): OptionOf<"NAK_BO_IVL"> {
    return { type: "NAK_BO_IVL", ivlUs: this.#ivl / 1_000, pollSqn: this.#pollSqn };
  }

  /**
   * A NAK was received. `counts` are those of the numbers that it asks for: how many NAKs have asked for each by now.
   * One NAK raises the value once, however many numbers it repeats.
   */
  nak(counts: readonly number[]): Tuning {
    let first = false;
    let repeats = false;
    let lowered = false;
    for (const count of counts) {
      assert(count >= 1, "a NAK that was received counts");
      if (count === 1) lowered = this.#probe() || lowered;
      else repeats = true;
      first ||= count === 2;
    }
    if (repeats) this.#clean = 0;
    if (first) return this.#set(this.#ivl * 2) ? "raised" : "unchanged";
    return lowered ? "lowered" : "unchanged";
  }

  /** A poll has counted the children. The factor by which duplicates have raised the value before is kept. */
  census(pollSqn: Sqn, population: number): void {
    // Zero is reserved: the one poll in 2^32 that has this number is not made use of.
    if (pollSqn === NOT_POLLED) return;
    const raised = Math.max(1, this.#ivl / this.#base);
    this.#base = backOffForPopulation(population, this.#range);
    this.#floor = this.#base;
    this.#pollSqn = pollSqn;
    this.#set(this.#base * raised);
  }

  /** One more number without a duplicate so far; gives whether that lowers the value. */
  #probe(): boolean {
    this.#clean++;
    if (this.#clean < this.#range.nakProbeNum) return false;
    this.#clean = 0;
    return this.#set(this.#ivl / 2);
  }

  #set(ivl: Instant): boolean {
    const before = this.#ivl;
    this.#ivl = wholeUs(Math.max(this.#floor, Math.min(this.#range.nakBoIvlMax, ivl)));
    return this.#ivl !== before;
  }
}

/** OPT_NAK_BO_IVL has whole microseconds. */
function wholeUs(ivl: Instant): Instant {
  return Math.floor(ivl / 1_000) * 1_000;
}
