/**
 * A socket of Windows Reliable Multicast for programs that wait: what would block gives a promise.
 *
 * @module
 */

import { AsyncCalls, type SocketClock, type WaitOptions } from "./async_calls.ts";
import { hasEnded, readableOf, type StreamCalls, writableOf } from "./async_streams.ts";
import type { PgmSocket } from "./pgm_socket.ts";
import type { RmGetValues, RmSetValues } from "./rm_options.ts";
import type { Peer, Received, SentSession } from "./role.ts";
import { SD_SEND } from "./winsock.ts";
import { WinsockError } from "./winsock_error.ts";

/** Where a message is put before it is copied to an array of its length. Its content outlives no call. */
const SCRATCH = new Uint8Array(65_536);

/**
 * A socket, made by {@link AsyncStack.socket} and {@link AsyncSocket.accept}. Its calls are those of {@link PgmSocket}
 * and fail in the same ways, without the current instant as an argument.
 *
 * `accept`, `recv`, `wsaRecv`, `receive` and `send` wait; several calls of one kind end in the order in which they were
 * made. If FIONBIO was set, they do not wait and fail with WSAEWOULDBLOCK; `for await` and the streams do wait, always.
 * What waits when the socket is closed fails with WSA_OPERATION_ABORTED, as overlapped calls do on Windows; what waits
 * when its signal is aborted, with the signal's reason.
 *
 * `using` and `await using` close the socket as {@link AsyncSocket.closesocket} does: a sender that was not shut down is
 * gone at once.
 *
 * @example A sender that waits for its window (for both sides, see {@link AsyncStack})
 * ```ts
 * import {
 *   AF_INET, AsyncStack, IPPROTO_RM, parseNla, prngFromSeed, RM_RATE_WINDOW_SIZE, seconds, SOCK_RDM, Stack,
 * } from "@pgmlab/pgmlab";
 *
 * let now = 0;
 * const stack = new Stack({
 *   random: prngFromSeed(1),
 *   address: () => parseNla("10.0.0.1")!,
 *   isLocal: () => true,
 *   transmit: () => {},
 *   joinGroup: () => {},
 *   leaveGroup: () => {},
 *   note: () => {},
 * }, { interfaces: 1 });
 * const socket = new AsyncStack(stack, { now: () => now, changed: () => {} }).socket(AF_INET, SOCK_RDM, IPPROTO_RM);
 * socket.bind("0.0.0.0", 0);
 * socket.setsockopt(IPPROTO_RM, RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 80, WindowSizeInMSecs: 1000 });
 * socket.connect("239.192.0.1", 7500);
 * await socket.send(new Uint8Array(10_000)); // all of the window
 * const waits = socket.send(new Uint8Array(1_000));
 * while (now < seconds(5)) stack.handleTimeout(now = stack.nextTimeout());
 *
 * if (await waits !== 1_000) throw new Error("the window has advanced");
 * ```
 */
export class AsyncSocket implements AsyncIterable<Uint8Array>, Disposable, AsyncDisposable {
  readonly #socket: PgmSocket;
  readonly #clock: SocketClock;
  readonly #stream: boolean;
  readonly #accepts: AsyncCalls;
  readonly #recvs: AsyncCalls;
  readonly #sends: AsyncCalls;
  #readable: ReadableStream<Uint8Array<ArrayBuffer>> | undefined = undefined;
  #writable: WritableStream<Uint8Array> | undefined = undefined;

  /** Made by {@link AsyncStack.socket} and {@link AsyncSocket.accept}. */
  constructor(socket: PgmSocket, clock: SocketClock, stream: boolean) {
    this.#socket = socket;
    this.#clock = clock;
    this.#stream = stream;
    this.#accepts = new AsyncCalls(clock);
    this.#recvs = new AsyncCalls(clock);
    this.#sends = new AsyncCalls(clock);
    socket.onReadiness = () => {
      this.#accepts.retry();
      this.#recvs.retry();
      this.#sends.retry();
    };
  }

  /** Whether the socket was closed. */
  get closed(): boolean {
    return this.#socket.closed;
  }

  /** Whether FIONBIO was set. */
  get nonBlocking(): boolean {
    return this.#socket.nonBlocking;
  }

  /** As {@link PgmSocket.bind}. */
  bind(address: string, port: number): void {
    this.#socket.bind(address, port);
  }

  /** As {@link PgmSocket.connect}. */
  connect(group: string, port: number): void {
    this.#socket.connect(this.#clock.now(), group, port);
    this.#clock.changed();
  }

  /** As {@link PgmSocket.listen}. */
  listen(backlog: number): void {
    this.#socket.listen(this.#clock.now(), backlog);
    this.#clock.changed();
  }

  /** As {@link PgmSocket.getsockname}. */
  getsockname(): SentSession {
    return this.#socket.getsockname();
  }

  /** As {@link PgmSocket.getpeername}. */
  getpeername(): Peer {
    return this.#socket.getpeername();
  }

  /** As {@link PgmSocket.getsockopt}. */
  getsockopt<Option extends keyof RmGetValues>(level: number, option: Option): RmGetValues[Option] {
    return this.#socket.getsockopt(this.#clock.now(), level, option);
  }

  /** As {@link PgmSocket.setsockopt}. A message boundary is that of the next `send` that ends: await those before. */
  setsockopt<Option extends keyof RmSetValues>(level: number, option: Option, value: RmSetValues[Option]): void {
    this.#socket.setsockopt(level, option, value);
  }

  /** As {@link PgmSocket.ioctlsocket}. What waits already goes on waiting. */
  ioctlsocket(command: number, argument: number): void {
    this.#socket.ioctlsocket(command, argument);
  }

  /** Waits for a session, and gives a socket for it. */
  accept(options?: WaitOptions): Promise<AsyncSocket> {
    return this.#accepts.call(
      (now) => new AsyncSocket(this.#socket.accept(now), this.#clock, this.#stream),
      this.#waits,
      options,
    );
  }

  /**
   * Waits until the window takes the octets, and gives how many: all of them. They are copied then, not before: leave
   * them alone until the promise resolves.
   */
  send(octets: Uint8Array, options?: WaitOptions): Promise<number> {
    return this.#send(octets, this.#waits, options);
  }

  /**
   * Waits for octets and receives them into `buffer`, as {@link PgmSocket.recv}: of a message that is larger than the
   * buffer, all parts but the last reject with WSAEMSGSIZE after they have filled it.
   */
  recv(buffer: Uint8Array, options?: WaitOptions): Promise<number> {
    return this.#recv(buffer, this.#waits, options);
  }

  /** The same, but says MSG_PARTIAL instead, as {@link PgmSocket.wsaRecv}. */
  wsaRecv(buffer: Uint8Array, options?: WaitOptions): Promise<Received> {
    return this.#recvs.call((now) => this.#socket.wsaRecv(now, buffer), this.#waits, options);
  }

  /**
   * Waits for a message and gives all of it, however large; or in stream mode what there is of the stream, at most
   * 64 KiB. Fails as {@link PgmSocket.recv}, but never with WSAEMSGSIZE.
   */
  receive(options?: WaitOptions): Promise<Uint8Array> {
    return this.#receive(this.#waits, options);
  }

  /**
   * The messages of the session, until its source has finished.
   *
   * @throws {WinsockError} WSAECONNRESET once everything was given that came before a loss, and as {@link PgmSocket.recv}
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      let message: Uint8Array;
      try {
        message = await this.#receive(true);
      } catch (error) {
        if (hasEnded(error)) return;
        throw error;
      }
      yield message;
    }
  }

  /**
   * The session's octets, of a socket in stream mode. It ends when the source has finished, and errors with the
   * {@link WinsockError} of `recv`. Nothing is read before it is asked for. Cancelling it closes the socket.
   *
   * @throws {WinsockError} WSAEOPNOTSUPP in message mode: use `for await`
   */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#onlyStreams("readable");
    return this.#readable ??= readableOf(this.#calls);
  }

  /**
   * Where to write the stream, of a socket in stream mode. A chunk is written once the send window has taken all of it:
   * that is its backpressure. Closing it shuts the socket down (SD_SEND); aborting it closes the socket.
   *
   * @throws {WinsockError} WSAEOPNOTSUPP in message mode: use `send`
   */
  get writable(): WritableStream<Uint8Array> {
    this.#onlyStreams("writable");
    return this.#writable ??= writableOf(this.#calls);
  }

  /** As {@link PgmSocket.shutdown}, once the window has taken what waits to be sent, even if FIONBIO was set. */
  shutdown(how: number): Promise<void> {
    return this.#sends.call((now) => this.#socket.shutdown(now, how), true);
  }

  /** As {@link PgmSocket.closesocket}. All calls that wait fail with WSA_OPERATION_ABORTED. */
  closesocket(): void {
    this.#socket.closesocket(this.#clock.now());
    const aborted = new WinsockError("WSA_OPERATION_ABORTED", "the socket was closed");
    for (const calls of [this.#accepts, this.#recvs, this.#sends]) calls.fail(aborted);
    this.#clock.changed();
  }

  /** Closes the socket, unless it is closed. */
  [Symbol.dispose](): void {
    if (!this.closed) this.closesocket();
  }

  /** The same. */
  [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    return Promise.resolve();
  }

  get #waits(): boolean {
    return !this.#socket.nonBlocking;
  }

  get #calls(): StreamCalls {
    return {
      recv: (buffer) => this.#recv(buffer, true),
      send: (octets, signal) => this.#send(octets, true, { signal }),
      shutdown: () => this.shutdown(SD_SEND),
      close: () => this[Symbol.dispose](),
    };
  }

  #send(octets: Uint8Array, wait: boolean, options?: WaitOptions): Promise<number> {
    return this.#sends.call((now) => this.#socket.send(now, octets), wait, options);
  }

  #recv(buffer: Uint8Array, wait: boolean, options?: WaitOptions): Promise<number> {
    return this.#recvs.call((now) => this.#socket.recv(now, buffer), wait, options);
  }

  #receive(wait: boolean, options?: WaitOptions): Promise<Uint8Array> {
    return this.#recvs.call(
      (now) => {
        const parts: Uint8Array[] = [];
        for (;;) {
          // A message comes up as a whole: that its next part would block cannot be.
          const { bytes, flags } = this.#socket.wsaRecv(now, SCRATCH);
          parts.push(SCRATCH.slice(0, bytes));
          if (flags === 0) return joined(parts);
        }
      },
      wait,
      options,
    );
  }

  #onlyStreams(what: string): void {
    if (!this.#stream) throw new WinsockError("WSAEOPNOTSUPP", `${what} is for stream mode`);
  }
}

/** The octets of several arrays, in one. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
