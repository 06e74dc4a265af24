/**
 * Repairs that wait to be sent (RFC 3208, section 5.3), in the order in which they were first asked for. NAKs for a
 * repair that waits already are served by it. Urgent repairs, those of the increment window, may go before the others
 * (section 16.1).
 *
 * @module
 */

import { type Sqn, sqnBefore } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";

/** A queue without duplicates. */
export class RepairQueue {
  readonly #delay: Instant;
  readonly #isUrgent: (sqn: Sqn) => boolean;
  /** When each may leave. The delay is the same for all: the order in each map is that of these instants, too. */
  readonly #urgent = new Map<Sqn, Instant>();
  readonly #others = new Map<Sqn, Instant>();

  /**
   * Repairs wait `delay` ns, to gather the NAKs of receivers further away. `isUrgent` may change its mind about a packet
   * when the trailing edge moves, not otherwise.
   */
  constructor(delay: Instant, isUrgent: (sqn: Sqn) => boolean = () => false) {
    this.#delay = delay;
    this.#isUrgent = isUrgent;
  }

  /** How many repairs wait. */
  get size(): number {
    return this.#urgent.size + this.#others.size;
  }

  /** Whether a repair waits. */
  has(sqn: Sqn): boolean {
    return this.#urgent.has(sqn) || this.#others.has(sqn);
  }

  /** Asks for a repair; gives false when it waits already. */
  add(now: Instant, sqn: Sqn): boolean {
    if (this.has(sqn)) return false;
    (this.#isUrgent(sqn) ? this.#urgent : this.#others).set(sqn, now + this.#delay);
    return true;
  }

  /** When the next repair may leave that may not yet, or `NEVER`: it may be one that goes before what is ready. */
  readyAfter(now: Instant): Instant {
    const [urgent, other] = [firstReady(this.#urgent), firstReady(this.#others)];
    return Math.min(urgent > now ? urgent : NEVER, other > now ? other : NEVER);
  }

  /** The repair that is first in line of those that may leave now. */
  first(now: Instant): Sqn | undefined {
    const queue = firstReady(this.#urgent) <= now ? this.#urgent : this.#others;
    for (const [sqn, at] of queue) return at <= now ? sqn : undefined;
    return undefined;
  }

  /** Takes a repair off the queue. */
  remove(sqn: Sqn): void {
    if (!this.#urgent.delete(sqn)) this.#others.delete(sqn);
  }

  /** Drops all repairs. */
  clear(): void {
    this.#urgent.clear();
    this.#others.clear();
  }

  /** Drops the repairs that fell behind the trailing edge: receivers would discard them. Gives how many. */
  dropBefore(trail: Sqn): number {
    const before = this.size;
    for (const queue of [this.#urgent, this.#others]) {
      for (const sqn of queue.keys()) if (sqnBefore(sqn, trail)) queue.delete(sqn);
    }
    const dropped = before - this.size;
    for (const [sqn, at] of this.#others) {
      if (!this.#isUrgent(sqn)) continue;
      this.#others.delete(sqn);
      this.#urgent.set(sqn, at);
    }
    return dropped;
  }
}

function firstReady(queue: Map<Sqn, Instant>): Instant {
  for (const at of queue.values()) return at;
  return NEVER;
}
