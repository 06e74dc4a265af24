/**
 * What a router does with a copy that arrives: the reverse-path check, the TTL, the interceptor, and forwarding.
 *
 * Only datagrams with Router Alert, and unicast to the router itself, are shown to its software; all others are
 * switched unseen. Multicast goes where the tree says, unicast along the shortest path.
 *
 * @module
 */

import type { Datagram } from "../engine/base/datagram.ts";
import type { InterfaceSet } from "../engine/base/host.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Machinery } from "./machinery.ts";
import type { Branch } from "./multicast_tree.ts";
import type { Attachment } from "./topology.ts";

const NONE: InterfaceSet = [];

/** Forwards for all routers of a simulation. */
export class Router {
  readonly #machinery: Machinery;
  readonly #endpoints: Endpoints;

  constructor(machinery: Machinery, endpoints: Endpoints) {
    this.#machinery = machinery;
    this.#endpoints = endpoints;
  }

  /** Takes a copy that reached the router of `at`. */
  receive(at: Attachment, datagram: Datagram): void {
    if (datagram.multicast) this.#multicast(at, datagram);
    else this.#unicast(at, datagram);
  }

  #multicast(at: Attachment, datagram: Datagram): void {
    const node = at.node;
    // A datagram that ends here needs no tree: routers do not keep one for every host that speaks on its own segment.
    const mayPass = datagram.ttl > 1;
    const branch = mayPass ? this.#branch(at, datagram) : undefined;
    const upstream = mayPass ? branch?.upstream === at : this.#isUpstream(at, datagram);
    if (!upstream) return this.#drop(at, datagram, "rpf");
    if (datagram.routerAlert && node.interceptor !== undefined) {
      const routed = branch === undefined ? NONE : branch.interfaces;
      const allowed = this.#intercept(at, datagram, routed);
      if (branch === undefined || allowed.length === 0) return;
      const egress = allowed === routed ? branch.egress : allowed.map((iface) => node.attachments[iface]!);
      return this.#machinery.wire.fanOut(datagram.nextHop(), egress);
    }
    const local = node.endpoint !== undefined && at.groups.includes(datagram.destination);
    if (!mayPass) return local ? this.#take(at, datagram) : this.#drop(at, datagram, "ttl");
    const egress = branch!.egress;
    if (egress.length === 0) {
      if (local) return this.#take(at, datagram);
      this.#machinery.counters.filter(at.segmentId, 1);
      return;
    }
    if (local) {
      this.#machinery.wire.fanOut(datagram.nextHop(), egress);
      return this.#take(at, datagram);
    }
    this.#deliver(at, datagram, "switch");
    this.#machinery.wire.fanOut(datagram.nextHop(), egress);
  }

  #unicast(at: Attachment, datagram: Datagram): void {
    const node = at.node;
    const { routing, wire } = this.#machinery;
    if (routing.owner(datagram.destination)?.node === node) {
      if (node.endpoint !== undefined) return this.#take(at, datagram);
      this.#machinery.counters.filter(at.segmentId, 1);
      return;
    }
    const mayPass = datagram.ttl > 1;
    const egress = mayPass ? routing.egress(node, datagram.destination) : undefined;
    const asked = datagram.routerAlert && node.interceptor !== undefined;
    if (egress === undefined && mayPass) return this.#drop(at, datagram, "no route");
    if (egress === undefined && !asked) return this.#drop(at, datagram, "ttl");
    const routed = egress === undefined ? NONE : egress.selfSet;
    let allowed = routed;
    if (asked) allowed = this.#intercept(at, datagram, routed);
    else this.#deliver(at, datagram, "switch");
    if (egress === undefined || allowed.length === 0) return;
    const next = datagram.nextHop();
    for (const iface of allowed) {
      const from = node.attachments[iface]!;
      const nextHop = routing.nextHop(from, next.destination);
      if (nextHop === undefined) wire.refuse("forward", from, next, "no route");
      else wire.send("forward", from, next, nextHop);
    }
  }

  #branch(at: Attachment, datagram: Datagram): Branch | undefined {
    return this.#machinery.membership.tree(datagram.source, datagram.destination)?.branch(at.node);
  }

  /** Whether `at` leads to the source by the shortest path. */
  #isUpstream(at: Attachment, datagram: Datagram): boolean {
    const { routing } = this.#machinery;
    const source = routing.owner(datagram.source)?.segment;
    if (source === undefined) return false;
    return (source === at.segment && at.only && at.routed) || routing.towards(at.node, source) === at;
  }

  #intercept(at: Attachment, datagram: Datagram, routed: InterfaceSet): InterfaceSet {
    this.#deliver(at, datagram, "intercept");
    return this.#endpoints.intercepted(at, datagram, routed);
  }

  /** The router's own endpoint gets the copy. */
  #take(at: Attachment, datagram: Datagram): void {
    this.#deliver(at, datagram, "");
    this.#endpoints.deliver(at, datagram);
  }

  #deliver(at: Attachment, datagram: Datagram, detail: string): void {
    this.#machinery.counters.deliver(at.segmentId);
    this.#machinery.trace.delivered(this.#machinery.agenda.now, at, datagram, detail);
  }

  #drop(at: Attachment, datagram: Datagram, reason: string): void {
    this.#machinery.wire.lose(at, datagram, reason, 1);
  }
}
