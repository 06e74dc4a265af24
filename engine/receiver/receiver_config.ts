/**
 * The parameters of a receiver (RFC 3208, section 6).
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { isMulticast, type Nla } from "../base/nla.ts";
import { type Instant, ms, seconds } from "../base/time.ts";

/** What a session does after a loss that cannot be repaired: go on behind the gap, or end. */
export type LossPolicy = "continue" | "reset";

/** The most sequence numbers that one NAK asks for: one in its header and 62 in OPT_NAK_LIST (section 9.3). */
export const MAX_NAK_SQNS = 63;

/** How a receiver behaves. Durations are ns. */
export interface ReceiverConfig {
  /** The multicast group. */
  readonly group: Nla;
  /** The data-destination port, 1 .. 65535: packets for other ports are not ours. */
  readonly port: number;
  /** Whether messages come in the order of their sequence numbers, or each as soon as it is whole (section 6.1). */
  readonly ordered: boolean;
  /** What a loss that cannot be repaired does to the session. */
  readonly lossPolicy: LossPolicy;
  /** Whether a receiver that joins late asks for what OPT_JOIN offers (section 9.4). */
  readonly lateJoin: boolean;
  /** Whether reception may begin with RDATA: a repair that others asked for, of data from before (section 6.1). */
  readonly rdataBegins: boolean;
  /**
   * NAK_BO_IVL: the back-off before a NAK is drawn from (0, nakBoIvl]; at least 1 us. Until the parent advertises another
   * (section 15.2.2).
   */
  readonly nakBoIvl: Instant;
  /** NAK_BO_IVL_MIN: no less is learned from the parent's OPT_NAK_BO_IVL; at least 1 us. OPT_NAK_BO_RNG changes it. */
  readonly nakBoIvlMin: Instant;
  /** NAK_BO_IVL_MAX: no more is learned. */
  readonly nakBoIvlMax: Instant;
  /** NAK_RPT_IVL: how long to wait for an NCF before the NAK is repeated. */
  readonly nakRptIvl: Instant;
  /** NAK_RDATA_IVL: how long to wait for the data after an NCF. */
  readonly nakRdataIvl: Instant;
  /** NAK_NCF_RETRIES: how often a NAK without NCF is repeated before the loss counts as unrecoverable. */
  readonly nakNcfRetries: number;
  /** NAK_DATA_RETRIES: how often a wait for data is repeated before the loss counts as unrecoverable. */
  readonly nakDataRetries: number;
  /** How many sequence numbers one NAK may ask for, 1 .. 63; more than 1 uses OPT_NAK_LIST (section 9.3). */
  readonly nakListMax: number;
  /** Whether NAKs for a parent beyond the subnet are also multicast with TTL 1, to silence neighbours (section 6.3). */
  readonly multicastNak: boolean;
  /** Whether NAKs go to a repairer beyond the subnet that offers itself, rather than to the PGM parent (section 9.5.4). */
  readonly followRedirects: boolean;
  /** Whether SPMs are solicited from sources of which only data was heard (section 13). */
  readonly spmr: boolean;
  /** SPMR_BO_IVL: the back-off before an SPMR is drawn from 0 .. spmrBoIvl. */
  readonly spmrBoIvl: Instant;
  /** SPMR_SPM_IVL: how long to wait for the SPM before the SPMR is repeated. */
  readonly spmrSpmIvl: Instant;
  /** How often an SPMR without answer is repeated. */
  readonly spmrRetries: number;
  /** Later data packets that make a gap a loss (section 6.3 suggests 2); at least 1. */
  readonly reorderPackets: number;
  /** How long a gap may stay open before it is a loss without that many. */
  readonly reorderTimeout: Instant;
  /** The largest distance from the first missing to the newest sequence number. */
  readonly rxwMaxSqns: number;
  /** Octets of packets that may wait behind gaps, in all sessions together; what does not fit is dropped for now. */
  readonly bufferBytes: number;
  /** Sequence numbers that may be missing, in all sessions together. */
  readonly maxMissing: number;
  /** The largest message that is reassembled from fragments, octets. */
  readonly maxApdu: number;
  /** How long a session lives without a packet. */
  readonly idleTimeout: Instant;
  /** How long the state of a session is kept after its end, so that late packets do not open it again (section 9.7.1). */
  readonly endLinger: Instant;
  /** How long a source must be silent before packets with its TSI from another address are believed. */
  readonly sourceTakeover: Instant;
  /** How many sessions (sources) are followed at once; packets of further ones are dropped and counted. */
  readonly maxSessions: number;
}

/** The defaults of everything but group and port. */
export const RECEIVER_DEFAULTS: Omit<ReceiverConfig, "group" | "port"> = {
  ordered: true,
  lossPolicy: "continue",
  lateJoin: true,
  rdataBegins: true,
  nakBoIvl: ms(50),
  nakBoIvlMin: ms(10),
  nakBoIvlMax: seconds(2),
  nakRptIvl: ms(500),
  nakRdataIvl: seconds(1),
  nakNcfRetries: 10,
  nakDataRetries: 10,
  nakListMax: 1,
  multicastNak: false,
  followRedirects: false,
  spmr: true,
  spmrBoIvl: ms(250),
  spmrSpmIvl: seconds(1),
  spmrRetries: 10,
  reorderPackets: 2,
  reorderTimeout: ms(20),
  rxwMaxSqns: 65_536,
  bufferBytes: 64 * 1024 * 1024,
  maxMissing: 131_072,
  maxApdu: 64 * 1024 * 1024,
  idleTimeout: seconds(300),
  endLinger: seconds(30),
  sourceTakeover: seconds(15),
  maxSessions: 256,
};

/** Throws unless the configuration makes sense. */
export function assertReceiverConfig(config: ReceiverConfig): void {
  assert(isMulticast(config.group), `group ${config.group} must be a multicast address`);
  assert(config.port >= 1 && config.port <= 65_535, `port ${config.port} must be in 1 .. 65535`);
  assert(config.nakBoIvl >= 1_000, "nakBoIvl must be at least 1 us");
  assert(
    config.nakBoIvlMin >= 1_000 && config.nakBoIvlMin <= config.nakBoIvlMax,
    "nakBoIvlMin must be in 1 us .. nakBoIvlMax",
  );
  assert(config.nakRptIvl > 0 && config.nakRdataIvl > 0, "NAK intervals must be positive");
  assert(config.nakNcfRetries >= 0 && config.nakDataRetries >= 0, "retries must not be negative");
  assert(config.nakListMax >= 1 && config.nakListMax <= MAX_NAK_SQNS, "nakListMax must be in 1 .. 63");
  assert(config.spmrBoIvl >= 0 && config.spmrSpmIvl > 0 && config.spmrRetries >= 0, "SPMR parameters out of range");
  assert(config.bufferBytes >= 1 && config.maxMissing >= 1, "bufferBytes and maxMissing must be positive");
  assert(config.endLinger >= 0 && config.sourceTakeover >= 0, "endLinger and sourceTakeover must not be negative");
  assert(config.reorderPackets >= 1 && config.reorderTimeout >= 0, "reorder tolerance out of range");
  assert(config.rxwMaxSqns >= 1 && config.rxwMaxSqns <= 0x4000_0000, "rxwMaxSqns must be in 1 .. 2^30");
  assert(config.maxApdu >= 1 && config.idleTimeout > 0 && config.maxSessions >= 1, "limits must be positive");
}
