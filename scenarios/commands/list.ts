/**
 * `list`: the catalog.
 *
 * @module
 */

import { CATALOG } from "../catalog/mod.ts";
import type { Command } from "./usage.ts";

/** The command. */
export const listCommand: Command = {
  name: "list",
  positional: "",
  about: "Lists the scenarios of the catalog and their parameters.",
  flags: [{ name: "json", about: "one JSON object a scenario" }],
  run(args) {
    args.none();
    for (const { name, about, rfc, params } of CATALOG.values()) {
      if (args.has("json")) {
        console.log(JSON.stringify({ name, about, rfc: rfc ?? [], params: params ?? {} }));
        continue;
      }
      console.log(`${name}\n    ${about}`);
      for (const [param, { value, about }] of Object.entries(params ?? {})) {
        console.log(`    --set ${param}=${value}  ${about}`);
      }
    }
    return Promise.resolve(0);
  },
};
