/**
 * What programs pass to calls of the socket API: as wrong as JSON can say it, because that is what scenarios try out.
 * Only names that would be a slip of the pen are refused.
 *
 * @module
 */

import { unknown } from "./did_you_mean.ts";
import { ScenarioError, show } from "./errors.ts";
import type { Argument } from "../plan_sockets.ts";
import { dereference, type ParamRef } from "./scalars.ts";
import type { JsonSchema, Schema } from "./schema.ts";

const MAX_CHARACTERS = 200;
const MAX_FIELDS = 20;
const SCALARS = ["string", "number", "boolean", "null"];

/** A text, a number, true, false, null, or an object of these. */
export function argument(): Schema<Argument, Argument> {
  return {
    parse(raw, at, params) {
      const given = dereference(raw, at, params);
      if (!isObject(given.value)) return scalar(given.value, given.at);
      const fields = Object.entries(given.value);
      if (fields.length > MAX_FIELDS) throw new ScenarioError(at, `${fields.length} fields: at most ${MAX_FIELDS}`);
      return Object.fromEntries(fields.map(([name, value]) => {
        const field = dereference(value, `${at}.${name}`, params);
        return [name, scalar(field.value, field.at)];
      }));
    },
    json: () => ({
      type: [...SCALARS, "object"],
      additionalProperties: { type: SCALARS },
      maxProperties: MAX_FIELDS,
    }),
  };
}

/** The name of one of the numbers, or any other value than a text; parsed, the number. */
export function constant<const T extends string>(
  what: string,
  numbers: Readonly<Record<T, number>>,
): Schema<T | ParamRef | Exclude<Argument, string>, Exclude<Argument, string>> {
  const names = Object.keys(numbers) as T[];
  const any = argument();
  return {
    parse(raw, at, params) {
      const value = any.parse(raw, at, params);
      if (typeof value !== "string") return value;
      if (!Object.hasOwn(numbers, value)) throw new ScenarioError(at, unknown(what, value, names));
      return numbers[value as T];
    },
    json(definitions): JsonSchema {
      return { anyOf: [{ enum: names }, { type: ["string"], pattern: "^\\$" }, without(any.json(definitions))] };
    },
  };
}

/** The same schema, without texts. */
function without(json: JsonSchema): JsonSchema {
  return { ...json, type: [...SCALARS, "object"].filter((type) => type !== "string") };
}

function scalar(value: unknown, at: string): string | number | boolean | null {
  if (typeof value === "string" && value.length > MAX_CHARACTERS) {
    throw new ScenarioError(at, `has ${value.length} characters: at most ${MAX_CHARACTERS}`);
  }
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new ScenarioError(at, `must be a text, a number, true, false or null, not ${show(value)}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
