/**
 * From what a user wrote to a {@link Plan}: overrides, parameters, the form of every value (spec.ts), then the meaning
 * of every name (lower_network.ts, lower_script.ts, lower_expect.ts). All validation of scenarios is here and above;
 * what runs a plan trusts it.
 *
 * @module
 */

import { lowerExpect } from "./lower_expect.ts";
import { lowerNetwork, scenarioGroup } from "./lower_network.ts";
import { lowerScript } from "./lower_script.ts";
import { checkToldSockets } from "./lower_sockets.ts";
import { applyPaths, parseOverride, resolveParams } from "./params.ts";
import type { Plan } from "../plan.ts";
import { asObject, own, type Params } from "./schema.ts";
import { paramsSchema, scenarioSchema } from "./spec.ts";

const NO_PARAMS: Params = new Map();

/**
 * Checks a scenario and turns it into a plan. `raw` is what a scenario file holds: anything. `overrides` are
 * `name=value` for a parameter, or `dotted.path=value` for anything else, in order.
 *
 * @throws {ScenarioError} with one line that says what is wrong where, for everything that is wrong
 *
 * @example
 * ```ts
 * import { planScenario } from "@pgmlab/pgmlab";
 *
 * const spec = { name: "small", about: "A LAN.", topology: { kind: "lan", receivers: 3 } };
 * const plan = planScenario(spec, ["topology.receivers=200"]);
 * if (plan.nodes.length !== 201) throw new Error(`${plan.nodes.length} nodes`);
 * ```
 */
export function planScenario(raw: unknown, overrides: readonly string[] = []): Plan {
  const written = applyPaths(raw, overrides.map(parseOverride));
  const declared = paramsSchema.parse(own(asObject(written.raw, ""), "params") ?? {}, "params", NO_PARAMS);
  const params = resolveParams(declared, written.rest);
  const scenario = scenarioSchema.parse(written.raw, "", params);
  const directory = lowerNetwork(scenario);
  const { limits, port } = scenario;
  const sockets = { group: scenarioGroup(scenario), port };
  const script = lowerScript(scenario.script, directory, { limits, sockets });
  const expect = lowerExpect(scenario.expect, directory);
  checkToldSockets(expect, script, directory);
  return {
    name: scenario.name,
    about: scenario.about,
    rfc: scenario.rfc,
    params: Object.fromEntries(params),
    limits,
    convergence: scenario.convergence,
    segments: directory.segmentPlans,
    nodes: directory.nodePlans,
    script,
    expect,
  };
}
