/**
 * Where reception begins if a source offers late joiners more than its newest packet (RFC 3208, sections 6.1 and 9.4).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, type PacketValue, type Receiver, type ReceiverConfig, seconds, type Sqn } from "../../../engine/mod.ts";
import { type Log, receiverBench } from "../../support/benches.ts";
import { odata, rdata, type Rig, spm } from "../../support/rig.ts";

function join(minSqn: Sqn): PacketValue["options"] {
  return [{ type: "JOIN", minSqn }];
}

/** What a receiver asks for in the first 100 ms after `packets`, and what it got. */
function asksFor(
  packets: readonly PacketValue[],
  config: Partial<ReceiverConfig> = {},
): { rig: Rig<Receiver>; log: Log; asked: Sqn[] } {
  const { rig, log } = receiverBench({ spmr: false, ...config });
  for (const packet of packets) rig.hears(packet);
  const asked = rig.at(ms(100)).said().map(({ value }) => "sqn" in value ? value.sqn : -1);
  return { rig, log, asked: asked.sort((a, b) => a - b) };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

for (const type of ["ODATA", "RDATA"] as const) {
  Deno.test(`Receiver: OPT_JOIN on ${type}: what it offers is asked for, and delivered first [RCV-004, OPT-039]`, () => {
    const make = type === "ODATA" ? odata : rdata;
    const first = make({ sqn: 1000, trail: 500, options: join(900) });
    const { rig, log, asked } = asksFor([first, spm({ sqn: 1, trail: 500, lead: 1000 })]);
    assertEquals([asked, log.delivered], [range(900, 999), []]);
    assertEquals(rig.endpoint.sessions[0]!.gauges(rig.now)!.firstNakSqn, 900);
    for (const sqn of range(900, 999)) rig.hears(rdata({ sqn, trail: 500 }));
    assertEquals([log.delivered, log.lost], [range(900, 1000), []]);
  });
}

Deno.test("Receiver: OPT_JOIN on an SPM begins reception before any data [RCV-004]", () => {
  const { rig, log, asked } = asksFor([spm({ sqn: 1, trail: 500, lead: 1000, options: join(990) })]);
  assertEquals([asked, rig.endpoint.sessions[0]!.trail], [range(990, 1000), 990]);
  for (const sqn of range(990, 1000)) rig.hears(rdata({ sqn, trail: 500 }));
  assertEquals(log.delivered, range(990, 1000));
});

Deno.test("Receiver: an SPM without OPT_JOIN, or with an empty window, begins nothing", () => {
  for (
    const packet of [
      spm({ sqn: 1, trail: 500, lead: 1000 }),
      spm({ sqn: 1, trail: 1001, lead: 1000, options: join(990) }),
      spm({ sqn: 1, trail: 0, lead: 0x8000_0000, options: join(0x7fff_fff0) }),
      spm({ sqn: 1, trail: 500, lead: 1000, options: join(1001) }),
    ]
  ) {
    const { rig, asked } = asksFor([packet]);
    assertEquals([asked, rig.endpoint.sessions[0]!.trail], [[], undefined]);
    rig.hears(odata({ sqn: 1001, trail: 500 }));
    assertEquals(rig.endpoint.sessions[0]!.trail, 1001);
  }
});

/** RXW_TRAIL_INIT for a first packet 1000 with a trail and OPT_JOIN. */
function start(trail: Sqn, minSqn: Sqn, config: Partial<ReceiverConfig> = {}): Sqn {
  return asksFor([odata({ sqn: 1000, trail, options: join(minSqn) })], config).rig.endpoint.sessions[0]!.trail!;
}

Deno.test("Receiver: the newer of OPT_JOIN_MIN and the trailing edge; nothing beyond the first packet [OPT-040]", () => {
  assertEquals([start(900, 901), start(900, 900), start(900, 899), start(900, 0)], [901, 900, 900, 900]);
  assertEquals([start(900, 999), start(900, 1000), start(900, 1001), start(900, 5000)], [999, 1000, 1000, 1000]);
  assertEquals([start(1000, 10)], [1000]);
  const { asked, log, rig } = asksFor([
    odata({ sqn: 1000, trail: 998, options: join(900) }),
    spm({ sqn: 1, trail: 998, lead: 1000 }),
  ]);
  assertEquals(asked, [998, 999]);
  rig.hears(rdata({ sqn: 998, trail: 998 })).hears(rdata({ sqn: 999, trail: 998 }));
  assertEquals([log.delivered, log.lost], [[998, 999, 1000], []]);
});

Deno.test("Receiver: OPT_JOIN_MIN half the space away lies before the window or beyond it, never inside", () => {
  const opposite = (1000 + 0x8000_0000) >>> 0;
  assertEquals([start(900, opposite - 1), start(900, opposite), start(900, opposite + 1)], [1000, 1000, 900]);
});

Deno.test("Receiver: without lateJoin, OPT_JOIN is nothing", () => {
  assertEquals(start(500, 900, { lateJoin: false }), 1000);
  const { rig, asked } = asksFor([spm({ sqn: 1, trail: 500, lead: 1000, options: join(990) })], { lateJoin: false });
  assertEquals([asked, rig.endpoint.sessions[0]!.trail], [[], undefined]);
});

Deno.test("Receiver: once reception has begun, OPT_JOIN is ignored [OPT-040]", () => {
  const { rig, log, asked } = asksFor([
    odata({ sqn: 1000, trail: 500 }),
    odata({ sqn: 1001, trail: 500, options: join(900) }),
    rdata({ sqn: 1002, trail: 500, options: join(900) }),
    spm({ sqn: 1, trail: 500, lead: 1002, options: join(900) }),
  ]);
  assertEquals([asked, rig.endpoint.sessions[0]!.trail, log.delivered], [[], 1000, [1000, 1001, 1002]]);
  rig.at(seconds(5)).saysNothing();
});

Deno.test("Receiver: a late joiner asks for no more than its window, or what may be missing", () => {
  assertEquals([start(0, 0, { rxwMaxSqns: 10 }), start(0, 0, { rxwMaxSqns: 1 })], [991, 1000]);
  assertEquals(start(0, 0, { maxMissing: 7 }), 993);
  const { asked } = asksFor([spm({ sqn: 1, trail: 0, lead: 1000, options: join(0) })], { rxwMaxSqns: 10 });
  // The packet after SPM_LEAD has a place in the window too.
  assertEquals(asked, range(992, 1000));
});

Deno.test("Receiver: what was offered is asked for until the trailing edge passes it, then reported", () => {
  const { rig, log } = asksFor([odata({ sqn: 1000, trail: 990, options: join(995) })]);
  rig.hears(spm({ sqn: 1, trail: 998, lead: 1000 }));
  assertEquals([log.lost, log.delivered], [["995-997"], []]);
  rig.hears(rdata({ sqn: 999, trail: 998 })).hears(rdata({ sqn: 998, trail: 998 }));
  assertEquals([log.lost, log.delivered], [["995-997"], [998, 999, 1000]]);
});

Deno.test("Receiver: with rdataBegins off, reception begins with ODATA, whatever repairs come before", () => {
  for (const rdataBegins of [true, false]) {
    const { rig, log } = receiverBench({ rdataBegins });
    rig.hears(rdata({ sqn: 3 })).hears(odata({ sqn: 5 }));
    assertEquals([log.delivered, rig.endpoint.sessions[0]!.next], rdataBegins ? [[3], 4] : [[5], 6]);
    assertEquals(rig.endpoint.stats.outsideWindow, rdataBegins ? 0 : 1);
  }
});
