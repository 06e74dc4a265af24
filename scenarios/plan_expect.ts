/**
 * What a scenario expects after parsing: the expectations of a {@link Plan}.
 *
 * @module
 */

import type { Instant, ParseError, SessionEnd, WsaName } from "../engine/mod.ts";
import type { PacketMatch } from "./plan_script.ts";

/** Bounds that a number must keep; `exactly` is both. */
export interface Bounds {
  /** 0 for no lower bound. */
  readonly atLeast: number;
  /** `Infinity` for no upper bound. */
  readonly atMost: number;
}

/** Which packets that nodes put on the network. */
export interface SentPlan {
  /** Indexes into `Plan.nodes`; empty for any. */
  readonly from: readonly number[];
  /** Which of their packets. */
  readonly match: PacketMatch;
  /** The first instant that counts. */
  readonly after: Instant;
  /** The first instant that does not; `NEVER` for the end of the run. */
  readonly before: Instant;
}

/**
 * What must be true when the run has ended. `text` is the expectation for people; lists of nodes are indexes into
 * `Plan.nodes`.
 */
export type ExpectationPlan =
  /** Messages delivered to each of the receivers: all of them from its starting point on, or a number in a time. */
  | {
    readonly kind: "delivered";
    readonly by: readonly number[];
    readonly count: "all" | Bounds;
    readonly after: Instant;
    readonly before: Instant;
    readonly text: string;
  }
  /** Sequence numbers that each of the receivers reports lost in a time. */
  | {
    readonly kind: "lost";
    readonly by: readonly number[];
    readonly count: Bounds;
    readonly after: Instant;
    readonly before: Instant;
    readonly text: string;
  }
  /**
   * Sequence numbers that each of the receivers gets by repair, or holds back a NAK for; data received again; sessions
   * whose beginning it received.
   */
  | {
    readonly kind: "recovered" | "suppressed" | "duplicates" | "started";
    readonly by: readonly number[];
    readonly count: Bounds;
    readonly text: string;
  }
  /** How many packets were put on the network in all. */
  | { readonly kind: "sent"; readonly sent: SentPlan; readonly count: Bounds; readonly text: string }
  /** When each of them was: at these instants, no others. */
  | {
    readonly kind: "times";
    readonly sent: SentPlan;
    readonly are: readonly Instant[];
    readonly within: Instant;
    readonly text: string;
  }
  /** The times from each of them to the next. */
  | { readonly kind: "spacing"; readonly sent: SentPlan; readonly bounds: Bounds; readonly text: string }
  /**
   * How, and between which instants, every session that each of the receivers followed ended; of some sources, if any
   * are given.
   */
  | {
    readonly kind: "ended";
    readonly by: readonly number[];
    /** Indexes into `Plan.nodes`; empty for any. */
    readonly sources: readonly number[];
    readonly end: SessionEnd;
    /** The error code of `rst`, or `undefined` for any. */
    readonly code: number | undefined;
    readonly after: Instant;
    readonly before: Instant;
    readonly text: string;
  }
  /** How often calls of the sockets of each of the nodes failed with a code in a time. */
  | {
    readonly kind: "told";
    readonly by: readonly number[];
    readonly code: WsaName;
    /** The name of the socket; `undefined` for any. */
    readonly socket: string | undefined;
    readonly count: Bounds;
    readonly after: Instant;
    readonly before: Instant;
    readonly text: string;
  }
  /** A counter of the engine of each of the nodes, or its malformed packets of one cause. */
  | {
    readonly kind: "counter";
    readonly of: readonly number[];
    readonly counter: string;
    readonly count: Bounds;
    readonly text: string;
  }
  | {
    readonly kind: "malformed";
    readonly of: readonly number[];
    readonly cause: ParseError;
    readonly count: Bounds;
    readonly text: string;
  }
  /** The repair latency of each of the receivers, ns. */
  | {
    readonly kind: "repairLatency";
    readonly by: readonly number[];
    readonly statistic: "median" | "p99" | "max";
    readonly atMost: Instant;
    readonly text: string;
  }
  /** When everything was delivered or reported. */
  | { readonly kind: "settled"; readonly before: Instant; readonly text: string };
