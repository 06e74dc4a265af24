/**
 * The strategies by which the transmit window advances: against a naive model, and through the source's interface.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  AssertionError,
  type Instant,
  ms,
  NEVER,
  prngFromSeed,
  seconds,
  type Source,
  SOURCE_DEFAULTS,
  type SourceConfig,
  sqnAdd,
} from "../../../engine/mod.ts";
import { TransmitWindow } from "../../../engine/source/transmit_window.ts";
import { type WindowAdvance, windowAdvance } from "../../../engine/source/window_advance.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench } from "../../support/benches.ts";
import { DPORT, GROUP, GSI, nak, only, type Rig, SPORT, summary } from "../../support/rig.ts";

/**
 * A packet of 100 octets takes 100 ms: TXW_BYTES is 1000 octets, the increment 300. The rate bounds the clock, not the
 * bench: its bucket never empties.
 */
const DATA: Partial<SourceConfig> = {
  ...QUIET,
  txwStrategy: "advanceWithData",
  txwMaxRte: 1000,
  burstBytes: 1e9,
  txwSecs: seconds(1),
  txwAdvSecs: ms(300),
  txwAdvIvl: ms(200),
  rateCoversRdata: true,
  syn: false,
};
/** No repair waits. */
const NONE: ReadonlySet<number> = new Set();
/** The payload of a packet of 100 octets. */
const HUNDRED = 76;
/** The same data takes the real time that TXW_MAX_RTE says. */
const BOUNDED = { burstBytes: 100 };

function edges(rig: Rig<Source>): [number, number] {
  return [rig.endpoint.trail, rig.endpoint.lead];
}

Deno.test("windowAdvance: with time, as a naive window does, whatever is sent when", () => {
  for (let seed = 0; seed < 50; seed++) {
    const random = prngFromSeed(seed).fork("transmit window");
    const first = sqnAdd(0, -random.below(40));
    const { window, advance } = strategy({ txwSecs: seconds(4), txwAdvSecs: seconds(1), txwMaxSqns: 64 }, first);
    const sent: Instant[] = [];
    let trail = 0;
    let now = 0;
    for (let step = 0; step < 400; step++) {
      now += ms(random.below(200));
      while (trail < sent.length && sent[trail]! + seconds(4) <= now) {
        // A packet takes 100 ms.
        const end = sent[trail++]! + seconds(1) - ms(100);
        while (trail < sent.length && sent[trail]! <= end) trail++;
      }
      advance.expire(now, NONE);
      assertEquals([window.size >= 64, advance.full], [advance.full, window.size >= 64]);
      if (!advance.full && random.below(3) > 0) {
        window.append(advance.clock(now), new Uint8Array(100));
        advance.sent(now, 100);
        sent.push(now);
      }
      assertEquals([window.trail, window.size], [sqnAdd(first, trail), sent.length - trail], `seed ${seed}`);
      assertEquals(advance.nextTimeout(), trail < sent.length ? sent[trail]! + seconds(4) : NEVER);
    }
  }
});

Deno.test("windowAdvance: nothing expires a nanosecond early, one increment on time, nothing again", () => {
  const { window, advance } = strategy({ txwSecs: seconds(4), txwAdvSecs: seconds(1) });
  for (let i = 0; i < 60; i++) window.append(ms(100) * i, new Uint8Array(100));
  const trails: number[] = [];
  for (let i = 0; i < 3; i++) {
    const at = advance.nextTimeout();
    assertEquals(advance.expire(at - 1, NONE), false);
    trails.push(window.trail);
    assertEquals(advance.expire(at, NONE), true);
    trails.push(window.trail);
    assertEquals(advance.expire(at, NONE), false);
    assertEquals(window.trail, trails.at(-1));
  }
  assertEquals(trails, [0, 10, 10, 20, 20, 30]);
  advance.expire(seconds(100), NONE);
  assertEquals([window.trail, window.lead, window.size, advance.nextTimeout()], [60, 59, 0, NEVER]);
});

function strategy(config: Partial<SourceConfig>, first = 0): { window: TransmitWindow; advance: WindowAdvance } {
  const session = { tsi: { gsi: GSI, port: SPORT }, group: GROUP, port: DPORT, iface: 0 };
  const whole = { ...SOURCE_DEFAULTS, ...session, txwMaxRte: 1000, ...config };
  const window = new TransmitWindow(first, whole.txwAdvSecs, whole.txwMaxRte);
  return { window, advance: windowAdvance(window, whole) };
}

Deno.test("windowAdvance: the data clock is exact where packets are no whole number of nanoseconds", () => {
  const { window, advance } = strategy({ txwStrategy: "advanceWithData", txwMaxRte: 3, txwAdvIvl: 1 });
  const times = [1, 1, 1, 2, 4].map((bytes) => {
    window.append(advance.clock(0), new Uint8Array(bytes));
    advance.sent(0, bytes);
    return advance.clock(0);
  });
  assertEquals(times, [333_333_333, 666_666_666, 1_000_000_000, 1_666_666_666, 3_000_000_000]);
});

Deno.test("SourceConfig: TXW_ADV_IVL is in (0, TXW_ADV_SECS) with data, 0 else [WIN-022, WIN-035]", () => {
  const config = (txwStrategy: SourceConfig["txwStrategy"], txwAdvIvl: Instant) => () =>
    sourceBench({ txwStrategy, txwAdvIvl, txwSecs: seconds(10), txwAdvSecs: seconds(2) });
  for (const ivl of [1, seconds(1), seconds(2) - 1]) config("advanceWithData", ivl)();
  for (const ivl of [0, -1, seconds(2)]) assertThrows(config("advanceWithData", ivl), AssertionError, "txwAdvIvl");
  for (const name of ["advanceWithTime", "application"] as const) {
    config(name, 0)();
    assertThrows(config(name, 1), AssertionError, "txwAdvIvl");
  }
});

Deno.test("Source: the timer runs for the TXW_ADV_IVL that was configured, or not at all by strategy [WIN-023]", () => {
  // The eleventh packet does not fit until the window advances: TXW_ADV_IVL after it was full.
  for (const txwAdvIvl of [ms(50), ms(299)]) {
    const rig = send(sourceBench({ ...DATA, txwSecs: seconds(10), txwMaxSqns: 10, txwAdvIvl }).at(0), 11, HUNDRED);
    rig.at(txwAdvIvl - 1);
    assertEquals(edges(rig), [0, 9]);
    assertEquals(edges(rig.at(txwAdvIvl)), [3, 10]);
  }
  const timed = { ...DATA, txwStrategy: "advanceWithTime", txwAdvIvl: 0, txwMaxSqns: 10 } as const;
  const rig = send(sourceBench(timed).at(0), 11, HUNDRED).at(seconds(1) - 1);
  assertEquals(edges(rig), [0, 9]);
  // Everything was sent at one instant: it is all of the increment.
  assertEquals(edges(rig.at(seconds(1))), [10, 10]);
});

Deno.test("Source: NAKs for the increment window hold off its end, others do not [WIN-024, WIN-034, WIN-039]", () => {
  const rig = send(sourceBench({ ...DATA, ncfRepeatIvl: 0 }).at(0), 8, HUNDRED);
  // The timer runs from 800 octets on. 2 is in the increment window. From 1000 octets on the window is full.
  rig.hears(nak({ sqn: 2 }), FROM_RECEIVER);
  assertEquals(rig.endpoint.stats.advancesHeldOff, 1);
  send(rig, 1, HUNDRED).hears(nak({ sqn: 2 }), FROM_RECEIVER);
  send(rig, 2, HUNDRED);
  assertEquals([...edges(rig), rig.endpoint.waiting], [0, 9, 1]);
  assertEquals(edges(rig.at(ms(100) - 1)), [0, 9]);
  assertEquals(edges(rig.at(ms(100))), [3, 10]);
  assertEquals(rig.endpoint.stats.advancesHeldOff, 2);

  const stubborn = send(sourceBench(DATA).at(0), 9, HUNDRED);
  send(stubborn.hears(nak({ sqn: 0 }), FROM_RECEIVER), 9, HUNDRED);
  for (let t = 0; t <= 5000; t += 100) {
    stubborn.at(ms(t)).hears(nak({ sqn: stubborn.endpoint.trail }), FROM_RECEIVER);
  }
  assertEquals([...edges(stubborn), stubborn.endpoint.stats.advancesHeldOff], [0, 9, 52]);
  assertEquals(edges(stubborn.at(ms(5200) - 1)), [0, 9]);
  assertEquals(edges(stubborn.at(ms(5200)))[0] > 0, true);

  const others = send(sourceBench(DATA).at(0), 8, HUNDRED);
  others.hears(nak({ sqn: 3 }), FROM_RECEIVER).hears(nak({ sqn: 100 }), FROM_RECEIVER);
  assertEquals(edges(send(others, 2, HUNDRED)), [3, 9]);
  assertEquals(others.endpoint.stats.advancesHeldOff, 0);

  const timed = { ...DATA, txwStrategy: "advanceWithTime", txwAdvIvl: 0 } as const;
  const storm = send(sourceBench(timed).at(0), 8, HUNDRED);
  for (let t = 0; t < 1000; t += 10) storm.at(ms(t)).hears(nak({ sqn: 0 }), FROM_RECEIVER);
  assertEquals(edges(storm.at(seconds(1) - 1)), [0, 7]);
  assertEquals(edges(storm.at(seconds(1))), [8, 7]);
  assertEquals(storm.endpoint.stats.advancesHeldOff, 0);
});

Deno.test("Source: with data nothing expires while the source is idle, repairs move nothing [WIN-036]", () => {
  const rig = send(sourceBench(DATA).at(0), 9, HUNDRED);
  rig.at(seconds(10)).said();
  for (let sqn = 0; sqn < 9; sqn++) rig.hears(nak({ sqn }), FROM_RECEIVER).says(`NCF ${sqn}`, `RDATA ${sqn}`);
  assertEquals(edges(rig.at(seconds(20))), [0, 8]);
  // TXW_BYTES is full with the tenth: then it is time, at once.
  assertEquals(edges(send(rig, 1, HUNDRED)), [0, 9]);
  assertEquals(edges(send(rig, 1, HUNDRED)), [0, 9], "held off at 900 octets");
  assertEquals(edges(rig.at(seconds(21))), [3, 10]);
  assertEquals([rig.endpoint.gauges(rig.now).windowPackets, rig.endpoint.gauges(rig.now).windowBytes], [8, 800]);
});

Deno.test("Source: with data TXW_MAX_RTE covers repairs: over any interval SPM, ODATA and RDATA keep to it [WIN-036]", () => {
  const rig = sourceBench({ ...DATA, ...BOUNDED, burstBytes: 300, ncfRepeatIvl: 0, ambientSpmIvl: ms(300) }).at(0);
  send(rig, 60, HUNDRED);
  for (let t = 0; t < 9000; t += 70) rig.at(ms(t)).hears(nak({ sqn: rig.endpoint.lead }), FROM_RECEIVER);
  const said = rig.at(seconds(30)).said().filter(({ value }) => value.type !== "NCF");
  assert(only(said, "RDATA").length > 20);
  assertEquals(only(said, "ODATA").length, 60);
  for (let i = 0; i < said.length; i++) {
    let bytes = 0;
    for (let j = i; j < said.length; j++) {
      bytes += said[j]!.datagram.bytes.length;
      assert(bytes * 1e9 <= 300 * 1e9 + 1000 * (said[j]!.at - said[i]!.at));
    }
  }
});

Deno.test("Source: with data, half the rate means twice the time between ambient SPMs and between advances [WIN-037, WIN-041]", () => {
  const spacings = (every: Instant) => {
    const rig = sourceBench({ ...DATA, ambientSpmIvl: ms(500) }).at(0);
    rig.said();
    const advances: Instant[] = [];
    for (let i = 0; i < 60; i++) {
      const { trail } = rig.endpoint;
      send(rig.at(i * every), 1, HUNDRED);
      if (rig.endpoint.trail !== trail) advances.push(rig.now);
    }
    const spms = rig.said().filter(({ value }) => value.type === "SPM").map(({ at }) => at);
    const differences = (times: Instant[]) => new Set(times.slice(1).map((at, i) => at - times[i]!));
    assert(spms.length > 5 && advances.length > 5);
    return [differences(spms), differences(advances)];
  };
  assertEquals(spacings(ms(100)), [new Set([ms(500)]), new Set([ms(300)])]);
  assertEquals(spacings(ms(200)), [new Set([ms(1000)]), new Set([ms(600)])]);
});

Deno.test("Source: with data, heartbeats are in real time, and an idle source sends no other SPMs [WIN-038]", () => {
  const rig = sourceBench({ ...DATA, ambientSpmIvl: ms(500), ihbMin: ms(100), ihbMax: ms(1600) }).at(0);
  send(rig, 1, HUNDRED).at(seconds(7));
  const spms = rig.said().filter(({ value }) => value.type === "SPM").map(({ at }) => at);
  assertEquals(spms, [0, 100, 300, 700, 1500, 3100, 4700, 6300].map(ms));
});

Deno.test("Source: with data, a full window suspends ODATA alone, until the NAKs cease [WIN-040]", () => {
  const octets = { limit: {}, after: [6, 13] };
  // The timer of the next increment starts when the window is full again, and nothing but time moves it.
  const packets = { limit: { txwMaxSqns: 10, txwSecs: seconds(5) }, after: [3, 12] };
  for (const { limit, after } of [octets, packets]) {
    const timing = { ihbMin: ms(100), ihbMax: ms(100), ncfRepeatIvl: 0 };
    const rig = send(sourceBench({ ...DATA, ...timing, ...limit }).at(0), 9, HUNDRED);
    rig.hears(nak({ sqn: 1 }), FROM_RECEIVER);
    send(rig, 5, HUNDRED);
    rig.said();
    for (let t = 0; t <= 3000; t += 150) rig.at(ms(t)).hears(nak({ sqn: 1 }), FROM_RECEIVER);
    const during = rig.said();
    assertEquals(only(during, "ODATA"), []);
    assertEquals([only(during, "NCF").length, only(during, "RDATA").length], [21, 21]);
    assert(
      only(during, "SPM").length >= 20 && only(during, "SPM").every(({ trail, lead }) => trail === 0 && lead === 9),
    );
    rig.at(ms(3200) - 1);
    assertEquals([...edges(rig), rig.endpoint.waiting], [0, 9, 4]);
    assertEquals(rig.endpoint.nextTimeout(), ms(3200));
    rig.at(ms(3200));
    assertEquals(edges(rig), after as [number, number]);
    assertEquals(edges(rig.at(ms(3400))), [6, 13]);
  }
});

Deno.test("Source: with data, packets of any size: TXW_BYTES bounds the span up to TXW_LEAD, not the packets [WIN-044]", () => {
  const random = prngFromSeed(3).fork("sizes");
  const rig = sourceBench(DATA).at(0);
  const spans = new Set<number>();
  for (let i = 0; i < 500; i++) {
    const bytes = 1 + random.below(250);
    send(rig, 1, bytes);
    const { windowBytes, windowPackets } = rig.endpoint.gauges(0);
    // The packet that TXW_BYTES ends in is of the window: TXW_SQNS is rounded up.
    if (rig.endpoint.waiting === 0) assert(windowBytes - (bytes + 24) < 1000, `${windowBytes} octets`);
    spans.add(windowPackets);
    rig.at(rig.now + ms(1000));
  }
  assert(spans.size > 5, "the number of packets varies");
  assertEquals([rig.endpoint.waiting, rig.endpoint.stats.odata], [0, 500]);
});

Deno.test("Source: the window may be bounded by packets, octets or time, its advance delayed by NAKs [WIN-043]", () => {
  const policies: [string, Partial<SourceConfig>, number[]][] = [
    ["packets", { txwSecs: seconds(1000), txwMaxSqns: 10 }, [3, 0]],
    ["octets", {}, [6, 0]],
    ["time", { txwStrategy: "advanceWithTime", txwAdvIvl: 0 }, [6, 6]],
  ];
  for (const [name, policy, expected] of policies) {
    const trail = (naks: boolean) => {
      const rig = sourceBench({ ...DATA, ...policy }).at(0);
      for (let i = 0; i < 14; i++) {
        send(rig.at(ms(100 * i)), 1, HUNDRED);
        if (naks) rig.hears(nak({ sqn: 0 }), FROM_RECEIVER);
      }
      return edges(rig)[0];
    };
    assertEquals([trail(false), trail(true)], expected, name);
  }
});

Deno.test("Source: with data, whatever is asked for and sent, everything is sent in the end, and nextTimeout is exact", () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = prngFromSeed(seed).fork("data-driven");
    const rig = sourceBench({ ...DATA, burstBytes: 300, txwMaxSqns: 3 + random.below(20), firstSqn: 0xffff_fff0 });
    let messages = 0;
    for (let step = 0; step < 200; step++) {
      rig.at(rig.now + ms(random.below(120)));
      if (random.below(2) === 0) {
        send(rig, 1, 1 + random.below(200));
        messages++;
      }
      if (random.below(2) === 0) {
        rig.hears(nak({ sqn: sqnAdd(rig.endpoint.trail, random.below(8) - 2) }), FROM_RECEIVER);
      }
      // Pure, and a spurious call changes nothing.
      const next = rig.endpoint.nextTimeout();
      assert(next > rig.now, `due at ${next}, it is ${rig.now}`);
      rig.endpoint.handleTimeout(rig.now);
      assertEquals(rig.endpoint.nextTimeout(), next);
    }
    rig.at(rig.now + seconds(300));
    assertEquals([rig.endpoint.waiting, rig.endpoint.stats.odata], [0, messages], `seed ${seed}`);
  }
});

const APPLICATION: Partial<SourceConfig> = { ...QUIET, txwStrategy: "application", maxTsdu: 100, ncfRepeatIvl: 0 };

Deno.test("Source: the application releases whole messages, nothing moves without it [WIN-042]", () => {
  const rig = send(sourceBench({ ...APPLICATION, firstSqn: 0xffff_fffe }).at(0), 1, 250);
  send(send(rig, 1, 50), 1, 150);
  rig.at(seconds(1000)).said();
  assertEquals(edges(rig), [0xffff_fffe, 3]);
  rig.hears(nak({ sqn: 0 }), FROM_RECEIVER).says("NCF 0", "RDATA 0");
  assertEquals([rig.endpoint.release(rig.now), ...edges(rig)], [1, 1, 3]);
  rig.hears(nak({ sqn: 0 }), FROM_RECEIVER).says("NCF 0");
  rig.hears(nak({ sqn: 1 }), FROM_RECEIVER).says("NCF 1", "RDATA 1");
  assertEquals([rig.endpoint.release(rig.now, 0), ...edges(rig)], [0, 1, 3]);
  assertEquals([rig.endpoint.release(rig.now, 10), ...edges(rig)], [2, 4, 3]);
  assertEquals([rig.endpoint.release(rig.now, 10), ...edges(rig)], [0, 4, 3]);
  rig.hears(nak({ sqn: 3 }), FROM_RECEIVER).says("NCF 3");
  assertThrows(() => sourceBench(DATA).endpoint.release(0), AssertionError, "application");
  assertThrows(() => rig.endpoint.release(rig.now, -1), AssertionError, "negative");
});

Deno.test("Source: a message that was sent in part is not released; a release makes room for what waits", () => {
  let writable = 0;
  const config = { ...APPLICATION, txwMaxSqns: 4, sendBufferBytes: 250, rdataDelay: ms(10) };
  const rig = send(sourceBench(config, { onWritable: () => writable++ }).at(0), 2, 250);
  assertEquals([...edges(rig), rig.endpoint.waiting], [0, 3, 2]);
  assertEquals(rig.endpoint.send(0, new Uint8Array(250)), "would-block");
  assertEquals([rig.endpoint.nextTimeout() > seconds(100), writable], [true, 0]);
  rig.hears(nak({ sqn: 0 }), FROM_RECEIVER).hears(nak({ sqn: 3 }), FROM_RECEIVER);
  assertEquals([rig.endpoint.release(0, 2), ...edges(rig), rig.endpoint.waiting], [1, 3, 5, 0]);
  assertEquals([rig.endpoint.stats.repairsExpired, rig.endpoint.nextTimeout()], [1, 0]);
  rig.at(0);
  assertEquals(writable, 1);
  rig.at(ms(20));
  assertEquals(only(rig.said(), "RDATA").map(({ sqn }) => sqn), [3]);
  assertEquals([rig.endpoint.release(rig.now, 2), rig.endpoint.trail], [1, 6]);
});

Deno.test("Source: repairs of the increment window leave before others where it says so [WIN-025]", () => {
  const order = (incrementRepairsFirst: boolean) => {
    const slow = { burstBytes: 1000, rdataShare: 1, incrementRepairsFirst, rdataDelay: ms(10), ncfRepeatIvl: 0 };
    const rig = send(sourceBench({ ...DATA, ...slow }).at(0), 9, HUNDRED).at(ms(10));
    rig.said();
    for (const sqn of [7, 2, 5, 0, 1, 3]) rig.hears(nak({ sqn }), FROM_RECEIVER);
    return rig.at(seconds(3)).said().filter(({ value }) => value.type === "RDATA").map(summary).join(" ");
  };
  assertEquals(order(false), "RDATA 7 RDATA 2 RDATA 5 RDATA 0 RDATA 1 RDATA 3");
  assertEquals(order(true), "RDATA 2 RDATA 0 RDATA 1 RDATA 7 RDATA 5 RDATA 3");
});
