/**
 * Turns what a scenario says about packets ("RDATA 107 of sender") into predicates on datagrams, and packets into the
 * classes that segments count by. The network itself knows nothing of PGM.
 *
 * @module
 */

import {
  type Datagram,
  OptionType,
  type PacketType,
  packetTypeName,
  ParseError,
  sqnAtMost,
  type Tsi,
  viewPacket,
} from "../engine/mod.ts";
import type { PacketMatch } from "./plan.ts";

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
  const anyPacket = types.size === 0 && match.sqns.length === 0 && tsis.length === 0 && options.length === 0;
  const multicast = match.cast === undefined ? undefined : match.cast === "multicast";
  return (datagram) => {
    if (multicast !== undefined && datagram.multicast !== multicast) return false;
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) return anyPacket;
    if (types.size > 0 && !types.has(packetTypeName(view.type as PacketType))) return false;
    if (match.sqns.length > 0) {
      const inRange = match.sqns.some(([first, last]) => sqnAtMost(first, view.sqn) && sqnAtMost(view.sqn, last));
      if (!inRange) return false;
    }
    if (options.length > 0 && !options.some((option) => view.hasOption(option))) return false;
    return tsis.length === 0 || tsis.some((tsi) => tsi.gsi === view.gsi && tsi.port === view.sessionPort);
  };
}
