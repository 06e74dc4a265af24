/**
 * Validates a received packet (RFC 3208, section 8): everything that can be wrong with it by itself is found here.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import { CHECKSUM_AT, pgmChecksum } from "./checksum.ts";
import { isData, isPacketType, OptionsOctet, PacketType } from "./constants.ts";
import { nlaLengthByAfi, readU16, readU32 } from "./octets.ts";
import { type OptionContext, OptionScan, scanOptions } from "./option_scan.ts";
import { ParseError } from "./parse_error.ts";

/** The length of the header that all packets begin with. */
export const HEADER = 16;

/** What {@link scanPacket} finds out about a well-formed packet. Reused from packet to packet. */
export class PacketScan implements OptionContext {
  type: PacketType = PacketType.SPM;
  parity = false;
  sqn: Sqn = 0;
  tsduLength = 0;
  /** The offset of the option extensions, if there are any. */
  optionsAt = 0;
  /** `end` is the offset of the payload. */
  readonly options = new OptionScan();
}

/** Validates a packet, filling `scan`. */
export function scanPacket(bytes: Uint8Array, scan: PacketScan): ParseError {
  const { options } = scan;
  options.present = 0;
  options.ignored = 0;
  if (bytes.length < HEADER) return ParseError.Truncated;
  // First of all, so that damage on the way counts as damage and not as whatever it looks like.
  const checksum = readU16(bytes, CHECKSUM_AT);
  if (checksum !== 0 && checksum !== pgmChecksum(bytes)) return ParseError.BadChecksum;
  const type = bytes[4]!;
  if (type > 0x0f) return ParseError.BadVersion;
  if (!isPacketType(type)) return ParseError.UnknownType;
  if (checksum === 0 && isData(type)) return ParseError.ChecksumMissing;
  const flags = bytes[5]!;
  scan.parity = (flags & OptionsOctet.PARITY) !== 0;
  if (!scan.parity && (flags & OptionsOctet.VAR_PKTLEN) !== 0) return ParseError.VarPktlenWithoutParity;
  const malformed = scanTypeSpecific(bytes, type, scan);
  if (malformed !== ParseError.None) return malformed;
  scan.type = type;
  scan.sqn = type === PacketType.SPMR ? 0 : readU32(bytes, HEADER);
  scan.tsduLength = readU16(bytes, 14);
  options.end = scan.optionsAt;
  if ((flags & OptionsOctet.PRESENT) !== 0) {
    const malformed = scanOptions(bytes, scan.optionsAt, scan, options);
    if (malformed !== ParseError.None) return malformed;
  }
  const rest = bytes.length - options.end;
  if (isData(type)) return rest === scan.tsduLength ? ParseError.None : ParseError.TsduLength;
  if (scan.tsduLength !== 0) return ParseError.TsduLength;
  return rest === 0 ? ParseError.None : ParseError.TrailingOctets;
}

/** Validates what lies between the common header and the options; sets `scan.optionsAt` to its end. */
function scanTypeSpecific(bytes: Uint8Array, type: PacketType, scan: PacketScan): ParseError {
  switch (type) {
    case PacketType.SPM:
      return scanNlas(bytes, 28, 1, 0, scan);
    case PacketType.POLL:
      return scanNlas(bytes, 24, 1, 12, scan);
    case PacketType.NAK:
    case PacketType.NNAK:
    case PacketType.NCF:
      return scanNlas(bytes, 20, 2, 0, scan);
    case PacketType.SPMR:
      return scanFixed(bytes, HEADER, scan);
    case PacketType.ODATA:
    case PacketType.RDATA:
    case PacketType.POLR:
    case PacketType.ACK:
      return scanFixed(bytes, HEADER + 8, scan);
  }
}

/** `count` NLAs with their AFI and 2 reserved octets, from `start` on, and `after` more octets. */
function scanNlas(bytes: Uint8Array, start: number, count: number, after: number, scan: PacketScan): ParseError {
  let at = start;
  for (let i = 0; i < count; i++) {
    if (bytes.length < at + 4) return ParseError.Truncated;
    const length = nlaLengthByAfi(bytes, at);
    if (length === 0) return ParseError.UnknownAfi;
    at += 4 + length;
  }
  return scanFixed(bytes, at + after, scan);
}

function scanFixed(bytes: Uint8Array, end: number, scan: PacketScan): ParseError {
  scan.optionsAt = end;
  return bytes.length < end ? ParseError.Truncated : ParseError.None;
}
