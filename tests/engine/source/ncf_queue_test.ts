import { assertEquals } from "@std/assert";
import { ms } from "../../../engine/mod.ts";
import { NcfQueue } from "../../../engine/source/ncf_queue.ts";

const plain = (sqn: number, iface = 0) => ({ iface, sqn, list: [] });

Deno.test("NcfQueue: the first goes in, a repeat only when the interval is over, on each interface by itself", () => {
  const queue = new NcfQueue(ms(20));
  const tries = [queue.push(0, plain(7)), queue.push(ms(20) - 1, plain(7)), queue.push(ms(20) - 1, plain(7, 1))];
  assertEquals(tries, [true, false, true]);
  assertEquals([queue.push(ms(20), plain(7)), queue.push(ms(20), plain(7, 1)), queue.size], [true, false, 3]);
  assertEquals([queue.shift(), queue.shift(), queue.shift(), queue.shift()], [
    plain(7),
    plain(7, 1),
    plain(7),
    undefined,
  ]);
});

Deno.test("NcfQueue: with an interval of 0 nothing is held back", () => {
  const queue = new NcfQueue(0);
  assertEquals([queue.push(0, plain(7)), queue.push(0, plain(7)), queue.size], [true, true, 2]);
  queue.clear();
  assertEquals(queue.size, 0);
});

Deno.test("NcfQueue: what waits is bounded, and so is what is remembered", () => {
  const queue = new NcfQueue(ms(20));
  for (let sqn = 0; sqn < 65_536; sqn++) assertEquals(queue.push(0, plain(sqn)), true);
  assertEquals([queue.push(0, plain(65_536)), queue.size], [false, 65_536]);
  // One leaves, another is remembered in the place of the oldest.
  queue.shift();
  assertEquals(queue.push(0, plain(65_536)), true);
  queue.shift();
  assertEquals([queue.push(0, plain(1)), queue.push(0, plain(0))], [false, true]);
});
