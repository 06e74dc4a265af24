/**
 * What a session has delivered and its reader has not read yet, and how the session ended.
 *
 * A reader may be behind. But a transport that keeps more for it than the source keeps for repairs has lost its bounds:
 * a reader that is behind by more than a window is too slow, and its session is reset. With a source that sends at a
 * steady rate and a reader of half that rate, this is after two windows of time.
 *
 * @module
 */

import { Fifo } from "../base/fifo.ts";
import { type Sqn, sqnAdd, windowSize } from "../base/sqn.ts";
import type { Session } from "../receiver/session.ts";
import type { WsaName } from "./winsock_error.ts";

/** How many packets a reader may be behind, however small the window of the source is. */
const LEAST_BEHIND = 64;
/** How many octets a reader may be behind, however large the window is: a message of the largest size, and another. */
const MOST_BEHIND_BYTES = 128 * 1024 * 1024;
/** What keeping a message costs besides its octets, about: empty ones must not come for nothing. */
const MESSAGE_OVERHEAD_BYTES = 256;

/** How a session ended, as its reader is told once everything was read. */
export type InboxEnd = Extract<WsaName, "WSAEDISCON" | "WSAECONNRESET">;

/** A message that waits for its reader. */
interface Unread {
  readonly octets: Uint8Array;
  readonly firstSqn: Sqn;
}

/** Keeps the messages of one session for its reader. */
export class SessionInbox {
  /** The session that it is for. */
  readonly session: Session;
  /** The interface that the session came in on, or -1 as long as none of its ODATA has. */
  iface = -1;
  /** The first sequence number of the first message, or `undefined` before it came. */
  firstSqn: Sqn | undefined = undefined;
  readonly #unread = new Fifo<Unread>();
  /** What keeping them costs. */
  #bytes = 0;
  /** How many octets of the first of them were read. */
  #position = 0;
  /** The newest packet that was delivered. */
  #last: Sqn = 0;
  /** The largest window that the source has shown so far, packets. */
  #window = LEAST_BEHIND;
  #end: InboxEnd | undefined = undefined;

  constructor(session: Session) {
    this.session = session;
  }

  /** How the session ended, if it has. */
  get end(): InboxEnd | undefined {
    return this.#end;
  }

  /** Whether something can be read. */
  get filled(): boolean {
    return this.#unread.size > 0;
  }

  /** How many packets wait for the reader. */
  get unreadPackets(): number {
    const first = this.#unread.first;
    return first === undefined ? 0 : windowSize(first.firstSqn, this.#last);
  }

  /** The next message, whose last packet is the newest that the session has resolved. Gives whether there is room for it. */
  push(octets: Uint8Array, firstSqn: Sqn): boolean {
    const behind = this.unreadPackets;
    // The trailing edge of this packet is not known yet: it goes with the packet before.
    if (this.firstSqn !== undefined) this.#window = Math.max(this.#window, windowSize(this.session.trail!, this.#last));
    this.#last = sqnAdd(this.session.next!, -1);
    const bytes = this.#bytes + octets.length + MESSAGE_OVERHEAD_BYTES;
    if (behind > this.#window || bytes > MOST_BEHIND_BYTES) return false;
    this.firstSqn ??= firstSqn;
    // A message without octets would read as the end of the session.
    if (octets.length === 0) return true;
    this.#unread.push({ octets, firstSqn });
    this.#bytes = bytes;
    return true;
  }

  /** The session has ended: the reader is told after everything that waits. */
  finish(end: InboxEnd): void {
    this.#end = end;
  }

  /** The session was reset because the reader is too slow: nothing waits any more. */
  overrun(): void {
    while (this.filled) this.#next();
    this.finish("WSAECONNRESET");
  }

  /** Moves octets of the first message to `buffer`. Gives how many, and whether the message has more. */
  readMessage(buffer: Uint8Array): { bytes: number; partial: boolean } {
    const { octets } = this.#unread.first!;
    const bytes = Math.min(buffer.length, octets.length - this.#position);
    buffer.set(octets.subarray(this.#position, this.#position + bytes));
    this.#position += bytes;
    const partial = this.#position < octets.length;
    if (!partial) this.#next();
    return { bytes, partial };
  }

  /** Moves octets to `buffer`, across messages. Gives how many. */
  readStream(buffer: Uint8Array): number {
    let bytes = 0;
    while (bytes < buffer.length && this.filled) bytes += this.readMessage(buffer.subarray(bytes)).bytes;
    return bytes;
  }

  /** The first message was read. */
  #next(): void {
    this.#bytes -= this.#unread.shift()!.octets.length + MESSAGE_OVERHEAD_BYTES;
    this.#position = 0;
  }
}
