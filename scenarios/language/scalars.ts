/**
 * The leaves of the scenario language: text, names, numbers, quantities with units, addresses, sequence numbers. Each
 * may be written as `"$name"`, which stands for the value of a parameter, except where the reader must see the text
 * itself.
 *
 * @module
 */

import { isIpv6, isMulticast, type Nla, parseNla } from "../../engine/base/nla.ts";
import type { Sqn } from "../../engine/base/sqn.ts";
import type { Instant } from "../../engine/base/time.ts";
import { unknown } from "./did_you_mean.ts";
import { either, quote, ScenarioError, show } from "./errors.ts";
import type { ParamValue } from "../plan.ts";
import { type JsonSchema, named, type Params, type Schema } from "./schema.ts";
import {
  DURATION,
  type DurationText,
  formatQuantity,
  parseQuantity,
  parseShare,
  type Quantity,
  RATE,
  type RateText,
  SHARE_EXAMPLE,
  type ShareText,
  SIZE,
  type SizeText,
} from "./units.ts";

/** A reference to a parameter: `$receivers`. */
export type ParamRef = `$${string}`;

/** What names of parameters, segments and nodes look like. */
export const NAME = {
  pattern: /^[A-Za-z][A-Za-z0-9_-]{0,63}$/,
  what: "a name: a letter, then at most 63 letters, digits, - or _",
};

const MAX_SQN = 0xffff_ffff;
const MAX_PARAM_CHARACTERS = 200;

/** Text that stands for itself. */
export function text(most: number): Schema<string, string> {
  return {
    parse(raw, at) {
      if (typeof raw !== "string") throw new ScenarioError(at, `must be a text, not ${show(raw)}`);
      if (raw.trim() === "") throw new ScenarioError(at, "must not be empty");
      if (raw.length > most) throw new ScenarioError(at, `has ${raw.length} characters: at most ${most}`);
      return raw;
    },
    json: () => ({ type: "string", minLength: 1, maxLength: most }),
  };
}

/** Text of a given form that stands for itself. */
export function literalText(form: RegExp, what: string): Schema<string, string> {
  return {
    parse(raw, at) {
      if (typeof raw !== "string" || !form.test(raw)) throw new ScenarioError(at, `${show(raw)} is not ${what}`);
      return raw;
    },
    json: () => ({ type: "string", pattern: form.source }),
  };
}

/** The value of a parameter; what it must be depends on the parameter's type. */
export function paramValue(): Schema<ParamValue, ParamValue> {
  return {
    parse(raw, at) {
      if (typeof raw === "string" && raw.length > MAX_PARAM_CHARACTERS) {
        throw new ScenarioError(at, `has ${raw.length} characters: at most ${MAX_PARAM_CHARACTERS}`);
      }
      if (typeof raw === "number" || typeof raw === "string" || typeof raw === "boolean") return raw;
      throw new ScenarioError(at, `must be a number, a text, true or false, not ${show(raw)}`);
    },
    json: () => ({ type: ["number", "string", "boolean"] }),
  };
}

/** One of a few values, written out. */
export function literal<const T extends string | number>(...values: readonly T[]): Schema<T, T> {
  return {
    parse: (raw, at) => oneOf(values, raw, at),
    json: () => values.length === 1 ? { const: values[0] } : { enum: values },
  };
}

/** One of a few values, or a parameter. */
export function choice<const T extends string | number>(
  what: string,
  ...values: readonly T[]
): Schema<T | ParamRef, T> {
  return scalar({ enum: values }, (raw, at) => oneOf(values, raw, at, what));
}

/** True or false. */
export function boolean(): Schema<boolean | ParamRef, boolean> {
  return scalar({ type: "boolean" }, (raw, at) => {
    if (typeof raw !== "boolean") throw new ScenarioError(at, `must be true or false, not ${show(raw)}`);
    return raw;
  });
}

/** An integer in `least .. most`. */
export function integer(least: number, most: number): Schema<number | ParamRef, number> {
  return scalar({ type: "integer", minimum: least, maximum: most }, (raw, at) => readInteger(raw, least, most, at));
}

/** An integer in `least .. most`, or a word. */
export function integerOr<const W extends string>(
  word: W,
  least: number,
  most: number,
): Schema<number | W | ParamRef, number | W> {
  return scalar({ anyOf: [{ type: "integer", minimum: least, maximum: most }, { const: word }] }, (raw, at) => {
    if (raw === word) return word;
    if (typeof raw === "string") throw new ScenarioError(at, `must be an integer or ${quote(word)}, not ${show(raw)}`);
    return readInteger(raw, least, most, at);
  });
}

/** Text of a given form, such as a name: what it names is looked up later. */
export function textOfForm(form: RegExp, what: string): Schema<string, string> {
  return scalar({ type: "string", pattern: form.source }, (raw, at) => {
    if (typeof raw !== "string" || !form.test(raw)) throw new ScenarioError(at, `${show(raw)} is not ${what}`);
    return raw;
  });
}

/** A duration in `least .. most`, in ns once parsed. */
export function duration(least: DurationText, most: DurationText): Schema<DurationText | ParamRef, Instant> {
  return quantity(DURATION, least, most);
}

/** A rate in `least .. most`, in bit/s once parsed. */
export function rate(least: RateText, most: RateText): Schema<RateText | ParamRef, number> {
  return quantity(RATE, least, most);
}

/** A rate in `least .. most` that is a whole number of bytes per second, which it is once parsed. */
export function byteRate(least: RateText, most: RateText): Schema<RateText | ParamRef, number> {
  const bits = quantity<RateText>(RATE, least, most);
  return {
    ...bits,
    parse(raw, at, params) {
      const bitsPerSecond = bits.parse(raw, at, params);
      if (bitsPerSecond % 8 !== 0) {
        throw new ScenarioError(at, `${formatQuantity(RATE, bitsPerSecond)} is not a whole number of bytes per second`);
      }
      return bitsPerSecond / 8;
    },
  };
}

/** A size in `least .. most` bytes; a bare integer is bytes. */
export function size(least: SizeText, most: SizeText): Schema<SizeText | number | ParamRef, number> {
  const inText = quantity<SizeText>(SIZE, least, most);
  const bounds = { least: parseQuantity(SIZE, least, "least"), most: parseQuantity(SIZE, most, "most") };
  return {
    range: `${least} .. ${most}`,
    parse(raw, at, params) {
      const given = dereference(raw, at, params);
      if (typeof given.value !== "number") return inText.parse(raw, at, params);
      return readInteger(given.value, bounds.least, bounds.most, given.at);
    },
    json: (definitions) => ({
      anyOf: [inText.json(definitions), { type: "integer", minimum: bounds.least, maximum: bounds.most }],
    }),
  };
}

/** A share: `1%` or a number in 0 .. 1, which it is once parsed. */
export function share(): Schema<ShareText | number | ParamRef, number> {
  const json = { anyOf: [{ type: "string", pattern: unitPattern(["%"]) }, { type: "number", minimum: 0, maximum: 1 }] };
  const schema = scalar<ShareText | number, number>(json, (raw, at) => {
    if (typeof raw === "string") return parseShare(raw, at);
    if (typeof raw !== "number") throw new ScenarioError(at, `must be a share (${SHARE_EXAMPLE}), not ${show(raw)}`);
    if (!(raw >= 0 && raw <= 1)) throw new ScenarioError(at, `${raw} is not a share: ${SHARE_EXAMPLE}`);
    return raw;
  });
  return named("Share", schema);
}

/** An IPv4 or IPv6 address of a host. */
export function unicastAddress(): Schema<string, Nla> {
  return address("a host", (nla) => !isMulticast(nla) && !isSpecial(nla));
}

/** An IPv4 or IPv6 multicast group. */
export function groupAddress(): Schema<string, Nla> {
  return address("a multicast group", isMulticast);
}

/** A sequence number, or an inclusive range of them as text: `7..9`. It may wrap around: `4294967295..1`. */
export function sqnRange(): Schema<number | `${number}..${number}` | ParamRef, readonly [Sqn, Sqn]> {
  const json = {
    anyOf: [{ type: "integer", minimum: 0, maximum: MAX_SQN }, { type: "string", pattern: SQN_RANGE.source }],
  };
  return scalar(json, (raw, at) => {
    if (typeof raw === "number") {
      const sqn = readInteger(raw, 0, MAX_SQN, at);
      return [sqn, sqn];
    }
    const match = typeof raw === "string" ? SQN_RANGE.exec(raw) : null;
    if (match === null) {
      throw new ScenarioError(at, `must be a sequence number such as 7 or a range such as "7..9", not ${show(raw)}`);
    }
    const first = readInteger(Number(match[1]), 0, MAX_SQN, at);
    const last = readInteger(Number(match[2]), 0, MAX_SQN, at);
    if (((last - first) >>> 0) > 0x7fff_ffff) {
      throw new ScenarioError(at, `${show(raw)} runs backwards: write "${last}..${first}"`);
    }
    return [first, last];
  });
}

const SQN_RANGE = /^([0-9]{1,10})\.\.([0-9]{1,10})$/;

/** The value that `raw` stands for, and the path for messages about it. */
export function dereference(raw: unknown, at: string, params: Params): { value: unknown; at: string } {
  if (typeof raw !== "string" || !raw.startsWith("$")) return { value: raw, at };
  const value = params.get(raw.slice(1));
  if (value !== undefined) return { value, at: `${at} (${raw})` };
  const known = [...params.keys()].map((param) => `$${param}`);
  throw new ScenarioError(at, unknown("parameter", raw, known, { label: "declared in params" }));
}

/** An integer in `least .. most`. Throws `ScenarioError`. */
export function readInteger(raw: unknown, least: number, most: number, at: string): number {
  if (typeof raw !== "number" || !Number.isInteger(raw)) {
    throw new ScenarioError(at, `must be an integer in ${least} .. ${most}, not ${show(raw)}`);
  }
  if (raw < least || raw > most) throw new ScenarioError(at, `${raw} is out of range: ${least} .. ${most}`);
  return raw + 0;
}

function scalar<In, Out>(
  json: JsonSchema,
  read: (raw: unknown, at: string) => Out,
): Schema<In | ParamRef, Out> {
  return {
    parse(raw, at, params) {
      const given = dereference(raw, at, params);
      return read(given.value, given.at);
    },
    json(definitions) {
      definitions.set("Param", {
        description: "The value of a parameter, which is declared in params",
        type: "string",
        pattern: `^\\$${NAME.pattern.source.slice(1)}`,
      });
      return { anyOf: [json, { $ref: "#/$defs/Param" }] };
    },
  };
}

function quantity<T extends string>(kind: Quantity, least: T, most: T): Schema<T | ParamRef, number> {
  const bounds = { least: parseQuantity(kind, least, "least"), most: parseQuantity(kind, most, "most") };
  const units = [...kind.units.keys()];
  const json = { type: "string", pattern: unitPattern(units) };
  const schema = scalar<T, number>(json, (raw, at) => {
    if (typeof raw === "number") {
      throw new ScenarioError(
        at,
        `${raw} has no unit: write ${kind.noun} such as "${kind.example}" (${units.join(", ")})`,
      );
    }
    if (typeof raw !== "string") {
      throw new ScenarioError(at, `must be ${kind.noun} such as "${kind.example}", not ${show(raw)}`);
    }
    const value = parseQuantity(kind, raw, at);
    if (value < bounds.least) throw new ScenarioError(at, `${quote(raw)} is too small: at least ${least}`);
    if (value > bounds.most) throw new ScenarioError(at, `${quote(raw)} is too large: at most ${most}`);
    return value;
  });
  return { ...named(kind.title, schema), range: `${least} .. ${most}` };
}

function unitPattern(units: readonly string[]): string {
  return `^[0-9]+(\\.[0-9]+)?(${units.join("|")})$`;
}

function oneOf<T extends string | number>(values: readonly T[], raw: unknown, at: string, what?: string): T {
  const found = values.find((value) => value === raw);
  if (found !== undefined) return found;
  if (what !== undefined && typeof raw === "string") {
    throw new ScenarioError(at, unknown(what, raw, values.map(String)));
  }
  throw new ScenarioError(at, `must be ${either(values.map(show))}, not ${show(raw)}`);
}

function address(what: string, accept: (nla: Nla) => boolean): Schema<string, Nla> {
  return scalar<string, Nla>({ type: "string", pattern: "^[0-9a-fA-F.:]+$" }, (raw, at) => {
    const nla = typeof raw === "string" && raw.length <= 45 ? parseNla(raw) : undefined;
    if (nla === undefined) throw new ScenarioError(at, `${show(raw)} is not an IPv4 or IPv6 address`);
    if (!accept(nla)) throw new ScenarioError(at, `${nla} is not the address of ${what}`);
    return nla;
  });
}

/** Addresses that no interface can have: unspecified, loopback, reserved. */
function isSpecial(nla: Nla): boolean {
  if (isIpv6(nla)) return nla === "::" || nla === "::1";
  const first = Number(nla.slice(0, nla.indexOf(".")));
  return first === 0 || first === 127 || first >= 240;
}
