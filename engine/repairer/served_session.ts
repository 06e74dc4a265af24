/**
 * A session as its repairer sees it: what it received of it, what it asked for itself, and for whom it acts (RFC 3208,
 * section 9.5.2).
 *
 * @module
 */

import type { Nla } from "../base/nla.ts";
import { type Sqn, sqnAtMost, sqnBefore } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import { formatTsi } from "../base/tsi.ts";
import type { PollResponder } from "../poll/responder.ts";
import type { Session } from "../receiver/session.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { RepairCache } from "./repair_cache.ts";
import type { RepairerConfig } from "./repairer_config.ts";

/** Numbers that the repairer asked for without an NCF so far: the oldest is forgotten beyond. */
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
  #cache: RepairCache | undefined = undefined;
  readonly #asked = new Set<Sqn>();
  #trail: Sqn = 0;
  /** Where the window began when the session was last known to go on. */
  #first: Sqn | undefined = undefined;

  constructor(session: Session, config: RepairerConfig, responder: PollResponder) {
    this.session = session;
    this.name = formatTsi(session.tsi);
    this.#config = config;
    this.responder = responder;
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

  /** A packet that can be repaired, or `undefined`. */
  packet(sqn: Sqn): Uint8Array | undefined {
    return this.#cache?.get(sqn);
  }

  /** A data packet came from the address `source`; it is kept if the receiver had a use for it. */
  onData(source: Nla, view: PacketView): void {
    this.follow();
    const { frontier, sourceNla } = this.session;
    if (frontier === undefined || source !== sourceNla || !this.#lives) return;
    const { sqn } = view;
    // A session of one packet is over before it could be followed.
    const first = this.#first ?? sqn;
    if (view.parity || sqnBefore(sqn, first) || !sqnBefore(sqn, frontier) || !sqnAtMost(view.trail, sqn)) return;
    if (this.#cache === undefined) {
      this.#cache = new RepairCache(this.#config, first);
      this.#trail = view.trail;
    }
    if (sqnBefore(this.#trail, view.trail)) this.#trail = view.trail;
    this.#cache.add(sqn, view.bytes);
    this.#asked.delete(sqn);
  }

  /**
   * The window may have moved: drops what the source itself would not repair any more. A receiver that has seen the end
   * is through with all of it, its neighbours may not be: then the window stays as it was.
   */
  follow(): void {
    const { trail, ended } = this.session;
    if (trail === undefined || ended !== undefined) return;
    this.#first = trail;
    this.#cache?.dropBefore(trail);
  }

  /** The repairer itself asks for a number. */
  asks(sqn: Sqn): void {
    this.#asked.delete(sqn);
    this.#asked.add(sqn);
    if (this.#asked.size <= MAX_ASKED) return;
    for (const oldest of this.#asked) {
      this.#asked.delete(oldest);
      return;
    }
  }

  /** An NCF for a number; gives whether it confirms a NAK of the repairer's own. */
  confirmed(sqn: Sqn): boolean {
    return this.#asked.delete(sqn);
  }

  /** Whether the source still stands by what it has sent. */
  get #lives(): boolean {
    const { ended } = this.session;
    return ended === undefined || ended === "fin";
  }
}
