import { assertEquals } from "@std/assert";
import { ms, NEVER } from "../../../engine/mod.ts";
import { RepairQueue } from "../../../engine/source/repair_queue.ts";

Deno.test("RepairQueue: repairs leave in the order in which they were first asked for, each after the delay", () => {
  const queue = new RepairQueue(ms(5));
  assertEquals([queue.size, queue.first(0), queue.readyAfter(0)], [0, undefined, NEVER]);
  assertEquals([queue.add(ms(1), 9), queue.add(ms(2), 3), queue.add(ms(3), 9)], [true, true, false]);
  assertEquals([queue.size, queue.first(ms(6) - 1), queue.first(ms(6)), queue.readyAfter(0)], [2, undefined, 9, ms(6)]);
  queue.remove(9);
  assertEquals([queue.size, queue.first(ms(7) - 1), queue.first(ms(7)), queue.readyAfter(0)], [1, undefined, 3, ms(7)]);
  queue.remove(9);
  queue.remove(3);
  assertEquals([queue.size, queue.first(ms(9)), queue.readyAfter(0)], [0, undefined, NEVER]);
});

Deno.test("RepairQueue: what was served can be asked for again, and waits again", () => {
  const queue = new RepairQueue(ms(5));
  queue.add(0, 9);
  queue.remove(9);
  assertEquals([queue.add(ms(20), 9), queue.readyAfter(0)], [true, ms(25)]);
});

Deno.test("RepairQueue: what falls behind the trail is dropped and counted, across the end of the space", () => {
  const queue = new RepairQueue(0);
  for (const sqn of [5, 0xffff_ffff, 4, 0, 6]) queue.add(0, sqn);
  assertEquals([queue.dropBefore(0xffff_ffff), queue.size], [0, 5]);
  assertEquals([queue.dropBefore(5), queue.size], [3, 2]);
  assertEquals(queue.first(ms(9)), 5);
  assertEquals([queue.dropBefore(7), queue.first(ms(9))], [2, undefined]);
});

Deno.test("RepairQueue: urgent repairs go first, others turn urgent when the trail moves, each still in its order", () => {
  let urgentBelow = 10;
  const queue = new RepairQueue(ms(5), (sqn) => sqn < urgentBelow);
  for (const [i, sqn] of [20, 11, 7, 13, 3].entries()) queue.add(ms(i), sqn);
  assertEquals(queue.add(ms(9), 7), false);
  // 20 may leave before any that is urgent may.
  assertEquals([queue.size, queue.readyAfter(0), queue.first(ms(5)), queue.first(ms(7))], [5, ms(5), 20, 7]);
  urgentBelow = 20;
  assertEquals([queue.dropBefore(10), queue.size], [2, 3]);
  const order: unknown[] = [];
  for (let sqn = queue.first(ms(9)); sqn !== undefined; sqn = queue.first(ms(9))) {
    order.push(sqn);
    queue.remove(sqn);
  }
  assertEquals(order, [11, 13, 20]);
});

Deno.test("RepairQueue: nothing is left after clear", () => {
  const queue = new RepairQueue(0, (sqn) => sqn === 1);
  for (const sqn of [1, 2]) queue.add(0, sqn);
  queue.clear();
  assertEquals([queue.size, queue.readyAfter(0), queue.first(1), queue.add(1, 1)], [0, NEVER, undefined, true]);
});

Deno.test("RepairQueue: what is ready does not hide that something more urgent will be", () => {
  const queue = new RepairQueue(ms(5), (sqn) => sqn < 10);
  queue.add(0, 20);
  queue.add(ms(3), 4);
  assertEquals([queue.readyAfter(ms(5) - 1), queue.readyAfter(ms(5)), queue.readyAfter(ms(8))], [ms(5), ms(8), NEVER]);
  assertEquals([queue.first(ms(8) - 1), queue.first(ms(8))], [20, 4]);
});
