/**
 * One deadline for each of many things, and the thing whose turn it is.
 *
 * @module
 */

import { type Instant, NEVER } from "../base/time.ts";
import { Deadlines } from "../base/timers.ts";

/** Something with a deadline. */
export interface Alarm {
  /** Its place among the deadlines, owned by {@link Alarms}; -1 while it has none. */
  slot: number;
}

/** The deadlines of things of one kind. */
export class Alarms<Owner extends Alarm> {
  readonly #deadlines = new Deadlines();
  readonly #owners: (Owner | undefined)[] = [];
  readonly #free: number[] = [];

  /** Sets or moves the deadline of `owner`. */
  set(owner: Owner, deadline: Instant): void {
    if (owner.slot < 0) {
      owner.slot = this.#free.pop() ?? this.#owners.length;
      this.#owners[owner.slot] = owner;
    }
    this.#deadlines.set(owner.slot, deadline);
  }

  /** Takes the deadline of `owner` away, if it has one. */
  clear(owner: Alarm): void {
    const { slot } = owner;
    if (slot < 0) return;
    this.#deadlines.clear(slot);
    this.#owners[slot] = undefined;
    this.#free.push(slot);
    owner.slot = -1;
  }

  /** The earliest deadline, or `NEVER`. */
  next(): Instant {
    return this.#deadlines.next();
  }

  /** Takes out the first of those that are due at `now`, without a deadline from now on; `undefined` if none is. */
  due(now: Instant): Owner | undefined {
    const next = this.#deadlines.next();
    if (next === NEVER || next > now) return undefined;
    const owner = this.#owners[this.#deadlines.nextId()]!;
    this.clear(owner);
    return owner;
  }
}
