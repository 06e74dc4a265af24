/**
 * Sequence number arithmetic: 32 bits, circular (RFC 3208, section 3.2).
 *
 * `x` precedes `y` when `0 < (y - x) mod 2^32 < 2^31`. Every function takes and gives numbers in `0 .. 2^32 - 1`.
 *
 * @module
 */

/** A 32-bit circular sequence number, `0 .. 2^32 - 1`. */
export type Sqn = number;

/** The largest legal window: half the sequence space less one (RFC 3208, section 3.3). */
export const MAX_WINDOW_SQNS = 0x7fff_ffff;

/** `sqn + step`, wrapped; `step` may be negative. */
export function sqnAdd(sqn: Sqn, step: number): Sqn {
  return (sqn + step) >>> 0;
}

/** The signed circular distance from `from` to `to`: positive when `to` is newer. In `-2^31 .. 2^31 - 1`. */
export function sqnDistance(from: Sqn, to: Sqn): number {
  return (to - from) | 0;
}

/** Whether `x` precedes `y`. */
export function sqnBefore(x: Sqn, y: Sqn): boolean {
  return ((y - x) | 0) > 0;
}

/** Whether `x` precedes or equals `y`. */
export function sqnAtMost(x: Sqn, y: Sqn): boolean {
  return ((y - x) | 0) >= 0;
}

/** The newer of the two. */
export function sqnMax(x: Sqn, y: Sqn): Sqn {
  return sqnBefore(x, y) ? y : x;
}

/** The number of sequence numbers in the window `trail ..= lead`; 0 when `trail` is `lead + 1` (empty window). */
export function windowSize(trail: Sqn, lead: Sqn): number {
  return (lead - trail + 1) >>> 0;
}
