/**
 * The packets that a receiver sends: NAKs (RFC 3208, sections 6.3 and 9.3), SPMRs (section 13.5) and POLRs (section
 * 14.5). They name the source's session, with the ports in upstream order. And NCFs that it passes on (section 15.3.2).
 *
 * @module
 */

import { Datagram } from "../base/datagram.ts";
import type { Host } from "../base/host.ts";
import type { Nla } from "../base/nla.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Tsi } from "../base/tsi.ts";
import type { Polr } from "../poll/responder.ts";
import { encodePacket } from "../wire/encode.ts";
import type { ReceiverConfig } from "./receiver_config.ts";

/** The session that a packet is about. */
export interface AboutSession {
  readonly tsi: Tsi;
  /** NAK_SRC, and where SPMRs go. */
  readonly sourceNla: Nla;
}

/** What a NAK asks for, and whom. */
export interface Request {
  readonly session: AboutSession;
  /** The PGM parent, and the interface towards it. */
  readonly parent: { readonly nla: Nla; readonly iface: number };
  /** Oldest first. */
  readonly sqns: readonly Sqn[];
  /** Whether the numbers are transmission groups and counts. */
  readonly parity?: boolean;
}

/** TTL of unicast packets. */
const UNICAST_TTL = 64;
/** TTL of what only the neighbours on the subnet are to hear. */
const SUBNET_TTL = 1;

/**
 * Sends a NAK to the PGM parent of a session; gives whether it was also multicast on the subnet (only if the parent is
 * beyond it, where the neighbours do not hear the parent's NCF as soon).
 */
export function sendNak(host: Host, config: ReceiverConfig, { session, parent, sqns, parity }: Request): boolean {
  const { nla, iface } = parent;
  const bytes = encodePacket({
    type: "NAK",
    ...upstream(config, session),
    ...(parity ? { parity: true as const } : {}),
    sqn: sqns[0]!,
    sourceNla: session.sourceNla,
    groupNla: config.group,
    options: sqns.length === 1 ? [] : [{ type: "NAK_LIST", sqns: sqns.slice(1) }],
  });
  send(host, iface, { destination: nla, ttl: UNICAST_TTL, bytes });
  if (!config.multicastNak || host.isLocal(iface, nla)) return false;
  send(host, iface, { destination: config.group, ttl: SUBNET_TTL, bytes });
  return true;
}

/** Sends an SPMR for a session: first to the neighbours, to keep them quiet, then to the source. */
export function sendSpmr(host: Host, config: ReceiverConfig, session: AboutSession, iface: number): void {
  const bytes = encodePacket({ type: "SPMR", ...upstream(config, session), options: [] });
  send(host, iface, { destination: config.group, ttl: SUBNET_TTL, bytes });
  send(host, iface, { destination: session.sourceNla, ttl: UNICAST_TTL, bytes });
}

/** Replies to a poll: to its POLL_PATH. */
export function sendPolr(host: Host, config: ReceiverConfig, session: AboutSession, polr: Polr): void {
  const { path: destination, iface, sqn, round } = polr;
  const bytes = encodePacket({ type: "POLR", ...upstream(config, session), sqn, round, options: [] });
  send(host, iface, { destination, ttl: UNICAST_TTL, bytes });
}

/**
 * Lets the neighbours hear an NCF that came by unicast. Like all NCFs the copy bears the address of the data's source,
 * so that it passes for what it is.
 */
export function copyNcf(
  host: Host,
  config: ReceiverConfig,
  { datagram, iface }: { readonly datagram: Datagram; readonly iface: number },
): void {
  const { source, bytes } = datagram;
  const destination = config.group;
  host.transmit(iface, new Datagram({ source, destination, ttl: SUBNET_TTL, routerAlert: true, bytes }));
}

function upstream(config: ReceiverConfig, { tsi }: AboutSession) {
  return { sourcePort: config.port, destinationPort: tsi.port, gsi: tsi.gsi };
}

function send(
  host: Host,
  iface: number,
  how: { readonly destination: Nla; readonly ttl: number; readonly bytes: Uint8Array },
): void {
  host.transmit(iface, new Datagram({ source: host.address(iface), routerAlert: false, ...how }));
}
