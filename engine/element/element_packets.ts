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
import type { Polr } from "../poll/responder.ts";
import { encodePacket } from "../wire/encode.ts";
import { OptionType } from "../wire/constants.ts";
import { readU16, writeU16, writeU32 } from "../wire/octets.ts";
import { findOption, OPTION_HEADER } from "../wire/option_scan.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { NO_WINDOW } from "../wire/spm_window.ts";
import type { OptionOf, OptionValue } from "../wire/values.ts";
import type { Hop } from "./hop.ts";
import type { SourcePath } from "./source_path.ts";
import { tellNakBoIvl } from "./spm_options.ts";

/** The TTL of what an element sends of its own: there may be plain routers on the way to the next PGM hop. */
const TTL = 64;
/** Where NAK_SQN stands. */
const SQN_AT = 16;
/** Where SPM_PATH stands. */
const SPM_PATH_AT = 32;

/** An SPM that goes on, with the octets that it goes on with. */
export interface ForwardedSpm {
  readonly datagram: Datagram;
  readonly view: PacketView;
  readonly octets: Uint8Array;
}

/**
 * A copy of an SPM for an interface: from there on, the PGM hop is `path`, of the same family as the one before.
 * `interval` is what the children there are told of NAK_BO_IVL, if they are.
 */
export function spmVia(
  { datagram, view, octets }: ForwardedSpm,
  path: Nla,
  interval?: OptionOf<"NAK_BO_IVL">,
): Datagram {
  assert(readU16(octets, SPM_PATH_AT - 4) === (isIpv6(path) ? 2 : 1), "SPM_PATH is of another address family");
  const bytes = interval === undefined ? octets.slice() : tellNakBoIvl(view, octets, interval);
  writeNla(path, bytes, SPM_PATH_AT);
  writeU16(bytes, CHECKSUM_AT, pgmChecksum(bytes));
  const { source, destination, ttl, routerAlert } = datagram;
  return new Datagram({ source, destination, ttl: ttl - 1, routerAlert, bytes });
}

/** What a NAK or NCF names: numbers, or with OPT_PARITY groups and counts. */
export interface Names {
  readonly sqns: readonly Sqn[];
  readonly parity: boolean;
}

/**
 * The NCF for these numbers, to the group or to the child `to`. Plain routers know a tree for the source alone: it is sent
 * in its name.
 */
export function ncfFor(path: SourcePath, names: Names, own: readonly OptionValue[] = [], to?: Nla): Datagram {
  const { options, ...named } = naming(path, names);
  const bytes = encodePacket({ type: "NCF", ...downstream(path), ...named, options: [...options, ...own] });
  return asFromSource(path, bytes, to);
}

/** A POLL of the children on an interface, whose replies go to `pathNla` (section 14.3). */
export function pollFor(path: SourcePath, pathNla: Nla, poll: Poll): Datagram {
  return asFromSource(path, encodePacket({ type: "POLL", ...downstream(path), ...poll, pathNla, options: [] }));
}

/** The SPM that silences the children on the interface with the address `pathNla` (section 15.3.2). */
export function specialSpm(path: SourcePath, pathNla: Nla): Datagram {
  const options: OptionValue[] = [{ type: "NBR_UNREACH" }];
  const spm = { type: "SPM", ...downstream(path), sqn: path.spmSqn, ...NO_WINDOW, pathNla, options } as const;
  return asFromSource(path, encodePacket(spm));
}

/** Replies to a poll: to its POLL_PATH. */
export function sendPolr(host: Host, { tsi, groupPort }: SourcePath, polr: Polr): void {
  const { path: nla, iface, sqn, round } = polr;
  const ports = { sourcePort: groupPort, destinationPort: tsi.port, gsi: tsi.gsi };
  sendToHop(host, { iface, nla }, encodePacket({ type: "POLR", ...ports, sqn, round, options: [] }));
}

/** The octets of a NAK for these numbers. */
export function nakBytes(path: SourcePath, names: Names): Uint8Array {
  const { tsi, groupPort } = path;
  return encodePacket({
    type: "NAK",
    sourcePort: groupPort,
    destinationPort: tsi.port,
    gsi: tsi.gsi,
    ...naming(path, names),
  });
}

/** The octets of a NAK, which `view` shows, with other numbers in their places. */
export function renumbered(view: PacketView, octets: Uint8Array, sqns: readonly Sqn[]): Uint8Array {
  const list = view.nakList();
  assert(sqns.length === 1 + list.length, "a NAK has places for as many numbers as it bears");
  if (sqns.every((sqn, i) => sqn === (i === 0 ? view.sqn : list[i - 1]))) return octets;
  const bytes = octets.slice();
  writeU32(bytes, SQN_AT, sqns[0]!);
  const listAt = list.length === 0 ? 0 : findOption(bytes, view.optionsAt, OptionType.NAK_LIST) + OPTION_HEADER;
  for (let i = 0; i < list.length; i++) writeU32(bytes, listAt + 4 * i, sqns[i + 1]!);
  writeU16(bytes, CHECKSUM_AT, pgmChecksum(bytes));
  return bytes;
}

/** The next hop on the distribution tree. */
export function hopUpstream({ iface, upstream }: SourcePath): Hop {
  return { iface, nla: upstream };
}

/** Sends the octets of a NAK or NNAK to a hop. */
export function sendToHop(host: Host, { iface, nla: destination }: Hop, bytes: Uint8Array): void {
  host.transmit(iface, new Datagram({ source: host.address(iface), destination, ttl: TTL, routerAlert: false, bytes }));
}

/**
 * A packet as the source would have sent it, to the group or to the child `to`; `bytes` are its octets as they are to go
 * on.
 */
export function asFromSource({ sourceNla, group }: SourcePath, bytes: Uint8Array, to: Nla = group): Datagram {
  return new Datagram({ source: sourceNla, destination: to, ttl: TTL, routerAlert: true, bytes });
}

function downstream({ tsi, groupPort }: SourcePath) {
  return { sourcePort: tsi.port, destinationPort: groupPort, gsi: tsi.gsi };
}

/** What NAKs and NCFs for these numbers have in common: the first in the header, the others in OPT_NAK_LIST. */
function naming({ sourceNla, group }: SourcePath, { sqns, parity }: Names) {
  const options: OptionValue[] = sqns.length === 1 ? [] : [{ type: "NAK_LIST", sqns: sqns.slice(1) }];
  const named = { sqn: sqns[0]!, sourceNla, groupNla: group, options };
  return parity ? { ...named, parity: true as const } : named;
}
