/**
 * How often a source sends with and without parity agrees with theory; the whole table is `deno task fec-theory`.
 */

import { assert, assertEquals } from "@std/assert";
import { prngFromSeed } from "../../engine/mod.ts";
import { recover, type Star } from "../support/recovery_star.ts";
import { arqTransmissions, confidence, fecTransmissions, studentT } from "../support/recovery_theory.ts";

const LOSSES = [0.01, 0.05, 0.1, 0.5];

Deno.test("arqTransmissions: one receiver takes 1 / (1 - p), more what inclusion and exclusion give", () => {
  for (const p of LOSSES) {
    assertWithin(arqTransmissions(1, p), 1 / (1 - p), 1e-9);
    assertWithin(arqTransmissions(2, p), 2 / (1 - p) - 1 / (1 - p ** 2), 1e-9);
    let sum = 0;
    for (let i = 1, ways = 10; i <= 10; ways = ways * (10 - i) / (i + 1), i++) {
      sum += (i % 2 === 1 ? 1 : -1) * ways / (1 - p ** i);
    }
    assertWithin(arqTransmissions(10, p), sum, 1e-9);
  }
});

Deno.test("fecTransmissions: groups of one are repeated packets; one receiver gains nothing from larger ones", () => {
  for (const p of LOSSES) {
    for (const receivers of [1, 10, 1000]) {
      assertWithin(fecTransmissions(receivers, p, 1), arqTransmissions(receivers, p), 1e-9);
    }
    for (const groupSize of [2, 8, 32, 128]) assertWithin(fecTransmissions(1, p, groupSize), 1 / (1 - p), 1e-9);
  }
});

Deno.test("fecTransmissions: the larger the group, the less is sent, but more than to one receiver", () => {
  for (const p of LOSSES) {
    for (const receivers of [2, 10, 100, 1000, 1_000_000]) {
      const means = [1, 2, 8, 32, 128].map((groupSize) => fecTransmissions(receivers, p, groupSize));
      for (const [i, mean] of means.entries()) {
        assert(mean > 1 / (1 - p) && (i === 0 || mean < means[i - 1]!), `${means} to ${receivers}`);
      }
    }
  }
});

Deno.test("fecTransmissions: two receivers and groups of two, all patterns of loss of up to nine packets", () => {
  const [p, most] = [0.05, 9];
  // The mean number of packets is the sum of the probabilities that so many, 0, 1, 2 ..., are too few.
  let mean = 0;
  for (let sent = 0; sent <= most; sent++) {
    for (let pattern = 0; pattern < 4 ** sent; pattern++) {
      const lost = [0, 0];
      for (let at = 0; at < 2 * sent; at++) if ((pattern >> at & 1) === 1) lost[at & 1]!++;
      const all = lost[0]! + lost[1]!;
      if (sent - Math.max(...lost) < 2) mean += p ** all * (1 - p) ** (2 * sent - all);
    }
  }
  assertWithin(fecTransmissions(2, p, 2), mean / 2, 1e-8);
});

Deno.test("fecTransmissions: ten receivers and groups of eight, drawn", () => {
  const random = prngFromSeed(1);
  const drawn = Array.from({ length: 20_000 }, () => {
    let most = 0;
    for (let receiver = 0; receiver < 10; receiver++) {
      let sent = 0;
      for (let got = 0; got < 8; sent++) if (random.below(10) > 0) got++;
      most = Math.max(most, sent);
    }
    return most / 8;
  });
  const { mean, half } = confidence(drawn);
  assertWithin(fecTransmissions(10, 0.1, 8), mean, half);
  assert(half < 0.003, "the interval tells something");
});

Deno.test("confidence: a sample of ten by hand, quantiles from a table", () => {
  for (const [freedom, quantile] of [[9, 2.262], [29, 2.045], [99, 1.984]] as const) {
    assertWithin(studentT(freedom), quantile, 1e-3);
  }
  // Deviation sqrt(82.5 / 9) = 3.0277, of the mean 0.9574.
  const { mean, half } = confidence([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assertEquals(mean, 5.5);
  assertWithin(half, 2.262 * 0.9574, 1e-3);
});

const STAR: Omit<Star, "groupSize"> = { receivers: 10, lossPercent: 10, packets: 256 };
const SEEDS = Array.from({ length: 10 }, (_, i) => 1 + i);

Deno.test("recover: ten receivers that lose 10 % take what theory says, with parity less", () => {
  const whole = SEEDS.map((seed) => recover({ ...STAR, groupSize: 1 }, seed));
  const parity = SEEDS.map((seed) => recover({ ...STAR, groupSize: 8 }, 100 + seed));
  const [arq, fec] = [whole, parity].map((runs) => confidence(runs.map(({ sent }) => sent)));
  assertWithin(arq!.mean, arqTransmissions(10, 0.1), arq!.half);
  assertWithin(fec!.mean, fecTransmissions(10, 0.1, 8), fec!.half);
  assert(fec!.mean + fec!.half < arq!.mean - arq!.half, "parity takes less");
  // Not only on average: with these losses, no source could have sent less.
  for (const { surplus } of [...whole, ...parity]) assertEquals(surplus, 0);
});

Deno.test("recover: a source that does not gather NAKs repairs again what is on its way", () => {
  for (const groupSize of [1, 8]) {
    const runs = SEEDS.slice(0, 3).map((seed) => recover({ ...STAR, groupSize, gatherMs: 0 }, seed));
    assert(runs.every(({ surplus }) => surplus > 0), `groups of ${groupSize}`);
  }
});

function assertWithin(actual: number, expected: number, tolerance: number): void {
  assert(Math.abs(actual - expected) <= tolerance, `${actual} must be ${expected}, give or take ${tolerance}`);
}
