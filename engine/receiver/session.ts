/**
 * One source as one receiver sees it (RFC 3208, section 6): who it is, whom to ask for repairs, and how it ends. What
 * was received of it is in reception.ts. Several interfaces may feed a session; there is one per TSI.
 *
 * ```text
 *   SPM or data                OPT_FIN or OPT_RST and all before it resolved;
 *        |                     a loss, if the policy is to reset
 *        v                                    |
 *      alive ---------------------------------+--> ended --- endLinger without a packet --> forgotten
 *        |                                                                                      ^
 *        +----------------------- idleTimeout without a packet ---------------------------------+
 * ```
 *
 * @module
 */

import type { Datagram } from "../base/datagram.ts";
import type { Nla } from "../base/nla.ts";
import { MAX_WINDOW_SQNS, type Sqn, sqnAdd, sqnAtMost, sqnBefore, windowSize } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { formatTsi, type Tsi } from "../base/tsi.ts";
import { OptionType, PacketType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { tellsWindow } from "../wire/spm_window.ts";
import { type AnnouncedEnd, endOfData, endOfSpm } from "./announced_end.ts";
import { Child } from "./child.ts";
import { startingPoint } from "./late_join.ts";
import { learnOffer, type ParityOffer } from "./parity_offer.ts";
import { sendNak, sendSpmr } from "./receiver_packets.ts";
import { ReceiverStats, type SessionGauges } from "./receiver_stats.ts";
import type { ReceiveWindow } from "./receive_window.ts";
import { Reception } from "./reception.ts";
import type { ReceptionContext } from "./reception_owner.ts";
import { askedGroup, type Parent, Redirection } from "./redirection.ts";
import type { SessionEnd, SessionListener } from "./session_listener.ts";
import { SessionMeter } from "./session_meter.ts";
import { SpmSolicitor } from "./spm_solicitor.ts";

/** What a receiver tells its application. Calls come in order; none may call back into the receiver. */
export type ReceiverListener = SessionListener<Session>;

/** How a session reaches its receiver's surroundings. */
export interface SessionContext extends ReceptionContext<Session> {
  /** RAND_NODE_ID: which polls the receiver replies to (section 14.5). */
  readonly nodeId: number;
}

/** What becomes of a reception that has not begun. */
const AT_REST = { active: undefined, delivering: false, usesParity: false };

/** The state of one transport session at a receiver. */
export class Session {
  // What every packet touches comes first: it shares cache lines.
  /** The GSI in halves of 24 bits: small integers compare without a look elsewhere. */
  readonly #gsiHigh: number;
  readonly #gsiLow: number;
  readonly #port: number;
  #sourceNla: Nla;
  /**
   * Whether a packet may do more than bring the next message: something is missing, asked for, waits to be delivered or
   * to end. As long as it is not so, packets do not move the next timeout.
   */
  active = false;
  /** What was counted since the session began. */
  readonly stats = new ReceiverStats();
  #heardAt: Instant;
  #ended: SessionEnd | undefined = undefined;
  /** The receive window: what it has no use for never gets to the reception. */
  #window: ReceiveWindow | undefined = undefined;
  #reception: Reception<Session> | undefined = undefined;
  #announced: AnnouncedEnd | undefined = undefined;
  readonly #listener: ReceiverListener;
  readonly #context: SessionContext;
  #idleAt: Instant;
  /** The source that this is about. */
  readonly tsi: Tsi;
  #parent: Parent | undefined = undefined;
  #redirection: Redirection | undefined = undefined;
  #offer: ParityOffer | undefined = undefined;
  #spmSqn: Sqn = 0;
  #solicitor: SpmSolicitor | undefined = undefined;
  /** The interface of the data that asks for an SPM. */
  #solicitOn = 0;
  #started = false;
  /** What the parent wants beyond NAKs: most want nothing. */
  #child: Child | undefined = undefined;
  readonly #meter: SessionMeter;

  /** Made by {@link Receiver} on the first SPM or data packet, which came at `now` from `sourceNla`. */
  constructor(context: SessionContext, tsi: Tsi, sourceNla: Nla, now: Instant) {
    this.#context = context;
    this.#listener = context.listener;
    this.tsi = tsi;
    this.#gsiHigh = Math.floor(tsi.gsi / 0x100_0000);
    this.#gsiLow = tsi.gsi % 0x100_0000;
    this.#port = tsi.port;
    this.#sourceNla = sourceNla;
    this.#heardAt = now;
    this.#meter = new SessionMeter(now);
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

  /** Whether an SPM was received: there is somebody to ask. */
  get spmSeen(): boolean {
    return this.#parent !== undefined;
  }

  /** NAK_BO_IVL: the receiver's own, or the parent's. */
  get nakBoIvl(): Instant {
    return this.#child?.nakBoIvl ?? this.#context.config.nakBoIvl;
  }

  /** Why the session ended, if it did. */
  get ended(): SessionEnd | undefined {
    return this.#ended;
  }

  /** What the source has said of its parity, if it offers any. */
  get parityOffer(): ParityOffer | undefined {
    return this.#offer;
  }

  /** RXW_TRAIL, or `undefined` before reception begins. */
  get trail(): Sqn | undefined {
    return this.#reception?.window.trail;
  }

  /** The first number neither delivered in order nor reported lost, or `undefined` before reception begins. */
  get next(): Sqn | undefined {
    return this.#reception?.window.next;
  }

  /** One past the newest number known to have been sent, or `undefined` before reception begins. */
  get frontier(): Sqn | undefined {
    return this.#reception?.window.frontier;
  }

  /** How many numbers are missing now. */
  get missing(): number {
    return this.#reception?.active?.size ?? 0;
  }

  /** The state at `now`, or `undefined` before reception begins. */
  gauges(now: Instant): SessionGauges | undefined {
    const reception = this.#reception;
    if (reception === undefined) return undefined;
    return this.#meter.gauges(now, reception, this.stats.bytes);
  }

  /** When {@link handleTimeout} is due. */
  nextTimeout(): Instant {
    const nak = this.#reception === undefined ? NEVER : this.#reception.nextTimeout();
    const spmr = this.#solicitor === undefined ? NEVER : this.#solicitor.nextTimeout();
    const polr = this.#child === undefined ? NEVER : this.#child.nextTimeout();
    return Math.min(nak, spmr, polr, this.#idleAt);
  }

  /** Fires everything due; gives whether the session is still to be kept. */
  handleTimeout(now: Instant): boolean {
    this.#reception?.handleTimeout(now);
    this.#child?.expire(now);
    this.#look(now);
    if (this.#solicitor?.expire(now)) {
      this.stats.spmrsSent++;
      sendSpmr(this.#context.host, this.#context.config, this, this.#solicitOn);
    }
    if (now < this.#idleAt) return true;
    this.#idleAt = this.#heardAt + this.#patience();
    if (now < this.#idleAt) return true;
    if (this.#ended === undefined) this.#finish(now, "idle", 0);
    return false;
  }

  /** Forgets what was received: see {@link Receiver.forget}. */
  drop(): void {
    this.#reception?.drop();
  }

  /** An ODATA or RDATA packet that came from the address `source`. */
  onData(now: Instant, iface: number, source: Nla, view: PacketView): void {
    if (!this.#takeNext(now, source, view)) this.#onOtherData(now, iface, source, view);
  }

  /** Takes a packet that is the next message and nothing else: what comes most often goes a short way. */
  #takeNext(now: Instant, source: Nla, view: PacketView): boolean {
    const window = this.#window;
    if (window === undefined || this.active || source !== this.#sourceNla || view.trail !== window.trail) return false;
    if (view.hasOptions || view.parity || !window.step(view.sqn)) return false;
    this.#heardAt = now;
    const { stats } = this;
    if (view.type === PacketType.ODATA) stats.odata++;
    else stats.rdata++;
    stats.messages++;
    stats.messageBytes += view.tsduLength;
    stats.dataBytes += view.tsduLength;
    stats.bytes += view.bytes.length;
    this.#listener.onMessage(now, this, view.payload(), view.sqn);
    return true;
  }

  #onOtherData(now: Instant, iface: number, source: Nla, view: PacketView): void {
    if (!this.#takes(now, source, view)) return;
    const { stats } = this;
    if (view.type === PacketType.ODATA) stats.odata++;
    else stats.rdata++;
    if (view.parity) {
      stats.parity++;
      // Before the first data nothing is missing that it could bring.
      if (this.#reception === undefined) stats.parityUnneeded++;
      else this.#reception.onParity(now, view);
      return this.#look(now);
    }
    // A packet never lies before its own trailing edge; in range, the edge is at most half the space away.
    if (!sqnAtMost(view.trail, view.sqn)) {
      stats.dataContradictory++;
      return;
    }
    const window = this.#window;
    if (window === undefined) {
      if (view.type === PacketType.RDATA && !this.#context.config.rdataBegins) {
        stats.outsideWindow++;
        return;
      }
      this.#beginWithData(now, iface, view);
    } else if (view.trail === window.trail && sqnBefore(view.sqn, window.next)) {
      if (sqnBefore(view.sqn, window.trail)) stats.outsideWindow++;
      else stats.duplicates++;
      return;
    }
    if (this.#reception!.onData(now, view)) this.#look(now);
  }

  /** An SPM that came from the address `source`. */
  onSpm(now: Instant, iface: number, source: Nla, view: PacketView): void {
    if (!this.#takes(now, source, view)) return;
    const { stats } = this;
    stats.spm++;
    if (view.hasOption(OptionType.NBR_UNREACH)) return this.#onUnreachable(now, iface, view);
    const hasWindow = tellsWindow(view);
    if (hasWindow && windowSize(view.trail, view.lead) > MAX_WINDOW_SQNS) {
      stats.spmContradictory++;
      return;
    }
    const first = this.#parent === undefined;
    if (!first && !sqnBefore(this.#spmSqn, view.sqn)) {
      stats.spmOutOfSequence++;
      return;
    }
    this.#spmSqn = view.sqn;
    this.#meter.spm(now, stats.bytes);
    const nla = view.pathNla();
    if (this.#parent?.nla !== nla || this.#parent.iface !== iface) this.#parent = { nla, iface };
    if (this.#solicitor?.pending) stats.spmrsSuppressed++;
    this.#solicitor = undefined;
    this.#offer = learnOffer(this.#offer, view, stats);
    this.#reception?.useParity(now, this.#offer);
    if (first || this.#child?.speak()) this.#reception?.onFirstSpm(now);
    if (hasWindow) this.#onWindow(now, view);
    const lead = hasWindow ? view.lead : sqnAdd(this.frontier ?? 0, -1);
    if (view.hasOptions) this.#onSpmOptions(now, iface, view, lead);
    this.#look(now);
  }

  /** A POLL that came from the address `source`. */
  onPoll(now: Instant, iface: number, source: Nla, view: PacketView): void {
    if (!this.#takes(now, source, view)) return;
    this.stats.polls++;
    this.#childhood().poll(now, iface, view);
    if (view.hasOptions) this.#learn(iface, view);
    this.#look(now);
  }

  /** The options of an NCF; gives whether the NCF is to be heeded at all. */
  onNcfOptions(now: Instant, iface: number, datagram: Datagram, view: PacketView): boolean {
    const fromSource = datagram.source === this.#sourceNla;
    if (view.hasOption(OptionType.NBR_UNREACH)) {
      const parent = this.#parent;
      if (!fromSource || parent === undefined || view.option("PATH_NLA")?.nla !== parent.nla) {
        this.stats.unreachableForeign++;
        return false;
      }
      this.#silence(now, { datagram, iface: parent.iface });
    }
    if (fromSource) this.#learn(iface, view);
    return true;
  }

  /** An NCF, or another receiver's NAK, for `sqn` was heard. */
  onNcfOrNak(now: Instant, type: PacketType, sqn: Sqn): void {
    const reception = this.#reception!;
    if (this.#window?.wants(sqn) !== true || !reception.wants(sqn)) {
      this.stats.ncfUnwanted++;
      return;
    }
    if (type === PacketType.NCF) {
      this.#redirection?.confirmed(sqn);
      reception.onNcf(now, sqn);
    } else reception.onNak(now, sqn);
    this.active = true;
  }

  /** A parity NCF, or another receiver's parity NAK, was heard. */
  onParityRequest(now: Instant, type: PacketType, sqn: Sqn): void {
    const isNcf = type === PacketType.NCF;
    const first = this.#reception?.onParityRequest(now, isNcf, sqn);
    if (isNcf && first !== undefined) this.#redirection?.confirmed(askedGroup(first));
  }

  /** A POLR was heard: it may redirect NAKs to a repairer. */
  onPolr(now: Instant, iface: number, datagram: Datagram, view: PacketView): void {
    if (!this.heard(now, datagram.source, view)) return;
    (this.#redirection ??= new Redirection(this.#context, this.stats)).take(iface, datagram, view, this);
  }

  /** Another receiver's SPMR was heard. */
  onSpmr(now: Instant): void {
    if (this.#solicitor?.heardSpmr(now)) this.stats.spmrsSuppressed++;
  }

  /** Counts a packet of the session from the address `source`; gives whether the session still takes any. */
  heard(now: Instant, source: Nla, view: PacketView): boolean {
    // A POLL tells nothing of the source: network elements send theirs with its address.
    if (source === this.#sourceNla && view.type !== PacketType.POLL) this.#heardAt = now;
    this.stats.bytes += view.bytes.length;
    if (this.#ended === undefined) return true;
    this.stats.afterEnd++;
    return false;
  }

  /** {@link ReceptionOwner}: the options of a data packet that was accepted: OPT_SYN, OPT_FIN. */
  onDataOptions(now: Instant, view: PacketView): void {
    if (!this.#started && view.hasOption(OptionType.SYN)) {
      this.#started = true;
      this.#listener.onStart?.(now, this);
    }
    this.#announced = endOfData(view, this.#announced);
  }

  /** {@link ReceptionOwner}: sends a NAK for some numbers, or for parity, to the PGM parent or a repairer. */
  sendNak(sqns: readonly Sqn[], parity = 0): void {
    const { stats } = this;
    stats.naksSent++;
    stats.sqnsRequested += parity || sqns.length;
    if (parity > 0) stats.parityNaksSent++;
    if (sqns.length > 1) stats.nakListsSent++;
    const { host, config } = this.#context;
    const asked = parity > 0 ? [askedGroup(sqnAdd(sqns[0]!, 1 - parity))] : sqns;
    const parent = this.#redirection?.hopFor(asked, parity > 0, this.#parent!) ?? this.#parent!;
    const request = { session: this, parent, sqns, parity: parity > 0 };
    if (sendNak(host, config, request)) stats.naksMulticast++;
  }

  /** {@link ReceptionOwner}: no NCF came for a number or group. */
  unconfirmed(asked: number): void {
    this.#redirection?.unconfirmed(asked);
  }

  /**
   * Whether a packet from `source` is one that the session takes: a TSI belongs to one source (section 3.1), whose
   * address may change only after a silence. Otherwise anyone who knows the TSI could go on in its name.
   */
  #takes(now: Instant, source: Nla, view: PacketView): boolean {
    if (source !== this.#sourceNla) {
      if (now - this.#heardAt < this.#context.config.sourceTakeover) {
        this.stats.otherSource++;
        return false;
      }
      this.#sourceNla = source;
    }
    return this.heard(now, source, view);
  }

  /** Reception begins with the first data packet (section 6.1), or as far before it as OPT_JOIN offers (section 9.4). */
  #beginWithData(now: Instant, iface: number, view: PacketView): void {
    this.#begin(now, this.#joinAt(view, view.sqn));
    if (this.#parent !== undefined || !this.#context.config.spmr) return;
    const { config, host } = this.#context;
    this.#solicitor = new SpmSolicitor(now, config, host.random.fork(`spmr/${formatTsi(this.tsi)}`));
    this.#solicitOn = iface;
    this.active = true;
  }

  #begin(now: Instant, first: Sqn): void {
    this.#reception = new Reception(this.#context, this, first);
    this.#window = this.#reception.window;
    if (this.#child?.silent) this.#reception.silence();
    this.#reception.useParity(now, this.#offer);
  }

  /** The window of an SPM. Reception may begin with it, where OPT_JOIN offers something. */
  #onWindow(now: Instant, view: PacketView): void {
    const { trail, lead } = view;
    const size = windowSize(trail, lead);
    this.#meter.window(size);
    if (this.#reception === undefined && size > 0) {
      const start = this.#joinAt(view, sqnAdd(lead, 1));
      if (sqnAtMost(start, lead)) this.#begin(now, start);
    }
    this.#reception?.onSpmWindow(now, trail, lead, view.option("CURR_TGSIZE")?.size);
  }

  #joinAt(view: PacketView, newest: Sqn): Sqn {
    const { config: { lateJoin, rxwMaxSqns }, budget } = this.#context;
    return startingPoint(view, newest, lateJoin ? Math.min(rxwMaxSqns - 1, budget.missing) : 0);
  }

  #childhood(): Child {
    return this.#child ??= new Child(this.#context, this, this.stats);
  }

  /** What the parent says of NAK_BO_IVL, on the interface where NAKs go. */
  #learn(iface: number, view: PacketView): void {
    this.stats.optionsIgnored += view.ignoredOptions;
    const says = view.hasOption(OptionType.NAK_BO_IVL) || view.hasOption(OptionType.NAK_BO_RNG);
    if (says && this.#parent?.iface === iface) this.#childhood().learn(this.#parent, view);
  }

  /**
   * An SPM with OPT_NBR_UNREACH (section 15.3.2) has the number of the latest regular one, or a later one; its window is
   * void. It changes nothing else.
   */
  #onUnreachable(now: Instant, iface: number, view: PacketView): void {
    const parent = this.#parent;
    if (parent?.nla !== view.pathNla() || parent.iface !== iface || sqnBefore(view.sqn, this.#spmSqn)) {
      this.stats.unreachableForeign++;
    } else this.#silence(now);
  }

  #silence(now: Instant, ncf?: { readonly datagram: Datagram; readonly iface: number }): void {
    this.#childhood().silence(ncf);
    this.#reception?.silence();
    this.#look(now);
  }

  /** OPT_FIN and OPT_RST: the end, and what may still be asked for. */
  #onSpmOptions(now: Instant, iface: number, view: PacketView, lead: Sqn): void {
    this.#learn(iface, view);
    this.#announced = endOfSpm(view, lead, this.#announced);
    if (view.option("RST")?.noNaks) this.#reception?.abandon(now, lead);
  }

  /** Looks what became of the session: whether it ends, and whether it is at rest. */
  #look(now: Instant): void {
    if (this.#ended === undefined) this.#endIfDone(now);
    const { active, delivering, usesParity } = this.#reception ?? AT_REST;
    const replying = this.#child !== undefined && this.#child.nextTimeout() !== NEVER;
    const asking = active !== undefined || this.#solicitor !== undefined || replying || usesParity;
    this.active = asking || delivering || this.#announced !== undefined || this.#ended !== undefined;
  }

  #endIfDone(now: Instant): void {
    if (this.#reception?.failed) return this.#finish(now, "loss", 0);
    const announced = this.#announced;
    if (announced === undefined) return;
    // A session of which no data was received has nothing to wait for.
    if (this.#reception === undefined || this.#reception.resolved(announced.lead)) {
      this.#finish(now, announced.end, announced.errorCode);
    }
  }

  /** The session ends. It is remembered for a while, so that late packets do not begin it anew. */
  #finish(now: Instant, end: SessionEnd, errorCode: number): void {
    this.#reception?.end(now);
    const reset = this.#reception?.failed === true;
    this.#ended = reset ? "loss" : end;
    this.#solicitor = undefined;
    this.#child = undefined;
    this.#idleAt = now + this.#patience();
    this.#listener.onEnd?.(now, this, this.#ended, reset ? 0 : errorCode);
  }

  /** How long the session is kept without a packet. */
  #patience(): Instant {
    return this.#ended === undefined ? this.#context.config.idleTimeout : this.#context.config.endLinger;
  }
}
