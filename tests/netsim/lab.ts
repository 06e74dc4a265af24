/**
 * A bench for networks: segments of 8 Mbit/s, so that one octet takes one microsecond, and nodes that write down what
 * they hear. A datagram carries a short text and is 100 octets long with its IP header unless said otherwise.
 *
 * @module
 */

import { Datagram } from "../../engine/base/datagram.ts";
import type { Endpoint, Host, Interceptor, InterfaceSet } from "../../engine/base/host.ts";
import type { Nla } from "../../engine/base/nla.ts";
import { type Instant, ms, NEVER, us } from "../../engine/base/time.ts";
import {
  type Attachment,
  type Node,
  type Segment,
  type SegmentInit,
  Simulation,
  type SimulationInit,
  type TraceKind,
  type TraceObserver,
} from "../../netsim/mod.ts";
import { nla } from "./support.ts";

export const GROUP = nla("239.1.1.1");
export const OTHER_GROUP = nla("239.2.2.2");
/** Serialisation of a datagram of the usual size. */
export const SERIAL = us(100);
/** Propagation delay of a usual segment. */
export const DELAY = ms(1);
/** From transmission to arrival over an idle segment. */
export const HOP = SERIAL + DELAY;

/** How a datagram differs from the usual one. */
export interface Mail {
  readonly iface?: number;
  readonly ttl?: number;
  readonly routerAlert?: boolean;
  /** With IP header. */
  readonly size?: number;
  readonly source?: Nla;
}

/** A datagram with a text in it. */
export function mail(text: string, source: Nla, destination: Nla, how: Mail = {}): Datagram {
  const routerAlert = how.routerAlert ?? false;
  const header = destination.includes(":") ? (routerAlert ? 48 : 40) : (routerAlert ? 24 : 20);
  const bytes = new Uint8Array((how.size ?? 100) - header);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new Datagram({ source, destination, ttl: how.ttl ?? 16, routerAlert, bytes });
}

/** The text in a datagram. */
export function textOf(datagram: Datagram): string {
  const end = datagram.bytes.indexOf(0);
  return String.fromCharCode(...datagram.bytes.subarray(0, end < 0 ? datagram.bytes.length : end));
}

/** An endpoint that writes down what it hears and says what a test tells it to. */
export class Probe implements Endpoint {
  readonly host: Host;
  readonly heard: { readonly at: Instant; readonly iface: number; readonly datagram: Datagram }[] = [];
  /** When handleTimeout was called. */
  readonly timeouts: Instant[] = [];
  timeout: Instant = NEVER;
  onDatagram: (now: Instant, datagram: Datagram) => void = () => {};
  onTimeout: (now: Instant) => void = () => {};

  constructor(host: Host) {
    this.host = host;
  }

  handleDatagram(now: Instant, iface: number, datagram: Datagram): void {
    this.heard.push({ at: now, iface, datagram });
    this.onDatagram(now, datagram);
  }

  handleTimeout(now: Instant): void {
    this.timeout = NEVER;
    this.timeouts.push(now);
    this.onTimeout(now);
  }

  nextTimeout(): Instant {
    return this.timeout;
  }

  /** Transmits a text. */
  say(text: string, destination: Nla, how: Mail = {}): void {
    const iface = how.iface ?? 0;
    this.host.transmit(iface, mail(text, how.source ?? this.host.address(iface), destination, how));
  }

  /** What was heard, as `[instant, text]`. */
  get times(): [Instant, string][] {
    return this.heard.map(({ at, datagram }) => [at, textOf(datagram)]);
  }

  /** The texts that were heard. */
  get texts(): string[] {
    return this.heard.map(({ datagram }) => textOf(datagram));
  }
}

/** A probe inside a router. */
export class Gate extends Probe implements Interceptor {
  /** What it was asked about: interface, text, where to. */
  readonly asked: [number, string, InterfaceSet][] = [];
  decide: (datagram: Datagram, routed: InterfaceSet) => InterfaceSet = (_, routed) => routed;

  intercept(_now: Instant, iface: number, datagram: Datagram, routed: InterfaceSet): InterfaceSet {
    this.asked.push([iface, textOf(datagram), routed]);
    return this.decide(datagram, routed);
  }
}

/** Where a node is attached: a segment, or one with an address or a cost of choice. */
export type Place = Segment | { readonly on: Segment; readonly address?: Nla; readonly cost?: number };

/** A network under test. */
export class Lab {
  readonly sim: Simulation;
  readonly #segments = new Map<Segment, number>();

  constructor(init: Partial<SimulationInit> = {}) {
    this.sim = new Simulation({ seed: 1, ...init });
  }

  segment(name: string, how: Partial<SegmentInit> = {}): Segment {
    const usual = { bitsPerSecond: 8_000_000, delay: DELAY, queueBytes: 100_000, mtu: 1500 };
    return this.sim.addSegment(name, { ...usual, ...how });
  }

  /** A host with a probe that has joined `group` on all its interfaces. */
  host(name: string, places: readonly Place[], group: Nla | null = GROUP): Probe {
    const node = this.#node(name, false, places);
    return this.start(node, (host) => {
      if (group !== null) places.forEach((_, iface) => host.joinGroup(iface, group));
      return new Probe(host);
    });
  }

  /** A router without software. */
  router(name: string, places: readonly Place[]): Node {
    return this.#node(name, true, places);
  }

  /** A router with a gate. */
  gate(name: string, places: readonly Place[]): Gate {
    let gate: Gate | undefined;
    this.#node(name, true, places).intercept((host) => gate = new Gate(host));
    return gate!;
  }

  /** Runs an endpoint on a node and gives it. */
  start<E extends Endpoint>(node: Node, factory: (host: Host) => E): E {
    let endpoint: E | undefined;
    node.run((host) => endpoint = factory(host));
    return endpoint!;
  }

  node(name: string): Node {
    return this.sim.nodes.find((node) => node.name === name)!;
  }

  attachment(name: string): Attachment {
    return this.sim.nodes.flatMap((node) => node.attachments).find((attachment) => attachment.name === name)!;
  }

  /** Runs up to and including an instant. */
  to(until: Instant): this {
    this.sim.run({ until, maxEvents: 1_000_000 });
    return this;
  }

  #node(name: string, forwards: boolean, places: readonly Place[]): Node {
    const node = this.sim.addNode(name, { forwards });
    for (const place of places) {
      const { on, address, cost = 1 } = "on" in place ? place : { on: place };
      const member = (this.#segments.get(on) ?? 0) + 1;
      this.#segments.set(on, member);
      this.sim.attach(node, on, { address: address ?? nla(`10.0.${on.id}.${member}`), cost });
    }
    return node;
  }
}

/** An observer that keeps what it is told as `kind NODE:iface text detail`. */
export class Log implements TraceObserver {
  readonly lines: string[] = [];
  readonly notes: string[] = [];

  record(kind: TraceKind, _time: Instant, node: Node, iface: number, datagram: Datagram, detail: string): void {
    this.lines.push(`${kind} ${node.name}:${iface} ${textOf(datagram)}${detail === "" ? "" : ` (${detail})`}`);
  }

  note(time: Instant, node: Node, mark: string, a: number, b: number): void {
    this.notes.push(`${time} ${node.name} ${mark} ${a} ${b}`);
  }

  /** The lines of one kind. */
  of(kind: TraceKind): string[] {
    return this.lines.filter((line) => line.startsWith(`${kind} `));
  }
}
