/**
 * What NAKs ask for (RFC 3208, sections 5.2 and 5.3): an NCF for every valid one, a repair for every number that is in
 * the window.
 *
 * @module
 */

import { type Sqn, sqnBefore } from "../base/sqn.ts";
import type { Nla } from "../base/nla.ts";
import { type Instant, NEVER } from "../base/time.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { FirstHop } from "./first_hop.ts";
import { NcfQueue } from "./ncf_queue.ts";
import { RepairQueue } from "./repair_queue.ts";
import type { SourceConfig } from "./source_config.ts";
import type { SourceParity } from "./source_parity.ts";
import type { SourceStats } from "./source_stats.ts";
import type { TransmitWindow } from "./transmit_window.ts";
import type { WindowAdvance } from "./window_advance.ts";

/** What a {@link NakService} works on. */
export interface NakServiceParts {
  readonly window: TransmitWindow;
  readonly advance: WindowAdvance;
  readonly firstHop: FirstHop;
  readonly stats: SourceStats;
  /** Forward error correction, if the source offers it. */
  readonly parity: SourceParity | undefined;
}

/** Takes NAKs in, and holds the NCFs and repairs that wait. */
export class NakService {
  /** NCFs that wait. */
  readonly ncfs: NcfQueue;
  /** Repairs that wait, of packets in the window. */
  readonly repairs: RepairQueue;
  readonly #window: TransmitWindow;
  readonly #advance: WindowAdvance;
  readonly #firstHop: FirstHop;
  readonly #stats: SourceStats;
  readonly #parity: SourceParity | undefined;

  /** Nothing waits. */
  constructor(config: SourceConfig, { window, advance, firstHop, stats, parity }: NakServiceParts) {
    this.#window = window;
    this.#advance = advance;
    this.#firstHop = firstHop;
    this.#stats = stats;
    this.#parity = parity;
    this.ncfs = new NcfQueue(config);
    // An application that releases its messages has no increment window.
    const hasUrgent = config.incrementRepairsFirst && config.txwStrategy !== "application";
    this.repairs = new RepairQueue(config.rdataDelay, hasUrgent ? (sqn) => window.inIncrement(sqn) : undefined);
  }

  /**
   * Takes a NAK that arrived on an interface from the address `child`; gives whether its NCF is unicast, for multicast is
   * presumed not to arrive: then an SPM is due, too (section 15.3.2).
   */
  take(now: Instant, iface: number, child: Nla, view: PacketView): boolean {
    const { sqn } = view;
    const list = view.nakList();
    const inWindow = [sqn, ...list].filter((asked) => this.#window.packet(asked) !== undefined);
    const isUnicast = this.#firstHop.nak(now, iface, inWindow);
    if (!this.ncfs.push(now, { iface, sqn, list, to: isUnicast ? child : undefined })) this.#stats.ncfsHeldBack++;
    let heldOff = this.#request(now, sqn);
    for (const listed of list) heldOff = this.#request(now, listed) || heldOff;
    if (heldOff) this.#stats.advancesHeldOff++;
    return isUnicast;
  }

  /** Takes a parity NAK: its numbers are groups and counts of packets, each less one (section 11.3.1). As {@link take}. */
  takeParity(now: Instant, iface: number, child: Nla, view: PacketView): boolean {
    const { sqn } = view;
    const list = view.nakList();
    this.#stats.parityNaksReceived++;
    const isUnicast = this.#firstHop.nak(now, iface, []);
    const to = isUnicast ? child : undefined;
    if (!this.ncfs.push(now, { iface, sqn, list, parity: true, to })) this.#stats.ncfsHeldBack++;
    for (const asked of [sqn, ...list]) this.#requestParity(now, asked);
    return isUnicast;
  }

  /** How many requests wait. */
  get waiting(): number {
    return this.repairs.size + (this.#parity?.waiting ?? 0);
  }

  /** When the next repair may leave that may not yet, or `NEVER`. */
  readyAfter(now: Instant): Instant {
    return Math.min(this.repairs.readyAfter(now), this.#parity?.readyAfter(now) ?? NEVER);
  }

  /** The octets of the repair that is first in line, or `undefined` when none may leave now. */
  repairBytes(now: Instant): number | undefined {
    const sqn = this.repairs.size === 0 ? undefined : this.repairs.first(now);
    return sqn === undefined ? this.#parity?.onDemandBytes(now) : this.#window.packet(sqn)!.length;
  }

  /** Drops the repairs that the trailing edge has passed. */
  dropExpired(): void {
    const { trail } = this.#window;
    this.#stats.repairsExpired += this.repairs.dropBefore(trail) + (this.#parity?.dropBefore(trail) ?? 0);
  }

  /** Takes a repair that leaves off the queue, and advances the window if that was all it waited for. */
  repaired(now: Instant, sqn: Sqn): void {
    this.repairs.remove(sqn);
    this.#window.repaired(sqn);
    if (this.#advance.repaired(now, sqn, this.repairs)) this.dropExpired();
  }

  /** Advances the window if it is time. */
  expire(now: Instant): void {
    if (this.#advance.expire(now, this.repairs)) this.dropExpired();
  }

  /** Drops everything; an advance that waits for repairs does so no more. */
  clear(now: Instant): void {
    this.ncfs.clear();
    this.repairs.clear();
    this.#parity?.clearRequests();
    this.expire(now);
  }

  /** Asks for the repair of a packet; gives whether that holds off the window's advance. */
  #request(now: Instant, sqn: Sqn): boolean {
    if (sqnBefore(sqn, this.#window.trail)) this.#stats.naksBehindTrail++;
    else if (this.#servesByParity(now, sqn)) return this.#advance.nak(now, sqn);
    else if (this.#window.packet(sqn) === undefined) this.#stats.naksBeyondLead++;
    else {
      if (this.#window.wasRepaired(sqn)) this.#stats.naksAfterRdata++;
      if (!this.repairs.add(now, sqn)) this.#stats.naksMerged++;
    }
    return this.#advance.nak(now, sqn);
  }

  /**
   * A full group is repaired with parity (section 11.1), if that is offered. So is a number that a truncated group has
   * passed over: the parity says how large the group is.
   */
  #servesByParity(now: Instant, sqn: Sqn): boolean {
    const parity = this.#parity;
    const group = parity?.group(sqn);
    if (parity === undefined || group === undefined || !group.closed) return false;
    const wasSent = !sqnBefore(group.last, sqn);
    if (wasSent && !parity.config.onDemand) return false;
    if (!(wasSent ? parity.askFor(now, group, sqn) : parity.ask(now, group, 1))) this.#stats.naksMerged++;
    return true;
  }

  #requestParity(now: Instant, asked: Sqn): void {
    const parity = this.#parity!;
    const first = parity.groupOf(asked);
    const group = parity.group(first);
    if (group === undefined) {
      if (sqnBefore(first, this.#window.trail)) this.#stats.naksBehindTrail++;
      else this.#stats.naksBeyondLead++;
      return;
    }
    if (!parity.ask(now, group, asked - first + 1)) this.#stats.naksMerged++;
    // The oldest packet that is still there holds off the advance for the whole group.
    const { trail } = this.#window;
    if (this.#advance.nak(now, sqnBefore(first, trail) ? trail : first)) this.#stats.advancesHeldOff++;
  }
}
