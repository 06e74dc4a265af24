/**
 * How often a source sends each data packet until all receivers have got it, with and without parity on demand, against
 * theory: the tables of docs/fec.md.
 *
 * ```text
 *   deno task fec-theory                                  both tables, 30 seeds: minutes
 *   deno task fec-theory --receivers 100 --seeds 100      up to 100 receivers, 100 seeds
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { recover, type Star } from "../support/recovery_star.ts";
import { arqTransmissions, confidence, fecTransmissions } from "../support/recovery_theory.ts";

/** Receivers, and data packets in each run: the more receivers, the less one of them matters. */
const SIZES = [[1, 1024], [10, 512], [100, 256], [1000, 128]] as const;
const LOSS_PERCENT = [1, 5, 10] as const;
/** Data packets of a group; 1 is without parity. */
const GROUP_SIZES = [1, 8, 32] as const;
/** For the second table: how long the source gathers NAKs, ms; at last, with SPMs while it sends data. */
const WAYS: readonly Pick<Star, "gatherMs" | "spmMs">[] = [
  ...[0, 5, 10, 25, 250].map((gatherMs) => ({ gatherMs })),
  { gatherMs: 250, spmMs: 100 },
];
const GATHERING: Pick<Star, "receivers" | "lossPercent" | "packets"> = { receivers: 100, lossPercent: 5, packets: 256 };

function main(argv: string[]): number {
  const args = parseArgs(argv, { string: ["receivers", "seeds"] });
  const most = Number(args.receivers ?? 1000);
  const seeds = Number(args.seeds ?? 30);
  if (!Number.isSafeInteger(most) || most < 1 || !Number.isSafeInteger(seeds) || seeds < 2) {
    console.error("fec-theory: --receivers must be an integer of at least 1, --seeds one of at least 2");
    return 2;
  }
  const began = performance.now();
  const draw = new Draw(seeds);
  againstTheory(draw, most);
  if (most >= GATHERING.receivers) withoutGathering(draw);
  console.log(`\n${draw.runs} runs in ${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
  return 0;
}

/** Runs cells, no two of them with the same seeds. */
class Draw {
  readonly #seeds: number;
  runs = 0;

  constructor(seeds: number) {
    this.#seeds = seeds;
  }

  cell(star: Star): { readonly mean: number; readonly half: number; readonly surplus: number } {
    const runs = Array.from({ length: this.#seeds }, () => recover(star, ++this.runs));
    const surplus = confidence(runs.map((run) => run.surplus)).mean;
    return { ...confidence(runs.map(({ sent }) => sent)), surplus };
  }
}

function againstTheory(draw: Draw, most: number): void {
  console.log("Transmissions of each data packet, with 95 % confidence intervals; * where theory is outside\n");
  printRow(["receivers", "loss", "E[M], whole packets", "measured", "k = 8", "measured", "k = 32", "measured"]);
  printRow(WIDTHS.map((width) => "-".repeat(width)));
  let cells = 0;
  let outside = 0;
  let surplus = 0;
  for (const [receivers, packets] of SIZES.filter(([receivers]) => receivers <= most)) {
    for (const lossPercent of LOSS_PERCENT) {
      const row = [`${receivers}`, `${lossPercent} %`];
      for (const groupSize of GROUP_SIZES) {
        const loss = lossPercent / 100;
        const theory = groupSize === 1
          ? arqTransmissions(receivers, loss)
          : fecTransmissions(receivers, loss, groupSize);
        const measured = draw.cell({ receivers, lossPercent, groupSize, packets });
        const isOutside = Math.abs(measured.mean - theory) > measured.half;
        row.push(theory.toFixed(4), `${intervalText(measured)}${isOutside ? " *" : ""}`);
        cells++;
        if (isOutside) outside++;
        surplus += measured.surplus;
      }
      printRow(row);
    }
  }
  console.log(
    `\n${outside} of ${cells} outside, ${(cells / 20).toFixed(1)} expected; ` +
      `sent when nobody needed it: ${
        surplus === 0 ? "nothing" : `${(surplus / cells).toFixed(5)} for each data packet`
      }`,
  );
}

function withoutGathering(draw: Draw): void {
  const { receivers, lossPercent } = GATHERING;
  console.log(`\nThe same of ${receivers} receivers with ${lossPercent} % loss, by how long the source gathers NAKs;`);
  console.log("in brackets what it sends when nobody needs it\n");
  printRow(["gathers", "whole packets", "k = 8", "k = 32"], GATHER_WIDTHS);
  printRow(GATHER_WIDTHS.map((width) => "-".repeat(width)), GATHER_WIDTHS);
  for (const way of WAYS) {
    const row = [`${way.gatherMs} ms${way.spmMs === undefined ? "" : `, SPMs every ${way.spmMs} ms`}`];
    for (const groupSize of GROUP_SIZES) {
      const measured = draw.cell({ ...GATHERING, ...way, groupSize });
      row.push(`${intervalText(measured)} (${measured.surplus.toFixed(3)})`);
    }
    printRow(row, GATHER_WIDTHS);
  }
}

const WIDTHS = [9, 4, 19, 19, 6, 19, 6, 19];
const GATHER_WIDTHS = [25, 23, 23, 23];

function intervalText({ mean, half }: { readonly mean: number; readonly half: number }): string {
  return `${mean.toFixed(4)} ± ${half.toFixed(4)}`;
}

function printRow(cells: readonly string[], widths: readonly number[] = WIDTHS): void {
  console.log(`| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`);
}

if (import.meta.main) Deno.exitCode = main(Deno.args);
