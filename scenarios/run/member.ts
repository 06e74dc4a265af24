/**
 * The application of a receiver: takes what the receiver delivers and has everything checked.
 *
 * @module
 */

import {
  formatTsi,
  type Instant,
  NEVER,
  type ReceiverListener,
  type Session,
  type SessionEnd,
  type Sqn,
  windowSize,
} from "../../engine/mod.ts";
import { DeliveryChecker, Progress } from "../checkers/delivery.ts";
import type { SentStream } from "../checkers/sent_stream.ts";
import type { Violations } from "../checkers/violation.ts";
import type { Ladder } from "./ladder.ts";
import type { Report } from "./report_watch.ts";
import { type EndResult, Latencies, latencyText } from "./result.ts";
import type { Streams } from "./streams.ts";

/** What a member reports to, and how it receives. */
export interface MemberOptions {
  readonly violations: Violations;
  readonly ladder: Ladder | undefined;
  /** Whether messages must come in order. */
  readonly ordered: boolean;
  /** Told when a session has ended. */
  readonly onEnd?: (session: Session) => void;
  /** Told how many messages are delivered, or sequence numbers reported lost. */
  readonly onReport?: ((at: Instant, what: Report, count: number) => void) | undefined;
}

/** Takes what one receiver delivers. */
export class Member implements ReceiverListener {
  // What every message touches comes first.
  #latest: Session | undefined = undefined;
  #latestProgress: Progress | undefined = undefined;
  readonly #checker: DeliveryChecker;
  readonly #onReport: ((at: Instant, what: Report, count: number) => void) | undefined;
  readonly name: string;
  readonly latencies = new Latencies();
  /** The sessions whose beginning was heard. */
  starts = 0;
  /** The sessions that have ended. */
  readonly ends: EndResult[] = [];
  readonly #streams: Streams;
  readonly #ladder: Ladder | undefined;
  readonly #onEnd: ((session: Session) => void) | undefined;
  readonly #progress = new Map<Session, Progress>();
  readonly #byStream = new Map<SentStream, Progress>();
  /** When it began to receive; -1 for before the run, `NEVER` while it does not. */
  since: Instant = NEVER;

  constructor(name: string, streams: Streams, options: MemberOptions) {
    this.name = name;
    this.#streams = streams;
    this.#checker = new DeliveryChecker(name, options.violations, options.ordered);
    this.#ladder = options.ladder;
    this.#onEnd = options.onEnd;
    this.#onReport = options.onReport;
  }

  /** How far it has come with a stream, of which it has heard data; the latest session counts. */
  progressOf(stream: SentStream): Progress | undefined {
    return this.#byStream.get(stream);
  }

  /** Forgets all sessions: the receiver restarts, or leaves for good. */
  reset(): void {
    for (const progress of this.#progress.values()) progress.closed = true;
    this.#latest = undefined;
  }

  onMessage(now: Instant, session: Session, message: Uint8Array, firstSqn: Sqn): void {
    const progress = session === this.#latest ? this.#latestProgress : this.#find(now, session, "a message");
    // What is right at one receiver is right at the others: most messages need no more than a look at the progress.
    if (progress !== undefined && !progress.continues(now, message, firstSqn)) {
      this.#checker.message(now, progress, message, firstSqn);
    }
    this.#onReport?.(now, "delivered", 1);
  }

  onLoss(now: Instant, session: Session, first: Sqn, last: Sqn): void {
    const progress = this.#find(now, session, "a loss");
    if (progress !== undefined) this.#checker.loss(now, progress, first, last);
    this.#onReport?.(now, "lost", windowSize(first, last));
    this.#ladder?.event(now, this.name, `reports SQN ${first === last ? first : `${first} to ${last}`} lost`);
  }

  onRepair(now: Instant, session: Session, sqn: Sqn, latency: Instant): void {
    if (this.#progress.get(session)?.end !== undefined) this.#afterEnd(now, session, "a repair");
    this.latencies.add(latency);
    this.#ladder?.event(now, this.name, `SQN ${sqn} repaired after ${latencyText(latency)}`);
  }

  onStart(now: Instant, session: Session): void {
    this.starts++;
    const progress = this.#find(now, session, "a start");
    if (progress !== undefined) this.#checker.start(now, progress);
    this.#ladder?.event(now, this.name, `hears session ${formatTsi(session.tsi)} from the beginning`);
  }

  onEnd(now: Instant, session: Session, end: SessionEnd, errorCode: number): void {
    const progress = this.#find(now, session, "an end");
    if (progress !== undefined) this.#checker.end(now, progress, end);
    this.#latest = undefined;
    const tsi = formatTsi(session.tsi);
    this.ends.push({ tsi, end, errorCode, atNs: now });
    this.#ladder?.event(now, this.name, `sees the end of session ${tsi}: ${endText(end, errorCode)}`);
    this.#onEnd?.(session);
  }

  #find(now: Instant, session: Session, what: string): Progress | undefined {
    let progress = this.#progress.get(session);
    if (progress?.end !== undefined) this.#afterEnd(now, session, what);
    if (progress === undefined) {
      const stream = this.#streams.find(session.tsi);
      if (stream === undefined) return undefined;
      progress = new Progress(stream);
      this.#progress.set(session, progress);
      this.#byStream.set(stream, progress);
    }
    this.#latest = session;
    this.#latestProgress = progress;
    return progress;
  }

  /** A session that has ended is silent. */
  #afterEnd(now: Instant, session: Session, what: string): void {
    this.#checker.report(now, `${what} of session ${formatTsi(session.tsi)} after its end`);
  }
}

function endText(end: SessionEnd, errorCode: number): string {
  switch (end) {
    case "fin":
      return "finished";
    case "rst":
      return `aborted with code ${errorCode}`;
    case "loss":
      return "reset after a loss";
    case "idle":
      return "silent for too long";
  }
}
