/**
 * One source as one receiver sees it (RFC 3208, section 6): the receive window, the NAK machine, the PGM parent and
 * the reassembly of fragments. Several interfaces may feed it; there is one window per TSI.
 *
 * @module
 */

import type { Host } from "../base/host.ts";
import type { Nla } from "../base/nla.ts";
import { MAX_WINDOW_SQNS, type Sqn, sqnAdd, sqnAtMost, sqnBefore, windowSize } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import { formatTsi, type Tsi } from "../base/tsi.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { type NakActions, NakMachine } from "./nak_machine.ts";
import { Reassembler } from "./reassembler.ts";
import { Arrival, ReceiveWindow, type WindowSink } from "./receive_window.ts";
import type { ReceiverConfig } from "./receiver_config.ts";
import type { ReceiverStats } from "./receiver_stats.ts";

/**
 * Why a session ended: its source finished (OPT_FIN) or aborted it (OPT_RST), a loss could not be repaired and the
 * policy is to reset, or the source was silent for the idle timeout.
 */
export type SessionEnd = "fin" | "rst" | "loss" | "idle";

/** What a receiver tells its application. Calls come in order; none may call back into the receiver. */
export interface ReceiverListener {
  /** A whole message (APDU); `firstSqn` is the sequence number of its first packet. The octets must not be changed. */
  onMessage(now: Instant, session: Session, message: Uint8Array, firstSqn: Sqn): void;
  /** Sequence numbers `first ..= last` that cannot be recovered, each reported once. */
  onLoss(now: Instant, session: Session, first: Sqn, last: Sqn): void;
  /** A lost packet was obtained `latency` ns after its loss was noticed. */
  onRepair?(now: Instant, session: Session, sqn: Sqn, latency: Instant): void;
  /** The first packet of the source's session was received (OPT_SYN): nothing of the stream was missed. */
  onStart?(now: Instant, session: Session): void;
  /** Nothing more will come of the session; `errorCode` is that of OPT_RST, else 0. Once for each session. */
  onEnd?(now: Instant, session: Session, end: SessionEnd, errorCode: number): void;
}

/** How a session reaches its receiver's surroundings. */
export interface SessionContext {
  /** The parameters of the receiver, shared by its sessions. */
  readonly config: ReceiverConfig;
  /** The node of the receiver: randomness and notes. */
  readonly host: Host;
  /** Who gets the messages. */
  readonly listener: ReceiverListener;
  /** The counters of the receiver, over all its sessions. */
  readonly stats: ReceiverStats;
  /** Sends a NAK for `sqn` of the session to `parent`. */
  sendNak(session: Session, parent: Parent, sqn: Sqn): void;
}

/** Where NAKs go: SPM_PATH of the latest SPM in sequence, and the interface that it came in on. */
export interface Parent {
  /** SPM_PATH: the interface of the last network element, or of the source, before this receiver. */
  readonly nla: Nla;
  /** The index of the receiver's own interface. */
  readonly iface: number;
}

/** SPM_TRAIL and SPM_LEAD of an SPM that says nothing about the window (section 8.1). */
const NO_WINDOW_TRAIL = 0;
const NO_WINDOW_LEAD = 0x8000_0000;

/** The state of one transport session at a receiver. */
export class Session implements WindowSink, NakActions {
  // What every packet touches comes first: it shares cache lines.
  /** The GSI in halves of 24 bits: small integers compare without a look elsewhere. */
  readonly #gsiHigh: number;
  readonly #gsiLow: number;
  readonly #port: number;
  #window: ReceiveWindow | undefined = undefined;
  /** The NAK machine while something is missing: without losses, a packet does not touch it. */
  #active: NakMachine | undefined = undefined;
  /** Numbers known to be lost that are not reported yet: a neighbour may join the range. */
  #lossCount = 0;
  #reassembler: Reassembler | undefined = undefined;
  readonly #stats: ReceiverStats;
  readonly #listener: ReceiverListener;
  readonly #context: SessionContext;
  #heardAt: Instant;
  #idleAt: Instant;
  /** The source that this is about. */
  readonly tsi: Tsi;
  #sourceNla: Nla;
  #nak: NakMachine | undefined = undefined;
  #parent: Parent | undefined = undefined;
  #spmSqn: Sqn = 0;
  /** The instant of the commit that is going on. */
  #now: Instant = 0;
  #lossFirst: Sqn = 0;
  /** SPM_LEAD of the latest SPM. */
  #lead: Sqn | undefined = undefined;

  /** Made by {@link Receiver} on the first SPM or data packet, which came at `now` from `sourceNla`. */
  constructor(context: SessionContext, tsi: Tsi, sourceNla: Nla, now: Instant) {
    this.#context = context;
    this.#stats = context.stats;
    this.#listener = context.listener;
    this.tsi = tsi;
    this.#gsiHigh = Math.floor(tsi.gsi / 0x100_0000);
    this.#gsiLow = tsi.gsi % 0x100_0000;
    this.#port = tsi.port;
    this.#sourceNla = sourceNla;
    this.#heardAt = now;
    this.#idleAt = now + context.config.idleTimeout;
  }

  /** Whether a packet belongs to the session. */
  matches(view: PacketView): boolean {
    return view.gsiLow === this.#gsiLow && view.sessionPort === this.#port && view.gsiHigh === this.#gsiHigh;
  }

  /** The address of the source, from the network header of its SPMs and data: NAK_SRC. */
  get sourceNla(): Nla {
    return this.#sourceNla;
  }

  /** The PGM parent, once an SPM was received. */
  get parent(): Parent | undefined {
    return this.#parent;
  }

  /** RXW_TRAIL, or `undefined` before the first data packet. */
  get trail(): Sqn | undefined {
    return this.#window?.trail;
  }

  /** The first number neither delivered nor reported lost, or `undefined` before the first data packet. */
  get next(): Sqn | undefined {
    return this.#window?.next;
  }

  /** One past the newest number known to have been sent, or `undefined` before the first data packet. */
  get frontier(): Sqn | undefined {
    return this.#window?.frontier;
  }

  /** How many numbers are missing now. */
  get missing(): number {
    return this.#active?.size ?? 0;
  }

  /** Whether something is missing. As long as nothing is, packets do not move the next timeout. */
  get active(): boolean {
    return this.#active !== undefined;
  }

  /** When {@link handleTimeout} is due. */
  nextTimeout(): Instant {
    if (this.#active === undefined) return this.#idleAt;
    const nak = this.#active.nextTimeout();
    return nak < this.#idleAt ? nak : this.#idleAt;
  }

  /** Fires everything due; gives whether the session goes on. */
  handleTimeout(now: Instant): boolean {
    if (this.#active !== undefined) {
      this.#active.handleTimeout(now, this.#parent !== undefined);
      this.#commit(now);
      this.#settle();
    }
    if (now < this.#idleAt) return true;
    this.#idleAt = this.#heardAt + this.#context.config.idleTimeout;
    if (now < this.#idleAt) return true;
    this.#flushLoss(now);
    return false;
  }

  /** An ODATA or RDATA packet. */
  onData(now: Instant, view: PacketView): void {
    this.#heardAt = now;
    const sqn = view.sqn;
    const window = this.#window;
    if (window === undefined) return this.#onFirstData(now, view);
    // A packet never lies before its own trailing edge; in range, the edge is at most half the space away.
    if (!sqnAtMost(view.trail, sqn)) {
      this.#stats.outsideWindow++;
      return;
    }
    const frontier = window.frontier;
    const arrival = window.add(sqn, view);
    if (arrival === Arrival.InOrder) {
      if (this.#active !== undefined) this.#arrived(now, this.#active, sqn);
      this.#take(now, view);
    } else if (arrival === Arrival.Held) {
      this.#onHeld(now, sqn, frontier);
    } else {
      this.#refused(arrival);
    }
    if (view.trail !== window.trail) this.#advanceTrail(now, window, view.trail);
    if (this.#active !== undefined) this.#settle();
  }

  /** An SPM; gives whether it was in sequence. */
  onSpm(now: Instant, iface: number, source: Nla, view: PacketView): boolean {
    this.#heardAt = now;
    const first = this.#parent === undefined;
    if (!first && !sqnBefore(this.#spmSqn, view.sqn)) return false;
    this.#spmSqn = view.sqn;
    this.#sourceNla = source;
    const nla = view.pathNla();
    if (this.#parent?.nla !== nla || this.#parent.iface !== iface) this.#parent = { nla, iface };
    if (first) this.#active?.firstSpm(now);
    const window = this.#window;
    const tellsWindow = view.trail !== NO_WINDOW_TRAIL || view.lead !== NO_WINDOW_LEAD;
    if (window === undefined || !tellsWindow || windowSize(view.trail, view.lead) > MAX_WINDOW_SQNS) return true;
    this.#lead = view.lead;
    this.#advanceTrail(now, window, view.trail);
    this.#extend(now, window);
    this.#active?.leadKnown(now, view.lead);
    this.#settle();
    return true;
  }

  /** An NCF for `sqn` was heard; gives whether it concerns a packet that is wanted. */
  onNcf(now: Instant, sqn: Sqn): boolean {
    this.#heardAt = now;
    if (this.#window === undefined || !this.#window.wants(sqn)) return false;
    this.#machine().heardNcf(now, sqn);
    return true;
  }

  /** Another receiver's NAK for `sqn` was heard; gives whether it concerns a packet that is wanted. */
  onNak(now: Instant, sqn: Sqn): boolean {
    if (this.#window === undefined || !this.#window.wants(sqn)) return false;
    this.#machine().heardNak(now, sqn);
    return true;
  }

  /** {@link WindowSink}: a data packet, in order. */
  data(view: PacketView): void {
    this.#take(this.#now, view);
  }

  /** {@link WindowSink}: numbers that will not come. */
  lost(first: Sqn, last: Sqn): void {
    const partial = this.#reassembler?.partial;
    this.#reassembler?.break();
    this.#noteLoss(this.#now, partial ?? first, last);
  }

  /** {@link NakActions}: sends a NAK for `sqn` to the PGM parent. */
  sendNak(_now: Instant, sqn: Sqn): void {
    this.#stats.naksSent++;
    this.#context.sendNak(this, this.#parent!, sqn);
  }

  /**
   * {@link NakActions}: `sqn` cannot be recovered. A number beyond the frontier was only heard of in an NCF: nobody is
   * owed a report of it.
   */
  giveUp(_now: Instant, sqn: Sqn): void {
    const window = this.#window!;
    if (sqnBefore(sqn, window.frontier)) window.giveUp(sqn);
  }

  /** {@link NakActions}: a NAK that was due is not sent. */
  suppressed(): void {
    this.#stats.naksSuppressed++;
  }

  /** {@link NakActions}: passes a transition on to the traces. */
  note(state: string, sqn: Sqn): void {
    this.#context.host.note(state, sqn, 0);
  }

  /** Reception starts with the first data packet (section 6.1): nothing older is asked for. */
  #onFirstData(now: Instant, view: PacketView): void {
    if (!sqnAtMost(view.trail, view.sqn)) {
      this.#stats.outsideWindow++;
      return;
    }
    this.#window = new ReceiveWindow(view.sqn, this.#context.config.rxwMaxSqns);
    this.#window.add(view.sqn, view);
    this.#take(now, view);
  }

  #onHeld(now: Instant, sqn: Sqn, oldFrontier: Sqn): void {
    const spmSeen = this.#parent !== undefined;
    const nak = this.#machine();
    this.#arrived(now, nak, sqn);
    for (let missing = oldFrontier; sqnBefore(missing, sqn); missing = sqnAdd(missing, 1)) {
      nak.suspect(now, missing, spmSeen);
    }
    if (sqn === this.#window!.next) this.#commit(now);
  }

  #arrived(now: Instant, nak: NakMachine, sqn: Sqn): void {
    const latency = nak.received(now, sqn);
    if (latency >= 0) {
      this.#stats.recovered++;
      this.#listener.onRepair?.(now, this, sqn, latency);
    }
    nak.laterData(now, sqn, this.#parent !== undefined);
  }

  #refused(arrival: Arrival): void {
    const stats = this.#stats;
    if (arrival === Arrival.Duplicate) stats.duplicates++;
    else if (arrival === Arrival.BeyondWindow) stats.beyondWindow++;
    else stats.outsideWindow++;
  }

  #advanceTrail(now: Instant, window: ReceiveWindow, trail: Sqn): void {
    if (!window.advanceTrail(trail)) return;
    this.#active?.cancelBefore(trail);
    if (sqnBefore(window.next, trail)) this.#commit(now);
  }

  #commit(now: Instant): void {
    const window = this.#window;
    if (window === undefined) return;
    this.#now = now;
    window.commit(this);
    this.#extend(now, window);
    // A message that is known to be incomplete is reported once, with what is still to come of it.
    if (!this.#reassembler?.broken || window.next === window.frontier) this.#flushLoss(now);
  }

  /** What SPM_LEAD says was sent and has not come is lost, as far as the window may grow. */
  #extend(now: Instant, window: ReceiveWindow): void {
    const lead = this.#lead;
    if (lead === undefined || sqnBefore(lead, window.frontier)) return;
    const frontier = window.frontier;
    const end = window.extend(lead);
    for (let sqn = frontier; sqn !== end; sqn = sqnAdd(sqn, 1)) this.#machine().lose(now, sqn, true);
  }

  /** The next data packet in order: delivers its message, or puts the fragment to the others. */
  #take(now: Instant, view: PacketView): void {
    const fragment = view.fragment();
    if (fragment === undefined) {
      if (this.#reassembler !== undefined) this.#endApdu(now, view.sqn);
      if (this.#lossCount > 0) this.#flushLoss(now);
      return this.#deliver(now, view.payload(), view.sqn);
    }
    const reassembler = this.#reassembler ??= new Reassembler(this.#context.config.maxApdu);
    if (fragment.offset === 0) this.#endApdu(now, view.sqn);
    const partial = reassembler.partial;
    const result = reassembler.add(view.sqn, fragment, view.payload());
    if (result === "lost") {
      this.#noteLoss(now, partial ?? view.sqn, view.sqn);
      if (!reassembler.broken) this.#flushLoss(now);
    } else if (result !== "more") {
      this.#flushLoss(now);
      this.#deliver(now, result, fragment.firstSqn);
    }
  }

  /** A new APDU begins at `sqn`: one that was not complete by now never will be. */
  #endApdu(now: Instant, sqn: Sqn): void {
    const partial = this.#reassembler!.partial;
    this.#reassembler!.end();
    if (partial !== undefined) this.#noteLoss(now, partial, sqnAdd(sqn, -1));
    if (this.#lossCount > 0) this.#flushLoss(now);
  }

  #deliver(now: Instant, message: Uint8Array, firstSqn: Sqn): void {
    const stats = this.#stats;
    stats.messages++;
    stats.messageBytes += message.length;
    this.#listener.onMessage(now, this, message, firstSqn);
  }

  #noteLoss(now: Instant, first: Sqn, last: Sqn): void {
    if (this.#lossCount > 0 && sqnAdd(this.#lossFirst, this.#lossCount) !== first) this.#flushLoss(now);
    if (this.#lossCount === 0) this.#lossFirst = first;
    this.#lossCount += windowSize(first, last);
  }

  #flushLoss(now: Instant): void {
    if (this.#lossCount === 0) return;
    const last = sqnAdd(this.#lossFirst, this.#lossCount - 1);
    this.#stats.lost += this.#lossCount;
    this.#lossCount = 0;
    this.#listener.onLoss(now, this, this.#lossFirst, last);
  }

  /** The NAK machine, which is about to have something to do. */
  #machine(): NakMachine {
    if (this.#nak === undefined) {
      const { config, host } = this.#context;
      this.#nak = new NakMachine(config, host.random.fork(`nak/${formatTsi(this.tsi)}`), this);
    }
    this.#active = this.#nak;
    return this.#nak;
  }

  /** Puts the NAK machine aside when nothing is missing any more. */
  #settle(): void {
    if (this.#active?.size === 0) this.#active = undefined;
  }
}
