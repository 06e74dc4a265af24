/**
 * Parameters and `--set`: what a user changes about a scenario without editing it. `--set name=value` gives a
 * parameter another value, read by the parameter's type; `--set dotted.path=value` writes anywhere else
 * (`topology.receivers=10`, `script.0.send.messages=3`).
 *
 * @module
 */

import { unknown } from "./did_you_mean.ts";
import { quote, ScenarioError, show } from "./errors.ts";
import type { ParamValue } from "../plan.ts";
import { asObject, join, own, type Params } from "./schema.ts";
import { type ParsedParams, scenarioSchema } from "./spec.ts";
import { DURATION, parseQuantity, parseShare, type Quantity, RATE, SHARE_EXAMPLE, SIZE } from "./units.ts";

/** What values a parameter takes. */
export type ParamType = "integer" | "number" | "duration" | "rate" | "size" | "share" | "string" | "boolean";

/** One `--set`, split at its first `=`. */
export interface Override {
  readonly path: string;
  readonly value: string;
}

/** The keys whose own keys are names that users choose: a missing name there is a mistake. */
const NAME_SPACES = ["nodes", "segments", "params"];
const MAX_DEPTH = 16;

/** Splits `path=value`. Throws `ScenarioError`. */
export function parseOverride(text: string): Override {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new ScenarioError(`--set ${quote(text)}`, "must be name=value");
  return { path: text.slice(0, equals), value: text.slice(equals + 1) };
}

/**
 * The raw scenario with the overrides that are paths written into a copy, and the others, which name parameters.
 * Throws `ScenarioError` for a path that leads nowhere.
 */
export function applyPaths(raw: unknown, overrides: readonly Override[]): { raw: unknown; rest: readonly Override[] } {
  if (overrides.length === 0) return { raw, rest: [] };
  const given = asObject(raw, "");
  const declared = own(given, "params");
  const params = typeof declared === "object" && declared !== null ? Object.keys(declared) : [];
  const topKeys = Object.keys(scenarioSchema.shape);
  const rest: Override[] = [];
  let written: unknown = given;
  for (const override of overrides) {
    const { path } = override;
    if (params.includes(path)) {
      rest.push(override);
    } else if (!path.includes(".") && !topKeys.includes(path)) {
      const shown = { label: "parameters", shown: params };
      throw new ScenarioError("--set", unknown("parameter", path, [...params, ...topKeys], shown));
    } else {
      written = setPath(written, path, readJson(override.value));
    }
  }
  return { raw: written, rest };
}

/** The values of the declared parameters after `--set`. Throws `ScenarioError`. */
export function resolveParams(declared: ParsedParams, overrides: readonly Override[]): Params {
  const values = new Map<string, ParamValue>();
  for (const [name, { value, type }] of declared) {
    values.set(name, checkValue(type ?? typeOf(value), value, `params.${name}.value`));
  }
  for (const { path, value } of overrides) {
    const param = declared.get(path);
    if (param === undefined) throw new ScenarioError(`--set ${path}`, "another --set took this parameter away");
    values.set(path, readValue(param.type ?? typeOf(param.value), value, `--set ${path}`));
  }
  return values;
}

/** What a value looks like: text with a unit is the quantity of that unit. */
function typeOf(value: ParamValue): ParamType {
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  const types = ["duration", "rate", "size", "share"] as const;
  return types.find((type) => isValid(type, value)) ?? "string";
}

function isValid(type: ParamType, value: ParamValue): boolean {
  try {
    checkValue(type, value, "");
    return true;
  } catch (error) {
    if (error instanceof ScenarioError) return false;
    throw error;
  }
}

/** The value of a parameter from the text of a `--set`. */
function readValue(type: ParamType, text: string, at: string): ParamValue {
  const isNumber = /^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$/i.test(text);
  const takesNumbers = type === "integer" || type === "number" || type === "size" || type === "share";
  if (isNumber && takesNumbers) return checkValue(type, Number(text), at);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return checkValue(type, text, at);
}

function checkValue(type: ParamType, value: ParamValue, at: string): ParamValue {
  switch (type) {
    case "integer":
      if (Number.isSafeInteger(value)) return value;
      break;
    case "number":
      if (Number.isFinite(value)) return value;
      break;
    case "boolean":
      if (typeof value === "boolean") return value;
      break;
    case "string":
      if (typeof value === "string") return value;
      break;
    case "duration":
      return checkQuantity(DURATION, value, at);
    case "rate":
      return checkQuantity(RATE, value, at);
    case "size":
      if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
      return checkQuantity(SIZE, value, at);
    case "share":
      if (typeof value === "number" && value >= 0 && value <= 1) return value;
      if (typeof value !== "string") {
        throw new ScenarioError(at, `must be a share (${SHARE_EXAMPLE}), not ${show(value)}`);
      }
      parseShare(value, at);
      return value;
  }
  const noun = { integer: "an integer", number: "a number", boolean: "true or false", string: "a text" }[type];
  throw new ScenarioError(at, `must be ${noun}, not ${show(value)}`);
}

function checkQuantity(quantity: Quantity, value: ParamValue, at: string): ParamValue {
  if (typeof value !== "string") {
    throw new ScenarioError(at, `must be ${quantity.noun} such as "${quantity.example}", not ${show(value)}`);
  }
  parseQuantity(quantity, value, at);
  return value;
}

/** JSON where the text is JSON (`10`, `true`, `["a"]`), the text itself otherwise (`5ms`). */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A copy of `root` with `value` at the path; only what lies on the path is copied. */
function setPath(root: unknown, path: string, value: unknown): unknown {
  const keys = path.split(".");
  if (keys.includes("")) throw new ScenarioError(`--set ${quote(path)}`, "has an empty name in its path");
  if (keys.length > MAX_DEPTH) throw new ScenarioError(`--set ${quote(path)}`, "leads deeper than any scenario");
  const holder: Record<string, unknown> = { root };
  let parent = holder;
  let parentKey = "root";
  let at = "";
  for (const [index, key] of keys.entries()) {
    const child = own(parent, parentKey) ?? {};
    if (typeof child !== "object") {
      throw new ScenarioError(`--set ${path}`, `${at} is ${show(child)}, which has no ${quote(key)}`);
    }
    const copy = (Array.isArray(child) ? [...child] : { ...child }) as Record<string, unknown>;
    if (index < keys.length - 1 || Array.isArray(copy)) checkExists(copy, key, { at, path });
    define(parent, parentKey, copy);
    parent = copy;
    parentKey = key;
    at = join(at, key);
  }
  define(parent, parentKey, value);
  return holder["root"];
}

/** Whether `key` may be walked through: a name or an index must exist; any other key is judged by the schema. */
function checkExists(parent: Record<string, unknown>, key: string, where: { at: string; path: string }): void {
  const isArray = Array.isArray(parent);
  if (!isArray && !NAME_SPACES.includes(where.at)) return;
  const names = Object.keys(parent);
  if (names.includes(key)) return;
  const problem = isArray
    ? `${where.at} has no entry ${quote(key)}: ${names.length === 0 ? "it is empty" : `0 .. ${names.length - 1}`}`
    : unknown("name", key, names, { label: `in ${where.at}` });
  throw new ScenarioError(`--set ${where.path}`, problem);
}

/** Plain assignment would give `__proto__` its meaning. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}
