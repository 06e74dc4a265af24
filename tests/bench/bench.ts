/**
 * Benchmarks. They measure; nothing is asserted on time. Each is run several times, the median counts.
 *
 * ```text
 *   deno task bench                          all of them
 *   deno task bench tree --receivers 1000    one of them
 *   deno task bench tree --pgm-routers       the tree with routers that speak PGM
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { fec } from "./fec.ts";
import { kernels } from "./kernels.ts";
import { memory } from "./memory.ts";
import { lan, tree } from "./networks.ts";

const NAMES = ["kernels", "fec", "lan", "tree", "memory"] as const;

if (import.meta.main) Deno.exitCode = main(Deno.args);

function main(argv: string[]): number {
  const unknownFlags: string[] = [];
  const args = parseArgs(argv, {
    string: ["receivers", "runs"],
    boolean: ["pgm-routers"],
    unknown: (arg) => {
      if (arg.startsWith("-")) unknownFlags.push(arg);
      return true;
    },
  });
  const names = args._.map(String);
  const wrong = unknownFlags[0] ?? names.find((name) => !NAMES.some((each) => each === name));
  if (wrong !== undefined) return usage(`unknown ${JSON.stringify(wrong)}`);
  const receivers = count(args.receivers, 1000);
  const runs = count(args.runs, 5);
  if (receivers === undefined || runs === undefined) {
    return usage("--receivers and --runs must be integers of at least 1");
  }
  const wanted = (name: string) => names.length === 0 || names.includes(name);
  if (wanted("kernels")) kernels();
  if (wanted("fec")) fec();
  if (wanted("lan")) lan(receivers, runs);
  if (wanted("tree")) tree(receivers, runs, args["pgm-routers"] === true);
  if (wanted("memory")) memory();
  return 0;
}

function count(text: unknown, fallback: number): number | undefined {
  if (text === undefined) return fallback;
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 1 ? value : undefined;
}

function usage(problem: string): number {
  console.error(
    `bench: ${problem}; usage: deno task bench [${NAMES.join("|")}] [--receivers N] [--runs N] [--pgm-routers]`,
  );
  return 2;
}
