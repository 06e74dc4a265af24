/**
 * A scenario after parsing: every default filled in, every unit a number, every helper expanded, every name
 * resolved. Nothing below this point validates (see spec.ts for what users write).
 *
 * @module
 */

import type { Instant, Nla, ReceiverConfig, SourceConfig, Sqn } from "../engine/mod.ts";

/** The value of a scenario parameter. */
export type ParamValue = number | string | boolean;

/** A scenario, ready to build. Durations are ns, rates bit/s unless named otherwise, shares 0 .. 1. */
export interface Plan {
  readonly name: string;
  readonly about: string;
  readonly rfc: readonly string[];
  /** The parameters after `--set`. */
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly limits: Limits;
  /** How long routing takes to follow a failure or a recovery. */
  readonly convergence: Instant;
  readonly segments: readonly SegmentPlan[];
  readonly nodes: readonly NodePlan[];
  /** In order of time; equal times in the order of the file. */
  readonly script: readonly ActionPlan[];
  readonly expect: readonly ExpectationPlan[];
}

/** What bounds a run. */
export interface Limits {
  /** Simulated time after which a run that has not settled ends. */
  readonly time: Instant;
  /** Events after which a run ends. */
  readonly events: number;
  /** How long a run goes on after all is delivered or reported, to catch what comes late. */
  readonly settle: Instant;
}

export interface SegmentPlan {
  readonly name: string;
  readonly bitsPerSecond: number;
  readonly delay: Instant;
  readonly queueBytes: number;
  readonly mtu: number;
}

export interface InterfacePlan {
  /** Index into `Plan.segments`. */
  readonly segment: number;
  /** Unique in the plan. */
  readonly address: Nla;
  /** Routing cost of sending through this interface. */
  readonly cost: number;
}

export type NodePlan = SourceNode | ReceiverNode | RouterNode;

interface NodeBase {
  /** Unique; members of a counted group are `NAME-0`, `NAME-1`, ... */
  readonly name: string;
  readonly interfaces: readonly InterfacePlan[];
}

export interface RouterNode extends NodeBase {
  readonly role: "router";
}

export interface SourceNode extends NodeBase {
  readonly role: "source";
  readonly group: Nla;
  readonly port: number;
  readonly source: SourcePlan;
}

export interface ReceiverNode extends NodeBase {
  readonly role: "receiver";
  readonly group: Nla;
  readonly port: number;
  /** Indexes into `interfaces` on which the group is joined. */
  readonly joins: readonly number[];
  /** Whether the joins are in place before the run; otherwise a `join` action makes them. */
  readonly joined: boolean;
  readonly receiver: ReceiverPlan;
}

/** The parameters of a source, but for those that its place in the plan gives (RFC 3208, section 5). */
export interface SourcePlan
  extends Omit<SourceConfig, "tsi" | "group" | "port" | "iface" | "txwMaxRte" | "peakRte" | "sendBufferBytes"> {
  /** Index into `interfaces` through which the source sends. */
  readonly sendOn: number;
  /** TXW_MAX_RTE, bytes/s. */
  readonly rateBytesPerSecond: number;
  /** Leaky bucket: the rate of back-to-back packets, bytes/s. */
  readonly peakBytesPerSecond: number;
  /** Data-source port; 0 draws one at random. */
  readonly sourcePort: number;
}

/** The parameters of a receiver (RFC 3208, section 6). */
export type ReceiverPlan = Omit<ReceiverConfig, "group" | "port" | "maxApdu" | "maxSessions">;

/** Which copies an impairment or a drop acts on: those that node index `to` takes in through interface `toInterface`. */
export interface Place {
  readonly node: number;
  /** Index into the node's `interfaces`. */
  readonly iface: number;
  readonly direction: "in" | "out";
}

/** Which packets: every field that is given must match. */
export interface PacketMatch {
  /** Packet types by name (`ODATA`, `NAK`, ...); empty for any. */
  readonly types: readonly string[];
  /** Inclusive ranges of sequence numbers; empty for any. */
  readonly sqns: readonly (readonly [Sqn, Sqn])[];
  /** Indexes into `Plan.nodes` of sources whose packets match; empty for any. */
  readonly sources: readonly number[];
}

/** Random loss in bursts: a two-state Markov chain stepped per packet. Shares 0 .. 1. */
export interface GilbertElliott {
  readonly goodToBad: number;
  readonly badToGood: number;
  readonly lossInGood: number;
  readonly lossInBad: number;
}

/** An impairment; all that is given acts, in this order. */
export interface ImpairPlan {
  readonly places: readonly Place[];
  readonly match: PacketMatch;
  readonly loss: number;
  readonly burst: GilbertElliott | undefined;
  readonly duplicate: number;
  readonly duplicateDelay: Instant;
  readonly corrupt: number;
  readonly delay: Instant;
  readonly jitter: Instant;
  readonly reorder: number;
  readonly reorderDelay: Instant;
}

/** A message stream: `messages` messages, one each `every` ns (0: all at once). */
export interface SendPlan {
  /** Indexes into `Plan.nodes`. */
  readonly from: readonly number[];
  readonly messages: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly every: Instant;
}

/** What goes down or up. */
export type Target =
  | { readonly kind: "segment"; readonly segment: number }
  | { readonly kind: "node"; readonly node: number }
  | { readonly kind: "interface"; readonly node: number; readonly iface: number };

/** `until` is `NEVER` for what lasts. */
export type ActionPlan =
  | { readonly kind: "send"; readonly at: Instant; readonly send: SendPlan }
  /**
   * Drops the matching packets that are number `first`, ... `first + count - 1` (from 1) at each place; `count` may be
   * infinite.
   */
  | {
    readonly kind: "drop";
    readonly at: Instant;
    readonly until: Instant;
    readonly places: readonly Place[];
    readonly match: PacketMatch;
    readonly first: number;
    readonly count: number;
  }
  | { readonly kind: "impair"; readonly at: Instant; readonly until: Instant; readonly impair: ImpairPlan }
  | { readonly kind: "down" | "up"; readonly at: Instant; readonly targets: readonly Target[] }
  /** A crash forgets all state; a restart begins with none. */
  | { readonly kind: "crash" | "restart"; readonly at: Instant; readonly nodes: readonly number[] }
  | {
    readonly kind: "join" | "leave";
    readonly at: Instant;
    readonly places: readonly { readonly node: number; readonly iface: number }[];
  };

/** Bounds that a number must keep; `exactly` is both. */
export interface Bounds {
  readonly atLeast: number;
  readonly atMost: number;
}

export type ExpectationPlan =
  /** Messages delivered to each of the receivers: all of them from its starting point on, or a number. */
  | {
    readonly kind: "delivered";
    readonly to: readonly number[];
    readonly count: "all" | Bounds;
    readonly text: string;
  }
  /** Sequence numbers that each of the receivers reports lost, gets by repair, or holds back a NAK for. */
  | {
    readonly kind: "lost" | "recovered" | "suppressed" | "duplicates";
    readonly by: readonly number[];
    readonly count: Bounds;
    readonly text: string;
  }
  /** Packets that the nodes (empty: any) put on the network in all, between two instants. */
  | {
    readonly kind: "sent";
    readonly from: readonly number[];
    readonly match: PacketMatch;
    readonly after: Instant;
    readonly before: Instant;
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
