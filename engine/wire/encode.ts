/**
 * Builds packets (RFC 3208, sections 8 and 9). What the RFC forbids to send cannot be built: see encode_rules.ts.
 *
 * {@link encodePacket} builds any packet from a plain value. {@link encodeData} and {@link encodeRepair} are for the
 * data path of a source: one buffer from a slab, and the same octets.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Slab } from "../base/slab.ts";
import { nlaLength } from "../base/nla.ts";
import type { Sqn } from "../base/sqn.ts";
import { CHECKSUM_AT, pgmChecksum, updateChecksum } from "./checksum.ts";
import { OptionsOctet, OptionType, PacketType } from "./constants.ts";
import { checkPacket } from "./encode_rules.ts";
import { readU16, writeAfiNla, writeU16, writeU32, writeU48 } from "./octets.ts";
import { isNetworkSignificant } from "./option_rules.ts";
import { codeOfOption, lengthOfOption, writeOption } from "./options.ts";
import { OPTION_HEADER } from "./option_scan.ts";
import { HEADER } from "./packet_scan.ts";
import type { Fragment, OptionValue, PacketValue } from "./values.ts";

export { EncodeError } from "./encode_rules.ts";

/** OPT_END, in the first octet of the last option. */
const OPT_END = 0x80;
/** The header of ODATA and RDATA without options. */
const DATA_HEADER = HEADER + 8;
const FRAGMENT_LENGTH = 16;
const JOIN_LENGTH = 8;
const CURR_TGSIZE_LENGTH = 8;

/** What {@link encodeData} encodes. */
export interface DataPacket {
  /** ODATA or RDATA. */
  readonly type: typeof PacketType.ODATA | typeof PacketType.RDATA;
  /** The globally unique source identifier as a 48-bit integer. */
  readonly gsi: number;
  /** The data-source port. */
  readonly sourcePort: number;
  /** The data-destination port. */
  readonly destinationPort: number;
  /** OD_SQN or RD_SQN. */
  readonly sqn: Sqn;
  /** The trailing edge of the transmit window. */
  readonly trail: Sqn;
  /** At most 65535 octets. */
  readonly payload: Uint8Array;
  /** `undefined` for an APDU that is not fragmented. */
  readonly fragment: Fragment | undefined;
  /** The minimum of OPT_JOIN; without it there is no OPT_JOIN. */
  readonly join?: Sqn | undefined;
  /** Whether there is an OPT_SYN. */
  readonly syn?: boolean;
  /** Whether there is an OPT_FIN. */
  readonly fin?: boolean;
  /** The size in OPT_CURR_TGSIZE; without it there is none. */
  readonly currTgSize?: number | undefined;
}

/**
 * The octets of a packet. Network-significant options are put first, the list of OPT_NAK_LIST is sorted and freed of
 * duplicates; OPT_LENGTH, OPT_END, the options octet, the TSDU length and the checksum are made here.
 *
 * @throws {EncodeError} for what RFC 3208 forbids to send.
 *
 * @example
 * ```ts
 * import { encodePacket, parseNla } from "@pgmlab/pgmlab";
 *
 * const nak = encodePacket({
 *   type: "NAK",
 *   sourcePort: 7500,
 *   destinationPort: 4000,
 *   gsi: 0x0a0b0c,
 *   sqn: 107,
 *   sourceNla: parseNla("10.0.0.1")!,
 *   groupNla: parseNla("239.192.0.1")!,
 *   options: [{ type: "NAK_LIST", sqns: [108, 110] }],
 * });
 * if (nak.length !== 52) throw new Error(`${nak.length} octets`);
 * ```
 */
export function encodePacket(packet: PacketValue): Uint8Array {
  checkPacket(packet);
  const type = PacketType[packet.type];
  const options = packet.options.length === 0 ? [] : orderOptions(packet);
  const optionsAt = HEADER + typeSpecificLength(packet);
  const payload = packet.type === "ODATA" || packet.type === "RDATA" ? packet.payload : undefined;
  const payloadAt = optionsAt + lengthOfOptions(options);
  const bytes = new Uint8Array(payloadAt + (payload?.length ?? 0));
  writeU16(bytes, 0, packet.sourcePort);
  writeU16(bytes, 2, packet.destinationPort);
  bytes[4] = type;
  bytes[5] = optionsOctet(packet, options);
  writeU48(bytes, 8, packet.gsi);
  writeU16(bytes, 14, payload?.length ?? 0);
  writeTypeSpecific(packet, bytes);
  if (options.length > 0) writeOptions(options, bytes, optionsAt);
  if (payload !== undefined) bytes.set(payload, payloadAt);
  writeU16(bytes, CHECKSUM_AT, pgmChecksum(bytes));
  return bytes;
}

/**
 * The octets of ODATA or RDATA without OPT_PARITY and with no options but OPT_CURR_TGSIZE, OPT_FRAGMENT, OPT_JOIN,
 * OPT_SYN and OPT_FIN, in this order: those of `encodePacket`.
 *
 * @throws {AssertionError} for a payload of more than 65535 octets
 */
export function encodeData(slab: Slab, packet: DataPacket): Uint8Array {
  const { payload } = packet;
  assert(payload.length <= 0xffff, "a TSDU has at most 65535 octets");
  const payloadAt = dataHeaderLength(packet);
  const bytes = slab.take(payloadAt + payload.length);
  writeU16(bytes, 0, packet.sourcePort);
  writeU16(bytes, 2, packet.destinationPort);
  bytes[4] = packet.type;
  writeU48(bytes, 8, packet.gsi);
  writeU16(bytes, 14, payload.length);
  writeU32(bytes, 16, packet.sqn);
  writeU32(bytes, 20, packet.trail);
  if (payloadAt > DATA_HEADER) writeDataOptions(packet, bytes, payloadAt);
  bytes.set(payload, payloadAt);
  writeU16(bytes, CHECKSUM_AT, pgmChecksum(bytes));
  return bytes;
}

/** Where the payload of a data packet begins: the octets that {@link encodeData} puts before it. */
export function dataHeaderLength(packet: Pick<DataPacket, "fragment" | "join" | "syn" | "fin" | "currTgSize">): number {
  const options = (packet.fragment === undefined ? 0 : FRAGMENT_LENGTH) +
    (packet.join === undefined ? 0 : JOIN_LENGTH) +
    (packet.currTgSize === undefined ? 0 : CURR_TGSIZE_LENGTH) +
    (packet.syn ? OPTION_HEADER : 0) + (packet.fin ? OPTION_HEADER : 0);
  return options === 0 ? DATA_HEADER : DATA_HEADER + OPTION_HEADER + options;
}

/**
 * RDATA that repeats sent data, ODATA or an earlier repair: the type, the trailing edge and the checksum differ, nothing
 * else.
 *
 * @throws {AssertionError} if `odata` is not data
 */
export function encodeRepair(slab: Slab, odata: Uint8Array, trail: Sqn): Uint8Array {
  assert(odata[4] === PacketType.ODATA || odata[4] === PacketType.RDATA, "only data is repaired");
  const bytes = slab.take(odata.length);
  bytes.set(odata);
  bytes[4] = PacketType.RDATA;
  writeU32(bytes, 20, trail);
  // The one option of data that network elements look at, and in RDATA only: it comes first.
  const flags = odata[5]! & OptionsOctet.PRESENT;
  if (flags !== 0 && (odata[DATA_HEADER + OPTION_HEADER]! & ~OPT_END) === OptionType.CURR_TGSIZE) {
    bytes[5]! |= OptionsOctet.NETWORK;
  }
  let checksum = readU16(odata, CHECKSUM_AT);
  for (const at of [4, 20, 22]) checksum = updateChecksum(checksum, readU16(odata, at), readU16(bytes, at));
  writeU16(bytes, CHECKSUM_AT, checksum);
  return bytes;
}

/** Writes OPT_LENGTH and the options of a data packet, which end at `end`, into zero-filled octets. */
function writeDataOptions(packet: DataPacket, bytes: Uint8Array, end: number): void {
  const { fragment, join, currTgSize } = packet;
  const isNetwork = currTgSize !== undefined && packet.type === PacketType.RDATA;
  bytes[5] = OptionsOctet.PRESENT | (isNetwork ? OptionsOctet.NETWORK : 0);
  let at = DATA_HEADER;
  let last = at;
  const begin = (type: OptionType, length: number) => {
    bytes[at] = type;
    bytes[at + 1] = length;
    last = at;
    at += length;
  };
  begin(OptionType.LENGTH, OPTION_HEADER);
  writeU16(bytes, last + 2, end - DATA_HEADER);
  if (currTgSize !== undefined) {
    begin(OptionType.CURR_TGSIZE, CURR_TGSIZE_LENGTH);
    writeU32(bytes, last + 4, currTgSize);
  }
  if (fragment !== undefined) {
    begin(OptionType.FRAGMENT, FRAGMENT_LENGTH);
    writeU32(bytes, last + 4, fragment.firstSqn);
    writeU32(bytes, last + 8, fragment.offset);
    writeU32(bytes, last + 12, fragment.apduLength);
  }
  if (join !== undefined) {
    begin(OptionType.JOIN, JOIN_LENGTH);
    writeU32(bytes, last + 4, join);
  }
  if (packet.syn) begin(OptionType.SYN, OPTION_HEADER);
  if (packet.fin) begin(OptionType.FIN, OPTION_HEADER);
  bytes[last]! |= OPT_END;
}

/** The options as they go on the wire. */
function orderOptions(packet: PacketValue): OptionValue[] {
  const type = PacketType[packet.type];
  const network: OptionValue[] = [];
  const endToEnd: OptionValue[] = [];
  for (const option of packet.options) {
    (isNetworkSignificant(type, codeOfOption(option)) ? network : endToEnd).push(
      option.type === "NAK_LIST" && "sqn" in packet
        ? { ...option, sqns: orderNakList(option.sqns, packet.sqn) }
        : option,
    );
  }
  return network.concat(endToEnd);
}

/** Ascending from the sequence number in the header, each once. */
function orderNakList(sqns: readonly Sqn[], sqn: Sqn): Sqn[] {
  return [...new Set(sqns)].sort((a, b) => ((a - sqn) >>> 0) - ((b - sqn) >>> 0));
}

function optionsOctet(packet: PacketValue, options: readonly OptionValue[]): number {
  const type = PacketType[packet.type];
  const network = options.some((option) => isNetworkSignificant(type, codeOfOption(option)));
  return (options.length > 0 ? OptionsOctet.PRESENT : 0) |
    (network ? OptionsOctet.NETWORK : 0) |
    (packet.varPktlen ? OptionsOctet.VAR_PKTLEN : 0) |
    (packet.parity ? OptionsOctet.PARITY : 0);
}

function lengthOfOptions(options: readonly OptionValue[]): number {
  return options.length === 0 ? 0 : options.reduce((sum, option) => sum + lengthOfOption(option), OPTION_HEADER);
}

/** Writes OPT_LENGTH and the options, the last one with OPT_END. */
function writeOptions(options: readonly OptionValue[], bytes: Uint8Array, start: number): void {
  bytes[start] = OptionType.LENGTH;
  bytes[start + 1] = OPTION_HEADER;
  writeU16(bytes, start + 2, lengthOfOptions(options));
  let at = start + OPTION_HEADER;
  let last = at;
  for (const option of options) {
    last = at;
    at = writeOption(option, bytes, at);
  }
  bytes[last]! |= OPT_END;
}

/** The octets between the common header and the options. */
function typeSpecificLength(packet: PacketValue): number {
  switch (packet.type) {
    case "SPM":
      return 16 + nlaLength(packet.pathNla);
    case "POLL":
      return 24 + nlaLength(packet.pathNla);
    case "NAK":
    case "NNAK":
    case "NCF":
      return 12 + nlaLength(packet.sourceNla) + nlaLength(packet.groupNla);
    case "ODATA":
    case "RDATA":
    case "POLR":
    case "ACK":
      return 8;
    case "SPMR":
      return 0;
  }
}

function writeTypeSpecific(packet: PacketValue, bytes: Uint8Array): void {
  switch (packet.type) {
    case "SPM":
      writeU32(bytes, 16, packet.sqn);
      writeU32(bytes, 20, packet.trail);
      writeU32(bytes, 24, packet.lead);
      writeAfiNla(packet.pathNla, bytes, 28);
      return;
    case "POLL": {
      writeU32(bytes, 16, packet.sqn);
      writeU16(bytes, 20, packet.round);
      writeU16(bytes, 22, packet.subType);
      const afterPath = writeAfiNla(packet.pathNla, bytes, 24);
      writeU32(bytes, afterPath, packet.boIvlUs);
      writeU32(bytes, afterPath + 4, packet.rand);
      writeU32(bytes, afterPath + 8, packet.mask);
      return;
    }
    case "POLR":
      writeU32(bytes, 16, packet.sqn);
      writeU16(bytes, 20, packet.round);
      return;
    case "ODATA":
    case "RDATA":
      writeU32(bytes, 16, packet.sqn);
      writeU32(bytes, 20, packet.trail);
      return;
    case "NAK":
    case "NNAK":
    case "NCF":
      writeU32(bytes, 16, packet.sqn);
      writeAfiNla(packet.groupNla, bytes, writeAfiNla(packet.sourceNla, bytes, 20));
      return;
    case "ACK":
      writeU32(bytes, 16, packet.rxMax);
      writeU32(bytes, 20, packet.bitmap);
      return;
    case "SPMR":
      return;
  }
}
