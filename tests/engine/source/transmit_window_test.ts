/**
 * The transmit window by itself, and how a source's configuration gives it its size.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError, type Instant, ms, NEVER, prngFromSeed, seconds, sqnAdd } from "../../../engine/mod.ts";
import { TransmitWindow } from "../../../engine/source/transmit_window.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench } from "../../support/benches.ts";
import { nak, only } from "../../support/rig.ts";

/** Octets that tell which packet they are. */
function packet(index: number): Uint8Array {
  return Uint8Array.of(index >> 24, index >> 16, index >> 8, index);
}

function fill(window: TransmitWindow, count: number, at: (index: number) => Instant = () => 0): void {
  for (let i = 0; i < count; i++) window.append(at(i), packet(i));
}

Deno.test("TransmitWindow: its size is TXW_LEAD - TXW_TRAIL + 1, circular [WIN-003]", () => {
  for (const [first, count, lead] of [[1000, 383, 1382], [0xffff_fffe, 4, 1], [0, 0, 0xffff_ffff], [7, 1, 7]]) {
    const window = new TransmitWindow(first!, 1000, seconds(1), seconds(1));
    fill(window, count!);
    assertEquals([window.trail, window.lead, window.size], [first, lead, count]);
  }
});

Deno.test("TransmitWindow: packets keep their place while it grows across the end of the space", () => {
  for (const before of [0, 1, 5, 15, 16, 17, 100]) {
    const first = sqnAdd(0, -before);
    const window = new TransmitWindow(first, 10_000, seconds(1), seconds(1));
    for (let count = 1; count <= 300; count++) {
      window.append(0, packet(count - 1));
      window.confirm(count, sqnAdd(first, count - 1));
    }
    for (let i = 0; i < 300; i++) {
      assertEquals(window.packet(sqnAdd(first, i)), packet(i));
      assertEquals(window.confirmedAt(sqnAdd(first, i)), i + 1);
    }
    assertEquals([window.packet(sqnAdd(first, -1)), window.packet(sqnAdd(first, 300))], [undefined, undefined]);
  }
});

Deno.test("TransmitWindow: the last packet that fits, and the first that does not", () => {
  const window = new TransmitWindow(0, 17, seconds(1), seconds(1));
  fill(window, 16);
  assertEquals(window.full, false);
  fill(window, 1);
  assertEquals(window.full, true);
  assertThrows(() => window.append(0, packet(17)), AssertionError);
});

Deno.test("TransmitWindow: outside the window nothing is kept, confirmed or known", () => {
  const window = new TransmitWindow(10, 100, seconds(2), seconds(1));
  assertEquals([window.packet(10), window.packet(9), window.nextAdvance()], [undefined, undefined, NEVER]);
  fill(window, 2, (i) => i * seconds(1));
  window.confirm(5, 9);
  window.confirm(5, 12);
  assertEquals([window.confirmedAt(9), window.confirmedAt(12)], [-Infinity, -Infinity]);
  window.confirm(5, 10);
  assertEquals([window.confirmedAt(10), window.confirmedAt(11)], [5, -Infinity]);
  window.advance(seconds(2));
  assertEquals([window.packet(10), window.confirmedAt(10), window.trail], [undefined, -Infinity, 11]);
});

Deno.test("TransmitWindow: a new packet is not confirmed because an old one in its place was", () => {
  const window = new TransmitWindow(0, 16, seconds(1), seconds(1));
  fill(window, 16);
  for (let sqn = 0; sqn < 16; sqn++) window.confirm(7, sqn);
  window.advance(seconds(1));
  window.append(seconds(1), packet(16));
  assertEquals([window.size, window.confirmedAt(16)], [1, -Infinity]);
});

Deno.test("TransmitWindow: nothing expires a nanosecond early, one increment on time, nothing again", () => {
  const window = new TransmitWindow(0, 1000, seconds(4), seconds(1));
  fill(window, 60, (i) => ms(100) * i);
  const trails: number[] = [];
  for (let i = 0; i < 3; i++) {
    const at = window.nextAdvance();
    window.advance(at - 1);
    trails.push(window.trail);
    window.advance(at);
    trails.push(window.trail);
    window.advance(at);
    assertEquals(window.trail, trails.at(-1));
  }
  assertEquals(trails, [0, 10, 10, 20, 20, 30]);
  window.advance(seconds(100));
  assertEquals([window.trail, window.lead, window.size, window.nextAdvance()], [60, 59, 0, NEVER]);
});

Deno.test("TransmitWindow: as a naive window does, whatever is sent when", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = prngFromSeed(seed).fork("transmit window");
    const first = sqnAdd(0, -random.below(40));
    const window = new TransmitWindow(first, 64, seconds(4), seconds(1));
    const sent: Instant[] = [];
    let trail = 0;
    let now = 0;
    for (let step = 0; step < 400; step++) {
      now += ms(random.below(200));
      while (trail < sent.length && sent[trail]! + seconds(4) <= now) {
        const end = sent[trail]! + seconds(1);
        while (trail < sent.length && sent[trail]! < end) trail++;
      }
      window.advance(now);
      if (!window.full && random.below(3) > 0) {
        window.append(now, packet(sent.length));
        sent.push(now);
      }
      assertEquals([window.trail, window.size], [sqnAdd(first, trail), sent.length - trail], `seed ${seed}`);
      const probe = trail - 2 + random.below(70);
      const expected = probe >= trail && probe < sent.length ? packet(probe) : undefined;
      assertEquals(window.packet(sqnAdd(first, probe)), expected);
    }
  }
});

Deno.test("SourceConfig: the largest window is 2^31 - 1 packets, not one more [WIN-006]", () => {
  sourceBench({ txwMaxSqns: 2147483647 });
  assertThrows(() => sourceBench({ txwMaxSqns: 2147483648 }), AssertionError, "txwMaxSqns");
});

/** A source that sends packets of 1500 octets at `txwMaxRte` from 1 s on for a minute, from SQN `first`. */
function saturated(txwMaxRte: number, first: number) {
  const config = { ...QUIET, txwMaxRte, burstBytes: 1500, txwSecs: seconds(35), txwAdvSecs: seconds(5) };
  const rig = sourceBench({ ...config, firstSqn: first, maxTsdu: 1476 }).at(0);
  rig.at(seconds(1));
  send(rig, Math.ceil(txwMaxRte * 60 / 1500), 1476);
  return rig;
}

Deno.test("Source: the numbers of Appendix F: 16 kB/s for 35 s are 383 packets of 1500 octets [WIN-001, WIN-018]", () => {
  for (const [kilo, sqns] of [[1024, 383], [1000, 374]] as const) {
    for (const n of [0, 0xffff_fff0]) {
      const rig = saturated(16 * kilo, n).at(seconds(36) - 1);
      assertEquals([rig.endpoint.trail, rig.endpoint.lead], [n, sqnAdd(n, sqns - 1)]);
      const bytes = only(rig.said(), "ODATA").length * 1500;
      const txwBytes = 16 * kilo * 35;
      assert(bytes >= txwBytes && bytes < txwBytes + 1500, `${bytes} octets, TXW_BYTES is ${txwBytes}`);
      // From then on the window holds between TXW_SECS - TXW_ADV_SECS and TXW_SECS of data.
      rig.at(seconds(36));
      const size = rig.endpoint.lead - rig.endpoint.trail + 1;
      const least = 16 * kilo * 30 / 1500;
      assert((size >>> 0) >= least && (size >>> 0) <= least + 1, `${size} packets are left`);
    }
  }
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
