/**
 * The parameters of a receiver (RFC 3208, section 6; the digest of defaults is in docs/architecture.md).
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { isMulticast, type Nla } from "../base/nla.ts";
import { type Instant, ms, seconds } from "../base/time.ts";

/** How a receiver behaves. Durations are ns. */
export interface ReceiverConfig {
  /** The multicast group. */
  readonly group: Nla;
  /** The data-destination port, 1 .. 65535: packets for other ports are not ours. */
  readonly port: number;
  /** NAK_BO_IVL: the back-off before a NAK is drawn from (0, nakBoIvl]; at least 1 us. */
  readonly nakBoIvl: Instant;
  /** NAK_RPT_IVL: how long to wait for an NCF before the NAK is repeated. */
  readonly nakRptIvl: Instant;
  /** NAK_RDATA_IVL: how long to wait for the data after an NCF. */
  readonly nakRdataIvl: Instant;
  /** NAK_NCF_RETRIES: how often a NAK without NCF is repeated before the loss counts as unrecoverable. */
  readonly nakNcfRetries: number;
  /** NAK_DATA_RETRIES: how often a wait for data is repeated before the loss counts as unrecoverable. */
  readonly nakDataRetries: number;
  /** Later data packets that make a gap a loss (section 6.3 suggests 2); at least 1. */
  readonly reorderPackets: number;
  /** How long a gap may stay open before it is a loss without that many. */
  readonly reorderTimeout: Instant;
  /** The largest distance from the first missing to the newest sequence number. */
  readonly rxwMaxSqns: number;
  /** The largest message that is reassembled from fragments, octets. */
  readonly maxApdu: number;
  /** How long a session lives without a packet. */
  readonly idleTimeout: Instant;
  /** How many sessions (sources) are followed at once; packets of further ones are dropped and counted. */
  readonly maxSessions: number;
}

/** The defaults of everything but group and port. */
export const RECEIVER_DEFAULTS: Omit<ReceiverConfig, "group" | "port"> = {
  nakBoIvl: ms(50),
  nakRptIvl: ms(500),
  nakRdataIvl: seconds(1),
  nakNcfRetries: 10,
  nakDataRetries: 10,
  reorderPackets: 2,
  reorderTimeout: ms(20),
  rxwMaxSqns: 65_536,
  maxApdu: 64 * 1024 * 1024,
  idleTimeout: seconds(300),
  maxSessions: 256,
};

/** Throws unless the configuration makes sense. */
export function assertReceiverConfig(config: ReceiverConfig): void {
  assert(isMulticast(config.group), `group ${config.group} must be a multicast address`);
  assert(config.port >= 1 && config.port <= 65_535, `port ${config.port} must be in 1 .. 65535`);
  assert(config.nakBoIvl >= 1_000, "nakBoIvl must be at least 1 us");
  assert(config.nakRptIvl > 0 && config.nakRdataIvl > 0, "NAK intervals must be positive");
  assert(config.nakNcfRetries >= 0 && config.nakDataRetries >= 0, "retries must not be negative");
  assert(config.reorderPackets >= 1 && config.reorderTimeout >= 0, "reorder tolerance out of range");
  assert(config.rxwMaxSqns >= 1 && config.rxwMaxSqns <= 0x4000_0000, "rxwMaxSqns must be in 1 .. 2^30");
  assert(config.maxApdu >= 1 && config.idleTimeout > 0 && config.maxSessions >= 1, "limits must be positive");
}
