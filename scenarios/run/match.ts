/**
 * Turns what a scenario says about packets ("RDATA 107 of sender") into predicates on datagrams, and packets into the
 * classes that segments count by. The network itself knows nothing of PGM.
 *
 * @module
 */

import {
  type Datagram,
  OptionType,
  PacketType,
  packetTypeName,
  ParseError,
  type Sqn,
  sqnAtMost,
  type Tsi,
  viewPacket,
} from "../../engine/mod.ts";
import type { PacketMatch, SqnRange } from "../plan.ts";

/** The classes by which segments count packets: the packet types, and what does not parse. */
export const CLASSES = [
  "SPM",
  "POLL",
  "POLR",
  "ODATA",
  "RDATA",
  "NAK",
  "NNAK",
  "NCF",
  "SPMR",
  "ACK",
  "malformed",
] as const;

/** The types of packets with a trailing edge. */
const HAS_TRAIL: ReadonlySet<number> = new Set([PacketType.SPM, PacketType.ODATA, PacketType.RDATA]);

const CLASS_OF = new Map<string, number>(CLASSES.map((name, index) => [name, index]));

/** The index in {@link CLASSES} of a datagram. */
export function classify(datagram: Datagram): number {
  const view = viewPacket(datagram);
  return CLASS_OF.get(view.error === ParseError.None ? packetTypeName(view.type) : "malformed")!;
}

/** A predicate for the packets that `match` describes; `tsis` are the sessions of its sources. */
export function compileMatch(match: PacketMatch, tsis: readonly Tsi[]): (datagram: Datagram) => boolean {
  const types = new Set(match.types);
  const options = match.options.map((name) => OptionType[name]);
  const { sqns, trails, leads, parity } = match;
  const anyPacket = types.size === 0 && parity === undefined &&
    [sqns, trails, leads, tsis, options].every((list) => list.length === 0);
  const multicast = match.cast === undefined ? undefined : match.cast === "multicast";
  return (datagram) => {
    if (multicast !== undefined && datagram.multicast !== multicast) return false;
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) return anyPacket;
    if (types.size > 0 && !types.has(packetTypeName(view.type as PacketType))) return false;
    if (parity !== undefined && view.parity !== parity) return false;
    if (sqns.length > 0 && !isIn(sqns, view.sqn)) return false;
    if (trails.length > 0 && !(HAS_TRAIL.has(view.type) && isIn(trails, view.trail))) return false;
    if (leads.length > 0 && !(view.type === PacketType.SPM && isIn(leads, view.lead))) return false;
    if (options.length > 0 && !options.some((option) => view.hasOption(option))) return false;
    return tsis.length === 0 || tsis.some((tsi) => tsi.gsi === view.gsi && tsi.port === view.sessionPort);
  };
}

function isIn(ranges: readonly SqnRange[], sqn: Sqn): boolean {
  return ranges.some(([first, last]) => sqnAtMost(first, sqn) && sqnAtMost(sqn, last));
}
