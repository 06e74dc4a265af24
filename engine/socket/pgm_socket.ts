/**
 * A socket of Windows Reliable Multicast: the calls, whatever the role.
 *
 * @module
 */

import { type Nla, parseNla } from "../base/nla.ts";
import type { Instant } from "../base/time.ts";
import type { Network } from "./network.ts";
import { unsigned } from "./option_values.ts";
import { AF_INET6, type RmGetValues, type RmSetValues, SOCK_STREAM } from "./rm_options.ts";
import { type Readiness, type Role, Unbound } from "./role.ts";
import { SenderSocket } from "./sender_socket.ts";
import { WinsockError } from "./winsock_error.ts";

/**
 * A socket, made by {@link Stack.socket}. No call blocks: where Windows would, it fails with WSAEWOULDBLOCK. A call that
 * fails throws a {@link WinsockError} and changes nothing. Every call after {@link PgmSocket.closesocket} fails with
 * WSAENOTSOCK.
 */
export class PgmSocket {
  /** Called when what the socket is ready for has changed. It may call the socket. */
  onReadiness: ((now: Instant, readiness: Readiness) => void) | undefined = undefined;
  readonly #network: Network;
  readonly #any: Nla;
  readonly #stream: boolean;
  #role: Role = new Unbound();
  #closed = false;
  #told = 0;

  /** Made by {@link Stack.socket}. */
  constructor(network: Network, family: number, type: number) {
    this.#network = network;
    this.#any = parseNla(family === AF_INET6 ? "::" : "0.0.0.0")!;
    this.#stream = type === SOCK_STREAM;
  }

  /** Whether the socket was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** What the socket is ready for. */
  readiness(now: Instant): Readiness {
    return this.#open().readiness(now);
  }

  /**
   * Makes the socket a sender: `address` is INADDR_ANY (`0.0.0.0`, or `::`), and the port is ignored.
   *
   * @throws {WinsockError} WSAEINVAL if it is bound; WSAEFAULT for what is no address of its family, or no port;
   * WSAEADDRNOTAVAIL for any other address
   */
  bind(address: string, port: number): void {
    if (!(this.#open() instanceof Unbound)) throw new WinsockError("WSAEINVAL", "the socket is bound");
    const nla = parseNla(address);
    if (nla === undefined || nla.includes(":") !== this.#any.includes(":")) {
      throw new WinsockError("WSAEFAULT", `${address} is no address of the socket's family`);
    }
    unsigned("port", port, 65_535);
    if (nla !== this.#any) throw new WinsockError("WSAEADDRNOTAVAIL", `${address} is not INADDR_ANY`);
    this.#role = new SenderSocket(this.#network, this.#any, this.#stream);
  }

  /**
   * Connects a sender to a group and port. Nothing is sent for that but an SPM; the transport chooses the session.
   *
   * @throws {WinsockError} WSAEINVAL before bind; WSAEISCONN if it is connected; WSAEFAULT for what is no address of its
   * family, or no port; WSAEADDRNOTAVAIL for what is no group, or port 0; WSAENETDOWN if no interface is up
   */
  connect(now: Instant, group: string, port: number): void {
    this.#open().connect(now, group, port);
    this.settle(now);
  }

  /**
   * Sends octets: a message, a part of the message that RM_SET_MESSAGE_BOUNDARY announced, or a piece of the stream. They
   * are copied. Gives how many: all of them.
   *
   * @throws {WinsockError} WSAENOTCONN before connect; WSAESHUTDOWN after shutdown; WSAECONNRESET when the interface is
   * gone; WSAEINVAL for no octets; WSAEMSGSIZE for more than 64 Mi, or more than the message boundary; WSAEWOULDBLOCK if
   * the window is full; WSAEOPNOTSUPP on a receiver
   */
  send(now: Instant, octets: Uint8Array): number {
    try {
      return this.#open().send(now, octets);
    } finally {
      this.settle(now);
    }
  }

  /**
   * Announces that a sender is done (`how` is SD_SEND 1 or SD_BOTH 2): all that was sent leaves, and is repaired for a
   * window's time, even after closesocket. Half a message is dropped. The second shutdown does nothing.
   *
   * @throws {WinsockError} WSAENOTCONN before connect; WSAEINVAL or WSAEFAULT for another `how`; WSAEOPNOTSUPP for
   * SD_RECEIVE 0
   */
  shutdown(now: Instant, how: number): void {
    this.#open().shutdown(now, how);
    this.settle(now);
  }

  /**
   * Closes the socket. A sender that was not shut down is gone at once: what waits is not sent, and nothing is repaired.
   *
   * @throws {WinsockError} WSAENOTSOCK if it is closed
   */
  closesocket(now: Instant): void {
    this.#open().close(now);
    this.#closed = true;
  }

  /**
   * The value of an option.
   *
   * @throws {WinsockError} WSAEINVAL before bind; WSAENOPROTOOPT for no option that can be read; WSAEOPNOTSUPP for one of
   * the other role
   */
  getsockopt<Option extends keyof RmGetValues>(now: Instant, level: number, option: Option): RmGetValues[Option] {
    return this.#open().getOption(now, level, option) as RmGetValues[Option];
  }

  /**
   * Sets an option.
   *
   * @throws {WinsockError} WSAENOPROTOOPT for no option that can be set; WSAEOPNOTSUPP for one of the other role or mode;
   * WSAEINVAL before bind, after connect, or for a value out of range; WSAEFAULT for a value of another type;
   * WSAEADDRNOTAVAIL for an address that is not local
   */
  setsockopt<Option extends keyof RmSetValues>(level: number, option: Option, value: RmSetValues[Option]): void {
    this.#open().setOption(level, option, value);
  }

  /** Called by {@link Stack}: an interface has gone. */
  interfaceDown(now: Instant, iface: number): void {
    this.#role.interfaceDown(now, iface);
  }

  /** Called by {@link Stack}: tells the application if readiness has changed. */
  settle(now: Instant): void {
    if (this.#closed) return;
    const readiness = this.#role.readiness(now);
    const bits = Number(readiness.readable) + 2 * Number(readiness.writable) + 4 * Number(readiness.acceptable);
    if (bits === this.#told) return;
    this.#told = bits;
    this.onReadiness?.(now, readiness);
  }

  #open(): Role {
    if (this.#closed) throw new WinsockError("WSAENOTSOCK", "the socket is closed");
    return this.#role;
  }
}
