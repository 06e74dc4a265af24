/**
 * A session as its repairer sees it: what it received of it, what it asked for itself, and for whom it acts (RFC 3208,
 * section 9.5.2).
 *
 * @module
 */

import type { Nla } from "../base/nla.ts";
import type { Prng } from "../base/prng.ts";
import { type Sqn, sqnAdd, sqnAtMost, sqnBefore } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import { formatTsi } from "../base/tsi.ts";
import { packetCount, tgSqn } from "../fec/groups.ts";
import type { WholeGroup } from "../fec/parity_packets.ts";
import type { PollResponder } from "../poll/responder.ts";
import { askedGroup } from "../receiver/redirection.ts";
import type { Session } from "../receiver/session.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { RepairCache } from "./repair_cache.ts";
import type { RepairerConfig } from "./repairer_config.ts";
import type { Asked } from "./repairer_packets.ts";
import { ServedParity } from "./served_parity.ts";

/** What a session has of its repairer. */
export interface ServedSessionParts {
  readonly config: RepairerConfig;
  /** Answers PGM_POLL_DLR. */
  readonly responder: PollResponder;
  /** A stream of its own, for parity. */
  readonly random: Prng;
}

/** Numbers and groups that the repairer asked for without an NCF so far: the oldest is forgotten beyond. */
const MAX_ASKED = 4_096;

/** One session. */
export class ServedSession {
  readonly session: Session;
  /** The TSI as text. */
  readonly name: string;
  /** Answers PGM_POLL_DLR. */
  readonly responder: PollResponder;
  /** Whether those below were redirected here. */
  upstream = false;
  /** Whether the parent was redirected here. */
  offTree = false;
  /** When an NCF of the parent may be answered again. */
  redirectAgainAt: Instant = 0;
  readonly #config: RepairerConfig;
  readonly #random: Prng;
  #cache: RepairCache | undefined = undefined;
  #parity: ServedParity | undefined = undefined;
  /** How many packets the repairer asked for, of each number and group. */
  readonly #asked = new Map<number, number>();
  #trail: Sqn = 0;
  /** Where the window began when the session was last known to go on. */
  #first: Sqn | undefined = undefined;

  /** Nothing of it is kept yet. */
  constructor(session: Session, { config, responder, random }: ServedSessionParts) {
    this.session = session;
    this.name = formatTsi(session.tsi);
    this.#config = config;
    this.responder = responder;
    this.#random = random;
  }

  /** Whether repairs of it may be offered: the session goes on, or its source has finished in order. */
  get serves(): boolean {
    return this.session.parent !== undefined && this.#lives;
  }

  /** The newest trailing edge that the data has told: what repairs carry. */
  get trail(): Sqn {
    return this.#trail;
  }

  /** How many packets are kept. */
  get packets(): number {
    return this.#cache?.size ?? 0;
  }

  /** Their octets. */
  get bytes(): number {
    return this.#cache?.bytes ?? 0;
  }

  /** The parity that is offered, if any is: the source offers it on demand, and so does the repairer. */
  get parity(): ServedParity | undefined {
    if (this.#parity !== undefined || !this.#config.parity) return this.#parity;
    const { parityOffer } = this.session;
    if (parityOffer?.onDemand) this.#parity = new ServedParity(parityOffer.tgSize, this.#random);
    return this.#parity;
  }

  /** How many transmission groups something is remembered of besides their packets. */
  get groups(): number {
    return this.#parity?.groups ?? 0;
  }

  /** A packet that can be repaired, or `undefined`. */
  packet(sqn: Sqn): Uint8Array | undefined {
    // What is before the window is kept for the rest of its group alone.
    return this.#first !== undefined && sqnBefore(sqn, this.#first) ? undefined : this.#cache?.get(sqn);
  }

  /** The transmission group of a number, if all of it is there. */
  group(sqn: Sqn): WholeGroup | undefined {
    const { parity } = this;
    return parity?.whole(parity.groupOf(sqn), (each) => this.#cache?.get(each));
  }

  /** Whether the window has passed all numbers of a group. */
  isBehind({ first, maxSize }: WholeGroup): boolean {
    return this.#first !== undefined && sqnBefore(sqnAdd(first, maxSize - 1), this.#first);
  }

  /** A data packet came from the address `source`; it is kept if the receiver had a use for it. */
  onData(source: Nla, view: PacketView): void {
    this.follow();
    if (source === this.session.sourceNla && !view.parity) this.#keep(view);
  }

  /** The receiver has computed a packet that it missed. */
  recovered(view: PacketView): void {
    this.#keep(view);
    const { parity } = this;
    if (parity !== undefined) this.#asked.delete(askedGroup(parity.groupOf(view.sqn)));
  }

  /** Numbers from `first` on, to the end of its transmission group, are never sent. */
  skipped(first: Sqn): void {
    this.parity?.skipped(first);
  }

  /**
   * The window may have moved: drops what the source itself would not repair any more. A receiver that has seen the end
   * is through with all of it, its neighbours may not be: then the window stays as it was.
   */
  follow(): void {
    const { trail, ended } = this.session;
    if (trail === undefined || ended !== undefined) return;
    this.#first = trail;
    // Parity of a group is due as long as one packet of it can be repaired.
    this.#cache?.dropBefore(this.parity?.groupOf(trail) ?? trail);
    this.parity?.dropBefore(trail);
  }

  /** The repairer itself asks for these numbers or groups. */
  asks({ sqns, parity }: Asked): void {
    for (const sqn of sqns) {
      const [asked, count] = this.#askedOf(sqn, parity);
      this.#asked.delete(asked);
      this.#asked.set(asked, count);
    }
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size <= MAX_ASKED) return;
      this.#asked.delete(oldest);
    }
  }

  /** An NCF for these numbers or groups; gives whether it confirms a NAK of the repairer's own. */
  confirmed({ sqns, parity }: Asked): boolean {
    let own = false;
    for (const sqn of sqns) {
      const [asked, count] = this.#askedOf(sqn, parity);
      // One for fewer packets than were asked for confirms nothing (section 11.5).
      if ((this.#asked.get(asked) ?? Infinity) <= count) own = this.#asked.delete(asked);
    }
    return own;
  }

  /** What a number of a NAK or NCF asks for, and how many packets of it. */
  #askedOf(sqn: Sqn, parity: boolean): [asked: number, count: number] {
    if (!parity) return [sqn, 1];
    const tgSize = this.session.parityOffer?.tgSize ?? 1;
    return [askedGroup(tgSqn(sqn, tgSize)), packetCount(sqn, tgSize)];
  }

  #keep(view: PacketView): void {
    const { frontier } = this.session;
    if (frontier === undefined || !this.#lives) return;
    const { sqn } = view;
    // A session of one packet is over before it could be followed.
    const first = this.#first ?? sqn;
    if (sqnBefore(sqn, first) || !sqnBefore(sqn, frontier) || !sqnAtMost(view.trail, sqn)) return;
    if (this.#cache === undefined) {
      this.#cache = new RepairCache(this.#config, first);
      this.#trail = view.trail;
    }
    if (sqnBefore(this.#trail, view.trail)) this.#trail = view.trail;
    this.#cache.add(sqn, view.bytes);
    this.#asked.delete(sqn);
  }

  /** Whether the source still stands by what it has sent. */
  get #lives(): boolean {
    const { ended } = this.session;
    return ended === undefined || ended === "fin";
  }
}
