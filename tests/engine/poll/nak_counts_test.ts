import { assert, assertEquals } from "@std/assert";
import { NakCounts } from "../../../engine/poll/nak_counts.ts";

Deno.test("NakCounts: the numbers of one NAK are counted together, each for as long as its repair is pending", () => {
  const pending = new Set<number>();
  const counts = new NakCounts(0, (sqn) => pending.has(sqn));
  assertEquals(counts.add(5, [1, 2, 3]), [1, 1, 1]);
  for (const sqn of [1, 2, 3]) pending.add(sqn);
  assertEquals(counts.add(5, [2, 3, 4]), [2, 2, 1]);
  pending.add(4).delete(2);
  assertEquals(counts.add(99, [2, 3, 4]), [1, 3, 2]);
});

Deno.test("NakCounts: a count is over at the instant when it need not be kept", () => {
  const counts = new NakCounts(10, () => false);
  assertEquals([counts.add(0, [7]), counts.add(9, [7]), counts.add(10, [7]), counts.add(19, [7])], [[1], [2], [1], [
    2,
  ]]);
  counts.add(1_000, [8]);
  assertEquals(counts.size, 1);
});

Deno.test("NakCounts: what it keeps is bounded, even if nothing is ever repaired", () => {
  const counts = new NakCounts(1, () => true);
  for (let sqn = 0; sqn < 100_000; sqn++) counts.add(0, [sqn]);
  assert(counts.size <= 65_536, `${counts.size}`);
  assertEquals(counts.add(0, [99_999]), [2]);
  assertEquals(counts.add(0, [0]), [1]);
});
