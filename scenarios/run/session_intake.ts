/**
 * What a program reads of one session, checked: from the first sequence number of the session on, messages follow each
 * other without a gap until an error is told. In stream mode each packet is a message of its own for the checker, and
 * reads may end anywhere.
 *
 * @module
 */

import type { Instant, Sqn } from "../../engine/mod.ts";
import { type DeliveryChecker, Progress } from "../checkers/delivery.ts";
import type { SentStream } from "../checkers/sent_stream.ts";
import { payload } from "./payload.ts";

/** The session that is read. */
export interface IntakeSession {
  /** Whether boundaries of messages are not kept. */
  readonly stream: boolean;
  /** The newest sequence number when it was accepted. */
  readonly lead: Sqn;
  /** The first sequence number of the first message, once that has come. */
  firstSqn(): Sqn | undefined;
}

/** Takes what is read of a session. */
export class SessionIntake {
  /** How far it has come. */
  readonly progress: Progress;
  /** Messages read; in stream mode, packets of which the last octet was. */
  messages = 0;
  readonly #checker: DeliveryChecker;
  readonly #session: IntakeSession;
  /** The octets of a message that was not read to its end. */
  #begun: Uint8Array[] = [];

  constructor(checker: DeliveryChecker, sent: SentStream, session: IntakeSession) {
    this.progress = new Progress(sent);
    this.#checker = checker;
    this.#session = session;
  }

  /**
   * Whether everything that is to come was read. A session that begins in the middle of a message owes the next one: as
   * long as no message has come, what began before the session was accepted is not counted.
   */
  get complete(): boolean {
    const { progress } = this;
    if (progress.complete) return true;
    if (progress.next >= 0 || progress.closed || this.#session.firstSqn() !== undefined) return false;
    return !progress.stream.owesFrom(progress.stream.offsetOf(this.#session.lead) + 1);
  }

  /** Octets were read; `partial` says that the message has more. */
  took(now: Instant, octets: Uint8Array, partial: boolean): void {
    this.#begun.push(octets);
    if (this.#session.stream) return this.#takePackets(now);
    if (!partial) this.#take(now, joined(this.#begun));
  }

  /** The session is over, gracefully or not. */
  ended(now: Instant, graceful: boolean): void {
    const { progress } = this;
    if (this.#session.stream) this.#checkBegun(now, graceful);
    if (graceful) return this.#checker.end(now, progress, "fin");
    // Which of the reasons it was for, the reader is not told.
    progress.end = "loss";
    progress.stream.resolvedAt = now;
  }

  #take(now: Instant, message: Uint8Array): void {
    this.#begun = [];
    this.messages++;
    this.#checker.message(now, this.progress, message, this.progress.stream.sqnAt(this.#next));
  }

  #takePackets(now: Instant): void {
    let octets = joined(this.#begun);
    for (;;) {
      const length = this.#nextLength();
      if (length === undefined || octets.length < length) break;
      this.#take(now, octets.subarray(0, length));
      octets = octets.subarray(length);
    }
    this.#begun = octets.length === 0 ? [] : [octets];
  }

  /** What a session leaves behind in the middle of a packet: nothing, if it ended well. */
  #checkBegun(now: Instant, graceful: boolean): void {
    const octets = joined(this.#begun);
    if (octets.length === 0) return;
    const { stream } = this.progress;
    const index = stream.messageAt(this.#next);
    const expected = index < 0 ? [] : payload(stream.stream, index, stream.lengthOf(index));
    if (graceful || octets.some((octet, i) => octet !== expected[i])) {
      this.#checker.report(now, `${octets.length} octets that ${stream.name} never sent so`);
    }
  }

  /** The octets of the packet that comes next. */
  #nextLength(): number | undefined {
    const { stream } = this.progress;
    const index = stream.messageAt(this.#next);
    return index < 0 ? undefined : stream.lengthOf(index);
  }

  /** The offset of the packet that comes next. */
  get #next(): number {
    const { stream, next } = this.progress;
    return next < 0 ? stream.offsetOf(this.#session.firstSqn()!) : next;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
