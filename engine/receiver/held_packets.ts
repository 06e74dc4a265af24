/**
 * The packets that wait for their turn, by sequence number. They mostly lie close together, so they have their places in
 * a ring, by the low bits of the number: nothing is allocated for a packet, and a look is one place to go to. The ring
 * grows while two packets want one place, up to a bound, so that packets sent far apart make nobody keep empty places;
 * from there on the second goes to a map.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Sqn } from "../base/sqn.ts";
import type { PacketView } from "../wire/packet_view.ts";

/** Places at first, while there are no packets, and in all; powers of two. */
const FIRST = 16;
const KEPT = 64;
const MOST = 256;

/** A set of packets with different sequence numbers. */
export class HeldPackets {
  #places = ring(FIRST);
  /** Packets whose place is taken. */
  #others: Map<Sqn, PacketView> | undefined = undefined;
  #size = 0;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** The packet with this number, or `undefined`. */
  get(sqn: Sqn): PacketView | undefined {
    const view = this.#places[this.#placeOf(sqn)];
    return view !== undefined && view.sqn === sqn ? view : this.#others?.get(sqn);
  }

  /** Takes in a packet whose number is new. */
  add(view: PacketView): void {
    const { sqn } = view;
    assert(this.get(sqn) === undefined, "a packet is held once");
    this.#size++;
    while (this.#places[this.#placeOf(sqn)] !== undefined) {
      if (this.#places.length === MOST) {
        (this.#others ??= new Map()).set(sqn, view);
        return;
      }
      this.#grow();
    }
    this.#places[this.#placeOf(sqn)] = view;
  }

  /** Takes out the packet with this number, which there must be. */
  remove(sqn: Sqn): void {
    const at = this.#placeOf(sqn);
    if (this.#places[at]?.sqn === sqn) this.#places[at] = undefined;
    else assert(this.#others?.delete(sqn) === true, "only a packet that is held is taken out");
    this.#size--;
    if (this.#size > 0) return;
    this.#others = undefined;
    if (this.#places.length > KEPT) this.#places = ring(FIRST);
  }

  #placeOf(sqn: Sqn): number {
    return sqn & (this.#places.length - 1);
  }

  /** Packets with places of their own have them in a ring twice as long, too. */
  #grow(): void {
    const held = this.#places;
    this.#places = ring(2 * held.length);
    for (const view of held) if (view !== undefined) this.#places[this.#placeOf(view.sqn)] = view;
  }
}

function ring(length: number): (PacketView | undefined)[] {
  return new Array<PacketView | undefined>(length).fill(undefined);
}
