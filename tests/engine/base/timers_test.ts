/**
 * Deadlines against a sorted list.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/base/assert.ts";
import { prngFromSeed } from "../../../engine/base/prng.ts";
import { NEVER } from "../../../engine/base/time.ts";
import { Deadlines } from "../../../engine/base/timers.ts";

/** The same by sorting at every look. */
class SortedDeadlines {
  #entries: { id: number; deadline: number; order: number }[] = [];
  #counter = 0;

  get first(): { id: number; deadline: number; order: number } | undefined {
    return this.#entries[0];
  }

  get size(): number {
    return this.#entries.length;
  }

  get(id: number): number {
    return this.#entries.find((entry) => entry.id === id)?.deadline ?? NEVER;
  }

  set(id: number, deadline: number): void {
    this.clear(id);
    if (deadline === NEVER) return;
    this.#entries.push({ id, deadline, order: this.#counter++ });
    this.#entries.sort((a, b) => a.deadline - b.deadline || a.order - b.order);
  }

  clear(id: number): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
  }
}

Deno.test("Deadlines: random sets, moves, clears and pops leave it in order", () => {
  for (const seed of [1, 2, 3]) {
    const random = prngFromSeed(seed).fork("timers");
    const deadlines = new Deadlines();
    const sorted = new SortedDeadlines();
    let largest = 0;
    for (let step = 0; step < 5000; step++) {
      const id = random.below(60);
      // Few distinct times, so that ties are frequent.
      const deadline = random.below(30);
      switch (random.below(8)) {
        case 0:
          deadlines.clear(id);
          sorted.clear(id);
          break;
        case 1: {
          const first = sorted.first;
          if (first === undefined) break;
          deadlines.clear(first.id);
          sorted.clear(first.id);
          break;
        }
        case 2:
          deadlines.set(id, NEVER);
          sorted.set(id, NEVER);
          break;
        default:
          deadlines.set(id, deadline);
          sorted.set(id, deadline);
      }
      largest = Math.max(largest, sorted.size);
      assertEquals(deadlines.size, sorted.size);
      assertEquals([deadlines.next(), deadlines.nextId()], [sorted.first?.deadline ?? NEVER, sorted.first?.id ?? -1]);
      assertEquals(deadlines.get(id), sorted.get(id));
    }
    assert(largest > 40, "the heap never grew");
  }
});

Deno.test("Deadlines: equal deadlines leave in the order in which they were set", () => {
  const deadlines = new Deadlines();
  for (const id of [4, 1, 3, 0, 2]) deadlines.set(id, 100);
  deadlines.set(1, 100);
  const left: number[] = [];
  while (deadlines.size > 0) {
    left.push(deadlines.nextId());
    deadlines.clear(deadlines.nextId());
  }
  assertEquals(left, [4, 3, 0, 2, 1]);
});

Deno.test("Deadlines: an order of one's own breaks ties", () => {
  const deadlines = new Deadlines();
  deadlines.set(0, 100, 7);
  deadlines.set(1, 100, 5);
  assertEquals([deadlines.nextId(), deadlines.nextOrder()], [1, 5]);
  deadlines.clear(1);
  assertEquals([deadlines.nextId(), deadlines.nextOrder()], [0, 7]);
});

Deno.test("Deadlines: empty, unknown ids, and ids that are none", () => {
  const deadlines = new Deadlines();
  assertEquals([deadlines.size, deadlines.next(), deadlines.nextId(), deadlines.nextOrder()], [0, NEVER, -1, Infinity]);
  deadlines.clear(5);
  assertEquals(deadlines.get(5), NEVER);
  for (const id of [-1, 0.5]) assertThrows(() => deadlines.set(id, 1), AssertionError, "timer id");
});
