/**
 * How many parity packets of one transmission group are asked for (RFC 3208, section 11.6): what repair state of a group
 * has beyond that of a single number. Counts are of packets: one more than NAK_PKT_CNT.
 *
 * ```text
 *                       interface 2   interface 3   largest
 *   NAK for 1 on 2           1             -           1     goes up: for 1
 *   NAK for 3 on 3           1             3           3     goes up: for 3
 *   NCF for 4                1             3           4     somebody else asks for more than is asked for here
 *   RDATA, to 2 and 3        -             2           3
 *   RDATA, to 3              -             1           2
 *   RDATA, to 3              -             -                 nobody is left: the state ends
 * ```
 *
 * Receivers count as if the group were full. If it has fewer packets than that, so many fewer are sent: interfaces are
 * done when their count is down to the difference, the offset.
 *
 * @module
 */

import { assert } from "../base/assert.ts";

/** The counts of one group. */
export class PacketCounts {
  /** The largest known packet count: over all interfaces, and NCFs. 0 as long as no NAK or NCF has named any. */
  largest = 0;
  /** The largest count of a null NAK that was forwarded. */
  announced = 0;
  /** By how many packets the group is smaller than advertised; 0 as well while that is not known. */
  #offset = 0;
  /** Who has asked, in the order of their NAKs, and the known packet count of each. Arrays that grow keep room to spare. */
  #ifaces: readonly number[] = [];
  #known: readonly number[] = [];

  /** By how many packets the group is smaller than advertised, as far as is known. */
  get offset(): number {
    return this.#offset;
  }

  /** The known packet count of an interface, or 0. */
  known(iface: number): number {
    return this.#known[this.#ifaces.indexOf(iface)] ?? 0;
  }

  /** A NAK on an interface asks for `count`; gives whether that is more than was asked for there. */
  ask(iface: number, count: number): boolean {
    assert(count > 0, "a NAK asks for one packet at least");
    if (count <= this.known(iface)) return false;
    const at = this.#ifaces.indexOf(iface);
    if (at < 0) this.#ifaces = this.#ifaces.concat(iface);
    this.#known = at < 0 ? this.#known.concat(count) : this.#known.with(at, count);
    return true;
  }

  /** The size of the group is told; gives false if it was told otherwise before. */
  learnOffset(offset: number): boolean {
    if (this.#offset === 0) this.#offset = offset;
    return this.#offset === offset;
  }

  /** A parity packet goes to an interface; gives whether nothing more is to go there. */
  spend(iface: number): boolean {
    const at = this.#ifaces.indexOf(iface);
    assert(at >= 0, "the interface has not asked");
    const left = this.#known[at]! - 1;
    const isOver = left <= this.#offset;
    if (isOver) this.#ifaces = this.#ifaces.toSpliced(at, 1);
    this.#known = isOver ? this.#known.toSpliced(at, 1) : this.#known.with(at, left);
    return isOver;
  }
}
