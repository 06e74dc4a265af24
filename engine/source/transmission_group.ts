/**
 * A transmission group at its source (RFC 3208, section 11.4): what was sent of it, and the parity that it owes.
 *
 * ```text
 *   open --- full, or the source has no more data ---> closed --- the trailing edge passes its last packet ---> forgotten
 *     requests wait                                      pro-active parity leaves, then what is asked for
 * ```
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { type Sqn, sqnAdd } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { MAX_FEC_BLOCK } from "../fec/reed_solomon.ts";
import type { Tsdu } from "./fragmenter.ts";

/** The packets of one group. */
export class TransmissionGroup {
  /** TG_SQN: the number of its first packet. */
  readonly first: Sqn;
  /** What was sent, in order. */
  readonly tsdus: Tsdu[] = [];
  /** Whether OPT_SYN and OPT_FIN are on a packet of it. */
  syn = false;
  fin = false;
  /** Pro-active parity that is still to be sent. */
  proActive = 0;
  /** When parity that was asked for may leave. */
  readyAt: Instant = NEVER;
  readonly #maxSize: number;
  #closed = false;
  #nextIndex = 0;
  /** Parity packets asked for by count, as if the group were full, and not sent yet. */
  #asked = 0;
  /** Packets asked for by number: each takes a parity packet. */
  readonly #selective = new Set<Sqn>();

  /** A group of at most `maxSize` packets that begins at `first`; nothing is sent of it. */
  constructor(first: Sqn, maxSize: number) {
    this.first = first;
    this.#maxSize = maxSize;
  }

  /** How many packets it has, so far or in all. */
  get size(): number {
    return this.tsdus.length;
  }

  /** The number of the newest packet. */
  get last(): Sqn {
    return sqnAdd(this.first, this.size - 1);
  }

  /** Whether nothing will be added. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether it is smaller than advertised, for good. */
  get truncated(): boolean {
    return this.#closed && this.size < this.#maxSize;
  }

  /** Parity packets that were asked for and are not sent; none leaves before the group is closed. */
  get pending(): number {
    if (!this.#closed) return 0;
    // Receivers count as if the group were full (section 11.5). One is sent even if it is not needed: it says so.
    const byCount = this.#asked === 0 ? 0 : Math.max(1, this.#asked - (this.#maxSize - this.size));
    return Math.max(byCount, this.#selective.size);
  }

  /** Adds the packet that is sent now. */
  add(tsdu: Tsdu): void {
    assert(!this.#closed && tsdu.sqn === sqnAdd(this.first, this.size), "a group is sent in order");
    this.tsdus.push(tsdu);
  }

  /** No packet will be added; `proActive` parity packets follow. */
  close(proActive: number): void {
    assert(!this.#closed && this.size > 0, "a group is closed once, and is not empty");
    this.#closed = true;
    this.proActive = proActive;
  }

  /** `count` parity packets are asked for; fewer than wait already change nothing. Gives whether that is news. */
  ask(count: number, readyAt: Instant): boolean {
    if (count <= this.#asked) return false;
    if (this.readyAt === NEVER) this.readyAt = readyAt;
    this.#asked = count;
    return true;
  }

  /** A packet of the group is asked for by its number. Gives whether that is news. */
  askFor(sqn: Sqn, readyAt: Instant): boolean {
    if (this.#selective.has(sqn)) return false;
    if (this.readyAt === NEVER) this.readyAt = readyAt;
    this.#selective.add(sqn);
    return true;
  }

  /** Notes that a parity packet leaves that was asked for. */
  served(): void {
    assert(this.pending > 0, "only what was asked for is sent");
    const left = this.pending - 1;
    this.#asked = left === 0 ? 0 : Math.min(this.#asked, left + this.#maxSize - this.size);
    for (const sqn of this.#selective) {
      if (this.#selective.size <= left) break;
      this.#selective.delete(sqn);
    }
    if (left === 0) this.readyAt = NEVER;
  }

  /** Forgets what was asked for. */
  forgetRequests(): void {
    this.#asked = 0;
    this.#selective.clear();
    this.readyAt = NEVER;
  }

  /** The index of the parity packet that leaves next. */
  get nextIndex(): number {
    return this.#nextIndex % (MAX_FEC_BLOCK - this.size);
  }

  /** Takes that index; gives whether all were used: the code has no more, they begin anew. */
  takeIndex(): boolean {
    this.#nextIndex++;
    return this.nextIndex === 0;
  }
}
