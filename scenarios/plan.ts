/**
 * A scenario after parsing: every default filled in, every unit a number, every helper expanded, every name
 * resolved. Nothing below this point validates (see language/spec.ts for what users write).
 *
 * @module
 */

import type { ElementConfig, Instant, Nla, ReceiverConfig, RepairerConfig, SourceConfig } from "../engine/mod.ts";
import type { ExpectationPlan } from "./plan_expect.ts";
import type { ActionPlan } from "./plan_script.ts";

export type * from "./plan_expect.ts";
export type * from "./plan_script.ts";
export type * from "./plan_sockets.ts";

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
export type NodePlan = SourceNode | ReceiverNode | RouterNode | HostNode | SocketsNode;

/** What all nodes have. */
export interface NodeBase {
  /** Unique; members of a counted group are `NAME-0`, `NAME-1`, ... */
  readonly name: string;
  /** At least one. */
  readonly interfaces: readonly InterfacePlan[];
}

/** A node that forwards. */
export interface RouterNode extends NodeBase {
  /** Tells the kinds of nodes apart. */
  readonly role: "router";
  /** The parameters of its {@link NetworkElement}; without them it knows nothing of PGM. */
  readonly element?: ElementConfig;
}

/** A node that runs no engine: it sends what the script injects. */
export interface HostNode extends NodeBase {
  /** Tells the kinds of nodes apart. */
  readonly role: "host";
}

/** A node that runs a {@link Stack}: the script has programs use its sockets. */
export interface SocketsNode extends NodeBase {
  /** Tells the kinds of nodes apart. */
  readonly role: "sockets";
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

/** A node that runs a {@link Receiver}, or a {@link DesignatedRepairer}. */
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
  /** The parameters of its {@link DesignatedRepairer}; without them it repairs for nobody. */
  readonly repairer?: RepairerConfig;
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
