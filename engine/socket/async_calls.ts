/**
 * Calls that wait: each is tried at once, and again whenever its socket is ready, in the order in which they were made.
 *
 * @module
 */

import type { Instant } from "../base/time.ts";
import { WinsockError } from "./winsock_error.ts";

/** What sockets that wait need to know of the world: the time, and whom to tell. A simulated program has one. */
export interface SocketClock {
  /** The current instant. */
  now(): Instant;
  /** The stack was called, so that its next timeout may be another, or a call that waited has ended. */
  changed(): void;
}

/** How a call waits. */
export interface WaitOptions {
  /** Ends the waiting: the call then fails with the signal's reason, and has done nothing. */
  readonly signal?: AbortSignal | undefined;
}

/** A call that waits for its turn. */
interface Waiting {
  /** Tries it. Gives whether it is over, one way or the other. */
  settle(): boolean;
  fail(error: unknown): void;
}

/** The calls of one kind on one socket. */
export class AsyncCalls {
  readonly #clock: SocketClock;
  readonly #waiting = new Set<Waiting>();
  #retrying = false;

  constructor(clock: SocketClock) {
    this.#clock = clock;
  }

  /**
   * Makes a call now, or once those before it are over and it does not fail with WSAEWOULDBLOCK any more. If it must
   * not `wait`, that is how it fails.
   */
  call<T>(attempt: (now: Instant) => T, wait: boolean, { signal }: WaitOptions = {}): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#waiting.size > 0) {
      if (wait) return this.#wait(attempt, signal);
      return Promise.reject(new WinsockError("WSAEWOULDBLOCK", "other calls wait before this one"));
    }
    try {
      return Promise.resolve(attempt(this.#clock.now()));
    } catch (error) {
      return wait && wouldBlock(error) ? this.#wait(attempt, signal) : Promise.reject(error);
    } finally {
      this.#clock.changed();
    }
  }

  /** The socket may be ready. */
  retry(): void {
    // A call that succeeds may change what the socket is ready for, which leads here again: the loop goes on anyway.
    if (this.#retrying || this.#waiting.size === 0) return;
    this.#retrying = true;
    try {
      for (const waiting of this.#waiting) {
        if (!waiting.settle()) return;
        this.#waiting.delete(waiting);
      }
    } finally {
      this.#retrying = false;
    }
  }

  /** Ends all waiting: the calls fail. */
  fail(error: WinsockError): void {
    for (const waiting of this.#waiting) waiting.fail(error);
    this.#waiting.clear();
  }

  #wait<T>(attempt: (now: Instant) => T, signal: AbortSignal | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const over = () => {
      signal?.removeEventListener("abort", abort);
      this.#clock.changed();
    };
    const waiting: Waiting = {
      settle: () => {
        try {
          resolve(attempt(this.#clock.now()));
        } catch (error) {
          if (wouldBlock(error)) return false;
          reject(error);
        }
        over();
        return true;
      },
      fail: (error) => {
        reject(error);
        over();
      },
    };
    const abort = () => {
      this.#waiting.delete(waiting);
      waiting.fail(signal!.reason);
      // What waited behind it may be smaller.
      this.retry();
    };
    signal?.addEventListener("abort", abort);
    this.#waiting.add(waiting);
    return promise;
  }
}

function wouldBlock(error: unknown): boolean {
  return error instanceof WinsockError && error.name === "WSAEWOULDBLOCK";
}
