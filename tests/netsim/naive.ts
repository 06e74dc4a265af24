/**
 * The network as one would write it without a thought for speed: one event for each copy, a sorted list, closures.
 * Only what is needed to check that sharing events changes nothing: multicast over a tree of segments, members that
 * joined before the run, queues at one octet a microsecond, impairments.
 *
 * @module
 */

import { Datagram } from "../../engine/base/datagram.ts";
import type { Endpoint, Host } from "../../engine/base/host.ts";
import type { Nla } from "../../engine/base/nla.ts";
import { type Prng, prngFromSeed } from "../../engine/base/prng.ts";
import { type Instant, NEVER } from "../../engine/base/time.ts";
import { Fate, type Impairment } from "../../netsim/mod.ts";

/** A network that both simulators can be built from. */
export interface Plan {
  readonly segments: readonly { readonly delay: Instant; readonly queueBytes: number }[];
  readonly nodes: readonly { readonly forwards: boolean; readonly on: readonly number[] }[];
}

interface Port {
  readonly node: NaiveNode;
  readonly segment: NaiveSegment;
  readonly iface: number;
  readonly address: Nla;
  busyUntil: Instant;
  inbound: Impairment | undefined;
  outbound: Impairment | undefined;
}

interface NaiveSegment {
  readonly delay: Instant;
  readonly queueBytes: number;
  readonly ports: Port[];
}

interface NaiveNode {
  readonly name: string;
  readonly forwards: boolean;
  readonly ports: Port[];
  endpoint: Endpoint | undefined;
  timer: Pending | undefined;
  joined: boolean;
}

interface Pending {
  readonly time: Instant;
  readonly order: number;
  readonly action: () => void;
}

/** The simulator without ideas. */
export class Naive {
  now: Instant = 0;
  readonly #pending: Pending[] = [];
  #order = 0;
  readonly #nodes: NaiveNode[];
  readonly #members = new Map<Port, boolean>();
  readonly #random: Prng;

  constructor(plan: Plan, seed: number, addressOf: (segment: number, member: number) => Nla) {
    this.#random = prngFromSeed(seed);
    const segments = plan.segments.map((segment): NaiveSegment => ({ ...segment, ports: [] }));
    this.#nodes = plan.nodes.map(({ forwards, on }, id) => {
      const node: NaiveNode = {
        name: `n${id}`,
        forwards,
        ports: [],
        endpoint: undefined,
        timer: undefined,
        joined: false,
      };
      for (const index of on) {
        const segment = segments[index]!;
        const address = addressOf(index, segment.ports.length + 1);
        const iface = node.ports.length;
        const port = { node, segment, iface, address, busyUntil: 0, inbound: undefined, outbound: undefined };
        node.ports.push(port);
        segment.ports.push(port);
      }
      return node;
    });
  }

  impair(node: number, iface: number, direction: "in" | "out", impairment: Impairment): void {
    const port = this.#nodes[node]!.ports[iface]!;
    if (direction === "in") port.inbound = impairment;
    else port.outbound = impairment;
  }

  run(node: number, factory: (host: Host) => Endpoint): void {
    const it = this.#nodes[node]!;
    it.endpoint = factory({
      random: this.#random.fork(`node/${it.name}`),
      address: (iface) => it.ports[iface]!.address,
      isLocal: () => true,
      transmit: (iface, datagram) => this.#transmit(it.ports[iface]!, datagram),
      joinGroup: () => it.joined = true,
      leaveGroup: () => it.joined = false,
      note: () => {},
    });
    this.#refresh(it);
  }

  to(until: Instant): void {
    for (;;) {
      const next = this.#pending[0];
      if (next === undefined || next.time > until) return;
      this.#pending.shift();
      this.now = next.time;
      next.action();
    }
  }

  #later(time: Instant, action: () => void): Pending {
    const pending = { time, order: this.#order++, action };
    let at = this.#pending.length;
    while (at > 0 && this.#pending[at - 1]!.time > time) at--;
    this.#pending.splice(at, 0, pending);
    return pending;
  }

  #transmit(port: Port, datagram: Datagram): void {
    if (port.outbound === undefined) return this.#enqueue(port, datagram);
    this.#impair(port.outbound, datagram, (delay, copy) => {
      if (delay === undefined) this.#enqueue(port, copy);
      else this.#later(this.now + delay, () => this.#enqueue(port, copy));
    });
  }

  #enqueue(port: Port, datagram: Datagram): void {
    const { segment } = port;
    const size = datagram.bytes.length + 20;
    const start = Math.max(this.now, port.busyUntil);
    if ((start - this.now) / 1000 + size > segment.queueBytes) return;
    port.busyUntil = start + size * 1000;
    for (const to of segment.ports) {
      if (to !== port) this.#later(port.busyUntil + segment.delay, () => this.#arrive(to, datagram));
    }
  }

  #arrive(port: Port, datagram: Datagram): void {
    // Nobody asks an impairment about a copy that nobody looks at.
    if (!port.node.forwards && !port.node.joined) return;
    if (port.inbound === undefined) return this.#take(port, datagram);
    this.#impair(port.inbound, datagram, (delay, copy) => {
      if (delay === undefined) this.#take(port, copy);
      else this.#later(this.now + delay, () => this.#take(port, copy));
    });
  }

  /** Duplicates are scheduled before the copy itself goes on. */
  #impair(impairment: Impairment, datagram: Datagram, go: (delay: Instant | undefined, copy: Datagram) => void): void {
    const fate = new Fate();
    impairment.apply(this.now, datagram, fate);
    if (fate.dropped !== undefined) return;
    const copy = fate.corrupted ?? datagram;
    for (const delay of fate.duplicates) go(delay, copy);
    go(fate.delay > 0 ? fate.delay : undefined, copy);
  }

  #take(port: Port, datagram: Datagram): void {
    const { node } = port;
    if (!node.forwards) {
      node.endpoint!.handleDatagram(this.now, port.iface, datagram);
      return this.#refresh(node);
    }
    if (datagram.ttl <= 1) return;
    const { source, destination, ttl, routerAlert, bytes } = datagram;
    const next = new Datagram({ source, destination, ttl: ttl - 1, routerAlert, bytes });
    for (const out of node.ports) if (out !== port && this.#leadsToMember(out)) this.#transmit(out, next);
  }

  #refresh(node: NaiveNode): void {
    const next = node.endpoint!.nextTimeout();
    if (node.timer !== undefined) {
      if (node.timer.time === next) return;
      const at = this.#pending.indexOf(node.timer);
      if (at >= 0) this.#pending.splice(at, 1);
      node.timer = undefined;
    }
    if (next === NEVER) return;
    node.timer = this.#later(next, () => {
      node.timer = undefined;
      node.endpoint!.handleTimeout(this.now);
      this.#refresh(node);
    });
  }

  /** Whether somebody beyond a router's port has joined; the segments form a tree, so this ends. */
  #leadsToMember(port: Port): boolean {
    const known = this.#members.get(port);
    if (known !== undefined) return known;
    const leads = port.segment.ports.some((other) => {
      if (other === port) return false;
      if (!other.node.forwards) return other.node.joined;
      return other.node.ports.some((next) => next !== other && this.#leadsToMember(next));
    });
    this.#members.set(port, leads);
    return leads;
  }
}
