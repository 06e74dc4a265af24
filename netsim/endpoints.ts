/**
 * The software on the nodes: what it may ask of the network, when it is called, and when it wants to be called again.
 *
 * @module
 */

import { assert } from "../engine/base/assert.ts";
import type { Datagram } from "../engine/base/datagram.ts";
import type { Endpoint, Host, Interceptor, InterfaceSet } from "../engine/base/host.ts";
import { isMulticast, type Nla } from "../engine/base/nla.ts";
import type { Prng } from "../engine/base/prng.ts";
import { type Instant, NEVER } from "../engine/base/time.ts";
import type { Machinery } from "./machinery.ts";
import { type Attachment, type Installer, type Node, TopologyError } from "./topology.ts";

/** Starts, calls and retires the software on nodes. */
export class Endpoints implements Installer {
  readonly #machinery: Machinery;
  readonly #random: Prng;
  /** Brings a crashed node back. */
  readonly #revive: (node: Node) => void;
  /** What each endpoint's `nextTimeout` gave last, by node id. */
  readonly #deadlines: Instant[] = [];
  /** The host of each node that has run software, by node id, and how often it was started. */
  readonly #hosts: (NodeHost | undefined)[] = [];

  constructor(machinery: Machinery, random: Prng, revive: (node: Node) => void) {
    this.#machinery = machinery;
    this.#random = random;
    this.#revive = revive;
  }

  run(node: Node, factory: (host: Host) => Endpoint): void {
    node.endpoint = factory(this.#start(node));
    this.#tellOutages(node);
    this.refresh(node);
  }

  intercept(node: Node, factory: (host: Host) => Interceptor): void {
    if (!node.forwards) throw new TopologyError(`Cannot intercept on ${node.name}: it is not a router`);
    node.interceptor = factory(this.#start(node));
    node.endpoint = node.interceptor;
    this.#tellOutages(node);
    this.refresh(node);
  }

  /** Stops the software of a node: its memberships are left, its deadline is cleared, its host is dead. */
  retire(node: Node): void {
    this.#hosts[node.id]?.retire();
    node.endpoint = undefined;
    node.interceptor = undefined;
    for (const attachment of node.attachments) {
      for (const group of attachment.groups) this.#machinery.membership.leave(attachment, group);
    }
    this.refresh(node);
  }

  /** Gives a datagram to the endpoint of the node, which must have one. */
  deliver(to: Attachment, datagram: Datagram): void {
    const node = to.node;
    node.endpoint!.handleDatagram(this.#machinery.agenda.now, to.index, datagram);
    this.refresh(node);
  }

  /** Asks the interceptor of the node, which must have one, where a datagram may go. */
  intercepted(at: Attachment, datagram: Datagram, routed: InterfaceSet): InterfaceSet {
    const node = at.node;
    const allowed = node.interceptor!.intercept(this.#machinery.agenda.now, at.index, datagram, routed);
    this.refresh(node);
    return allowed;
  }

  /** Tells the endpoint of the node, if there is one that cares, whether an interface works now. */
  carrierChanged(at: Attachment): void {
    const { node, index, works } = at;
    const { now } = this.#machinery.agenda;
    if (works) node.endpoint?.interfaceUp?.(now, index);
    else node.endpoint?.interfaceDown?.(now, index);
    this.refresh(node);
  }

  /** Calls the endpoint whose deadline is due. */
  fire(node: Node): void {
    this.#deadlines[node.id] = NEVER;
    this.#machinery.agenda.timers.clear(node.id);
    node.endpoint!.handleTimeout(this.#machinery.agenda.now);
    this.refresh(node);
  }

  /** Follows the endpoint's next timeout. A deadline that stays keeps its place in the order of events. */
  refresh(node: Node): void {
    const next = node.endpoint === undefined ? NEVER : node.endpoint.nextTimeout();
    while (this.#deadlines.length <= node.id) this.#deadlines.push(NEVER);
    if (next === this.#deadlines[node.id]) return;
    this.#deadlines[node.id] = next;
    const { agenda } = this.#machinery;
    agenda.timers.set(node.id, next < agenda.now ? agenda.now : next, agenda.takeOrder());
  }

  /** Software takes its interfaces to work unless it is told. */
  #tellOutages(node: Node): void {
    for (const attachment of node.attachments) if (!attachment.works) this.carrierChanged(attachment);
  }

  /** A host that starts again draws from another stream: it must not repeat what it drew before. */
  #start(node: Node): NodeHost {
    this.retire(node);
    this.#revive(node);
    while (this.#hosts.length <= node.id) this.#hosts.push(undefined);
    const start = (this.#hosts[node.id]?.start ?? 0) + 1;
    const random = this.#random.fork(start === 1 ? `node/${node.name}` : `node/${node.name}#${start}`);
    const host = new NodeHost(node, start, { random, machinery: this.#machinery });
    this.#hosts[node.id] = host;
    return host;
  }
}

/** What one node gives to its software. Once retired it does nothing any more. */
class NodeHost implements Host {
  readonly random: Prng;
  /** How often software was started on the node, this time included. */
  readonly start: number;
  readonly #node: Node;
  readonly #machinery: Machinery;
  #retired = false;

  constructor(node: Node, start: number, how: { readonly random: Prng; readonly machinery: Machinery }) {
    this.#node = node;
    this.start = start;
    this.random = how.random;
    this.#machinery = how.machinery;
  }

  address(iface: number): Nla {
    return this.#attachment(iface).address;
  }

  isLocal(iface: number, nla: Nla): boolean {
    return this.#machinery.routing.owner(nla)?.segment === this.#attachment(iface).segment;
  }

  transmit(iface: number, datagram: Datagram): void {
    const from = this.#attachment(iface);
    if (this.#retired) return;
    const { wire, routing } = this.#machinery;
    if (datagram.ttl < 1) return wire.refuse("send", from, datagram, "ttl");
    if (datagram.multicast) return wire.send("send", from, datagram, undefined);
    const nextHop = routing.nextHop(from, datagram.destination);
    if (nextHop === undefined) return wire.refuse("send", from, datagram, "no route");
    wire.send("send", from, datagram, nextHop);
  }

  joinGroup(iface: number, group: Nla): void {
    assert(isMulticast(group), `${group} is not a group`);
    const attachment = this.#attachment(iface);
    if (!this.#retired) this.#machinery.membership.join(attachment, group);
  }

  leaveGroup(iface: number, group: Nla): void {
    const attachment = this.#attachment(iface);
    if (!this.#retired) this.#machinery.membership.leave(attachment, group);
  }

  note(mark: string, a: number, b: number): void {
    const { trace, agenda } = this.#machinery;
    if (!this.#retired) trace.note(agenda.now, this.#node, mark, a, b);
  }

  /** Cuts the software off. */
  retire(): void {
    this.#retired = true;
  }

  #attachment(iface: number): Attachment {
    const attachment = this.#node.attachments[iface];
    assert(attachment !== undefined, "the node has no such interface");
    return attachment;
  }
}
