/**
 * The parameters of a source (RFC 3208, section 5).
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { isMulticast, type Nla } from "../base/nla.ts";
import { MAX_WINDOW_SQNS, type Sqn } from "../base/sqn.ts";
import { type Instant, ms, seconds } from "../base/time.ts";
import type { Tsi } from "../base/tsi.ts";
import { assertParityConfig, type ParityConfig } from "./parity_config.ts";
import { assertParentConfig, PARENT_DEFAULTS, type ParentConfig } from "../poll/parent_config.ts";

/**
 * What moves the trailing edge of the transmit window (section 16): the age of the data, the amount of data sent since,
 * or the application.
 */
export type TxwStrategy = "advanceWithTime" | "advanceWithData" | "application";

/** How a source behaves. Durations are ns, rates octets per second; octets are those of PGM packets without IP header. */
export interface SourceConfig extends ParentConfig {
  /** The transport session; no two sources may share one (section 3.1). */
  readonly tsi: Tsi;
  /** The multicast group that everything is sent to. */
  readonly group: Nla;
  /** The data-destination port, 1 .. 65535. */
  readonly port: number;
  /** The interface that everything leaves through. */
  readonly iface: number;
  /** TTL of multicast packets. */
  readonly ttl: number;
  /** TXW_MAX_RTE: bounds SPM and ODATA over every interval, together with `burstBytes`. */
  readonly txwMaxRte: number;
  /** Whether TXW_MAX_RTE covers RDATA too; section 16 says so for every strategy but `advanceWithTime`. */
  readonly rateCoversRdata: boolean;
  /** Token bucket size; at least one packet. */
  readonly burstBytes: number;
  /** The rate of back-to-back packets of any type (leaky bucket). */
  readonly peakRte: number;
  /** The share of RDATA while both repairs and new data wait: 0 is ODATA first, 1 RDATA first. */
  readonly rdataShare: number;
  /** What moves the trailing edge of the transmit window. */
  readonly txwStrategy: TxwStrategy;
  /**
   * TXW_SECS: how long data can be repaired; with `advanceWithData`, the time in which TXW_MAX_RTE sends the octets that
   * can be repaired.
   */
  readonly txwSecs: Instant;
  /** TXW_ADV_SECS: the part of the window that one advance drops, in the same measure. */
  readonly txwAdvSecs: Instant;
  /**
   * TXW_ADV_IVL: how long the increment window must be free of NAKs before it is dropped, in the same measure. In
   * (0, txwAdvSecs) with `advanceWithData`, else 0.
   */
  readonly txwAdvIvl: Instant;
  /** Whether repairs of the increment window leave before others: they are the first to be out of time. */
  readonly incrementRepairsFirst: boolean;
  /**
   * Whether an advance waits for the repairs in its increment that are due by then, TXW_ADV_SECS at most. Only with
   * `advanceWithTime`; RFC 3208 advances whatever waits.
   */
  readonly holdForRepairs: boolean;
  /** The largest number of packets in the window; data waits while it is full. */
  readonly txwMaxSqns: number;
  /** The period of ambient SPMs. */
  readonly ambientSpmIvl: Instant;
  /** IHB_MIN: the first interval of heartbeat SPMs after data; each later one is twice as long. */
  readonly ihbMin: Instant;
  /** IHB_MAX: the interval at which heartbeats stop growing. */
  readonly ihbMax: Instant;
  /** Repeats of one NCF leave no closer together than this (section 5.3: protection against NAK storms). */
  readonly ncfRepeatIvl: Instant;
  /** How long RDATA waits for the NAKs of more receivers (section 5.3); 0 for not at all. */
  readonly rdataDelay: Instant;
  /** OPT_SYN on the first data packet (section 9.6). */
  readonly syn: boolean;
  /** OPT_JOIN: the share of the window that late joiners may ask for, 0 .. 1; 0 for no OPT_JOIN (section 9.4). */
  readonly lateJoin: number;
  /** The largest payload of one packet; longer messages are fragmented. */
  readonly maxTsdu: number;
  /** Octets of messages that may wait; further ones would block. */
  readonly sendBufferBytes: number;
  /** The sequence number of the first data packet. */
  readonly firstSqn: Sqn;
  /** SPM_SQN of the first SPM. */
  readonly firstSpmSqn: Sqn;
  /** Forward error correction (section 11), or `undefined` for none. `firstSqn` must begin a transmission group. */
  readonly parity: ParityConfig | undefined;
}

/** The defaults of what does not identify the session. */
export const SOURCE_DEFAULTS: Omit<SourceConfig, "tsi" | "group" | "port" | "iface"> = {
  ...PARENT_DEFAULTS,
  ttl: 64,
  txwMaxRte: 1_000_000,
  rateCoversRdata: false,
  burstBytes: 12_000,
  peakRte: 12_500_000,
  rdataShare: 0.5,
  txwStrategy: "advanceWithTime",
  txwSecs: seconds(30),
  txwAdvSecs: seconds(5),
  txwAdvIvl: 0,
  incrementRepairsFirst: false,
  holdForRepairs: false,
  txwMaxSqns: 65_536,
  ambientSpmIvl: seconds(5),
  ihbMin: ms(100),
  ihbMax: seconds(30),
  ncfRepeatIvl: ms(20),
  rdataDelay: 0,
  syn: true,
  lateJoin: 0,
  maxTsdu: 1_400,
  sendBufferBytes: 4 * 1024 * 1024,
  firstSqn: 0,
  firstSpmSqn: 0,
  parity: undefined,
};

/** Throws unless the configuration makes sense. */
export function assertSourceConfig(config: SourceConfig): void {
  assertParentConfig(config);
  assert(isMulticast(config.group), `group ${config.group} must be a multicast address`);
  assert(config.port >= 1 && config.port <= 65_535, `port ${config.port} must be in 1 .. 65535`);
  assert(config.ttl >= 1 && config.ttl <= 255, `ttl ${config.ttl} must be in 1 .. 255`);
  assert(config.txwMaxRte > 0 && config.peakRte > 0, "rates must be positive");
  assert(config.rdataShare >= 0 && config.rdataShare <= 1, "rdataShare must be in 0 .. 1");
  assert(config.txwAdvSecs > 0 && config.txwAdvSecs <= config.txwSecs, "txwAdvSecs must be in (0, txwSecs]");
  assert(
    config.txwStrategy === "advanceWithData"
      ? config.txwAdvIvl > 0 && config.txwAdvIvl < config.txwAdvSecs
      : config.txwAdvIvl === 0,
    "txwAdvIvl must be in (0, txwAdvSecs) with advanceWithData, else 0",
  );
  assert(!config.holdForRepairs || config.txwStrategy === "advanceWithTime", "holdForRepairs needs advanceWithTime");
  assert(config.lateJoin >= 0 && config.lateJoin <= 1, "lateJoin must be in 0 .. 1");
  assert(config.txwMaxSqns >= 1 && config.txwMaxSqns <= MAX_WINDOW_SQNS, "txwMaxSqns must be in 1 .. 2^31 - 1");
  assert(config.ambientSpmIvl > 0, "ambientSpmIvl must be positive");
  assert(config.ihbMin > 0 && config.ihbMin <= config.ihbMax, "ihbMin must be in (0, ihbMax]");
  assert(config.ncfRepeatIvl >= 0 && config.rdataDelay >= 0, "NCF and RDATA delays must not be negative");
  assert(config.maxTsdu >= 1 && config.maxTsdu <= 65_000, "maxTsdu must be in 1 .. 65000");
  if (config.parity !== undefined) assertParityConfig(config.parity, config.firstSqn);
  assert(config.sendBufferBytes >= 1, "sendBufferBytes must be positive");
}
