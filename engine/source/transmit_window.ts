/**
 * The transmit window (RFC 3208, sections 3.3 and 16): the packets that can still be repaired.
 *
 * ```text
 *   TXW_TRAIL        TXW_INC                              TXW_LEAD
 *       |  increment    |                                     |
 *       v  window       v                                     v
 *   ----[===============]=====================================]---->  SQN
 *       <- TXW_ADV_SECS ->
 *       <---------------------- TXW_SECS ---------------------->
 * ```
 *
 * Advance with time: when TXW_TRAIL has been kept for TXW_SECS, all that was sent within TXW_ADV_SECS of it goes.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { type Sqn, sqnAdd, windowSize } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";

/** Sent packets by sequence number, in a ring that grows with the window. */
export class TransmitWindow {
  readonly #maxSqns: number;
  readonly #txwSecs: Instant;
  readonly #txwAdvSecs: Instant;
  #trail: Sqn;
  #lead: Sqn;
  #packets: (Uint8Array | undefined)[] = new Array<Uint8Array | undefined>(16).fill(undefined);
  #sentAt: Instant[] = new Array<Instant>(16).fill(0);
  #confirmedAt: Instant[] = new Array<Instant>(16).fill(-Infinity);

  /** An empty window whose first packet will be `first`. */
  constructor(first: Sqn, maxSqns: number, txwSecs: Instant, txwAdvSecs: Instant) {
    this.#maxSqns = maxSqns;
    this.#txwSecs = txwSecs;
    this.#txwAdvSecs = txwAdvSecs;
    this.#trail = first;
    this.#lead = sqnAdd(first, -1);
  }

  /** TXW_TRAIL: the oldest packet that can be repaired; `lead + 1` when there is none. */
  get trail(): Sqn {
    return this.#trail;
  }

  /** TXW_LEAD: the newest packet sent. */
  get lead(): Sqn {
    return this.#lead;
  }

  /** TXW_SQNS: how many packets can be repaired. */
  get size(): number {
    return windowSize(this.#trail, this.#lead);
  }

  /** Whether no packet fits before the next advance. */
  get full(): boolean {
    return this.size >= this.#maxSqns;
  }

  /** The octets of a packet in the window, or `undefined`. */
  packet(sqn: Sqn): Uint8Array | undefined {
    return this.#has(sqn) ? this.#packets[this.#slot(sqn)] : undefined;
  }

  /** Keeps the packet that is sent now as `lead + 1`. */
  append(now: Instant, packet: Uint8Array): void {
    assert(!this.full, "transmit window is full");
    if (this.size === this.#packets.length) this.#grow();
    this.#lead = sqnAdd(this.#lead, 1);
    const slot = this.#slot(this.#lead);
    this.#packets[slot] = packet;
    this.#sentAt[slot] = now;
    this.#confirmedAt[slot] = -Infinity;
  }

  /** When a packet was last confirmed by an NCF; -Infinity if never. */
  confirmedAt(sqn: Sqn): Instant {
    return this.#has(sqn) ? this.#confirmedAt[this.#slot(sqn)]! : -Infinity;
  }

  /** Notes that an NCF for a packet leaves. */
  confirm(now: Instant, sqn: Sqn): void {
    if (this.#has(sqn)) this.#confirmedAt[this.#slot(sqn)] = now;
  }

  /** When the window is due to advance, or `NEVER` when it is empty. */
  nextAdvance(): Instant {
    return this.size === 0 ? NEVER : this.#sentAt[this.#slot(this.#trail)]! + this.#txwSecs;
  }

  /** Advances the trail across the increment windows that are due. */
  advance(now: Instant): void {
    while (this.nextAdvance() <= now) {
      const end = this.#sentAt[this.#slot(this.#trail)]! + this.#txwAdvSecs;
      do {
        this.#packets[this.#slot(this.#trail)] = undefined;
        this.#trail = sqnAdd(this.#trail, 1);
      } while (this.size > 0 && this.#sentAt[this.#slot(this.#trail)]! < end);
    }
  }

  #has(sqn: Sqn): boolean {
    return windowSize(this.#trail, sqn) <= this.size && windowSize(this.#trail, sqn) > 0;
  }

  #slot(sqn: Sqn): number {
    return (sqn & (this.#packets.length - 1)) >>> 0;
  }

  #grow(): void {
    const old = { packets: this.#packets, sentAt: this.#sentAt, confirmedAt: this.#confirmedAt };
    const length = old.packets.length;
    this.#packets = new Array<Uint8Array | undefined>(2 * length).fill(undefined);
    this.#sentAt = new Array<Instant>(2 * length).fill(0);
    this.#confirmedAt = new Array<Instant>(2 * length).fill(-Infinity);
    for (let i = 0; i < length; i++) {
      const sqn = sqnAdd(this.#trail, i);
      const from = (sqn & (length - 1)) >>> 0;
      const to = this.#slot(sqn);
      this.#packets[to] = old.packets[from];
      this.#sentAt[to] = old.sentAt[from]!;
      this.#confirmedAt[to] = old.confirmedAt[from]!;
    }
  }
}
