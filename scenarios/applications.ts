/**
 * The applications on the simulated hosts: what submits messages to a source, and what takes them from a receiver and
 * has every one of them checked.
 *
 * @module
 */

import { assert } from "../engine/base/assert.ts";
import {
  formatTsi,
  type Instant,
  NEVER,
  type Receiver,
  type ReceiverListener,
  type ReceiverStats,
  type Session,
  type SessionEnd,
  type Source,
  type SourceListener,
  type SourceStats,
  type Sqn,
} from "../engine/mod.ts";
import { DeliveryChecker, Progress, SentStream } from "./checkers/delivery.ts";
import type { Violations } from "./checkers/violation.ts";
import type { Ladder } from "./ladder.ts";
import { payload, payloadLength } from "./payload.ts";
import type { SendPlan } from "./plan.ts";
import { Latencies, latencyText } from "./result.ts";

/** The streams of all sources that ever ran, by TSI. A source that restarts begins a new one. */
export class Streams {
  readonly all: SentStream[] = [];
  readonly #byTsi = new Map<string, SentStream>();

  /** Begins the stream of a source. */
  open(tsi: string, name: string, group: string, firstSqn: Sqn): SentStream {
    assert(!this.#byTsi.has(tsi), `two sessions of a run have the TSI ${tsi}`);
    const stream = new SentStream(this.all.length, name, group, firstSqn);
    this.all.push(stream);
    this.#byTsi.set(tsi, stream);
    return stream;
  }

  /** The stream of a session. */
  find(session: Session): SentStream | undefined {
    return this.#byTsi.get(formatTsi(session.tsi));
  }
}

/** Submits the messages of the script to one source, as fast as the source takes them. */
export class Sender implements SourceListener {
  readonly stream: SentStream;
  readonly #source: () => Source;
  /** Messages that are due but were refused: the source's buffer is full. */
  readonly #backlog: { readonly send: SendPlan; count: number }[] = [];

  constructor(stream: SentStream, source: () => Source) {
    this.stream = stream;
    this.#source = source;
  }

  /** Whether messages wait for room. */
  get blocked(): boolean {
    return this.#backlog.length > 0;
  }

  /** `count` messages are due. */
  submit(now: Instant, send: SendPlan, count: number): void {
    this.#backlog.push({ send, count });
    if (this.#backlog.length === 1) this.#drain(now);
  }

  onWritable(now: Instant): void {
    this.#drain(now);
  }

  #drain(now: Instant): void {
    for (let head = this.#backlog[0]; head !== undefined; head = this.#backlog[0]) {
      while (head.count > 0) {
        if (!this.#send(now, head.send)) return;
        head.count--;
      }
      this.#backlog.shift();
    }
  }

  #send(now: Instant, send: SendPlan): boolean {
    const source = this.#source();
    const index = this.stream.messages;
    const length = payloadLength(this.stream.stream, index, send.minBytes, send.maxBytes);
    const packets = Math.max(1, Math.ceil(length / source.config.maxTsdu));
    // Noted first: a receiver on the same instant may be told of the message within the call.
    this.stream.sent(length, packets);
    if (source.send(now, payload(this.stream.stream, index, length)) === "accepted") return true;
    this.stream.unsend();
    return false;
  }
}

/** Takes what one receiver delivers. */
export class Member implements ReceiverListener {
  #latest: Session | undefined = undefined;
  #latestProgress: Progress | undefined = undefined;
  readonly #checker: DeliveryChecker;
  readonly name: string;
  readonly latencies = new Latencies();
  readonly #streams: Streams;
  readonly #ladder: Ladder | undefined;
  readonly #progress = new Map<Session, Progress>();
  readonly #byStream = new Map<SentStream, Progress>();
  /** When it began to receive; -1 for before the run, `NEVER` while it does not. */
  since: Instant = NEVER;

  constructor(name: string, streams: Streams, violations: Violations, ladder: Ladder | undefined) {
    this.name = name;
    this.#streams = streams;
    this.#checker = new DeliveryChecker(name, violations);
    this.#ladder = ladder;
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
    const progress = session === this.#latest ? this.#latestProgress : this.#find(session);
    if (progress !== undefined) this.#checker.message(now, progress, message, firstSqn);
  }

  onLoss(now: Instant, session: Session, first: Sqn, last: Sqn): void {
    const progress = this.#find(session);
    if (progress !== undefined) this.#checker.loss(now, progress, first, last);
    this.#ladder?.event(now, this.name, `reports SQN ${first === last ? first : `${first} to ${last}`} lost`);
  }

  onRepair(now: Instant, _session: Session, sqn: Sqn, latency: Instant): void {
    this.latencies.add(latency);
    this.#ladder?.event(now, this.name, `SQN ${sqn} repaired after ${latencyText(latency)}`);
  }

  onEnd(now: Instant, session: Session, end: SessionEnd, errorCode: number): void {
    const progress = this.#progress.get(session);
    if (progress !== undefined) progress.closed = true;
    if (this.#latest === session) this.#latest = undefined;
    this.#ladder?.event(
      now,
      this.name,
      `sees the end of session ${formatTsi(session.tsi)}: ${endText(end, errorCode)}`,
    );
  }

  #find(session: Session): Progress | undefined {
    let progress = this.#progress.get(session);
    if (progress === undefined) {
      const stream = this.#streams.find(session);
      if (stream === undefined) return undefined;
      progress = new Progress(stream);
      this.#progress.set(session, progress);
      this.#byStream.set(stream, progress);
    }
    this.#latest = session;
    this.#latestProgress = progress;
    return progress;
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

/** A source node: its engine and application now, and what the engines before a restart counted. */
export interface SourceRun {
  readonly name: string;
  readonly retired: SourceStats[];
  source: Source;
  sender: Sender;
}

/** A receiver node. */
export interface ReceiverRun {
  readonly name: string;
  /** The group and port that it listens to. */
  readonly group: string;
  readonly member: Member;
  readonly retired: ReceiverStats[];
  /** The interfaces on which the group is joined. */
  readonly joined: Set<number>;
  receiver: Receiver;
}
