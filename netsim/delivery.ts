/**
 * From a segment to the nodes on it: what was lost on the way, who looks at the copy, impairments on the way in, and
 * then the router or the endpoint. Who looks at a multicast datagram is decided once, when it arrives at the segment.
 *
 * @module
 */

import type { Datagram } from "../engine/base/datagram.ts";
import type { Endpoints } from "./endpoints.ts";
import { Fate } from "./impairments/impairment.ts";
import type { Machinery } from "./machinery.ts";
import type { Router } from "./router.ts";
import type { Attachment } from "./topology.ts";
import { applyChain, copiesOf } from "./wire.ts";

/** Delivers for all segments of a simulation. */
export class Delivery {
  readonly #machinery: Machinery;
  readonly #endpoints: Endpoints;
  readonly #router: Router;
  readonly #fate = new Fate();

  constructor(machinery: Machinery, endpoints: Endpoints, router: Router) {
    this.#machinery = machinery;
    this.#endpoints = endpoints;
    this.#router = router;
  }

  /** All copies of a fan-out come out of their segments; `order` is the place that they had when they left. */
  arrive(egress: readonly Attachment[], datagram: Datagram, target: Attachment | undefined, order: number): void {
    for (let i = 0; i < egress.length; i++) {
      const from = egress[i]!;
      if (order < from.lostBefore && this.#lost(from, datagram, target, order)) continue;
      if (target !== undefined) this.#reach(target, datagram, order);
      else this.#spread(from, datagram, order);
    }
  }

  /** A copy that an inbound impairment has held back goes on. */
  enter(to: Attachment, datagram: Datagram, order: number): void {
    if (order < to.lostBefore) return this.#lose(to, datagram, order);
    if (datagram.multicast && !to.listens(datagram.destination)) return this.#filter(to, 1);
    this.#take(to, datagram);
  }

  /** To all on the segment but the sender. */
  #spread(from: Attachment, datagram: Datagram, order: number): void {
    const { peer } = from;
    if (peer !== undefined) {
      if (peer.listens(datagram.destination)) this.#reach(peer, datagram, order);
      else this.#filter(peer, 1);
      return;
    }
    const listeners = from.segment.listeners(datagram.destination);
    let reached = 0;
    for (let i = 0; i < listeners.length; i++) {
      const to = listeners[i]!;
      if (to.node === from.node) continue;
      reached++;
      this.#reach(to, datagram, order);
    }
    this.#filter(from, copiesOf(from, undefined) - reached);
  }

  /** Whether the copies never came out: the segment went down, or the sender did with the datagram in its queue. */
  #lost(from: Attachment, datagram: Datagram, target: Attachment | undefined, order: number): boolean {
    const { agenda, wire } = this.#machinery;
    const reason = from.departureLossOf(order, agenda.now - from.segment.delay);
    if (reason !== undefined) wire.lose(from, datagram, reason, copiesOf(from, target));
    return reason !== undefined;
  }

  #reach(to: Attachment, datagram: Datagram, order: number): void {
    if (order < to.lostBefore) return this.#lose(to, datagram, order);
    if (to.impairedIn) return this.#impair(to, datagram);
    this.#take(to, datagram);
  }

  #lose(to: Attachment, datagram: Datagram, order: number): void {
    this.#machinery.wire.lose(to, datagram, to.lossOf(order)!, 1);
  }

  #filter(at: Attachment, copies: number): void {
    this.#machinery.counters.filter(at.segmentId, copies);
  }

  #impair(to: Attachment, datagram: Datagram): void {
    const { agenda, trace, wire, counters } = this.#machinery;
    const { now } = agenda;
    const fate = this.#fate;
    applyChain(to.inbound, now, datagram, fate);
    if (fate.dropped !== undefined) return wire.lose(to, datagram, fate.dropped, 1);
    const taken = fate.corrupted ?? datagram;
    if (taken !== datagram) trace.corrupted(now, to, datagram, taken);
    for (let i = 0; i < fate.duplicates.length; i++) {
      counters.duplicate(to.segmentId, 1);
      trace.duplicated(now, to, taken);
      agenda.enter(now + fate.duplicates[i]!, taken, to);
    }
    if (fate.delay > 0) agenda.enter(now + fate.delay, taken, to);
    else this.#take(to, taken);
  }

  #take(to: Attachment, datagram: Datagram): void {
    if (to.forwards) return this.#router.receive(to, datagram);
    const { counters, trace, agenda } = this.#machinery;
    if (!this.#wanted(to, datagram)) return counters.filter(to.segmentId, 1);
    counters.deliver(to.segmentId);
    trace.delivered(agenda.now, to, datagram, "");
    this.#endpoints.deliver(to, datagram);
  }

  #wanted(to: Attachment, datagram: Datagram): boolean {
    if (to.node.endpoint === undefined) return false;
    return datagram.multicast || this.#machinery.routing.owner(datagram.destination)?.node === to.node;
  }
}
