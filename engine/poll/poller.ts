/**
 * Polls of one parent on one interface (RFC 3208, section 14.4): their numbers, their rounds, and who replied.
 *
 * ```text
 *             start: POLL_SQN + 1, round 0            POLL_BO_IVL and a round trip over: the result
 *   IDLE -----------------------------------> COLLECTING ----------------------------------------> IDLE
 *                                              ^   |   \
 *                                              +---+    \ too many replies
 *      nextRound: the same POLL_SQN, round + 1           \  abort: POLL_SQN + 1, round 0, hardly anyone replies
 *                                                         +---> COLLECTING, and what was collected is void
 * ```
 *
 * What to ask, and what follows from the replies, is for others to say: see population.ts.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Nla } from "../base/nla.ts";
import type { Prng } from "../base/prng.ts";
import { type Sqn, sqnAdd } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import type { PollSubType } from "../wire/constants.ts";
import type { PollValue } from "../wire/values.ts";
import { childrenPerReply, MAX_MASK_BITS, pollMask } from "./random_match.ts";

/** What one round asks for. */
export interface PollRequest {
  /** POLL_S_TYPE. */
  readonly subType: PollSubType;
  /** The one bits of POLL_MASK, 0 .. 32: P = 1 / 2^bits. */
  readonly bits: number;
  /** POLL_BO_IVL, ns; cut to whole microseconds. */
  readonly boIvl: Instant;
  /** How many children are thought to be there, if that is known. */
  readonly expected?: number;
}

/** What a parent polls with. */
export interface PollerOptions {
  /** How many replies abort a poll: everyone who replies is remembered until then. */
  readonly abortAt: number;
  /** How long after POLL_BO_IVL replies still count. */
  readonly wait: Instant;
  /** POLL_SQN of the first poll. */
  readonly firstSqn: Sqn;
}

/** A POLL to be sent: what of it does not depend on the session. */
export type Poll = Pick<PollValue, "sqn" | "round" | "subType" | "boIvlUs" | "rand" | "mask">;

/** A round that is over. */
export interface PollResult extends PollRequest {
  readonly sqn: Sqn;
  readonly round: number;
  /** M: how many children replied. */
  readonly replies: number;
  /** Whether this is the poll that ended another one: nobody was meant to reply. */
  readonly abort: boolean;
}

/**
 * What became of a POLR: it counts; its child has replied already; it is for no poll that is going on; it was one too
 * many, and the poll is aborted.
 */
export type PolrOutcome = "counted" | "repeated" | "late" | "aborted";

/** The counter of each of these, of sources and network elements alike. */
export const POLR_COUNTER = {
  counted: "polrs",
  repeated: "polrsRepeated",
  late: "polrsLate",
  aborted: "polrs",
} as const;

/** The most rounds of one poll: POLL_ROUND has 16 bits. */
const MAX_ROUND = 0xffff;

/** Polls the children on one interface. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #random: Prng;
  #sqn: Sqn;
  #round = 0;
  #request: PollRequest | undefined = undefined;
  #isAbort = false;
  #endsAt: Instant = NEVER;
  readonly #replied = new Set<Nla>();
  #waiting: Poll | undefined = undefined;

  /** `random` is the stream of POLL_RAND. */
  constructor(options: PollerOptions, random: Prng) {
    this.#options = options;
    this.#random = random;
    this.#sqn = sqnAdd(options.firstSqn, -1);
  }

  /** When {@link expire} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#endsAt;
  }

  /** Whether a POLL waits to be sent. */
  get due(): boolean {
    return this.#waiting !== undefined;
  }

  /** Takes out the POLL that waits to be sent, at the instant at which it leaves. */
  shift(now: Instant): Poll {
    const poll = this.#waiting;
    assert(poll !== undefined && this.#request !== undefined, "no POLL waits to be sent");
    this.#waiting = undefined;
    this.#endsAt = now + this.#request.boIvl + this.#options.wait;
    return poll;
  }

  /**
   * Begins a poll. A poll that is going on is over, and its replies are void.
   *
   * @throws {AssertionError} if so many children are expected to reply that the poll would be aborted
   */
  start(request: PollRequest): void {
    this.#sqn = sqnAdd(this.#sqn, 1);
    this.#round = 0;
    this.#isAbort = false;
    this.#ask(request);
  }

  /** One more round of the same poll: only those who have heard round 0 may reply. */
  nextRound(request: PollRequest): void {
    assert(this.#round < MAX_ROUND, "POLL_ROUND has 16 bits");
    this.#round++;
    this.#ask(request);
  }

  /** A POLR from the address `child`. */
  reply(child: Nla, sqn: Sqn, round: number): PolrOutcome {
    const request = this.#request;
    // What ends another poll counts nobody: so many may claim to be the one in 2^32 that it asks.
    if (request === undefined || this.#waiting !== undefined || this.#isAbort) return "late";
    if (sqn !== this.#sqn || round !== this.#round) return "late";
    if (this.#replied.has(child)) return "repeated";
    this.#replied.add(child);
    if (this.#replied.size < this.#options.abortAt) return "counted";
    this.start({ subType: request.subType, boIvl: request.boIvl, bits: MAX_MASK_BITS });
    this.#isAbort = true;
    return "aborted";
  }

  /** The round that has ended by now, if one has; to be called once for each. */
  expire(now: Instant): PollResult | undefined {
    const request = this.#request;
    if (request === undefined || this.#endsAt > now) return undefined;
    const result = {
      ...request,
      sqn: this.#sqn,
      round: this.#round,
      replies: this.#replied.size,
      abort: this.#isAbort,
    };
    this.stop();
    return result;
  }

  /** Stops collecting; a POLL that waits is not sent. */
  stop(): void {
    this.#request = undefined;
    this.#endsAt = NEVER;
    this.#waiting = undefined;
    this.#replied.clear();
  }

  #ask(request: PollRequest): void {
    const { subType, bits, boIvl, expected = 0 } = request;
    const replies = expected / childrenPerReply(bits);
    assert(replies < this.#options.abortAt, "a poll must not be expected to be aborted: give POLL_MASK more bits");
    const boIvlUs = Math.floor(boIvl / 1_000);
    this.stop();
    this.#request = request;
    // POLL_RAND anew for each POLL: another sample of the children.
    const rand = this.#random.u32();
    this.#waiting = { sqn: this.#sqn, round: this.#round, subType, boIvlUs, rand, mask: pollMask(bits) };
  }
}

/** How many children M replies stand for: M / P (section 14.3.1). */
export function populationEstimate({ replies, bits }: Pick<PollResult, "replies" | "bits">): number {
  return replies * childrenPerReply(bits);
}
