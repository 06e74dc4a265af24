/**
 * Whose turn it is, and when: classes, token bucket, leaky bucket and shares.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Instant, ms, SOURCE_DEFAULTS, type SourceConfig } from "../../../engine/mod.ts";
import { Egress, type EgressClass, type EgressHeads } from "../../../engine/source/egress.ts";
import { DPORT, GROUP, GSI, SPORT } from "../../support/rig.ts";

const SESSION = { tsi: { gsi: GSI, port: SPORT }, group: GROUP, port: DPORT, iface: 0 };
const NOTHING: EgressHeads = { ncf: false, poll: false, spm: undefined, rdata: undefined, odata: undefined };

/** An egress of 1000 octets per second with a bucket of 1000, whose packets follow each other at 10 000. */
function bench(config: Partial<SourceConfig> = {}): Egress {
  return new Egress({
    ...SOURCE_DEFAULTS,
    ...SESSION,
    txwMaxRte: 1_000,
    burstBytes: 1_000,
    peakRte: 10_000,
    ...config,
  });
}

function turn(egress: Egress, now: Instant, heads: Partial<EgressHeads>): [EgressClass, Instant] | undefined {
  const next = egress.next(now, { ...NOTHING, ...heads });
  return next === undefined ? undefined : [next.class, next.at];
}

Deno.test("Egress: NCFs before SPMs before data, nothing when nothing waits", () => {
  const egress = bench();
  const all = { ncf: true, spm: 36, rdata: 100, odata: 100 };
  assertEquals(turn(egress, 0, all), ["NCF", 0]);
  assertEquals(turn(egress, 0, { ...all, ncf: false }), ["SPM", 0]);
  assertEquals(turn(egress, 0, { rdata: 100 }), ["RDATA", 0]);
  assertEquals(turn(egress, 0, { odata: 100 }), ["ODATA", 0]);
  assertEquals(turn(egress, 0, {}), undefined);
});

Deno.test("Egress: SPM and ODATA wait for tokens, NCF and RDATA do not", () => {
  const egress = bench({ peakRte: Infinity });
  egress.sent(0, "ODATA", 1_000, false);
  assertEquals(turn(egress, 0, { odata: 100 }), ["ODATA", ms(100)]);
  assertEquals(turn(egress, 0, { spm: 36 }), ["SPM", ms(36)]);
  assertEquals(turn(egress, 0, { rdata: 100 }), ["RDATA", 0]);
  assertEquals(turn(egress, 0, { ncf: true }), ["NCF", 0]);
  for (let i = 0; i < 50; i++) egress.sent(0, "RDATA", 1_000, false);
  assertEquals(turn(egress, ms(100), { odata: 100 }), ["ODATA", ms(100)]);
});

Deno.test("Egress: an SPM that waits for tokens holds data back; it is not overtaken", () => {
  const egress = bench({ peakRte: Infinity });
  egress.sent(0, "ODATA", 1_000, false);
  assertEquals(turn(egress, 0, { spm: 36, rdata: 100 }), ["SPM", ms(36)]);
});

Deno.test("Egress: packets of every class are spaced by the size of the one before", () => {
  for (const before of ["NCF", "SPM", "RDATA", "ODATA"] as const) {
    const egress = bench();
    egress.sent(0, before, 500, false);
    for (const heads of [{ ncf: true }, { spm: 36 }, { rdata: 100 }, { odata: 100 }]) {
      assertEquals(turn(egress, ms(10), heads)![1], ms(50), `${before} then ${Object.keys(heads)}`);
      assertEquals(turn(egress, ms(60), heads)![1], ms(60));
    }
  }
});

Deno.test("Egress: under contention octets are shared as configured; 0 and 1 are strict orders", () => {
  const sent = (rdataShare: number) => {
    const egress = bench({ rdataShare, burstBytes: 1_000_000, peakRte: Infinity });
    let rdata = 0;
    for (let i = 0; i < 1000; i++) {
      const [kind] = turn(egress, 0, { rdata: 300, odata: 300 })!;
      if (kind === "RDATA") rdata++;
      egress.sent(0, kind, 300, true);
    }
    return rdata;
  };
  assertEquals([sent(0), sent(0.25), sent(0.5), sent(1)], [0, 250, 500, 1000]);
});

Deno.test("Egress: repairs take the time that new data may not use", () => {
  const egress = bench({ rdataShare: 0, peakRte: Infinity });
  egress.sent(0, "ODATA", 1_000, true);
  egress.sent(0, "RDATA", 1_000, true);
  assertEquals(turn(egress, ms(99), { rdata: 100, odata: 100 }), ["RDATA", ms(99)]);
  assertEquals(turn(egress, ms(100), { rdata: 100, odata: 100 }), ["ODATA", ms(100)]);
});

Deno.test("Egress: what one class got alone is not held against it", () => {
  const egress = bench({ rdataShare: 0.5, burstBytes: 1_000_000, peakRte: Infinity });
  for (let i = 0; i < 10; i++) egress.sent(0, "RDATA", 300, true);
  assertEquals(turn(egress, 0, { rdata: 300, odata: 300 }), ["ODATA", 0]);
  egress.sent(0, "RDATA", 300, false);
  assertEquals(turn(egress, 0, { rdata: 300, odata: 300 }), ["RDATA", 0]);
});
