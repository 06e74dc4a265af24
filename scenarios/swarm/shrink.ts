/**
 * From a scenario that fails to a small one that fails in the same way (same verdict, same checker). Greedy and
 * deterministic: the steps of shrink_steps.ts are tried in order, the large ones first; a step that still fails is
 * kept; when none is left that does, or the budget is spent, the rest is the result.
 *
 * @module
 */

import { ScenarioError } from "../language/errors.ts";
import { planScenario } from "../language/lower.ts";
import { durationText } from "./dice.ts";
import { settleLimit, unfairness } from "./fairness.ts";
import { type Failure, type RunScenario, sameKind } from "./outcome.ts";
import type { ScenarioData } from "./scenario_data.ts";
import { PASSES } from "./shrink_steps.ts";

/** What shrinking may cost. Counted, not timed: the result is the same on every machine. */
export interface ShrinkBudget {
  readonly runs: number;
  /** Events of all runs together. */
  readonly events: number;
}

/** The budget unless another is given; some seconds. */
export const SHRINK_BUDGET: ShrinkBudget = { runs: 400, events: 30_000_000 };

/** The smallest scenario found. */
export interface Shrunk {
  readonly scenario: ScenarioData;
  readonly failure: Failure;
  /** How many runs it took. */
  readonly runs: number;
}

/** Shrinks a scenario that fails with `failure` when `run` runs it with `seed`. */
export function shrink(
  found: { readonly scenario: ScenarioData; readonly seed: number; readonly failure: Failure },
  run: RunScenario,
  budget: ShrinkBudget = SHRINK_BUDGET,
): Shrunk {
  const search = new Search(found, run, budget);
  for (let progress = true; progress && !search.spent;) {
    const before = search.steps;
    for (const pass of PASSES) search.exhaust(pass);
    progress = search.steps > before;
  }
  return { scenario: search.scenario, failure: search.failure, runs: search.runs };
}

class Search {
  scenario: ScenarioData;
  failure: Failure;
  runs = 0;
  /** Steps that were kept. */
  steps = 0;
  #events = 0;
  readonly #seed: number;
  readonly #run: RunScenario;
  readonly #budget: ShrinkBudget;
  readonly #tried = new Set<string>();

  constructor(
    found: { scenario: ScenarioData; seed: number; failure: Failure },
    run: RunScenario,
    budget: ShrinkBudget,
  ) {
    this.scenario = found.scenario;
    this.failure = found.failure;
    this.#seed = found.seed;
    this.#run = run;
    this.#budget = budget;
  }

  get spent(): boolean {
    return this.runs >= this.#budget.runs || this.#events >= this.#budget.events;
  }

  /** Tries every step of a pass; after one that is kept, its place in the list is another step's. */
  exhaust(pass: (typeof PASSES)[number]): void {
    for (let index = 0; !this.spent;) {
      const step = pass(this.scenario)[index];
      if (step === undefined) return;
      const candidate = structuredClone(this.scenario);
      step(candidate);
      if (!this.#keep(candidate)) index++;
    }
  }

  #keep(candidate: ScenarioData): boolean {
    const key = JSON.stringify(candidate);
    if (this.#tried.has(key)) return false;
    this.#tried.add(key);
    try {
      const plan = planScenario(candidate);
      if (unfairness(plan) !== undefined) return false;
      // With other parameters, other times are fair.
      candidate.limits.time = durationText(settleLimit(plan));
      const { failure, result } = this.#run(candidate, this.#seed);
      this.runs++;
      this.#events += result?.events ?? 0;
      if (!sameKind(failure, this.failure)) return false;
      this.scenario = candidate;
      this.failure = failure!;
      this.steps++;
      return true;
    } catch (error) {
      if (error instanceof ScenarioError) return false;
      throw error;
    }
  }
}
