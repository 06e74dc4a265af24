/**
 * What a PGM parent, a source or a network element, does about the NAKs of its children (RFC 3208, sections 14 and 15):
 * the parameters of polls and of NAK_BO_IVL.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Sqn } from "../base/sqn.ts";
import { type Instant, ms, seconds } from "../base/time.ts";
import { MAX_MASK_BITS } from "./random_match.ts";

/** Where a parent tells its children the NAK_BO_IVL that they should use (section 15.2.1). */
export type NakBoIvlOn = "none" | "NCF" | "NCF+SPM";

/** How a parent treats its children. Durations are ns; those that go into packets are cut to whole microseconds there. */
export interface ParentConfig {
  /**
   * On which packets OPT_NAK_BO_IVL goes; `none` also leaves NAK_BO_IVL untuned. SPMs carry it in any case once it was
   * derived from a poll (section 14.4).
   */
  readonly nakBoIvlOn: NakBoIvlOn;
  /** NAK_BO_IVL_DEFAULT: what NAK_BO_IVL begins with, and what few children should use. */
  readonly nakBoIvl: Instant;
  /** NAK_BO_IVL_MIN; at least 1 us. */
  readonly nakBoIvlMin: Instant;
  /** NAK_BO_IVL_MAX; also the POLL_BO_IVL of polls while the number of children is unknown. */
  readonly nakBoIvlMax: Instant;
  /** Whether SPMs tell these two limits (OPT_NAK_BO_RNG); sources only. */
  readonly nakBoRng: boolean;
  /** NAK_PROBE_NUM: so many numbers asked for without a duplicate NAK shorten NAK_BO_IVL. */
  readonly nakProbeNum: number;
  /** DUP_NAK_MAX: so many duplicate NAKs for one number, and NCFs are presumed not to arrive; 0 for never. */
  readonly dupNakMax: number;
  /** How long after the first NAK for a number another one is still a duplicate, even if its repair was sent. */
  readonly repairStateIvl: Instant;
  /** The time from the start of a poll that counts the children to the next; 0 for no polls. */
  readonly pollIvl: Instant;
  /** The number of replies that a poll aims at. */
  readonly pollReplies: number;
  /** The number of replies that makes a parent abort a poll. */
  readonly pollAbort: number;
  /** How many bits POLL_MASK has while nothing is known of the number of children, 0 .. 32. */
  readonly pollBits: number;
  /** How long after POLL_BO_IVL replies still count: a round trip to the children. */
  readonly pollWait: Instant;
  /** POLL_SQN of the first poll. */
  readonly firstPollSqn: Sqn;
}

/** What concerns the children on one interface, whoever their parent is. */
export type ChildrenConfig = Omit<ParentConfig, "nakBoRng" | "repairStateIvl">;

/** No polls, no tuning. */
export const PARENT_DEFAULTS: ParentConfig = {
  nakBoIvlOn: "none",
  nakBoIvl: ms(50),
  nakBoIvlMin: ms(10),
  nakBoIvlMax: seconds(2),
  nakBoRng: false,
  nakProbeNum: 8,
  dupNakMax: 0,
  repairStateIvl: ms(200),
  pollIvl: 0,
  pollReplies: 32,
  pollAbort: 128,
  pollBits: 16,
  pollWait: ms(500),
  firstPollSqn: 1,
};

/** The largest duration that fits a field of microseconds. */
const MAX_FIELD = 0xffff_ffff * 1_000;

/** Throws unless the configuration makes sense. */
export function assertParentConfig(config: ParentConfig): void {
  assertChildrenConfig(config);
  assert(config.repairStateIvl >= 0, "repairStateIvl must not be negative");
}

/** Throws unless what concerns the children on one interface makes sense. */
export function assertChildrenConfig(config: Omit<ChildrenConfig, "firstPollSqn">): void {
  assert(config.nakBoIvlMin >= 1_000 && config.nakBoIvlMax <= MAX_FIELD, "NAK_BO_IVL must be in 1 us .. 4294.967295 s");
  assert(
    config.nakBoIvlMin <= config.nakBoIvl && config.nakBoIvl <= config.nakBoIvlMax,
    "nakBoIvl must be in nakBoIvlMin .. nakBoIvlMax",
  );
  assert(config.nakProbeNum >= 1 && config.dupNakMax >= 0, "nakProbeNum must be at least 1, dupNakMax at least 0");
  assert(config.pollIvl >= 0 && config.pollWait >= 0, "intervals must not be negative");
  assert(config.pollReplies >= 1 && config.pollReplies < config.pollAbort, "pollReplies must be in 1 .. pollAbort - 1");
  assert(config.pollBits >= 0 && config.pollBits <= MAX_MASK_BITS, "pollBits must be in 0 .. 32");
}
