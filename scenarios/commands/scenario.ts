/**
 * What `run` and `replay` share: finding a scenario, running it with a sign of life, printing what came of it.
 *
 * @module
 */

import { CATALOG } from "../catalog/mod.ts";
import { unknown } from "../language/did_you_mean.ts";
import { loadScenario } from "../language/load.ts";
import { report } from "../run/report.ts";
import { EXIT_CODES, type RunResult } from "../run/result.ts";
import { UsageError } from "./usage.ts";

/** The largest seed. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;
/** Runs that take longer than this say so. */
const QUIET_MS = 2_000;

/** The scenario of the catalog, or of a file, as it was written. */
export async function findScenario(name: string): Promise<unknown> {
  const scenario = CATALOG.get(name);
  if (scenario !== undefined) return scenario;
  if (/[./\\]/.test(name)) return await loadScenario(name);
  throw new UsageError(`${unknown("scenario", name, [...CATALOG.keys()])}; or give a .json or .ts file`);
}

/** Says on stderr how far a long run is. */
export function progressReporter(): (simulatedNs: number, events: number) => void {
  let next = performance.now() + QUIET_MS;
  return (simulatedNs, events) => {
    if (performance.now() < next) return;
    next = performance.now() + QUIET_MS;
    console.error(`... ${(simulatedNs / 1e9).toFixed(1)} s simulated, ${events} events`);
  };
}

/** Prints a result; gives the exit code of its verdict. */
export function printResult(result: RunResult, how: { readonly json: boolean; readonly reproduce: string }): number {
  if (how.json) console.log(JSON.stringify(result));
  else for (const line of report(result)) console.log(line);
  if (result.verdict !== "pass") console.error(`${result.verdict}: reproduce with: ${how.reproduce}`);
  return EXIT_CODES[result.verdict];
}

/** The command that repeats a run. */
export function runCommandLine(name: string, seed: number, overrides: readonly string[]): string {
  const sets = overrides.map((override) => ` --set ${shellQuote(override)}`).join("");
  return `deno task sim run ${shellQuote(name)} --seed ${seed}${sets}`;
}

function shellQuote(word: string): string {
  return /^[\w./=:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
