/**
 * What a socket is: nothing yet, a sender, a listener, or a session of one. A call that a role has no use for fails with
 * the code that the role gives for it.
 *
 * @module
 */

import type { Nla } from "../base/nla.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import type { Tsi } from "../base/tsi.ts";
import { WinsockError, type WsaName } from "./winsock_error.ts";

/** The calls that not every role has a use for. */
export type Call =
  | "connect"
  | "listen"
  | "accept"
  | "send"
  | "recv"
  | "shutdown"
  | "getsockname"
  | "getpeername"
  | "getsockopt"
  | "setsockopt";

/** What {@link PgmSocket.wsaRecv} gives. */
export interface Received {
  /** How many octets are in the buffer. */
  readonly bytes: number;
  /** MSG_PARTIAL if the message has more, else 0. */
  readonly flags: number;
}

/** Who is at the other end of a session that was accepted. */
export interface Peer {
  /** The address of the source. */
  readonly address: Nla;
  /** The data-source port. */
  readonly port: number;
  /** The session. */
  readonly tsi: Tsi;
  /** The sequence number that the first message began with, or `undefined` before it came. */
  readonly firstSqn: Sqn | undefined;
}

/** The session that a connected sender sends. */
export interface SentSession {
  /** The address of the interface that it is sent on. */
  readonly address: Nla;
  /** The data-source port. */
  readonly port: number;
  /** The session. */
  readonly tsi: Tsi;
  /** The sequence number of the first data packet. */
  readonly firstSqn: Sqn;
  /** The octets of data in a packet at most. */
  readonly maxTsdu: number;
}

/** What a socket is ready for. */
export interface Readiness {
  /** `recv` gives data, or tells of the end. */
  readonly readable: boolean;
  /** `send` takes what it refused, or an octet, or tells of the end. */
  readonly writable: boolean;
  /** `accept` gives a session. */
  readonly acceptable: boolean;
}

/** Readiness for nothing. */
export const NOT_READY: Readiness = { readable: false, writable: false, acceptable: false };

/** A role: overrides the calls that it has a use for. */
export class Role {
  readonly #refusals: Readonly<Partial<Record<Call, WsaName>>>;

  constructor(refusals: Readonly<Partial<Record<Call, WsaName>>>) {
    this.#refusals = refusals;
  }

  /** What the socket is ready for. */
  readiness(_now: Instant): Readiness {
    return NOT_READY;
  }

  connect(_now: Instant, _group: string, _port: number): void {
    this.#refuse("connect");
  }

  listen(_now: Instant, _backlog: number): void {
    this.#refuse("listen");
  }

  accept(_now: Instant): Role {
    return this.#refuse("accept");
  }

  send(_now: Instant, _octets: Uint8Array): number {
    return this.#refuse("send");
  }

  recv(_now: Instant, _buffer: Uint8Array): Received {
    return this.#refuse("recv");
  }

  getsockname(): SentSession {
    return this.#refuse("getsockname");
  }

  getpeername(): Peer {
    return this.#refuse("getpeername");
  }

  shutdown(_now: Instant, _how: number): void {
    this.#refuse("shutdown");
  }

  getOption(_now: Instant, _level: number, _option: number): unknown {
    return this.#refuse("getsockopt");
  }

  setOption(_level: number, _option: number, _value: unknown): void {
    this.#refuse("setsockopt");
  }

  /** The socket is closed. */
  close(_now: Instant): void {}

  /** An interface has gone. */
  interfaceDown(_now: Instant, _iface: number): void {}

  #refuse(call: Call): never {
    const name = this.#refusals[call] ?? "WSAEOPNOTSUPP";
    throw new WinsockError(name, `${call} is not for a socket in this state`);
  }
}

/** A socket before `bind`: it has no role yet, and so no options. */
export class Unbound extends Role {
  constructor() {
    super({
      connect: "WSAEINVAL",
      listen: "WSAEINVAL",
      accept: "WSAEINVAL",
      send: "WSAENOTCONN",
      recv: "WSAENOTCONN",
      getsockname: "WSAEINVAL",
      getpeername: "WSAENOTCONN",
      shutdown: "WSAENOTCONN",
      getsockopt: "WSAEINVAL",
      setsockopt: "WSAEINVAL",
    });
  }
}
