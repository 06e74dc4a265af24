/**
 * How much parity of a transmission group is owed to those who asked for it (RFC 3208, section 11.4): a request for no
 * more packets than wait already changes nothing, one for more raises them to its own number.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Sqn } from "../base/sqn.ts";

/** The requests of one group. */
export class ParityDemand {
  readonly #maxSize: number;
  /** Parity packets asked for by count, as if the group were full, and not sent yet. */
  #asked = 0;
  /** Packets asked for by number: each takes a parity packet. */
  readonly #selective = new Set<Sqn>();

  /** Nothing is asked for of a group that is advertised with `maxSize` packets. */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** Parity packets that were asked for and are not sent, if the group has `size` data packets. */
  pending(size: number): number {
    // Receivers count as if the group were full (section 11.5). One is sent even if it is not needed: it says so.
    const byCount = this.#asked === 0 ? 0 : Math.max(1, this.#asked - (this.#maxSize - size));
    return Math.max(byCount, this.#selective.size);
  }

  /** `count` parity packets are asked for; fewer than wait already change nothing. Gives whether that is news. */
  ask(count: number): boolean {
    if (count <= this.#asked) return false;
    this.#asked = count;
    return true;
  }

  /** A packet of the group is asked for by its number. Gives whether that is news. */
  askFor(sqn: Sqn): boolean {
    if (this.#selective.has(sqn)) return false;
    this.#selective.add(sqn);
    return true;
  }

  /** Notes that a parity packet leaves that was asked for, of a group with `size` data packets. */
  served(size: number): void {
    assert(this.pending(size) > 0, "only what was asked for is sent");
    const left = this.pending(size) - 1;
    this.#asked = left === 0 ? 0 : Math.min(this.#asked, left + this.#maxSize - size);
    for (const sqn of this.#selective) {
      if (this.#selective.size <= left) break;
      this.#selective.delete(sqn);
    }
  }
}
