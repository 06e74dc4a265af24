/**
 * Which option may be on which packet, and for which it is network-significant (RFC 3208, sections 9, 11.8, 12.7 and
 * 15.4; appendix D for POLL and POLR). Every option is receiver-significant.
 *
 * @module
 */

import { OptionType, PacketType, packetTypeSet } from "./constants.ts";

/** The most options that may be sent in a packet, OPT_LENGTH included. */
export const MAX_OPTIONS_SENT = 16;
/** The most options that are accepted in a packet, OPT_LENGTH not included: the RFC does not say whether it counts. */
export const MAX_OPTIONS_ACCEPTED = 16;
/** The most sequence numbers in OPT_NAK_LIST. */
export const MAX_NAK_LIST = 62;

/** What is allowed for one option type. Packet types are sets as {@link packetTypeSet} makes them. */
interface OptionRule {
  /** The packet types that may carry the option. */
  readonly carriedOn: number;
  /** The packet types on which it is network-significant. */
  readonly networkOn: number;
  /** Whether only parity packets may carry it. */
  readonly parityOnly: boolean;
}

const { SPM, POLL, POLR, ODATA, RDATA, NAK, NCF, ACK } = PacketType;
const DATA = packetTypeSet(ODATA, RDATA);
const DATA_OR_SPM = packetTypeSet(ODATA, RDATA, SPM);
const SPM_ONLY = packetTypeSet(SPM);

const RULES: readonly (OptionRule | undefined)[] = ruleTable([
  [OptionType.FRAGMENT, endToEnd(DATA)],
  [OptionType.NAK_LIST, network(packetTypeSet(NAK, NCF))],
  [OptionType.JOIN, endToEnd(DATA_OR_SPM)],
  [OptionType.NAK_BO_IVL, network(packetTypeSet(NCF, SPM, POLL))],
  [OptionType.NAK_BO_RNG, network(SPM_ONLY)],
  [OptionType.REDIRECT, network(packetTypeSet(POLR))],
  [OptionType.PARITY_PRM, network(SPM_ONLY)],
  [OptionType.PARITY_GRP, { carriedOn: DATA, networkOn: 0, parityOnly: true }],
  [OptionType.CURR_TGSIZE, { carriedOn: DATA_OR_SPM, networkOn: packetTypeSet(RDATA, SPM), parityOnly: false }],
  [OptionType.NBR_UNREACH, network(packetTypeSet(SPM, NCF))],
  [OptionType.PATH_NLA, network(packetTypeSet(NCF))],
  [OptionType.SYN, endToEnd(DATA)],
  [OptionType.FIN, endToEnd(DATA_OR_SPM)],
  [OptionType.RST, endToEnd(SPM_ONLY)],
  [OptionType.CR, network(packetTypeSet(NAK))],
  [OptionType.CRQST, network(SPM_ONLY)],
  [OptionType.PGMCC_DATA, endToEnd(packetTypeSet(ODATA))],
  [OptionType.PGMCC_FEEDBACK, endToEnd(packetTypeSet(NAK, ACK))],
]);

/** Whether a packet may carry an option. Never true for codes that are not assigned, OPT_LENGTH and OPT_INVALID. */
export function mayCarry(packet: PacketType, parity: boolean, code: number): boolean {
  const rule = RULES[code];
  if (rule === undefined || ((rule.carriedOn >> packet) & 1) === 0) return false;
  return parity || !rule.parityOnly;
}

/** Whether an option is network-significant on a packet of a type. */
export function isNetworkSignificant(packet: PacketType, code: number): boolean {
  const rule = RULES[code];
  return rule !== undefined && ((rule.networkOn >> packet) & 1) !== 0;
}

/** A rule for an option that network elements act upon. */
function network(packetTypes: number): OptionRule {
  return { carriedOn: packetTypes, networkOn: packetTypes, parityOnly: false };
}

/** A rule for an option that network elements pass over. */
function endToEnd(packetTypes: number): OptionRule {
  return { carriedOn: packetTypes, networkOn: 0, parityOnly: false };
}

function ruleTable(entries: readonly (readonly [OptionType, OptionRule])[]): (OptionRule | undefined)[] {
  const table = new Array<OptionRule | undefined>(0x80).fill(undefined);
  for (const [code, rule] of entries) table[code] = rule;
  return table;
}
