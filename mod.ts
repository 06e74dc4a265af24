/**
 * pgmlab: PGM (RFC 3208) as state machines without I/O, a deterministic simulated multicast network, and scenarios that
 * bring the two together.
 *
 * ```ts
 * import { CATALOG, planScenario, runPlan } from "@pgmlab/pgmlab";
 *
 * const plan = planScenario(CATALOG.get("ncf-suppression"), ["receivers=10"]);
 * const result = runPlan(plan, { seed: 1 });
 * if (result.verdict !== "pass") throw new Error(result.reasons.join("; "));
 * ```
 *
 * @module
 */

export * from "./engine/mod.ts";
export * from "./netsim/mod.ts";
export { CATALOG } from "./scenarios/catalog/mod.ts";
export { ScenarioError } from "./scenarios/errors.ts";
export { loadScenario } from "./scenarios/load.ts";
export { planScenario } from "./scenarios/lower.ts";
export type { Plan } from "./scenarios/plan.ts";
export type { RunResult, Verdict } from "./scenarios/result.ts";
export { type RunOptions as PlanRunOptions, runPlan } from "./scenarios/run.ts";
export { defineScenario, type ScenarioSpec } from "./scenarios/spec.ts";
