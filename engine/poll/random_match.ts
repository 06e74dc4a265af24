/**
 * The random condition of a poll (RFC 3208, sections 14.4 and 14.5): of the bits of a child's RAND_NODE_ID, those that
 * POLL_MASK names must be those of POLL_RAND. With B bits named, a child matches with probability 1 / 2^B.
 *
 * @module
 */

import { assert } from "../base/assert.ts";

/** The most bits that POLL_MASK can name: practically nobody replies. */
export const MAX_MASK_BITS = 32;

/** Whether a child with RAND_NODE_ID `nodeId` replies to a poll; a mask of 0 makes everyone reply. */
export function matchesPoll(nodeId: number, rand: number, mask: number): boolean {
  return ((nodeId ^ rand) & mask) === 0;
}

/** A POLL_MASK that names `bits` bits, 0 .. 32. Which ones does not matter: ids and POLL_RAND are random. */
export function pollMask(bits: number): number {
  assert(Number.isInteger(bits) && bits >= 0 && bits <= MAX_MASK_BITS, "a mask has 0 .. 32 bits");
  return bits === MAX_MASK_BITS ? 0xffff_ffff : (1 << bits >>> 0) - 1;
}

/** 1 / P of a mask of `bits` bits: how many children one reply stands for. */
export function childrenPerReply(bits: number): number {
  assert(Number.isInteger(bits) && bits >= 0 && bits <= MAX_MASK_BITS, "a mask has 0 .. 32 bits");
  // A power of two is exact in every representation.
  let weight = 1;
  for (let i = 0; i < bits; i++) weight *= 2;
  return weight;
}
