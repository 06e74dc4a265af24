/**
 * Loss recovery with parity at a receiver (RFC 3208, section 11.5). It has the NAK machine of single packets, once more,
 * for whole transmission groups: numbers that are missing of a group wait until it is over, then one parity NAK asks for
 * as many packets as are missing, and as soon as enough is there the rest is computed.
 *
 * ```text
 *   open: missing numbers wait --- last packet, a later group, parity, SPM_LEAD ---> over: parity NAKs
 *     |                                                                               (selective NAKs, if no parity
 *     +--- SPM_LEAD is what came last, no OPT_CURR_TGSIZE: selective NAKs              is offered on demand)
 *          until data comes that is newer
 * ```
 *
 * The window may be shorter than a group, and of what is missing no more is known than there is room for: numbers
 * become missing at any time, also of groups that are over, given up, or could be computed long ago.
 *
 * @module
 */

import type { Host } from "../base/host.ts";
import { Slab } from "../base/slab.ts";
import { type Sqn, sqnAdd, sqnAtMost, sqnBefore, sqnDistance, sqnMax } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { OptionType, PacketType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";
import { type NakActions, NakMachine } from "./nak_machine.ts";
import type { ParityOffer } from "./parity_offer.ts";
import type { ParityOwner, ParitySurroundings } from "./parity_owner.ts";
import { ReceiveBudget } from "./receive_budget.ts";
import type { ReceiverConfig } from "./receiver_config.ts";
import type { ReceiverStats } from "./receiver_stats.ts";
import type { ReceivedGroup } from "./received_group.ts";
import { ReceivedGroups } from "./received_groups.ts";
import { askedGroup } from "./redirection.ts";

/** The transmission groups of one session. */
export class ParityReception implements NakActions {
  readonly #offer: ParityOffer;
  readonly #owner: ParityOwner;
  readonly #stats: ReceiverStats;
  readonly #host: Host;
  readonly #config: ReceiverConfig;
  readonly #naks: NakMachine;
  readonly #groups: ReceivedGroups;
  readonly #slab = new Slab();
  /** Groups before this one are over: losses in them are known. */
  #open: Sqn;
  /** The group that selective NAKs were sent for last: it was partial, and its source paused after the number `last`. */
  #paused: { readonly first: Sqn; readonly last: Sqn; readonly isStill: boolean } | undefined = undefined;
  /** The group whose last packet came last: without on-demand parity, its pro-active parity is waited for until then. */
  #patience: { readonly first: Sqn; readonly until: Instant } | undefined = undefined;
  /** Groups to look at before the receiver rests: something of them has become missing that may be at hand. */
  readonly #ripe = new Set<Sqn>();
  /** Whether what was recovered is being handed over: one group at a time. */
  #recovering = false;

  /** Groups are kept from now on. An SPM has offered the parity: there is somebody to ask. */
  constructor(offer: ParityOffer, owner: ParityOwner, { config, host, budget, stats, stream }: ParitySurroundings) {
    this.#offer = offer;
    this.#owner = owner;
    this.#stats = stats;
    this.#host = host;
    this.#config = config;
    // Groups that are lost together are asked for one by one, each after a time of its own. Pro-active parity follows
    // its data, however little reordering there is. The numbers that groups miss are counted already.
    const groups = { ...config, nakListMax: 1, reorderPackets: 2 };
    this.#naks = new NakMachine(groups, host.random.fork(stream), this, new ReceiveBudget(0, 0));
    this.#open = this.#groupOf(owner.window.next);
    this.#groups = new ReceivedGroups(offer.tgSize, this.#open, budget);
  }

  /** What is kept, packets. */
  get heldPackets(): number {
    return this.#groups.packets;
  }

  /** What that costs, octets. */
  get heldBytes(): number {
    return this.#groups.bytes;
  }

  /** When {@link handleTimeout} is due. */
  nextTimeout(): Instant {
    return Math.min(this.#naks.nextTimeout(), this.#patience?.until ?? NEVER);
  }

  /** Fires everything due. */
  handleTimeout(now: Instant): void {
    this.#naks.handleTimeout(now, true);
    if (this.#patience === undefined || now < this.#patience.until) return;
    this.#patience = undefined;
    this.#owner.unpark(now);
  }

  /** Whether a missing number is not asked for by itself: see the diagram. */
  parks(sqn: Sqn): boolean {
    const first = this.#groupOf(sqn);
    if (sqnBefore(first, this.#open)) return this.#offer.onDemand || first === this.#patience?.first;
    return first !== this.#paused?.first || !this.#paused.isStill;
  }

  /** A data packet was accepted. */
  onData(now: Instant, view: PacketView): void {
    const first = this.#groupOf(view.sqn);
    const group = this.#groups.at(first);
    group?.addData(view);
    this.#endBefore(now, first);
    const says = sizeSaid(view);
    const isLast = (view.sqn & (this.#offer.tgSize - 1)) === this.#offer.tgSize - 1;
    if (says !== undefined) this.#truncated(now, view.sqn, says);
    if (isLast) this.#endBefore(now, sqnAdd(first, this.#offer.tgSize));
    if (this.#paused?.isStill && sqnBefore(this.#paused.last, view.sqn)) this.#resume(this.#paused);
    this.#look(now, first);
  }

  /** A data packet came that lies beyond the window: it was sent, so that groups before it are over. */
  onBeyond(now: Instant, sqn: Sqn): void {
    this.#endBefore(now, this.#groupOf(sqn));
  }

  /** A parity packet; gives whether it is of a group in the window. */
  onParity(now: Instant, view: PacketView): boolean {
    const first = this.#groupOf(view.sqn);
    const last = sqnAdd(first, this.#offer.tgSize - 1);
    const { window } = this.#owner;
    const ahead = sqnDistance(window.next, first);
    if (sqnBefore(last, window.next) || sqnBefore(last, view.trail)) {
      this.#stats.parityUnneeded++;
      return false;
    }
    if (ahead >= this.#config.rxwMaxSqns) {
      this.#stats.beyondWindow++;
      return false;
    }
    const group = this.#groups.at(first);
    const fate = group?.addParity(view) ?? "no-room";
    if (fate === "contradictory") {
      this.#stats.parityContradictory++;
      return false;
    }
    if (fate === "duplicate") this.#stats.parityUnneeded++;
    if (fate === "no-room") this.#stats.buffersFull++;
    // Without room for the group nothing contradicts what the packet says of its size.
    this.#over(now, first, group?.size ?? Math.min(this.#offer.tgSize, sizeSaid(view) ?? Infinity));
    if (view.type === PacketType.ODATA) this.#expectMore(now, first);
    this.#look(now, first);
    return true;
  }

  /** An SPM: the group of SPM_LEAD may be over, or partial for now: `isIdle` says that SPM_LEAD was RXW_LEAD. */
  onLead(now: Instant, lead: Sqn, size: number | undefined, isIdle: boolean): void {
    const first = this.#groupOf(lead);
    const { tgSize } = this.#offer;
    if ((lead & (tgSize - 1)) === tgSize - 1) {
      if (size !== undefined && size !== tgSize) this.#stats.optionsIgnored++;
      return this.#endBefore(now, sqnAdd(first, tgSize));
    }
    this.#endBefore(now, first);
    if (size !== undefined) {
      const isBehind = sqnBefore(sqnAdd(first, tgSize - 1), this.#owner.window.next);
      if (!isBehind) this.#truncated(now, lead, size);
    } else if (isIdle) {
      this.#paused = { first, last: lead, isStill: true };
      this.#owner.unpark(now);
    }
  }

  /** Numbers `from ..` `to` (exclusive) have become missing. */
  missed(now: Instant, from: Sqn, to: Sqn): void {
    const { tgSize } = this.#offer;
    for (let first = this.#groupOf(from); sqnBefore(first, to); first = sqnAdd(first, tgSize)) {
      const group = this.#groups.get(first);
      if (group?.size !== undefined) this.#skip(now, first, group.size);
      if (sqnBefore(first, this.#open)) this.#ask(now, first, true);
      this.#ripe.add(first);
    }
    // The window has grown into groups that were over before.
    const { lead } = this.#owner;
    if (lead !== undefined) this.#endBefore(now, this.#endOf(lead));
  }

  /**
   * Recovers what has become missing though it is at hand, and forgets the groups that are behind. To be called when
   * all that a packet or a timer does is done.
   */
  settle(now: Instant): void {
    if (this.#recovering) return;
    for (const first of this.#ripe) {
      this.#ripe.delete(first);
      this.#look(now, first);
    }
    this.#groups.forgetBefore(this.#groupOf(this.#owner.window.next));
  }

  /** A parity NCF or another receiver's parity NAK was heard; gives its group. One for fewer than are missing is none. */
  onRequest(now: Instant, isNcf: boolean, sqn: Sqn): Sqn | undefined {
    const first = this.#groupOf(sqn);
    const wanted = this.#groups.get(first)?.wanted ?? this.#offer.tgSize;
    if (!this.#offer.onDemand || sqn - first + 1 < wanted || !this.#needs(first)) {
      this.#stats.ncfUnwanted++;
      return undefined;
    }
    if (isNcf) this.#naks.heardNcf(now, first);
    else this.#naks.heardNak(now, first);
    return first;
  }

  /** There is somebody to ask now. */
  firstSpm(now: Instant): void {
    this.#naks.firstSpm(now);
  }

  /** Nothing may be asked for. */
  silence(): void {
    this.#naks.silence();
  }

  /** The trailing edge has moved to `trail`; nothing was missing before `oldest`. */
  advanceTrail(oldest: Sqn, trail: Sqn): void {
    const first = this.#groupOf(trail);
    this.#naks.cancelBefore(this.#groupOf(oldest), first);
    this.#rest(first);
  }

  /** Gives back what is kept: the session is over, and nothing of it is called any more. */
  drop(): void {
    this.#groups.drop();
  }

  /** {@link NakActions}: NAK_BO_IVL, as it is now. */
  get nakBoIvl(): Instant {
    return this.#owner.nakBoIvl;
  }

  /** {@link NakActions}: NAKs for more packets go first (section 11.5). */
  urgency(first: Sqn): number {
    return this.#groups.get(first)?.wanted ?? this.#offer.tgSize;
  }

  /** {@link NakActions}: sends a parity NAK, unless there is nothing more to come. */
  sendNak(now: Instant, [first]: readonly Sqn[]): void {
    if (this.#groups.get(first!)?.exhausted) {
      this.giveUp(now, first!);
      return this.#rest(first!);
    }
    const count = this.urgency(first!);
    this.#owner.sendParityNak(sqnAdd(first!, count - 1), count);
  }

  /** {@link NakActions}: a group cannot be recovered. */
  giveUp(now: Instant, first: Sqn): void {
    for (const sqn of this.#missing(first)) this.#owner.lose(now, sqn);
  }

  /** {@link NakActions}: a NAK that was due is not sent. */
  suppressed(now: Instant, first: Sqn): void {
    this.#owner.suppressed(now, first);
  }

  /** {@link NakActions}: the NAK for a group was not confirmed. */
  unconfirmed(first: Sqn): void {
    this.#owner.unconfirmed(askedGroup(first));
  }

  /** {@link NakActions}: passes a transition on to the traces. */
  note(state: string, first: Sqn): void {
    this.#host.note(`TG_${state}`, first, 0);
  }

  #groupOf(sqn: Sqn): Sqn {
    return (sqn & ~(this.#offer.tgSize - 1)) >>> 0;
  }

  /** One past the groups that are over if `lead` was sent. */
  #endOf(lead: Sqn): Sqn {
    const { tgSize } = this.#offer;
    const first = this.#groupOf(lead);
    const isLast = (lead & (tgSize - 1)) === tgSize - 1;
    return isLast || this.#groups.get(first)?.size !== undefined ? sqnAdd(first, tgSize) : first;
  }

  *#missing(first: Sqn): Generator<Sqn> {
    for (let at = 0; at < this.#offer.tgSize; at++) {
      const sqn = sqnAdd(first, at);
      if (this.#owner.isMissing(sqn)) yield sqn;
    }
  }

  #needs(first: Sqn): boolean {
    for (const _ of this.#missing(first)) return true;
    return false;
  }

  /** The source goes on: what was not asked for while it paused waits for the end of the group. */
  #resume({ first, last }: { readonly first: Sqn; readonly last: Sqn }): void {
    this.#paused = { first, last, isStill: false };
    for (const sqn of this.#missing(first)) if (this.parks(sqn)) this.#owner.postpone(sqn);
  }

  /** A packet says that it is the last of its group, which has `size` packets. */
  #truncated(now: Instant, last: Sqn, size: number): void {
    const first = this.#groupOf(last);
    if (last !== sqnAdd(first, size - 1) || this.#groups.at(first)?.learnSize(size) === false) {
      this.#stats.optionsIgnored++;
      return;
    }
    this.#over(now, first, size);
    this.#look(now, first);
  }

  /** A group is over, and its size is known. */
  #over(now: Instant, first: Sqn, size: number): void {
    this.#owner.knowLead(now, sqnAdd(first, size - 1));
    this.#skip(now, first, size);
    this.#endBefore(now, sqnAdd(first, this.#offer.tgSize));
  }

  #skip(now: Instant, first: Sqn, size: number): void {
    const { tgSize } = this.#offer;
    if (size < tgSize) this.#owner.skip(now, sqnAdd(first, size), sqnAdd(first, tgSize - 1));
  }

  /** Groups before `end` are over, as far as it is known what they miss. */
  #endBefore(now: Instant, end: Sqn): void {
    const { tgSize } = this.#offer;
    const { next, frontier } = this.#owner.window;
    // However far the numbers jump, no more groups are looked at than the window has.
    this.#open = sqnMax(this.#open, this.#groupOf(next));
    while (sqnBefore(this.#open, end) && sqnBefore(this.#open, frontier)) {
      const first = this.#open;
      this.#open = sqnAdd(first, tgSize);
      // What came unasked of it may still follow its last packet.
      this.#ask(now, first, this.#open !== end || !this.#offer.proActive);
    }
  }

  /** Asks for what is missing of a group that is over. */
  #ask(now: Instant, first: Sqn, isCertain: boolean): void {
    if (!this.#needs(first)) return;
    if (!this.#offer.onDemand) return this.#askSingly(now, first, isCertain);
    if (this.#paused?.first === first) { for (const sqn of this.#missing(first)) this.#owner.park(sqn); }
    // What is at hand is not asked for: whoever calls looks at the group next.
    if (!this.#groups.get(first)?.decodable) this.#request(now, first, isCertain);
  }

  #askSingly(now: Instant, first: Sqn, isCertain: boolean): void {
    if (!isCertain) this.#patience = { first, until: now + this.#config.reorderTimeout };
    this.#owner.unpark(now);
  }

  /** Pro-active parity came: as long as it comes, nothing is asked for. */
  #expectMore(now: Instant, first: Sqn): void {
    this.#naks.suspectStill(now, first);
    if (this.#patience?.first === first) this.#patience = { first, until: now + this.#config.reorderTimeout };
  }

  #request(now: Instant, first: Sqn, isCertain: boolean): void {
    if (isCertain) this.#naks.lose(now, first, true);
    else this.#naks.suspect(now, first, true);
  }

  /** Recovers what is missing if that is possible, and asks no more for a group that misses nothing. */
  #look(now: Instant, first: Sqn): void {
    const group = this.#groups.get(first);
    // While what was recovered of a group is handed over, there is nothing else to recover of it.
    if (!this.#recovering && group?.decodable && this.#needs(first)) this.#recover(now, group);
    this.#rest(first);
  }

  /** Asks no more for a group that misses nothing. */
  #rest(first: Sqn): void {
    if (this.#naks.has(first) && !this.#needs(first)) this.#naks.received(0, first);
  }

  #recover(now: Instant, group: ReceivedGroup): void {
    const { first } = group;
    const { trail, frontier } = this.#owner.window;
    const views = group.decode(this.#slab, trail);
    if (views === undefined) {
      this.#stats.parityContradictory++;
      this.#ask(now, first, true);
      // Parity of another shape may be enough.
      return this.#look(now, first);
    }
    if (!group.helped) this.#stats.groupsDecoded++;
    group.helped = true;
    // What the window has no place for yet is recovered again when it has: until then, the packets are kept.
    if (sqnAtMost(sqnAdd(first, group.size!), frontier)) group.finish();
    this.#recovering = true;
    for (const view of views) {
      if (this.#owner.isMissing(view.sqn)) this.#owner.recovered(now, view);
    }
    this.#recovering = false;
  }
}

/** OPT_CURR_TGSIZE of a data or parity packet. */
function sizeSaid(view: PacketView): number | undefined {
  return view.hasOption(OptionType.CURR_TGSIZE) ? view.option("CURR_TGSIZE")!.size : undefined;
}
