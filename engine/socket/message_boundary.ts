/**
 * RM_SET_MESSAGE_BOUNDARY: a message that several `send` calls give.
 *
 * @module
 */

import { WinsockError } from "./winsock_error.ts";

/** Puts the parts of a message together, where its length was announced. */
export class MessageBoundary {
  /** The octets of the message; 0 when each `send` is a message. */
  #length = 0;
  #given = 0;
  #parts: Uint8Array[] = [];

  /** Announces the length of the next message. */
  set(length: number): void {
    if (this.#given > 0) throw new WinsockError("WSAEINVAL", "a message is half given: its boundary stays");
    this.#length = length;
  }

  /** The octets of the message that `bytes` more would complete, or `undefined`. Throws if they are too many. */
  with(bytes: number): number | undefined {
    if (this.#length === 0) return bytes;
    if (this.#given + bytes > this.#length) {
      throw new WinsockError("WSAEMSGSIZE", `${bytes} octets go past a message boundary of ${this.#length}`);
    }
    return this.#given + bytes === this.#length ? this.#length : undefined;
  }

  /** Takes a copy of a part; gives the message if it is whole. */
  add(octets: Uint8Array): Uint8Array | undefined {
    // Not slice(): that of Node's Buffer, a Uint8Array too, copies nothing.
    const part = new Uint8Array(octets);
    if (this.#length === 0) return part;
    this.#parts.push(part);
    this.#given += octets.length;
    if (this.#given < this.#length) return undefined;
    const message = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      message.set(part, at);
      at += part.length;
    }
    this.#length = this.#given = 0;
    this.#parts = [];
    return message;
  }
}
