/**
 * The JSON Schema of scenarios, for editors: completion, documentation and checks while typing. It is made from the
 * same definition as the parser (spec.ts) and kept in `scenario.schema.json`, which this file writes when it is run:
 * `deno task schema`.
 *
 * @module
 */

import type { Definitions } from "./schema.ts";
import { scenarioSchema } from "./spec.ts";

/** The JSON Schema (draft 2020-12) of a scenario. */
export function jsonSchema(): Record<string, unknown> {
  const definitions: Definitions = new Map();
  const scenario = scenarioSchema.json(definitions);
  const names = [...definitions.keys()].sort((a, b) => a < b ? -1 : 1);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "pgmlab scenario",
    ...scenario,
    $defs: Object.fromEntries(names.map((name) => [name, definitions.get(name)])),
  };
}

/** The content of `scenario.schema.json`. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(jsonSchema(), null, 2)}\n`;
}

if (import.meta.main) {
  Deno.writeTextFileSync(new URL("../scenario.schema.json", import.meta.url), jsonSchemaText());
}
