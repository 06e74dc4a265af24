/**
 * The rate limits, over every interval of random sequences, in exact arithmetic.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/base/assert.ts";
import { prngFromSeed } from "../../../engine/base/prng.ts";
import { ms, seconds, us } from "../../../engine/base/time.ts";
import { LeakyBucket, TokenBucket, transmissionTime } from "../../../engine/base/token_bucket.ts";

const NS_PER_SECOND = 1_000_000_000n;

/** Rates that divide a second and rates that do not. */
const RATES = [1, 7, 999, 16_384, 1_000_003, 125_000_000, 1_250_000_000];

interface Sent {
  readonly at: number;
  readonly bytes: number;
}

/** A greedy sender with pauses: each packet leaves at the earliest instant that conforms. */
function sendGreedily(bucket: TokenBucket, seed: number, burstBytes: number, packets: number): Sent[] {
  const random = prngFromSeed(seed).fork("bucket");
  const sent: Sent[] = [];
  let now = 0;
  for (let i = 0; i < packets; i++) {
    if (random.below(4) === 0) now += random.below(ms(50));
    const bytes = 1 + random.below(Math.min(1500, burstBytes));
    now = bucket.earliest(now, bytes);
    bucket.spend(now, bytes);
    sent.push({ at: now, bytes });
  }
  return sent;
}

Deno.test("TokenBucket: over every interval at most B + R t octets, exactly", () => {
  for (const [index, rate] of RATES.entries()) {
    for (const burst of [1, 100, 1500, 64_000]) {
      const sent = sendGreedily(new TokenBucket(rate, burst), index, burst, 120);
      for (let first = 0; first < sent.length; first++) {
        let bytes = 0n;
        for (let last = first; last < sent.length; last++) {
          bytes += BigInt(sent[last]!.bytes);
          const interval = BigInt(sent[last]!.at - sent[first]!.at);
          const allowed = BigInt(burst) * NS_PER_SECOND + BigInt(rate) * interval;
          assert(bytes * NS_PER_SECOND <= allowed, `rate ${rate} burst ${burst}: ${first} .. ${last}`);
        }
      }
    }
  }
});

Deno.test("TokenBucket: a full bucket goes at once, the next octet must wait", () => {
  const bucket = new TokenBucket(1000, 3000);
  for (let i = 0; i < 3; i++) {
    assertEquals(bucket.earliest(0, 1000), 0);
    bucket.spend(0, 1000);
  }
  assertEquals([bucket.earliest(0, 1), bucket.earliest(0, 1000)], [ms(1), seconds(1)]);
  assertEquals(bucket.earliest(seconds(5), 1000), seconds(5));
});

Deno.test("TokenBucket: in the long run it lets the whole rate through", () => {
  const bucket = new TokenBucket(16_384, 1500);
  let now = 0;
  for (let i = 0; i < 1000; i++) {
    now = bucket.earliest(now, 1500);
    bucket.spend(now, 1500);
  }
  const ideal = 999 * 1500 / 16_384 * 1e9;
  // Each packet costs less than a nanosecond by rounding.
  assert(now >= Math.floor(ideal) && now <= ideal + 1001, `${now} against ${ideal}`);
});

Deno.test("TokenBucket: a packet larger than the bucket waits for a full one", () => {
  const bucket = new TokenBucket(1000, 500);
  assertEquals(bucket.earliest(0, 800), 0);
  bucket.spend(0, 800);
  assertEquals(bucket.earliest(0, 800), ms(800));
  assertEquals(bucket.earliest(0, 1), ms(301));
});

Deno.test("LeakyBucket: after s octets the next leaves no earlier than s / R later", () => {
  const bucket = new LeakyBucket(1_000_000);
  assertEquals(bucket.earliest(0), 0);
  bucket.spend(0, 1500);
  assertEquals([bucket.earliest(0), bucket.earliest(us(1500) - 1)], [us(1500), us(1500)]);
  assertEquals(bucket.earliest(us(1501)), us(1501));
  bucket.spend(us(2000), 100);
  assertEquals(bucket.earliest(us(2000)), us(2100));
});

Deno.test("transmissionTime: rounded up to a nanosecond, never in the sender's favour", () => {
  assertEquals([transmissionTime(1, 1_000_000_000), transmissionTime(0, 5)], [1, 0]);
  assertEquals([transmissionTime(1, 3), transmissionTime(3, 3)], [333_333_334, 1_000_000_000]);
});

Deno.test("TokenBucket, LeakyBucket: rates and sizes must be positive", () => {
  assertThrows(() => new TokenBucket(0, 1), AssertionError, "must be positive");
  assertThrows(() => new TokenBucket(1, 0), AssertionError, "must be positive");
  assertThrows(() => new LeakyBucket(0), AssertionError, "must be positive");
});
