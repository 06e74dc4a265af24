/**
 * Messages that wait to be sent, cut into packets (RFC 3208, section 9.2), and back-pressure on who submits them.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { type Sqn, sqnAdd } from "../base/sqn.ts";
import { Fifo } from "../base/fifo.ts";
import { fragment, isLastOfMessage, type Tsdu } from "./fragmenter.ts";

/** First in, first out; bounded in octets. */
export class SendQueue {
  readonly #maxTsdu: number;
  readonly #maxBytes: number;
  readonly #tsdus = new Fifo<Tsdu>();
  #bytes = 0;
  #nextSqn: Sqn;
  #refused = false;

  /** An empty queue whose first packet will be `firstSqn`. */
  constructor(options: { readonly firstSqn: Sqn; readonly maxTsdu: number; readonly sendBufferBytes: number }) {
    this.#nextSqn = options.firstSqn;
    this.#maxTsdu = options.maxTsdu;
    this.#maxBytes = options.sendBufferBytes;
  }

  /** Data packets that wait. */
  get size(): number {
    return this.#tsdus.size;
  }

  /** The octets of their payloads. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The octets that still fit. */
  get room(): number {
    return Math.max(0, this.#maxBytes - this.#bytes);
  }

  /** The sequence number that the next message will begin with. */
  get nextSqn(): Sqn {
    return this.#nextSqn;
  }

  /** The packet that is first in line. */
  get first(): Tsdu | undefined {
    return this.#tsdus.first;
  }

  /** Whether a message was refused and half of the queue is free again. */
  get isWritableAgain(): boolean {
    return this.#refused && this.#bytes * 2 <= this.#maxBytes;
  }

  /** Puts a message in line; gives false when it does not fit. An empty queue takes any. */
  push(message: Uint8Array): boolean {
    if (this.size > 0 && this.#bytes + message.length > this.#maxBytes) {
      this.#refused = true;
      return false;
    }
    const tsdus = fragment(message, this.#nextSqn, this.#maxTsdu);
    for (const tsdu of tsdus) this.#tsdus.push(tsdu);
    this.#nextSqn = sqnAdd(this.#nextSqn, tsdus.length);
    this.#bytes += message.length;
    return true;
  }

  /** The next message begins with `sqn`: the numbers before it are not used. Only of an empty queue. */
  skipTo(sqn: Sqn): void {
    assert(this.size === 0, "numbers that were given cannot be skipped");
    this.#nextSqn = sqn;
  }

  /** Takes out the packet that is first in line, or gives `undefined`. */
  shift(): Tsdu | undefined {
    const tsdu = this.#tsdus.shift();
    if (tsdu !== undefined) this.#bytes -= tsdu.payload.length;
    return tsdu;
  }

  /** Forgets that a message was refused. */
  forgetRefusal(): void {
    this.#refused = false;
  }

  /** Drops everything; gives how many messages were not sent in whole. */
  drop(): number {
    let messages = 0;
    for (let tsdu = this.shift(); tsdu !== undefined; tsdu = this.shift()) if (isLastOfMessage(tsdu)) messages++;
    return messages;
  }
}
