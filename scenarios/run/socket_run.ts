/**
 * One socket of a program: what it was given to send and what was read from it, so that both can be checked and counted.
 *
 * @module
 */

import {
  formatTsi,
  type Instant,
  IPPROTO_RM,
  MSG_PARTIAL,
  type PgmSocket,
  RM_RATE_WINDOW_SIZE,
  RM_RECEIVER_STATISTICS,
  RM_SENDER_STATISTICS,
  RM_SET_MESSAGE_BOUNDARY,
  type RmReceiverStats,
  type RmSenderStats,
  type Tsi,
  WinsockError,
  type WsaName,
} from "../../engine/mod.ts";
import type { DeliveryChecker } from "../checkers/delivery.ts";
import type { RatePlan } from "../checkers/rate.ts";
import type { SentStream } from "../checkers/sent_stream.ts";
import { payload } from "./payload.ts";
import { SessionIntake } from "./session_intake.ts";
import type { SocketFailure, SocketResult } from "./socket_result.ts";
import type { Streams } from "./streams.ts";

/** What the sockets of a node share. */
export interface SocketDesk {
  /** The node. */
  readonly name: string;
  readonly streams: Streams;
  readonly checker: DeliveryChecker;
  /** A call failed. */
  failed(now: Instant, socket: SocketRun, failure: SocketFailure): void;
  /** Messages were read. */
  read(now: Instant, messages: number): void;
  /** Calls back, unless the program is gone by then. */
  at(time: Instant, action: (now: Instant) => void): void;
}

/** The session that a sender sends. */
interface Sending {
  readonly tsi: Tsi;
  /** The address of the interface. */
  readonly address: string;
  /** The octets of data in a packet at most. */
  readonly maxTsdu: number;
  readonly stream: SentStream;
  readonly rate: RatePlan;
}

/** A socket and its traffic. */
export class SocketRun {
  /** The name that the program has for it, or the same and a number for a session that a program accepted by itself. */
  readonly label: string;
  readonly socket: PgmSocket;
  /** Whether boundaries of messages are not kept. */
  readonly stream: boolean;
  /** After connect. */
  sending: Sending | undefined = undefined;
  /** What is read, of an accepted session that a source of the scenario sends. */
  intake: SessionIntake | undefined = undefined;
  /** Whether it was accepted. */
  session = false;
  /** Told what the socket is ready for. */
  onReady: (now: Instant) => void = () => {};
  readonly #desk: SocketDesk;
  readonly #failures: SocketFailure[] = [];
  #tsi: Tsi | undefined = undefined;
  #octetsSent = 0;
  #octetsReceived = 0;
  /** What RM_SET_MESSAGE_BOUNDARY announced, and how much of it was given. */
  #boundary = 0;
  #given = 0;
  /** Calls that are under way, and whether readiness has changed meanwhile. */
  #calls = 0;
  #ready = false;
  #last: RmSenderStats | RmReceiverStats | null = null;

  constructor(label: string, socket: PgmSocket, stream: boolean, desk: SocketDesk) {
    this.label = label;
    this.socket = socket;
    this.stream = stream;
    this.#desk = desk;
    socket.onReadiness = (now) => this.#changed(now);
  }

  /** Does a call. Gives how it failed, if it did: that is noted, unless it `wouldBlock` and is to be tried again. */
  attempt(now: Instant, call: string, action: () => void, wouldBlock = false): WsaName | undefined {
    this.#calls++;
    try {
      action();
      return undefined;
    } catch (error) {
      if (!(error instanceof WinsockError)) throw error;
      if (wouldBlock && error.name === "WSAEWOULDBLOCK") return error.name;
      const failure = { call, code: error.name, atNs: now };
      this.#failures.push(failure);
      this.#desk.failed(now, this, failure);
      return error.name;
    } finally {
      this.#calls--;
      if (this.#ready) this.#changed(now);
    }
  }

  /** Begins a session. */
  connect(now: Instant, group: string, port: number): void {
    this.socket.connect(now, group, port);
    const { tsi, firstSqn, address, maxTsdu } = this.socket.getsockname();
    const name = `${this.#desk.name}/${this.label}`;
    const stream = this.#desk.streams.open(formatTsi(tsi), name, `${group}:${port}`, firstSqn, false);
    const { RateKbitsPerSec } = this.socket.getsockopt(now, IPPROTO_RM, RM_RATE_WINDOW_SIZE);
    const rate = {
      rateBytesPerSecond: RateKbitsPerSec * 125,
      burstBytes: 1_500,
      peakBytesPerSecond: Infinity,
      rateCoversRdata: true,
    };
    this.#tsi = tsi;
    this.sending = { tsi, address, maxTsdu, stream, rate };
  }

  /** Takes over a session that was accepted. */
  accepted(now: Instant): void {
    this.session = true;
    this.#tsi = this.socket.getpeername().tsi;
    const sent = this.#desk.streams.find(this.#tsi);
    if (sent === undefined) return;
    const { LeadingEdgeSeqId: lead } = this.socket.getsockopt(now, IPPROTO_RM, RM_RECEIVER_STATISTICS);
    const firstSqn = () => this.socket.getpeername().firstSqn;
    this.intake = new SessionIntake(this.#desk.checker, sent, { stream: this.stream, lead, firstSqn });
  }

  /** Sends octets: a message, a part of one, or a piece of the stream. */
  send(now: Instant, bytes: number): void {
    this.socket.send(now, this.#octets(bytes));
    this.#octetsSent += bytes;
    this.#noteSent(bytes);
  }

  /** Announces the octets of the next message. */
  setBoundary(bytes: number): void {
    this.socket.setsockopt(IPPROTO_RM, RM_SET_MESSAGE_BOUNDARY, bytes);
    this.#boundary = bytes;
  }

  /** `recv`: fails if the message is larger than the buffer, though it has taken part of it. */
  recv(now: Instant, size: number): void {
    const buffer = new Uint8Array(size);
    this.#receive(now, () => {
      try {
        this.#took(now, buffer.subarray(0, this.socket.recv(now, buffer)), false);
      } catch (error) {
        if (error instanceof WinsockError && error.name === "WSAEMSGSIZE") this.#took(now, buffer, true);
        throw error;
      }
    });
  }

  /** The octets read so far. */
  get octetsReceived(): number {
    return this.#octetsReceived;
  }

  /** `WSARecv`: gives how many octets. */
  wsaRecv(now: Instant, buffer: Uint8Array): number {
    return this.#receive(now, () => {
      const { bytes, flags } = this.socket.wsaRecv(now, buffer);
      this.#took(now, buffer.slice(0, bytes), flags === MSG_PARTIAL);
      return bytes;
    });
  }

  /** Announces the end, or leaves a session. */
  shutdown(now: Instant, how: number): void {
    this.socket.shutdown(now, how);
    if (this.sending !== undefined) this.sending.stream.closed = true;
    if (this.intake !== undefined) this.intake.progress.closed = true;
  }

  /** Closes the socket. A sender that was not shut down is gone at once. */
  close(now: Instant): void {
    this.#last = this.#statistics(now);
    this.socket.closesocket(now);
    if (this.sending?.stream.closed === false) this.gone();
    if (this.intake !== undefined) this.intake.progress.closed = true;
  }

  /** The source is gone, with all that waits: the program crashed, the socket was closed, or the interface is gone. */
  gone(): void {
    const stream = this.sending?.stream;
    if (stream === undefined || stream.ended) return;
    stream.abort();
    stream.ended = true;
  }

  /** What came of it. */
  result(now: Instant): SocketResult {
    return {
      failures: this.#failures,
      messagesSent: this.sending?.stream.messages ?? 0,
      octetsSent: this.#octetsSent,
      messagesReceived: this.intake?.messages ?? 0,
      octetsReceived: this.#octetsReceived,
      tsi: this.#tsi === undefined ? null : formatTsi(this.#tsi),
      statistics: this.#last ?? this.#statistics(now),
    };
  }

  /** Within a call the program is busy with it: it looks later. */
  #changed(now: Instant): void {
    this.#ready = this.#calls > 0;
    if (!this.#ready) this.onReady(now);
  }

  /** The octets that the next `send` of so many gives. */
  #octets(bytes: number): Uint8Array {
    if (this.sending === undefined) return new Uint8Array(bytes);
    const { stream, maxTsdu } = this.sending;
    if (this.#boundary > 0) {
      const message = payload(stream.stream, stream.messages, Math.max(this.#boundary, this.#given + bytes));
      return message.subarray(this.#given, this.#given + bytes);
    }
    if (!this.stream) return payload(stream.stream, stream.messages, bytes);
    const octets = new Uint8Array(bytes);
    for (const [i, { at, length }] of packetsOf(bytes, maxTsdu).entries()) {
      octets.set(payload(stream.stream, stream.messages + i, length), at);
    }
    return octets;
  }

  #noteSent(bytes: number): void {
    const { stream, maxTsdu } = this.sending!;
    if (this.stream) {
      for (const { length } of packetsOf(bytes, maxTsdu)) stream.sent(length, 1);
      return;
    }
    if (this.#boundary > 0) {
      this.#given += bytes;
      if (this.#given < this.#boundary) return;
    }
    const length = this.#boundary > 0 ? this.#boundary : bytes;
    stream.sent(length, packetsOf(length, maxTsdu).length);
    this.#boundary = this.#given = 0;
  }

  #receive<T>(now: Instant, action: () => T): T {
    const { intake } = this;
    const before = intake?.messages ?? 0;
    try {
      return action();
    } catch (error) {
      const code = error instanceof WinsockError ? error.name : undefined;
      const end = code === "WSAEDISCON" || code === "WSAECONNRESET";
      if (end && intake?.progress.end === undefined) intake?.ended(now, code === "WSAEDISCON");
      throw error;
    } finally {
      if (intake !== undefined && intake.messages > before) this.#desk.read(now, intake.messages - before);
    }
  }

  #took(now: Instant, octets: Uint8Array, partial: boolean): void {
    this.#octetsReceived += octets.length;
    this.intake?.took(now, octets, partial);
  }

  #statistics(now: Instant): RmSenderStats | RmReceiverStats | null {
    for (const option of [RM_SENDER_STATISTICS, RM_RECEIVER_STATISTICS] as const) {
      try {
        return this.socket.getsockopt(now, IPPROTO_RM, option);
      } catch (error) {
        if (!(error instanceof WinsockError)) throw error;
      }
    }
    return null;
  }
}

/** How a source cuts so many octets. */
function packetsOf(bytes: number, maxTsdu: number): { readonly at: number; readonly length: number }[] {
  const packets = [];
  for (let at = 0; at < bytes; at += maxTsdu) {
    packets.push({ at, length: Math.min(maxTsdu, bytes - at) });
  }
  return packets;
}
