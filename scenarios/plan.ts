/**
 * A scenario after parsing: every default filled in, every unit a number, every helper expanded, every name
 * resolved. Nothing below this point validates (see spec.ts for what users write).
 *
 * @module
 */

import type {
  Instant,
  Nla,
  OptionTypeName,
  PacketValue,
  ParseError,
  ReceiverConfig,
  SessionEnd,
  SourceConfig,
  Sqn,
} from "../engine/mod.ts";

/** The value of a scenario parameter. */
export type ParamValue = number | string | boolean;

/** A scenario, ready to build. Durations are ns, rates bit/s unless named otherwise, shares 0 .. 1. */
export interface Plan {
  /** In kebab-case. */
  readonly name: string;
  /** What happens and why it matters. */
  readonly about: string;
  /** The sections of RFC 3208 that it shows. */
  readonly rfc: readonly string[];
  /** The parameters after `--set`. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** What bounds the run. */
  readonly limits: Limits;
  /** How long routing takes to follow a failure or a recovery. */
  readonly convergence: Instant;
  /** What `InterfacePlan.segment` and `Target` index. */
  readonly segments: readonly SegmentPlan[];
  /** What `Place`, `Target` and the lists of actions and expectations index. */
  readonly nodes: readonly NodePlan[];
  /** In order of time; equal times in the order of the file. */
  readonly script: readonly ActionPlan[];
  /** Judged when the run has ended. */
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

/** A segment of the network. */
export interface SegmentPlan {
  /** Unique among segments. */
  readonly name: string;
  /** The rate of each attachment's transmitter. */
  readonly bitsPerSecond: number;
  /** Propagation delay. */
  readonly delay: Instant;
  /** The room of each transmitter's queue. */
  readonly queueBytes: number;
  /** The largest datagram with IP header, octets. */
  readonly mtu: number;
}

/** An interface of a node; its index in the node is its index on the {@link Host}. */
export interface InterfacePlan {
  /** Index into `Plan.segments`. */
  readonly segment: number;
  /** Unique in the plan. */
  readonly address: Nla;
  /** Routing cost of sending through this interface. */
  readonly cost: number;
}

/** A node of the network. */
export type NodePlan = SourceNode | ReceiverNode | RouterNode | HostNode;

/** What all nodes have. */
export interface NodeBase {
  /** Unique; members of a counted group are `NAME-0`, `NAME-1`, ... */
  readonly name: string;
  /** At least one. */
  readonly interfaces: readonly InterfacePlan[];
}

/** A node that forwards and knows nothing of PGM. */
export interface RouterNode extends NodeBase {
  /** Tells the kinds of nodes apart. */
  readonly role: "router";
}

/** A node that runs no engine: it sends what the script injects. */
export interface HostNode extends NodeBase {
  /** Tells the kinds of nodes apart. */
  readonly role: "host";
}

/** A node that runs a {@link Source}. */
export interface SourceNode extends NodeBase {
  /** Tells the kinds of nodes apart. */
  readonly role: "source";
  /** The multicast group that it sends to. */
  readonly group: Nla;
  /** The data-destination port. */
  readonly port: number;
  /** The parameters of the source. */
  readonly source: SourcePlan;
}

/** A node that runs a {@link Receiver}. */
export interface ReceiverNode extends NodeBase {
  /** Tells the kinds of nodes apart. */
  readonly role: "receiver";
  /** The multicast group that it receives. */
  readonly group: Nla;
  /** The data-destination port. */
  readonly port: number;
  /** Indexes into `interfaces` on which the group is joined. */
  readonly joins: readonly number[];
  /** Whether the joins are in place before the run; otherwise a `join` action makes them. */
  readonly joined: boolean;
  /** The parameters of the receiver. */
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
  /** Data-source port of the first session; 0 draws one at random, as every restart does. */
  readonly sourcePort: number;
}

/** The parameters of a receiver (RFC 3208, section 6). */
export type ReceiverPlan = Omit<ReceiverConfig, "group" | "port">;

/** Which copies an impairment or a drop acts on: those that pass one interface in one direction. */
export interface Place {
  /** Index into `Plan.nodes`. */
  readonly node: number;
  /** Index into the node's `interfaces`. */
  readonly iface: number;
  /** Seen from the node. */
  readonly direction: "in" | "out";
}

/** The first and the last sequence number. */
export type SqnRange = readonly [first: Sqn, last: Sqn];

/** Which packets: every field that is given must match. */
export interface PacketMatch {
  /** Packet types by name (`ODATA`, `NAK`, ...); empty for any. */
  readonly types: readonly string[];
  /** Inclusive ranges of sequence numbers; empty for any. */
  readonly sqns: readonly SqnRange[];
  /** Inclusive ranges of trailing edges: only SPM, ODATA and RDATA match; empty for any. */
  readonly trails: readonly SqnRange[];
  /** Inclusive ranges of leading edges: only SPM match; empty for any. */
  readonly leads: readonly SqnRange[];
  /** Indexes into `Plan.nodes` of sources whose packets match; empty for any. */
  readonly sources: readonly number[];
  /** Only packets to one address, or to a group; `undefined` for any. */
  readonly cast: "unicast" | "multicast" | undefined;
  /** Options of which a packet must carry at least one; empty for any. */
  readonly options: readonly OptionTypeName[];
}

/** Random loss in bursts: a two-state Markov chain stepped per packet. Shares 0 .. 1. */
export interface GilbertElliott {
  /** The chance per packet that a burst begins. */
  readonly goodToBad: number;
  /** The chance per packet that a burst ends. */
  readonly badToGood: number;
  /** The share lost outside bursts. */
  readonly lossInGood: number;
  /** The share lost inside bursts. */
  readonly lossInBad: number;
}

/** An impairment; all that is not 0 or `undefined` acts, in this order. */
export interface ImpairPlan {
  /** Where it acts; each place draws and counts on its own. */
  readonly places: readonly Place[];
  /** The packets that it acts on. */
  readonly match: PacketMatch;
  /** The share lost, each packet on its own. */
  readonly loss: number;
  /** Loss in bursts. */
  readonly burst: GilbertElliott | undefined;
  /** The share that arrives twice. */
  readonly duplicate: number;
  /** How much later the second copy arrives. */
  readonly duplicateDelay: Instant;
  /** The share with flipped bits. */
  readonly corrupt: number;
  /** What every packet is delayed by. */
  readonly delay: Instant;
  /** Further delay, drawn from `0 .. jitter` per packet. */
  readonly jitter: Instant;
  /** The share that is held back. */
  readonly reorder: number;
  /** How long it is held back. */
  readonly reorderDelay: Instant;
}

/** A stream of messages. */
export interface SendPlan {
  /** Indexes into `Plan.nodes`. */
  readonly from: readonly number[];
  /** How many in all, from each source. */
  readonly messages: number;
  /** The shortest message, octets; lengths are spread over `minBytes ..= maxBytes`. */
  readonly minBytes: number;
  /** The longest message, octets. */
  readonly maxBytes: number;
  /** The time between two messages; 0 for all at once. */
  readonly every: Instant;
}

/** Hand-made packets that a node puts on the network. */
export interface InjectPlan {
  /** The node that puts them on the network: an index into `Plan.nodes`. */
  readonly node: number;
  /** Index into the node's `interfaces`. */
  readonly iface: number;
  /** The source whose session they name: an index into `Plan.nodes`. */
  readonly session: number;
  /** The network source. */
  readonly source: Nla;
  /** A group or an address. */
  readonly destination: Nla;
  /** The IP time to live. */
  readonly ttl: number;
  /** Another data-source port than the session's, or `undefined`. */
  readonly sourcePort: number | undefined;
  /** The octets; or the packet, whose GSI and data-source port are filled in when the run has drawn them. */
  readonly packet: Uint8Array | PacketValue;
  /** How many. */
  readonly count: number;
  /** The time from one to the next; 0 for all at once. */
  readonly every: Instant;
}

/** What goes down or up. */
export type Target =
  | { readonly kind: "segment"; readonly segment: number }
  | { readonly kind: "node"; readonly node: number }
  | { readonly kind: "interface"; readonly node: number; readonly iface: number };

/** What happens at an instant. `until` is `NEVER` for what lasts; `nodes` are indexes into `Plan.nodes`. */
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
  /** Sources end their sessions in good order; what was submitted is still sent. */
  | { readonly kind: "close"; readonly at: Instant; readonly nodes: readonly number[] }
  /** Sources break their sessions off. */
  | {
    readonly kind: "abort";
    readonly at: Instant;
    readonly nodes: readonly number[];
    readonly code: number;
    readonly nakable: boolean;
  }
  /** Sources let the trailing edge of their windows pass messages. */
  | { readonly kind: "release"; readonly at: Instant; readonly nodes: readonly number[]; readonly messages: number }
  | { readonly kind: "inject"; readonly at: Instant; readonly until: Instant; readonly inject: InjectPlan }
  | {
    readonly kind: "join" | "leave";
    readonly at: Instant;
    readonly places: readonly { readonly node: number; readonly iface: number }[];
  };

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
