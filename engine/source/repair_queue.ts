/**
 * Repairs that wait to be sent (RFC 3208, section 5.3), in the order in which they were first asked for. NAKs for a
 * repair that waits already are served by it.
 *
 * @module
 */

import { type Sqn, sqnBefore } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";

/** A queue without duplicates. */
export class RepairQueue {
  readonly #delay: Instant;
  readonly #readyAt = new Map<Sqn, Instant>();

  /** Repairs wait `delay` ns, to gather the NAKs of receivers further away. */
  constructor(delay: Instant) {
    this.#delay = delay;
  }

  /** How many repairs wait. */
  get size(): number {
    return this.#readyAt.size;
  }

  /** Asks for a repair; gives false when it waits already. */
  add(now: Instant, sqn: Sqn): boolean {
    if (this.#readyAt.has(sqn)) return false;
    this.#readyAt.set(sqn, now + this.#delay);
    return true;
  }

  /** When the first repair may leave, or `NEVER`. */
  readyAt(): Instant {
    for (const at of this.#readyAt.values()) return at;
    return NEVER;
  }

  /** The repair that is first in line. */
  first(): Sqn | undefined {
    for (const sqn of this.#readyAt.keys()) return sqn;
    return undefined;
  }

  /** Takes a repair off the queue. */
  remove(sqn: Sqn): void {
    this.#readyAt.delete(sqn);
  }

  /** Drops the repairs that fell behind the trailing edge: receivers would discard them. Gives how many. */
  dropBefore(trail: Sqn): number {
    let dropped = 0;
    for (const sqn of this.#readyAt.keys()) {
      if (!sqnBefore(sqn, trail)) continue;
      this.#readyAt.delete(sqn);
      dropped++;
    }
    return dropped;
  }
}
