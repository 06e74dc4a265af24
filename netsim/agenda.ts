/**
 * The one clock of a simulation and all that is to come: datagrams on their way, actions, and the deadlines of the
 * nodes. All draw their place in the order of events from one counter, so that equal times go in the order in which
 * things were set, whatever their kind.
 *
 * @module
 */

import type { Datagram } from "../engine/base/datagram.ts";
import { Deadlines } from "../engine/base/timers.ts";
import type { Instant } from "../engine/base/time.ts";
import { EventQueue } from "./event_queue.ts";
import type { Attachment } from "./topology.ts";

/** A node's deadline. */
export const TIMER = 0;
/** Copies come out of the segments of `egress`: for `target`, or for all other attachments when it is undefined. */
export const ARRIVAL = 1;
/** An impairment held a copy back on its way into `target`. */
export const INGRESS = 2;
/** An impairment held a datagram back on its way into the queue of `egress`. */
export const EGRESS = 3;
/** A scripted action, or routing that spreads. */
export const ACTION = 4;

const NOWHERE: readonly Attachment[] = [];

/** Something that is to come. The record is used again as soon as it has happened. */
class Entry {
  kind = ACTION;
  egress: readonly Attachment[] = NOWHERE;
  datagram: Datagram | undefined = undefined;
  target: Attachment | undefined = undefined;
  action: (() => void) | undefined = undefined;
}

/** What has just become due. Valid until the next call of {@link Agenda.take}. */
export type Due = Readonly<Entry> & { readonly order: number };

class DueEntry extends Entry {
  order = 0;
}

/** The clock and the pending events. */
export class Agenda {
  now: Instant = 0;
  /** Deadlines by node id. */
  readonly timers = new Deadlines();
  readonly #queue: EventQueue;
  readonly #entries: Entry[] = [];
  readonly #free: number[] = [];
  readonly #due = new DueEntry();
  #order = 1;

  /** At most `limit` events are pending besides the deadlines. */
  constructor(limit: number) {
    this.#queue = new EventQueue(limit);
  }

  /** The place in the order of events that {@link Agenda.takeOrder} gives next. */
  get order(): number {
    return this.#order;
  }

  /** The next place in the order of events. */
  takeOrder(): number {
    return this.#order++;
  }

  /** Whether the next thing to come is a deadline. */
  timerFirst(): boolean {
    const timer = this.timers.next();
    const event = this.#queue.nextTime();
    return timer < event || (timer === event && this.timers.nextOrder() < this.#queue.nextOrder());
  }

  /** When the next event is due that is not a deadline, or `NEVER`. */
  nextEvent(): Instant {
    return this.#queue.nextTime();
  }

  /** Copies of `datagram` that all arrive at `time`; `order` was taken when the first of them left. */
  arrive(time: Instant, order: number, egress: readonly Attachment[], datagram: Datagram): void {
    const entry = this.#push(time, order, ARRIVAL);
    entry.egress = egress;
    entry.datagram = datagram;
  }

  /** A copy from `egress` to `target` only. */
  arriveAt(time: Instant, egress: readonly Attachment[], datagram: Datagram, target: Attachment): void {
    const entry = this.#push(time, this.#order++, ARRIVAL);
    entry.egress = egress;
    entry.datagram = datagram;
    entry.target = target;
  }

  /** A copy that an impairment gives to `target` at `time`. */
  enter(time: Instant, datagram: Datagram, target: Attachment): void {
    const entry = this.#push(time, this.#order++, INGRESS);
    entry.datagram = datagram;
    entry.target = target;
  }

  /** A datagram that an impairment gives to the queue of `egress` at `time`. */
  leave(time: Instant, egress: Attachment, datagram: Datagram, target: Attachment | undefined): void {
    const entry = this.#push(time, this.#order++, EGRESS);
    entry.egress = egress.self;
    entry.datagram = datagram;
    entry.target = target;
  }

  /** Something to do at `time`. */
  act(time: Instant, action: () => void): void {
    this.#push(time, this.#order++, ACTION).action = action;
  }

  /** Takes out the next event that is not a deadline. */
  take(): Due {
    const order = this.#queue.nextOrder();
    const item = this.#queue.pop();
    const entry = this.#entries[item]!;
    const due = this.#due;
    due.kind = entry.kind;
    due.order = order;
    due.egress = entry.egress;
    due.datagram = entry.datagram;
    due.target = entry.target;
    due.action = entry.action;
    entry.egress = NOWHERE;
    entry.datagram = undefined;
    entry.target = undefined;
    entry.action = undefined;
    this.#free.push(item);
    return due;
  }

  #push(time: Instant, order: number, kind: number): Entry {
    const item = this.#free.length > 0 ? this.#free.pop()! : this.#entries.push(new Entry()) - 1;
    this.#queue.push(time, order, item);
    const entry = this.#entries[item]!;
    entry.kind = kind;
    return entry;
  }
}
