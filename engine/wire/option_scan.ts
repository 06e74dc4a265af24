/**
 * Validates the option extensions of a received packet (RFC 3208, section 9), without decoding them.
 *
 * ```text
 *   options start                                            end = start + total
 *   |  OPT_LENGTH  |   option   |   option   |  last option  |
 *   | 00 04  total | type len ..| type len ..| E|type len .. |  payload
 * ```
 *
 * An option is malformed (then the packet is), ignored, or taken. Ignored are codes that are not assigned, options on
 * packets that may not carry them, and a few values that the RFC tells to ignore.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import { OptionType, optionTypeName, type PacketType } from "./constants.ts";
import { nlaLengthByAfi, readU16, readU32 } from "./octets.ts";
import { MAX_NAK_LIST, MAX_OPTIONS_ACCEPTED, mayCarry } from "./option_rules.ts";
import { ParseError } from "./parse_error.ts";

/** F, OP_ENCODED, in octet 2 of an option. */
export const OPTION_ENCODED = 0x04;
/** The length of OPT_LENGTH and of the header of every other option. */
export const OPTION_HEADER = 4;

/** What the header of a packet says that its options are judged by. */
export interface OptionContext {
  readonly type: PacketType;
  readonly parity: boolean;
  readonly sqn: Sqn;
  readonly tsduLength: number;
}

/** What {@link scanOptions} finds out besides whether the options are well-formed. Reused from packet to packet. */
export class OptionScan {
  /** The offset after the last option. */
  end = 0;
  /** The option types taken: see {@link optionBit}. */
  present = 0;
  /** How many options of an assigned type were ignored: a sign of a faulty or malicious peer. */
  ignored = 0;
  /** The smallest size in a PARITY_PRM and the largest in a CURR_TGSIZE. */
  tgSize = 0;
  currTgSize = 0;
}

/** What becomes of a single option: ignored, or a {@link ParseError}, `None` if it is taken. */
export type Judgement = ParseError | typeof IGNORED;
/** The option is passed over. */
export const IGNORED = -1;

/** The bit of an option type in {@link OptionScan.present}. */
export function optionBit(code: OptionType): number {
  return code === OptionType.INVALID ? 1 << 31 : 1 << code;
}

/** Validates the extensions that start at `start`, filling `scan`. */
export function scanOptions(bytes: Uint8Array, start: number, context: OptionContext, scan: OptionScan): ParseError {
  if (bytes.length < start + OPTION_HEADER) return ParseError.OptLengthMissing;
  if (bytes[start] !== OptionType.LENGTH || bytes[start + 1] !== OPTION_HEADER) return ParseError.OptLengthMissing;
  const end = start + readU16(bytes, start + 2);
  if (end > bytes.length) return ParseError.OptionsOverrun;
  let at = start + OPTION_HEADER;
  if (at >= end) return ParseError.NoOptions;
  scan.end = end;
  scan.present = optionBit(OptionType.LENGTH);
  scan.ignored = 0;
  scan.tgSize = 0xffff_ffff;
  scan.currTgSize = 0;
  for (let count = 0; at < end; count++) {
    if (count === MAX_OPTIONS_ACCEPTED) return ParseError.TooManyOptions;
    const malformed = scanOption(bytes, at, context, scan);
    if (malformed !== ParseError.None) return malformed;
    at += bytes[at + 1]!;
  }
  // A group cannot be larger than the groups of its session (section 11.8.3).
  if (scan.currTgSize > scan.tgSize) {
    scan.present &= ~optionBit(OptionType.CURR_TGSIZE);
    scan.ignored++;
  }
  return ParseError.None;
}

/** Validates one option and its place in the list. */
function scanOption(bytes: Uint8Array, at: number, context: OptionContext, scan: OptionScan): ParseError {
  if (at + OPTION_HEADER > scan.end) return ParseError.OptionOverrun;
  const length = bytes[at + 1]!;
  if (length < OPTION_HEADER) return ParseError.OptionTooShort;
  if (at + length > scan.end) return ParseError.OptionOverrun;
  const optEnd = bytes[at]! >= 0x80;
  if (at + length === scan.end ? !optEnd : optEnd) return optEnd ? ParseError.OptEndEarly : ParseError.OptEndMissing;
  const code = optionCode(bytes, at);
  if (code === OptionType.LENGTH) return ParseError.OptLengthRepeated;
  const judgement = judgeOption(bytes, at, context);
  if (judgement > ParseError.None) return judgement as ParseError;
  if (judgement === ParseError.None) takeOption(bytes, at, scan);
  else if (code === OptionType.INVALID) scan.present |= optionBit(OptionType.INVALID);
  else if (optionTypeName(code) !== undefined) scan.ignored++;
  return ParseError.None;
}

function takeOption(bytes: Uint8Array, at: number, scan: OptionScan): void {
  const code = optionCode(bytes, at) as OptionType;
  scan.present |= optionBit(code);
  if (code === OptionType.PARITY_PRM) scan.tgSize = Math.min(scan.tgSize, readU32(bytes, at + OPTION_HEADER));
  if (code === OptionType.CURR_TGSIZE) scan.currTgSize = Math.max(scan.currTgSize, readU32(bytes, at + OPTION_HEADER));
}

/** The type of the option at `at`, without OPT_END. */
export function optionCode(bytes: Uint8Array, at: number): number {
  return bytes[at]! & 0x7f;
}

/** The offset of the first option of a type in a well-formed list that has one. */
export function findOption(bytes: Uint8Array, start: number, code: OptionType): number {
  let at = start + OPTION_HEADER;
  while (optionCode(bytes, at) !== code) at += bytes[at + 1]!;
  return at;
}

/** Judges one option whose length fits the list. */
export function judgeOption(bytes: Uint8Array, at: number, context: OptionContext): Judgement {
  const code = optionCode(bytes, at);
  if (!mayCarry(context.type, context.parity, code)) return IGNORED;
  const length = bytes[at + 1]!;
  switch (code) {
    case OptionType.FRAGMENT:
      return length === 16 ? judgeFragment(bytes, at, context) : ParseError.BadOptionLength;
    case OptionType.NAK_LIST:
      return judgeNakList(bytes, at, context.sqn);
    case OptionType.REDIRECT:
      return judgeNla(bytes, at + 4, length - 8);
    case OptionType.PGMCC_DATA:
    case OptionType.PGMCC_FEEDBACK:
      return judgeNla(bytes, at + 8, length - 12);
    case OptionType.CR:
      return judgeNla(bytes, at + 16, length - 20);
    case OptionType.PATH_NLA:
      return length === 8 || length === 20 ? ParseError.None : ParseError.BadOptionLength;
    case OptionType.NAK_BO_IVL:
      return length === 12 ? ParseError.None : ParseError.BadOptionLength;
    case OptionType.NAK_BO_RNG:
      return length === 12 ? judgeNakBoRng(bytes, at) : ParseError.BadOptionLength;
    case OptionType.PARITY_PRM:
      return length === 8 ? judgeParityPrm(bytes, at) : ParseError.BadOptionLength;
    case OptionType.PARITY_GRP:
      if (length !== 8) return ParseError.BadOptionLength;
      return readU32(bytes, at + 4) === 0 ? ParseError.ParityGroupZero : ParseError.None;
    case OptionType.CURR_TGSIZE:
      if (length !== 8) return ParseError.BadOptionLength;
      return readU32(bytes, at + 4) === 0 ? IGNORED : ParseError.None;
    case OptionType.JOIN:
      return length === 8 ? ParseError.None : ParseError.BadOptionLength;
    default:
      return length === OPTION_HEADER ? ParseError.None : ParseError.BadOptionLength;
  }
}

/** An NLA after its AFI at `afiAt`, for which the option has room for `room` octets. */
function judgeNla(bytes: Uint8Array, afiAt: number, room: number): Judgement {
  if (room !== 4 && room !== 16) return ParseError.BadOptionLength;
  const length = nlaLengthByAfi(bytes, afiAt);
  if (length === 0) return ParseError.UnknownAfi;
  return length === room ? ParseError.None : ParseError.BadOptionLength;
}

/** On parity packets the fragment is encoded and says nothing by itself; unencoded there it has no meaning at all. */
function judgeFragment(bytes: Uint8Array, at: number, context: OptionContext): Judgement {
  if (context.parity) return (bytes[at + 2]! & OPTION_ENCODED) !== 0 ? ParseError.None : IGNORED;
  const { sqn, tsduLength } = context;
  const possible = isPossibleFragment(
    sqn,
    tsduLength,
    readU32(bytes, at + 4),
    readU32(bytes, at + 8),
    readU32(bytes, at + 12),
  );
  return possible ? ParseError.None : ParseError.FragmentContradiction;
}

/**
 * Whether a data packet can be the fragment that it says it is: within the APDU, not empty, and as many fragments
 * before it as its sequence number says, each of at least one octet.
 */
export function isPossibleFragment(
  sqn: Sqn,
  tsduLength: number,
  firstSqn: Sqn,
  offset: number,
  apduLength: number,
): boolean {
  const before = (sqn - firstSqn) >>> 0;
  return tsduLength > 0 && offset + tsduLength <= apduLength && before <= offset && (before === 0) === (offset === 0);
}

/** Strictly ascending from the sequence number in the header, in circular order. */
function judgeNakList(bytes: Uint8Array, at: number, sqn: Sqn): Judgement {
  const length = bytes[at + 1]!;
  const entries = (length - OPTION_HEADER) / 4;
  if (!Number.isInteger(entries) || entries < 1 || entries > MAX_NAK_LIST) return ParseError.BadOptionLength;
  let previous = 0;
  for (let entry = at + OPTION_HEADER; entry < at + length; entry += 4) {
    const distance = (readU32(bytes, entry) - sqn) | 0;
    if (distance <= previous) return ParseError.NakListOrder;
    previous = distance;
  }
  return ParseError.None;
}

/** A range that is upside down or starts at 0 is ignored. */
function judgeNakBoRng(bytes: Uint8Array, at: number): Judgement {
  return isPossibleNakBoRng(readU32(bytes, at + 4), readU32(bytes, at + 8)) ? ParseError.None : IGNORED;
}

/** Whether NAK_BO_IVL can be clamped to a range. */
export function isPossibleNakBoRng(maxUs: number, minUs: number): boolean {
  return minUs > 0 && minUs <= maxUs;
}

/** An offer of neither kind of parity, or of a size that cannot split sequence numbers, is ignored. */
function judgeParityPrm(bytes: Uint8Array, at: number): Judgement {
  const offers = (bytes[at + 3]! & 0x03) !== 0;
  return offers && isPossibleTgSize(readU32(bytes, at + 4)) ? ParseError.None : IGNORED;
}

/** Whether a transmission group can have this size: a power of two. */
export function isPossibleTgSize(size: number): boolean {
  return size > 0 && (size & (size - 1)) === 0;
}
