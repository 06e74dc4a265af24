/**
 * Octet buffers cut from large chunks. A `Uint8Array` of its own costs ten times as much as a cut from a chunk,
 * and a chunk goes as soon as the last datagram in it is gone.
 *
 * @module
 */

import { assert } from "./assert.ts";

const CHUNK_BYTES = 256 * 1024;

/** Hands out buffers that are zero-filled and never handed out again. */
export class Slab {
  #chunk = new Uint8Array(0);
  #used = 0;

  /** A buffer of `length` octets. */
  take(length: number): Uint8Array {
    assert(length >= 0 && length <= CHUNK_BYTES, "a slab buffer is larger than a chunk");
    if (this.#used + length > this.#chunk.length) {
      this.#chunk = new Uint8Array(CHUNK_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    return this.#chunk.subarray(start, start + length);
  }
}
