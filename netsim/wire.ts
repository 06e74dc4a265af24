/**
 * From a node's interface to the far ends of the segment: impairments on the way out, the queue, serialisation and
 * propagation. Nothing is ever taken out of a queue: the instant at which a datagram has left its transmitter is known
 * when it enters, so the one event of a transmission is the arrival of all its copies.
 *
 * A datagram counts as its IP header (20 octets, 40 in IPv6), 4 octets more with Router Alert (8 in IPv6), and its
 * transport packet: for serialisation, queues, the MTU and statistics alike.
 *
 * @module
 */

import { assert } from "../engine/base/assert.ts";
import type { Datagram } from "../engine/base/datagram.ts";
import { isIpv6 } from "../engine/base/nla.ts";
import type { Instant } from "../engine/base/time.ts";
import type { Agenda } from "./agenda.ts";
import { Fate, type Impairment } from "./impairments/impairment.ts";
import type { Counters } from "./segment_stats.ts";
import type { Attachment } from "./topology.ts";
import type { Trace } from "./trace.ts";

/** One octet of transmitter work: 8 bits, in billionths of a bit. */
const WORK_PER_BYTE = 8_000_000_000;

/** The row of a transmitter: what it had to do, in billionths of a bit (exact where nanoseconds are not), and when. */
const WORK = 0;
const WORK_AT = 1;
/** And its segment: bits per second, propagation delay, room of the queue in billionths of a bit, MTU. */
const RATE = 2;
const DELAY = 3;
const ROOM = 4;
const MTU = 5;
const ROW = 8;

/** Instead of an arrival instant: no copy is on the medium. */
const NO_ARRIVAL = -1;
/** Instead of an arrival instant: an impairment has scheduled what there is. */
const IMPAIRED = -2;

/** How far a fan-out looks for copies that arrive together when not all do. */
const LOOK_AHEAD = 8;

/** The size of a datagram with its IP header. */
export function datagramBytes(datagram: Datagram): number {
  const header = isIpv6(datagram.destination) ? (datagram.routerAlert ? 48 : 40) : (datagram.routerAlert ? 24 : 20);
  return header + datagram.bytes.length;
}

/**
 * Asks a chain of impairments about one copy. The chain ends at an impairment that drops the copy: what duplicates
 * earlier ones made are gone with it.
 */
export function applyChain(chain: readonly Impairment[], now: Instant, datagram: Datagram, fate: Fate): void {
  fate.reset();
  for (let i = 0; i < chain.length; i++) {
    chain[i]!.apply(now, fate.corrupted ?? datagram, fate);
    if (fate.dropped !== undefined) return;
  }
  assert(isDelay(fate.delay), "an impairment delays by a number of ns that is not a whole one of at least 0");
  for (let i = 0; i < fate.duplicates.length; i++) {
    assert(isDelay(fate.duplicates[i]!), "an impairment duplicates after a number of ns that is not a whole one");
  }
}

function isDelay(ns: number): boolean {
  return ns >= 0 && Number.isInteger(ns);
}

/** Puts datagrams on segments. */
export class Wire {
  /** Whether anything was ever transmitted: from then on copies count on the attachments that there are. */
  used = false;
  readonly #agenda: Agenda;
  readonly #trace: Trace;
  readonly #counters: Counters;
  readonly #classify: (datagram: Datagram) => number;
  readonly #fate = new Fate();
  /** By egress of the fan-out at work: when its copies arrive, and their place in the order of events. */
  #arrivals = new Float64Array(16);
  #orders = new Float64Array(16);
  /** A row for each attachment, by id: all that a transmission needs lies together. */
  #transmitters = new Float64Array(16 * ROW);
  #sized: Datagram | undefined = undefined;
  #size = 0;

  constructor(how: {
    readonly agenda: Agenda;
    readonly trace: Trace;
    readonly counters: Counters;
    readonly classify: (datagram: Datagram) => number;
  }) {
    this.#agenda = how.agenda;
    this.#trace = how.trace;
    this.#counters = how.counters;
    this.#classify = how.classify;
  }

  /** Gives a new attachment a transmitter. */
  add(attachment: Attachment): void {
    const { segment } = attachment;
    const row = attachment.id * ROW;
    if (row === this.#transmitters.length) this.#transmitters = grown(this.#transmitters);
    this.#transmitters[row + RATE] = segment.bitsPerSecond;
    this.#transmitters[row + DELAY] = segment.delay;
    this.#transmitters[row + ROOM] = segment.queueBytes * WORK_PER_BYTE;
    this.#transmitters[row + MTU] = segment.mtu;
  }

  /** Transmits on one interface, to `target` or, when it is undefined, to all others on the segment. */
  send(kind: "send" | "forward", from: Attachment, datagram: Datagram, target: Attachment | undefined): void {
    this.#make(kind, from, datagram, target);
    if (from.impairedOut) return this.#impair(from, datagram, target);
    this.#admit(from, datagram, target);
  }

  /**
   * Forwards to all others on the segments of `egress`, a list that must not change hereafter. Copies that arrive at one
   * instant share an event.
   */
  fanOut(datagram: Datagram, egress: readonly Attachment[]): void {
    const agenda = this.#agenda;
    while (this.#arrivals.length < egress.length) this.#grow();
    const arrivals = this.#arrivals;
    let together = true;
    for (let i = 0; i < egress.length; i++) {
      const from = egress[i]!;
      this.#make("forward", from, datagram, undefined);
      this.#orders[i] = agenda.takeOrder();
      if (from.impairedOut) {
        this.#impair(from, datagram, undefined);
        arrivals[i] = IMPAIRED;
        together = false;
      } else {
        arrivals[i] = this.#enqueue(from, datagram, undefined);
        if (arrivals[i] !== arrivals[0]) together = false;
      }
    }
    if (!together) return this.#scatter(datagram, egress);
    if (arrivals[0] !== NO_ARRIVAL) agenda.arrive(arrivals[0]!, this.#orders[0]!, egress, datagram);
  }

  /** A datagram that an outbound impairment has held back enters the queue. */
  release(from: Attachment, datagram: Datagram, target: Attachment | undefined, order: number): void {
    if (order < from.lostBefore) return this.lose(from, datagram, from.lossOf(order)!, copiesOf(from, target));
    this.#admit(from, datagram, target);
  }

  /** Counts what cannot get anywhere as one copy. */
  refuse(kind: "send" | "forward", from: Attachment, datagram: Datagram, reason: string): void {
    this.#make(kind, from, datagram, from);
    this.lose(from, datagram, reason, 1);
  }

  /** Copies on the segment of `at` are dropped. */
  lose(at: Attachment, datagram: Datagram, reason: string, count: number): void {
    this.#counters.drop(at.segmentId, count, reason);
    this.#trace.dropped(this.#agenda.now, at, datagram, reason);
  }

  /** Empties the queue of a transmitter that fails; what was in it is lost when it would have arrived. */
  flush(from: Attachment): void {
    this.#transmitters[from.id * ROW + WORK] = 0;
  }

  #make(kind: "send" | "forward", from: Attachment, datagram: Datagram, target: Attachment | undefined): void {
    this.used = true;
    this.#counters.make(from.segmentId, copiesOf(from, target));
    this.#trace.transmitted(kind, this.#agenda.now, from, datagram);
  }

  /** Lets a datagram into the queue and schedules its arrival. */
  #admit(from: Attachment, datagram: Datagram, target: Attachment | undefined): void {
    const arrival = this.#enqueue(from, datagram, target);
    if (arrival === NO_ARRIVAL) return;
    if (target !== undefined) this.#agenda.arriveAt(arrival, from.self, datagram, target);
    else this.#agenda.arrive(arrival, this.#agenda.takeOrder(), from.self, datagram);
  }

  #impair(from: Attachment, datagram: Datagram, target: Attachment | undefined): void {
    const now = this.#agenda.now;
    const trace = this.#trace;
    const fate = this.#fate;
    applyChain(from.outbound, now, datagram, fate);
    if (fate.dropped !== undefined) return this.lose(from, datagram, fate.dropped, copiesOf(from, target));
    const sent = fate.corrupted ?? datagram;
    if (sent !== datagram) trace.corrupted(now, from, datagram, sent);
    for (const delay of fate.duplicates) {
      this.#counters.duplicate(from.segmentId, copiesOf(from, target));
      trace.duplicated(now, from, sent);
      this.#agenda.leave(now + delay, from, sent, target);
    }
    if (fate.delay > 0) return this.#agenda.leave(now + fate.delay, from, sent, target);
    this.#admit(from, sent, target);
  }

  /** Gives the instant at which the copies arrive. */
  #enqueue(from: Attachment, datagram: Datagram, target: Attachment | undefined): Instant {
    if (from.lostBefore === Infinity) return this.#fail(from, datagram, target, from.lossOf(this.#agenda.order)!);
    if (datagram !== this.#sized) {
      this.#sized = datagram;
      this.#size = datagramBytes(datagram);
    }
    const size = this.#size;
    const row = from.id * ROW;
    const transmitters = this.#transmitters;
    if (size > transmitters[row + MTU]!) return this.#fail(from, datagram, target, "mtu");
    const now = this.#agenda.now;
    const rate = transmitters[row + RATE]!;
    const left = transmitters[row + WORK]! - (now - transmitters[row + WORK_AT]!) * rate;
    const work = (left > 0 ? left : 0) + size * WORK_PER_BYTE;
    if (work > transmitters[row + ROOM]!) return this.#fail(from, datagram, target, "queue");
    transmitters[row + WORK] = work;
    transmitters[row + WORK_AT] = now;
    const memo = datagram.memo;
    if (memo.class < 0) memo.class = this.#classify(datagram);
    this.#counters.send(from.segmentId, memo.class, size);
    return now + Math.ceil(work / rate) + transmitters[row + DELAY]!;
  }

  #fail(from: Attachment, datagram: Datagram, target: Attachment | undefined, reason: string): Instant {
    this.lose(from, datagram, reason, copiesOf(from, target));
    return NO_ARRIVAL;
  }

  /**
   * Schedules a fan-out whose copies arrive at several instants. Sharing an event is exact: among all that happens at
   * its instant, its copies would have had consecutive places. What an impairment has scheduled in between ends that.
   */
  #scatter(datagram: Datagram, egress: readonly Attachment[]): void {
    const arrivals = this.#arrivals;
    for (let first = 0; first < egress.length; first++) {
      const arrival = arrivals[first]!;
      if (arrival < 0) continue;
      const end = Math.min(egress.length, first + LOOK_AHEAD);
      let together: Attachment[] | undefined;
      for (let i = first + 1; i < end && arrivals[i] !== IMPAIRED; i++) {
        if (arrivals[i] !== arrival) continue;
        together ??= [egress[first]!];
        together.push(egress[i]!);
        arrivals[i] = NO_ARRIVAL;
      }
      this.#agenda.arrive(arrival, this.#orders[first]!, together ?? egress[first]!.self, datagram);
    }
  }

  #grow(): void {
    this.#arrivals = grown(this.#arrivals);
    this.#orders = grown(this.#orders);
  }
}

/** How many copies a transmission makes. */
export function copiesOf(from: Attachment, target: Attachment | undefined): number {
  return target !== undefined || from.peer !== undefined ? 1 : from.segment.attachments.length - 1;
}

function grown(rows: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * rows.length);
  larger.set(rows);
  return larger;
}
