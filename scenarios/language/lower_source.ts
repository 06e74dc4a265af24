/**
 * The parameters of a source against each other and against its segment (RFC 3208, section 5.1).
 *
 * @module
 */

import { MAX_FEC_BLOCK, NEVER, type ParityConfig } from "../../engine/mod.ts";
import { quote, ScenarioError } from "./errors.ts";
import { checkOrder, checkParent } from "./lower_parent.ts";
import type { SegmentPlan, SourcePlan } from "../plan.ts";
import { join } from "./schema.ts";
import type { ParsedSource } from "./spec_network.ts";
import { DURATION, formatQuantity, RATE } from "./units.ts";

/**
 * Octets of a data packet before its payload: PGM header, SQN and trail, OPT_LENGTH, OPT_FRAGMENT, and OPT_SYN or
 * OPT_FIN: the only packet that has both is a message that is not cut.
 */
const PGM_DATA_HEADER = 16 + 8 + 4 + 16 + 4;
/** Octets of an SPM with all its options and more. */
const LARGEST_SPM = 100;
/** Octets of OPT_JOIN. */
const JOIN = 8;
/** What parity has on top: OPT_CURR_TGSIZE, OPT_PARITY_GRP, OPT_FIN besides OPT_SYN, and the length of its TSDU. */
const PARITY = 8 + 8 + 4 + 2;
/** Octets of the IP header with Router Alert, which RDATA carries. */
const IP_HEADER = { 4: 20 + 8, 6: 40 + 8 };

const DEFAULT_PEAK_BYTES_PER_SECOND = 12_500_000;
const DEFAULT_MAX_TSDU = 1_400;
const MAX_TSDU = 65_000;
const DEFAULT_BURST_PACKETS = 8;

/** Where a source is. */
export interface SourcePlace {
  readonly sendOn: number;
  readonly segment: SegmentPlan;
  readonly family: 4 | 6;
  /** The path of the source's parameters. */
  readonly at: string;
}

/** The plan of a source. Throws `ScenarioError` for parameters that contradict each other. */
export function sourcePlan(source: ParsedSource, place: SourcePlace): SourcePlan {
  const { at, segment, sendOn } = place;
  const header = PGM_DATA_HEADER + (source.lateJoin > 0 ? JOIN : 0) + (source.fec === undefined ? 0 : PARITY);
  const fits = Math.min(segment.mtu - IP_HEADER[place.family] - header, MAX_TSDU);
  const maxTsdu = source.maxTsdu ?? Math.min(DEFAULT_MAX_TSDU, fits);
  if (maxTsdu > fits) {
    const room = `packets of segment ${quote(segment.name)} (mtu ${segment.mtu}) take at most ${fits} bytes of payload`;
    throw new ScenarioError(join(at, "maxTsdu"), `${maxTsdu} is too large: ${room}`);
  }
  const burstBytes = source.burst ?? DEFAULT_BURST_PACKETS * segment.mtu;
  const largest = Math.max(maxTsdu + header, LARGEST_SPM);
  if (burstBytes < largest) {
    throw new ScenarioError(join(at, "burst"), `${burstBytes}B is too small: one full packet has ${largest} bytes`);
  }
  const peakBytesPerSecond = source.peak ?? Math.max(DEFAULT_PEAK_BYTES_PER_SECOND, source.rate);
  if (peakBytesPerSecond < source.rate) {
    const [peak, rate] = [peakBytesPerSecond, source.rate].map((bytes) => formatQuantity(RATE, bytes * 8));
    throw new ScenarioError(join(at, "peak"), `${peak} is less than rate (${rate})`);
  }
  checkOrder(source, "txwAdvSecs", "txwSecs", at);
  checkOrder(source, "ihbMin", "ihbMax", at);
  if (source.holdForRepairs && source.txwStrategy !== "advanceWithTime") {
    throw new ScenarioError(join(at, "holdForRepairs"), `has no use with txwStrategy ${quote(source.txwStrategy)}`);
  }
  checkParent(source, at);
  const { rate: rateBytesPerSecond, burst: _burst, peak: _peak, rateCovers, fec, ...rest } = source;
  return {
    ...rest,
    sendOn,
    rateBytesPerSecond,
    rateCoversRdata: (rateCovers ?? (source.txwStrategy === "advanceWithTime" ? "ODATA" : "ODATA+RDATA")) !== "ODATA",
    burstBytes,
    peakBytesPerSecond,
    txwAdvIvl: advanceInterval(source, at),
    maxTsdu,
    parity: fec === undefined ? undefined : parityPlan(fec, source.firstSqn, at),
  };
}

/** Forward error correction. */
function parityPlan(fec: NonNullable<ParsedSource["fec"]>, firstSqn: number, at: string): ParityConfig {
  const { groupSize, proActive, onDemand, truncateAfter } = fec;
  const path = join(at, "fec");
  if ((groupSize & (groupSize - 1)) !== 0) {
    throw new ScenarioError(join(path, "groupSize"), `${groupSize} is not a power of two`);
  }
  if (proActive > MAX_FEC_BLOCK - groupSize) {
    const most = MAX_FEC_BLOCK - groupSize;
    throw new ScenarioError(
      join(path, "proActive"),
      `${proActive} is too many: a group of ${groupSize} has at most ${most}`,
    );
  }
  if (proActive === 0 && !onDemand) {
    throw new ScenarioError(join(path, "onDemand"), "cannot be false without proActive: no parity would be offered");
  }
  if (firstSqn % groupSize !== 0) {
    throw new ScenarioError(join(at, "firstSqn"), `${firstSqn} does not begin a group of ${groupSize} (fec.groupSize)`);
  }
  return { groupSize, proActive, onDemand, truncateAfter: truncateAfter ?? NEVER };
}

/** TXW_ADV_IVL, which only the advance with data has (section 16.1). */
function advanceInterval(source: ParsedSource, at: string): number {
  const { txwStrategy, txwAdvIvl, txwAdvSecs } = source;
  if (txwStrategy !== "advanceWithData") {
    if (txwAdvIvl === undefined) return 0;
    throw new ScenarioError(join(at, "txwAdvIvl"), `has no use with txwStrategy ${quote(txwStrategy)}`);
  }
  const interval = txwAdvIvl ?? Math.floor(txwAdvSecs / 2);
  if (interval > 0 && interval < txwAdvSecs) return interval;
  const [written, most] = [interval, txwAdvSecs].map((value) => formatQuantity(DURATION, value));
  throw new ScenarioError(join(at, "txwAdvIvl"), `${written} is not between 0 and txwAdvSecs (${most})`);
}
