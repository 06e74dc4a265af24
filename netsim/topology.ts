/**
 * What an internetwork consists of: nodes, segments, and the attachments that tie one to the other. A link is a
 * segment with two attachments; a LAN is one with many. Read {@link Attachment} first: it has the interface's address,
 * its transmitter and its impairments. These are parts without behaviour of their own; the simulation moves them.
 *
 * @module
 */

import { assert } from "../engine/base/assert.ts";
import type { Endpoint, Host, Interceptor, InterfaceSet } from "../engine/base/host.ts";
import type { Nla } from "../engine/base/nla.ts";
import type { Instant } from "../engine/base/time.ts";
import type { Impairment } from "./impairments/impairment.ts";
import type { SegmentStats } from "./segment_stats.ts";

/** Thrown when a network is built from parts that do not fit. */
export class TopologyError extends Error {
  /** Tells it from other errors across realms. */
  override readonly name = "TopologyError";
}

/** The physical properties of a segment. */
export interface SegmentInit {
  /** The rate of each attachment's transmitter, a positive integer. */
  readonly bitsPerSecond: number;
  /** Propagation delay, ns. */
  readonly delay: Instant;
  /** The room of each transmitter's queue, which includes the datagram in transmission. */
  readonly queueBytes: number;
  /** The largest datagram with IP header; larger ones are dropped. */
  readonly mtu: number;
}

/** What installs software on nodes. */
export interface Installer {
  /** Starts an endpoint. */
  run(node: Node, factory: (host: Host) => Endpoint): void;
  /** Starts an interceptor; throws {@link TopologyError} unless the node is a router. */
  intercept(node: Node, factory: (host: Host) => Interceptor): void;
}

/** An end system or a router. */
export class Node {
  /** The index in the simulation's `nodes`; the lowest decides ties in routing. */
  readonly id: number;
  /** Unique among nodes. */
  readonly name: string;
  /** Whether the node is a router. */
  readonly forwards: boolean;
  /** By interface index. */
  attachments: readonly Attachment[] = [];
  /** The software that runs; an interceptor is one too. */
  endpoint: Endpoint | undefined = undefined;
  /** The software that is asked before datagrams are forwarded. */
  interceptor: Interceptor | undefined = undefined;
  /** Whether the node is up. */
  up = true;
  /** Whether routing takes the node to be up. */
  routedUp = true;
  readonly #installer: Installer;

  /** A node without interfaces and software; use `Simulation.addNode`. */
  constructor(id: number, name: string, how: { readonly forwards: boolean; readonly installer: Installer }) {
    this.id = id;
    this.name = name;
    this.forwards = how.forwards;
    this.#installer = how.installer;
  }

  /** Takes an attachment in. */
  add(attachment: Attachment): void {
    this.attachments = this.attachments.concat(attachment);
  }

  /** Starts an endpoint on the node, in place of what ran there; a crashed node comes up. */
  run(factory: (host: Host) => Endpoint): void {
    this.#installer.run(this, factory);
  }

  /** Starts an interceptor on the router, in place of what ran there; a crashed router comes up. */
  intercept(factory: (host: Host) => Interceptor): void {
    this.#installer.intercept(this, factory);
  }
}

/** A multi-access medium. Each attachment has a transmitter of its own, so that nobody waits for another. */
export class Segment {
  /** The index in the simulation's `segments`. */
  readonly id: number;
  /** Unique among segments. */
  readonly name: string;
  /** The rate of each attachment's transmitter. */
  readonly bitsPerSecond: number;
  /** Propagation delay, ns. */
  readonly delay: Instant;
  /** The room of each transmitter's queue. */
  readonly queueBytes: number;
  /** The largest datagram with IP header. */
  readonly mtu: number;
  /** What was counted here. */
  readonly stats: SegmentStats;
  /** In order of attachment. */
  readonly attachments: Attachment[] = [];
  /** The attachments of routers. */
  readonly routers: Attachment[] = [];
  /** Whether the segment is up. */
  up = true;
  /** Whether routing takes the segment to be up. */
  routedUp = true;
  #listeners: Map<Nla, readonly Attachment[]> | undefined = undefined;
  #lastGroup: Nla | undefined = undefined;
  #lastListeners: readonly Attachment[] = [];

  /** A segment without attachments; use `Simulation.addSegment`. */
  constructor(id: number, name: string, how: SegmentInit & { readonly stats: SegmentStats }) {
    this.id = id;
    this.name = name;
    this.bitsPerSecond = how.bitsPerSecond;
    this.delay = how.delay;
    this.queueBytes = how.queueBytes;
    this.mtu = how.mtu;
    this.stats = how.stats;
  }

  /** The attachments that take in datagrams to `group`, in order of attachment: members, and all routers. */
  listeners(group: Nla): readonly Attachment[] {
    if (group === this.#lastGroup) return this.#lastListeners;
    this.#listeners ??= new Map();
    let listeners = this.#listeners.get(group);
    if (listeners === undefined) {
      listeners = this.attachments.filter((attachment) => attachment.listens(group));
      this.#listeners.set(group, listeners);
    }
    this.#lastGroup = group;
    this.#lastListeners = listeners;
    return listeners;
  }

  /** Takes an attachment in. */
  add(attachment: Attachment): void {
    this.attachments.push(attachment);
    if (attachment.forwards) this.routers.push(attachment);
    const [first, second] = this.attachments;
    if (second === undefined) return;
    const link = this.attachments.length === 2 && first!.node !== second.node;
    first!.peer = link ? second : undefined;
    second.peer = link ? first : undefined;
  }

  /** Must follow every change of what an attachment's `listens(group)` gives. */
  listenersChanged(group: Nla): void {
    this.#listeners?.delete(group);
    this.#lastGroup = undefined;
  }
}

// Most attachments have none: they share these lists. What changes a list replaces it, with `concat`, which leaves no
// room for more as a spread does: networks have many attachments.
const NO_IMPAIRMENTS: readonly Impairment[] = [];
const NO_GROUPS: readonly Nla[] = [];
const NO_OUTAGES: readonly Outage[] = [];

/** A time without connection, as places in the order of events. */
interface Outage {
  readonly reason: OutageReason;
  readonly at: Instant;
  /** What was sent before is lost; `Infinity` while it lasts. */
  until: number;
}

/** What is down. */
export type OutageReason = "segment down" | "interface down" | "node down";

/** One interface of a node on one segment. */
export class Attachment {
  // What every copy touches comes first, to lie together in memory.
  /** Unique among attachments. */
  readonly id: number;
  /** Whose interface this is. */
  readonly node: Node;
  /** The id of `segment`. */
  readonly segmentId: number;
  /** The interface index on the node. */
  readonly index: number;
  /** The other end, on a segment with two attachments. */
  peer: Attachment | undefined = undefined;
  /** What has a lower place in the order of events may be lost: see {@link Attachment.lossOf}. */
  lostBefore = 0;
  /** Whether the node is a router. */
  readonly forwards: boolean;
  /** Whether `inbound` has any. */
  impairedIn = false;
  /** Whether `outbound` has any. */
  impairedOut = false;
  #lastGroup: Nla | undefined = undefined;
  /** Where the interface is attached. */
  readonly segment: Segment;
  /** `NODE:SEGMENT`, with `#2`, `#3` ... for further attachments of the node to the segment. */
  readonly name: string;
  /** The address of the interface. */
  address: Nla;
  /** The routing cost of sending through this interface. */
  readonly cost: number;
  /** Whether this is the only attachment of the node to the segment. */
  only = true;
  /** Applied to what arrives, in this order. */
  inbound: readonly Impairment[] = NO_IMPAIRMENTS;
  /** Applied to what is transmitted, before the queue, in this order. */
  outbound: readonly Impairment[] = NO_IMPAIRMENTS;
  /** The groups that the node has joined here. */
  groups: readonly Nla[] = NO_GROUPS;
  /** The groups whose membership has become known to the routers of the segment. */
  reported: readonly Nla[] = NO_GROUPS;
  /** Whether the interface itself is up. */
  up = true;
  /** Whether routing takes the interface itself to be up. */
  routedUp = true;
  #outages: readonly Outage[] = NO_OUTAGES;
  #self: readonly Attachment[] | undefined = undefined;
  #selfSet: InterfaceSet | undefined = undefined;

  /** The next interface of `node`; use `Simulation.attach`. */
  constructor(id: number, node: Node, segment: Segment, how: { readonly address: Nla; readonly cost: number }) {
    this.id = id;
    this.node = node;
    this.segmentId = segment.id;
    this.segment = segment;
    this.forwards = node.forwards;
    this.index = node.attachments.length;
    const earlier = node.attachments.filter((other) => other.segment === segment).length;
    this.name = `${node.name}:${segment.name}${earlier === 0 ? "" : `#${earlier + 1}`}`;
    this.address = how.address;
    this.cost = how.cost;
  }

  /** Just this attachment, as a list that never changes. */
  get self(): readonly Attachment[] {
    this.#self ??= [this];
    return this.#self;
  }

  /** Just this interface, as a set that never changes. */
  get selfSet(): InterfaceSet {
    this.#selfSet ??= [this.index];
    return this.#selfSet;
  }

  /** Adds an impairment at the end of a direction's chain. */
  addImpairment(direction: "in" | "out", impairment: Impairment): void {
    this.#setChain(direction, this.#chain(direction).concat(impairment));
  }

  /** Takes an impairment out of a direction's chain, once. */
  removeImpairment(direction: "in" | "out", impairment: Impairment): void {
    const chain = this.#chain(direction);
    const at = chain.indexOf(impairment);
    assert(at >= 0, `the impairment to remove is not on ${this.name} ${direction}`);
    this.#setChain(direction, chain.filter((_, index) => index !== at));
  }

  /** Whether datagrams to `group` that arrive here are looked at. */
  listens(group: Nla): boolean {
    if (this.forwards || group === this.#lastGroup) return true;
    if (!this.groups.includes(group)) return false;
    this.#lastGroup = group;
    return true;
  }

  /** Takes in datagrams to `group` from now on; gives whether that is new. */
  join(group: Nla): boolean {
    if (this.groups.includes(group)) return false;
    this.groups = this.groups.concat(group);
    this.segment.listenersChanged(group);
    return true;
  }

  /** Takes in no more datagrams to `group`; gives whether that is new. */
  leave(group: Nla): boolean {
    if (!this.groups.includes(group)) return false;
    this.groups = this.groups.filter((other) => other !== group);
    this.#lastGroup = undefined;
    this.segment.listenersChanged(group);
    return true;
  }

  /** Whether interface, node and segment are up. */
  get works(): boolean {
    return this.up && this.node.up && this.segment.up;
  }

  /** Whether routing takes interface, node and segment to be up. */
  get routed(): boolean {
    return this.routedUp && this.node.routedUp && this.segment.routedUp;
  }

  /** Notes what went down at `at`. */
  fail(reason: OutageReason, at: Instant): void {
    this.#outages = this.#outages.concat({ reason, at, until: Infinity });
    this.lostBefore = Infinity;
  }

  /** Notes what came back; what was sent before `order` is lost all the same. */
  recover(reason: OutageReason, order: number): void {
    const outage = this.#outages.find((candidate) => candidate.reason === reason && candidate.until === Infinity)!;
    outage.until = order;
    this.lostBefore = this.#outages.some((candidate) => candidate.until === Infinity) ? Infinity : order;
  }

  /** Why a copy that was sent at this place in the order of events does not get in here, if so. */
  lossOf(order: number): OutageReason | undefined {
    return this.#outages.find((outage) => order < outage.until)?.reason;
  }

  /** Why copies from here, due to have left the queue at `departure`, do not come out of the segment, if so. */
  departureLossOf(order: number, departure: Instant): OutageReason | undefined {
    const lost = (outage: Outage): boolean =>
      order < outage.until && (outage.reason === "segment down" || outage.at < departure);
    return this.#outages.find(lost)?.reason;
  }

  #chain(direction: "in" | "out"): readonly Impairment[] {
    return direction === "in" ? this.inbound : this.outbound;
  }

  #setChain(direction: "in" | "out", chain: readonly Impairment[]): void {
    if (direction === "in") this.inbound = chain;
    else this.outbound = chain;
    this.impairedIn = this.inbound.length > 0;
    this.impairedOut = this.outbound.length > 0;
  }
}
