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
export type { Violation } from "./scenarios/checkers/violation.ts";
export { ScenarioError } from "./scenarios/language/errors.ts";
export { loadScenario } from "./scenarios/language/load.ts";
export { planScenario } from "./scenarios/language/lower.ts";
export type {
  ActionPlan,
  Argument,
  Bounds,
  CallPlan,
  Drawn,
  ExpectationPlan,
  GilbertElliott,
  HostNode,
  ImpairPlan,
  InjectPlan,
  InterfacePlan,
  Limits,
  NodeBase,
  NodePlan,
  PacketMatch,
  ParamValue,
  Place,
  Plan,
  ReadPlan,
  ReceiverNode,
  ReceiverPlan,
  RoutePlan,
  RouterNode,
  SegmentPlan,
  SendPlan,
  SentPlan,
  SocketCall,
  SocketsNode,
  SourceNode,
  SourcePlan,
  SqnRange,
  Target,
  WritePlan,
} from "./scenarios/plan.ts";
export type {
  ElementResult,
  EndResult,
  ExpectationResult,
  LatencySummary,
  MalformedResult,
  ReceiverResult,
  RepairerResult,
  RunResult,
  SegmentResult,
  SessionResult,
  SourceResult,
  Verdict,
} from "./scenarios/run/result.ts";
export type { SocketFailure, SocketResult } from "./scenarios/run/socket_result.ts";
export { type RunOptions as PlanRunOptions, runPlan } from "./scenarios/run/run.ts";
export { defineScenario, type ScenarioSpec } from "./scenarios/language/spec.ts";
export type { RunNetwork } from "./scenarios/run/world.ts";
