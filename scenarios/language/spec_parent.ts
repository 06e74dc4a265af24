/**
 * What a source can be given as the PGM parent of its children (RFC 3208, sections 14 and 15): polls and NAK_BO_IVL. Read
 * spec_network.ts first.
 *
 * @module
 */

import { boolean, choice, duration, integer } from "./scalars.ts";
import { byDefault } from "./schema.ts";

const delay = duration("0s", "24h");

/** An interval that fits a field of microseconds. */
export const backOff = duration("1us", "1h");

/** The keys of polls and of NAK_BO_IVL. */
export const parentKeys = {
  nakBoIvlOn: byDefault(
    choice("packets", "none", "NCF", "NCF+SPM"),
    "none",
    "on which packets NAK_BO_IVL is advertised (OPT_NAK_BO_IVL), as duplicate NAKs and polls tune it",
  ),
  nakBoIvl: byDefault(backOff, "50ms", "NAK_BO_IVL_DEFAULT: what the advertised NAK_BO_IVL begins with"),
  nakBoIvlMin: byDefault(backOff, "10ms", "NAK_BO_IVL_MIN: no less is advertised"),
  nakBoIvlMax: byDefault(
    backOff,
    "2s",
    "NAK_BO_IVL_MAX: no more is advertised; also spreads the replies to polls of an unknown number of receivers",
  ),
  nakBoRng: byDefault(boolean(), false, "OPT_NAK_BO_RNG: whether SPMs tell the two limits"),
  nakProbeNum: byDefault(
    integer(1, 1_000_000),
    8,
    "NAK_PROBE_NUM: so many numbers in a row without a duplicate NAK halve NAK_BO_IVL",
  ),
  dupNakMax: byDefault(
    integer(0, 1_000_000),
    0,
    "DUP_NAK_MAX: so many duplicate NAKs for one number, and NCFs are sent by unicast; 0 for never",
  ),
  repairStateIvl: byDefault(delay, "200ms", "how long after the first NAK for a number another one is a duplicate"),
  pollIvl: byDefault(delay, "0s", "the time from one poll that counts the receivers to the next; 0s for no polls"),
  pollReplies: byDefault(integer(1, 1_000_000), 32, "the number of replies that a poll aims at"),
  pollAbort: byDefault(integer(2, 1_000_000), 128, "the number of replies that aborts a poll; more than pollReplies"),
  pollBits: byDefault(
    integer(0, 32),
    16,
    "bits of POLL_MASK while the number of receivers is unknown: one in 2^bits replies",
  ),
  pollWait: byDefault(delay, "500ms", "how long after POLL_BO_IVL replies still count: a round trip"),
  firstPollSqn: byDefault(integer(0, 0xffff_ffff), 1, "POLL_SQN of the first poll"),
};
