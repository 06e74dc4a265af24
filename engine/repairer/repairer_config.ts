/**
 * The parameters of a designated local repairer (RFC 3208, section 9.5). The RFC gives no values.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { type Instant, ms, seconds } from "../base/time.ts";

/** How a repairer serves others; how it receives is a matter of its receiver. Durations are ns. */
export interface RepairerConfig {
  /** Whether NCFs of the parent are answered with redirecting POLRs; PGM_POLL_DLR always is (section 9.5.2). */
  readonly answerNcfs: boolean;
  /** Whether parity is offered and served, in sessions whose source does so on demand (section 11.7). */
  readonly parity: boolean;
  /** How far apart the redirecting POLRs that answer NCFs of one session are kept. */
  readonly redirectIvl: Instant;
  /** How far apart repeats of one NCF are kept, against NAK storms; 0 for no bound. */
  readonly ncfRepeatIvl: Instant;
  /** The rate of repairs in all, octets of PGM packets per second. */
  readonly repairRte: number;
  /** Repairs that may wait for that rate; NAKs for more are not taken. */
  readonly maxWaiting: number;
  /** Sessions that are repaired, the first that are heard; further ones are only received. */
  readonly maxServed: number;
  /** Packets that are kept of one session; what came first goes first. The source's window bounds them as well. */
  readonly cachePackets: number;
  /** Octets that are kept of one session. */
  readonly cacheBytes: number;
}

/** The defaults. */
export const REPAIRER_DEFAULTS: RepairerConfig = {
  answerNcfs: true,
  parity: false,
  redirectIvl: seconds(1),
  ncfRepeatIvl: ms(20),
  repairRte: 12_500_000,
  maxWaiting: 4_096,
  maxServed: 16,
  cachePackets: 65_536,
  cacheBytes: 64 * 1024 * 1024,
};

/** Throws unless the configuration makes sense. */
export function assertRepairerConfig(config: RepairerConfig): void {
  assert(config.redirectIvl >= 0 && config.ncfRepeatIvl >= 0, "redirectIvl and ncfRepeatIvl must not be negative");
  assert(config.repairRte > 0, "repairRte must be positive");
  assert(config.maxWaiting >= 1 && config.maxServed >= 1, "maxWaiting and maxServed must be positive");
  assert(config.cachePackets >= 1 && config.cacheBytes >= 1, "cachePackets and cacheBytes must be positive");
}
