/**
 * What is to come, earliest first: a bounded heap with four children per parent, kept in typed arrays so that neither
 * pushing nor popping allocates. Equal times leave in the order of the number given with them.
 *
 * @module
 */

import { assert } from "../engine/base/assert.ts";
import { type Instant, NEVER } from "../engine/base/time.ts";

const FIRST_CAPACITY = 256;

/** Thrown when more events are pending than an {@link EventQueue} may hold. */
export class EventQueueFull extends Error {
  /** Tells it from other errors across realms. */
  override readonly name = "EventQueueFull";

  /** `limit` is the bound that was reached. */
  constructor(limit: number) {
    super(`Cannot schedule an event: ${limit} are pending already, which is the limit of this simulation`);
  }
}

/** A bounded priority queue of integers, keyed by (time, order). */
export class EventQueue {
  readonly #limit: number;
  #times: Float64Array;
  #orders: Float64Array;
  #items: Int32Array;
  #size = 0;

  /** An empty queue that holds at most `limit` items. */
  constructor(limit: number) {
    assert(Number.isSafeInteger(limit) && limit > 0, `event limit ${limit} must be a positive integer`);
    this.#limit = limit;
    const capacity = Math.min(FIRST_CAPACITY, limit);
    this.#times = new Float64Array(capacity);
    this.#orders = new Float64Array(capacity);
    this.#items = new Int32Array(capacity);
  }

  /** The number of items in the queue. */
  get size(): number {
    return this.#size;
  }

  /** The time of the first item, or `NEVER`. */
  nextTime(): Instant {
    return this.#size === 0 ? NEVER : this.#times[0]!;
  }

  /** The order of the first item, or `Infinity`. */
  nextOrder(): number {
    return this.#size === 0 ? Infinity : this.#orders[0]!;
  }

  /** Adds an item, an integer of 32 bits. Throws {@link EventQueueFull}. */
  push(time: Instant, order: number, item: number): void {
    if (this.#size === this.#times.length) this.#grow();
    const times = this.#times;
    const orders = this.#orders;
    const items = this.#items;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentTime = times[parent]!;
      if (parentTime < time || (parentTime === time && orders[parent]! < order)) break;
      times[at] = parentTime;
      orders[at] = orders[parent]!;
      items[at] = items[parent]!;
      at = parent;
    }
    times[at] = time;
    orders[at] = order;
    items[at] = item;
  }

  /** Takes the first item out. The queue must not be empty. */
  pop(): number {
    assert(this.#size > 0, "pop from an empty event queue");
    const first = this.#items[0]!;
    const last = --this.#size;
    if (last > 0) this.#sink(this.#times[last]!, this.#orders[last]!, this.#items[last]!);
    return first;
  }

  /** Puts an item into the hole at the root. */
  #sink(time: Instant, order: number, item: number): void {
    const times = this.#times;
    const orders = this.#orders;
    const items = this.#items;
    const size = this.#size;
    let at = 0;
    for (;;) {
      const first = 4 * at + 1;
      if (first >= size) break;
      const end = first + 4 < size ? first + 4 : size;
      let least = first;
      let leastTime = times[first]!;
      for (let child = first + 1; child < end; child++) {
        const childTime = times[child]!;
        if (childTime < leastTime || (childTime === leastTime && orders[child]! < orders[least]!)) {
          least = child;
          leastTime = childTime;
        }
      }
      if (time < leastTime || (time === leastTime && order < orders[least]!)) break;
      times[at] = leastTime;
      orders[at] = orders[least]!;
      items[at] = items[least]!;
      at = least;
    }
    times[at] = time;
    orders[at] = order;
    items[at] = item;
  }

  #grow(): void {
    if (this.#size >= this.#limit) throw new EventQueueFull(this.#limit);
    const capacity = Math.min(2 * this.#times.length, this.#limit);
    const times = new Float64Array(capacity);
    const orders = new Float64Array(capacity);
    const items = new Int32Array(capacity);
    times.set(this.#times);
    orders.set(this.#orders);
    items.set(this.#items);
    this.#times = times;
    this.#orders = orders;
    this.#items = items;
  }
}
