/**
 * IP headers, octet by octet: what a simulated datagram would look like on a real wire. The simulator itself does
 * without them; captures need them. IPv4 is RFC 791, its Router Alert RFC 2113; IPv6 is RFC 8200, its Router Alert
 * RFC 2711.
 *
 * @module
 */

import { assert } from "../engine/base/assert.ts";
import { Datagram } from "../engine/base/datagram.ts";
import { isIpv6, nlaFromBytes, writeNla } from "../engine/base/nla.ts";

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS_AND_OFFSET = 0x3fff;
/** Type 148, length 4, value 0: every router examines the packet. */
const IPV4_ROUTER_ALERT = [0x94, 0x04, 0x00, 0x00];
/** Type 5, length 2, value 0, then PadN of no octets to fill 8 octets. No value is assigned to PGM: 0 as in IPv4. */
const IPV6_ROUTER_ALERT = [0x05, 0x02, 0x00, 0x00, 0x01, 0x00];
const IPV6_HOP_BY_HOP = 0;
const IPV6_FRAGMENT = 44;
const IPV6_DESTINATION_OPTIONS = 60;

/** What {@link decodeIp} gives: the datagram and its IP protocol number, or why there is none. */
export type DecodedIp = { readonly datagram: Datagram; readonly protocol: number } | { readonly error: string };

/** The octets of the datagram as an IP packet: headers and transport packet. */
export function ipLength(datagram: Datagram): number {
  return headerLength(datagram) + datagram.bytes.length;
}

/**
 * The datagram as an IP packet that carries the IP protocol number `protocol`.
 *
 * @throws {AssertionError} see {@link writeIp}
 */
export function encodeIp(datagram: Datagram, protocol: number): Uint8Array {
  const packet = new Uint8Array(ipLength(datagram));
  writeIp(datagram, protocol, packet, 0);
  return packet;
}

/**
 * Writes the datagram as an IP packet at `offset` of `into`, which is zero there; gives the number of octets. IPv4 has
 * Don't Fragment set and identification 0.
 *
 * @throws {AssertionError} if the addresses are of two families, or a field is out of its range
 */
export function writeIp(datagram: Datagram, protocol: number, into: Uint8Array, offset: number): number {
  const { source, destination, ttl } = datagram;
  assert(isIpv6(source) === isIpv6(destination), `${source} and ${destination} are of different families`);
  assert(Number.isInteger(ttl) && ttl >= 0 && ttl <= 255, `TTL ${ttl} must be in 0 .. 255`);
  assert(Number.isInteger(protocol) && protocol >= 0 && protocol <= 255, `protocol ${protocol} must be in 0 .. 255`);
  const header = headerLength(datagram);
  const length = header + datagram.bytes.length;
  assert(offset + length <= into.length, `${length} octets do not fit at ${offset} of ${into.length}`);
  if (isIpv6(source)) writeIpv6Header(datagram, protocol, into, offset);
  else writeIpv4Header(datagram, protocol, into, offset);
  into.set(datagram.bytes, offset + header);
  return length;
}

/**
 * Reads an IPv4 or IPv6 packet; octets after its end (link-layer padding) are ignored. The datagram shares the memory
 * of `bytes`. The IPv4 header checksum is not judged: a capture on the sender may show it before the hardware fills it
 * in. Never throws.
 */
export function decodeIp(bytes: Uint8Array): DecodedIp {
  if (bytes.length === 0) return { error: "truncated: no IP header" };
  const version = bytes[0]! >>> 4;
  if (version === 4) return decodeIpv4(bytes);
  if (version === 6) return decodeIpv6(bytes);
  return { error: "not IP" };
}

function headerLength(datagram: Datagram): number {
  if (isIpv6(datagram.source)) return IPV6_HEADER + (datagram.routerAlert ? 2 + IPV6_ROUTER_ALERT.length : 0);
  return IPV4_HEADER + (datagram.routerAlert ? IPV4_ROUTER_ALERT.length : 0);
}

function writeIpv4Header(datagram: Datagram, protocol: number, into: Uint8Array, at: number): void {
  const header = headerLength(datagram);
  const total = header + datagram.bytes.length;
  assert(total <= 0xffff, `an IPv4 packet of ${total} octets must be at most 65535`);
  into[at] = 0x40 | (header >>> 2);
  writeU16(into, at + 2, total);
  writeU16(into, at + 6, DONT_FRAGMENT);
  into[at + 8] = datagram.ttl;
  into[at + 9] = protocol;
  writeNla(datagram.source, into, at + 12);
  writeNla(datagram.destination, into, at + 16);
  if (datagram.routerAlert) into.set(IPV4_ROUTER_ALERT, at + IPV4_HEADER);
  writeU16(into, at + 10, headerChecksum(into, at, header));
}

function writeIpv6Header(datagram: Datagram, protocol: number, into: Uint8Array, at: number): void {
  const payload = headerLength(datagram) - IPV6_HEADER + datagram.bytes.length;
  assert(payload <= 0xffff, `an IPv6 payload of ${payload} octets must be at most 65535`);
  into[at] = 0x60;
  writeU16(into, at + 4, payload);
  into[at + 6] = datagram.routerAlert ? IPV6_HOP_BY_HOP : protocol;
  into[at + 7] = datagram.ttl;
  writeNla(datagram.source, into, at + 8);
  writeNla(datagram.destination, into, at + 24);
  if (datagram.routerAlert) {
    into[at + IPV6_HEADER] = protocol;
    into.set(IPV6_ROUTER_ALERT, at + IPV6_HEADER + 2);
  }
}

/** The one's complement of the one's complement sum of the header's 16-bit words, the checksum itself being 0. */
function headerChecksum(bytes: Uint8Array, at: number, length: number): number {
  let sum = 0;
  for (let i = at; i < at + length; i += 2) sum += readU16(bytes, i);
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function decodeIpv4(bytes: Uint8Array): DecodedIp {
  if (bytes.length < IPV4_HEADER) return truncated(bytes.length, IPV4_HEADER);
  const header = (bytes[0]! & 0x0f) * 4;
  const total = readU16(bytes, 2);
  if (header < IPV4_HEADER || total < header) return { error: "bad IPv4 length" };
  if ((readU16(bytes, 6) & MORE_FRAGMENTS_AND_OFFSET) !== 0) return { error: "IP fragment" };
  if (bytes.length < total) return truncated(bytes.length, total);
  let routerAlert = false;
  for (let at = IPV4_HEADER; at < header && bytes[at] !== 0;) {
    if (bytes[at] === 1) {
      at++;
      continue;
    }
    const length = at + 1 < header ? bytes[at + 1]! : 0;
    if (length < 2 || at + length > header) return { error: "bad IPv4 option" };
    if (bytes[at] === IPV4_ROUTER_ALERT[0] && length === IPV4_ROUTER_ALERT.length) routerAlert = true;
    at += length;
  }
  const datagram = new Datagram({
    source: nlaFromBytes(bytes, 12, 4),
    destination: nlaFromBytes(bytes, 16, 4),
    ttl: bytes[8]!,
    routerAlert,
    bytes: bytes.subarray(header, total),
  });
  return { datagram, protocol: bytes[9]! };
}

function decodeIpv6(bytes: Uint8Array): DecodedIp {
  if (bytes.length < IPV6_HEADER) return truncated(bytes.length, IPV6_HEADER);
  const total = IPV6_HEADER + readU16(bytes, 4);
  if (bytes.length < total) return truncated(bytes.length, total);
  let routerAlert = false;
  let protocol = bytes[6]!;
  let at = IPV6_HEADER;
  // Hop-by-hop options are such only right after the IPv6 header.
  while (protocol === IPV6_DESTINATION_OPTIONS || (protocol === IPV6_HOP_BY_HOP && at === IPV6_HEADER)) {
    if (at + 8 > total) return { error: "bad IPv6 extension header" };
    const end = at + 8 + bytes[at + 1]! * 8;
    if (end > total) return { error: "bad IPv6 extension header" };
    if (protocol === IPV6_HOP_BY_HOP) {
      const found = findIpv6RouterAlert(bytes, at + 2, end);
      if (found === undefined) return { error: "bad IPv6 option" };
      routerAlert = found;
    }
    protocol = bytes[at]!;
    at = end;
  }
  if (protocol === IPV6_FRAGMENT) return { error: "IP fragment" };
  const datagram = new Datagram({
    source: nlaFromBytes(bytes, 8, 16),
    destination: nlaFromBytes(bytes, 24, 16),
    ttl: bytes[7]!,
    routerAlert,
    bytes: bytes.subarray(at, total),
  });
  return { datagram, protocol };
}

/** Whether the hop-by-hop options in `at .. end - 1` hold a Router Alert; `undefined` if an option overruns them. */
function findIpv6RouterAlert(bytes: Uint8Array, at: number, end: number): boolean | undefined {
  let found = false;
  while (at < end) {
    if (bytes[at] === 0) {
      at++;
      continue;
    }
    if (at + 2 > end || at + 2 + bytes[at + 1]! > end) return undefined;
    if (bytes[at] === IPV6_ROUTER_ALERT[0] && bytes[at + 1] === IPV6_ROUTER_ALERT[1]) found = true;
    at += 2 + bytes[at + 1]!;
  }
  return found;
}

function truncated(captured: number, needed: number): DecodedIp {
  return { error: `truncated: ${captured} of ${needed} octets` };
}

function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function writeU16(into: Uint8Array, at: number, value: number): void {
  into[at] = value >>> 8;
  into[at + 1] = value;
}
