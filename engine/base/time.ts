/**
 * Simulated time: integer nanoseconds since the run began, exact up to 2^53 ns (104 days).
 *
 * @module
 */

/** A point in time, or a duration: integer nanoseconds. */
export type Instant = number;

/** Later than every instant: the timeout of something that waits for nothing. */
export const NEVER: Instant = Infinity;

/** `count` microseconds in nanoseconds. */
export function us(count: number): Instant {
  return Math.round(count * 1_000);
}

/** `count` milliseconds in nanoseconds. */
export function ms(count: number): Instant {
  return Math.round(count * 1_000_000);
}

/** `count` seconds in nanoseconds. */
export function seconds(count: number): Instant {
  return Math.round(count * 1_000_000_000);
}

/** The shortest exact text of a duration, for people: `1.5ms`, `30s`, `250ns`. */
export function formatDuration(ns: Instant): string {
  if (ns === NEVER) return "never";
  const magnitude = Math.abs(ns);
  if (magnitude >= 1_000_000_000) return `${ns / 1_000_000_000}s`;
  if (magnitude >= 1_000_000) return `${ns / 1_000_000}ms`;
  if (magnitude >= 1_000) return `${ns / 1_000}us`;
  return `${ns}ns`;
}
