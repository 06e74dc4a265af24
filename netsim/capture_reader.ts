/**
 * Captures of real or simulated networks, as octets in memory, become datagrams:
 *
 * ```text
 *   file --captureRecords--> frames --linkPayload--> IP packets --decodeIp--> datagrams --UDP?--> transport packets
 * ```
 *
 * A file that breaks its own format throws {@link CaptureError}; a frame that merely holds something else is a frame
 * with an `error`. Read {@link readCapture} first; capture_records.ts knows the file formats.
 *
 * @module
 */

import { Datagram } from "../engine/base/datagram.ts";
import { captureRecords } from "./capture_records.ts";
import { decodeIp } from "./ip_header.ts";

export { CaptureError } from "./capture_records.ts";

/** Which frames are of interest. */
export interface CaptureOptions {
  /** UDP datagrams from or to one of these ports carry a transport packet. */
  readonly udpPorts: readonly number[];
  /** The IP protocol number of transport packets. */
  readonly protocol: number;
}

/** One frame of a capture. */
export interface CapturedFrame {
  /** Counted from 1, as Wireshark does. */
  readonly number: number;
  /** Time since the first frame, ns; negative if the file is not in order of time; exact up to 2^53. */
  readonly timeNs: number;
  /** Time since 1970, ns. */
  readonly epochNs: bigint;
  /** The interface that captured it, where the file (pcapng) names it. */
  readonly interfaceName: string | undefined;
  /** The transport packet with the addresses and TTL of its IP header. Shares the memory of the file. */
  readonly datagram: Datagram | undefined;
  /** Why there is no datagram. */
  readonly error: string | undefined;
  /** Whether the transport packet came in a UDP datagram or right after the IP header. */
  readonly encapsulated: "udp" | "ip";
  /** The comments on the frame, one a line, where the file (pcapng) has any. */
  readonly comment: string | undefined;
}

/** A capture in memory. */
export interface Capture {
  /** In the order of the file. */
  readonly frames: readonly CapturedFrame[];
}

/**
 * Reads a pcap or pcapng file.
 *
 * @throws {CaptureError} if the octets are no capture, or break the format, or end within a frame
 *
 * @example
 * ```ts
 * import { describePacket, IP_PROTOCOL_PGM, readCapture, viewPacket } from "@pgmlab/pgmlab";
 *
 * const file = await Deno.readFile("tests/golden/captures/05-nak-ncf-rdata-single.pcap");
 * const { frames } = readCapture(file, { protocol: IP_PROTOCOL_PGM, udpPorts: [3055, 3056] });
 * const lines = frames.map(({ number, timeNs, datagram, error }) => {
 *   const packet = datagram === undefined ? error : describePacket(viewPacket(datagram));
 *   return `${number} ${timeNs / 1e6} ms: ${packet}`;
 * });
 * if (!lines.some((line) => line.includes(": RDATA "))) throw new Error(lines.join("; "));
 * ```
 */
export function readCapture(bytes: Uint8Array, options: CaptureOptions): Capture {
  const frames: CapturedFrame[] = [];
  let start: bigint | undefined;
  for (const { linkType, captured, epochNs, interfaceName, comment } of captureRecords(bytes)) {
    start ??= epochNs;
    const { datagram, error, encapsulated } = decodeFrame(linkType, captured, options);
    const number = frames.length + 1;
    const timeNs = Number(epochNs - start);
    frames.push({ number, timeNs, epochNs, interfaceName, datagram, error, encapsulated, comment });
  }
  return { frames };
}

const LINKTYPE_NULL = 0;
const LINKTYPE_ETHERNET = 1;
const LINKTYPE_LOOP = 108;
const LINKTYPE_LINUX_SLL = 113;
const LINKTYPE_LINUX_SLL2 = 276;
/** Raw IP of either version: the registered number, what two systems write instead, IPv4 alone, IPv6 alone. */
const LINKTYPES_RAW: readonly number[] = [101, 12, 14, 228, 229];

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPES_VLAN: readonly number[] = [0x8100, 0x88a8, 0x9100];
/** AF_INET, and AF_INET6 as Linux, NetBSD, FreeBSD and macOS number it. */
const ADDRESS_FAMILIES: readonly number[] = [2, 10, 24, 28, 30];
const IP_PROTOCOL_UDP = 17;
const UDP_HEADER = 8;

type DecodedFrame = Pick<CapturedFrame, "datagram" | "error" | "encapsulated">;

function decodeFrame(linkType: number, captured: Uint8Array, options: CaptureOptions): DecodedFrame {
  const packet = linkPayload(linkType, captured);
  if (typeof packet === "string") return withoutDatagram(packet);
  const ip = decodeIp(packet);
  if ("error" in ip) return withoutDatagram(ip.error);
  if (ip.protocol === options.protocol) return { datagram: ip.datagram, error: undefined, encapsulated: "ip" };
  const { source, destination, ttl, routerAlert, bytes } = ip.datagram;
  if (ip.protocol !== IP_PROTOCOL_UDP || bytes.length < UDP_HEADER) {
    return withoutDatagram(`not protocol ${options.protocol}`);
  }
  const u16 = (at: number) => (bytes[at]! << 8) | bytes[at + 1]!;
  if (!options.udpPorts.includes(u16(0)) && !options.udpPorts.includes(u16(2))) {
    return withoutDatagram(`not protocol ${options.protocol}`);
  }
  const length = u16(4);
  if (length < UDP_HEADER || length > bytes.length) return withoutDatagram("bad UDP length");
  const payload = bytes.subarray(UDP_HEADER, length);
  const datagram = new Datagram({ source, destination, ttl, routerAlert, bytes: payload });
  return { datagram, error: undefined, encapsulated: "udp" };
}

function withoutDatagram(error: string): DecodedFrame {
  return { datagram: undefined, error, encapsulated: "ip" };
}

/** What follows the link-layer header if that announces IP; otherwise why not. */
function linkPayload(linkType: number, frame: Uint8Array): Uint8Array | string {
  if (LINKTYPES_RAW.includes(linkType)) return frame;
  switch (linkType) {
    case LINKTYPE_ETHERNET:
      return etherPayload(frame, 12, 14);
    case LINKTYPE_LINUX_SLL:
      return etherPayload(frame, 14, 16);
    case LINKTYPE_LINUX_SLL2:
      return etherPayload(frame, 0, 20);
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP: {
      if (frame.length < 4) return "truncated: no link-layer header";
      // The family is in the byte order of the capturing machine, which the file does not tell.
      const family = frame[0] === 0 && frame[1] === 0 ? frame[3]! : frame[0]!;
      return ADDRESS_FAMILIES.includes(family) ? frame.subarray(4) : "not IP";
    }
    default:
      return `link type ${linkType} is not supported`;
  }
}

/** The payload at `start` if the EtherType at `typeAt`, after at most two VLAN tags at `start`, is that of IP. */
function etherPayload(frame: Uint8Array, typeAt: number, start: number): Uint8Array | string {
  for (let tags = 0; tags <= 2; tags++) {
    if (frame.length < start) return "truncated: no link-layer header";
    const type = (frame[typeAt]! << 8) | frame[typeAt + 1]!;
    if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6) return frame.subarray(start);
    if (!ETHERTYPES_VLAN.includes(type)) break;
    typeAt = start + 2;
    start += 4;
  }
  return "not IP";
}
