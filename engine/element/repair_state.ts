/**
 * Repair state: who asked for one sequence number, or for parity of one transmission group, and whether the next NAK for
 * it is news (RFC 3208, sections 7.3 to 7.5, 7.8 and 11.6).
 *
 * ```text
 *        NAK from below: forwarded                     NCF from upstream that nobody asked for
 *               |                                                      |
 *               v                                                      v
 *     +----> PENDING  ------------- NCF from upstream ----------> OUTSTANDING <---+ NCF: both intervals
 *     |      NAKs are eliminated,                                 NAKs are        | start again
 *     |      ours is repeated                                     eliminated -----+
 *     |         |                                                      |
 *     |         | NAK_RPT_IVL                                          | NAK_ELIM_IVL
 *     |         v                                                      v
 *     +------ OPEN <---------------------------------------------------+
 *      NAK
 *
 *   RDATA, in any state: forwarded to those who asked, forgotten.   NAK_RDATA_IVL: forgotten.
 * ```
 *
 * Of a group, a NAK or NCF counts only if it names as many packets as are asked for, and a NAK for more is news in any
 * state; RDATA lets it go on until nobody wants more: see packet_counts.ts.
 *
 * @module
 */

import { type Sqn, sqnAdd } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import type { Alarm } from "./alarms.ts";
import type { Hop } from "./hop.ts";
import { PacketCounts } from "./packet_counts.ts";

/** Nothing was confirmed yet. */
const LONG_AGO: Instant = -1;

/** A NAK that is repeated until an NCF comes. */
export interface Forwarding extends Alarm {
  /** What is still unconfirmed, at least one; these are PENDING. */
  readonly states: RepairState[];
}

/** What repair state is of: a sequence number, or a group: {@link parityKey}. */
export type RepairKey = number;

/** Beyond all sequence numbers. */
const PARITY = 0x1_0000_0000;

/** The key of parity of a group; that of a single number is the number. */
export function parityKey(first: Sqn): RepairKey {
  return PARITY + first;
}

/** The repair states of one session. */
export type SessionRepairs = Map<RepairKey, RepairState>;

/** The repair state of one sequence number, or one transmission group, of one session. */
export class RepairState {
  /** All states of the session. */
  readonly session: SessionRepairs;
  readonly key: RepairKey;
  /** The number, or TG_SQN. */
  readonly sqn: Sqn;
  /** How many packets of the group are asked for; `undefined` for a single number. */
  readonly counts: PacketCounts | undefined;
  /** Owned by the alarms. */
  slot = -1;
  /** The interfaces that the RDATA is to go to, ascending. */
  interfaces: readonly number[] = [];
  /** The NAK that is repeated for it, while it is PENDING. */
  forwarding: Forwarding | undefined = undefined;
  /** The repairer that was asked last for it instead of the hop upstream (section 9.5.3.2). */
  repairer: Hop | undefined = undefined;
  /** Until when NAKs are eliminated; OUTSTANDING before, OPEN from then on. */
  #elimUntil: Instant = LONG_AGO;
  /** When each of `interfaces` was last sent an NCF. */
  #confirmedAt: Instant[] = [];
  /** How many NAKs each of them has asked with. */
  #naks: number[] = [];

  /** State without interfaces. */
  constructor(session: SessionRepairs, key: RepairKey) {
    this.session = session;
    this.key = key;
    this.sqn = key < PARITY ? key : key - PARITY;
    this.counts = key < PARITY ? undefined : new PacketCounts();
  }

  /** The number that a NAK for it bears: of a group, TG_SQN and PKT_CNT. */
  get asks(): Sqn {
    return this.counts === undefined ? this.sqn : sqnAdd(this.sqn, this.counts.largest - 1);
  }

  /** The name of a state in the diagram, for traces. */
  mark(name: string): string {
    return this.counts === undefined ? name : `TG_${name}`;
  }

  /** Whether a NAK for the number is to be forwarded: it is neither PENDING nor OUTSTANDING. */
  isOpen(now: Instant): boolean {
    return this.forwarding === undefined && now >= this.#elimUntil;
  }

  /** The NAK is confirmed: NAK_ELIM_IVL starts, ns. */
  eliminate(now: Instant, nakElimIvl: Instant): void {
    this.#elimUntil = now + nakElimIvl;
  }

  /** The repairer that was asked cannot help: the next NAK is news. Its own must not be repeated any more. */
  refuse(): void {
    this.repairer = undefined;
    this.reopen();
  }

  /** The next NAK is news. Its own must not be repeated any more. */
  reopen(): void {
    this.#elimUntil = LONG_AGO;
  }

  /** Puts an interface on the list, on which it must not be yet. */
  add(iface: number): void {
    const at = this.interfaces.findIndex((other) => other > iface);
    const before = at < 0 ? this.interfaces.length : at;
    this.interfaces = this.interfaces.toSpliced(before, 0, iface);
    this.#confirmedAt = this.#confirmedAt.toSpliced(before, 0, LONG_AGO);
    this.#naks = this.#naks.toSpliced(before, 0, 0);
  }

  /** Takes an interface off the list. */
  remove(iface: number): void {
    const at = this.interfaces.indexOf(iface);
    this.interfaces = this.interfaces.filter((other) => other !== iface);
    this.#confirmedAt = this.#confirmedAt.toSpliced(at, 1);
    this.#naks = this.#naks.toSpliced(at, 1);
  }

  /** A listed interface asks for more than before: that is a NAK of its own, and not confirmed yet. */
  askAnew(iface: number): void {
    const at = this.interfaces.indexOf(iface);
    this.#confirmedAt[at] = LONG_AGO;
    this.#naks[at] = 0;
  }

  /** Counts a NAK from a listed interface; gives how many there were (section 15.2.1). */
  countNak(iface: number): number {
    return ++this.#naks[this.interfaces.indexOf(iface)]!;
  }

  /** Whether an NCF for the number went out on a listed interface after `since`. */
  isConfirmedSince(iface: number, since: Instant): boolean {
    const at = this.#confirmedAt[this.interfaces.indexOf(iface)]!;
    return at !== LONG_AGO && at > since;
  }

  /** Notes that an NCF for the number goes out on a listed interface. */
  confirm(iface: number, now: Instant): void {
    this.#confirmedAt[this.interfaces.indexOf(iface)] = now;
  }
}
