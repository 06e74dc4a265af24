/**
 * What a PGM child, a receiver or a network element, does with the polls of one session (RFC 3208, section 14.5).
 *
 * ```text
 *              a POLL that it is to reply to         a time drawn from 0 .. POLL_BO_IVL is over: POLR
 *   SILENT ---------------------------------> PENDING -------------------------------------------------> SILENT
 *                                               |
 *                                               +-- a POLL of the same parent with another POLL_SQN, whether it is
 *                                                   to be replied to or not, or a later round: nothing -> SILENT
 * ```
 *
 * The RFC would have a child that fails the random condition discard the POLL "without any further action". Then no poll
 * could be aborted by one that hardly anyone matches, and who misses in round 0 could not reply in round 1. So a child
 * first takes note of the POLL and cancels what it replaces, and then looks whether it is to reply.
 *
 * @module
 */

import type { Nla } from "../base/nla.ts";
import { isMulticast } from "../base/nla.ts";
import type { Prng } from "../base/prng.ts";
import { type Sqn, sqnAtMost, sqnBefore, sqnDistance } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { PollSubType } from "../wire/constants.ts";
import type { PollValue } from "../wire/values.ts";
import { matchesPoll } from "./random_match.ts";

/** A reply that is due. */
export interface Polr {
  /** POLL_PATH: where it goes. */
  readonly path: Nla;
  /** The interface that the POLL came in on. */
  readonly iface: number;
  readonly sqn: Sqn;
  readonly round: number;
  /** POLL_S_TYPE: what the reply must carry depends on it. */
  readonly subType: PollSubType;
}

/**
 * What becomes of a POLL: a reply is `scheduled`; the random condition does not hold (`unmatched`); the sub-type is for
 * others (`others`); or it is ignored, for it was received before (`repeated`), is older than the latest of its parent
 * (`old`), of a poll whose round 0 was not received (`lateRound`), of a sub-type that does not exist (`unknownType`), or
 * wants replies sent to a group (`badPath`).
 */
export type PollVerdict =
  | "scheduled"
  | "unmatched"
  | "others"
  | "repeated"
  | "old"
  | "lateRound"
  | "unknownType"
  | "badPath";

/** The counter of each of these, of receivers and network elements alike. */
export const VERDICT_COUNTER = {
  scheduled: undefined,
  unmatched: "pollsUnmatched",
  others: "pollsForOthers",
  repeated: "pollsRepeated",
  old: "pollsOld",
  lateRound: "pollsLateRound",
  unknownType: "pollsUnknownType",
  badPath: "pollsBadPath",
} as const satisfies Record<PollVerdict, string | undefined>;

/** What is known of one parent's polls. */
interface Polling {
  readonly path: Nla;
  /** The earliest poll whose round 0 was received, if one was. */
  first: Sqn | undefined;
  /** The latest POLL. */
  sqn: Sqn;
  round: number;
  /** Whether round 0 of the latest poll was received. */
  sawStart: boolean;
  reply: Polr | undefined;
  replyAt: Instant;
}

/** Parents that are remembered: a session has one for each interface, and others after its tree has changed. */
const MAX_PARENTS = 8;
/** A POLL_SQN that is so little older than the latest is one that was held up; others are of a parent that began anew. */
const OLD_POLLS = 16;

/** Replies to the polls of one session. */
export class PollResponder {
  readonly #nodeId: number;
  readonly #random: Prng;
  readonly #subTypes: readonly PollSubType[];
  /** The one that was heard from longest ago is first. */
  readonly #parents: Polling[] = [];
  #cancelled = 0;

  /** `nodeId` is RAND_NODE_ID; `subTypes` are those that the child replies to; `random` is the stream of the delays. */
  constructor(nodeId: number, subTypes: readonly PollSubType[], random: Prng) {
    this.#nodeId = nodeId;
    this.#subTypes = subTypes;
    this.#random = random;
  }

  /** How many replies that were pending were given up. */
  get cancelled(): number {
    return this.#cancelled;
  }

  /** When {@link expire} is due, or `NEVER`. */
  nextTimeout(): Instant {
    let next = NEVER;
    for (const { replyAt } of this.#parents) next = Math.min(next, replyAt);
    return next;
  }

  /**
   * Whether a poll of the parent at `path` was received in round 0 whose POLL_SQN is at most `sqn`: a NAK_BO_IVL that
   * follows from poll `sqn` may be used only then (section 15.2.2).
   */
  hasSeen(path: Nla, sqn: Sqn): boolean {
    const first = this.#parents.find((parent) => parent.path === path)?.first;
    return first !== undefined && sqnAtMost(first, sqn);
  }

  /** A POLL that came in on an interface. */
  take(now: Instant, iface: number, poll: PollValue): PollVerdict {
    const { subType, pathNla: path, sqn, round } = poll;
    if (subType !== PollSubType.GENERAL && subType !== PollSubType.DLR) return "unknownType";
    if (isMulticast(path)) return "badPath";
    const parent = this.#parent(path, sqn);
    if (isOld(parent, sqn, round)) return "old";
    if (sqn !== parent.sqn) {
      parent.sawStart = false;
      // A parent that began anew: what was known of its polls is of no use.
      if (parent.first !== undefined && !sqnBefore(parent.sqn, sqn)) parent.first = undefined;
    } else if (round === parent.round) return "repeated";
    this.#cancel(parent);
    parent.sqn = sqn;
    parent.round = round;
    if (round === 0) {
      parent.sawStart = true;
      parent.first ??= sqn;
    }
    if (!parent.sawStart) return "lateRound";
    if (!this.#subTypes.includes(subType as PollSubType)) return "others";
    if (!matchesPoll(this.#nodeId, poll.rand, poll.mask)) return "unmatched";
    parent.reply = { path, iface, sqn, round, subType: subType as PollSubType };
    parent.replyAt = now + this.#random.below(poll.boIvlUs + 1) * 1_000;
    return "scheduled";
  }

  /** Takes out the replies that are due, the earliest parent's first. */
  expire(now: Instant): Polr[] {
    const due: Polr[] = [];
    for (const parent of this.#parents) {
      if (parent.replyAt > now) continue;
      due.push(parent.reply!);
      parent.reply = undefined;
      parent.replyAt = NEVER;
    }
    return due;
  }

  /** The parent with this POLL_PATH, which is the one that was heard from last now. */
  #parent(path: Nla, sqn: Sqn): Polling {
    const at = this.#parents.findIndex((parent) => parent.path === path);
    const known = at < 0 ? undefined : this.#parents.splice(at, 1)[0];
    const parent = known ??
      { path, first: undefined, sqn, round: -1, sawStart: false, reply: undefined, replyAt: NEVER };
    if (this.#parents.length === MAX_PARENTS) this.#cancel(this.#parents.shift()!);
    this.#parents.push(parent);
    return parent;
  }

  #cancel(parent: Polling): void {
    if (parent.reply === undefined) return;
    this.#cancelled++;
    parent.reply = undefined;
    parent.replyAt = NEVER;
  }
}

/** Whether a POLL is older than the latest of its parent: an earlier poll, or an earlier round of the same. */
function isOld(parent: Polling, sqn: Sqn, round: number): boolean {
  if (sqn === parent.sqn) return round < parent.round;
  return sqnBefore(sqn, parent.sqn) && sqnDistance(sqn, parent.sqn) <= OLD_POLLS;
}
