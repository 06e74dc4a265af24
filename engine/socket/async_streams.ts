/**
 * A socket in stream mode as Web Streams.
 *
 * @module
 */

import { WinsockError } from "./winsock_error.ts";

/** How many octets are read or given at once: the send window is felt as backpressure from piece to piece. */
const PIECE_BYTES = 65_536;

/** What a stream asks of its socket. These calls wait, also on a non-blocking socket. */
export interface StreamCalls {
  recv(buffer: Uint8Array): Promise<number>;
  send(octets: Uint8Array, signal: AbortSignal): Promise<number>;
  /** No more is sent; what was, leaves. */
  shutdown(): Promise<void>;
  /** Closes the socket, unless it is closed. */
  close(): void;
}

/** Whether a call failed because the session ended gracefully. */
export function hasEnded(error: unknown): boolean {
  return error instanceof WinsockError && error.name === "WSAEDISCON";
}

/** What a session brings: nothing is read before someone asks for it. */
export function readableOf(socket: StreamCalls): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: PIECE_BYTES,
    async pull(controller: ReadableByteStreamController): Promise<void> {
      // With autoAllocateChunkSize there is always a buffer to fill.
      const request = controller.byobRequest!;
      const { buffer, byteOffset, byteLength } = request.view!;
      try {
        request.respond(await socket.recv(new Uint8Array(buffer, byteOffset, byteLength)));
      } catch (error) {
        if (!hasEnded(error)) throw error;
        controller.close();
        request.respond(0);
      }
    },
    cancel: () => socket.close(),
  });
}

/** What a sender takes: a chunk is written once the window has taken all of it. */
export function writableOf(socket: StreamCalls): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    async write(chunk, { signal }): Promise<void> {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        await socket.send(chunk.subarray(at, at + PIECE_BYTES), signal);
      }
    },
    close: () => socket.shutdown(),
    abort: () => socket.close(),
  });
}
