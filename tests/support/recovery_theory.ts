/**
 * How often a source must send on average until all of its receivers have got everything: what theory says. The
 * derivation is in docs/fec.md.
 *
 * @module
 */

import { assert } from "../../engine/base/assert.ts";

/**
 * Mean transmissions per data packet, to `receivers` of which each loses each packet with probability `loss` on its own,
 * if whole packets are repeated: sum over m >= 0 of 1 - (1 - loss^m)^receivers.
 */
export function arqTransmissions(receivers: number, loss: number): number {
  assertChance(receivers, loss);
  let sum = 0;
  for (let lost = 1; lost * receivers > PRECISION; lost *= loss) sum += someOf(receivers, lost);
  return sum;
}

/**
 * The same with ideal parity for groups of `groupSize` data packets: a receiver needs any `groupSize` packets of a group,
 * and no packet is sent that nobody needs. (groupSize + E[max over receivers of L]) / groupSize, where L, how many
 * packets a receiver needs beyond groupSize, is negative binomial.
 */
export function fecTransmissions(receivers: number, loss: number, groupSize: number): number {
  assertChance(receivers, loss);
  assert(Number.isInteger(groupSize) && groupSize >= 1, "groupSize must be a positive integer");
  // P(L = m) = C(groupSize + m - 1, m) loss^m (1 - loss)^groupSize, until what is left is nothing.
  const chances = [(1 - loss) ** groupSize];
  for (let m = 1;; m++) {
    const ratio = loss * (groupSize + m - 1) / m;
    const chance = chances[m - 1]! * ratio;
    chances.push(chance);
    // The ratios fall: the rest is less than a geometric series.
    if (ratio < 1 && receivers * chance / (1 - ratio) < PRECISION) break;
  }
  // From the small ones on: P(L > m), less from 1 upwards, would never get as small as it is.
  let sum = groupSize;
  for (let m = chances.length - 1, more = 0; m > 0; m--) {
    more += chances[m]!;
    sum += someOf(receivers, more);
  }
  return sum / groupSize;
}

/** The mean of a sample, and half the width of its 95 % confidence interval. */
export function confidence(values: readonly number[]): { readonly mean: number; readonly half: number } {
  const n = values.length;
  assert(n >= 2, "one value has no interval");
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, half: studentT(n - 1) * Math.sqrt(squares / (n - 1) / n) };
}

/**
 * What 97.5 % of Student's t distribution are below: the expansion of Cornish and Fisher, right to 0.001 from 9 degrees
 * of freedom on (Abramowitz and Stegun, 26.7.5).
 */
export function studentT(freedom: number): number {
  assert(freedom >= 1, "there must be a degree of freedom");
  const x = 1.959964;
  const [x3, x5, x7] = [x ** 3, x ** 5, x ** 7];
  return x + (x3 + x) / (4 * freedom) + (5 * x5 + 16 * x3 + 3 * x) / (96 * freedom ** 2) +
    (3 * x7 + 19 * x5 + 17 * x3 - 15 * x) / (384 * freedom ** 3);
}

/** Sums stop where a term is below this. */
const PRECISION = 1e-12;

/** The probability that at least one of `receivers` is so unlucky, if each is with probability `chance`. */
function someOf(receivers: number, chance: number): number {
  return -Math.expm1(receivers * Math.log1p(-chance));
}

function assertChance(receivers: number, loss: number): void {
  assert(Number.isInteger(receivers) && receivers >= 1, "receivers must be a positive integer");
  assert(loss > 0 && loss < 1, "loss must be in (0, 1)");
}
