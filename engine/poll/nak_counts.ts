/**
 * How many NAKs a parent has received for each number on one interface, from the first on until the repair state is
 * discarded (RFC 3208, section 15.2.1).
 *
 * A network element discards the state when the repair has passed. A source sends the repair at once, while the NAKs of
 * receivers that have not heard the NCF yet are still on their way: it keeps the count for some time.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";

/** What is known of one number. */
interface NakCount {
  count: number;
  /** The state is not discarded before. */
  readonly keepUntil: Instant;
}

/** When so many numbers are counted, the next NAK has the oldest forgotten. */
const MAX_COUNTED = 65_536;

/** Counts the NAKs of one interface. */
export class NakCounts {
  readonly #keep: Instant;
  readonly #isPending: (sqn: Sqn) => boolean;
  /** In the order of the first NAK. */
  readonly #counts = new Map<Sqn, NakCount>();

  /** The count of a number is kept for `keep` after the first NAK, and as long as its repair is pending. */
  constructor(keep: Instant, isPending: (sqn: Sqn) => boolean) {
    this.#keep = keep;
    this.#isPending = isPending;
  }

  /** How many numbers are counted. */
  get size(): number {
    return this.#counts.size;
  }

  /**
   * A NAK asks for these numbers, whose repair it has not made pending yet; gives how many have asked for each by now: 1
   * for the first, which creates the state.
   */
  add(now: Instant, sqns: readonly Sqn[]): number[] {
    this.#forget(now);
    return sqns.map((sqn) => this.#addOne(now, sqn));
  }

  #addOne(now: Instant, sqn: Sqn): number {
    const known = this.#counts.get(sqn);
    if (known !== undefined && this.#isOpen(now, sqn, known)) return ++known.count;
    this.#counts.delete(sqn);
    this.#counts.set(sqn, { count: 1, keepUntil: now + this.#keep });
    return 1;
  }

  /** Forgets what is over; looks no further than the oldest that is not. */
  #forget(now: Instant): void {
    for (const [sqn, state] of this.#counts) {
      if (this.#isOpen(now, sqn, state) && this.#counts.size < MAX_COUNTED) return;
      this.#counts.delete(sqn);
    }
  }

  #isOpen(now: Instant, sqn: Sqn, { keepUntil }: NakCount): boolean {
    return keepUntil > now || this.#isPending(sqn);
  }
}
