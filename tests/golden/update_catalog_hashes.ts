/**
 * Writes catalog_hashes.json: the trace hash of every scenario of the catalog with seed 1. A change of these hashes is a
 * change of behaviour; the commit that makes it says which.
 *
 * @module
 */

import { CATALOG } from "../../scenarios/catalog/mod.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { runPlan } from "../../scenarios/run/run.ts";

const hashes = [...CATALOG].map(([name, scenario]) => [name, runPlan(planScenario(scenario), { seed: 1 }).traceHash]);
const text = JSON.stringify(Object.fromEntries(hashes), undefined, 2);
Deno.writeTextFileSync(new URL("./catalog_hashes.json", import.meta.url), `${text}\n`);
