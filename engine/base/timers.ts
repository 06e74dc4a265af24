/**
 * Deadlines of numbered things (sequence slots, nodes) in an indexed binary heap: setting, moving and clearing a
 * deadline is O(log n), reading the earliest O(1). Equal deadlines leave in the order in which they were set.
 *
 * @module
 */

import { assert } from "./assert.ts";
import { type Instant, NEVER } from "./time.ts";

/** A bounded set of ids `0, 1, 2, ...`, each with at most one deadline. */
export class Deadlines {
  readonly #heap: number[] = [];
  readonly #position: number[] = [];
  readonly #deadline: Instant[] = [];
  readonly #order: number[] = [];
  #counter = 0;
  /** The earliest deadline: it is asked for far more often than it changes. */
  #next: Instant = NEVER;

  /** The number of ids that have a deadline. */
  get size(): number {
    return this.#heap.length;
  }

  /** The deadline of an id, or `NEVER`. */
  get(id: number): Instant {
    return this.#has(id) ? this.#deadline[id]! : NEVER;
  }

  /** The earliest deadline, or `NEVER`. */
  next(): Instant {
    return this.#next;
  }

  /** The id of the earliest deadline, or -1. */
  nextId(): number {
    return this.#heap.length === 0 ? -1 : this.#heap[0]!;
  }

  /** The position in setting order of the earliest deadline, to order it against other clocks. */
  nextOrder(): number {
    return this.#heap.length === 0 ? Infinity : this.#order[this.#heap[0]!]!;
  }

  /** Sets or moves the deadline of `id`; `NEVER` clears it. `order` breaks ties and grows from call to call. */
  set(id: number, deadline: Instant, order: number = this.#counter++): void {
    if (deadline === NEVER) return this.clear(id);
    assert(id >= 0 && Number.isInteger(id), "a timer id is an integer of at least 0");
    while (this.#position.length <= id) {
      this.#position.push(-1);
      this.#deadline.push(NEVER);
      this.#order.push(0);
    }
    this.#deadline[id] = deadline;
    this.#order[id] = order;
    let at = this.#position[id]!;
    if (at < 0) {
      at = this.#heap.length;
      this.#heap.push(id);
      this.#position[id] = at;
    }
    this.#down(this.#up(at));
    this.#next = this.#deadline[this.#heap[0]!]!;
  }

  /** Forgets the deadline of `id`, if it has one. */
  clear(id: number): void {
    if (!this.#has(id)) return;
    const at = this.#position[id]!;
    const last = this.#heap.pop()!;
    this.#position[id] = -1;
    this.#deadline[id] = NEVER;
    if (at < this.#heap.length) {
      this.#heap[at] = last;
      this.#position[last] = at;
      this.#down(this.#up(at));
    }
    this.#next = this.#heap.length === 0 ? NEVER : this.#deadline[this.#heap[0]!]!;
  }

  #has(id: number): boolean {
    return id < this.#position.length && this.#position[id]! >= 0;
  }

  #before(a: number, b: number): boolean {
    const difference = this.#deadline[a]! - this.#deadline[b]!;
    return difference < 0 || (difference === 0 && this.#order[a]! < this.#order[b]!);
  }

  #up(start: number): number {
    const heap = this.#heap;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(heap[at]!, heap[parent]!)) break;
      this.#swap(at, parent);
      at = parent;
    }
    return at;
  }

  #down(start: number): void {
    const heap = this.#heap;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) return;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#before(heap[child]!, heap[at]!)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #swap(a: number, b: number): void {
    const idA = this.#heap[a]!;
    const idB = this.#heap[b]!;
    this.#heap[a] = idB;
    this.#heap[b] = idA;
    this.#position[idB] = a;
    this.#position[idA] = b;
  }
}
