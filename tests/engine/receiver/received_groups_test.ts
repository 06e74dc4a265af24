import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/mod.ts";
import { ReceiveBudget } from "../../../engine/receiver/receive_budget.ts";
import { HELD_OVERHEAD_BYTES } from "../../../engine/receiver/receive_window.ts";
import { ReceivedGroups } from "../../../engine/receiver/received_groups.ts";

Deno.test("ReceivedGroups: once groups are behind, none of them is kept again, however far the window has gone", () => {
  for (const oldest of [16, 800_000]) {
    const groups = new ReceivedGroups(8, 0, new ReceiveBudget(10_000, 0));
    assert(groups.at(0) !== undefined && groups.at(oldest) !== undefined);
    groups.forgetBefore(oldest);
    assertEquals([groups.get(0), groups.get(oldest) === undefined], [undefined, false]);
    assertThrows(() => groups.at(oldest - 8), AssertionError);
    assertEquals(groups.bytes, HELD_OVERHEAD_BYTES);
  }
});

Deno.test("ReceivedGroups: a group takes its place from the budget, and gives it back", () => {
  const budget = new ReceiveBudget(HELD_OVERHEAD_BYTES, 0);
  const groups = new ReceivedGroups(8, 0, budget);
  assert(groups.at(0) !== undefined);
  assertEquals([budget.bytes, groups.at(8)], [0, undefined]);
  groups.forgetBefore(8);
  assertEquals(budget.bytes, HELD_OVERHEAD_BYTES);
  budget.bytes--;
  assertEquals(groups.at(8), undefined);
});
