/**
 * A network element confirms each NAK on the interface that it came in on, whether it forwards it or not, unless it
 * counts it among those that it refuses (RFC 3208, section 7.2). Repeats of one NCF may be kept `ncfRepeatIvl` apart, and
 * numbers of a list that the window has left behind passed over. A parity NAK is confirmed for as many packets as it asks
 * for, or more (section 11.6).
 *
 * @module
 */

import {
  type Datagram,
  type ElementConfig,
  type Instant,
  PacketType,
  type PacketView,
  ParseError,
  type Sqn,
  sqnBefore,
  viewPacket,
} from "../../engine/mod.ts";
import type { Node } from "../../netsim/mod.ts";
import { PacketKeys } from "./packet_keys.ts";
import type { Violations } from "./violation.ts";

/** A NAK that has just come. */
interface Asked {
  readonly at: Instant;
  readonly node: Node;
  readonly iface: number;
  readonly view: PacketView;
  /** How many NAKs the element had refused before. */
  readonly refused: number;
}

/** Watches the NAKs that reach network elements, and the NCFs that these send. */
export class NakConfirmationChecker {
  readonly #violations: Violations;
  readonly #elements: ReadonlyMap<number, ElementConfig>;
  readonly #refusedBy: (node: number) => number;
  /** The latest NAK of each element, until something else reaches it: it is answered at once or not at all. */
  readonly #asked = new Map<number, Asked>();
  /** When each number was last confirmed on an interface of an element; of a group, each count up to the NCF's. */
  readonly #confirmedAt = new Map<string, Instant>();
  /** The newest trailing edge that has reached each element, by session. */
  readonly #trails = new Map<number, Map<number, Sqn>>();
  readonly #keys = new PacketKeys();

  /** `elements` are by the id of the node; `refusedBy` gives how many NAKs one has counted as refused in its life. */
  constructor(
    violations: Violations,
    elements: ReadonlyMap<number, ElementConfig>,
    refusedBy: (node: number) => number,
  ) {
    this.#violations = violations;
    this.#elements = elements;
    this.#refusedBy = refusedBy;
  }

  /** A node crashes: it owes nothing any more. */
  forget(node: number): void {
    this.#asked.delete(node);
  }

  /** A copy reached a node, which has not looked at it yet. */
  delivered(at: Instant, node: Node, iface: number, datagram: Datagram): void {
    if (!this.#elements.has(node.id)) return;
    this.#judge(node.id);
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) return;
    if (view.type === PacketType.SPM) this.#keys.learn(view);
    if (view.type === PacketType.SPM || view.type === PacketType.ODATA || view.type === PacketType.RDATA) {
      this.#learnTrail(node.id, view);
    }
    if (view.type !== PacketType.NAK) return;
    if (!node.attachments.some(({ address }) => address === datagram.destination)) return;
    this.#asked.set(node.id, { at, node, iface, view, refused: this.#refusedBy(node.id) });
  }

  /** A node sends a packet of its own. */
  sent(at: Instant, node: Node, iface: number, datagram: Datagram): void {
    if (!this.#elements.has(node.id)) return;
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None || view.type !== PacketType.NCF) return;
    for (const sqn of sqnsOf(view)) {
      const key = this.#keyOf(node, iface, view, sqn);
      for (let count = this.#keys.count(view, sqn); count > 0; count--) this.#confirmedAt.set(`${key}*${count}`, at);
    }
  }

  #judge(id: number): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    this.#asked.delete(id);
    const { at, node, iface, view, refused } = asked;
    if (this.#refusedBy(id) > refused) return;
    const since = at - this.#elements.get(id)!.ncfRepeatIvl;
    const trail = this.#trails.get(id)?.get(this.#keys.session(view));
    const owed = view.parity || trail === undefined
      ? sqnsOf(view)
      : sqnsOf(view).filter((sqn) => !sqnBefore(sqn, trail));
    const missing = owed.filter((sqn) => {
      const key = `${this.#keyOf(node, iface, view, sqn)}*${this.#keys.count(view, sqn)}`;
      return (this.#confirmedAt.get(key) ?? -1) < since;
    });
    if (missing.length === 0) return;
    const text = `did not confirm ${view.parity ? "parity " : ""}NAK ${missing.join(", ")} on ${
      node.attachments[iface]!.name
    }, nor refused it`;
    this.#violations.report({ checker: "NAK confirmation", at, node: node.name, text });
  }

  #learnTrail(id: number, view: PacketView): void {
    const trails = this.#trails.get(id) ?? new Map<number, Sqn>();
    this.#trails.set(id, trails);
    const session = this.#keys.session(view);
    const known = trails.get(session);
    if (known === undefined || sqnBefore(known, view.trail)) trails.set(session, view.trail);
  }

  #keyOf(node: Node, iface: number, view: PacketView, sqn: number): string {
    return `${node.id}/${iface}/${this.#keys.of(view, sqn)}`;
  }
}

function sqnsOf(view: PacketView): readonly number[] {
  return [view.sqn, ...view.nakList()];
}
