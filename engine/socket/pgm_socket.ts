/**
 * A socket of Windows Reliable Multicast: the calls, whatever the role.
 *
 * @module
 */

import { isMulticast, type Nla, parseNla } from "../base/nla.ts";
import type { Instant } from "../base/time.ts";
import type { Network } from "./network.ts";
import { shown, unsigned } from "./option_values.ts";
import { ReceiverSocket } from "./receiver_socket.ts";
import { AF_INET6, checkAddress, type RmGetValues, type RmSetValues, SOCK_STREAM } from "./rm_options.ts";
import { type Peer, type Readiness, type Received, type Role, type SentSession, Unbound } from "./role.ts";
import { SenderSocket } from "./sender_socket.ts";
import { FIONBIO, MSG_PARTIAL } from "./winsock.ts";
import { WinsockError } from "./winsock_error.ts";

/**
 * A socket, made by {@link Stack.socket}. No call blocks: where Windows would, it fails with WSAEWOULDBLOCK. A call that
 * fails throws a {@link WinsockError} and changes nothing. Every call after {@link PgmSocket.closesocket} fails with
 * WSAENOTSOCK.
 *
 * @example A program receives what another sends
 * ```ts
 * import {
 *   AF_INET, IPPROTO_RM, ms, parseNla, RM_RATE_WINDOW_SIZE, SD_SEND, seconds, Simulation, SOCK_RDM, Stack, WinsockError,
 * } from "@pgmlab/pgmlab";
 *
 * const network = new Simulation({ seed: 1 });
 * const lan = network.addSegment("lan", { bitsPerSecond: 100_000_000, delay: ms(1), queueBytes: 262_144, mtu: 1500 });
 * const [sender, receiver] = ["10.0.0.1", "10.0.0.2"].map((address, index) => {
 *   const node = network.addNode(`host-${index}`, { forwards: false });
 *   network.attach(node, lan, { address: parseNla(address)!, cost: 1 });
 *   return node;
 * });
 * const stackOf = (node: typeof sender) => {
 *   let stack: Stack | undefined;
 *   node!.run((host) => stack = new Stack(host, { interfaces: 1 }));
 *   return stack!;
 * };
 *
 * const heard: string[] = [];
 * const listener = stackOf(receiver).socket(AF_INET, SOCK_RDM, IPPROTO_RM);
 * listener.bind("239.192.0.1", 7500);
 * listener.listen(0, 5);
 * listener.onReadiness = (now, { acceptable }) => {
 *   if (!acceptable) return;
 *   const session = listener.accept(now);
 *   const read = (now: number) => {
 *     try {
 *       for (const buffer = new Uint8Array(1000);;) heard.push(`${session.recv(now, buffer)} octets`);
 *     } catch (error) {
 *       if (!(error instanceof WinsockError)) throw error;
 *       if (error.name !== "WSAEWOULDBLOCK") heard.push(error.name);
 *     }
 *   };
 *   session.onReadiness = (now, { readable }) => readable && read(now);
 *   read(now);
 * };
 *
 * const socket = stackOf(sender).socket(AF_INET, SOCK_RDM, IPPROTO_RM);
 * socket.bind("0.0.0.0", 0);
 * socket.setsockopt(IPPROTO_RM, RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 1000, WindowSizeInMSecs: 5000 });
 * socket.connect(0, "239.192.0.1", 7500);
 * for (const length of [100, 200]) socket.send(0, new Uint8Array(length));
 * socket.shutdown(0, SD_SEND);
 * socket.closesocket(0);
 * network.poke(sender!);
 * network.run({ until: seconds(10), maxEvents: 10_000 });
 *
 * if (heard.join() !== "100 octets,200 octets,WSAEDISCON") throw new Error(heard.join());
 * ```
 */
export class PgmSocket {
  /**
   * Called when what the socket is ready for has changed: whoever reads, reads until WSAEWOULDBLOCK. It may call the
   * socket.
   */
  onReadiness: ((now: Instant, readiness: Readiness) => void) | undefined = undefined;
  readonly #network: Network;
  readonly #family: number;
  readonly #type: number;
  #role: Role;
  #closed = false;
  #nonBlocking = false;
  #told = 0;

  /** Made by {@link Stack.socket} and {@link PgmSocket.accept}. */
  constructor(network: Network, family: number, type: number, role: Role = new Unbound()) {
    this.#network = network;
    this.#family = family;
    this.#type = type;
    this.#role = role;
    network.sockets.add(this);
  }

  /** Whether the socket was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether FIONBIO was set: whoever waits on behalf of programs must not wait for this socket. */
  get nonBlocking(): boolean {
    return this.#nonBlocking;
  }

  /** What the socket is ready for. */
  readiness(now: Instant): Readiness {
    return this.#open().readiness(now);
  }

  /**
   * Makes the socket a sender, if `address` is INADDR_ANY (`0.0.0.0`, or `::`), whatever the port; or a receiver of a
   * group and port.
   *
   * @throws {WinsockError} WSAEINVAL if it is bound; WSAEFAULT for what is no address of its family, or no port;
   * WSAEADDRNOTAVAIL for any other address, or a group with port 0; WSAENETDOWN for a group if no interface is up;
   * WSAEADDRINUSE if another socket of the host receives the group and port
   */
  bind(address: string, port: number): void {
    if (!(this.#open() instanceof Unbound)) throw new WinsockError("WSAEINVAL", "the socket is bound");
    const any: Nla = parseNla(this.#family === AF_INET6 ? "::" : "0.0.0.0")!;
    const nla = checkAddress("the address", address, any);
    unsigned("port", port, 65_535);
    const stream = this.#type === SOCK_STREAM;
    if (nla === any) {
      this.#role = new SenderSocket(this.#network, any, stream);
      return;
    }
    if (!isMulticast(nla)) throw new WinsockError("WSAEADDRNOTAVAIL", `${address} is neither INADDR_ANY nor a group`);
    if (port === 0) throw new WinsockError("WSAEADDRNOTAVAIL", "port 0 cannot be received");
    this.#role = new ReceiverSocket(this.#network, any, stream, { group: nla, port });
  }

  /**
   * Connects a sender to a group and port. Nothing is sent for that but an SPM; the transport chooses the session.
   *
   * @throws {WinsockError} WSAEINVAL before bind and on a socket that listens; WSAEISCONN if it is connected; WSAEFAULT for
   * what is no address of its family, or no port; WSAEADDRNOTAVAIL for what is no group, or port 0; WSAENETDOWN if no
   * interface is up; WSAENOBUFS if the host sends 60,000 sessions already; WSAEOPNOTSUPP on a receiver
   */
  connect(now: Instant, group: string, port: number): void {
    this.#open().connect(now, group, port);
    this.settle(now);
  }

  /**
   * Begins to receive the group, on the interfaces of RM_ADD_RECEIVE_IF or the first that is up. As many sessions as
   * `backlog` says, at least one, may wait to be accepted; further ones are ignored as long as they do. Of a listening
   * socket it changes nothing.
   *
   * @throws {WinsockError} WSAEINVAL before bind; WSAEFAULT for a backlog that is no integer of 0 or more; WSAENETDOWN if
   * no interface to listen on is up; WSAEOPNOTSUPP on other sockets
   */
  listen(now: Instant, backlog: number): void {
    this.#open().listen(now, backlog);
  }

  /**
   * Gives a socket for the session that waits longest. A session waits from its first ODATA on.
   *
   * @throws {WinsockError} WSAEINVAL before listen; WSAEWOULDBLOCK if none waits; WSAEOPNOTSUPP on other sockets
   */
  accept(now: Instant): PgmSocket {
    const socket = new PgmSocket(this.#network, this.#family, this.#type, this.#open().accept(now));
    socket.#nonBlocking = this.#nonBlocking;
    this.settle(now);
    return socket;
  }

  /**
   * The session of a sender, which connect has chosen.
   *
   * @throws {WinsockError} WSAEINVAL before connect; WSAEOPNOTSUPP on a receiver
   */
  getsockname(): SentSession {
    return this.#open().getsockname();
  }

  /**
   * Who sends the session that was accepted, and where in it the socket began.
   *
   * @throws {WinsockError} WSAENOTCONN on a socket that listens or is not bound; WSAEOPNOTSUPP on a sender
   */
  getpeername(): Peer {
    return this.#open().getpeername();
  }

  /**
   * Sends octets: a message, a part of the message that RM_SET_MESSAGE_BOUNDARY announced, or a piece of the stream. They
   * are copied. Gives how many: all of them.
   *
   * @throws {WinsockError} WSAENOTCONN before connect; WSAESHUTDOWN after shutdown; WSAECONNRESET when the interface is
   * gone; WSAEFAULT for what is no Uint8Array; WSAEINVAL for no octets; WSAEMSGSIZE for more than 64 Mi, or more than the message boundary; WSAEWOULDBLOCK if
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
   * Receives octets into `buffer` and gives how many. In message mode they are of one message: if it has more, the buffer
   * is full and the call fails with WSAEMSGSIZE; the rest comes with the next calls, the last of which does not fail. In
   * stream mode they are as many as there are.
   *
   * @throws {WinsockError} WSAEWOULDBLOCK if there is nothing yet; WSAEMSGSIZE, see above; WSAEDISCON once the source has
   * finished and everything was read; WSAECONNRESET once everything was read before a loss that cannot be repaired,
   * before the source aborted or fell silent, or before the interface was gone; or at once if the reader is behind by
   * more than the sender's window; WSAESHUTDOWN after shutdown; WSAEFAULT for what is no Uint8Array; WSAEINVAL for a
   * buffer without room; WSAENOTCONN on a socket that listens or is not bound; WSAEOPNOTSUPP on a sender
   */
  recv(now: Instant, buffer: Uint8Array): number {
    const { bytes, flags } = this.wsaRecv(now, buffer);
    if (flags === MSG_PARTIAL) throw new WinsockError("WSAEMSGSIZE", `the message is larger than ${bytes} octets`);
    return bytes;
  }

  /**
   * The same as {@link PgmSocket.recv}, but does not fail for a message that has more octets: it says so.
   *
   * @throws {WinsockError} as recv, but for WSAEMSGSIZE
   */
  wsaRecv(now: Instant, buffer: Uint8Array): Received {
    const received = this.#open().recv(now, buffer);
    this.settle(now);
    return received;
  }

  /**
   * Of a sender (`how` is SD_SEND 1 or SD_BOTH 2), announces that it is done: all that was sent leaves, and is repaired
   * for a window's time, even after closesocket. Half a message is dropped. Of a session (SD_RECEIVE 0 or SD_BOTH 2),
   * drops what was not read, and leaves the session. The second shutdown does nothing.
   *
   * @throws {WinsockError} WSAENOTCONN before connect and on a socket that listens; WSAEINVAL or WSAEFAULT for another
   * `how`; WSAECONNRESET when the interface of the sender is gone; WSAEOPNOTSUPP for the direction that a sender or a
   * session does not have
   */
  shutdown(now: Instant, how: number): void {
    this.#open().shutdown(now, how);
    this.settle(now);
  }

  /**
   * Closes the socket. A sender that was not shut down is gone at once: what waits is not sent, and nothing is repaired.
   * The sessions of a listening socket that were accepted go on. A session that its source has not finished can be
   * accepted anew, from its next ODATA on.
   *
   * @throws {WinsockError} WSAENOTSOCK if it is closed
   */
  closesocket(now: Instant): void {
    this.#open().close(now);
    this.#closed = true;
    this.#network.sockets.delete(this);
  }

  /**
   * FIONBIO says whether calls fail rather than wait: the argument is 0 for waiting, the default. No call waits here;
   * whoever waits on behalf of a program reads {@link PgmSocket.nonBlocking}. Sessions inherit it.
   *
   * @throws {WinsockError} WSAEOPNOTSUPP for any other command; WSAEFAULT for an argument that is no u32
   */
  ioctlsocket(command: number, argument: number): void {
    this.#open();
    if (command !== FIONBIO) throw new WinsockError("WSAEOPNOTSUPP", `command ${shown(command)} must be FIONBIO`);
    this.#nonBlocking = unsigned("the argument of FIONBIO", argument, 0xffff_ffff) !== 0;
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
   * WSAEINVAL before bind, after connect or listen, or for a value out of range; WSAEFAULT for a value of another type;
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
