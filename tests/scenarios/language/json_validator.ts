/**
 * A validator for the part of JSON Schema that scenario.schema.json uses. It refuses a schema with any other keyword,
 * so that a test cannot pass because a keyword was not understood.
 *
 * @module
 */

import { assert } from "@std/assert";

type Json = { readonly [keyword: string]: unknown };

const ANNOTATIONS = ["$schema", "$defs", "title", "description", "default"];

/** The first place where `value` breaks the schema, or `undefined`. */
export function violation(root: unknown, value: unknown): string | undefined {
  return check(root as Json, value, { root: root as Json, at: "" });
}

interface Place {
  readonly root: Json;
  readonly at: string;
}

function check(schema: Json, value: unknown, place: Place): string | undefined {
  for (const [keyword, argument] of Object.entries(schema)) {
    if (ANNOTATIONS.includes(keyword)) continue;
    const rule = RULES[keyword];
    assert(rule !== undefined, `unknown keyword ${keyword}`);
    const found = rule(argument, value, { ...place, schema });
    if (found === false) return `${place.at}: ${keyword}`;
    if (typeof found === "string") return found;
  }
  return undefined;
}

/** Gives false or the place of a violation, true or `undefined` for none. */
type Rule = (argument: unknown, value: unknown, place: Place & { schema: Json }) => boolean | string | undefined;

const RULES: Readonly<Record<string, Rule>> = {
  type: (names, value) => [names].flat().some((name) => isType(name as string, value)),
  const: (expected, value) => value === expected,
  enum: (allowed, value) => (allowed as unknown[]).includes(value),
  pattern: (source, value) => typeof value !== "string" || new RegExp(source as string, "u").test(value),
  minLength: (least, value) => typeof value !== "string" || value.length >= (least as number),
  maxLength: (most, value) => typeof value !== "string" || value.length <= (most as number),
  minimum: (least, value) => typeof value !== "number" || value >= (least as number),
  maximum: (most, value) => typeof value !== "number" || value <= (most as number),
  minItems: (least, value) => !Array.isArray(value) || value.length >= (least as number),
  maxItems: (most, value) => !Array.isArray(value) || value.length <= (most as number),
  maxProperties: (most, value) => !isObject(value) || Object.keys(value).length <= (most as number),
  required: (keys, value) => !isObject(value) || (keys as string[]).every((key) => Object.hasOwn(value, key)),
  items: (item, value, place) =>
    Array.isArray(value)
      ? firstOf(value.map((entry, i) => () => check(item as Json, entry, { ...place, at: `${place.at}.${i}` })))
      : undefined,
  propertyNames: (names, value, place) =>
    isObject(value) ? firstOf(Object.keys(value).map((key) => () => check(names as Json, key, place))) : undefined,
  properties: (properties, value, place) =>
    isObject(value)
      ? firstOf(
        Object.entries(properties as Record<string, Json>).filter(([key]) => Object.hasOwn(value, key)).map(
          ([key, schema]) => () => check(schema, value[key], { ...place, at: `${place.at}.${key}` }),
        ),
      )
      : undefined,
  additionalProperties: (schema, value, place) => {
    if (!isObject(value)) return undefined;
    const known = Object.keys((place.schema["properties"] ?? {}) as Json);
    const others = Object.keys(value).filter((key) => !known.includes(key));
    if (schema === false) return others.length === 0;
    return firstOf(
      others.map((key) => () => check(schema as Json, value[key], { ...place, at: `${place.at}.${key}` })),
    );
  },
  anyOf: (schemas, value, place) => (schemas as Json[]).some((schema) => check(schema, value, place) === undefined),
  oneOf: (schemas, value, place) =>
    (schemas as Json[]).filter((schema) => check(schema, value, place) === undefined).length === 1,
  $ref: (reference, value, place) => {
    const name = (reference as string).replace("#/$defs/", "");
    const definition = (place.root["$defs"] as Record<string, Json>)[name];
    assert(definition !== undefined, `unknown definition ${reference}`);
    return check(definition, value, place);
  },
};

function firstOf(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const run of checks) {
    const found = run();
    if (found !== undefined) return found;
  }
  return undefined;
}

function isType(name: string, value: unknown): boolean {
  switch (name) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
      return typeof value === "number";
    case "string":
      return typeof value === "string";
    case "null":
      return value === null;
    case "boolean":
      return typeof value === "boolean";
    default:
      throw new Error(`unknown type ${name}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
