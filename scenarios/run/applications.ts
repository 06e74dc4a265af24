/**
 * The applications of sources: what submits messages and ends sessions. member.ts has the other side.
 *
 * @module
 */

import {
  type Abort,
  type DesignatedRepairer,
  type ElementStats,
  type Instant,
  type NetworkElement,
  type ParseError,
  type Receiver,
  type ReceiverStats,
  type Source,
  type SourceListener,
  type SourceStats,
} from "../../engine/mod.ts";
import type { SentStream } from "../checkers/sent_stream.ts";
import type { Member } from "./member.ts";
import { payload, payloadLength } from "./payload.ts";
import type { SendPlan } from "../plan.ts";

/** Submits the messages of the script to one source, as fast as the source takes them. */
export class Sender implements SourceListener {
  readonly stream: SentStream;
  readonly #source: () => Source;
  /** Messages that are due but were refused: the source's buffer is full. */
  readonly #backlog: { readonly send: SendPlan; count: number }[] = [];
  /** Whether nothing further is submitted: the session is to be closed, or is over. */
  #finished = false;

  constructor(stream: SentStream, source: () => Source) {
    this.stream = stream;
    this.#source = source;
  }

  /** Whether messages wait for room. */
  get blocked(): boolean {
    return this.#backlog.length > 0;
  }

  /** Whether what becomes due is not submitted any more. */
  get finished(): boolean {
    return this.#finished || this.stream.ended;
  }

  /** `count` messages are due. */
  submit(now: Instant, send: SendPlan, count: number): void {
    if (this.finished) return;
    this.#backlog.push({ send, count });
    if (this.#backlog.length === 1) this.#drain(now);
  }

  /** Ends the session once everything that is due was accepted. */
  close(now: Instant): void {
    if (this.finished) return;
    this.#finished = true;
    this.#drain(now);
  }

  /** Breaks the session off, closed or not: what waits is not sent any more. */
  abort(now: Instant, abort: Abort): void {
    if (this.stream.ended || this.stream.aborted || this.#source().state === "closed") return;
    this.#finished = true;
    this.#backlog.length = 0;
    this.#source().abort(now, abort);
    this.stream.abort();
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
    if (!this.#finished || this.stream.closed || this.stream.aborted) return;
    this.stream.closed = true;
    this.#source().close(now);
  }

  #send(now: Instant, send: SendPlan): boolean {
    const source = this.#source();
    const index = this.stream.messages;
    const length = payloadLength(this.stream.stream, index, send.minBytes, send.maxBytes);
    const packets = Math.max(1, Math.ceil(length / source.config.maxTsdu));
    this.stream.goesOnAt(source.nextSqn);
    // Noted first: a receiver on the same instant may be told of the message within the call.
    this.stream.sent(length, packets);
    if (source.send(now, payload(this.stream.stream, index, length)) === "accepted") return true;
    this.stream.unsend();
    return false;
  }
}

/** What an engine counted before its node restarted. */
export interface Retired<Stats> {
  readonly stats: Stats;
  readonly malformed: ReadonlyMap<ParseError, number>;
}

/** A source node: its engine and application now, and what the engines before a restart counted. */
export interface SourceRun {
  readonly name: string;
  readonly retired: Retired<SourceStats>[];
  source: Source;
  sender: Sender;
}

/** A router that speaks PGM. */
export interface ElementRun {
  readonly name: string;
  readonly retired: Retired<ElementStats>[];
  readonly element: NetworkElement;
}

/** A receiver node. */
export interface ReceiverRun {
  readonly name: string;
  /** The group and port that it listens to. */
  readonly group: string;
  readonly member: Member;
  readonly retired: Retired<ReceiverStats>[];
  /** The interfaces on which the group is joined. */
  readonly joined: Set<number>;
  receiver: Receiver;
  /** What it does for others, if it is a repairer, now and before each restart. */
  readonly repairers: readonly DesignatedRepairer[];
}
