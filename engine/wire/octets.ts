/**
 * Big-endian integers and addresses in octets. No bounds are checked here: the callers know what they hold.
 *
 * @module
 */

import { isIpv6, type Nla, nlaFromBytes, writeNla } from "../base/nla.ts";

/** The unsigned 16-bit integer at `at`. */
export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** The unsigned 32-bit integer at `at`. */
export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** The unsigned 48-bit integer at `at`. */
export function readU48(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at) * 0x1_0000_0000 + readU32(bytes, at + 2);
}

/** Writes an unsigned 16-bit integer. */
export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Writes an unsigned 32-bit integer. */
export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Writes an unsigned 48-bit integer. */
export function writeU48(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, Math.floor(value / 0x1_0000_0000));
  writeU32(bytes, at + 2, value);
}

/** The octets of an NLA of the address family whose AFI is at `at` (1: IPv4, 2: IPv6); 0 for any other family. */
export function nlaLengthByAfi(bytes: Uint8Array, at: number): 0 | 4 | 16 {
  const afi = readU16(bytes, at);
  return afi === 1 ? 4 : afi === 2 ? 16 : 0;
}

/** The NLA of the triple AFI (2 octets), 2 further octets, NLA that starts at `at`. The AFI is known to be good. */
export function readAfiNla(bytes: Uint8Array, at: number): Nla {
  return nlaFromBytes(bytes, at + 4, nlaLengthByAfi(bytes, at) === 4 ? 4 : 16);
}

/** Writes AFI and NLA, leaving the 2 octets between them alone; gives the offset after the NLA. */
export function writeAfiNla(nla: Nla, bytes: Uint8Array, at: number): number {
  writeU16(bytes, at, isIpv6(nla) ? 2 : 1);
  return at + 4 + writeNla(nla, bytes, at + 4);
}
