/**
 * How large a transmit window is, from what it is configured by (RFC 3208, section 16).
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { MAX_WINDOW_SQNS, type Sqn, sqnAdd } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";

const NS_PER_SECOND = 1_000_000_000n;

/** What the size of a transmit window follows from. Rates are octets per second; there is no kilo in the engine. */
export interface TransmitWindowBasis {
  /** TXW_MAX_RTE, octets per second: a positive integer. */
  readonly txwMaxRte: number;
  /** The octets of every packet, headers included: a positive integer. */
  readonly packetBytes: number;
  /** TXW_SECS, ns. */
  readonly txwSecs: Instant;
  /** TXW_ADV_SECS, ns. */
  readonly txwAdvSecs: Instant;
}

/** The size of a transmit window that packets of equal size fill at TXW_MAX_RTE. */
export interface TransmitWindowSize {
  /** TXW_BYTES, rounded down. */
  readonly txwBytes: number;
  /** TXW_SQNS: the packets of a full window. Rounded up: the one that passes TXW_BYTES is of it. */
  readonly txwSqns: number;
  /** The packets of a full increment window, which one advance drops. Rounded down, and at least 1. */
  readonly incrementSqns: number;
}

/** The edges of a transmit window. */
export interface TransmitWindowEdges {
  /** TXW_TRAIL. */
  readonly trail: Sqn;
  /** TXW_INC: the newest packet that the next advance drops. */
  readonly inc: Sqn;
  /** TXW_LEAD. */
  readonly lead: Sqn;
}

/**
 * The size of a full transmit window (section 16, Appendix F).
 *
 * @throws {AssertionError} for a basis that is not positive, or a window of more than 2^31 - 1 packets
 *
 * @example The worked example of the RFC, in which kilo is 1024: 16 kB/s, 35 s and 5 s of packets of 1500 octets
 * ```ts
 * import { seconds, transmitWindowEdges, transmitWindowSize } from "@pgmlab/pgmlab";
 *
 * const basis = { txwMaxRte: 16384, packetBytes: 1500, txwSecs: seconds(35), txwAdvSecs: seconds(5) };
 * const size = transmitWindowSize(basis);
 * const { inc, lead } = transmitWindowEdges(size, 1000);
 * if (size.txwSqns !== 383 || size.incrementSqns !== 54 || inc !== 1053 || lead !== 1382) throw new Error("wrong");
 * ```
 */
export function transmitWindowSize(basis: TransmitWindowBasis): TransmitWindowSize {
  const { txwMaxRte, packetBytes, txwSecs, txwAdvSecs } = basis;
  const numbers = [txwMaxRte, packetBytes, txwSecs, txwAdvSecs];
  assert(numbers.every((each) => Number.isSafeInteger(each) && each > 0), "a window's basis is positive integers");
  // Exact: the product of a rate and a time has more bits than a number.
  const window = BigInt(txwMaxRte) * BigInt(txwSecs);
  const increment = BigInt(txwMaxRte) * BigInt(txwAdvSecs);
  const packet = BigInt(packetBytes) * NS_PER_SECOND;
  const txwSqns = Number((window + packet - 1n) / packet);
  assert(txwSqns <= MAX_WINDOW_SQNS, "a window has at most 2^31 - 1 packets");
  const incrementSqns = Math.max(1, Number(increment / packet));
  return { txwBytes: Number(window / NS_PER_SECOND), txwSqns, incrementSqns };
}

/** The edges of a full window whose trailing edge is `trail`. */
export function transmitWindowEdges(size: TransmitWindowSize, trail: Sqn): TransmitWindowEdges {
  return { trail, inc: sqnAdd(trail, size.incrementSqns - 1), lead: sqnAdd(trail, size.txwSqns - 1) };
}
