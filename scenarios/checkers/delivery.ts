/**
 * The reliability contract (RFC 3208, section 1), checked for every receiver and source: messages come once, with the
 * octets that were sent, in order unless the receiver does not care; every sequence number from the receiver's starting
 * point on is delivered or reported lost, exactly once. A session that ends says so once and is silent then.
 *
 * @module
 */

import { type Instant, type SessionEnd, type Sqn, sqnAdd } from "../../engine/mod.ts";
import type { SentStream } from "./sent_stream.ts";
import type { Violations } from "./violation.ts";

/** How far one receiver has come with one session of a source. */
export class Progress {
  readonly stream: SentStream;
  /** The offset that it began with; -1 before it is known. */
  start = -1;
  /** The first offset from there on that is neither delivered nor reported lost; -1 before the first that is. */
  next = -1;
  /** Whether a loss was reported. */
  lossy = false;
  /** How the session ended: nothing more is owed. */
  end: SessionEnd | undefined = undefined;
  /** Whether the receiver restarted or left: nothing more is owed to it. */
  closed = false;
  /** Offsets beyond `next` that are delivered or reported lost: out of order. */
  #ahead: Set<number> | undefined = undefined;

  constructor(stream: SentStream) {
    this.stream = stream;
  }

  /** Whether everything that is to come of the stream is delivered or reported. */
  get complete(): boolean {
    return Math.max(this.next, 0) >= this.stream.owed;
  }

  /** Notes a message that was found right at another receiver and is simply what comes next; gives whether it is. */
  continues(now: Instant, octets: Uint8Array, firstSqn: Sqn): boolean {
    const { stream } = this;
    const span = stream.spanOf(firstSqn, octets);
    if (span === undefined || span.from !== this.next || this.#ahead !== undefined) return false;
    this.next = span.to;
    stream.resolvedAt = now;
    return true;
  }

  /** Notes `from ..< to` as delivered or reported, in order. */
  advance(from: number, to: number): void {
    if (this.start < 0) this.start = from;
    this.next = to;
  }

  /** Notes the same in any order; gives whether it is the first time. */
  resolve(from: number, to: number): boolean {
    for (let offset = from; offset < to; offset++) if (this.#has(offset)) return false;
    if (this.start < 0) {
      this.start = from;
      this.next = from;
    } else if (from < this.start) {
      // What is known so far lies ahead of the new beginning.
      for (let offset = this.start; offset < this.next; offset++) (this.#ahead ??= new Set()).add(offset);
      this.start = from;
      this.next = from;
    }
    if (from !== this.next) {
      for (let offset = from; offset < to; offset++) (this.#ahead ??= new Set()).add(offset);
      return true;
    }
    this.next = to;
    while (this.#ahead?.delete(this.next)) this.next++;
    return true;
  }

  #has(offset: number): boolean {
    return (offset >= this.start && offset < this.next) || this.#ahead?.has(offset) === true;
  }
}

/** Checks what one receiver hands to its application. */
export class DeliveryChecker {
  readonly #node: string;
  readonly #violations: Violations;
  readonly #ordered: boolean;

  constructor(node: string, violations: Violations, ordered = true) {
    this.#node = node;
    this.#violations = violations;
    this.#ordered = ordered;
  }

  /** The beginning of the session was heard: nothing may be missing before what comes first, in order. */
  start(now: Instant, progress: Progress): void {
    if (progress.start > 0 && !this.#ordered) return;
    if (progress.start > 0) {
      const { name, firstSqn } = progress.stream;
      const first = progress.stream.sqnAt(progress.start);
      this.report(now, `start of ${name} reported, but reception began with SQN ${first}, not ${firstSqn}`);
    } else if (progress.start < 0) progress.advance(0, 0);
  }

  /** A message was delivered. */
  message(now: Instant, progress: Progress, octets: Uint8Array, firstSqn: Sqn): void {
    const stream = progress.stream;
    const offset = stream.offsetOf(firstSqn);
    const index = stream.messageAt(offset);
    const end = index < 0 ? 0 : stream.endOf(index);
    if (index < 0 || end > stream.available) {
      return this.report(now, `message at SQN ${firstSqn} that ${stream.name} never sent`);
    }
    if (this.#ordered) {
      if (progress.next >= 0 && offset !== progress.next) this.#outOfOrder(now, progress, firstSqn, offset);
      progress.advance(offset, end);
    } else if (!progress.resolve(offset, end)) this.report(now, `SQN ${firstSqn} of ${stream.name} again`);
    if (!stream.matches(index, octets)) {
      this.report(now, `message at SQN ${firstSqn} of ${stream.name} differs from what was sent`);
    } else stream.found(firstSqn, octets, { from: offset, to: end });
    stream.resolvedAt = now;
  }

  /** Sequence numbers were reported lost: in the order of the numbers, whatever the order of messages. */
  loss(now: Instant, progress: Progress, first: Sqn, last: Sqn): void {
    const stream = progress.stream;
    const offset = stream.offsetOf(first);
    const end = stream.offsetOf(sqnAdd(last, 1));
    if (end > stream.available) this.report(now, `loss of SQN ${last} that ${stream.name} never sent`);
    progress.lossy = true;
    stream.resolvedAt = now;
    if (this.#ordered) {
      if (progress.next >= 0 && offset !== progress.next) this.#outOfOrder(now, progress, first, offset);
      return progress.advance(offset, end);
    }
    if (end - offset > stream.packets) return;
    if (!progress.resolve(offset, end)) this.report(now, `SQN ${first} to ${last} of ${stream.name} again`);
    else if (progress.next < end) this.report(now, `SQN ${first} of ${stream.name} ${silentGap(progress)}`);
  }

  /** The session ended. */
  end(now: Instant, progress: Progress, end: SessionEnd): void {
    const { stream } = progress;
    progress.end = end;
    const fail = (why: string) => this.report(now, `session of ${stream.name} ended with ${end}, but ${why}`);
    if (end === "fin") {
      if (!stream.finSent) fail("no packet had OPT_FIN");
      else if (stream.closed && progress.start >= 0 && !progress.complete) {
        fail(`SQN ${stream.sqnAt(progress.next)} is neither delivered nor reported lost`);
      }
    }
    if (end === "rst" && !stream.rstSent) fail("no packet had OPT_RST");
    if (end === "loss" && !progress.lossy) fail("no loss was reported");
    stream.resolvedAt = now;
  }

  /** Something is wrong that the methods above do not find. */
  report(at: Instant, text: string): void {
    this.#violations.report({ checker: "delivery", at, node: this.#node, text });
  }

  #outOfOrder(now: Instant, progress: Progress, sqn: Sqn, offset: number): void {
    const { stream } = progress;
    const what = offset < progress.next ? "again" : silentGap(progress);
    this.report(now, `SQN ${sqn} of ${stream.name} ${what}; expected SQN ${stream.sqnAt(progress.next)}`);
  }
}

function silentGap({ stream, next }: Progress): string {
  return `with a silent gap after SQN ${stream.sqnAt(next - 1)}`;
}
