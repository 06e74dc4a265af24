/**
 * How many children a parent has (RFC 3208, section 14.3.1): general polls from time to time, each with so low a
 * probability of replying that few reply.
 *
 * ```text
 *            the number is unknown: pollBits bits        few replies: 3 bits less, the next round
 *   REST ---------------------------------------> SEARCH <----+
 *    ^ |                                            |  |______|
 *    | |  known: bits for pollReplies replies       | some replies; or all reply
 *    | +----------------------------------> MEASURE <+
 *    |                                        |
 *    +---- M / P, averaged with the earlier --+        too many replies, in either state: an abort; then SEARCH
 * ```
 *
 * Specific polls, which look for children of some kind, take turns with these: all polls of one parent on one interface
 * share their numbers, and each cancels the replies to the one before. They count nobody.
 *
 * The search only finds the P of the measurement; it does not count. If a round counted because it had enough replies,
 * those with more replies than they should have would count more often, and the estimate would be too high. So it is
 * unbiased: the round that counts is a new sample, whose size depends on nothing that is in it. A round to which everyone
 * replies is no sample: it counts in any case.
 *
 * @module
 */

import type { Nla } from "../base/nla.ts";
import type { Prng } from "../base/prng.ts";
import type { Sqn } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { PollSubType } from "../wire/constants.ts";
import type { ParentConfig } from "./parent_config.ts";
import { Poller, type PollRequest, type PollResult, type PolrOutcome, populationEstimate } from "./poller.ts";
import { childrenPerReply, MAX_MASK_BITS } from "./random_match.ts";

/** What of a parent's parameters concerns its polls. */
export type PollTiming = Pick<
  ParentConfig,
  "pollIvl" | "pollReplies" | "pollAbort" | "pollBits" | "pollWait" | "firstPollSqn" | "nakBoIvlMax"
>;

/** The children, counted. */
export interface Census {
  /** POLL_SQN of the poll. */
  readonly sqn: Sqn;
  /** M / P of this poll. */
  readonly estimate: number;
  /** The average with the polls before: the latest counts one half, the one before a quarter, and so on. */
  readonly population: number;
}

/** So many bits fewer has the mask of each further round of a search: eight times the replies. */
const SEARCH_STEP = 3;
/** A search that has one reply in so many of those that are aimed at knows enough. */
const SEARCH_SHARE = 8;
/** So many bits more has the search after an abort. */
const ABORT_STEP = 8;

/** Counts the children on one interface, again and again. */
export class PopulationPolls {
  readonly #timing: PollTiming;
  readonly #poller: Poller;
  #phase: "rest" | "search" | "measure" | "specific" = "rest";
  /** A specific poll that waits for the end of the one that goes on. */
  #specific: PollRequest | undefined = undefined;
  #startAt: Instant;
  #startedAt: Instant = 0;
  #searchBits: number;
  #population: number | undefined = undefined;

  /** The first poll begins `pollIvl` after `now`; never, if `pollIvl` is 0. */
  constructor(now: Instant, timing: PollTiming, random: Prng) {
    this.#timing = timing;
    this.#startAt = timing.pollIvl > 0 ? now + timing.pollIvl : NEVER;
    this.#searchBits = timing.pollBits;
    const { pollAbort, pollWait, firstPollSqn } = timing;
    this.#poller = new Poller({ abortAt: pollAbort, wait: pollWait, firstSqn: firstPollSqn }, random);
  }

  /** What sends POLLs and collects POLRs. */
  get poller(): Poller {
    return this.#poller;
  }

  /** The average of recent polls, or `undefined` while the number of children is unknown. */
  get population(): number | undefined {
    return this.#population;
  }

  /** When {@link expire} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#phase === "rest" ? this.#startAt : this.#poller.nextTimeout();
  }

  /** Begins and ends what is due; `nakBoIvl` spreads the replies of a number of children that is known. */
  expire(now: Instant, nakBoIvl: Instant): Census | undefined {
    if (this.#phase === "rest") {
      if (now >= this.#startAt) this.#start(now, nakBoIvl);
      return undefined;
    }
    const result = this.#poller.expire(now);
    if (result === undefined) return undefined;
    if (this.#phase === "specific") this.#rest();
    else if (result.abort) this.#start(now, nakBoIvl);
    else if (this.#phase === "measure" || result.bits === 0) {
      const census = this.#count(result);
      this.#rest();
      return census;
    } else this.#goOn(result, nakBoIvl);
    return undefined;
  }

  /** Whether the poll that goes on is a specific one: what is replied to it is what was searched for. */
  get searching(): boolean {
    return this.#phase === "specific";
  }

  /** Begins a specific poll when none that counts goes on. */
  search(request: PollRequest): void {
    this.#specific = request;
    if (this.#phase === "rest") this.#rest();
  }

  /** A POLR from the address `child`. */
  reply(child: Nla, sqn: Sqn, round: number): PolrOutcome {
    const outcome = this.#poller.reply(child, sqn, round);
    if (outcome === "aborted" && this.#phase !== "specific") {
      // There are far more children than was thought.
      this.#population = undefined;
      this.#searchBits = Math.min(MAX_MASK_BITS, Math.max(this.#timing.pollBits, this.#bits + ABORT_STEP));
      this.#phase = "search";
    }
    return outcome;
  }

  /** No more polls: the session ends. */
  stop(): void {
    this.#poller.stop();
    this.#phase = "rest";
    this.#specific = undefined;
    this.#startAt = NEVER;
  }

  /** No poll goes on, so that a specific one may. */
  #rest(): void {
    const specific = this.#specific;
    this.#specific = undefined;
    this.#phase = specific === undefined ? "rest" : "specific";
    if (specific !== undefined) this.#poller.start(specific);
  }

  /** The bits of the round that is going on. */
  #bits = 0;

  #start(now: Instant, nakBoIvl: Instant): void {
    this.#startedAt = now;
    if (this.#population === undefined) this.#ask("search", { bits: this.#searchBits });
    else this.#ask("measure", { bits: this.#bitsFor(this.#population), nakBoIvl, expected: this.#population });
  }

  /** The search goes on, or has found out enough. */
  #goOn(result: PollResult, nakBoIvl: Instant): void {
    const { replies, bits } = result;
    const isEnough = replies * SEARCH_SHARE >= this.#timing.pollReplies;
    if (!isEnough) return this.#ask("search", { bits: Math.max(0, bits - SEARCH_STEP), nextRound: true });
    const expected = populationEstimate(result);
    this.#ask("measure", { bits: this.#bitsFor(expected), nakBoIvl, expected, nextRound: true });
  }

  #ask(
    phase: "search" | "measure",
    how: { bits: number; nakBoIvl?: Instant; expected?: number; nextRound?: boolean },
  ): void {
    const { bits, nakBoIvl = this.#timing.nakBoIvlMax, expected, nextRound = false } = how;
    this.#phase = phase;
    this.#bits = bits;
    const request = {
      subType: PollSubType.GENERAL,
      bits,
      boIvl: nakBoIvl,
      ...(expected === undefined ? {} : { expected }),
    };
    if (nextRound) this.#poller.nextRound(request);
    else this.#poller.start(request);
  }

  #count(result: PollResult): Census {
    const estimate = populationEstimate(result);
    const before = this.#population;
    this.#population = before === undefined ? estimate : (before + estimate) / 2;
    this.#startAt = this.#startedAt + this.#timing.pollIvl;
    return { sqn: result.sqn, estimate, population: this.#population };
  }

  /** The fewest bits with which no more than `pollReplies` of so many children are expected to reply. */
  #bitsFor(children: number): number {
    let bits = 0;
    while (children / childrenPerReply(bits) > this.#timing.pollReplies) bits++;
    return bits;
  }
}
