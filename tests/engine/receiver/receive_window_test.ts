/**
 * The receive window by itself, and against a naive one that remembers everything.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError, encodePacket, PacketView, prngFromSeed, type Sqn, sqnAdd } from "../../../engine/mod.ts";
import { ReceiveBudget } from "../../../engine/receiver/receive_budget.ts";
import { Arrival, ReceiveWindow } from "../../../engine/receiver/receive_window.ts";
import { odata } from "../../support/rig.ts";

function packet(sqn: Sqn): PacketView {
  return new PacketView(encodePacket(odata({ sqn })));
}

/** A budget that bounds nothing. */
function roomy(): ReceiveBudget {
  return new ReceiveBudget(1_000_000_000, 0x4000_0000);
}

function add(window: ReceiveWindow, sqn: Sqn): Arrival {
  return window.add(sqn, packet(sqn));
}

/** What commit hands over: `7` for data, `-7` for a loss. */
function committed(window: ReceiveWindow): number[] {
  const out: number[] = [];
  window.commit({
    data: (view) => out.push(view.sqn) > 0,
    passed: (sqn) => out.push(sqn) > 0,
    lost: (first, last) => {
      for (let sqn = first; sqn !== sqnAdd(last, 1); sqn = sqnAdd(sqn, 1)) out.push(-sqn);
      return true;
    },
  });
  return out;
}

Deno.test("ReceiveWindow: each outcome at its boundary", () => {
  const window = new ReceiveWindow(100, 10, roomy());
  assertEquals(add(window, 100), Arrival.InOrder);
  assertEquals(add(window, 99), Arrival.BeforeWindow);
  assertEquals(add(window, 100), Arrival.Duplicate);
  assertEquals(add(window, 102), Arrival.Held);
  assertEquals(add(window, 102), Arrival.Duplicate);
  assertEquals(add(window, 110), Arrival.Held);
  assertEquals(add(window, 111), Arrival.BeyondWindow);
  assertEquals([window.next, window.frontier], [101, 111]);
  assertEquals(add(window, 101), Arrival.Held);
  assertEquals(committed(window), [101, 102]);
  assertEquals(add(window, 111), Arrival.Held);
  assertEquals([window.next, window.frontier], [103, 112]);
});

Deno.test("ReceiveWindow: half the space away is neither ahead nor a duplicate", () => {
  const window = new ReceiveWindow(100, 0x4000_0000, roomy());
  assertEquals(add(window, 100 + 0x8000_0000), Arrival.BeforeWindow);
  assertEquals(add(window, 99 + 0x8000_0000), Arrival.BeyondWindow);
  assertEquals(add(window, 100 + 0x4000_0000), Arrival.BeyondWindow);
  assertEquals(add(window, 99 + 0x4000_0000), Arrival.Held);
});

Deno.test("ReceiveWindow: without a gap nothing is kept, in order from anywhere in the space", () => {
  const window = new ReceiveWindow(0xffff_fffe, 16, roomy());
  for (const sqn of [0xffff_fffe, 0xffff_ffff, 0, 1]) assertEquals(add(window, sqn), Arrival.InOrder);
  assertEquals([window.trail, window.next, window.frontier], [0xffff_fffe, 2, 2]);
  assertEquals(committed(window), []);
});

Deno.test("ReceiveWindow: the edge of the source follows only forward, losses go with it", () => {
  const window = new ReceiveWindow(10, 100, roomy());
  for (const sqn of [10, 12, 14]) add(window, sqn);
  assertEquals([window.advanceTrail(10), window.advanceTrail(9)], [false, false]);
  assertEquals(window.advanceTrail(13), true);
  assertEquals(committed(window), [-11, 12]);
  assertEquals([window.trail, window.next], [13, 13]);
  assertEquals(window.advanceTrail(20), true);
  assertEquals(committed(window), [-13, 14, -15, -16, -17, -18, -19]);
  assertEquals([window.next, window.frontier], [20, 20]);
  assertEquals(add(window, 19), Arrival.BeforeWindow);
  assertEquals(add(window, 20), Arrival.InOrder);
});

Deno.test("ReceiveWindow: a number given up is lost when its turn comes, not before", () => {
  const window = new ReceiveWindow(0, 100, roomy());
  for (const sqn of [0, 3]) add(window, sqn);
  window.giveUp(2);
  assertEquals(committed(window), []);
  assertEquals(add(window, 2), Arrival.Duplicate);
  add(window, 1);
  assertEquals(committed(window), [1, -2, 3]);
  assertThrows(() => window.giveUp(3), AssertionError);
  assertThrows(() => window.giveUp(4), AssertionError);
});

Deno.test("ReceiveWindow: what may be asked for, both sides of each end", () => {
  const window = new ReceiveWindow(50, 10, roomy());
  for (const sqn of [50, 53]) add(window, sqn);
  window.giveUp(52);
  const wanted = [];
  for (let sqn = 45; sqn < 70; sqn++) if (window.wants(sqn)) wanted.push(sqn);
  assertEquals(wanted, [51, 54, 55, 56, 57, 58, 59, 60]);
  window.advanceTrail(56);
  assertEquals([window.wants(55), window.wants(56)], [false, true]);
});

Deno.test("ReceiveWindow: the frontier follows SPM_LEAD no further than the window may grow, never back", () => {
  const window = new ReceiveWindow(0xffff_fff0, 32, roomy());
  add(window, 0xffff_fff0);
  assertEquals(window.extend(0xffff_fff0), 0xffff_fff1);
  assertEquals(window.extend(5), 6);
  assertEquals(window.extend(3), 6);
  assertEquals(window.extend(0x10), 0x11);
  assertEquals(window.extend(0x11), 0x11);
  assertEquals(add(window, 0x10), Arrival.Held);
  assertEquals(add(window, 0x11), Arrival.BeyondWindow);
});

Deno.test("ReceiveWindow: any arrivals, losses and edges give each number once, in order, as a naive window does", () => {
  const LIMIT = 20;
  for (let seed = 0; seed < 200; seed++) {
    const random = prngFromSeed(seed).fork("receive window");
    const base = seed % 2 === 0 ? 1000 : 0xffff_fff8;
    const budget = roomy();
    const window = new ReceiveWindow(base, LIMIT, budget);
    const received = new Set<number>();
    const gone = new Set<number>();
    const out: number[] = [];
    let trail = 0;
    let next = 0;
    let frontier = 0;
    for (let step = 0; step < 120; step++) {
      const offset = Math.max(0, next - 3) + random.below(LIMIT + 6);
      const kind = random.below(10);
      if (kind < 8) {
        const taken = offset >= next && offset < next + LIMIT && !received.has(offset) && !gone.has(offset);
        const arrival = add(window, sqnAdd(base, offset));
        assertEquals(arrival === Arrival.InOrder || arrival === Arrival.Held, taken, `seed ${seed} step ${step}`);
        if (taken) received.add(offset);
        if (arrival === Arrival.InOrder) out.push(offset);
        if (taken) frontier = Math.max(frontier, offset + 1);
      } else if (kind === 8 && offset >= next && offset < frontier && !received.has(offset) && !gone.has(offset)) {
        window.giveUp(sqnAdd(base, offset));
        gone.add(offset);
      } else if (kind === 9 && random.below(4) === 0) {
        window.advanceTrail(sqnAdd(base, offset));
        trail = Math.max(trail, offset);
      }
      window.commit({
        data: (view) => out.push((view.sqn - base) >>> 0) > 0,
        passed: () => false,
        lost: (first, last) => {
          for (let i = (first - base) >>> 0; i <= (last - base) >>> 0; i++) out.push(-i);
          return true;
        },
      });
      while (received.has(next) || gone.has(next) || next < trail) next++;
      frontier = Math.max(frontier, next);
    }
    assertEquals(out.map(Math.abs), Array.from({ length: next }, (_, i) => i), `seed ${seed}`);
    assertEquals(out.map((offset) => offset > 0), out.map((offset) => received.has(offset) && offset > 0));
    assertEquals([window.next, window.frontier], [sqnAdd(base, next), sqnAdd(base, frontier)]);
    // Of what was given up, only what still waits for its turn counts as missing.
    const waiting = [...gone].filter((offset) => offset >= next).length;
    assertEquals(budget.missing, roomy().missing - waiting, `seed ${seed}`);
    window.drop();
    assertEquals(budget, roomy(), `seed ${seed}`);
  }
});
