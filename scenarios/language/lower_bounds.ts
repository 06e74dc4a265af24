/**
 * Bounds as written to {@link Bounds}, and in words.
 *
 * @module
 */

import { ScenarioError } from "./errors.ts";
import type { Bounds } from "../plan.ts";

/** Bounds as written. */
export interface WrittenBounds {
  readonly exactly: number | undefined;
  readonly atLeast: number | undefined;
  readonly atMost: number | undefined;
}

/** The bounds. Throws `ScenarioError` for none, for too many and for contradictory ones. */
export function toBounds(written: number | WrittenBounds, at: string): Bounds {
  if (typeof written === "number") return { atLeast: written, atMost: written };
  const { exactly, atLeast, atMost } = written;
  if (exactly !== undefined) {
    if (atLeast === undefined && atMost === undefined) return { atLeast: exactly, atMost: exactly };
    throw new ScenarioError(at, '"exactly" says it all: take away "atLeast" and "atMost"');
  }
  if (atLeast === undefined && atMost === undefined) {
    throw new ScenarioError(at, "does not say how many: give exactly, atLeast or atMost");
  }
  const bounds = { atLeast: atLeast ?? 0, atMost: atMost ?? Infinity };
  if (bounds.atLeast > bounds.atMost) {
    throw new ScenarioError(at, `atLeast ${bounds.atLeast} is more than atMost ${bounds.atMost}`);
  }
  return bounds;
}

/** `exactly 1`, `at most 3`; numbers as `show` writes them. */
export function describeBounds({ atLeast, atMost }: Bounds, show: (value: number) => string = String): string {
  if (atLeast === atMost) return `exactly ${show(atLeast)}`;
  if (atMost === Infinity) return `at least ${show(atLeast)}`;
  return atLeast === 0 ? `at most ${show(atMost)}` : `${show(atLeast)} to ${show(atMost)}`;
}

/** `exactly 1 packet`, `at most 3 packets`. */
export function describeAll(bounds: Bounds, noun: string): string {
  const last = bounds.atMost === Infinity ? bounds.atLeast : bounds.atMost;
  return `${describeBounds(bounds)} ${noun}${last === 1 ? "" : "s"}`;
}
