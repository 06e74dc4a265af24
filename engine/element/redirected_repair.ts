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
import { OptionType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { AsParent } from "./as_parent.ts";
import { coversCount } from "./confirmations.ts";
import type { ConstrainedRepair } from "./constrained_repair.ts";
import { asFromSource } from "./element_packets.ts";
import type { ElementStats } from "./element_stats.ts";
import type { Hop } from "./hop.ts";
import { isAsked } from "./nak_forwarding.ts";
import { octetsToForward } from "./opx.ts";
import type { RepairState } from "./repair_state.ts";
import type { SourcePath } from "./source_path.ts";

/** What a {@link RedirectedRepair} works on. */
export interface RedirectedRepairParts {
  readonly host: Host;
  readonly stats: ElementStats;
  readonly asParent: AsParent;
  /** The NAK for a number is confirmed. */
  readonly confirm: (now: Instant, state: RepairState) => void;
  readonly repair: ConstrainedRepair;
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
    path.redirections.setUpstream({ iface, nla, parity: view.parity });
  }

  /** A POLR to the element itself: the answer to a poll, which looks for repairers if an address is offered. */
  onPolr(now: Instant, from: Hop, view: PacketView, path: SourcePath | undefined): void {
    const { stats, asParent } = this.#parts;
    if (!view.hasOption(OptionType.REDIRECT)) {
      asParent.onPolr(now, from, view, path);
      return;
    }
    // A repairer speaks for itself.
    const used = path !== undefined && this.#offered(view, path) === from.nla && from.iface !== path.iface &&
      asParent.onPolr(now, from, view, path).searched && path.redirections.setOffTree({ ...from, parity: view.parity });
    if (used) stats.redirects++;
    else stats.redirectsIgnored++;
  }

  /** An NCF to the element itself; gives whether it is of the repairer that was asked. */
  onNcf(now: Instant, from: Hop, view: PacketView, path: SourcePath): boolean {
    const named = view.parity
      ? path.groups.named(view)
      : [view.sqn, ...view.nakList()].map((key) => ({ key, count: Infinity }));
    let isOfRepairer = false;
    for (const { key, count } of named) {
      const state = path.repairs.get(key);
      if (state === undefined || !isAsked(path, state, from)) continue;
      isOfRepairer = true;
      if (view.parity && !coversCount(state, count)) this.#parts.stats.ncfsTooFew++;
      else this.#parts.confirm(now, state);
    }
    return isOfRepairer;
  }

  /** RDATA to the element itself. */
  onRdata(from: Hop, view: PacketView, path: SourcePath | undefined): void {
    const { host, stats, repair } = this.#parts;
    const states = path === undefined ? [] : repair.statesFor(path, view).filter((state) => isAsked(path, state, from));
    if (path === undefined || states.length === 0) return repair.unwanted(path, view);
    const bytes = octetsToForward(view, stats);
    if (bytes === undefined) return;
    path.onTrail(view.trail);
    stats.rdataForwarded++;
    stats.rdataFromRepairer++;
    if (view.parity) stats.parityForwarded++;
    const datagram = asFromSource(path, bytes);
    for (const iface of repair.take(path, view, states)) host.transmit(iface, datagram);
  }

  /** The address that a POLR offers, if it can be one. */
  #offered(view: PacketView, path: SourcePath | undefined): Nla | undefined {
    const nla = view.option("REDIRECT")?.nla;
    if (nla === undefined || path === undefined || view.groupPort !== path.groupPort) return undefined;
    return isMulticast(nla) || isIpv6(nla) !== isIpv6(path.sourceNla) ? undefined : nla;
  }
}
