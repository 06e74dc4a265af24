/**
 * The transmit window by itself, and how a source's configuration gives it its size.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError, type Instant, ms, seconds, sqnAdd } from "../../../engine/mod.ts";
import { TransmitWindow } from "../../../engine/source/transmit_window.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench } from "../../support/benches.ts";
import { nak, only } from "../../support/rig.ts";

/** The rate of the windows here: a packet of 4 octets takes 4 ms. */
const RATE = 1000;

/** Octets that tell which packet they are. */
function packet(index: number): Uint8Array {
  return Uint8Array.of(index >> 24, index >> 16, index >> 8, index);
}

function fill(window: TransmitWindow, count: number, at: (index: number) => Instant = () => 0): void {
  for (let i = 0; i < count; i++) window.append(at(i), packet(i));
}

Deno.test("TransmitWindow: its size is TXW_LEAD - TXW_TRAIL + 1, circular [WIN-003]", () => {
  for (const [first, count, lead] of [[1000, 383, 1382], [0xffff_fffe, 4, 1], [0, 0, 0xffff_ffff], [7, 1, 7]]) {
    const window = new TransmitWindow(first!, seconds(1), RATE);
    fill(window, count!);
    assertEquals([window.trail, window.lead, window.size, window.bytes], [first, lead, count, 4 * count!]);
  }
});

Deno.test("TransmitWindow: packets keep their place while it grows across the end of the space", () => {
  for (const before of [0, 1, 5, 15, 16, 17, 100]) {
    const first = sqnAdd(0, -before);
    const window = new TransmitWindow(first, seconds(1), RATE);
    for (let count = 1; count <= 300; count++) {
      window.append(0, packet(count - 1));
      if (count % 3 === 0) window.repaired(sqnAdd(first, count - 1));
    }
    for (let i = 0; i < 300; i++) {
      assertEquals(window.packet(sqnAdd(first, i)), packet(i));
      assertEquals(window.wasRepaired(sqnAdd(first, i)), i % 3 === 2);
    }
    assertEquals([window.packet(sqnAdd(first, -1)), window.packet(sqnAdd(first, 300))], [undefined, undefined]);
  }
});

Deno.test("TransmitWindow: outside the window nothing is kept, repaired or dropped", () => {
  const window = new TransmitWindow(10, seconds(1), RATE);
  assertEquals([window.packet(10), window.packet(9), window.inIncrement(10)], [undefined, undefined, false]);
  assertThrows(() => window.trailSentAt, AssertionError);
  assertThrows(() => window.increment, AssertionError);
  fill(window, 2, (i) => i * seconds(1));
  for (const sqn of [9, 12]) {
    assertEquals([window.wasRepaired(sqn), window.inIncrement(sqn)], [false, false]);
    assertThrows(() => window.repaired(sqn), AssertionError);
    assertThrows(() => window.dropThrough(sqn), AssertionError);
  }
  assertEquals([window.trail, window.size], [10, 2]);
  window.dropThrough(10);
  assertEquals([window.packet(10), window.trail, window.size, window.bytes], [undefined, 11, 1, 4]);
});

Deno.test("TransmitWindow: a new packet is not repaired because an old one in its place was", () => {
  const window = new TransmitWindow(0, seconds(1), RATE);
  fill(window, 16);
  for (let sqn = 0; sqn < 16; sqn++) window.repaired(sqn);
  window.dropThrough(15);
  window.append(seconds(1), packet(16));
  assertEquals([window.size, window.wasRepaired(16)], [1, false]);
});

Deno.test("TransmitWindow: the increment is what is sent whole within TXW_ADV_SECS, at least the trail", () => {
  // The packet sent at 996 ms takes until 1 s; had it been sent a nanosecond later, it would not be whole.
  for (const [at, drops] of [[ms(996), 2], [ms(996) + 1, 1]] as const) {
    const window = new TransmitWindow(0, seconds(1), RATE);
    for (const sentAt of [0, at, seconds(1)]) window.append(sentAt, packet(0));
    assertEquals([0, 1, 2].map((sqn) => window.inIncrement(sqn)), [true, drops === 2, false]);
    window.dropThrough(window.increment);
    assertEquals(window.trail, drops);
  }
  const slow = new TransmitWindow(0, ms(1), RATE);
  fill(slow, 2);
  slow.dropThrough(slow.increment);
  assertEquals([slow.trail, slow.trailSentAt], [1, 0]);
});

Deno.test("SourceConfig: the largest window is 2^31 - 1 packets, not one more [WIN-006]", () => {
  sourceBench({ txwMaxSqns: 2147483647 });
  assertThrows(() => sourceBench({ txwMaxSqns: 2147483648 }), AssertionError, "txwMaxSqns");
});

Deno.test("Source: an advance goes past TXW_INC, the newest packet that expires [WIN-030]", () => {
  // 54 packets are sent within TXW_ADV_SECS, one each 92.6 ms.
  const n = 0xffff_ffe0;
  const config = { ...QUIET, txwSecs: seconds(35), txwAdvSecs: seconds(5), firstSqn: n, ambientSpmIvl: ms(100) };
  const rig = sourceBench(config).at(0);
  for (let i = 0; i < 378; i++) send(rig.at(i * ms(92.6)), 1);
  rig.at(seconds(35) - 1);
  assertEquals(only(rig.said(), "SPM").at(-1)!.trail, n);
  rig.hears(nak({ sqn: sqnAdd(n, 53) }), FROM_RECEIVER).says(`NCF ${sqnAdd(n, 53)}`, `RDATA ${sqnAdd(n, 53)}`);
  rig.at(seconds(35) + ms(99));
  assertEquals(only(rig.said(), "SPM").map(({ trail }) => trail), [sqnAdd(n, 54)]);
  rig.hears(nak({ sqn: sqnAdd(n, 53) }), FROM_RECEIVER).says(`NCF ${sqnAdd(n, 53)}`);
  rig.hears(nak({ sqn: sqnAdd(n, 54) }), FROM_RECEIVER).says(`NCF ${sqnAdd(n, 54)}`, `RDATA ${sqnAdd(n, 54)}`);
});

Deno.test("Source: the first SPM, ODATA or RDATA after an increment expires carries the new trailing edge [WIN-026]", () => {
  const sent = (type: "SPM" | "ODATA" | "RDATA", at: Instant) => {
    const config = { ...QUIET, txwSecs: seconds(4), txwAdvSecs: seconds(1) };
    const rig = sourceBench(type === "SPM" ? { ...config, ambientSpmIvl: at } : config).at(0);
    for (let i = 0; i < 30; i++) send(rig.at(ms(100) * i), 1);
    rig.at(at - 1).said();
    rig.at(at);
    if (type === "ODATA") send(rig, 1);
    if (type === "RDATA") rig.hears(nak({ sqn: 25 }), FROM_RECEIVER);
    return only(rig.said(), type).map(({ trail }) => trail);
  };
  for (const type of ["SPM", "ODATA", "RDATA"] as const) {
    assertEquals([sent(type, seconds(4) - 1), sent(type, seconds(4))], [[0], [10]], type);
  }
});
