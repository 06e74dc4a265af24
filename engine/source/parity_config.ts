/**
 * How a source uses forward error correction (RFC 3208, section 11.4).
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import { MAX_FEC_BLOCK } from "../fec/reed_solomon.ts";

/** The largest transmission group: a power of two that leaves room for as much parity in a block. */
export const MAX_GROUP_SIZE = 128;

/** Which parity a source offers, and of what groups. */
export interface ParityConfig {
  /** PARITY_PRM_TGS: the most data packets in a transmission group, a power of two in 2 .. 128. */
  readonly groupSize: number;
  /** Parity packets that follow each group unasked, 0 .. 255 - groupSize. */
  readonly proActive: number;
  /** Whether parity is sent for parity NAKs. One of the two kinds must be offered. */
  readonly onDemand: boolean;
  /**
   * How long a source without data waits before it ends a group that is not full, ns: 0 for at once, `NEVER` for a
   * source whose groups all have one size (section 11.2).
   */
  readonly truncateAfter: Instant;
}

/** Throws unless the configuration makes sense. */
export function assertParityConfig(config: ParityConfig, firstSqn: Sqn): void {
  const { groupSize, proActive, onDemand, truncateAfter } = config;
  assert(
    groupSize >= 2 && groupSize <= MAX_GROUP_SIZE && (groupSize & (groupSize - 1)) === 0,
    "groupSize must be a power of two in 2 .. 128",
  );
  const most = MAX_FEC_BLOCK - groupSize;
  assert(
    Number.isInteger(proActive) && proActive >= 0 && proActive <= most,
    "proActive must be in 0 .. 255 - groupSize",
  );
  assert(proActive > 0 || onDemand, "one kind of parity must be offered");
  assert(truncateAfter >= 0, "truncateAfter must not be negative");
  assert(firstSqn % groupSize === 0, "firstSqn must begin a transmission group");
}
