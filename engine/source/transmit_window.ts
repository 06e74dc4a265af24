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
 * The window keeps packets and the instants at which they were sent, on whatever clock its owner has; when it advances
 * is decided in window_advance.ts. The increment window is the packets that TXW_MAX_RTE sends whole within TXW_ADV_SECS
 * of TXW_TRAIL (section 16 rounds down): the packet that is on its way when TXW_ADV_SECS are over is not of it.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { MAX_WINDOW_SQNS, type Sqn, sqnAdd, windowSize } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";

const NS_PER_SECOND = 1_000_000_000;
const FIRST_SLOTS = 16;

/** Sent packets by sequence number, in a ring that grows with the window. */
export class TransmitWindow {
  readonly #txwAdvSecs: Instant;
  readonly #txwMaxRte: number;
  #trail: Sqn;
  #lead: Sqn;
  #bytes = 0;
  #packets: (Uint8Array | undefined)[] = new Array<Uint8Array | undefined>(FIRST_SLOTS).fill(undefined);
  #sentAt: Instant[] = new Array<Instant>(FIRST_SLOTS).fill(0);
  #repaired: boolean[] = new Array<boolean>(FIRST_SLOTS).fill(false);

  /** An empty window whose first packet will be `first`. */
  constructor(first: Sqn, txwAdvSecs: Instant, txwMaxRte: number) {
    this.#txwAdvSecs = txwAdvSecs;
    this.#txwMaxRte = txwMaxRte;
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

  /** The octets of these packets. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When TXW_TRAIL was sent. Only while the window is not empty. */
  get trailSentAt(): Instant {
    assert(this.size > 0, "an empty transmit window has no trailing packet");
    return this.#sentAt[this.#slot(this.#trail)]!;
  }

  /** The octets of a packet in the window, or `undefined`. */
  packet(sqn: Sqn): Uint8Array | undefined {
    return this.#has(sqn) ? this.#packets[this.#slot(sqn)] : undefined;
  }

  /** Keeps the packet that is sent at `at` as `lead + 1`. */
  append(at: Instant, packet: Uint8Array): void {
    assert(this.size < MAX_WINDOW_SQNS, "transmit window is full");
    if (this.size === this.#packets.length) this.#grow();
    this.#lead = sqnAdd(this.#lead, 1);
    const slot = this.#slot(this.#lead);
    this.#packets[slot] = packet;
    this.#sentAt[slot] = at;
    this.#repaired[slot] = false;
    this.#bytes += packet.length;
  }

  /**
   * Passes over numbers that are never sent: `first` will be the next. An empty window moves there, else they are part of
   * it, and as old as what is sent at `at`.
   */
  skipTo(first: Sqn, at: Instant): void {
    if (this.size === 0) {
      this.#trail = first;
      this.#lead = sqnAdd(first, -1);
    }
    while (sqnAdd(this.#lead, 1) !== first) {
      if (this.size === this.#packets.length) this.#grow();
      this.#lead = sqnAdd(this.#lead, 1);
      const slot = this.#slot(this.#lead);
      this.#packets[slot] = undefined;
      this.#sentAt[slot] = at;
      this.#repaired[slot] = false;
    }
  }

  /** Whether RDATA was sent for a packet in the window. */
  wasRepaired(sqn: Sqn): boolean {
    return this.#has(sqn) && this.#repaired[this.#slot(sqn)]!;
  }

  /** Notes that RDATA is sent for a packet in the window. */
  repaired(sqn: Sqn): void {
    assert(this.#has(sqn), "only packets in the transmit window are repaired");
    this.#repaired[this.#slot(sqn)] = true;
  }

  /** Whether a packet is in `TXW_TRAIL .. TXW_INC`: the next advance drops it. */
  inIncrement(sqn: Sqn): boolean {
    if (!this.#has(sqn)) return false;
    // However slow the rate, an advance drops something.
    if (sqn === this.#trail) return true;
    const slot = this.#slot(sqn);
    const sentAt = this.#sentAt[slot]!;
    const end = this.trailSentAt + this.#txwAdvSecs;
    const takes = Math.floor((this.#packets[slot]?.length ?? 0) * NS_PER_SECOND / this.#txwMaxRte);
    return sentAt < end && sentAt + takes <= end;
  }

  /** TXW_INC: the newest packet that the next advance drops. Only while the window is not empty. */
  get increment(): Sqn {
    assert(this.size > 0, "an empty transmit window has no increment");
    let count = 1;
    while (count < this.size && this.inIncrement(sqnAdd(this.#trail, count))) count++;
    return sqnAdd(this.#trail, count - 1);
  }

  /** Advances TXW_TRAIL past a packet in the window. */
  dropThrough(sqn: Sqn): void {
    assert(this.#has(sqn), "only packets in the transmit window can be dropped");
    this.#drop(windowSize(this.#trail, sqn));
  }

  /** Advances TXW_TRAIL up to a packet in the window, which stays. */
  dropBefore(sqn: Sqn): void {
    assert(this.#has(sqn), "the trailing edge can only move to a packet in the transmit window");
    this.#drop(windowSize(this.#trail, sqn) - 1);
  }

  #drop(count: number): void {
    assert(count <= this.size, "the transmit window holds less than is dropped");
    const left = this.size - count;
    // What follows may never have been sent: then the oldest packet is further on.
    while (this.size > left || (this.size > 0 && this.#packets[this.#slot(this.#trail)] === undefined)) {
      const slot = this.#slot(this.#trail);
      this.#bytes -= this.#packets[slot]?.length ?? 0;
      this.#packets[slot] = undefined;
      this.#trail = sqnAdd(this.#trail, 1);
    }
  }

  #has(sqn: Sqn): boolean {
    const position = windowSize(this.#trail, sqn);
    return position > 0 && position <= this.size;
  }

  #slot(sqn: Sqn): number {
    return (sqn & (this.#packets.length - 1)) >>> 0;
  }

  #grow(): void {
    const old = { packets: this.#packets, sentAt: this.#sentAt, repaired: this.#repaired };
    const length = old.packets.length;
    this.#packets = new Array<Uint8Array | undefined>(2 * length).fill(undefined);
    this.#sentAt = new Array<Instant>(2 * length).fill(0);
    this.#repaired = new Array<boolean>(2 * length).fill(false);
    for (let i = 0; i < length; i++) {
      const sqn = sqnAdd(this.#trail, i);
      const from = (sqn & (length - 1)) >>> 0;
      const to = this.#slot(sqn);
      this.#packets[to] = old.packets[from];
      this.#sentAt[to] = old.sentAt[from]!;
      this.#repaired[to] = old.repaired[from]!;
    }
  }
}
