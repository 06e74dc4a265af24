/**
 * Builds a plan: the simulated network with PGM engines and their applications on its hosts. This is the one place
 * where the engine and the network meet.
 *
 * @module
 */

import {
  type Datagram,
  DesignatedRepairer,
  drawSourcePort,
  type Endpoint,
  formatTsi,
  gsiFromHostname,
  type Host,
  type Instant,
  NetworkElement,
  NEVER,
  type Prng,
  prngFromSeed,
  Receiver,
  RECEIVER_DEFAULTS,
  type ReceiverConfig,
  Source,
  SOURCE_DEFAULTS,
  type SourceConfig,
  type Tsi,
  type WsaName,
} from "../../engine/mod.ts";
import { type Node, type Segment, Simulation } from "../../netsim/mod.ts";
import { type ElementRun, type ReceiverRun, type Retired, Sender, type SourceRun } from "./applications.ts";
import { NakBeforeSpmChecker } from "../checkers/nak_before_spm.ts";
import { Violations } from "../checkers/violation.ts";
import type { Ladder } from "./ladder.ts";
import { CLASSES, classify } from "./match.ts";
import { Member } from "./member.ts";
import type { Plan, ReceiverNode, RouterNode, SocketsNode, SourceNode } from "../plan.ts";
import type { Report } from "./report_watch.ts";
import { SocketHost } from "./socket_host.ts";
import { Streams } from "./streams.ts";

/** When a receiver joins that is there from the start. */
const BEFORE_THE_RUN = -1;

/** What watches a world from the beginning. */
export interface WorldOptions {
  readonly ladder?: Ladder | undefined;
  readonly onEvent?: ((index: number, hash: number) => void) | undefined;
}

/** The network of a plan, as those who observe a run may look at it. */
export interface RunNetwork {
  /** What was built. */
  readonly plan: Plan;
  /** The network and its clock; observers must not change it. */
  readonly simulation: Simulation;
  /** By index in the plan. */
  readonly nodes: readonly Node[];
  /** By index in the plan. */
  readonly segments: readonly Segment[];
}

/** A plan that is ready to run. */
export class World implements RunNetwork {
  readonly plan: Plan;
  readonly simulation: Simulation;
  readonly violations = new Violations();
  readonly streams = new Streams();
  /** Told what the receivers of nodes deliver and report lost; to be set before the start. */
  onReport: ((at: Instant, node: number, what: Report, count: number) => void) | undefined = undefined;
  /** Told of calls of sockets that fail; to be set before the start. */
  onFailure: ((at: Instant, node: number, socket: string, code: WsaName) => void) | undefined = undefined;
  /** Told when a router that speaks PGM starts, with nothing in its memory. */
  onRouterStart: ((node: number) => void) | undefined = undefined;
  readonly nakBeforeSpm = new NakBeforeSpmChecker(this.violations);
  readonly nodes: readonly Node[];
  readonly segments: readonly Segment[];
  /** By index in the plan. */
  readonly sources = new Map<number, SourceRun>();
  /** By index in the plan. */
  readonly receivers = new Map<number, ReceiverRun>();
  /** By index in the plan. */
  readonly sockets = new Map<number, SocketHost>();
  /** By index in the plan: the routers that speak PGM. */
  readonly elements = new Map<number, ElementRun>();
  /** What no engine has sent: it is not held against the node. */
  readonly #injected = new WeakSet<Datagram>();
  /** What lends each end system its interfaces, in its present life; by index in the plan. */
  readonly #hosts = new Map<number, Host>();
  readonly #random: Prng;
  /** The sessions of each source so far, a life each. */
  readonly #sessions = new Map<number, Tsi[]>();
  readonly #ladder: Ladder | undefined;
  #latestConfig: ReceiverConfig | undefined = undefined;

  constructor(plan: Plan, seed: number, options: WorldOptions = {}) {
    this.plan = plan;
    this.#random = prngFromSeed(seed);
    this.#ladder = options.ladder;
    const { onEvent } = options;
    this.simulation = new Simulation({
      seed,
      convergence: plan.convergence,
      classes: CLASSES,
      classify,
      ...(onEvent === undefined ? {} : { onEvent }),
    });
    this.segments = plan.segments.map(({ name, ...options }) => this.simulation.addSegment(name, options));
    this.nodes = plan.nodes.map((node) => {
      const made = this.simulation.addNode(node.name, { forwards: node.role === "router" });
      for (const { segment, address, cost } of node.interfaces) {
        this.simulation.attach(made, this.segments[segment]!, { address, cost });
      }
      return made;
    });
  }

  /** Puts the engines on the hosts. To be called after the script is set up: what it does at 0 s comes first. */
  start(): void {
    for (const [index, node] of this.plan.nodes.entries()) {
      if (node.role === "source") this.#startSource(index, node);
      else if (node.role === "receiver") {
        this.#startReceiver(index, node);
        if (node.joined) this.join(BEFORE_THE_RUN, index, node.joins);
      } else if (node.role === "sockets") this.#startSockets(index, node);
      else if (node.role === "router") this.#startElement(index, node);
      else if (node.role === "host") this.#startHost(index);
    }
  }

  /** The session of a source node, of its first life. */
  tsi(node: number): Tsi {
    return this.#tsi(node, 0);
  }

  /** A stream of randomness for something in the script, by name. */
  random(name: string): Prng {
    return this.#random.fork(name);
  }

  /** A node fails and forgets everything. */
  crash(index: number): void {
    this.simulation.crash(this.nodes[index]!);
    const source = this.sources.get(index);
    if (source !== undefined) source.sender.stream.ended = true;
    this.sockets.get(index)?.crash();
    const receiver = this.receivers.get(index);
    if (receiver !== undefined) {
      receiver.member.reset();
      receiver.member.since = NEVER;
      this.nakBeforeSpm.forget(index);
    }
  }

  /** A crashed node comes back with no memory: a source with a new session, a receiver as one that just joined. */
  restart(now: Instant, index: number): void {
    const plan = this.plan.nodes[index]!;
    if (plan.role === "router") {
      this.simulation.up(this.nodes[index]!);
      this.#startElement(index, plan);
    }
    if (plan.role === "host") this.#startHost(index);
    if (plan.role === "sockets") this.#startSockets(index, plan);
    if (plan.role === "source") this.#startSource(index, plan);
    else if (plan.role === "receiver") {
      this.#startReceiver(index, plan);
      if (plan.joined) this.join(now, index, plan.joins);
    }
  }

  /** A receiver joins its group on some of its interfaces. */
  join(now: Instant, index: number, interfaces: readonly number[]): void {
    const run = this.receivers.get(index)!;
    for (const iface of interfaces) run.receiver.join(iface);
    if (run.member.since === NEVER) run.member.since = now;
    for (const iface of interfaces) run.joined.add(iface);
  }

  /** A receiver leaves its group on some of its interfaces. */
  leave(index: number, interfaces: readonly number[]): void {
    const run = this.receivers.get(index)!;
    for (const iface of interfaces) {
      run.receiver.leave(iface);
      run.joined.delete(iface);
    }
    if (run.joined.size > 0) return;
    run.member.since = NEVER;
    run.member.reset();
  }

  /** A node puts a hand-made datagram on the network. A node that has crashed does not. */
  inject(index: number, iface: number, datagram: Datagram): void {
    this.#injected.add(datagram);
    this.#hosts.get(index)!.transmit(iface, datagram);
  }

  /** Whether a datagram was made by hand. */
  isInjected(datagram: Datagram): boolean {
    return this.#injected.has(datagram);
  }

  /** Something happens at a node that its packets do not show. */
  tell(index: number, text: string): void {
    this.#ladder?.event(this.simulation.now, this.nodes[index]!.name, text);
  }

  /** Runs what an application does with the engine of a node, and has the network look at its timers again. */
  poke(index: number): void {
    this.simulation.poke(this.nodes[index]!);
  }

  #startSource(index: number, plan: SourceNode): void {
    const before = this.sources.get(index);
    const retired = before === undefined ? [] : [...before.retired, retire(before.source)];
    const tsi = this.#tsi(index, retired.length);
    const stream = this.streams.open(formatTsi(tsi), plan.name, groupKey(plan), plan.source.firstSqn);
    const sender = new Sender(stream, () => this.sources.get(index)!.source);
    this.nodes[index]!.run((host) => {
      this.#hosts.set(index, host);
      const source = new Source(host, sourceConfig(plan, tsi), sender);
      this.sources.set(index, { name: plan.name, retired, source, sender });
      return source;
    });
  }

  /** A router that knows nothing of PGM runs nothing. */
  #startElement(index: number, { name, element: config }: RouterNode): void {
    if (config === undefined) return;
    this.onRouterStart?.(index);
    const before = this.elements.get(index);
    const retired = before === undefined ? [] : [...before.retired, retire(before.element)];
    this.nodes[index]!.intercept((host) => {
      const element = new NetworkElement(host, config);
      this.elements.set(index, { name, retired, element });
      return element;
    });
  }

  #startHost(index: number): void {
    this.nodes[index]!.run((host) => {
      this.#hosts.set(index, host);
      return BYSTANDER;
    });
  }

  #startSockets(index: number, plan: SocketsNode): void {
    this.nodes[index]!.run((host) => {
      this.#hosts.set(index, host);
      const before = this.sockets.get(index);
      before?.restart(host);
      const sockets = before ?? this.#socketHost(index, plan, host);
      this.sockets.set(index, sockets);
      return sockets;
    });
  }

  #socketHost(index: number, plan: SocketsNode, host: Host): SocketHost {
    const { simulation } = this;
    return new SocketHost(plan, host, {
      streams: this.streams,
      violations: this.violations,
      tell: (text) => this.tell(index, text),
      at: (time, action) =>
        simulation.at(time, () => {
          action(simulation.now);
          this.poke(index);
        }),
      failed: (at, socket, code) => this.onFailure?.(at, index, socket, code),
      read: (at, messages) => this.onReport?.(at, index, "delivered", messages),
    });
  }

  #startReceiver(index: number, plan: ReceiverNode): void {
    const before = this.receivers.get(index);
    const retired = before === undefined ? [] : [...before.retired, retire(before.receiver)];
    const member = before?.member ?? new Member(plan.name, this.streams, {
      violations: this.violations,
      ladder: this.#ladder,
      ordered: plan.receiver.ordered,
      onEnd: (session) => {
        // A repairer goes on for others, and passes their NAKs on.
        if (plan.repairer === undefined) this.nakBeforeSpm.forget(index, session.tsi);
      },
      onReport: this.onReport && ((at, what, count) => this.onReport!(at, index, what, count)),
    });
    this.nodes[index]!.run((host) => {
      this.#hosts.set(index, host);
      const config = this.#receiverConfig(plan);
      const repairer = plan.repairer &&
        new DesignatedRepairer(host, { repairer: plan.repairer, receiver: config, listener: member });
      const receiver = repairer?.receiver ?? new Receiver(host, config, member);
      const repairers = [...(before?.repairers ?? []), ...(repairer === undefined ? [] : [repairer])];
      const run = { name: plan.name, group: groupKey(plan), member, retired, joined: new Set<number>(), receiver };
      this.receivers.set(index, { ...run, repairers });
      return repairer ?? receiver;
    });
  }

  /** Receivers with the same parameters share them: a thousand copies would not fit the processor's caches. */
  #receiverConfig(plan: ReceiverNode): ReceiverConfig {
    const latest = this.#latestConfig;
    const config = { ...RECEIVER_DEFAULTS, ...plan.receiver, group: plan.group, port: plan.port };
    if (
      latest !== undefined &&
      Object.entries(config).every(([key, value]) => latest[key as keyof ReceiverConfig] === value)
    ) {
      return latest;
    }
    this.#latestConfig = config;
    return config;
  }

  /** A source that restarts is another session (RFC 3208, section 3.1): no life of it has the port of an earlier one. */
  #tsi(index: number, life: number): Tsi {
    const { name, source } = this.plan.nodes[index] as SourceNode;
    const sessions = this.#sessions.get(index) ?? [];
    this.#sessions.set(index, sessions);
    for (let next = sessions.length; next <= life; next++) {
      const taken = new Set(sessions.map(({ port }) => port));
      const drawn = drawSourcePort(this.#random.fork(`session/${name}/${next}`), taken);
      const given = next === 0 ? source.sourcePort : 0;
      sessions.push({ gsi: gsiFromHostname(name), port: given === 0 ? drawn : given });
    }
    return sessions[life]!;
  }
}

/** What runs on a host: nothing. */
const BYSTANDER: Endpoint = { handleDatagram: () => {}, handleTimeout: () => {}, nextTimeout: () => NEVER };

/** What an engine has counted, without the engine. */
function retire<Stats>({ stats, malformed }: Retired<Stats>): Retired<Stats> {
  return { stats, malformed };
}

/** The group and port of a node, to tell who hears whom. */
export function groupKey(plan: { readonly group: string; readonly port: number }): string {
  return `${plan.group}:${plan.port}`;
}

function sourceConfig(plan: SourceNode, tsi: Tsi): SourceConfig {
  const { sendOn, rateBytesPerSecond, peakBytesPerSecond, sourcePort: _, ...rest } = plan.source;
  return {
    ...SOURCE_DEFAULTS,
    ...rest,
    tsi,
    group: plan.group,
    port: plan.port,
    iface: sendOn,
    txwMaxRte: rateBytesPerSecond,
    peakRte: peakBytesPerSecond,
  };
}
