/**
 * What may not be sent (RFC 3208, sections 8 and 9): checked before a packet is built.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import { isData, optionTypeName, PacketType, type PacketTypeName } from "./constants.ts";
import { MAX_NAK_LIST, MAX_OPTIONS_SENT, mayCarry } from "./option_rules.ts";
import { isPossibleFragment, isPossibleNakBoRng, isPossibleTgSize } from "./option_scan.ts";
import { codeOfOption } from "./options.ts";
import type { OptionOf, OptionValue, PacketValue } from "./values.ts";

/** A packet value that RFC 3208 forbids to send, or that does not fit its fields. */
export class EncodeError extends Error {
  /** Tells it from other errors across realms. */
  override readonly name = "EncodeError";
}

const U16 = 0xffff;
const U32 = 0xffff_ffff;
const U48 = 0xffff_ffff_ffff;
/** The longest value of an option: its length is one octet, of which the header counts 4. */
const MAX_OPTION_VALUE = 251;
/** Octets 3 to 15 of OPT_FRAGMENT. */
const ENCODED_FRAGMENT_LENGTH = 13;
const MAY_HAVE_PARITY: readonly PacketTypeName[] = ["ODATA", "RDATA", "NAK", "NNAK", "NCF", "POLR"];

/** Throws {@link EncodeError} unless the packet may be sent. */
export function checkPacket(packet: PacketValue): void {
  checkUint(packet, "sourcePort", packet.sourcePort, U16);
  checkUint(packet, "destinationPort", packet.destinationPort, U16);
  checkUint(packet, "gsi", packet.gsi, U48);
  checkTypeSpecific(packet);
  if (!isData(PacketType[packet.type]) && "payload" in packet) refuse(packet, "only ODATA and RDATA have a payload");
  if (packet.parity && !MAY_HAVE_PARITY.includes(packet.type)) refuse(packet, "OPT_PARITY has no meaning here");
  if (packet.varPktlen && !packet.parity) refuse(packet, "OPT_VAR_PKTLEN must come with OPT_PARITY");
  if (packet.varPktlen && !isData(PacketType[packet.type])) refuse(packet, "OPT_VAR_PKTLEN must be on data packets");
  if (packet.options.length > MAX_OPTIONS_SENT - 1) {
    refuse(packet, `${packet.options.length} options: at most ${MAX_OPTIONS_SENT}, OPT_LENGTH included`);
  }
  for (const option of packet.options) checkOption(packet, option);
  checkTgSizes(packet);
}

function checkTypeSpecific(packet: PacketValue): void {
  switch (packet.type) {
    case "SPM":
      checkUint(packet, "sqn", packet.sqn, U32);
      checkUint(packet, "trail", packet.trail, U32);
      return checkUint(packet, "lead", packet.lead, U32);
    case "POLL":
      checkUint(packet, "sqn", packet.sqn, U32);
      checkUint(packet, "round", packet.round, U16);
      checkUint(packet, "subType", packet.subType, U16);
      checkUint(packet, "boIvlUs", packet.boIvlUs, U32);
      checkUint(packet, "rand", packet.rand, U32);
      return checkUint(packet, "mask", packet.mask, U32);
    case "POLR":
      checkUint(packet, "sqn", packet.sqn, U32);
      return checkUint(packet, "round", packet.round, U16);
    case "ODATA":
    case "RDATA":
      checkUint(packet, "sqn", packet.sqn, U32);
      checkUint(packet, "trail", packet.trail, U32);
      return checkUint(packet, "payload length", packet.payload.length, U16);
    case "NAK":
    case "NNAK":
    case "NCF":
      return checkUint(packet, "sqn", packet.sqn, U32);
    case "ACK":
      checkUint(packet, "rxMax", packet.rxMax, U32);
      return checkUint(packet, "bitmap", packet.bitmap, U32);
    case "SPMR":
      return;
  }
}

/** Checks one option: that it may be on the packet, its flags, and its value. */
function checkOption(packet: PacketValue, option: OptionValue): void {
  const name = optionName(option);
  if (option.type === "UNKNOWN") {
    const known = optionTypeName(option.code);
    if (known !== undefined && known !== "INVALID") refuse(packet, `${name} may not be sent uninterpreted here`);
  } else if (!mayCarry(PacketType[packet.type], packet.parity === true, codeOfOption(option))) {
    refuse(packet, `${name} may not be on it`);
  }
  if (option.opx === 3) refuse(packet, `${name} with the reserved OPX 3`);
  const mayBeEncoded = packet.parity === true && option.type === "UNKNOWN" && isData(PacketType[packet.type]);
  if ((option.encoded || option.encodedNull) && !mayBeEncoded) {
    refuse(packet, `${name} with OP_ENCODED or OP_ENCODED_NULL, which are for encoded options of parity packets`);
  }
  checkOptionValue(packet, option);
}

function checkOptionValue(packet: PacketValue, option: OptionValue): void {
  const field = (name: string, value: number, max: number) => checkUint(packet, `${option.type} ${name}`, value, max);
  switch (option.type) {
    case "FRAGMENT":
      field("firstSqn", option.firstSqn, U32);
      field("offset", option.offset, U32);
      field("apduLength", option.apduLength, U32);
      return checkFragment(packet, option);
    case "ENCODED_FRAGMENT":
      if (packet.parity && option.octets.length === ENCODED_FRAGMENT_LENGTH) return;
      return refuse(packet, `ENCODED_FRAGMENT must be ${ENCODED_FRAGMENT_LENGTH} octets on a parity packet`);
    case "NAK_LIST":
      for (const sqn of option.sqns) field("sqn", sqn, U32);
      return checkNakList(packet, option.sqns);
    case "JOIN":
      return field("minSqn", option.minSqn, U32);
    case "NAK_BO_IVL":
      field("ivlUs", option.ivlUs, U32);
      return field("pollSqn", option.pollSqn, U32);
    case "NAK_BO_RNG":
      field("maxUs", option.maxUs, U32);
      field("minUs", option.minUs, U32);
      if (isPossibleNakBoRng(option.maxUs, option.minUs)) return;
      return refuse(packet, `NAK_BO_RNG ${option.minUs} .. ${option.maxUs} us must be a range above 0`);
    case "PARITY_PRM":
      field("tgSize", option.tgSize, U32);
      if (!isPossibleTgSize(option.tgSize)) refuse(packet, `PARITY_PRM ${option.tgSize} must be a power of two`);
      if (!option.proActive && !option.onDemand) refuse(packet, "PARITY_PRM must offer a kind of parity");
      return;
    case "PARITY_GRP":
      field("group", option.group, U32);
      return option.group === 0 ? refuse(packet, "PARITY_GRP must not be 0") : undefined;
    case "CURR_TGSIZE":
      field("size", option.size, U32);
      return option.size === 0 ? refuse(packet, "CURR_TGSIZE must not be 0") : undefined;
    case "RST":
      return field("errorCode", option.errorCode, 0x3f);
    case "CR":
      field("lead", option.lead, U32);
      field("neWorstLink", option.neWorstLink ?? 0, U16);
      field("neWorstPath", option.neWorstPath ?? 0, U16);
      return field("receiverWorstPath", option.receiverWorstPath ?? 0, U16);
    case "PGMCC_DATA":
      return field("timestamp", option.timestamp, U32);
    case "PGMCC_FEEDBACK":
      field("timestamp", option.timestamp, U32);
      return field("lossRate", option.lossRate, U16);
    case "UNKNOWN":
      field("code", option.code, 0x7f);
      field("bits", option.bits ?? 0, 0x7f);
      return field("length", option.octets.length, MAX_OPTION_VALUE);
    default:
      return;
  }
}

/** The whole APDU must be described as the receivers will find it. Parity packets carry ENCODED_FRAGMENT instead. */
function checkFragment(packet: PacketValue, option: OptionOf<"FRAGMENT">): void {
  if (packet.parity) refuse(packet, "OPT_FRAGMENT of a parity packet must be encoded");
  const { firstSqn, offset, apduLength } = option;
  const sqn = sqnOf(packet);
  const tsduLength = "payload" in packet ? packet.payload.length : 0;
  if (isPossibleFragment(sqn, tsduLength, firstSqn, offset, apduLength)) return;
  refuse(
    packet,
    `${tsduLength} octets with sqn ${sqn} cannot be at ${offset} of an APDU of ${apduLength} octets ` +
      `from sqn ${firstSqn} on`,
  );
}

/** Duplicates and order are mended by the encoder; the rest is not. */
function checkNakList(packet: PacketValue, sqns: readonly Sqn[]): void {
  const count = new Set(sqns).size;
  if (count < 1 || count > MAX_NAK_LIST) refuse(packet, `NAK_LIST of ${count} must have 1 .. ${MAX_NAK_LIST} entries`);
  const head = sqnOf(packet);
  for (const sqn of sqns) {
    if (((sqn - head) | 0) <= 0) refuse(packet, `NAK_LIST entry ${sqn} must come after sqn ${head}`);
  }
}

/** A group cannot be larger than the groups of its session (section 11.8.3). */
function checkTgSizes(packet: PacketValue): void {
  for (const current of packet.options) {
    if (current.type !== "CURR_TGSIZE") continue;
    const prm = packet.options.find((option) => option.type === "PARITY_PRM" && option.tgSize < current.size);
    if (prm !== undefined) refuse(packet, `CURR_TGSIZE ${current.size} must be at most the size in PARITY_PRM`);
  }
}

function sqnOf(packet: PacketValue): Sqn {
  return "sqn" in packet ? packet.sqn : 0;
}

function checkUint(packet: PacketValue, field: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  refuse(packet, `${field} ${value} must be an integer in 0 .. ${max}`);
}

function optionName(option: OptionValue): string {
  const code = codeOfOption(option);
  return `OPT_${optionTypeName(code) ?? `0x${code.toString(16).padStart(2, "0")}`}`;
}

function refuse(packet: PacketValue, reason: string): never {
  throw new EncodeError(`Cannot encode ${packet.type}: ${reason}`);
}
