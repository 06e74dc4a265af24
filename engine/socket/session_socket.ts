/**
 * A socket that `accept` gave: it reads one session.
 *
 * @module
 */

import type { Instant } from "../base/time.ts";
import type { GroupReceiver } from "./group_receiver.ts";
import { unsigned } from "./option_values.ts";
import * as rm from "./rm_options.ts";
import { receiverStats } from "./rm_stats.ts";
import { NOT_READY, type Peer, type Readiness, type Received, Role } from "./role.ts";
import type { SessionInbox } from "./session_inbox.ts";
import { MSG_PARTIAL, SD_BOTH, SD_SEND } from "./winsock.ts";
import { WinsockError } from "./winsock_error.ts";

/** How the listening socket was set up. */
export interface SessionMode {
  /** Whether it reads a stream, or messages. */
  readonly stream: boolean;
  /** RM_HIGH_SPEED_INTRANET_OPT. */
  readonly highSpeed: number;
}

/** The role of a socket that was accepted. */
export class SessionSocket extends Role {
  readonly #group: GroupReceiver;
  readonly #inbox: SessionInbox;
  readonly #mode: SessionMode;
  #shut = false;

  constructor(group: GroupReceiver, inbox: SessionInbox, mode: SessionMode) {
    super({});
    this.#group = group;
    this.#inbox = inbox;
    this.#mode = mode;
  }

  override readiness(): Readiness {
    return { ...NOT_READY, readable: this.#shut || this.#inbox.filled || this.#inbox.end !== undefined };
  }

  override recv(_now: Instant, buffer: Uint8Array): Received {
    if (this.#shut) throw new WinsockError("WSAESHUTDOWN", "the session was shut down");
    if (!(buffer instanceof Uint8Array)) throw new WinsockError("WSAEFAULT", "the buffer must be a Uint8Array");
    if (buffer.length === 0) throw new WinsockError("WSAEINVAL", "a buffer without room would read as an end");
    if (!this.#inbox.filled) this.#nothing();
    if (this.#mode.stream) return { bytes: this.#inbox.readStream(buffer), flags: 0 };
    const { bytes, partial } = this.#inbox.readMessage(buffer);
    return { bytes, flags: partial ? MSG_PARTIAL : 0 };
  }

  override shutdown(_now: Instant, how: number): void {
    if (unsigned("how", how, 0xffff_ffff) > SD_BOTH) {
      throw new WinsockError("WSAEINVAL", `how ${how} must be in 0 .. 2`);
    }
    if (how === SD_SEND) throw new WinsockError("WSAEOPNOTSUPP", "a receiver sends nothing");
    this.#leave();
  }

  override getpeername(): Peer {
    const { session, firstSqn } = this.#inbox;
    return { address: session.sourceNla, port: session.tsi.port, tsi: session.tsi, firstSqn };
  }

  override close(): void {
    this.#leave();
  }

  override getOption(now: Instant, level: number, option: number): unknown {
    rm.checkOptionUse({ level, option, use: "get", role: "receiver", late: false });
    if (option === rm.RM_HIGH_SPEED_INTRANET_OPT) return this.#mode.highSpeed;
    const { session, unreadPackets } = this.#inbox;
    return receiverStats(session.stats, session.gauges(now), unreadPackets);
  }

  override setOption(level: number, option: number): void {
    rm.checkOptionUse({ level, option, use: "set", role: "receiver", late: true });
  }

  #leave(): void {
    if (!this.#shut) this.#group.leave(this.#inbox);
    this.#shut = true;
  }

  /** Nothing waits to be read: either nothing came yet, or the session has ended. */
  #nothing(): never {
    switch (this.#inbox.end) {
      case "WSAEDISCON":
        throw new WinsockError("WSAEDISCON", "the source has finished, and everything was read");
      case "WSAECONNRESET":
        throw new WinsockError("WSAECONNRESET", "the session broke: data is lost, or its source or interface is gone");
      case undefined:
        throw new WinsockError("WSAEWOULDBLOCK", "nothing to read");
    }
  }
}
