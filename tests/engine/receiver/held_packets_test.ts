/**
 * Packets that wait, against a plain map.
 *
 * @module
 */

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { AssertionError, encodePacket, PacketView, prngFromSeed, type Sqn, sqnAdd } from "../../../engine/mod.ts";
import { HeldPackets } from "../../../engine/receiver/held_packets.ts";
import { odata } from "../../support/rig.ts";

function packet(sqn: Sqn): PacketView {
  return new PacketView(encodePacket(odata({ sqn })));
}

Deno.test("HeldPackets: does what a map does, near, far apart and across the wrap", () => {
  const random = prngFromSeed(7);
  for (const spread of [10, 300, 5_000, 0x4000_0000]) {
    const held = new HeldPackets();
    const model = new Map<Sqn, PacketView>();
    for (let step = 0; step < 3_000; step++) {
      const sqn = sqnAdd(0xffff_fff0, random.below(spread));
      assertStrictEquals(held.get(sqn), model.get(sqn));
      if (!model.has(sqn) && random.below(3) > 0) {
        const view = packet(sqn);
        held.add(view);
        model.set(sqn, view);
      }
      // Now and then all leave.
      const leaving = step % 500 === 499 ? [...model.keys()] : [...model.keys()].slice(0, random.below(2));
      for (const each of leaving) {
        assertStrictEquals(held.get(each), model.get(each));
        held.remove(each);
        model.delete(each);
        assertEquals(held.get(each), undefined);
      }
      assertEquals(held.size, model.size);
    }
  }
});

Deno.test("HeldPackets: two packets for one place, whichever leaves first", () => {
  for (const [first, second] of [[5, 5 + 0x1_0000], [5 + 0x1_0000, 5]] as const) {
    const held = new HeldPackets();
    held.add(packet(5));
    held.add(packet(5 + 0x1_0000));
    held.remove(first);
    assertEquals(held.get(first), undefined);
    assertEquals(held.get(second)?.sqn, second);
    held.add(packet(first));
    assertEquals([held.get(first)?.sqn, held.get(second)?.sqn, held.size], [first, second, 2]);
  }
});

Deno.test("HeldPackets: a packet is taken in once and out once", () => {
  const held = new HeldPackets();
  held.add(packet(5));
  assertThrows(() => held.add(packet(5)), AssertionError);
  assertThrows(() => held.remove(21), AssertionError);
  held.remove(5);
  assertThrows(() => held.remove(5), AssertionError);
  assertEquals(held.size, 0);
});
