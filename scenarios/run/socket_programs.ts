/**
 * Programs that write to a socket, read a session, or serve a socket that listens. None of them blocks: what would is
 * tried again when the socket is ready.
 *
 * @module
 */

import type { Instant } from "../../engine/mod.ts";
import type { ReadPlan, WritePlan } from "../plan.ts";
import { payloadLength } from "./payload.ts";
import type { SocketDesk, SocketRun } from "./socket_run.ts";

const NS_PER_SECOND = 1_000_000_000;

/** Writes the messages of the script to one socket, as fast as its window takes them, until it is told of an end. */
export class SocketWriter {
  readonly #run: SocketRun;
  /** Messages that are due. */
  #backlog: { readonly plan: WritePlan; count: number }[] = [];
  /** What is left of the message that was begun: the octets of each call of `send`. */
  #parts: readonly number[] = [];
  #written = 0;
  #busy = false;
  /** Whether it was told of an end. */
  finished = false;

  constructor(run: SocketRun) {
    this.#run = run;
  }

  /** Whether messages wait for room. */
  get blocked(): boolean {
    return this.#backlog.length > 0;
  }

  /** `count` messages are due. */
  submit(now: Instant, plan: WritePlan, count: number): void {
    if (this.finished) return;
    this.#backlog.push({ plan, count });
    this.ready(now);
  }

  /** The socket may take more. */
  ready(now: Instant): void {
    if (this.#busy) return;
    this.#busy = true;
    for (let head = this.#backlog[0]; head !== undefined; head = this.#backlog[0]) {
      const failure = this.#write(now, head.plan);
      if (failure === "WSAEWOULDBLOCK") break;
      if (failure !== undefined) {
        this.finished = true;
        this.#backlog = [];
        break;
      }
      head.count--;
      if (head.count === 0) this.#backlog.shift();
    }
    this.#busy = false;
  }

  /** Writes one message, or the rest of it; gives why not. */
  #write(now: Instant, plan: WritePlan) {
    if (this.#parts.length === 0) {
      const stream = this.#run.sending?.stream.stream ?? 0;
      const length = payloadLength(stream, this.#written, plan.minBytes, plan.maxBytes);
      if (plan.parts > 1 && !this.#run.stream) {
        const refused = this.#run.attempt(now, "setsockopt", () => this.#run.setBoundary(length));
        if (refused !== undefined) return refused;
      }
      this.#parts = shares(length, plan.parts);
    }
    for (let part = this.#parts[0]; part !== undefined; part = this.#parts[0]) {
      const bytes = part;
      const failure = this.#run.attempt(now, "send", () => this.#run.send(now, bytes), true);
      if (failure !== undefined) return failure;
      this.#parts = this.#parts.slice(1);
    }
    this.#written++;
    return undefined;
  }
}

/** Reads one session until it is told of an end. */
export class SocketReader {
  readonly #run: SocketRun;
  readonly #desk: SocketDesk;
  readonly #buffer: Uint8Array;
  readonly #bitsPerSecond: number;
  readonly #onEnd: (now: Instant) => void;
  /** Until when it is busy with what it has read. */
  #busyUntil: Instant = 0;
  #busy = false;
  #finished = false;

  constructor(run: SocketRun, desk: SocketDesk, plan: ReadPlan, onEnd: (now: Instant) => void = () => {}) {
    this.#run = run;
    this.#desk = desk;
    this.#buffer = new Uint8Array(plan.buffer);
    this.#bitsPerSecond = plan.bitsPerSecond;
    this.#onEnd = onEnd;
  }

  /** Something may be there to read. */
  ready(now: Instant): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#read(now);
    this.#busy = false;
  }

  #read(now: Instant): void {
    while (!this.#finished && now >= this.#busyUntil) {
      let bytes = 0;
      const failure = this.#run.attempt(now, "recv", () => bytes = this.#run.wsaRecv(now, this.#buffer), true);
      if (failure === "WSAEWOULDBLOCK") return;
      if (failure !== undefined) {
        this.#finished = true;
        return this.#onEnd(now);
      }
      if (this.#bitsPerSecond === Infinity) continue;
      this.#busyUntil = now + Math.ceil(bytes * 8 * NS_PER_SECOND / this.#bitsPerSecond);
      this.#desk.at(this.#busyUntil, (later) => this.ready(later));
    }
  }
}

/** What a {@link SocketServer} does with its sessions. */
export interface Service {
  /** Takes session `number`, from 1; throws if none waits. */
  accept(now: Instant, number: number): SocketRun;
  /** Begins to read a session. */
  serve(now: Instant, session: SocketRun): void;
}

/** Accepts the sessions of a socket that listens, as they come, until it is told of an end. */
export class SocketServer {
  readonly #run: SocketRun;
  readonly #service: Service;
  #sessions = 0;
  #busy = false;
  #finished = false;

  constructor(run: SocketRun, service: Service) {
    this.#run = run;
    this.#service = service;
  }

  /** A session may wait. */
  ready(now: Instant): void {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#accept(now); next !== undefined; next = this.#accept(now)) this.#service.serve(now, next);
    this.#busy = false;
  }

  #accept(now: Instant): SocketRun | undefined {
    if (this.#finished) return undefined;
    let session: SocketRun | undefined;
    const accept = () => session = this.#service.accept(now, this.#sessions + 1);
    const failure = this.#run.attempt(now, "accept", accept, true);
    if (failure === undefined) this.#sessions++;
    else this.#finished = failure !== "WSAEWOULDBLOCK";
    return session;
  }
}

/** Octets in so many parts, of which none is more than one longer than another. */
function shares(octets: number, parts: number): number[] {
  const least = Math.floor(octets / parts);
  return Array.from({ length: parts }, (_, i) => i < octets % parts ? least + 1 : least);
}
