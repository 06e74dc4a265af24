/**
 * A network element confirms each NAK on the interface that it came in on, whether it forwards it or not, unless it
 * counts it among those that it refuses (RFC 3208, section 7.2). Repeats of one NCF may be kept `ncfRepeatIvl` apart. A
 * parity NAK is confirmed for as many packets as it asks for, or more (section 11.6).
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
    if (view.error === ParseError.None && view.type === PacketType.SPM) this.#keys.learn(view);
    if (view.error !== ParseError.None || view.type !== PacketType.NAK) return;
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
    const missing = sqnsOf(view).filter((sqn) => {
      const key = `${this.#keyOf(node, iface, view, sqn)}*${this.#keys.count(view, sqn)}`;
      return (this.#confirmedAt.get(key) ?? -1) < since;
    });
    if (missing.length === 0) return;
    const text = `did not confirm ${view.parity ? "parity " : ""}NAK ${missing.join(", ")} on ${
      node.attachments[iface]!.name
    }, nor refused it`;
    this.#violations.report({ checker: "NAK confirmation", at, node: node.name, text });
  }

  #keyOf(node: Node, iface: number, view: PacketView, sqn: number): string {
    return `${node.id}/${iface}/${this.#keys.of(view, sqn)}`;
  }
}

function sqnsOf(view: PacketView): readonly number[] {
  return [view.sqn, ...view.nakList()];
}
