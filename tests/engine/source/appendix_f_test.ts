/**
 * The worked example of RFC 3208, section 16: 128 kbit/s, packets of 1500 octets, 30 s kept and 5 s more before an
 * advance. Kilo is 1024 in it: with 1000 its own numbers would be others.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  AssertionError,
  type Instant,
  ms,
  NEVER,
  seconds,
  type SourceConfig,
  sqnAdd,
  transmitWindowEdges,
  transmitWindowSize,
} from "../../../engine/mod.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench } from "../../support/benches.ts";
import { nak, only, type Said } from "../../support/rig.ts";

const BASIS = { txwMaxRte: 16384, packetBytes: 1500, txwSecs: seconds(35), txwAdvSecs: seconds(5) };
/** The time from packet to packet at TXW_MAX_RTE, rounded up. */
const SPACING = 91_552_735;
const FIRSTS = [0, 0xffff_ff00];

Deno.test("transmitWindowSize: 560 kB, 383 packets and 54 in the increment, for any trail [WIN-028]", () => {
  const size = transmitWindowSize(BASIS);
  assertEquals(size, { txwBytes: 573_440, txwSqns: 383, incrementSqns: 54 });
  for (const n of [0, 1, 1000, 0x7fff_ffff, 0xffff_ff00, 0xffff_ffca, 0xffff_ffcb, 0xffff_fe81, 0xffff_fe82]) {
    const edges = { trail: n, inc: (n + 53) % 2 ** 32, lead: (n + 382) % 2 ** 32 };
    assertEquals(transmitWindowEdges(size, n), edges);
  }
});

Deno.test("transmitWindowSize: octets per second: 16384 are 383 and 54 packets, 16000 are 374 and 53 [WIN-029, WIN-031]", () => {
  const sqns = (txwMaxRte: number) => {
    const { txwSqns, incrementSqns } = transmitWindowSize({ ...BASIS, txwMaxRte });
    return [txwSqns, incrementSqns];
  };
  assertEquals([sqns(16384), sqns(16000)], [[383, 54], [374, 53]]);
});

Deno.test("transmitWindowSize: rounds up the window and down the increment, at the last octet", () => {
  const sqns = (packetBytes: number) => {
    const { txwSqns, incrementSqns } = transmitWindowSize({ ...BASIS, packetBytes });
    return [txwSqns, incrementSqns];
  };
  // 573440 and 81920 octets.
  assertEquals([sqns(573_440), sqns(573_439)], [[1, 1], [2, 1]]);
  assertEquals([sqns(40_960), sqns(40_961)], [[14, 2], [14, 1]]);
  // More bits than a number has.
  const fast = { txwMaxRte: 1_250_000_000, packetBytes: 9000, txwSecs: seconds(3600), txwAdvSecs: 7 };
  assertEquals(transmitWindowSize(fast), { txwBytes: 4_500_000_000_000, txwSqns: 500_000_000, incrementSqns: 1 });
  for (const wrong of [{ packetBytes: 0 }, { txwMaxRte: 1.5 }, { txwSecs: NEVER }, { txwSecs: seconds(1e6) }]) {
    assertThrows(() => transmitWindowSize({ ...fast, packetBytes: 1, ...wrong }), AssertionError);
  }
});

/** A source that sends packets of 1500 octets at TXW_MAX_RTE for a minute, from 1 s on. */
function saturated(first: number, config: Partial<SourceConfig> = {}) {
  const { txwMaxRte, txwSecs, txwAdvSecs } = BASIS;
  const fixed = { txwMaxRte, txwSecs, txwAdvSecs, burstBytes: 1500, maxTsdu: 1476, syn: false, firstSqn: first };
  const rig = sourceBench({ ...QUIET, ...fixed, ...config }).at(seconds(1));
  rig.said();
  return send(rig, Math.ceil(60e9 / SPACING), 1476);
}

/** When ODATA with each new trailing edge left, since the first, in packets; and which packet that was. */
function advances(said: readonly Said[], first: number): [Instant, number, number][] {
  const found: [Instant, number, number][] = [];
  for (const { at, value } of said) {
    if (value.type !== "ODATA" || found.at(-1)?.[1] === sqnAdd(value.trail, -first)) continue;
    found.push([Math.floor((at - seconds(1)) / (SPACING - 1)), sqnAdd(value.trail, -first), sqnAdd(value.sqn, -first)]);
  }
  return found;
}

Deno.test("Source: 16 kB/s kept for 35 s are 383 packets of 1500 octets, of which each advance drops 54 [WIN-001, WIN-018]", () => {
  for (const n of FIRSTS) {
    for (const config of [{}, { txwStrategy: "advanceWithData", txwAdvIvl: seconds(1) }] as const) {
      const rig = saturated(n, config);
      rig.at(seconds(1) + 382 * SPACING - 1);
      assertEquals([rig.endpoint.trail, rig.endpoint.lead], [n, sqnAdd(n, 381)]);
      rig.at(seconds(36));
      assertEquals([rig.endpoint.trail, rig.endpoint.lead], [sqnAdd(n, 54), sqnAdd(n, 382)]);
      rig.at(seconds(41));
      assertEquals(rig.endpoint.trail, sqnAdd(n, 108));
      const said = rig.at(seconds(50)).said();
      const expected = [[0, 0, 0], [383, 54, 383], [437, 108, 437], [491, 162, 491]];
      assertEquals(advances(said, n), expected as ReturnType<typeof advances>);
      assert(only(said, "ODATA").every(({ payload }) => payload.length === 1476));
    }
  }
});

Deno.test("Source: TXW_INC is n + 53: the packets up to it are gone after the advance, n + 54 is there [WIN-030]", () => {
  for (const n of FIRSTS) {
    const rig = saturated(n, { rateCoversRdata: false }).at(seconds(36) - 1);
    rig.said();
    rig.hears(nak({ sqn: n }), FROM_RECEIVER).says(`NCF ${n}`, `RDATA ${n}`);
    rig.hears(nak({ sqn: sqnAdd(n, 53) }), FROM_RECEIVER).says(`NCF ${sqnAdd(n, 53)}`, `RDATA ${sqnAdd(n, 53)}`);
    rig.at(seconds(36) + ms(25)).saysNothing();
    rig.hears(nak({ sqn: sqnAdd(n, 53) }), FROM_RECEIVER).says(`NCF ${sqnAdd(n, 53)}`);
    rig.hears(nak({ sqn: sqnAdd(n, 54) }), FROM_RECEIVER).says(`NCF ${sqnAdd(n, 54)}`, `RDATA ${sqnAdd(n, 54)}`);
  }
});
