/**
 * One run of the swarm, and what counts as a failure: what a checker found, a run that does not settle, or an exception
 * that nobody foresaw.
 *
 * @module
 */

import { assert } from "../../engine/base/assert.ts";
import { planScenario } from "../language/lower.ts";
import type { RunResult } from "../run/result.ts";
import { runPlan } from "../run/run.ts";
import type { ScenarioData } from "./scenario_data.ts";

/** What went wrong. */
export interface Failure {
  readonly verdict: "safety" | "liveness" | "crash";
  /** The checker that found it, the name of the exception, or "settled". */
  readonly checker: string;
  /** The first finding, on one line. */
  readonly text: string;
}

/** What came of a run. */
export interface Outcome {
  readonly failure: Failure | undefined;
  /** Absent when the run threw an exception. */
  readonly result: RunResult | undefined;
}

/** Runs a scenario. Throws `ScenarioError` for one that is not valid. */
export type RunScenario = (scenario: ScenarioData, seed: number) => Outcome;

/** Runs a scenario with all checkers; `simulate` is the real thing unless a test gives another. */
export function runScenario(scenario: ScenarioData, seed: number, simulate = runPlan): Outcome {
  const plan = planScenario(scenario);
  try {
    const result = simulate(plan, { seed });
    return { failure: failureOf(result), result };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { failure: { verdict: "crash", checker: name, text: message.split("\n", 1)[0]! }, result: undefined };
  }
}

/** Whether two failures are of one kind: verdict and checker. */
export function sameKind(a: Failure | undefined, b: Failure): boolean {
  return a !== undefined && a.verdict === b.verdict && a.checker === b.checker;
}

function failureOf(result: RunResult): Failure | undefined {
  const text = result.reasons[0] ?? "";
  switch (result.verdict) {
    case "pass":
      return undefined;
    case "safety":
      return { verdict: "safety", checker: result.violations[0]!.checker, text };
    case "liveness":
      return { verdict: "liveness", checker: "settled", text };
    case "expectation":
      assert(false, "the swarm draws no expectations");
  }
}
