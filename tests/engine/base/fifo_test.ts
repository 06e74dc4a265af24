import { assertEquals } from "@std/assert";
import { prngFromSeed } from "../../../engine/mod.ts";
import { Fifo } from "../../../engine/base/fifo.ts";

Deno.test("Fifo: an empty queue gives nothing", () => {
  const fifo = new Fifo<number>();
  assertEquals([fifo.size, fifo.first, fifo.shift(), fifo.size], [0, undefined, undefined, 0]);
});

Deno.test("Fifo: as an array does, however long it grows and shrinks", () => {
  const random = prngFromSeed(1).fork("fifo");
  const fifo = new Fifo<number>();
  const naive: number[] = [];
  for (let step = 0; step < 40_000; step++) {
    const growing = Math.floor(step / 5_000) % 2 === 0;
    if (random.below(4) < (growing ? 3 : 1)) {
      fifo.push(step);
      naive.push(step);
    } else {
      assertEquals(fifo.shift(), naive.shift());
    }
    assertEquals([fifo.size, fifo.first], [naive.length, naive[0]]);
  }
});
