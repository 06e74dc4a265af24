/**
 * What happens in a scenario after parsing: the script of a {@link Plan}. Nothing below this point validates.
 *
 * @module
 */

import type { Instant, Nla, OptionTypeName, PacketValue, Sqn } from "../engine/mod.ts";
import type { CallPlan, ReadPlan, WritePlan } from "./plan_sockets.ts";

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
  /** Only packets with OPT_PARITY, or without; `undefined` for any. */
  readonly parity: boolean | undefined;
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
  /** What is drawn anew for each of them. */
  readonly drawn: readonly Drawn[];
  /** The last sequence number that may be drawn; the packet has the first. */
  readonly upTo: number;
}

/** What may differ from one hand-made packet to the next: its sequence number; its GSI and data-source port. */
export type Drawn = "sqn" | "session";

/** A way that unicast from one node is made to take. */
export interface RoutePlan {
  /** The node that sends or forwards: an index into `Plan.nodes`. */
  readonly node: number;
  /** Index into its `interfaces`. */
  readonly iface: number;
  /** Who takes the packets there: an index into `Plan.nodes`. */
  readonly nextHop: number;
  /** For these addresses. */
  readonly destinations: readonly Nla[];
}

/** What goes down or up. */
export type Target =
  | { readonly kind: "segment"; readonly segment: number }
  | { readonly kind: "node"; readonly node: number }
  | { readonly kind: "interface"; readonly node: number; readonly iface: number };

/** What happens at an instant. `until` is `NEVER` for what lasts; `nodes` are indexes into `Plan.nodes`. */
export type ActionPlan =
  | { readonly kind: "send"; readonly at: Instant; readonly send: SendPlan }
  | { readonly kind: "call"; readonly at: Instant; readonly call: CallPlan }
  | { readonly kind: "write"; readonly at: Instant; readonly write: WritePlan }
  | { readonly kind: "read"; readonly at: Instant; readonly read: ReadPlan }
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
  | { readonly kind: "route"; readonly at: Instant; readonly route: RoutePlan }
  | {
    readonly kind: "readdress";
    readonly at: Instant;
    readonly node: number;
    readonly iface: number;
    readonly address: Nla;
  }
  | { readonly kind: "inject"; readonly at: Instant; readonly until: Instant; readonly inject: InjectPlan }
  | {
    readonly kind: "join" | "leave";
    readonly at: Instant;
    readonly places: readonly { readonly node: number; readonly iface: number }[];
  };
