/**
 * Reads a scenario file: JSON, or a module whose default export is the scenario. What it holds is checked by
 * `planScenario` (lower.ts).
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { ScenarioError, show } from "./errors.ts";
import { parseJson } from "./json_text.ts";

const MODULES = /\.m?[jt]s$/;

/**
 * The content of a `.json` file or the default export of a `.ts` module. Needs the permission to read it.
 *
 * @throws {ScenarioError} when the file cannot be read, is not JSON (the message has line and column), or has no
 * default export
 *
 * @example
 * ```ts
 * import { loadScenario, planScenario } from "@pgmlab/pgmlab";
 *
 * const plan = planScenario(await loadScenario("tests/scenarios/files/one_loss.json"));
 * if (plan.name !== "one-loss") throw new Error(plan.name);
 * ```
 */
export async function loadScenario(path: string): Promise<unknown> {
  if (path.endsWith(".json")) return parseJson(await readText(path), path);
  if (MODULES.test(path)) return await importDefault(path);
  throw new ScenarioError(path, "a scenario is a .json or a .ts file");
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new ScenarioError(path, `cannot be read: ${reason(error)}`);
  }
}

async function importDefault(path: string): Promise<unknown> {
  await readText(path);
  const module: Record<string, unknown> = await importModule(path);
  if (!Object.hasOwn(module, "default")) {
    throw new ScenarioError(path, "has no default export: write export default defineScenario({ ... })");
  }
  return module["default"];
}

async function importModule(path: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    throw new ScenarioError(path, `cannot be imported: ${reason(error)}`);
  }
}

/** The first line of what went wrong. */
function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.NotCapable) return "needs --allow-read";
  const text = error instanceof Error ? `${error.name}: ${error.message}` : show(error);
  return text.split("\n", 1)[0]!;
}
