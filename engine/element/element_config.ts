/**
 * The parameters of a network element (RFC 3208, section 7). The RFC names the intervals but gives no values.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { type Instant, ms, seconds } from "../base/time.ts";
import { assertChildrenConfig, PARENT_DEFAULTS, type ParentConfig } from "../poll/parent_config.ts";

/**
 * How a network element behaves, also towards its children. Durations are ns. POLL_SQN begins anywhere, so that a restart
 * repeats no numbers.
 */
export interface ElementConfig extends Omit<ParentConfig, "nakBoRng" | "repairStateIvl" | "firstPollSqn"> {
  /** NAK_RPT_IVL: how long a NAK is repeated while no NCF comes, from its first transmission on. */
  readonly nakRptIvl: Instant;
  /** NAK_RPT_RTE: copies per second while it is repeated. */
  readonly nakRptRte: number;
  /** NAK_RDATA_IVL: how long repair state outlives the last NAK that was forwarded, or NCF that came for it. */
  readonly nakRdataIvl: Instant;
  /** NAK_ELIM_IVL: how long after an NCF duplicates of the NAK are eliminated; at most a quarter of `nakRdataIvl`. */
  readonly nakElimIvl: Instant;
  /** How far apart repeats of one NCF on one interface are kept, against NAK storms; 0 for no bound. */
  readonly ncfRepeatIvl: Instant;
  /** Whether NAKs go to repairers that offer themselves (section 9.5.3.2). */
  readonly followRedirects: boolean;
  /**
   * While no repairer of a session is known, how often one is looked for below (PGM_POLL_DLR) when a NAK goes upstream,
   * at most; 0 for never.
   */
  readonly dlrPollIvl: Instant;
  /** POLL_BO_IVL of these polls; in whole microseconds on the wire. */
  readonly dlrPollBoIvl: Instant;
  /** After a change of the path to a source, how long SPMs that would change it again are not believed. */
  readonly pathHoldIvl: Instant;
  /** How long the path to a source is remembered without an SPM. */
  readonly idleTimeout: Instant;
  /** Sessions that paths are kept for; SPMs of further ones are forwarded, their NAKs are not. */
  readonly maxSessions: number;
  /** Repair states in all. */
  readonly maxRepairs: number;
  /** Repair states of one session. NCFs of others may fill half of them. */
  readonly maxRepairsPerSession: number;
  /** Repair states that list one interface: NAKs for more are shed (section 7.6). */
  readonly maxRepairsPerInterface: number;
  /** How far beyond the last SPM_LEAD a NAK may ask: ODATA, which is not looked at, advances the window unseen. */
  readonly maxAhead: number;
}

const { nakBoRng: _nakBoRng, repairStateIvl: _repairStateIvl, firstPollSqn: _firstPollSqn, ...AS_PARENT } =
  PARENT_DEFAULTS;

/** The defaults. */
export const ELEMENT_DEFAULTS: ElementConfig = {
  ...AS_PARENT,
  nakRptIvl: seconds(1),
  nakRptRte: 10,
  nakRdataIvl: seconds(2),
  nakElimIvl: ms(200),
  ncfRepeatIvl: ms(20),
  followRedirects: true,
  dlrPollIvl: 0,
  dlrPollBoIvl: ms(50),
  pathHoldIvl: ms(500),
  idleTimeout: seconds(300),
  maxSessions: 256,
  maxRepairs: 65_536,
  maxRepairsPerSession: 16_384,
  maxRepairsPerInterface: 4_096,
  maxAhead: 65_536,
};

/** POLL_BO_IVL is 32 bits of microseconds. */
const MAX_POLL_BO_IVL = seconds(4_294);

/** Throws unless the configuration makes sense. */
export function assertElementConfig(config: ElementConfig): void {
  assertChildrenConfig(config);
  const { nakRptIvl, nakRptRte, nakRdataIvl, nakElimIvl } = config;
  assert(nakRptIvl > 0 && nakRdataIvl > 0 && nakElimIvl > 0, "NAK intervals must be positive");
  assert(nakRptRte >= 1 && nakRptRte <= 1_000_000, `nakRptRte ${nakRptRte} must be in 1 .. 1000000 a second`);
  assert(nakElimIvl * 4 <= nakRdataIvl, "nakElimIvl must be at most a quarter of nakRdataIvl");
  assert(config.ncfRepeatIvl >= 0 && config.pathHoldIvl >= 0, "ncfRepeatIvl and pathHoldIvl must not be negative");
  assert(config.dlrPollIvl >= 0, "dlrPollIvl must not be negative");
  assert(config.dlrPollBoIvl >= 0 && config.dlrPollBoIvl <= MAX_POLL_BO_IVL, "dlrPollBoIvl must be in 0 .. 4294 s");
  assert(config.idleTimeout > 0 && config.maxSessions >= 1, "idleTimeout and maxSessions must be positive");
  const bounds = [config.maxRepairs, config.maxRepairsPerSession, config.maxRepairsPerInterface];
  assert(bounds.every((bound) => bound >= 1), "the bounds of repair state must be positive");
  assert(config.maxAhead >= 1 && config.maxAhead <= 0x4000_0000, "maxAhead must be in 1 .. 2^30");
}
