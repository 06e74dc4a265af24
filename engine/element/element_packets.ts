/**
 * The packets that a network element sends: SPMs with its own address as SPM_PATH, NCFs in the name of the source, NAKs
 * to the next hop (RFC 3208, sections 7.1, 7.2, 7.7 and 8). What of a header changes is covered by a new checksum.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { Datagram } from "../base/datagram.ts";
import type { Host } from "../base/host.ts";
import { isIpv6, type Nla, writeNla } from "../base/nla.ts";
import type { Sqn } from "../base/sqn.ts";
import { CHECKSUM_AT, pgmChecksum } from "../wire/checksum.ts";
import type { Poll } from "../poll/poller.ts";
import { encodePacket } from "../wire/encode.ts";
import { readU16, writeU16 } from "../wire/octets.ts";
import type { OptionValue } from "../wire/values.ts";
import type { Hop } from "./hop.ts";
import type { SourcePath } from "./source_path.ts";

/** The TTL of what an element sends of its own: there may be plain routers on the way to the next PGM hop. */
const TTL = 64;
/** Where SPM_PATH stands. */
const SPM_PATH_AT = 32;

/** A copy of an SPM for an interface: from there on, the PGM hop is `path`, of the same family as the one before. */
export function spmVia(spm: Datagram, octets: Uint8Array, path: Nla): Datagram {
  assert(readU16(octets, SPM_PATH_AT - 4) === (isIpv6(path) ? 2 : 1), "SPM_PATH is of another address family");
  const bytes = octets.slice();
  writeNla(path, bytes, SPM_PATH_AT);
  writeU16(bytes, CHECKSUM_AT, pgmChecksum(bytes));
  const { source, destination, ttl, routerAlert } = spm;
  return new Datagram({ source, destination, ttl: ttl - 1, routerAlert, bytes });
}

/** The NCF for these numbers, to the group. Plain routers know a tree for the source alone: it is sent in its name. */
export function ncfFor(path: SourcePath, sqns: readonly Sqn[]): Datagram {
  const { tsi, groupPort, sourceNla, group } = path;
  const bytes = encodePacket({
    type: "NCF",
    sourcePort: tsi.port,
    destinationPort: groupPort,
    gsi: tsi.gsi,
    ...naming(path, sqns),
  });
  return new Datagram({ source: sourceNla, destination: group, ttl: TTL, routerAlert: true, bytes });
}

/** RDATA that a repairer has unicast, as the source would have sent it; `bytes` are its octets as they are to go on. */
export function asFromSource({ sourceNla, group }: SourcePath, bytes: Uint8Array): Datagram {
  return new Datagram({ source: sourceNla, destination: group, ttl: TTL, routerAlert: true, bytes });
}

/** A POLL of the children on an interface, whose replies go to `pathNla`: sent in the name of the source (section 14.3). */
export function pollFor(path: SourcePath, pathNla: Nla, poll: Poll): Datagram {
  const { tsi, groupPort } = path;
  const ports = { sourcePort: tsi.port, destinationPort: groupPort, gsi: tsi.gsi };
  return asFromSource(path, encodePacket({ type: "POLL", ...ports, ...poll, pathNla, options: [] }));
}

/** The octets of a NAK for these numbers. */
export function nakBytes(path: SourcePath, sqns: readonly Sqn[]): Uint8Array {
  const { tsi, groupPort } = path;
  return encodePacket({
    type: "NAK",
    sourcePort: groupPort,
    destinationPort: tsi.port,
    gsi: tsi.gsi,
    ...naming(path, sqns),
  });
}

/** The next hop on the distribution tree. */
export function hopUpstream({ iface, upstream }: SourcePath): Hop {
  return { iface, nla: upstream };
}

/** Sends the octets of a NAK or NNAK to a hop. */
export function sendToHop(host: Host, { iface, nla: destination }: Hop, bytes: Uint8Array): void {
  host.transmit(iface, new Datagram({ source: host.address(iface), destination, ttl: TTL, routerAlert: false, bytes }));
}

/** What NAKs and NCFs for these numbers have in common: the first in the header, the others in OPT_NAK_LIST. */
function naming({ sourceNla, group }: SourcePath, sqns: readonly Sqn[]) {
  const options: OptionValue[] = sqns.length === 1 ? [] : [{ type: "NAK_LIST", sqns: sqns.slice(1) }];
  return { sqn: sqns[0]!, sourceNla, groupNla: group, options };
}
