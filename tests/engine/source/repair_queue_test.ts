import { assertEquals } from "@std/assert";
import { ms, NEVER } from "../../../engine/mod.ts";
import { RepairQueue } from "../../../engine/source/repair_queue.ts";

Deno.test("RepairQueue: repairs leave in the order in which they were first asked for, each after the delay", () => {
  const queue = new RepairQueue(ms(5));
  assertEquals([queue.size, queue.first(), queue.readyAt()], [0, undefined, NEVER]);
  assertEquals([queue.add(ms(1), 9), queue.add(ms(2), 3), queue.add(ms(3), 9)], [true, true, false]);
  assertEquals([queue.size, queue.first(), queue.readyAt()], [2, 9, ms(6)]);
  queue.remove(9);
  assertEquals([queue.size, queue.first(), queue.readyAt()], [1, 3, ms(7)]);
  queue.remove(9);
  queue.remove(3);
  assertEquals([queue.size, queue.first(), queue.readyAt()], [0, undefined, NEVER]);
});

Deno.test("RepairQueue: what was served can be asked for again, and waits again", () => {
  const queue = new RepairQueue(ms(5));
  queue.add(0, 9);
  queue.remove(9);
  assertEquals([queue.add(ms(20), 9), queue.readyAt()], [true, ms(25)]);
});

Deno.test("RepairQueue: what falls behind the trail is dropped and counted, across the end of the space", () => {
  const queue = new RepairQueue(0);
  for (const sqn of [5, 0xffff_ffff, 4, 0, 6]) queue.add(0, sqn);
  assertEquals([queue.dropBefore(0xffff_ffff), queue.size], [0, 5]);
  assertEquals([queue.dropBefore(5), queue.size], [3, 2]);
  assertEquals(queue.first(), 5);
  assertEquals([queue.dropBefore(7), queue.first()], [2, undefined]);
});
