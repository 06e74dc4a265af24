/**
 * The scenario language, defined once: {@link ScenarioSpec} is the TypeScript type of what users write, the parser
 * checks it, and scenario.schema.json (json_schema.ts) is what editors read. Every key, unit, range and default is
 * here; what needs the whole scenario (names that exist, addresses that do not clash) is checked where it is resolved
 * (lower.ts and the lower_*.ts files).
 *
 * A selector is the name of a node, of a counted group (all its members: `member` is `member-0`, `member-1`, ...) or
 * of a segment; a trailing `*` matches every name that begins so (`link-*`). Selectors can be listed.
 *
 * @module
 */

import { choice, duration, groupAddress, integer, literal, literalText, NAME, paramValue, text } from "./scalars.ts";
import { array, byDefault, type Infer, object, optional, type Parsed, record, required } from "./schema.ts";
import { expectationSchema } from "./spec_expect.ts";
import { MAX_NODES, MAX_SEGMENTS, nodeSchema, segmentSchema, topologySchema } from "./spec_network.ts";
import { actionSchema } from "./spec_script.ts";

/** The parameters of a scenario. */
export const paramsSchema = record(
  NAME,
  object({
    value: required(
      paramValue(),
      "the value unless --set gives another",
    ),
    about: required(text(200), "what it is, for people"),
    type: optional(
      literal("integer", "number", "duration", "rate", "size", "share", "string", "boolean"),
      "what values it takes (default: what its value looks like)",
    ),
  }),
  1_000,
);

/** The whole scenario. */
export const scenarioSchema = object({
  $schema: optional(text(1_000), "where the JSON Schema is, for editors"),
  name: required(
    literalText(/^[a-z0-9]+(-[a-z0-9]+)*$/, "a name in kebab-case, such as ncf-suppression"),
    "the name, in kebab-case",
  ),
  about: required(text(1_000), "what happens and why it matters, in a sentence or two"),
  rfc: byDefault(array(text(20), 0, 100), [], "the sections of RFC 3208 that it shows"),
  params: byDefault(paramsSchema, {}, 'values that --set changes; "$name" stands for one wherever a value is expected'),
  limits: byDefault(
    object({
      time: byDefault(duration("1ns", "1000h"), "10min", "simulated time after which the run ends, settled or not"),
      events: byDefault(integer(1, Number.MAX_SAFE_INTEGER), 200_000_000, "events after which the run ends"),
      settle: byDefault(duration("0s", "24h"), "1s", "how long the run goes on after all is delivered or reported"),
    }),
    {},
    "what bounds a run",
  ),
  convergence: byDefault(duration("0s", "24h"), "100ms", "how long routing takes to follow a failure or a recovery"),
  family: byDefault(choice("family", 4, 6), 4, "the version of IP"),
  group: optional(groupAddress(), "the multicast group (default: 239.192.0.1, or ff15::1 where family is 6)"),
  port: byDefault(integer(1, 65_535), 7500, "the data-destination port"),
  topology: optional(topologySchema, "a network of usual shape; segments and nodes can add to it"),
  segments: byDefault(record(NAME, segmentSchema, MAX_SEGMENTS), {}, "the segments of the network by name"),
  nodes: byDefault(record(NAME, nodeSchema, MAX_NODES), {}, "the nodes of the network by name"),
  script: byDefault(array(actionSchema, 0, 10_000), [], "what happens when"),
  expect: byDefault(array(expectationSchema, 0, 1_000), [], "what must be true when the run has ended"),
});

/** The parameters as declared. */
export type ParsedParams = Parsed<typeof paramsSchema>;

/**
 * What follows from the schema.
 *
 * @internal
 */
type Written = Infer<typeof scenarioSchema>;

/** A scenario as users write it, in JSON or TypeScript. The key `description`s of scenario.schema.json document it. */
export type ScenarioSpec = Written;

/** A scenario of the right form: units are numbers, defaults are filled in, names are not yet looked up. */
export type ParsedScenario = Parsed<typeof scenarioSchema>;

/**
 * A scenario with the types of the scenario language, for modules that are loaded as scenario files. It gives back
 * what it is given: nothing is checked before `planScenario`.
 *
 * @example
 * ```ts
 * import { defineScenario } from "@pgmlab/pgmlab";
 *
 * export default defineScenario({
 *   name: "one-loss",
 *   about: "One receiver loses one packet and gets it back.",
 *   topology: { kind: "lan", receivers: 1 },
 *   script: [
 *     { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
 *     { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 7 } },
 *   ],
 *   expect: [{ delivered: "all", to: "member" }],
 * });
 * ```
 */
export function defineScenario(spec: ScenarioSpec): ScenarioSpec {
  return spec;
}
