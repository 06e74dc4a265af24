/**
 * NAKs on their way up (RFC 3208, sections 7.2 to 7.4 and 9.3.3): each is confirmed where it came from; what is not yet
 * asked for goes to the next PGM hop at once and again until an NCF says that it has arrived there.
 *
 * A NAK with a list is forwarded as it is if any of its numbers is news, and eliminated only if none is. What is
 * repeated is what is still unconfirmed of it.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Host } from "../base/host.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { Alarms } from "./alarms.ts";
import type { ElementConfig } from "./element_config.ts";
import { nakBytes, ncfFor, sendUpstream } from "./element_packets.ts";
import type { ElementStats } from "./element_stats.ts";
import { octetsToForward } from "./opx.ts";
import type { Forwarding, RepairState } from "./repair_state.ts";
import type { RepairTable } from "./repair_table.ts";
import type { SourcePath } from "./source_path.ts";

/** A NAK on its way up. */
interface PendingNak extends Forwarding {
  readonly path: SourcePath;
  /** How many `states` there were if all that the packet names was news: while all are, it is repeated itself. */
  readonly asked: number;
  readonly bytes: Uint8Array;
  /** When NAK_RPT_IVL is over: counted from the first copy. */
  readonly until: Instant;
}

/** What a NAK asks for. */
interface Asked {
  readonly path: SourcePath;
  readonly states: readonly RepairState[];
}

/** A NAK that goes up. */
interface Forwarded {
  readonly bytes: Uint8Array;
  /** What of it is not asked for yet, at least one. */
  readonly news: RepairState[];
  /** Whether that is all of it. */
  readonly whole: boolean;
}

/** What a {@link NakForwarding} works on. */
export interface NakForwardingParts {
  readonly host: Host;
  readonly config: ElementConfig;
  readonly stats: ElementStats;
  readonly repairs: RepairTable;
}

/** Confirms, eliminates, forwards and repeats NAKs. */
export class NakForwarding {
  readonly #host: Host;
  readonly #config: ElementConfig;
  readonly #stats: ElementStats;
  readonly #repairs: RepairTable;
  readonly #alarms = new Alarms<PendingNak>();
  readonly #spacing: Instant;
  #pending = 0;

  constructor({ host, config, stats, repairs }: NakForwardingParts) {
    this.#host = host;
    this.#config = config;
    this.#stats = stats;
    this.#repairs = repairs;
    this.#spacing = Math.ceil(1_000_000_000 / config.nakRptRte);
  }

  /** Takes a NAK of the session of `path` that came in on an interface. */
  onNak(now: Instant, iface: number, view: PacketView, path: SourcePath): void {
    const stats = this.#stats;
    const sqns = this.#inWindow(path, view);
    if (sqns.length === 0) {
      stats.naksOutOfWindow++;
      return;
    }
    if (!this.#repairs.hasRoom(path.repairs, iface, sqns)) {
      stats.naksShed++;
      return;
    }
    const bytes = octetsToForward(view, stats);
    if (bytes === undefined) return;
    const states = sqns.map((sqn) => this.#stateOf(path, sqn));
    for (const state of states) this.#repairs.list(state, iface);
    this.#confirm(now, iface, view, { path, states });
    const news = states.filter((state) => state.isOpen(now));
    if (news.length === 0) stats.naksEliminated++;
    else this.#forward(now, path, { bytes, news, whole: news.length === 1 + view.nakList().length });
  }

  /** Takes a null NAK: forwarded once if anything in it is news, never confirmed (section 9.5). */
  onNnak(now: Instant, view: PacketView, path: SourcePath): void {
    const news = this.#inWindow(path, view).filter((sqn) => !path.repairs.has(sqn));
    if (news.length === 0 || !this.#repairs.hasRoomToAnticipate(path.repairs, news.length)) return;
    const bytes = octetsToForward(view, this.#stats);
    if (bytes === undefined) return;
    // The state is for other null NAKs alone: it never eliminates a NAK.
    for (const sqn of news) this.#repairs.keep(this.#repairs.make(path.repairs, sqn), now + this.#config.nakElimIvl);
    this.#stats.nnaksForwarded++;
    sendUpstream(this.#host, path, bytes);
  }

  /** A number is confirmed, or its repair has come: its NAK is not repeated any more. */
  settle(state: RepairState): void {
    const { forwarding } = state;
    if (forwarding === undefined) return;
    const { states } = forwarding;
    states.splice(states.indexOf(state), 1);
    state.forwarding = undefined;
    this.#pending--;
    if (states.length === 0) this.#alarms.clear(forwarding);
  }

  /** How many numbers are PENDING. */
  get pending(): number {
    return this.#pending;
  }

  /** When {@link NakForwarding.handleTimeout} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#alarms.next();
  }

  /** Repeats what is due, and gives up what was repeated for NAK_RPT_IVL. */
  handleTimeout(now: Instant): void {
    for (let due = this.#alarms.due(now); due !== undefined; due = this.#alarms.due(now)) {
      if (now >= due.until) this.#giveUp(due);
      else this.#repeat(now, due);
    }
  }

  /** Of the numbers that a packet names, those that can be in the window. */
  #inWindow(path: SourcePath, view: PacketView): readonly Sqn[] {
    const { maxAhead } = this.#config;
    const first = path.mayBeInWindow(view.sqn, maxAhead) ? [view.sqn] : [];
    const list = view.nakList();
    return list.length === 0 ? first : first.concat(list.filter((sqn) => path.mayBeInWindow(sqn, maxAhead)));
  }

  #stateOf(path: SourcePath, sqn: Sqn): RepairState {
    return path.repairs.get(sqn) ?? this.#repairs.make(path.repairs, sqn);
  }

  /** The NCF names all that the NAK does. Identical ones are kept apart. */
  #confirm(now: Instant, iface: number, view: PacketView, asked: Asked): void {
    const { path, states } = asked;
    const since = now - this.#config.ncfRepeatIvl;
    if (states.every((state) => state.isConfirmedSince(iface, since))) {
      this.#stats.ncfsHeldBack++;
      return;
    }
    for (const state of states) state.confirm(iface, now);
    this.#stats.ncfsSent++;
    this.#host.transmit(iface, ncfFor(path, [view.sqn, ...view.nakList()]));
  }

  #forward(now: Instant, path: SourcePath, { bytes, news, whole }: Forwarded): void {
    const { nakRptIvl, nakRdataIvl } = this.#config;
    const until = now + nakRptIvl;
    const forwarding: PendingNak = { slot: -1, path, states: news, asked: whole ? news.length : 0, bytes, until };
    for (const state of news) {
      state.forwarding = forwarding;
      this.#repairs.keep(state, now + nakRdataIvl);
      this.#host.note("PENDING", state.sqn, path.iface);
    }
    this.#pending += news.length;
    this.#alarms.set(forwarding, Math.min(now + this.#spacing, until));
    this.#stats.naksForwarded++;
    sendUpstream(this.#host, path, bytes);
  }

  #repeat(now: Instant, forwarding: PendingNak): void {
    const { path, states, asked, until } = forwarding;
    assert(states.length > 0, "a NAK is repeated that asks for nothing");
    this.#alarms.set(forwarding, Math.min(now + this.#spacing, until));
    for (const state of states) this.#repairs.keep(state, now + this.#config.nakRdataIvl);
    this.#stats.naksRepeated++;
    const bytes = states.length === asked ? forwarding.bytes : nakBytes(path, states.map(({ sqn }) => sqn));
    sendUpstream(this.#host, path, bytes);
  }

  #giveUp({ states }: Forwarding): void {
    this.#stats.naksUnconfirmed++;
    this.#pending -= states.length;
    for (const state of states) {
      state.forwarding = undefined;
      this.#host.note("OPEN", state.sqn, 0);
    }
  }
}
