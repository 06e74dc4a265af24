import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../engine/base/assert.ts";
import { prngFromSeed } from "../../engine/base/prng.ts";
import { NEVER } from "../../engine/base/time.ts";
import { EventQueue } from "../../netsim/event_queue.ts";
import { EventQueueFull } from "../../netsim/mod.ts";

Deno.test("EventQueue: empty, it has no next item", () => {
  const queue = new EventQueue(4);
  assertEquals([queue.size, queue.nextTime(), queue.nextOrder()], [0, NEVER, Infinity]);
  assertThrows(() => queue.pop(), AssertionError, "empty");
});

Deno.test("EventQueue: items leave by time, and by order at equal times", () => {
  const queue = new EventQueue(8);
  queue.push(20, 0, 1);
  queue.push(10, 2, 2);
  queue.push(10, 1, 3);
  queue.push(5, 9, 4);
  const left: [number, number, number][] = [];
  while (queue.size > 0) left.push([queue.nextTime(), queue.nextOrder(), queue.pop()]);
  assertEquals(left, [[5, 9, 4], [10, 1, 3], [10, 2, 2], [20, 0, 1]]);
});

Deno.test("EventQueue: agrees with sorting while it grows and shrinks", () => {
  const random = prngFromSeed(7);
  const queue = new EventQueue(100_000);
  const model: { time: number; order: number; item: number }[] = [];
  for (let order = 0; order < 20_000; order++) {
    // Few instants, so that ties are common; times past 2^32, because typed arrays could truncate.
    const time = random.below(50) * 0x2_0000_0000;
    queue.push(time, order, order * 7);
    model.push({ time, order, item: order * 7 });
    if (random.below(3) === 0) {
      let least = 0;
      for (let i = 1; i < model.length; i++) if (before(model[i]!, model[least]!)) least = i;
      const [expected] = model.splice(least, 1);
      assertEquals(queue.pop(), expected!.item);
    }
    if (model.length > 300) break;
  }
  model.sort((a, b) => a.time - b.time || a.order - b.order);
  assertEquals(model.map(() => queue.pop()), model.map(({ item }) => item));
  assertEquals(queue.size, 0);
});

Deno.test("EventQueue: holds as many items as its limit and not one more", () => {
  for (const limit of [1, 256, 257, 1000]) {
    const queue = new EventQueue(limit);
    for (let i = 0; i < limit; i++) queue.push(i, i, i);
    assertThrows(() => queue.push(0, limit, limit), EventQueueFull, `${limit} are pending`);
    assertEquals(queue.pop(), 0);
    queue.push(0, limit, limit);
    assertEquals([queue.size, queue.nextTime()], [limit, 0]);
  }
});

function before(a: { time: number; order: number }, b: { time: number; order: number }): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
