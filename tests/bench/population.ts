/**
 * The estimates of a thousand children over 200 seeds, against theory: the table of docs/implosion.md.
 *
 * ```text
 *   deno task population
 * ```
 *
 * @module
 */

import { census, moments } from "../support/census.ts";

const SEEDS = 200;

if (import.meta.main) main();

function main(): void {
  console.log("children | bits | replies |   mean | deviation | theory | mean off by, in standard errors");
  const rows = [[100, 8], [100, 32], [1_000, 8], [1_000, 32], [1_000, 128], [10_000, 32]] as const;
  for (const [index, [children, pollReplies]] of rows.entries()) row(children, pollReplies, 1 + index * SEEDS);
}

/** The second poll of each run: the first, to which everyone replies, makes the number known. */
function row(children: number, pollReplies: number, firstSeed: number): void {
  const config = { pollBits: 0, pollReplies, pollAbort: 2 * children + 200 };
  let bits = 0;
  while (children / 2 ** bits > pollReplies) bits++;
  const estimates = Array.from({ length: SEEDS }, (_, i) => {
    return census(children, { seed: firstSeed + i, times: 2, config }).at(-1)!.estimate;
  });
  const { mean, deviation } = moments(estimates);
  const theory = Math.sqrt(children * (2 ** bits - 1));
  const off = theory === 0 ? 0 : (mean - children) / (theory / Math.sqrt(SEEDS));
  const cells = [
    `${children}`.padStart(8),
    `${bits}`.padStart(4),
    (children / 2 ** bits).toFixed(1).padStart(7),
    mean.toFixed(1).padStart(6),
    deviation.toFixed(1).padStart(9),
    theory.toFixed(1).padStart(6),
    off.toFixed(2),
  ];
  console.log(cells.join(" | "));
}
