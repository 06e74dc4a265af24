/**
 * A swarm: many runs, each a scenario of its own that is drawn from the seed of the swarm and the index of the run,
 * watched by all checkers; what fails is shrunk. Read draw.ts for what is drawn, fairness.ts for when a run must have
 * settled, shrink.ts for what becomes of a failure. No I/O here: the command line prints and writes.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Instant } from "../../engine/mod.ts";
import { ScenarioError } from "../language/errors.ts";
import { Coverage } from "./coverage.ts";
import { type Draw, drawScenario } from "./draw.ts";
import { type Failure, type Outcome, type RunScenario, runScenario, sameKind } from "./outcome.ts";
import { shrink, SHRINK_BUDGET, type ShrinkBudget, type Shrunk } from "./shrink.ts";

/** Failures of one kind that are shrunk; the others are only counted. */
const SHRUNK_OF_A_KIND = 3;
const HASH_DIGITS = 16;

/** Which runs, and what is told of them. */
export interface SwarmOptions {
  /** The seed of the swarm, an integer in `0 .. 2^53 - 1`. */
  readonly seed: number;
  /** The index of the first run. */
  readonly from: number;
  /** How many runs. */
  readonly runs: number;
  /** Runs a scenario; the real thing unless a test gives another. */
  readonly run?: RunScenario;
  /** What shrinking a failure may cost. */
  readonly budget?: ShrinkBudget;
  /** Asked before each run whether to go on. */
  readonly proceed?: (report: SwarmReport) => boolean;
  /** Told of each failure. */
  readonly onFailure?: (failure: SwarmFailure) => void;
}

/** A run that failed. */
export interface SwarmFailure {
  readonly index: number;
  /** The seed of the run. */
  readonly seed: number;
  readonly failure: Failure;
  /** The smallest scenario found that fails alike; absent when enough of this kind were shrunk. */
  readonly shrunk: Shrunk | undefined;
}

/** What came of a swarm. */
export class SwarmReport {
  /** Runs made. */
  runs = 0;
  events = 0;
  simulatedNs: Instant = 0;
  readonly failures: SwarmFailure[] = [];
  readonly coverage = new Coverage();
  readonly #hash = createHash("sha256");

  /** Adds the trace hash of a run. */
  addHash(traceHash: string): void {
    this.#hash.update(traceHash);
  }

  /** Over the trace hashes of all runs, as 16 hexadecimal digits: the same runs give the same on every machine. */
  get hash(): string {
    return this.#hash.copy().digest("hex").slice(0, HASH_DIGITS);
  }
}

/** The swarm has drawn a scenario that is not valid: a mistake of draw.ts, not of what it tests. */
export class DrawError extends Error {
  override readonly name = "DrawError";
}

/**
 * Runs a swarm.
 *
 * @throws {DrawError} when a drawn scenario is not valid
 */
export function runSwarm(options: SwarmOptions): SwarmReport {
  const { seed, from, runs, run = realRun } = options;
  const report = new SwarmReport();
  for (let index = from; index < from + runs && (options.proceed?.(report) ?? true); index++) {
    const { draw, outcome: { failure, result } } = drawAndRun(seed, index, run);
    report.runs++;
    report.coverage.drawn(draw.ingredients);
    if (result !== undefined) {
      report.events += result.events;
      report.simulatedNs += result.simulatedNs;
      report.coverage.ran(result);
    }
    report.addHash(result?.traceHash ?? failure?.text ?? "");
    if (failure === undefined) continue;
    const found = failed(report, { draw, index, failure, options });
    report.failures.push(found);
    options.onFailure?.(found);
  }
  return report;
}

const realRun: RunScenario = (scenario, seed) => runScenario(scenario, seed);

function drawAndRun(seed: number, index: number, run: RunScenario): { draw: Draw; outcome: Outcome } {
  try {
    const draw = drawScenario(seed, index);
    return { draw, outcome: run(draw.scenario, draw.seed) };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new DrawError(`run ${index} of the swarm with seed ${seed} is not a valid scenario: ${error.message}`);
  }
}

function failed(
  report: SwarmReport,
  found: { readonly draw: Draw; readonly index: number; readonly failure: Failure; readonly options: SwarmOptions },
): SwarmFailure {
  const { draw: { scenario, seed }, index, failure, options } = found;
  const { run = realRun, budget = SHRINK_BUDGET } = options;
  const alike = report.failures.filter((other) => {
    return sameKind(other.failure, failure);
  });
  if (alike.length >= SHRUNK_OF_A_KIND) return { index, seed, failure, shrunk: undefined };
  const shrunk = shrink({ scenario, seed, failure }, run, budget);
  const about =
    `Shrunk from run ${index} of the swarm with seed ${options.seed}: ${failure.verdict} (${failure.checker}).`;
  return { index, seed, failure, shrunk: { ...shrunk, scenario: { ...shrunk.scenario, about } } };
}
