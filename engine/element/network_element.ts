/**
 * A PGM network element (RFC 3208, section 7): the part of a router that looks into the packets of PGM sessions. SPMs
 * tell it the way to their source, NAKs go that way hop by hop, repairs come back only to where they were asked for.
 *
 * ```text
 *   packet                 from                what becomes of it
 *   SPM                    upstream            path state; a copy for each interface, with its address as SPM_PATH
 *   NAK (unicast to us)    below               NCF there; repair state; up to the next hop unless eliminated
 *   NCF                    upstream            confirms or anticipates; ends here
 *   RDATA                  upstream            to the interfaces in its repair state, see constrained_repair.ts; else dropped
 *   POLL                   upstream            a POLR, perhaps, see as_child.ts; ends here
 *   POLR (unicast to us)   below               the answer to a POLL of ours, see as_parent.ts
 *   NCF, RDATA, POLR       a repairer          see redirected_repair.ts
 *   ODATA                  upstream            never seen: switched like any other traffic
 * ```
 *
 * Parity that is asked for has repair state of its own, of whole transmission groups, with counts (section 11.6): see
 * packet_counts.ts. SPMs tell what groups there are; until one does, parity NAKs, NCFs and RDATA are dropped. Pro-active
 * parity is ODATA and passes. Sessions beyond the limit are forwarded as a plain router would, SPM_PATH included, so that
 * their NAKs pass by.
 *
 * @module
 */

import { Datagram } from "../base/datagram.ts";
import type { Host, Interceptor, InterfaceSet } from "../base/host.ts";
import type { Instant } from "../base/time.ts";
import { OptionType, PacketType } from "../wire/constants.ts";
import { MalformedCounts } from "../wire/malformed_counts.ts";
import { type PacketView, ParseError, viewPacket } from "../wire/packet_view.ts";
import { AsChild } from "./as_child.ts";
import { AsParent } from "./as_parent.ts";
import { Confirmations } from "./confirmations.ts";
import { ConstrainedRepair } from "./constrained_repair.ts";
import { assertElementConfig, type ElementConfig } from "./element_config.ts";
import { type ForwardedSpm, spmVia } from "./element_packets.ts";
import { type ElementGauges, ElementStats } from "./element_stats.ts";
import type { Hop } from "./hop.ts";
import { NakForwarding } from "./nak_forwarding.ts";
import { octetsToForward } from "./opx.ts";
import { RedirectedRepair } from "./redirected_repair.ts";
import type { RepairState } from "./repair_state.ts";
import { RepairTable } from "./repair_table.ts";
import { RepairerSearch } from "./repairer_search.ts";
import { isContradictorySpm, type SourcePath, type SpmArrival } from "./source_path.ts";
import { SourcePaths } from "./source_paths.ts";

/** Nowhere: the packet ends here. */
const NOWHERE: InterfaceSet = [];

/**
 * The software of a PGM router. Multicast must have passed the reverse-path check before the element is asked: what
 * comes from elsewhere than the source's direction is not for it to judge.
 *
 * @example A NAK goes up, and the repair comes down to where it was asked for
 * ```ts
 * import {
 *   Datagram, describePacket, ELEMENT_DEFAULTS, encodePacket, type Nla, NetworkElement, type PacketValue, parseNla,
 *   prngFromSeed, viewPacket,
 * } from "@pgmlab/pgmlab";
 *
 * const [source, group, member, ...own] = ["10.0.0.1", "239.192.0.1", "10.0.2.9", "10.0.0.2", "10.0.1.1", "10.0.2.1"]
 *   .map((text) => parseNla(text)!);
 * const said: string[] = [];
 * const element = new NetworkElement({
 *   random: prngFromSeed(1),
 *   address: (iface: number) => own[iface]!,
 *   isLocal: () => true,
 *   transmit: (iface: number, datagram: Datagram) => said.push(`${iface}: ${describePacket(viewPacket(datagram))}`),
 *   joinGroup: () => {},
 *   leaveGroup: () => {},
 *   note: () => {},
 * }, ELEMENT_DEFAULTS);
 *
 * const packet = (value: PacketValue, from: Nla, to: Nla) => {
 *   return new Datagram({ source: from, destination: to, ttl: 64, routerAlert: true, bytes: encodePacket(value) });
 * };
 * const down = { gsi: 0x0a0b0c, sourcePort: 4000, destinationPort: 7500, options: [] };
 * const up = { gsi: 0x0a0b0c, sourcePort: 7500, destinationPort: 4000, options: [] };
 * const nlas = { sourceNla: source!, groupNla: group! };
 *
 * const spm = { type: "SPM", ...down, sqn: 0, trail: 0, lead: 9, pathNla: source! } as const;
 * element.intercept(0, 0, packet(spm, source!, group!), [1, 2]);
 * said.length = 0;
 * element.handleDatagram(0, 2, packet({ type: "NAK", ...up, sqn: 7, ...nlas }, member!, own[2]!));
 * if (said.join("; ") !== "2: NCF 7 src 10.0.0.1 grp 239.192.0.1; 0: NAK 7 src 10.0.0.1 grp 239.192.0.1") {
 *   throw new Error(said.join("; "));
 * }
 * const rdata = { type: "RDATA", ...down, sqn: 7, trail: 0, payload: new Uint8Array(10) } as const;
 * if (element.intercept(0, 0, packet(rdata, source!, group!), [1, 2]).join() !== "2") throw new Error("not constrained");
 * if (element.intercept(0, 0, packet(rdata, source!, group!), [1, 2]).length > 0) throw new Error("not asked for");
 * ```
 */
export class NetworkElement implements Interceptor {
  /** What was counted since the start. */
  readonly stats = new ElementStats();
  /** The parameters that it was given. */
  readonly config: ElementConfig;
  readonly #host: Host;
  readonly #paths: SourcePaths;
  readonly #repairs: RepairTable;
  readonly #naks: NakForwarding;
  readonly #confirmations: Confirmations;
  readonly #asParent: AsParent;
  readonly #asChild: AsChild;
  readonly #repair: ConstrainedRepair;
  readonly #redirected: RedirectedRepair;
  readonly #malformed = new MalformedCounts();

  /**
   * An element that knows nothing yet. `host` is called only from within its own methods.
   *
   * @throws {AssertionError} if a parameter is out of its range
   */
  constructor(host: Host, config: ElementConfig) {
    assertElementConfig(config);
    const { stats } = this;
    const asParent = new AsParent(host, config, stats);
    const asChild = new AsChild(host, config, stats);
    const search = new RepairerSearch(config, asParent);
    const repairs = new RepairTable(config, stats);
    const onUnredirected = (now: Instant, path: SourcePath) => search.look(now, path);
    const naks = new NakForwarding({ host, config, stats, repairs, asParent, onUnredirected });
    const confirmations = new Confirmations({ host, config, stats, repairs, naks, asChild });
    const confirm = (now: Instant, state: RepairState) => confirmations.outstanding(now, state);
    const repair = new ConstrainedRepair({ host, stats, repairs, naks });
    this.config = config;
    this.#host = host;
    this.#paths = new SourcePaths(config);
    this.#repairs = repairs;
    this.#naks = naks;
    this.#confirmations = confirmations;
    this.#asParent = asParent;
    this.#asChild = asChild;
    this.#repair = repair;
    this.#redirected = new RedirectedRepair({ host, stats, asParent, confirm, repair });
  }

  /** How many malformed packets came in, by cause. */
  get malformed(): ReadonlyMap<ParseError, number> {
    return this.#malformed.byCause;
  }

  /** The state in numbers. */
  get gauges(): ElementGauges {
    const { children, unreachable } = this.#asParent.gauges;
    const { pending } = this.#naks;
    return { sessions: this.#paths.size, repairs: this.#repairs.size, pending, children, unreachable };
  }

  /** When {@link NetworkElement.handleTimeout} is due; `NEVER` while nothing is asked for and no path is known. */
  nextTimeout(): Instant {
    const polls = Math.min(this.#asParent.nextTimeout(), this.#asChild.nextTimeout());
    return Math.min(polls, this.#naks.nextTimeout(), this.#repairs.nextTimeout(), this.#paths.nextTimeout());
  }

  /** Repeats NAKs, polls and replies to polls, and forgets what is over. */
  handleTimeout(now: Instant): void {
    this.#naks.handleTimeout(now);
    this.#asChild.handleTimeout(now);
    this.#asParent.handleTimeout(now);
    for (let state = this.#repairs.due(now); state !== undefined; state = this.#repairs.due(now)) {
      this.stats.repairsExpired++;
      this.#repair.end(state, "EXPIRED");
    }
    for (let path = this.#paths.takeIdle(now); path !== undefined; path = this.#paths.takeIdle(now)) {
      this.stats.sessionsForgotten++;
      this.#asParent.forget(path);
      this.#asChild.forget(path);
      for (const state of path.repairs.values()) this.#repair.end(state, "EXPIRED");
    }
  }

  /** Takes a packet that is addressed to the element itself. Whatever is wrong with it is counted, never thrown. */
  handleDatagram(now: Instant, iface: number, datagram: Datagram): void {
    const view = this.#view(datagram);
    if (view === undefined) return;
    const from = { iface, nla: datagram.source };
    if (!datagram.multicast) {
      switch (view.type) {
        case PacketType.POLR:
          return this.#redirected.onPolr(now, from, view, this.#paths.find(view));
        case PacketType.RDATA:
          return this.#redirected.onRdata(from, view, this.#paths.find(view));
        case PacketType.NCF:
          return this.#onUnicastNcf(now, from, view);
      }
    }
    const nnak = view.type === PacketType.NNAK;
    if (datagram.multicast || (view.type !== PacketType.NAK && !nnak)) {
      this.stats.ignored++;
      return;
    }
    if (nnak) this.stats.nnaksReceived++;
    else this.stats.naksReceived++;
    const path = this.#pathOfNak(iface, view);
    if (path === undefined) return;
    if (nnak) this.#naks.onNnak(now, from, view, path);
    else this.#naks.onNak(now, from, view, path);
  }

  /** Takes a packet that passes through and is marked for routers to look at. */
  intercept(now: Instant, iface: number, datagram: Datagram, routed: InterfaceSet): InterfaceSet {
    const view = this.#view(datagram);
    if (view === undefined) return NOWHERE;
    // Between other hosts; no PGM hop sends such a thing.
    if (!datagram.multicast) return routed;
    // There was no room for its session: a plain router passes whatever it is. SPMs are yet to be counted.
    const overflows = this.#paths.full && this.#paths.find(view) === undefined;
    if (overflows && view.type !== PacketType.SPM) return routed;
    switch (view.type) {
      case PacketType.SPM:
        return this.#onSpm(
          now,
          datagram,
          { iface, source: datagram.source, group: datagram.destination, view },
          routed,
        );
      case PacketType.RDATA:
        return this.#onRdata(datagram, view, routed);
      case PacketType.NCF:
        return this.#onNcf(now, iface, view);
      case PacketType.POLL:
        this.#asChild.onPoll(now, { iface, nla: datagram.source }, view, this.#paths.find(view));
        return NOWHERE;
      case PacketType.POLR:
        this.#redirected.onMulticastPolr(iface, datagram, view, this.#paths.find(view));
        return NOWHERE;
      case PacketType.ODATA:
        return routed;
      default:
        this.stats.ignored++;
        return NOWHERE;
    }
  }

  #view(datagram: Datagram): PacketView | undefined {
    const view = viewPacket(datagram);
    if (view.error === ParseError.None) return view;
    this.stats.malformed++;
    this.#malformed.count(view.error);
    return undefined;
  }

  #onSpm(now: Instant, datagram: Datagram, arrival: SpmArrival, routed: InterfaceSet): InterfaceSet {
    const { stats } = this;
    const { view } = arrival;
    if (isContradictorySpm(view, arrival.source)) {
      stats.spmContradictory++;
      return NOWHERE;
    }
    const bytes = octetsToForward(view, stats);
    if (bytes === undefined) return NOWHERE;
    const known = this.#paths.find(view);
    if (known === undefined && this.#paths.full) {
      stats.tooManySessions++;
      return this.#pass(datagram, bytes, routed);
    }
    const spm: ForwardedSpm = { datagram, view, octets: bytes };
    if (view.hasOption(OptionType.NBR_UNREACH)) return this.#onSpecialSpm(now, known, arrival, spm, routed);
    if (known !== undefined && !this.#update(now, known, arrival)) return NOWHERE;
    stats.spm++;
    const path = known ?? this.#paths.open(arrival);
    path.downstream = routed;
    path.groups.onSpm(view, path.repairs, stats);
    this.#paths.touch(now, path);
    this.#asParent.refreshed(now, path);
    this.#forwardSpm(now, path, spm, routed);
    return NOWHERE;
  }

  /** An SPM that says that its sender cannot reach its children by multicast (section 15.3.2): it tells nothing else. */
  #onSpecialSpm(
    now: Instant,
    path: SourcePath | undefined,
    arrival: SpmArrival,
    spm: ForwardedSpm,
    routed: InterfaceSet,
  ): InterfaceSet {
    if (path === undefined || !path.isParents(arrival)) this.stats.unreachableForeign++;
    else {
      this.#asChild.silence(path);
      this.#forwardSpm(now, path, spm, routed);
    }
    return NOWHERE;
  }

  #forwardSpm(now: Instant, path: SourcePath, spm: ForwardedSpm, routed: InterfaceSet): void {
    this.stats.spmsForwarded += routed.length;
    for (const iface of routed) {
      const interval = this.#asParent.spmOption(now, path, iface, spm.view);
      this.#host.transmit(iface, spmVia(spm, this.#host.address(iface), interval));
    }
  }

  /** What came by unicast is of the repairer that was asked, or of a parent that says why (section 15.3.2). */
  #onUnicastNcf(now: Instant, from: Hop, view: PacketView): void {
    const { stats } = this;
    const path = this.#paths.find(view);
    if (path === undefined) stats.ncfsElsewhere++;
    else if (isUnkeyed(path, view)) stats.parityUnkeyed++;
    else if (this.#redirected.onNcf(now, from, view, path)) stats.ncfsFromRepairer++;
    else if (!view.hasOption(OptionType.NBR_UNREACH)) stats.ncfsElsewhere++;
    else if (from.nla !== path.sourceNla) stats.unreachableForeign++;
    else this.#confirmations.take(now, path, view);
  }

  /** Takes a further SPM of a session; gives false if it ends here. */
  #update(now: Instant, path: SourcePath, arrival: SpmArrival): boolean {
    const { stats } = this;
    switch (path.onSpm(now, arrival, this.config.pathHoldIvl)) {
      case "out of sequence":
        stats.spmOutOfSequence++;
        return false;
      case "damped":
        stats.spmDamped++;
        return false;
      case "changed":
        stats.pathChanges++;
        return true;
      case "same":
        return true;
    }
  }

  /** The path that a NAK is to go, if it is to go any. */
  #pathOfNak(iface: number, view: PacketView): SourcePath | undefined {
    const { stats } = this;
    const path = this.#paths.find(view);
    if (path === undefined) {
      stats.naksWithoutPath++;
      return undefined;
    }
    const { sourceNla, group, groupPort } = path;
    if (view.sourceNla() !== sourceNla || view.groupNla() !== group || view.groupPort !== groupPort) {
      stats.naksForeign++;
      return undefined;
    }
    if (iface === path.iface) {
      stats.naksFromUpstream++;
      return undefined;
    }
    if (isUnkeyed(path, view)) {
      stats.parityUnkeyed++;
      return undefined;
    }
    return path;
  }

  #onNcf(now: Instant, iface: number, view: PacketView): InterfaceSet {
    const { stats } = this;
    const path = this.#paths.find(view);
    if (path === undefined || iface !== path.iface) stats.ncfsElsewhere++;
    else if (isUnkeyed(path, view)) stats.parityUnkeyed++;
    else this.#confirmations.take(now, path, view);
    return NOWHERE;
  }

  #onRdata(datagram: Datagram, view: PacketView, routed: InterfaceSet): InterfaceSet {
    const { stats } = this;
    const path = this.#paths.find(view);
    // What others send with an address of their own has passed the reverse-path check for that, not for the source.
    if (path !== undefined && datagram.source !== path.sourceNla) {
      stats.rdataUnwanted++;
      return NOWHERE;
    }
    path?.onTrail(view.trail);
    const states = path === undefined ? [] : this.#repair.statesFor(path, view);
    if (path === undefined || states.length === 0) {
      this.#repair.unwanted(path, view);
      return NOWHERE;
    }
    const bytes = octetsToForward(view, stats);
    if (bytes === undefined) return NOWHERE;
    const allowed = both(this.#repair.take(path, view, states), routed);
    if (allowed.length > 0) stats.rdataForwarded++;
    if (allowed.length > 0 && view.parity) stats.parityForwarded++;
    stats.rdataCopiesSpared += routed.length - allowed.length;
    return this.#pass(datagram, bytes, allowed);
  }

  /** Forwards a packet whose octets may have changed: then the network must not forward the original. */
  #pass(datagram: Datagram, bytes: Uint8Array, allowed: InterfaceSet): InterfaceSet {
    if (bytes === datagram.bytes) return allowed;
    const { source, destination, ttl, routerAlert } = datagram;
    const changed = new Datagram({ source, destination, ttl: ttl - 1, routerAlert, bytes });
    for (const iface of allowed) this.#host.transmit(iface, changed);
    return NOWHERE;
  }
}

/** Whether a packet of parity cannot be told what group it is of. */
function isUnkeyed(path: SourcePath, view: PacketView): boolean {
  return view.parity && path.groups.size === 0;
}

/** What is in both of two ascending sets; `routed` itself if it is all of it. */
function both(listed: InterfaceSet, routed: InterfaceSet): InterfaceSet {
  const common = listed.filter((iface) => routed.includes(iface));
  return common.length === routed.length ? routed : common;
}
