/**
 * What a session has received and what it misses (RFC 3208, sections 6.1 and 6.3): the receive window, the NAK machine
 * and the delivery of messages, kept in step.
 *
 * @module
 */

import { type Sqn, sqnAdd, sqnAtMost, sqnBefore, sqnMax } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { formatTsi } from "../base/tsi.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { Delivery, type DeliverySink } from "./delivery.ts";
import { Losses } from "./losses.ts";
import { type NakActions, type NakMachine, NakState } from "./nak_machine.ts";
import type { ParityOffer } from "./parity_offer.ts";
import type { ParityOwner } from "./parity_owner.ts";
import { ParityReception } from "./parity_reception.ts";
import type { ReceptionContext, ReceptionOwner } from "./reception_owner.ts";
import type { SessionListener } from "./session_listener.ts";
import { Arrival, ReceiveWindow, type WindowSink } from "./receive_window.ts";
import type { ReceiverStats } from "./receiver_stats.ts";

/** Receives the data of one session. */
export class Reception<Owner extends ReceptionOwner> implements WindowSink, NakActions, DeliverySink, ParityOwner {
  // What every packet touches comes first: it shares cache lines.
  readonly #window: ReceiveWindow;
  readonly #losses: Losses;
  /** What is not simply the next message: fragments, losses, early messages. */
  #delivery: Delivery | undefined = undefined;
  readonly #stats: ReceiverStats;
  readonly #listener: SessionListener<Owner>;
  readonly #owner: Owner;
  readonly #context: ReceptionContext<Owner>;
  /** The instant of what is going on. */
  #now: Instant = 0;
  /** SPM_LEAD of the latest SPM. */
  #lead: Sqn | undefined = undefined;
  #failed = false;
  readonly #first: Sqn;
  /** What parity helps with, if the source offers some. */
  #parity: ParityReception | undefined = undefined;

  /** Reception begins at `first`, RXW_TRAIL_INIT: nothing older is asked for. */
  constructor(context: ReceptionContext<Owner>, owner: Owner, first: Sqn) {
    this.#listener = context.listener;
    this.#context = context;
    this.#owner = owner;
    this.#stats = owner.stats;
    this.#first = first;
    this.#window = new ReceiveWindow(first, context.config.rxwMaxSqns, context.budget);
    this.#losses = new Losses(context, owner.tsi, this, this.#window);
  }

  /** The receive window. */
  get window(): ReceiveWindow {
    return this.#window;
  }

  /** The NAK machine, while something is missing. */
  get active(): NakMachine | undefined {
    return this.#losses.active;
  }

  /** Whether parity is made use of. */
  get usesParity(): boolean {
    return this.#parity !== undefined;
  }

  /** How many packets wait behind a gap, for the rest of their message, or for that of their transmission group. */
  get bufferedPackets(): number {
    const parity = this.#parity?.heldPackets ?? 0;
    return this.#window.heldPackets + (this.#delivery?.partialPackets ?? 0) + parity;
  }

  /** What the packets that wait cost, octets. */
  get bufferedBytes(): number {
    return this.#window.heldBytes + (this.#delivery?.partialBytes ?? 0) + (this.#parity?.heldBytes ?? 0);
  }

  /** Whether a message in parts or a loss waits. */
  get delivering(): boolean {
    return this.#delivery !== undefined && !this.#delivery.idle;
  }

  /** Whether a loss was reported that ends the session. */
  get failed(): boolean {
    return this.#failed;
  }

  /** When {@link handleTimeout} is due. */
  nextTimeout(): Instant {
    const nak = this.#losses.active?.nextTimeout() ?? NEVER;
    return this.#parity === undefined ? nak : Math.min(nak, this.#parity.nextTimeout());
  }

  /** Fires everything due. */
  handleTimeout(now: Instant): void {
    this.#now = now;
    const { active } = this.#losses;
    if (active === undefined && this.#parity === undefined) return;
    active?.handleTimeout(now, this.#owner.spmSeen);
    this.#parity?.handleTimeout(now);
    this.#commit();
    this.#settle();
  }

  /** A data packet that does not contradict itself. Gives whether more may have changed than the next number. */
  onData(now: Instant, view: PacketView): boolean {
    const window = this.#window;
    const stats = this.#stats;
    const frontier = window.frontier;
    const arrival = window.add(view.sqn, view);
    if (arrival <= Arrival.Held) {
      this.#now = now;
      stats.dataBytes += view.tsduLength;
      if (view.hasOptions) this.#owner.onDataOptions(now, view);
      if (arrival === Arrival.Held) this.#onHeld(view, frontier);
      else this.#onNext(view);
    } else {
      this.#refused(arrival);
      if (view.trail === window.trail && this.#parity === undefined) return false;
    }
    this.#now = now;
    this.#advanceTrail(view.trail);
    if (!this.#failed) {
      if (arrival <= Arrival.Held) this.#parity?.onData(now, view);
      else if (arrival === Arrival.BeyondWindow) this.#parity?.onBeyond(now, view.sqn);
    }
    this.#settle();
    return true;
  }

  /** The source offers parity, or not: what waits for its turn, or comes from now on, is kept for its group. */
  useParity(now: Instant, offer: ParityOffer | undefined): void {
    if (offer === undefined || this.#parity !== undefined) return;
    const { config, host, budget } = this.#context;
    const stream = `parity-nak/${formatTsi(this.#owner.tsi)}`;
    this.#parity = new ParityReception(offer, this, { config, host, budget, stats: this.#stats, stream });
    if (this.#losses.silent) this.#parity.silence();
    this.#now = now;
    for (const view of this.#window.waiting()) this.#parity.onData(now, view);
  }

  /** A parity packet. */
  onParity(now: Instant, view: PacketView): void {
    if (this.#parity === undefined) {
      this.#stats.parityUnknown++;
      return;
    }
    this.#now = now;
    if (this.#parity.onParity(now, view)) this.#advanceTrail(view.trail);
    this.#settle();
  }

  /** A parity NCF or another receiver's parity NAK; gives its group if it asks for all that is missing of it. */
  onParityRequest(now: Instant, isNcf: boolean, sqn: Sqn): Sqn | undefined {
    if (this.#parity !== undefined) return this.#parity.onRequest(now, isNcf, sqn);
    this.#stats.ncfUnwanted++;
    return undefined;
  }

  /** The first SPM arrived, or the first since {@link silence}: there is somebody to ask now. */
  onFirstSpm(now: Instant): void {
    this.#losses.firstSpm(now);
    this.#parity?.firstSpm(now);
  }

  /** Nothing may be asked for until {@link onFirstSpm}. */
  silence(): void {
    this.#losses.silence();
    this.#parity?.silence();
  }

  /** The window of an SPM in sequence, and the size in its OPT_CURR_TGSIZE. */
  onSpmWindow(now: Instant, trail: Sqn, lead: Sqn, tgSize: number | undefined): void {
    this.#now = now;
    const isIdle = sqnAdd(lead, 1) === this.#window.frontier || lead === this.#lead;
    if (sqnBefore(trail, this.#window.trail)) this.#stats.spmOldTrail++;
    this.#lead = lead;
    this.#advanceTrail(trail);
    this.#losses.refute(now, lead, this.usesParity);
    this.#extend();
    this.#losses.active?.leadKnown(now, lead);
    if (!this.#failed) this.#parity?.onLead(now, lead, tgSize, isIdle);
    this.#settle();
  }

  /** The source will repair nothing up to `lead`: what is missing is lost. */
  abandon(now: Instant, lead: Sqn): void {
    this.#now = now;
    this.#advanceTrail(sqnAdd(lead, 1));
    this.#settle();
  }

  /** Whether `sqn` may be asked for. A number that was not known to be missing needs room among those that are. */
  wants(sqn: Sqn): boolean {
    return this.#window.wants(sqn) && !this.isParked(sqn) && this.#losses.wants(sqn);
  }

  /** An NCF for a number that is wanted was heard. */
  onNcf(now: Instant, sqn: Sqn): void {
    this.#losses.heardOf(sqn).heardNcf(now, sqn);
  }

  /** Another receiver's NAK for a number that is wanted was heard. */
  onNak(now: Instant, sqn: Sqn): void {
    this.#losses.heardOf(sqn).heardNak(now, sqn);
  }

  /** Whether everything up to `lead` is delivered or reported lost. */
  resolved(lead: Sqn): boolean {
    return sqnBefore(lead, this.#window.next);
  }

  /**
   * The session is over. What is missing is lost; what waits behind it is delivered, unless a loss ended the session.
   */
  end(now: Instant): void {
    this.#now = now;
    const window = this.#window;
    const newest = sqnAdd(window.frontier, -1);
    if (!this.#failed) this.#advanceTrail(sqnAdd(sqnMax(newest, this.#lead ?? newest), 1));
    if (!this.#failed) this.#delivery?.finish(window.next);
    this.drop();
  }

  /** Forgets all that waits and all that is missing, without a word. */
  drop(): void {
    this.#delivery?.drop();
    this.#losses.drop();
    this.#parity?.drop();
    this.#parity = undefined;
    this.#window.drop();
  }

  /** {@link WindowSink}: a data packet, in order. */
  data(view: PacketView): boolean {
    this.#take(view);
    return !this.#failed;
  }

  /** {@link WindowSink}: a packet whose message was delivered early. */
  passed(sqn: Sqn): boolean {
    this.#delivery!.passed(sqn);
    return !this.#failed;
  }

  /** {@link WindowSink}: numbers that will not come. */
  lost(first: Sqn, last: Sqn): boolean {
    this.#delivering().lost(first, last);
    return this.#goesOn();
  }

  /** {@link DeliverySink}: a whole message. */
  message(octets: Uint8Array, firstSqn: Sqn): void {
    if (this.#failed) return;
    this.#stats.messages++;
    this.#stats.messageBytes += octets.length;
    this.#listener.onMessage(this.#now, this.#owner, octets, firstSqn);
  }

  /** {@link DeliverySink}: numbers that cannot be recovered. */
  loss(first: Sqn, last: Sqn, headless: boolean): void {
    // A message that began before reception did was never promised: it does not end the session.
    if (!headless && this.#context.config.lossPolicy === "reset") this.#failed = true;
    this.#listener.onLoss(this.#now, this.#owner, first, last);
  }

  /** {@link NakActions}: NAK_BO_IVL, as it is now. */
  get nakBoIvl(): Instant {
    return this.#owner.nakBoIvl;
  }

  /** {@link NakActions}: sends a NAK to the PGM parent. */
  sendNak(_now: Instant, sqns: readonly Sqn[]): void {
    this.#owner.sendNak(sqns);
  }

  /** {@link NakActions}, {@link ParityOwner}: the NAK for a number or group was not confirmed. */
  unconfirmed(asked: number): void {
    this.#owner.unconfirmed(asked);
  }

  /** {@link NakActions}: a number cannot be recovered. */
  giveUp(_now: Instant, sqn: Sqn): void {
    this.#losses.giveUp(sqn);
  }

  /** {@link NakActions}: a NAK that was due is not sent. */
  suppressed(): void {
    this.#stats.naksSuppressed++;
  }

  /** {@link NakActions}: passes a transition on to the traces. */
  note(state: string, sqn: Sqn): void {
    this.#context.host.note(state, sqn, 0);
  }

  /** {@link NakActions}: whether a transmission group is asked for instead. */
  isParked(sqn: Sqn): boolean {
    return this.#parity !== undefined && this.#parity.parks(sqn);
  }

  /** {@link ParityOwner}: what was sent for certain. */
  get lead(): Sqn | undefined {
    return this.#lead;
  }

  /** {@link ParityOwner}: whether a number is missing and not given up. */
  isMissing(sqn: Sqn): boolean {
    return this.#losses.nak?.has(sqn) === true;
  }

  /** {@link ParityOwner}: the source has sent everything up to `lead`. */
  knowLead(_now: Instant, lead: Sqn): void {
    this.#lead = this.#lead === undefined ? lead : sqnMax(this.#lead, lead);
    this.#extend();
  }

  /** {@link ParityOwner}: numbers that are never sent. */
  skip(now: Instant, first: Sqn, last: Sqn): void {
    this.#context.witness?.skipped(this.#owner, first, last);
    let isNew = false;
    for (let sqn = first; sqnAtMost(sqn, last); sqn = sqnAdd(sqn, 1)) {
      if (!this.#window.skip(sqn)) continue;
      this.#losses.nak?.received(now, sqn);
      isNew = true;
    }
    if (isNew) this.#commit();
  }

  /** {@link ParityOwner}: a packet was recovered. */
  recovered(now: Instant, view: PacketView): void {
    if (this.#failed) return;
    // What had to be computed was lost, even if it might still have been merely late.
    if (this.#losses.nak!.state(view.sqn) === NakState.Reorder) this.park(view.sqn);
    this.#stats.parityRecovered++;
    this.onData(now, view);
    this.#context.witness?.recovered(this.#owner, view);
  }

  /** {@link ParityOwner}: a number cannot be recovered. */
  lose(now: Instant, sqn: Sqn): void {
    this.#losses.nak!.received(now, sqn);
    this.giveUp(now, sqn);
  }

  /** {@link ParityOwner}: a missing number waits for its group. */
  park(sqn: Sqn): void {
    this.#losses.nak!.park(sqn);
  }

  /** {@link ParityOwner}: a missing number waits for its group, unless it was asked for. */
  postpone(sqn: Sqn): void {
    if (this.#losses.nak!.state(sqn) === NakState.BackOff) this.park(sqn);
  }

  /** {@link ParityOwner}: numbers that waited may be asked for. */
  unpark(now: Instant): void {
    if (!this.#losses.silent) this.#losses.nak?.firstSpm(now);
  }

  /** {@link ParityOwner}: sends a parity NAK. */
  sendParityNak(sqn: Sqn, count: number): void {
    this.#owner.sendNak([sqn], count);
  }

  #onNext(view: PacketView): void {
    const { active } = this.#losses;
    if (active !== undefined) this.#arrived(active, view.sqn);
    this.#take(view);
  }

  /** The next packet in order. */
  #take(view: PacketView): void {
    if (view.fragment() === undefined && !this.delivering) return this.message(view.payload(), view.sqn);
    this.#delivering().data(view);
    if (this.#delivery?.losing) this.#goesOn();
  }

  #onHeld(view: PacketView, oldFrontier: Sqn): void {
    const { sqn } = view;
    const spmSeen = this.#owner.spmSeen;
    const nak = this.#losses.machine();
    this.#arrived(nak, sqn);
    for (let missing = oldFrontier; sqnBefore(missing, sqn); missing = sqnAdd(missing, 1)) {
      nak.suspect(this.#now, missing, spmSeen);
    }
    if (sqn === this.#window.next) this.#commit();
    else if (!this.#context.config.ordered) this.#delivering().early(view, this.#window);
    if (sqnBefore(oldFrontier, sqn)) this.#parity?.missed(this.#now, oldFrontier, sqn);
  }

  #arrived(nak: NakMachine, sqn: Sqn): void {
    const latency = nak.received(this.#now, sqn);
    if (latency >= 0) {
      this.#stats.recovered++;
      this.#listener.onRepair?.(this.#now, this.#owner, sqn, latency);
    }
    nak.laterData(this.#now, sqn, this.#owner.spmSeen);
  }

  #refused(arrival: Arrival): void {
    const stats = this.#stats;
    if (arrival === Arrival.Duplicate) stats.duplicates++;
    else if (arrival === Arrival.BeyondWindow) stats.beyondWindow++;
    else if (arrival === Arrival.NoRoom) stats.buffersFull++;
    else stats.outsideWindow++;
  }

  #advanceTrail(trail: Sqn): void {
    const window = this.#window;
    if (!window.advanceTrail(trail)) return;
    const oldest = window.next;
    this.#losses.active?.cancelBefore(oldest, trail);
    if (sqnBefore(oldest, trail)) this.#commit();
    this.#parity?.advanceTrail(oldest, trail);
  }

  #commit(): void {
    const window = this.#window;
    window.commit(this);
    if (this.#failed) return;
    this.#extend();
    // A message that is known to be incomplete is reported once, with what is still to come of it.
    const delivery = this.#delivery;
    if (delivery !== undefined && (!delivery.broken || window.next === window.frontier)) delivery.flush();
  }

  /** What SPM_LEAD says was sent and has not come is lost, as far as the window may grow. */
  #extend(): void {
    const lead = this.#lead;
    const window = this.#window;
    if (lead === undefined || sqnBefore(lead, window.frontier)) return;
    const frontier = window.frontier;
    const end = window.extend(lead);
    for (let sqn = frontier; sqn !== end; sqn = sqnAdd(sqn, 1)) this.#losses.machine().lose(this.#now, sqn, true);
    if (end !== frontier) this.#parity?.missed(this.#now, frontier, end);
  }

  /** With the policy to reset, the first loss is reported at once and nothing comes after it. */
  #goesOn(): boolean {
    if (this.#context.config.lossPolicy === "reset") this.#delivery!.flush();
    return !this.#failed;
  }

  #delivering(): Delivery {
    const { config, budget } = this.#context;
    return this.#delivery ??= new Delivery(this, this.#first, { config, budget, stats: this.#stats });
  }

  /** Recovers what can be, and puts the NAK machine aside when nothing is missing any more. */
  #settle(): void {
    this.#parity?.settle(this.#now);
    this.#losses.settle();
  }
}
