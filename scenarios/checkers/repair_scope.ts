/**
 * A network element forwards RDATA only to where it was asked for, and once (RFC 3208, section 7.8). What it was asked
 * is what NAKs reached it; the checker keeps books of its own.
 *
 * @module
 */

import { type Datagram, type Instant, PacketType, ParseError, viewPacket } from "../../engine/mod.ts";
import type { Node } from "../../netsim/mod.ts";
import { PacketKeys } from "./packet_keys.ts";
import type { Violations } from "./violation.ts";

/** What one element was asked for. */
class Requests {
  /** The interfaces that asked, by packet. */
  readonly asked = new Map<number, Set<number>>();
  /** Where the RDATA that is being forwarded may go. */
  forwarding = -1;
  allowed: ReadonlySet<number> = NOWHERE;
}

const NOWHERE: ReadonlySet<number> = new Set();

/** Watches what reaches network elements, and what they forward. */
export class RepairScopeChecker {
  readonly #violations: Violations;
  readonly #requests = new Map<number, Requests>();
  readonly #keys = new PacketKeys();

  /** `elements` are the ids of the nodes. */
  constructor(violations: Violations, elements: Iterable<number>) {
    this.#violations = violations;
    for (const id of elements) this.#requests.set(id, new Requests());
  }

  /** A copy reached a node. */
  delivered(node: Node, iface: number, datagram: Datagram): void {
    const requests = this.#requests.get(node.id);
    if (requests === undefined) return;
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) return;
    if (view.type === PacketType.NAK && !datagram.multicast) {
      for (const sqn of [view.sqn, ...view.nakList()]) {
        const key = this.#keys.of(view, sqn);
        const ifaces = requests.asked.get(key);
        if (ifaces === undefined) requests.asked.set(key, new Set([iface]));
        else ifaces.add(iface);
      }
    } else if (view.type === PacketType.RDATA) {
      const key = this.#keys.of(view, view.sqn);
      requests.forwarding = key;
      requests.allowed = requests.asked.get(key) ?? NOWHERE;
      // What a repairer has unicast may come too late to be used: then the source's is yet to come.
      if (datagram.multicast) requests.asked.delete(key);
    }
  }

  /** A node puts a copy on an interface. */
  forwarded(at: Instant, node: Node, iface: number, datagram: Datagram): void {
    const requests = this.#requests.get(node.id);
    if (requests === undefined) return;
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None || view.type !== PacketType.RDATA) return;
    requests.asked.delete(this.#keys.of(view, view.sqn));
    if (this.#keys.of(view, view.sqn) === requests.forwarding && requests.allowed.has(iface)) return;
    const text = `forwarded RDATA ${view.sqn} to ${node.attachments[iface]!.name}, which has not asked for it`;
    this.#violations.report({ checker: "repair scope", at, node: node.name, text });
  }
}
