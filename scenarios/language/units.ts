/**
 * Numbers with units, as people write them: `20ms`, `10Mbps`, `64kB`, `0.5%`. Decimal text becomes an exact integer
 * (ns, bit/s, bytes) or is refused; nothing is rounded on the way. Factors of rates and sizes are powers of 1000, and
 * of 1024 where the unit says so (`MiB`).
 *
 * @module
 */

import { formatDuration, type Instant } from "../../engine/base/time.ts";
import { unknown } from "./did_you_mean.ts";
import { quote, ScenarioError } from "./errors.ts";

/** Longer numbers have no meaning here, and reading them takes quadratic time. */
const MAX_DIGITS = 40;

/** A duration in text, such as `20ms` or `1.5s`. */
export type DurationText = `${number}${"ns" | "us" | "ms" | "s" | "min" | "h"}`;
/** A rate in text, such as `10Mbps` (bits) or `2kB/s` (bytes). */
export type RateText = `${number}${"bps" | "kbps" | "Mbps" | "Gbps" | "B/s" | "kB/s" | "MB/s"}`;
/** A size in text, such as `1500B` or `64kB`. */
export type SizeText = `${number}${"B" | "kB" | "MB" | "GB" | "KiB" | "MiB" | "GiB"}`;
/** A share in text, such as `0.5%`. */
export type ShareText = `${number}%`;

/** A quantity that is kept as an integer number of its base unit. */
export interface Quantity {
  readonly title: string;
  readonly noun: string;
  /** The base unit in words. */
  readonly base: string;
  /** How many base units each unit is. */
  readonly units: ReadonlyMap<string, bigint>;
  readonly example: string;
}

export const DURATION: Quantity = {
  title: "Duration",
  noun: "a duration",
  base: "nanoseconds",
  units: new Map([
    ["ns", 1n],
    ["us", 1_000n],
    ["ms", 1_000_000n],
    ["s", 1_000_000_000n],
    ["min", 60_000_000_000n],
    ["h", 3_600_000_000_000n],
  ]),
  example: "20ms",
};

export const RATE: Quantity = {
  title: "Rate",
  noun: "a rate",
  base: "bits per second",
  units: new Map([
    ["bps", 1n],
    ["kbps", 1_000n],
    ["Mbps", 1_000_000n],
    ["Gbps", 1_000_000_000n],
    ["B/s", 8n],
    ["kB/s", 8_000n],
    ["MB/s", 8_000_000n],
  ]),
  example: "10Mbps",
};

export const SIZE: Quantity = {
  title: "Size",
  noun: "a size",
  base: "bytes",
  units: new Map([
    ["B", 1n],
    ["kB", 1_000n],
    ["MB", 1_000_000n],
    ["GB", 1_000_000_000n],
    ["KiB", 1_024n],
    ["MiB", 1_048_576n],
    ["GiB", 1_073_741_824n],
  ]),
  example: "1500B",
};

/** What a share looks like in messages. */
export const SHARE_EXAMPLE = `"1%" or a number in 0 .. 1`;

/** An integer number of base units from text, exactly. Throws {@link ScenarioError} with `at` for anything else. */
export function parseQuantity(quantity: Quantity, text: string, at: string): number {
  const { whole, fraction, unit } = split(text, quantity.noun, quantity.example, at);
  const units = [...quantity.units.keys()];
  const factor = quantity.units.get(unit);
  if (unit === "") throw new ScenarioError(at, `${quote(text)}: missing unit: allowed: ${units.join(", ")}`);
  if (factor === undefined) throw new ScenarioError(at, `${quote(text)}: ${unknown("unit", unit, units)}`);
  const scaled = BigInt(whole + fraction) * factor;
  const divisor = 10n ** BigInt(fraction.length);
  if (scaled % divisor !== 0n) {
    throw new ScenarioError(at, `${quote(text)} is not a whole number of ${quantity.base}`);
  }
  const value = scaled / divisor;
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new ScenarioError(at, `${quote(text)} is too large: at most ${Number.MAX_SAFE_INTEGER} ${quantity.base}`);
  }
  return Number(value);
}

/** A share in 0 .. 1 from `1%`. Throws {@link ScenarioError} with `at` for anything else. */
export function parseShare(text: string, at: string): number {
  const { whole, fraction, unit } = split(text, "a share", SHARE_EXAMPLE, at);
  if (unit !== "%") {
    const problem = unit === "" ? "missing unit: allowed: %" : unknown("unit", unit, ["%"]);
    throw new ScenarioError(at, `${quote(text)}: ${problem}`);
  }
  const share = Number(`${whole}.${fraction}e-2`);
  if (share > 1) throw new ScenarioError(at, `${quote(text)} is too large: at most 100%`);
  return share;
}

/** A duration from text in ns. Throws {@link ScenarioError}. */
export function parseDuration(text: string, at = ""): Instant {
  return parseQuantity(DURATION, text, at);
}

/** The shortest exact text of a number of base units: `1.5ms`, `10Mbps`, `1500B`. */
export function formatQuantity(quantity: Quantity, value: number): string {
  if (quantity === DURATION) return formatDuration(value);
  const suffix = quantity === RATE ? "bps" : "B";
  for (const [prefix, factor] of [["G", 1e9], ["M", 1e6], ["k", 1e3]] as const) {
    if (value >= factor && value % (factor / 10) === 0) return `${value / factor}${prefix}${suffix}`;
  }
  return `${value}${suffix}`;
}

/** The digits before and after the point, and what follows them. */
function split(text: string, noun: string, example: string, at: string) {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?(.*)$/s.exec(text);
  if (match === null) throw new ScenarioError(at, `${quote(text)} is not ${noun}, such as ${readable(example)}`);
  const [, sign, whole = "", fraction = "", unit = ""] = match;
  if (whole.length + fraction.length > MAX_DIGITS) {
    throw new ScenarioError(at, `${quote(text)} has more than ${MAX_DIGITS} digits`);
  }
  if (sign === "-") throw new ScenarioError(at, `${quote(text)}: ${noun} must not be negative`);
  return { whole, fraction, unit };
}

function readable(example: string): string {
  return example.startsWith('"') ? example : quote(example);
}
