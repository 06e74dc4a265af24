/**
 * Where transmission groups begin and end (RFC 3208, sections 11.2 and 11.3): groups have 2^n numbers, so that the upper
 * bits of a sequence number name the group, and the lower bits a packet of it or, in parity NAKs and NCFs, how many.
 *
 * ```text
 *   NAK_SQN  | NAK_TG_SQN                | NAK_PKT_CNT |      zero-based: 0 asks for one packet
 * ```
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";

/** Larger groups leave no room for as much parity in a block of 255 packets: no source that is known sends them. */
export const MAX_TG_SIZE = 128;

/** TG_SQN of a number: the first of its group, if groups have `tgSize` numbers. */
export function tgSqn(sqn: Sqn, tgSize: number): Sqn {
  return (sqn & ~(tgSize - 1)) >>> 0;
}

/** How many packets a parity NAK or NCF with this number names. */
export function packetCount(sqn: Sqn, tgSize: number): number {
  return (sqn & (tgSize - 1)) + 1;
}
