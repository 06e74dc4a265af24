/**
 * The layout of each option extension (RFC 3208, section 9), read and written. Reading trusts that the option was
 * validated (see option_scan.ts); writing that its value was checked (see encode.ts).
 *
 * ```text
 *   0             1             2                 3
 *   E | type (7)  length        res (5) F OPX(2)  U | option-specific (7)   value ...
 * ```
 *
 * @module
 */

import { nlaFromBytes, nlaLength, writeNla } from "../base/nla.ts";
import type { Sqn } from "../base/sqn.ts";
import { OptionType } from "./constants.ts";
import { readAfiNla, readU16, readU32, writeAfiNla, writeU16, writeU32 } from "./octets.ts";
import { OPTION_ENCODED, OPTION_HEADER, optionCode } from "./option_scan.ts";
import type { Fragment, OptionOf, OptionValue, Opx } from "./values.ts";

/** U, OP_ENCODED_NULL, in octet 3. */
const ENCODED_NULL = 0x80;
/** OPT_PARITY_PRM: pro-active and on-demand parity are offered. */
const P_PROACTIVE = 0x02;
const P_ON_DEMAND = 0x01;
/** OPT_RST: no NAKs are taken. */
const RST_N = 0x40;
/** OPT_CR and OPT_CRQST: worst link and worst path as network elements see them, worst path as receivers see it. */
const CR_NEL = 0x04;
const CR_NEP = 0x02;
const CR_RXP = 0x01;
/** OPT_PGMCC_FEEDBACK: ACKER_LEAVING. */
const PGMCC_LEAVING = 0x01;

/** The fields of the OPT_FRAGMENT at `at`. */
export function readFragment(bytes: Uint8Array, at: number): Fragment {
  return {
    firstSqn: readU32(bytes, at + 4),
    offset: readU32(bytes, at + 8),
    apduLength: readU32(bytes, at + 12),
  };
}

/** Octets of an OPT_FRAGMENT that take part in the erasure code: all but the first three (section 11.2). */
export const ENCODED_FRAGMENT_BYTES = 13;

/** What is encoded for a packet of a group with fragments; a packet that has none stands for it with the U bit. */
export function encodedFragment(fragment: Fragment | undefined): Uint8Array {
  const octets = new Uint8Array(ENCODED_FRAGMENT_BYTES);
  if (fragment === undefined) octets[0] = ENCODED_NULL;
  else writeU32s(octets, 1, [fragment.firstSqn, fragment.offset, fragment.apduLength]);
  return octets;
}

/** What was decoded for a packet: its OPT_FRAGMENT, `undefined` if it has none, or `null` for what cannot be either. */
export function decodedFragment(octets: Uint8Array): Fragment | undefined | null {
  if (octets[0] === ENCODED_NULL && octets.every((octet, at) => at === 0 || octet === 0)) return undefined;
  return octets[0] === 0 ? readFragment(octets, -3) : null;
}

/** An option that was not ignored. */
export function readOption(bytes: Uint8Array, at: number, parity: boolean): OptionValue {
  const flags = readFlags(bytes, at);
  const bits = bytes[at + 3]! & 0x7f;
  const value = at + OPTION_HEADER;
  switch (optionCode(bytes, at)) {
    case OptionType.FRAGMENT:
      if (!parity) return { type: "FRAGMENT", ...flags, ...readFragment(bytes, at) };
      return { type: "ENCODED_FRAGMENT", ...pickOpx(flags), octets: bytes.subarray(at + 3, at + 16) };
    case OptionType.NAK_LIST:
      return { type: "NAK_LIST", ...flags, sqns: readSqns(bytes, value, at + bytes[at + 1]!) };
    case OptionType.JOIN:
      return { type: "JOIN", ...flags, minSqn: readU32(bytes, value) };
    case OptionType.NAK_BO_IVL:
      return { type: "NAK_BO_IVL", ...flags, ivlUs: readU32(bytes, value), pollSqn: readU32(bytes, value + 4) };
    case OptionType.NAK_BO_RNG:
      return { type: "NAK_BO_RNG", ...flags, maxUs: readU32(bytes, value), minUs: readU32(bytes, value + 4) };
    case OptionType.REDIRECT:
      return { type: "REDIRECT", ...flags, nla: readAfiNla(bytes, value) };
    case OptionType.PARITY_PRM: {
      const proActive = (bits & P_PROACTIVE) !== 0;
      const onDemand = (bits & P_ON_DEMAND) !== 0;
      return { type: "PARITY_PRM", ...flags, proActive, onDemand, tgSize: readU32(bytes, value) };
    }
    case OptionType.PARITY_GRP:
      return { type: "PARITY_GRP", ...flags, group: readU32(bytes, value) };
    case OptionType.CURR_TGSIZE:
      return { type: "CURR_TGSIZE", ...flags, size: readU32(bytes, value) };
    case OptionType.NBR_UNREACH:
      return { type: "NBR_UNREACH", ...flags };
    case OptionType.PATH_NLA:
      return { type: "PATH_NLA", ...flags, nla: nlaFromBytes(bytes, value, bytes[at + 1] === 8 ? 4 : 16) };
    case OptionType.SYN:
      return { type: "SYN", ...flags };
    case OptionType.FIN:
      return { type: "FIN", ...flags };
    case OptionType.RST:
      return { type: "RST", ...flags, noNaks: (bits & RST_N) !== 0, errorCode: bits & 0x3f };
    case OptionType.CR:
      return { ...flags, ...readCongestionReport(bytes, at) };
    case OptionType.CRQST:
      return {
        type: "CRQST",
        ...flags,
        neWorstLink: (bits & CR_NEL) !== 0,
        neWorstPath: (bits & CR_NEP) !== 0,
        receiverWorstPath: (bits & CR_RXP) !== 0,
      };
    case OptionType.PGMCC_DATA:
      return { type: "PGMCC_DATA", ...flags, timestamp: readU32(bytes, value), acker: readAfiNla(bytes, value + 4) };
    case OptionType.PGMCC_FEEDBACK:
      return { ...flags, ...readPgmccFeedback(bytes, at) };
    default:
      return readUnknownOption(bytes, at);
  }
}

/** An option as it is, uninterpreted. */
export function readUnknownOption(bytes: Uint8Array, at: number): OptionValue {
  const bits = bytes[at + 3]! & 0x7f;
  return {
    type: "UNKNOWN",
    ...readFlags(bytes, at),
    code: optionCode(bytes, at),
    ...(bits === 0 ? {} : { bits }),
    octets: bytes.subarray(at + OPTION_HEADER, at + bytes[at + 1]!),
  };
}

/** The code of an option. */
export function codeOfOption(option: OptionValue): number {
  if (option.type === "UNKNOWN") return option.code;
  return option.type === "ENCODED_FRAGMENT" ? OptionType.FRAGMENT : OptionType[option.type];
}

/** The length of an option on the wire, header included. */
export function lengthOfOption(option: OptionValue): number {
  switch (option.type) {
    case "FRAGMENT":
      return 16;
    case "ENCODED_FRAGMENT":
      return OPTION_HEADER - 1 + option.octets.length;
    case "NAK_LIST":
      return OPTION_HEADER + 4 * option.sqns.length;
    case "JOIN":
    case "PARITY_PRM":
    case "PARITY_GRP":
    case "CURR_TGSIZE":
      return 8;
    case "NAK_BO_IVL":
    case "NAK_BO_RNG":
      return 12;
    case "REDIRECT":
      return 8 + nlaLength(option.nla);
    case "PATH_NLA":
      return OPTION_HEADER + nlaLength(option.nla);
    case "NBR_UNREACH":
    case "SYN":
    case "FIN":
    case "RST":
    case "CRQST":
      return OPTION_HEADER;
    case "CR":
      return 20 + nlaLength(option.receiver);
    case "PGMCC_DATA":
      return 12 + nlaLength(option.acker);
    case "PGMCC_FEEDBACK":
      return 12 + nlaLength(option.receiver);
    case "UNKNOWN":
      return OPTION_HEADER + option.octets.length;
  }
}

/** Writes an option into zero-filled octets, without OPT_END; gives the offset after it. */
export function writeOption(option: OptionValue, bytes: Uint8Array, at: number): number {
  const length = lengthOfOption(option);
  bytes[at] = codeOfOption(option);
  bytes[at + 1] = length;
  bytes[at + 2] = (option.opx ?? 0) | (option.encoded ? OPTION_ENCODED : 0);
  bytes[at + 3] = specificBits(option) | (option.encodedNull ? ENCODED_NULL : 0);
  writeOptionValue(option, bytes, at + OPTION_HEADER);
  if (option.type === "ENCODED_FRAGMENT") {
    bytes[at + 2]! |= OPTION_ENCODED;
    bytes.set(option.octets, at + 3);
  }
  return at + length;
}

/** The 7 option-specific bits of octet 3. */
function specificBits(option: OptionValue): number {
  switch (option.type) {
    case "PARITY_PRM":
      return (option.proActive ? P_PROACTIVE : 0) | (option.onDemand ? P_ON_DEMAND : 0);
    case "RST":
      return (option.noNaks ? RST_N : 0) | option.errorCode;
    case "CRQST":
      return reportBits(option.neWorstLink, option.neWorstPath, option.receiverWorstPath);
    case "CR":
      return reportBits(
        option.neWorstLink !== undefined,
        option.neWorstPath !== undefined,
        option.receiverWorstPath !== undefined,
      );
    case "PGMCC_FEEDBACK":
      return option.leaving ? PGMCC_LEAVING : 0;
    case "UNKNOWN":
      return option.bits ?? 0;
    default:
      return 0;
  }
}

/** Writes what follows the header of an option. */
function writeOptionValue(option: OptionValue, bytes: Uint8Array, at: number): void {
  switch (option.type) {
    case "FRAGMENT":
      return writeU32s(bytes, at, [option.firstSqn, option.offset, option.apduLength]);
    case "NAK_LIST":
      return writeU32s(bytes, at, option.sqns);
    case "JOIN":
      return writeU32(bytes, at, option.minSqn);
    case "NAK_BO_IVL":
      return writeU32s(bytes, at, [option.ivlUs, option.pollSqn]);
    case "NAK_BO_RNG":
      return writeU32s(bytes, at, [option.maxUs, option.minUs]);
    case "PARITY_PRM":
      return writeU32(bytes, at, option.tgSize);
    case "PARITY_GRP":
      return writeU32(bytes, at, option.group);
    case "CURR_TGSIZE":
      return writeU32(bytes, at, option.size);
    case "REDIRECT":
      writeAfiNla(option.nla, bytes, at);
      return;
    case "PATH_NLA":
      writeNla(option.nla, bytes, at);
      return;
    case "CR":
      writeU32(bytes, at, option.lead);
      writeU16(bytes, at + 4, option.neWorstLink ?? 0);
      writeU16(bytes, at + 6, option.neWorstPath ?? 0);
      writeU16(bytes, at + 8, option.receiverWorstPath ?? 0);
      writeAfiNla(option.receiver, bytes, at + 12);
      return;
    case "PGMCC_DATA":
      writeU32(bytes, at, option.timestamp);
      writeAfiNla(option.acker, bytes, at + 4);
      return;
    case "PGMCC_FEEDBACK":
      writeU32(bytes, at, option.timestamp);
      writeAfiNla(option.receiver, bytes, at + 4);
      writeU16(bytes, at + 6, option.lossRate);
      return;
    case "UNKNOWN":
      bytes.set(option.octets, at);
  }
}

function writeU32s(bytes: Uint8Array, at: number, values: readonly number[]): void {
  for (const [index, value] of values.entries()) writeU32(bytes, at + 4 * index, value);
}

function readSqns(bytes: Uint8Array, from: number, to: number): Sqn[] {
  const sqns: Sqn[] = [];
  for (let at = from; at < to; at += 4) sqns.push(readU32(bytes, at));
  return sqns;
}

function readFlags(bytes: Uint8Array, at: number): { opx?: Opx; encoded?: true; encodedNull?: true } {
  const opx = bytes[at + 2]! & 0x03;
  return {
    ...(opx === 0 ? {} : { opx: opx as Opx }),
    ...((bytes[at + 2]! & OPTION_ENCODED) === 0 ? {} : { encoded: true }),
    ...(bytes[at + 3]! < ENCODED_NULL ? {} : { encodedNull: true }),
  };
}

function pickOpx(flags: { opx?: Opx }): { opx?: Opx } {
  return flags.opx === undefined ? {} : { opx: flags.opx };
}

function reportBits(neWorstLink: boolean, neWorstPath: boolean, receiverWorstPath: boolean): number {
  return (neWorstLink ? CR_NEL : 0) | (neWorstPath ? CR_NEP : 0) | (receiverWorstPath ? CR_RXP : 0);
}

function readCongestionReport(bytes: Uint8Array, at: number): OptionOf<"CR"> {
  const bits = bytes[at + 3]!;
  return {
    type: "CR",
    lead: readU32(bytes, at + 4),
    ...((bits & CR_NEL) === 0 ? {} : { neWorstLink: readU16(bytes, at + 8) }),
    ...((bits & CR_NEP) === 0 ? {} : { neWorstPath: readU16(bytes, at + 10) }),
    ...((bits & CR_RXP) === 0 ? {} : { receiverWorstPath: readU16(bytes, at + 12) }),
    receiver: readAfiNla(bytes, at + 16),
  };
}

function readPgmccFeedback(bytes: Uint8Array, at: number): OptionOf<"PGMCC_FEEDBACK"> {
  return {
    type: "PGMCC_FEEDBACK",
    timestamp: readU32(bytes, at + 4),
    lossRate: readU16(bytes, at + 10),
    receiver: readAfiNla(bytes, at + 8),
    leaving: (bytes[at + 3]! & PGMCC_LEAVING) !== 0,
  };
}
