/**
 * What repairers send to a network element (RFC 3208, section 9.5.3.2): offers to be asked instead of the hop upstream,
 * and, if they are below, confirmations and repairs by unicast.
 *
 * ```text
 *   POLR to the group, from upstream      a repairer upstream: NAKs of the session go there from now on
 *   POLR to us, answer to our poll        a repairer below: the same, unless one upstream is known
 *   NCF to us, from the repairer below    confirms what was asked of it; ends here
 *   RDATA to us, from the repairer below  to those who asked, in the name of the source
 * ```
 *
 * What comes from anyone else is dropped: a repairer is believed only what it was asked for.
 *
 * @module
 */

import type { Datagram } from "../base/datagram.ts";
import type { Host } from "../base/host.ts";
import { isIpv6, isMulticast, type Nla } from "../base/nla.ts";
import type { Instant } from "../base/time.ts";
import { PacketType } from "../wire/constants.ts";
import { readU16 } from "../wire/octets.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { asFromSource } from "./element_packets.ts";
import type { ElementStats } from "./element_stats.ts";
import type { Hop } from "./hop.ts";
import { isAsked } from "./nak_forwarding.ts";
import { octetsToForward } from "./opx.ts";
import type { RepairState } from "./repair_state.ts";
import type { RepairerSearch } from "./repairer_search.ts";
import type { SourcePath } from "./source_path.ts";

/** POLR_ROUND. */
const ROUND_AT = 20;

/** What a {@link RedirectedRepair} works on. */
export interface RedirectedRepairParts {
  readonly host: Host;
  readonly stats: ElementStats;
  readonly search: RepairerSearch;
  /** The NAK for a number is confirmed. */
  readonly confirm: (now: Instant, state: RepairState) => void;
  /** The repair of a number has come. */
  readonly end: (state: RepairState) => void;
}

/** Takes what repairers send. */
export class RedirectedRepair {
  readonly #parts: RedirectedRepairParts;

  constructor(parts: RedirectedRepairParts) {
    this.#parts = parts;
  }

  /** A POLR to the group. Repairers upstream answer NCFs so: it bears the address of the source. */
  onMulticastPolr(iface: number, datagram: Datagram, view: PacketView, path: SourcePath | undefined): void {
    const nla = this.#offered(view, path);
    const upstream = path !== undefined && iface === path.iface && datagram.source === path.sourceNla &&
      datagram.destination === path.group;
    if (!upstream || nla === undefined) {
      this.#parts.stats.redirectsIgnored++;
      return;
    }
    this.#parts.stats.redirects++;
    path.redirections.setUpstream({ iface, nla });
  }

  /** A packet from a node below, to the element itself: POLR, NCF or RDATA. */
  take(now: Instant, from: Hop, view: PacketView, path: SourcePath | undefined): void {
    if (view.type === PacketType.POLR) return this.#onPolr(from, view, path);
    if (view.parity) this.#parts.stats.parity++;
    else if (view.type === PacketType.NCF) this.#onNcf(now, from, view, path);
    else this.#onRdata(from, view, path);
  }

  #onPolr(from: Hop, view: PacketView, path: SourcePath | undefined): void {
    const { stats, search } = this.#parts;
    const nla = this.#offered(view, path);
    // A repairer speaks for itself.
    const used = path !== undefined && nla === from.nla && from.iface !== path.iface &&
      search.answers(path, from, view.sqn, readU16(view.bytes, ROUND_AT)) && path.redirections.setOffTree(from);
    if (used) stats.redirects++;
    else stats.redirectsIgnored++;
  }

  #onNcf(now: Instant, from: Hop, view: PacketView, path: SourcePath | undefined): void {
    const { stats, confirm } = this.#parts;
    const states = path === undefined
      ? []
      : [view.sqn, ...view.nakList()].flatMap((sqn) => path.repairs.get(sqn) ?? []).filter((state) =>
        isAsked(path, state, from)
      );
    if (states.length === 0) stats.ncfsElsewhere++;
    else stats.ncfsFromRepairer++;
    for (const state of states) confirm(now, state);
  }

  #onRdata(from: Hop, view: PacketView, path: SourcePath | undefined): void {
    const { host, stats, end } = this.#parts;
    const state = path?.repairs.get(view.sqn);
    if (path === undefined || state === undefined || !isAsked(path, state, from)) {
      stats.rdataUnwanted++;
      return;
    }
    const bytes = octetsToForward(view, stats);
    if (bytes === undefined) return;
    path.onTrail(view.trail);
    end(state);
    stats.rdataForwarded++;
    stats.rdataFromRepairer++;
    const datagram = asFromSource(path, bytes);
    for (const iface of state.interfaces) host.transmit(iface, datagram);
  }

  /** The address that a POLR offers, if it can be one. */
  #offered(view: PacketView, path: SourcePath | undefined): Nla | undefined {
    const nla = view.option("REDIRECT")?.nla;
    if (nla === undefined || path === undefined || view.groupPort !== path.groupPort) return undefined;
    return isMulticast(nla) || isIpv6(nla) !== isIpv6(path.sourceNla) ? undefined : nla;
  }
}
