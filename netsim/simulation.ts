/**
 * A deterministic multicast internetwork. Build it from nodes, segments and attachments, start software on the nodes,
 * then run it. Events happen in order of time, and at one instant in the order in which they were scheduled, whatever
 * their kind; the same parts, software and seed give the same {@link Simulation.traceHash} on every machine.
 *
 * One packet's journey: {@link Node.run}'s host -> `wire.ts` (queue and segment) -> `agenda.ts` (one event) ->
 * `delivery.ts` (who looks at it) -> `router.ts` or the endpoint.
 *
 * @module
 */

import { assert } from "../engine/base/assert.ts";
import type { Datagram } from "../engine/base/datagram.ts";
import { isMulticast, type Nla } from "../engine/base/nla.ts";
import { type Prng, prngFromSeed } from "../engine/base/prng.ts";
import { type Instant, NEVER } from "../engine/base/time.ts";
import { ACTION, Agenda, ARRIVAL, type Due, EGRESS, INGRESS, TIMER } from "./agenda.ts";
import { Delivery } from "./delivery.ts";
import { Endpoints } from "./endpoints.ts";
import { Failures, type Fallible } from "./failures.ts";
import type { Machinery } from "./machinery.ts";
import { Membership } from "./membership.ts";
import { Router } from "./router.ts";
import { Routing } from "./routing.ts";
import { type Conservation, Counters } from "./segment_stats.ts";
import { Attachment, Node, Segment, type SegmentInit, TopologyError } from "./topology.ts";
import { Trace, type TraceKind, type TraceObserver } from "./trace.ts";
import { Wire } from "./wire.ts";

const DEFAULT_PENDING_EVENTS = 1_048_576;

/** What a {@link Simulation} is made with. */
export interface SimulationInit {
  /** An integer in `0 .. 2^53 - 1`. */
  readonly seed: number;
  /** How long routes and trees take to follow a failure or a recovery, ns; 0 unless given. */
  readonly convergence?: Instant;
  /** The classes by which segments count datagrams; one unless given. */
  readonly classes?: readonly string[];
  /** The class of a datagram, an index of `classes`. Asked once for all copies. */
  readonly classify?: (datagram: Datagram) => number;
  /** The most events that may be pending at once; 2^20 unless given. */
  readonly pendingEvents?: number;
  /** Called after each event with its index, from 0, and 32 bits of the hash: for comparing a replay step by step. */
  readonly onEvent?: (index: number, hash32: number) => void;
}

/** What bounds one call of {@link Simulation.run}. */
export interface RunOptions {
  /** The last instant of which events are handled; `NEVER` for no bound. */
  readonly until: Instant;
  /** How many events this call handles at most. */
  readonly maxEvents: number;
  /** Asked after each event. */
  readonly stop?: () => boolean;
}

/** Why {@link Simulation.run} returned: `stop` said so, `until` is over, `maxEvents` were handled, nothing is to come. */
export type RunEnd = "stopped" | "time" | "events" | "idle";

/**
 * A network and its run.
 *
 * @example A source and a receiver on one segment
 * ```ts
 * import {
 *   ms, parseNla, Receiver, RECEIVER_DEFAULTS, seconds, Simulation, Source, SOURCE_DEFAULTS,
 * } from "@pgmlab/pgmlab";
 *
 * const session = { group: parseNla("239.192.0.1")!, port: 7500 };
 * const network = new Simulation({ seed: 1 });
 * const lan = network.addSegment("lan", { bitsPerSecond: 100_000_000, delay: ms(1), queueBytes: 262_144, mtu: 1500 });
 * const sender = network.addNode("sender", { forwards: false });
 * const member = network.addNode("member", { forwards: false });
 * network.attach(sender, lan, { address: parseNla("10.0.0.1")!, cost: 1 });
 * network.attach(member, lan, { address: parseNla("10.0.0.2")!, cost: 1 });
 *
 * const heard: string[] = [];
 * member.run((host) => {
 *   const receiver = new Receiver(host, { ...RECEIVER_DEFAULTS, ...session }, {
 *     onMessage: (now, _session, message) => heard.push(`${new TextDecoder().decode(message)} at ${now} ns`),
 *     onLoss: (_now, _session, first, last) => heard.push(`lost ${first} to ${last}`),
 *   });
 *   receiver.join(0);
 *   return receiver;
 * });
 * sender.run((host) => {
 *   const tsi = { gsi: 0x0a0b0c, port: 4000 };
 *   const source = new Source(host, { ...SOURCE_DEFAULTS, ...session, tsi, iface: 0 });
 *   network.at(ms(10), () => {
 *     source.send(network.now, new TextEncoder().encode("hello"));
 *     network.poke(sender);
 *   });
 *   return source;
 * });
 * network.run({ until: seconds(1), maxEvents: 10_000 });
 *
 * // 10 ms, 1 ms on the way, and the transmission of 5 + 24 + 20 octets at 100 Mbit/s.
 * if (heard.join() !== "hello at 11004560 ns") throw new Error(heard.join());
 * ```
 */
export class Simulation {
  /** The root of all randomness of the run. */
  readonly random: Prng;
  /** The classes by which segments count datagrams. */
  readonly classes: readonly string[];
  /** In order of addition, which is the order of their ids. */
  readonly nodes: readonly Node[];
  /** In order of addition, which is the order of their ids. */
  readonly segments: readonly Segment[];
  readonly #nodes: Node[] = [];
  readonly #segments: Segment[] = [];
  readonly #attachments: Attachment[] = [];
  readonly #nodeNames = new Set<string>();
  readonly #segmentNames = new Set<string>();
  readonly #agenda: Agenda;
  readonly #trace = new Trace();
  readonly #counters: Counters;
  readonly #routing: Routing;
  readonly #membership: Membership;
  readonly #endpoints: Endpoints;
  readonly #delivery: Delivery;
  readonly #wire: Wire;
  readonly #failures: Failures;
  readonly #crashed = new Set<Node>();
  readonly #onEvent: ((index: number, hash32: number) => void) | undefined;
  #events = 0;
  #running = false;

  /**
   * A simulation without a network, at instant 0.
   *
   * @throws {AssertionError} if the seed or the convergence is out of its range
   */
  constructor(init: SimulationInit) {
    const { seed, convergence = 0, classes = ["datagram"], classify = () => 0 } = init;
    assert(Number.isSafeInteger(convergence) && convergence >= 0, `convergence ${convergence} must be ns`);
    this.random = prngFromSeed(seed);
    this.classes = classes;
    this.nodes = this.#nodes;
    this.segments = this.#segments;
    this.#onEvent = init.onEvent;
    this.#counters = new Counters(classes.length);
    const agenda = new Agenda(init.pendingEvents ?? DEFAULT_PENDING_EVENTS);
    const trace = this.#trace;
    const routing = new Routing(this.#nodes, this.#segments);
    const membership = new Membership(agenda, routing);
    const wire = new Wire({ agenda, trace, counters: this.#counters, classify });
    const machinery: Machinery = { agenda, trace, counters: this.#counters, wire, routing, membership };
    const endpoints = new Endpoints(machinery, this.random, (node) => this.#revive(node));
    this.#agenda = agenda;
    this.#routing = routing;
    this.#membership = membership;
    this.#wire = wire;
    this.#endpoints = endpoints;
    this.#delivery = new Delivery(machinery, endpoints, new Router(machinery, endpoints));
    this.#failures = new Failures(machinery, this.#attachments, {
      convergence,
      tell: (attachment) => endpoints.carrierChanged(attachment),
    });
  }

  /** The current instant. */
  get now(): Instant {
    return this.#agenda.now;
  }

  /** The number of events handled so far. */
  get events(): number {
    return this.#events;
  }

  /** What happened so far, as 16 hexadecimal digits. */
  traceHash(): string {
    return this.#trace.hash();
  }

  /** Adds a node. Throws {@link TopologyError} when the name is taken or the run has begun. */
  addNode(name: string, how: { readonly forwards: boolean }): Node {
    this.#building();
    claim(this.#nodeNames, name, "node");
    const node = new Node(this.#nodes.length, name, { forwards: how.forwards, installer: this.#endpoints });
    this.#nodes.push(node);
    return node;
  }

  /**
   * Adds a segment. Throws {@link TopologyError} when the name is taken, a number is out of range, or the run has
   * begun.
   */
  addSegment(name: string, init: SegmentInit): Segment {
    this.#building();
    claim(this.#segmentNames, name, "segment");
    const { bitsPerSecond, delay, queueBytes, mtu } = init;
    positive(bitsPerSecond, `the rate of ${name}`);
    positive(queueBytes, `the queue of ${name}`);
    positive(mtu, `the MTU of ${name}`);
    if (!Number.isSafeInteger(delay) || delay < 0) {
      throw new TopologyError(`the delay of ${name} must be ns, not ${delay}`);
    }
    const segment = new Segment(this.#segments.length, name, { ...init, stats: this.#counters.add() });
    this.#segments.push(segment);
    return segment;
  }

  /**
   * Attaches a node to a segment; gives the interface index. Throws {@link TopologyError} when the address is taken or
   * a group, when the cost is no positive integer, or when the run has begun.
   */
  attach(node: Node, segment: Segment, how: { readonly address: Nla; readonly cost: number }): number {
    this.#building();
    if (this.#wire.used) {
      throw new TopologyError(`Cannot attach ${node.name}: datagrams are under way`);
    }
    positive(how.cost, `the cost of ${node.name} on ${segment.name}`);
    if (isMulticast(how.address)) throw new TopologyError(`Cannot attach ${node.name}: ${how.address} is a group`);
    const attachment = new Attachment(this.#attachments.length, node, segment, how);
    this.#routing.own(how.address, attachment);
    for (const other of node.attachments) {
      if (other.segment !== segment) continue;
      other.only = false;
      attachment.only = false;
    }
    this.#attachments.push(attachment);
    node.add(attachment);
    segment.add(attachment);
    this.#wire.add(attachment);
    return attachment.index;
  }

  /**
   * Sends unicast from `node` to `destination` through `viaIface` to `nextHop`, whatever the costs. Multicast and its
   * reverse paths stay as they are. Throws {@link TopologyError} when `nextHop` is not on that segment.
   */
  routeUnicast(node: Node, destination: Nla, viaIface: number, nextHop: Node): void {
    const egress = interfaceOf(node, viaIface);
    const target = egress.segment.attachments.find((attachment) => attachment.node === nextHop);
    if (target === undefined) {
      throw new TopologyError(`Cannot route ${destination} through ${egress.name}: ${nextHop.name} is not there`);
    }
    this.#routing.override(destination, egress, target);
  }

  /**
   * Gives an interface another address. What is on its way to the old one is nobody's. Throws {@link TopologyError}
   * when the address is taken or a group, or when there is no such interface.
   */
  readdress(node: Node, iface: number, address: Nla): void {
    const attachment = interfaceOf(node, iface);
    if (isMulticast(address)) throw new TopologyError(`Cannot give ${address} to ${attachment.name}: it is a group`);
    this.#routing.own(address, attachment);
    this.#routing.disown(attachment.address);
    this.#membership.forgetSource(attachment.address);
    attachment.address = address;
  }

  /** Does `action` at `time`, ns. Throws `AssertionError` when that is past. */
  at(time: Instant, action: () => void): void {
    assert(Number.isSafeInteger(time) && time >= this.now, `cannot act at ${time} ns: it is ${this.now} ns`);
    this.#agenda.act(time, action);
  }

  /**
   * Takes a segment, an interface or a node down. Software on a node that is down runs on, cut off; it is told of each
   * of its interfaces that this takes from it, in order of attachment.
   */
  down(target: Fallible): void {
    this.#failures.set(target, false);
  }

  /** Brings a segment, an interface or a node up. Software is told of the interfaces that work again. */
  up(target: Fallible): void {
    this.#failures.set(target, true);
  }

  /** Takes a node down and forgets its software; `node.run` or `node.intercept` brings it back. */
  crash(node: Node): void {
    this.#endpoints.retire(node);
    this.#crashed.add(node);
    this.down(node);
  }

  /** Must follow every use of an endpoint from outside: its next timeout may have changed. */
  poke(node: Node): void {
    this.#endpoints.refresh(node);
  }

  /**
   * Adds an observer of some kinds of records, of all unless given, and of all notes. If `classes` are given, it is told
   * of datagrams of these classes alone, and of damaged copies, which have none.
   */
  observe(observer: TraceObserver, kinds?: readonly TraceKind[], classes?: readonly number[]): void {
    this.#trace.observe(observer, kinds, classes);
  }

  /** What became of the copies made on a segment: `made` is the sum of the others, at every moment. */
  conservation(segment: Segment): Conservation {
    return segment.stats.conservation();
  }

  /**
   * Handles events until a bound is reached; may be called again. What software throws is passed on. Throws
   * {@link EventQueueFull} when more events are pending than {@link SimulationInit.pendingEvents}.
   */
  run(options: RunOptions): RunEnd {
    assert(!this.#running, "run was called from within an event");
    this.#running = true;
    this.#membership.begun = true;
    try {
      return this.#run(options);
    } finally {
      this.#running = false;
    }
  }

  #run({ until, maxEvents, stop }: RunOptions): RunEnd {
    const agenda = this.#agenda;
    const timers = agenda.timers;
    for (let handled = 0;; handled++) {
      const timerFirst = agenda.timerFirst();
      const time = timerFirst ? timers.next() : agenda.nextEvent();
      if (time === NEVER) return "idle";
      if (time > until) {
        if (until > agenda.now) agenda.now = until;
        return "time";
      }
      if (handled >= maxEvents) return "events";
      agenda.now = time;
      if (timerFirst) {
        this.#trace.event(time, TIMER);
        this.#endpoints.fire(this.#nodes[timers.nextId()]!);
      } else {
        const due = agenda.take();
        this.#trace.event(time, due.kind);
        this.#handle(due);
      }
      this.#onEvent?.(this.#events, this.#trace.hash32());
      this.#events++;
      if (stop !== undefined && stop()) return "stopped";
    }
  }

  #handle({ kind, order, egress, datagram, target, action }: Due): void {
    switch (kind) {
      case ARRIVAL:
        return this.#delivery.arrive(egress, datagram!, target, order);
      case INGRESS:
        return this.#delivery.enter(target!, datagram!, order);
      case EGRESS:
        return this.#wire.release(egress[0]!, datagram!, target, order);
      case ACTION:
        return action!();
    }
  }

  #revive(node: Node): void {
    if (this.#crashed.delete(node)) this.up(node);
  }

  #building(): void {
    if (this.#membership.begun) throw new TopologyError("Cannot add to the network: the run has begun");
  }
}

function claim(names: Set<string>, name: string, what: "node" | "segment"): void {
  if (names.has(name)) throw new TopologyError(`Cannot add ${what} ${name}: the name is taken`);
  names.add(name);
}

function interfaceOf(node: Node, iface: number): Attachment {
  const attachment = node.attachments[iface];
  if (attachment === undefined) throw new TopologyError(`${node.name} has no interface ${iface}`);
  return attachment;
}

function positive(value: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new TopologyError(`${what} must be a positive integer, not ${value}`);
  }
}
