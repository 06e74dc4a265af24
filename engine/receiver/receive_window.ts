/**
 * The receive window of one session (RFC 3208, sections 3.4 and 6.1).
 *
 * ```text
 *            next                      frontier
 *             |                            |
 *   committed v  held | missing | lost     v  not heard of
 *   ----------+----------------------------+-------------->
 *        ^ trail (advertised: nothing before it can be repaired)
 * ```
 *
 * Everything before `next` was delivered or reported lost; every number in `next .. frontier - 1` is held, missing
 * or lost. On the loss-free path `next === frontier` and nothing is stored.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { type Sqn, sqnAdd, sqnBefore, sqnDistance } from "../base/sqn.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { HeldPackets } from "./held_packets.ts";
import type { ReceiveBudget } from "./receive_budget.ts";

/** What became of a data packet. */
export const Arrival = {
  /** It is the next one and nothing is missing: deliver it. */
  InOrder: 0,
  /** It is kept; it lies behind a gap, or fills one. */
  Held: 1,
  /** It was received, or given up, before. */
  Duplicate: 2,
  /** It lies before the window. */
  BeforeWindow: 3,
  /** It lies further ahead than the window may grow. */
  BeyondWindow: 4,
  /** It would have to wait, and there is no room for it: it counts as lost on the way. */
  NoRoom: 5,
} as const;
/** A member of {@link Arrival}. */
export type Arrival = (typeof Arrival)[keyof typeof Arrival];

/** What {@link ReceiveWindow.commit} hands over, in order. Each gives whether to go on. */
export interface WindowSink {
  /** A data packet. */
  data(view: PacketView): boolean;
  /** A number that was delivered before its turn. */
  passed(sqn: Sqn): boolean;
  /** Sequence numbers that will not come, `first ..= last`. */
  lost(first: Sqn, last: Sqn): boolean;
}

/**
 * What keeping a packet costs besides its octets: its view, the objects of its buffers, and its place. Measured on
 * Deno 2.9, rounded up: were it not counted, empty packets would cost next to nothing (docs/security.md).
 */
export const HELD_OVERHEAD_BYTES = 512;
/** What keeping the number of a packet costs that was delivered before its turn: a place in a set. */
export const PASSED_OVERHEAD_BYTES = 64;

/** The window of one session, once its first data packet is known. */
export class ReceiveWindow {
  // What every packet touches comes first: it shares a cache line.
  #next: Sqn;
  #frontier: Sqn;
  #trail: Sqn;
  readonly #maxSqns: number;
  #held: HeldPackets | undefined = undefined;
  #heldBytes = 0;
  #lost: Set<Sqn> | undefined = undefined;
  /** Packets that were delivered before their turn. */
  #passed: Set<Sqn> | undefined = undefined;
  /** Numbers that are never sent: a truncated transmission group has passed over them. */
  #unused: Set<Sqn> | undefined = undefined;
  readonly #budget: ReceiveBudget;

  /** `first` is RXW_TRAIL_INIT: where reception begins. */
  constructor(first: Sqn, maxSqns: number, budget: ReceiveBudget) {
    this.#maxSqns = maxSqns;
    this.#budget = budget;
    this.#trail = first;
    this.#next = first;
    this.#frontier = first;
  }

  /** RXW_TRAIL: the oldest number that the source can repair, not before the first one received. */
  get trail(): Sqn {
    return this.#trail;
  }

  /** The first number that is neither delivered in order nor reported lost. */
  get next(): Sqn {
    return this.#next;
  }

  /** One past the newest number that is known to have been sent. */
  get frontier(): Sqn {
    return this.#frontier;
  }

  /** How many packets wait for their turn. */
  get heldPackets(): number {
    return (this.#held?.size ?? 0) + (this.#passed?.size ?? 0);
  }

  /** What keeping them costs, octets. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** The packets that wait for their turn, in order. */
  waiting(): PacketView[] {
    const views: PacketView[] = [];
    for (let sqn = this.#next; sqn !== this.#frontier; sqn = sqnAdd(sqn, 1)) {
      const view = this.#held?.get(sqn);
      if (view !== undefined) views.push(view);
    }
    return views;
  }

  /** Whether `sqn` may be asked for: not resolved yet and not too far ahead. */
  wants(sqn: Sqn): boolean {
    const offset = sqnDistance(this.#next, sqn);
    return offset >= 0 && offset < this.#maxSqns && !sqnBefore(sqn, this.#trail) && !this.#resolved(sqn);
  }

  /**
   * Takes in a data packet. `Held` packets are kept until {@link commit}. The caller first looks at `frontier`:
   * numbers between the old frontier and `sqn` are missing from now on.
   */
  add(sqn: Sqn, view: PacketView): Arrival {
    if (this.step(sqn)) return Arrival.InOrder;
    const offset = sqnDistance(this.#next, sqn);
    if (offset < 0) return sqnDistance(this.#trail, sqn) < 0 ? Arrival.BeforeWindow : Arrival.Duplicate;
    if (offset >= this.#maxSqns) return Arrival.BeyondWindow;
    if (this.#resolved(sqn)) return Arrival.Duplicate;
    if (sqnDistance(this.#frontier, sqn) > this.#budget.missing) return Arrival.BeyondWindow;
    const cost = view.bytes.length + HELD_OVERHEAD_BYTES;
    // What is next leaves at once: it needs no room.
    if (offset > 0 && cost > this.#budget.bytes) return Arrival.NoRoom;
    this.#charge(cost);
    (this.#held ??= new HeldPackets()).add(view);
    if (!sqnBefore(sqn, this.#frontier)) this.#frontier = sqnAdd(sqn, 1);
    return Arrival.Held;
  }

  /** Takes the next data packet if nothing is missing before it: {@link add} for the packet that comes most often. */
  step(sqn: Sqn): boolean {
    if (sqn !== this.#next || sqn !== this.#frontier) return false;
    this.#next = this.#frontier = sqnAdd(sqn, 1);
    return true;
  }

  /** The source has sent everything up to `lead`. Gives the new frontier, no further than the window may grow. */
  extend(lead: Sqn): Sqn {
    const most = Math.min(this.#maxSqns - sqnDistance(this.#next, this.#frontier), this.#budget.missing);
    const wanted = sqnDistance(this.#frontier, lead) + 1;
    if (wanted > 0 && most > 0) this.#frontier = sqnAdd(this.#frontier, Math.min(wanted, most));
    return this.#frontier;
  }

  /** Follows the advertised trailing edge; gives whether it moved. Older edges are ignored. */
  advanceTrail(trail: Sqn): boolean {
    if (!sqnBefore(this.#trail, trail)) return false;
    this.#trail = trail;
    return true;
  }

  /** Gives up a missing number below the frontier. It goes on to count as missing until its turn comes. */
  giveUp(sqn: Sqn): void {
    assert(sqnDistance(this.#next, sqn) >= 0 && sqnBefore(sqn, this.#frontier), "only a missing number is given up");
    assert(!this.#resolved(sqn), "a number is given up once");
    (this.#lost ??= new Set()).add(sqn);
    this.#budget.missing--;
  }

  /** Notes that a number up to the frontier is never sent, if it is not resolved. Gives whether that is news. */
  skip(sqn: Sqn): boolean {
    if (this.step(sqn)) return true;
    const offset = sqnDistance(this.#next, sqn);
    if (offset < 0 || offset >= this.#maxSqns || sqnBefore(this.#frontier, sqn) || this.#resolved(sqn)) return false;
    if (sqn === this.#frontier && this.#budget.missing <= 0) return false;
    (this.#unused ??= new Set()).add(sqn);
    this.#budget.missing--;
    if (sqn === this.#frontier) this.#frontier = sqnAdd(sqn, 1);
    return true;
  }

  /** A packet that waits for its turn, or `undefined`. */
  held(sqn: Sqn): PacketView | undefined {
    return this.#held?.get(sqn);
  }

  /** A packet that waits is delivered before its turn: only its number is still kept. */
  markDelivered(sqn: Sqn): void {
    const view = this.held(sqn);
    assert(view !== undefined, "only what is held is delivered early");
    this.#charge(PASSED_OVERHEAD_BYTES - HELD_OVERHEAD_BYTES - view.bytes.length);
    this.#held!.remove(sqn);
    (this.#passed ??= new Set()).add(sqn);
  }

  /** Hands over everything that is resolved, in order, up to the first missing number. */
  commit(sink: WindowSink): void {
    while (this.#next !== this.#frontier) {
      const sqn = this.#next;
      const view = this.#held?.get(sqn);
      if (view !== undefined) {
        this.#held!.remove(sqn);
        this.#charge(-HELD_OVERHEAD_BYTES - view.bytes.length);
        this.#next = sqnAdd(sqn, 1);
        if (!sink.data(view)) return;
      } else if (this.#passed?.delete(sqn)) {
        this.#charge(-PASSED_OVERHEAD_BYTES);
        this.#next = sqnAdd(sqn, 1);
        if (!sink.passed(sqn)) return;
      } else if (this.#take(this.#unused, sqn)) {
        this.#next = sqnAdd(sqn, 1);
      } else if (this.#take(this.#lost, sqn) || sqnBefore(sqn, this.#trail)) {
        this.#next = sqnAdd(sqn, 1);
        if (!sink.lost(sqn, sqn)) return;
      } else {
        return;
      }
    }
    // The trail may have passed numbers that were never heard of: one range, however long.
    if (sqnBefore(this.#frontier, this.#trail)) {
      const first = this.#frontier;
      this.#next = this.#frontier = this.#trail;
      sink.lost(first, sqnAdd(this.#trail, -1));
    }
  }

  /** Forgets the packets that wait: the session is over. */
  drop(): void {
    this.#charge(-this.#heldBytes);
    this.#held = undefined;
    this.#passed = undefined;
    this.#budget.missing += this.#lost?.size ?? 0;
    this.#lost = undefined;
    this.#budget.missing += this.#unused?.size ?? 0;
    this.#unused = undefined;
  }

  #take(numbers: Set<Sqn> | undefined, sqn: Sqn): boolean {
    if (numbers === undefined || !numbers.delete(sqn)) return false;
    this.#budget.missing++;
    return true;
  }

  #charge(bytes: number): void {
    this.#heldBytes += bytes;
    this.#budget.bytes -= bytes;
  }

  #resolved(sqn: Sqn): boolean {
    return this.#held?.get(sqn) !== undefined || this.#lost?.has(sqn) === true || this.#passed?.has(sqn) === true ||
      this.#unused?.has(sqn) === true;
  }
}
