/**
 * A network element forwards RDATA only to where it was asked for, and once (RFC 3208, section 7.8). What it was asked
 * is what NAKs reached it; the checker keeps books of its own.
 *
 * @module
 */

import { type Datagram, type Instant, PacketType, type PacketView, ParseError, viewPacket } from "../../engine/mod.ts";
import type { Node } from "../../netsim/mod.ts";
import type { Violations } from "./violation.ts";

/** What one element was asked for. */
class Requests {
  /** The interfaces that asked, by packet. */
  readonly asked = new Map<string, Set<number>>();
  /** Where the RDATA that is being forwarded may go. */
  forwarding = "";
  allowed: ReadonlySet<number> = NOWHERE;
}

const NOWHERE: ReadonlySet<number> = new Set();

/** Watches what reaches network elements, and what they forward. */
export class RepairScopeChecker {
  readonly #violations: Violations;
  readonly #requests = new Map<number, Requests>();

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
        const key = keyOf(view, sqn);
        requests.asked.set(key, (requests.asked.get(key) ?? new Set()).add(iface));
      }
    } else if (view.type === PacketType.RDATA) {
      const key = keyOf(view, view.sqn);
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
    requests.asked.delete(keyOf(view, view.sqn));
    if (keyOf(view, view.sqn) === requests.forwarding && requests.allowed.has(iface)) return;
    const text = `forwarded RDATA ${view.sqn} to ${node.attachments[iface]!.name}, which has not asked for it`;
    this.#violations.report({ checker: "repair scope", at, node: node.name, text });
  }
}

function keyOf(view: PacketView, sqn: number): string {
  return `${view.gsi}.${view.sessionPort}/${sqn}`;
}
