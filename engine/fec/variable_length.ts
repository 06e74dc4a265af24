/**
 * Transmission groups whose packets differ in length (RFC 3208, section 11.2, OPT_VAR_PKTLEN): what is encoded is each
 * TSDU, zeros up to the length of the longest, and two octets with its own length, the high one first.
 *
 * ```text
 *   TSDU "A"   | 41 00 | 00 01 |      what is encoded for a group whose
 *   TSDU "BC"  | 42 43 | 00 02 |      longest TSDU has two octets
 * ```
 *
 * @module
 */

import { assert } from "../base/assert.ts";

/** Octets that parity has beyond the longest TSDU of its group. */
export const TSDU_LENGTH_BYTES = 2;

/**
 * Writes what is encoded for `tsdu` into `block`, which has the length of the group's parity: that of its longest TSDU
 * and {@link TSDU_LENGTH_BYTES}.
 *
 * ```ts
 * import { cutTsdu, padTsdu } from "@pgmlab/pgmlab";
 *
 * const block = new Uint8Array(4);
 * padTsdu(new Uint8Array([0x41]), block);
 * if (block.join() !== "65,0,0,1" || cutTsdu(block)?.join() !== "65") throw new Error("not the same");
 * ```
 */
export function padTsdu(tsdu: Uint8Array, block: Uint8Array): void {
  const end = block.length - TSDU_LENGTH_BYTES;
  assert(tsdu.length <= end && tsdu.length <= 0xffff, "a TSDU fits its block");
  block.set(tsdu);
  block.fill(0, tsdu.length, end);
  block[end] = tsdu.length >> 8;
  block[end + 1] = tsdu.length;
}

/**
 * The TSDU in a decoded `block`, as a view of it. `undefined` if there is none: the length is more than there is, or
 * the padding is not all zeros. That is all that the wire gives to tell a group whose parity was not made from its
 * data.
 */
export function cutTsdu(block: Uint8Array): Uint8Array | undefined {
  const end = block.length - TSDU_LENGTH_BYTES;
  if (end < 0) return undefined;
  const length = block[end]! << 8 | block[end + 1]!;
  if (length > end) return undefined;
  for (let i = length; i < end; i++) if (block[i] !== 0) return undefined;
  return block.subarray(0, length);
}
