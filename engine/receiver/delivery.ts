/**
 * From resolved sequence numbers to whole messages and reports of loss (RFC 3208, sections 6.1 and 9.2). What is
 * resolved comes in order; each number leaves as part of a message or of a report, once.
 *
 * Without order, a message that lies whole behind a gap is delivered as soon as its last packet came: see
 * {@link Delivery.early}. A message that a gap cuts in two becomes whole only when the gap is filled, so it takes the
 * ordinary way.
 *
 * @module
 */

import { type Sqn, sqnAdd, sqnBefore, windowSize } from "../base/sqn.ts";
import type { Fragment, PacketView } from "../wire/packet_view.ts";
import { Reassembler } from "./reassembler.ts";
import type { ReceiveBudget } from "./receive_budget.ts";
import type { ReceiveWindow } from "./receive_window.ts";
import type { ReceiverConfig } from "./receiver_config.ts";
import type { ReceiverStats } from "./receiver_stats.ts";

/** Who takes what is delivered. */
export interface DeliverySink {
  /** A whole message. */
  message(octets: Uint8Array, firstSqn: Sqn): void;
  /**
   * Numbers `first ..= last` that cannot be recovered. `headless` says that all of them are the rest of a message that
   * began before reception did.
   */
  loss(first: Sqn, last: Sqn, headless: boolean): void;
}

/** What a delivery works with. */
export interface DeliverySurroundings {
  readonly config: ReceiverConfig;
  readonly budget: ReceiveBudget;
  readonly stats: ReceiverStats;
}

/** The messages and losses of one session. */
export class Delivery {
  readonly #sink: DeliverySink;
  readonly #stats: ReceiverStats;
  readonly #reassembler: Reassembler;
  readonly #maxApdu: number;
  /** Numbers known to be lost that are not reported yet: a neighbour may join the range. */
  #lossCount = 0;
  #lossFirst: Sqn = 0;
  #headless = false;
  /** Where reception began. */
  readonly #first: Sqn;
  /** Octets that lie behind gaps, by the first number of the message that they belong to. */
  #earlyOctets: Map<Sqn, number> | undefined = undefined;

  constructor(sink: DeliverySink, first: Sqn, { config, budget, stats }: DeliverySurroundings) {
    this.#sink = sink;
    this.#first = first;
    this.#stats = stats;
    this.#maxApdu = config.maxApdu;
    this.#reassembler = new Reassembler(config.maxApdu, budget);
  }

  /** Whether neither a message in parts nor a loss waits: an unfragmented packet may go straight to the application. */
  get idle(): boolean {
    return this.#lossCount === 0 && this.#reassembler.idle;
  }

  /** Whether something was lost that is not reported yet. */
  get losing(): boolean {
    return this.#lossCount > 0;
  }

  /** Whether more may come of a message that is known to be incomplete: it is reported once, in one piece. */
  get broken(): boolean {
    return this.#reassembler.broken;
  }

  /** What the message that is being put together costs, octets. */
  get partialBytes(): number {
    return this.#reassembler.bytes;
  }

  /** How many packets of it came. */
  get partialPackets(): number {
    return this.#reassembler.parts;
  }

  /** The next packet in order: delivers its message, or puts the fragment to the others. */
  data(view: PacketView): void {
    const fragment = view.fragment();
    if (fragment === undefined) {
      this.#endApdu(view.sqn);
      return this.#sink.message(view.payload(), view.sqn);
    }
    this.#earlyOctets?.delete(fragment.firstSqn);
    if (fragment.offset === 0) this.#endApdu(view.sqn);
    const partial = this.#reassembler.partial;
    const result = this.#reassembler.add(view.sqn, fragment, view.payload());
    if (result instanceof Uint8Array) {
      this.flush();
      this.#sink.message(result, fragment.firstSqn);
    } else if (result !== "more") {
      this.#countFailure(result);
      this.#noteLoss(partial ?? view.sqn, view.sqn, sqnBefore(fragment.firstSqn, this.#first));
      if (!this.#reassembler.broken) this.flush();
    }
  }

  /** The next packet in order is part of a message that was delivered early. */
  passed(sqn: Sqn): void {
    this.#endApdu(sqn);
  }

  /** Numbers that will not come, next in order. */
  lost(first: Sqn, last: Sqn): void {
    const partial = this.#reassembler.partial;
    this.#reassembler.break();
    this.#noteLoss(partial ?? first, last, false);
  }

  /** A packet behind a gap, which `window` holds: delivers its message if that is whole. */
  early(view: PacketView, window: ReceiveWindow): void {
    const fragment = view.fragment();
    if (fragment === undefined) {
      window.markDelivered(view.sqn);
      return this.#sink.message(view.payload(), view.sqn);
    }
    // The ordinary way counts a message that is too long, once.
    if (fragment.apduLength > this.#maxApdu) return;
    const earlyOctets = this.#earlyOctets ??= new Map();
    const octets = (earlyOctets.get(fragment.firstSqn) ?? 0) + view.tsduLength;
    earlyOctets.set(fragment.firstSqn, octets);
    if (octets === fragment.apduLength) this.#deliverEarly(fragment, window, earlyOctets);
  }

  /** Reports what is lost. */
  flush(): void {
    if (this.#lossCount === 0) return;
    const last = sqnAdd(this.#lossFirst, this.#lossCount - 1);
    this.#stats.lost += this.#lossCount;
    this.#lossCount = 0;
    this.#sink.loss(this.#lossFirst, last, this.#headless);
  }

  /** Nothing comes from `next` on: a message of which only a part came is lost. */
  finish(next: Sqn): void {
    const partial = this.#reassembler.partial;
    if (partial !== undefined) this.#noteLoss(partial, sqnAdd(next, -1), false);
    this.flush();
  }

  /** Forgets the message that is being put together. */
  drop(): void {
    this.#reassembler.end();
    this.#earlyOctets = undefined;
  }

  /** All octets of a message are there; unless its fragments contradict each other, they are the message. */
  #deliverEarly({ firstSqn, apduLength }: Fragment, window: ReceiveWindow, earlyOctets: Map<Sqn, number>): void {
    const apdu = new Uint8Array(apduLength);
    let sqn = firstSqn;
    for (let at = 0; at < apduLength; sqn = sqnAdd(sqn, 1)) {
      const view = window.held(sqn);
      const fragment = view?.fragment();
      const fits = fragment?.firstSqn === firstSqn && fragment.offset === at && fragment.apduLength === apduLength;
      if (!fits) return;
      apdu.set(view!.payload(), at);
      at += view!.tsduLength;
    }
    earlyOctets.delete(firstSqn);
    for (let each = firstSqn; each !== sqn; each = sqnAdd(each, 1)) window.markDelivered(each);
    this.#sink.message(apdu, firstSqn);
  }

  /** A new APDU begins at `sqn`: one that was not complete by now never will be. */
  #endApdu(sqn: Sqn): void {
    const partial = this.#reassembler.partial;
    this.#reassembler.end();
    if (partial !== undefined) {
      this.#stats.fragmentsContradictory++;
      this.#noteLoss(partial, sqnAdd(sqn, -1), false);
    }
    this.flush();
  }

  #noteLoss(first: Sqn, last: Sqn, headless: boolean): void {
    if (this.#lossCount > 0 && sqnAdd(this.#lossFirst, this.#lossCount) !== first) this.flush();
    if (this.#lossCount === 0) {
      this.#lossFirst = first;
      this.#headless = headless;
    }
    this.#headless &&= headless;
    this.#lossCount += windowSize(first, last);
  }

  #countFailure(result: "lost" | "contradiction" | "too-long" | "no-room"): void {
    if (result === "contradiction") this.#stats.fragmentsContradictory++;
    else if (result === "too-long") this.#stats.apdusTooLong++;
    else if (result === "no-room") this.#stats.buffersFull++;
  }
}
