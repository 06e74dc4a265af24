/**
 * The reliability contract (RFC 3208, section 1), checked for every receiver and source: messages come in order, once,
 * with the octets that were sent; every sequence number from the receiver's starting point on is delivered or reported
 * lost, exactly once.
 *
 * @module
 */

import { type Instant, type Sqn, sqnDistance } from "../../engine/mod.ts";
import { payload } from "../payload.ts";
import type { Violations } from "./violation.ts";

const CHECKED_SLOTS = 1024;

/** What one source has submitted. Offsets count sequence numbers from its first. */
export class SentStream {
  readonly stream: number;
  /** The node. */
  readonly name: string;
  /** The group and port that it sends to. */
  readonly group: string;
  readonly firstSqn: Sqn;
  /** Index of the message that each sequence number belongs to. */
  readonly #messageAt: number[] = [];
  /** Per message: the offset of its first packet, and its length in octets. */
  readonly #offset: number[] = [];
  readonly #length: number[] = [];
  /** Payload objects found right, so that a payload shared by a thousand receivers is compared once. */
  readonly #checked: (Uint8Array | undefined)[] = new Array<Uint8Array | undefined>(CHECKED_SLOTS).fill(undefined);

  /** When a receiver last delivered, or reported lost, something of it. */
  resolvedAt: Instant = 0;
  /** Whether the source is gone: what is missing of it will not come. */
  ended = false;

  constructor(stream: number, name: string, group: string, firstSqn: Sqn) {
    this.stream = stream;
    this.name = name;
    this.group = group;
    this.firstSqn = firstSqn;
  }

  /** Packets submitted. */
  get packets(): number {
    return this.#messageAt.length;
  }

  /** Messages submitted. */
  get messages(): number {
    return this.#offset.length;
  }

  /** Notes the next message. */
  sent(length: number, packets: number): void {
    const index = this.#offset.length;
    this.#offset.push(this.#messageAt.length);
    this.#length.push(length);
    for (let i = 0; i < packets; i++) this.#messageAt.push(index);
  }

  /** Takes the newest message back: it was refused. */
  unsend(): void {
    this.#messageAt.length = this.#offset.pop()!;
    this.#length.pop();
  }

  /** The message that begins at `offset`, or -1. */
  messageAt(offset: number): number {
    const index = this.#messageAt[offset] ?? -1;
    return index >= 0 && this.#offset[index] === offset ? index : -1;
  }

  /** The message that the packet at `offset` belongs to, or -1. */
  messageOf(offset: number): number {
    return this.#messageAt[offset] ?? -1;
  }

  /** The offset one past the last packet of message `index`. */
  endOf(index: number): number {
    return this.#offset[index + 1] ?? this.#messageAt.length;
  }

  /** Whether `octets` are those of message `index`. */
  matches(index: number, octets: Uint8Array): boolean {
    const slot = index % CHECKED_SLOTS;
    if (this.#checked[slot] === octets) return true;
    if (octets.length !== this.#length[index]) return false;
    const expected = payload(this.stream, index, octets.length);
    for (let i = 0; i < octets.length; i++) if (octets[i] !== expected[i]) return false;
    this.#checked[slot] = octets;
    return true;
  }
}

/** How far one receiver has come with one source. */
export class Progress {
  readonly stream: SentStream;
  /** The offset of the first packet that is neither delivered nor reported lost; -1 before the first. */
  next = -1;
  /** Whether the receiver forgot the session, restarted or left: nothing more is owed to it. */
  closed = false;

  constructor(stream: SentStream) {
    this.stream = stream;
  }

  /** Whether everything submitted so far is delivered or reported. */
  get complete(): boolean {
    return this.next === this.stream.packets;
  }
}

/** Checks what one receiver hands to its application. */
export class DeliveryChecker {
  readonly #node: string;
  readonly #violations: Violations;

  constructor(node: string, violations: Violations) {
    this.#node = node;
    this.#violations = violations;
  }

  /** A message was delivered. */
  message(now: Instant, progress: Progress, octets: Uint8Array, firstSqn: Sqn): void {
    const stream = progress.stream;
    const offset = sqnDistance(stream.firstSqn, firstSqn);
    const index = stream.messageAt(offset);
    if (index < 0) return this.#report(now, `message at SQN ${firstSqn} that ${stream.name} never sent`);
    if (progress.next >= 0 && offset !== progress.next) this.#outOfOrder(now, progress, firstSqn, offset);
    if (!stream.matches(index, octets)) {
      this.#report(now, `message at SQN ${firstSqn} of ${stream.name} differs from what was sent`);
    }
    progress.next = stream.endOf(index);
    stream.resolvedAt = now;
  }

  /** Sequence numbers were reported lost. */
  loss(now: Instant, progress: Progress, first: Sqn, last: Sqn): void {
    const stream = progress.stream;
    const offset = sqnDistance(stream.firstSqn, first);
    const end = sqnDistance(stream.firstSqn, last) + 1;
    if (end > stream.packets) this.#report(now, `loss of SQN ${last} that ${stream.name} never sent`);
    if (progress.next >= 0 && offset !== progress.next) this.#outOfOrder(now, progress, first, offset);
    progress.next = end;
    stream.resolvedAt = now;
  }

  #outOfOrder(now: Instant, progress: Progress, sqn: Sqn, offset: number): void {
    const expected = (progress.stream.firstSqn + progress.next) >>> 0;
    const what = offset < progress.next ? "again" : `with a silent gap after SQN ${(expected - 1) >>> 0}`;
    this.#report(now, `SQN ${sqn} of ${progress.stream.name} ${what}; expected SQN ${expected}`);
  }

  #report(at: Instant, text: string): void {
    this.#violations.report({ checker: "delivery", at, node: this.#node, text });
  }
}
