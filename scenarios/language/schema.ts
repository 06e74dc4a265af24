/**
 * Schemas: one value that is at once a TypeScript type ({@link Infer}, what users write), a parser ({@link Parsed},
 * what the program gets: defaults filled in, units turned into numbers) and a JSON Schema. This file has what
 * combines schemas; scalars.ts has the leaves, spec.ts the scenario itself.
 *
 * A parser throws `ScenarioError` and nothing else, whatever it is given. Parsed records are maps and never plain
 * objects, so that no name that a user chooses (`constructor`) means anything.
 *
 * @module
 */

import { unknown } from "./did_you_mean.ts";
import { either, quote, ScenarioError, show } from "./errors.ts";
import type { ParamValue } from "../plan.ts";

/** The values that `"$name"` stands for. */
export type Params = ReadonlyMap<string, ParamValue>;

/** A JSON Schema (draft 2020-12), or a part of one. */
export type JsonSchema = { [keyword: string]: unknown };

/** Collects the parts of a JSON Schema that are referred to by name. */
export type Definitions = Map<string, JsonSchema>;

/** Something that can be written in a scenario. `In` is how it is written, `Out` what it is once parsed. */
export interface Schema<In, Out> {
  /** Only a type. */
  readonly written?: In;
  /** What the type cannot say, for documentation: `1us .. 24h`. */
  readonly range?: string;
  /** Throws `ScenarioError`; `at` is the path for its message. */
  parse(raw: unknown, at: string, params: Params): Out;
  json(definitions: Definitions): JsonSchema;
}

/** The type of what users write. */
export type Infer<S> = S extends Schema<infer In, unknown> ? In : never;

/** The type after parsing. */
export type Parsed<S> = S extends Schema<unknown, infer Out> ? Out : never;

/** A key of an object: its schema, its documentation and what stands in for it when it is not given. */
export interface Key<In, Out, Optional extends boolean> {
  readonly schema: Schema<In, unknown>;
  readonly doc: string;
  readonly optional: Optional;
  /** Only a type. */
  readonly parsed?: Out;
  /** As users would write it. */
  readonly defaultText?: unknown;
  readonly fallback: unknown;
}

/** The keys of an object. */
export type Shape = Readonly<Record<string, Key<unknown, unknown, boolean>>>;

type Flat<T> = { [K in keyof T]: T[K] };
type KeyIn<K> = K extends Key<infer In, unknown, boolean> ? In : never;
type KeyOut<K> = K extends Key<unknown, infer Out, boolean> ? Out : never;
type Required<S extends Shape> = { [K in keyof S]: S[K]["optional"] extends true ? never : K }[keyof S];
type ObjectIn<S extends Shape> = Flat<
  & { readonly [K in keyof S as K extends Required<S> ? K : never]: KeyIn<S[K]> }
  & { readonly [K in keyof S as K extends Required<S> ? never : K]?: KeyIn<S[K]> }
>;
type ObjectOut<S extends Shape> = Flat<{ readonly [K in keyof S]: KeyOut<S[K]> }>;

/** The schema of an object with known keys. */
export interface ObjectSchema<S extends Shape> extends Schema<ObjectIn<S>, ObjectOut<S>> {
  readonly shape: S;
}

const NO_PARAMS: Params = new Map();

/** A key that must be given. */
export function required<In, Out>(schema: Schema<In, Out>, doc: string): Key<In, Out, false> {
  return { schema, doc, optional: false, fallback: undefined };
}

/** A key that may be left out; parsed, it is `undefined` then. */
export function optional<In, Out>(schema: Schema<In, Out>, doc: string): Key<In, Out | undefined, true> {
  return { schema, doc, optional: true, fallback: undefined };
}

/** A key that stands for `value`, as users would write it, when it is left out. */
export function byDefault<In, Out>(schema: Schema<In, Out>, value: In, doc: string): Key<In, Out, true> {
  return { schema, doc, optional: true, defaultText: value, fallback: schema.parse(value, "default", NO_PARAMS) };
}

/** An object with known keys; any other key is an error. */
export function object<S extends Shape>(shape: S): ObjectSchema<S> {
  const names = Object.keys(shape);
  return {
    shape,
    parse(raw, at, params) {
      const given = asObject(raw, at);
      checkKeys(given, names, at);
      const parsed: Record<string, unknown> = {};
      for (const [name, key] of Object.entries(shape)) {
        const value = own(given, name);
        if (value !== undefined) parsed[name] = key.schema.parse(value, join(at, name), params);
        else if (key.optional) parsed[name] = key.fallback;
        else throw new ScenarioError(at, `missing key ${quote(name)}: ${key.doc}`);
      }
      return parsed as ObjectOut<S>;
    },
    json(definitions) {
      const properties: Record<string, JsonSchema> = {};
      for (const [name, key] of Object.entries(shape)) properties[name] = keyJson(key, definitions);
      const needed = names.filter((name) => !shape[name]!.optional);
      return {
        type: "object",
        ...(needed.length > 0 ? { required: needed } : {}),
        properties,
        additionalProperties: false,
      };
    },
  };
}

/** An object whose keys are names that users choose; parsed, a map in the order of the file. */
export function record<In, Out>(
  name: { readonly pattern: RegExp; readonly what: string },
  value: Schema<In, Out>,
  most: number,
): Schema<Readonly<Record<string, In>>, ReadonlyMap<string, Out>> {
  return {
    parse(raw, at, params) {
      const given = asObject(raw, at);
      const keys = Object.keys(given);
      if (keys.length > most) throw new ScenarioError(at, `${keys.length} entries: at most ${most}`);
      const parsed = new Map<string, Out>();
      for (const key of keys) {
        if (!name.pattern.test(key)) throw new ScenarioError(at, `${quote(key)} is not ${name.what}`);
        parsed.set(key, value.parse(given[key], join(at, key), params));
      }
      return parsed;
    },
    json: (definitions) => ({
      type: "object",
      propertyNames: { pattern: name.pattern.source },
      additionalProperties: value.json(definitions),
      maxProperties: most,
    }),
  };
}

/** A list of `least` to `most` items. */
export function array<In, Out>(
  item: Schema<In, Out>,
  least: number,
  most: number,
): Schema<readonly In[], readonly Out[]> {
  return {
    parse(raw, at, params) {
      if (!Array.isArray(raw)) throw new ScenarioError(at, `must be an array, not ${show(raw)}`);
      if (raw.length < least) {
        throw new ScenarioError(at, `needs at least ${least} ${least === 1 ? "entry" : "entries"}`);
      }
      if (raw.length > most) throw new ScenarioError(at, `${raw.length} entries: at most ${most}`);
      return Array.from(raw, (entry: unknown, index) => item.parse(entry, join(at, index), params));
    },
    json: (definitions) => ({
      type: "array",
      items: item.json(definitions),
      ...(least > 0 ? { minItems: least } : {}),
      maxItems: most,
    }),
  };
}

/** One, or a list of at least one; parsed, always a list. */
export function oneOrMany<In, Out>(item: Schema<In, Out>, most: number): Schema<In | readonly In[], readonly Out[]> {
  const many = array(item, 1, most);
  return {
    parse: (raw, at, params) => Array.isArray(raw) ? many.parse(raw, at, params) : [item.parse(raw, at, params)],
    json: (definitions) => ({ anyOf: [item.json(definitions), many.json(definitions)] }),
  };
}

/** A scalar, or something with parts: told apart by whether an array or object is given. */
export function scalarOr<In1, Out1, In2, Out2>(
  scalar: Schema<In1, Out1>,
  composite: Schema<In2, Out2>,
): Schema<In1 | In2, Out1 | Out2> {
  return {
    parse(raw, at, params) {
      return typeof raw === "object" && raw !== null ? composite.parse(raw, at, params) : scalar.parse(raw, at, params);
    },
    json: (definitions) => ({ anyOf: [scalar.json(definitions), composite.json(definitions)] }),
  };
}

/** Objects told apart by the value of one of their keys, such as `role`. */
export function tagged<V extends Readonly<Record<string, ObjectSchema<Shape>>>>(
  tag: string,
  variants: V,
): Schema<Infer<V[keyof V]>, Parsed<V[keyof V]>> {
  const names = Object.keys(variants);
  return {
    parse(raw, at, params) {
      const value = own(asObject(raw, at), tag);
      if (value === undefined) throw new ScenarioError(at, `missing key ${quote(tag)}: ${either(names.map(quote))}`);
      if (typeof value !== "string") {
        throw new ScenarioError(join(at, tag), `must be ${either(names.map(quote))}, not ${show(value)}`);
      }
      if (!Object.hasOwn(variants, value)) throw new ScenarioError(join(at, tag), unknown(tag, value, names));
      return variants[value]!.parse(raw, at, params) as Parsed<V[keyof V]>;
    },
    json: (definitions) => ({ oneOf: Object.values(variants).map((variant) => variant.json(definitions)) }),
  };
}

/** Objects told apart by which of several keys they have, such as `send` or `drop`; exactly one of these. */
export function keyed<V extends Readonly<Record<string, ObjectSchema<Shape>>>>(
  variants: V,
): Schema<Infer<V[keyof V]>, { [K in keyof V]: { readonly key: K; readonly value: Parsed<V[K]> } }[keyof V]> {
  type Out = { [K in keyof V]: { readonly key: K; readonly value: Parsed<V[K]> } }[keyof V];
  const names = Object.keys(variants);
  const allKeys = [...new Set(Object.values(variants).flatMap((variant) => Object.keys(variant.shape)))];
  return {
    parse(raw, at, params) {
      const given = asObject(raw, at);
      const [key, other] = names.filter((name) => own(given, name) !== undefined);
      if (key === undefined) {
        checkKeys(given, allKeys, at);
        throw new ScenarioError(at, `needs one of these keys: ${names.join(", ")}`);
      }
      if (other !== undefined) {
        throw new ScenarioError(at, `has both ${quote(key)} and ${quote(other)}: one of them per entry`);
      }
      return { key, value: variants[key]!.parse(raw, at, params) } as Out;
    },
    json: (definitions) => ({ oneOf: Object.values(variants).map((variant) => variant.json(definitions)) }),
  };
}

/** The same schema, kept once under a name in the JSON Schema. */
export function named<S extends Schema<unknown, unknown>>(name: string, schema: S): S {
  return {
    ...schema,
    json(definitions: Definitions): JsonSchema {
      if (!definitions.has(name)) {
        definitions.set(name, {});
        definitions.set(name, schema.json(definitions));
      }
      return { $ref: `#/$defs/${name}` };
    },
  };
}

/** `at.key`, or `key` at the top. */
export function join(at: string, key: string | number): string {
  return at === "" ? String(key) : `${at}.${key}`;
}

/** The value of an object's own key. */
export function own(given: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(given, key) ? given[key] : undefined;
}

/** The value as an object with keys. Throws `ScenarioError` for anything else. */
export function asObject(raw: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    throw new ScenarioError(at, `${at === "" ? "a scenario " : ""}must be an object, not ${show(raw)}`);
  }
  return raw as Readonly<Record<string, unknown>>;
}

function checkKeys(given: Readonly<Record<string, unknown>>, names: readonly string[], at: string): void {
  for (const key of Object.keys(given)) {
    if (!names.includes(key)) throw new ScenarioError(at, unknown("key", key, names));
  }
}

function keyJson(key: Key<unknown, unknown, boolean>, definitions: Definitions): JsonSchema {
  const range = key.schema.range === undefined ? "" : ` (${key.schema.range})`;
  return {
    description: `${key.doc}${range}`,
    ...(key.defaultText === undefined ? {} : { default: key.defaultText }),
    ...key.schema.json(definitions),
  };
}
