/**
 * A node with sockets: its stack, and the programs that the script has use it.
 *
 * @module
 */

import {
  AssertionError,
  type Datagram,
  type Endpoint,
  formatTsi,
  type Host,
  type Instant,
  IPPROTO_RM,
  type PgmSocket,
  RM_SET_MESSAGE_BOUNDARY,
  SOCK_STREAM,
  Stack,
  type Tsi,
  WinsockError,
  type WsaName,
} from "../../engine/mod.ts";
import { DeliveryChecker } from "../checkers/delivery.ts";
import type { RatePlan } from "../checkers/rate.ts";
import type { SentStream } from "../checkers/sent_stream.ts";
import type { Violations } from "../checkers/violation.ts";
import type { CallPlan, ReadPlan, SocketCall, SocketsNode, WritePlan } from "../plan.ts";
import type { ExpectationResult } from "./result.ts";
import type { SessionIntake } from "./session_intake.ts";
import { SocketReader, SocketServer, SocketWriter } from "./socket_programs.ts";
import type { SocketFailure, SocketResult } from "./socket_result.ts";
import { type SocketDesk, SocketRun } from "./socket_run.ts";
import type { Streams } from "./streams.ts";

/** What a node with sockets has of the world. */
export interface SocketWorld {
  readonly streams: Streams;
  readonly violations: Violations;
  /** Something happens that no packet shows. */
  tell(text: string): void;
  /** Calls back at an instant. */
  at(time: Instant, action: (now: Instant) => void): void;
  /** A call failed with a code. */
  failed(now: Instant, socket: string, code: WsaName): void;
  /** Messages were read. */
  read(now: Instant, messages: number): void;
}

/** A node with sockets, through all its lives. */
export class SocketHost implements Endpoint {
  readonly name: string;
  /** What calls were expected to do, and did not; or failed as they were expected to. */
  readonly judgements: ExpectationResult[] = [];
  readonly #plan: SocketsNode;
  readonly #world: SocketWorld;
  readonly #desk: SocketDesk;
  #stack: Stack;
  /** Counts lives: what was to happen in an earlier one does not. */
  #life = 0;
  /** Whether the node has crashed and not started again: there is no program that could call. */
  #crashed = false;
  /** By the name that the program has for it. */
  readonly #sockets = new Map<string, SocketRun>();
  /** Every socket there ever was, by label. */
  readonly #all = new Map<string, SocketRun>();
  readonly #writers = new Map<SocketRun, SocketWriter>();
  /** Those that are read by a program. */
  readonly #read = new Set<SocketRun>();

  constructor(plan: SocketsNode, host: Host, world: SocketWorld) {
    this.name = plan.name;
    this.#plan = plan;
    this.#world = world;
    this.#stack = this.#makeStack(host);
    this.#desk = {
      name: plan.name,
      streams: world.streams,
      checker: new DeliveryChecker(plan.name, world.violations),
      failed: (now, socket, failure) => this.#failed(now, socket, failure),
      read: (now, messages) => world.read(now, messages),
      at: (time, action) => this.#at(time, action),
    };
  }

  /** The node starts again: it has no sockets. */
  restart(host: Host): void {
    this.#crashed = false;
    this.#stack = this.#makeStack(host);
  }

  /** The node forgets everything. */
  crash(): void {
    this.#life++;
    this.#crashed = true;
    for (const run of this.#all.values()) {
      run.gone();
      if (run.intake !== undefined) run.intake.progress.closed = true;
    }
    this.#sockets.clear();
    this.#writers.clear();
    this.#read.clear();
  }

  handleDatagram(now: Instant, iface: number, datagram: Datagram): void {
    this.#stack.handleDatagram(now, iface, datagram);
  }

  handleTimeout(now: Instant): void {
    this.#stack.handleTimeout(now);
  }

  nextTimeout(): Instant {
    return this.#stack.nextTimeout();
  }

  interfaceDown(now: Instant, iface: number): void {
    const { address } = this.#plan.interfaces[iface]!;
    this.#world.tell(`interface ${address} is gone`);
    for (const run of this.#all.values()) if (run.sending?.address === address) run.gone();
    this.#stack.interfaceDown(now, iface);
  }

  interfaceUp(now: Instant, iface: number): void {
    this.#world.tell(`interface ${this.#plan.interfaces[iface]!.address} is back`);
    this.#stack.interfaceUp(now, iface);
  }

  /** Does one call of the script, and judges how it went. */
  call(now: Instant, plan: CallPlan): void {
    if (this.#crashed) return;
    const { socket: name, call, fails, text } = plan;
    const run = this.#sockets.get(name);
    let failure: WinsockError | undefined;
    this.#world.tell(text);
    try {
      this.#perform(now, run, plan);
    } catch (error) {
      if (!(error instanceof WinsockError)) return this.#broken(now, text, error);
      failure = error;
      if (run === undefined || call.kind === "open") {
        this.#failed(now, undefined, { call: call.kind, code: error.name, atNs: now }, name);
      }
    }
    this.#judge(now, text, { fails, failure });
  }

  /** Messages are due at a socket; gives whether it takes more. */
  write(now: Instant, plan: WritePlan, count: number): boolean {
    const run = this.#sockets.get(plan.socket);
    if (run === undefined) return false;
    let writer = this.#writers.get(run);
    if (writer === undefined) {
      writer = new SocketWriter(run);
      this.#writers.set(run, writer);
      this.#follow(run, writer);
    }
    this.#guarded(now, "send", () => writer.submit(now, plan, count));
    return !writer.finished;
  }

  /** A program begins to read a session, or the sessions of a socket that listens. */
  read(now: Instant, plan: ReadPlan): void {
    const run = this.#sockets.get(plan.socket);
    if (run === undefined) return;
    if (run.session) this.#readSession(now, run, plan);
    else this.#serve(now, run, plan);
  }

  /** Whether a program has data that waits to be sent. */
  get hasMoreToSend(): boolean {
    for (const [{ sending }, writer] of this.#writers) {
      if (writer.blocked && !sending?.stream.ended && !sending?.stream.closed) return true;
    }
    for (const { sending } of this.#all.values()) {
      if (sending === undefined || sending.stream.ended) continue;
      if (sending.stream.transmitted < sending.stream.packets) return true;
    }
    return false;
  }

  /** What programs read. */
  *reading(): Iterable<SessionIntake> {
    for (const { intake } of this.#read) if (intake !== undefined) yield intake;
  }

  /** Every session that was ever accepted. */
  *sessions(): Iterable<SessionIntake> {
    for (const { intake } of this.#all.values()) if (intake !== undefined) yield intake;
  }

  /** The streams that its sockets send. */
  *sent(): Iterable<SentStream> {
    for (const { sending } of this.#all.values()) if (sending !== undefined) yield sending.stream;
  }

  /** The rate of a session that it sends; `undefined` for what is none. */
  rateOf(tsi: Tsi): RatePlan | undefined {
    for (const { sending } of this.#all.values()) {
      if (sending?.tsi.port === tsi.port && sending.tsi.gsi === tsi.gsi) return sending.rate;
    }
    return undefined;
  }

  /** What came of its sockets, by label. */
  results(now: Instant): Record<string, SocketResult> {
    return Object.fromEntries(Array.from(this.#all, ([label, run]) => [label, run.result(now)]));
  }

  #makeStack(host: Host): Stack {
    const { interfaces, name } = this.#plan;
    return new Stack(host, { interfaces: interfaces.length, hostname: name });
  }

  #perform(now: Instant, run: SocketRun | undefined, { socket: name, call }: CallPlan): void {
    if (call.kind === "open") {
      const socket = this.#stack.socket(call.family as number, call.type as number, call.protocol as number);
      this.#add(name, socket, call.type === SOCK_STREAM);
      return;
    }
    if (run === undefined) throw new WinsockError("WSAENOTSOCK", `no socket is called ${name}`);
    let failure: WinsockError | undefined;
    run.attempt(now, nameOf(call), () => {
      try {
        this.#callSocket(now, run, call);
      } catch (error) {
        if (error instanceof WinsockError) failure = error;
        throw error;
      }
    });
    if (failure !== undefined) throw failure;
  }

  #callSocket(now: Instant, run: SocketRun, call: Exclude<SocketCall, { kind: "open" }>): void {
    const { socket } = run;
    switch (call.kind) {
      case "bind":
        return socket.bind(call.address as string, call.port as number);
      case "connect":
        return run.connect(now, call.address as string, call.port as number);
      case "listen":
        return socket.listen(now, call.backlog as number);
      case "accept":
        this.#accept(now, run, call.as);
        return;
      case "set":
        if (call.level === IPPROTO_RM && call.option === RM_SET_MESSAGE_BOUNDARY) {
          return run.setBoundary(call.value as number);
        }
        return (socket.setsockopt as (...values: unknown[]) => void).call(socket, call.level, call.option, call.value);
      case "get":
        return this.#get(now, run, call);
      case "send":
        return run.send(now, call.bytes);
      case "recv":
        return this.#recv(now, run, call);
      case "shutdown":
        return run.shutdown(now, call.how as number);
      case "ioctl":
        return socket.ioctlsocket(call.command as number, call.argument as number);
      case "close":
        return run.close(now);
    }
  }

  #get(now: Instant, { label, socket }: SocketRun, call: Extract<SocketCall, { kind: "get" }>): void {
    const got = socket.getsockopt(now, call.level as number, call.option as never) as unknown;
    if (call.is === undefined) return;
    const found = differences(got, call.is);
    const text = `${this.name}, ${now / 1e6} ms: socket ${label}: ${call.expected}`;
    this.judgements.push({ text, pass: found === "", found });
  }

  #recv(now: Instant, run: SocketRun, { buffer, gives }: Extract<SocketCall, { kind: "recv" }>): void {
    const before = run.octetsReceived;
    try {
      run.recv(now, buffer);
    } finally {
      const came = run.octetsReceived - before;
      const text = `${this.name}, ${now / 1e6} ms: socket ${run.label}: recv gives ${gives} octets`;
      const pass = came === gives;
      if (gives !== undefined) this.judgements.push({ text, pass, found: pass ? "" : `${came} octets` });
    }
  }

  /** Takes a session of a socket that listens; the program calls it `label`. */
  #accept(now: Instant, listener: SocketRun, label: string): SocketRun {
    const run = this.#add(label, listener.socket.accept(now), listener.stream);
    run.accepted(now);
    this.#world.tell(`socket ${run.label}: session ${formatTsi(run.socket.getpeername().tsi)}`);
    return run;
  }

  #add(name: string, socket: PgmSocket, stream: boolean): SocketRun {
    let label = name;
    for (let i = 2; this.#all.has(label); i++) label = `${name}#${i}`;
    const run = new SocketRun(label, socket, stream, this.#desk);
    this.#all.set(label, run);
    this.#sockets.set(name, run);
    return run;
  }

  #readSession(now: Instant, run: SocketRun, plan: ReadPlan, onEnd?: (now: Instant) => void): void {
    const reader = new SocketReader(run, this.#desk, plan, onEnd);
    this.#read.add(run);
    this.#follow(run, reader);
    this.#guarded(now, "recv", () => reader.ready(now));
  }

  /** Accepts what there is, and reads it; a session that has ended is closed. */
  #serve(now: Instant, listener: SocketRun, plan: ReadPlan): void {
    const server = new SocketServer(listener, {
      accept: (now, number) => this.#accept(now, listener, `${listener.label}/${number}`),
      serve: (now, session) => this.#readSession(now, session, plan, (end) => session.close(end)),
    });
    this.#follow(listener, server);
    this.#guarded(now, "accept", () => server.ready(now));
  }

  /** Calls a program when its socket is ready for something. */
  #follow(run: SocketRun, program: { ready(now: Instant): void }): void {
    run.onReady = (now) => this.#guarded(now, run.label, () => program.ready(now));
  }

  #at(time: Instant, action: (now: Instant) => void): void {
    const life = this.#life;
    this.#world.at(time, (now) => {
      if (life === this.#life) this.#guarded(now, "a program", () => action(now));
    });
  }

  #failed(now: Instant, socket: SocketRun | undefined, { call, code }: SocketFailure, name = socket!.label): void {
    this.#world.failed(now, name, code);
    this.#world.tell(`socket ${name}: ${call} fails with ${code}`);
  }

  #judge(
    now: Instant,
    text: string,
    { fails, failure }: { readonly fails: WsaName | "any" | undefined; readonly failure: WinsockError | undefined },
  ): void {
    if (fails === "any" || (fails === undefined && failure === undefined)) return;
    const must = fails === undefined ? "does not fail" : `fails with ${fails}`;
    const pass = failure?.name === fails;
    const found = pass ? "" : failure === undefined ? "it did not fail" : `${failure}`;
    this.judgements.push({ text: `${this.name}, ${now / 1e6} ms: ${text} ${must}`, pass, found });
  }

  /** Calls fail with a code of Windows Sockets, or do not fail. */
  #guarded(now: Instant, text: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#broken(now, text, error);
    }
  }

  #broken(now: Instant, text: string, error: unknown): void {
    if (error instanceof AssertionError) throw error;
    this.#world.violations.report({ checker: "sockets", at: now, node: this.name, text: `${text} threw ${error}` });
  }
}

/** The call of the socket API that an entry of the script stands for. */
function nameOf({ kind }: SocketCall): string {
  switch (kind) {
    case "set":
      return "setsockopt";
    case "get":
      return "getsockopt";
    case "ioctl":
      return "ioctlsocket";
    case "close":
      return "closesocket";
    default:
      return kind;
  }
}

/** Where what was got is not what is expected; empty if it is. */
function differences(got: unknown, is: unknown): string {
  if (typeof is !== "object" || is === null) return got === is ? "" : `${got} instead of ${is}`;
  const fields = got as Readonly<Record<string, unknown>>;
  return Object.entries(is)
    .filter(([name, value]) => fields[name] !== value)
    .map(([name, value]) => `${name} ${fields[name]} instead of ${value}`)
    .join(", ");
}
