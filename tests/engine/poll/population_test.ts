/**
 * The estimate of the number of children against theory: M replies with probability P each estimate M / P, whose mean is
 * N and whose standard deviation is sqrt(N (1 - P) / P) (RFC 3208, section 14.3.1).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { census, moments } from "../../support/census.ts";

const SEEDS = 200;

/** Over 200 seeds, the mean is within three standard errors of N, the deviation within 15 % of theory. */
function assertUnbiased(estimates: readonly number[], n: number, bits: number): void {
  const { mean, deviation } = moments(estimates);
  const theory = Math.sqrt(n * (2 ** bits - 1));
  const error = theory / Math.sqrt(estimates.length);
  assert(Math.abs(mean - n) < 3 * error, `mean ${mean}, theory ${n} +- ${error}`);
  assert(Math.abs(deviation / theory - 1) < 0.15, `deviation ${deviation}, theory ${theory}`);
}

function estimates(n: number, options: Omit<Parameters<typeof census>[1], "seed"> = {}): number[] {
  return Array.from({ length: SEEDS }, (_, i) => census(n, { ...options, seed: i + 1 }).at(-1)!.estimate);
}

Deno.test("PopulationPolls: once it knows about 1000 children, a poll estimates them without bias", () => {
  // The first poll, to which everyone replies, gives the number: the mask of the second has 5 bits.
  const config = { pollBits: 0, pollReplies: 32, pollAbort: 2_000 };
  const found = estimates(1000, { times: 2, config });
  assertUnbiased(found, 1000, 5);
});

Deno.test("PopulationPolls: the first estimate of 1000 children, after a search, has no bias either", () => {
  const found = estimates(1000);
  const { mean, deviation } = moments(found);
  // The search ends with a mask of 4 to 7 bits: the deviation is a mixture, the mean is not.
  const least = Math.sqrt(1000 * 15);
  const most = Math.sqrt(1000 * 127);
  assert(Math.abs(mean - 1000) < 3 * deviation / Math.sqrt(SEEDS), `mean ${mean}, deviation ${deviation}`);
  assert(deviation > least && deviation < most, `deviation ${deviation}`);
});

Deno.test("PopulationPolls: the average of many polls is closer than one", () => {
  const last = (times: number) =>
    Array.from({ length: SEEDS }, (_, i) => census(1000, { seed: i + 1, times }).at(-1)!.population);
  const one = moments(last(1)).deviation;
  const many = moments(last(6)).deviation;
  // One half of the latest, a quarter of the one before, ...: a third of the variance.
  assert(many < one * 0.75, `${one} and ${many}`);
});

Deno.test("PopulationPolls: few children are counted exactly, at once or after a search", () => {
  for (const n of [0, 1, 2, 20, 32]) {
    for (const seed of [1, 2, 3]) {
      assertEquals(census(n, { seed, times: 3, config: { pollBits: 0 } }).map(({ estimate }) => estimate), [n, n, n]);
    }
  }
  assertEquals(census(0, { seed: 1 })[0]!.estimate, 0);
});

Deno.test("PopulationPolls: far too many replies abort the poll; the search that follows finds the number", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const [first] = census(3_000, { seed, config: { pollBits: 0 } });
    // The aborted poll, the abort, the search.
    assertEquals(first!.sqn, 3);
    assert(first!.estimate > 1_500 && first!.estimate < 4_500, `${first!.estimate}`);
  }
});

Deno.test("PopulationPolls: a hundred polls of a population that does not change all come to an end", () => {
  const all = census(300, { seed: 7, times: 100 });
  assertEquals(all.map(({ sqn }) => sqn), Array.from({ length: 100 }, (_, i) => i + 1));
  const { mean } = moments(all.map(({ population }) => population));
  assert(Math.abs(mean - 300) < 30, `${mean}`);
});
