/**
 * The sockets of a host (Windows Reliable Multicast): makes them, hands them what arrives, and keeps their time.
 *
 * @module
 */

import type { Datagram } from "../base/datagram.ts";
import type { Endpoint, Host } from "../base/host.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { PacketType } from "../wire/constants.ts";
import { type PacketView, ParseError, viewPacket } from "../wire/packet_view.ts";
import { Network, type StackInit } from "./network.ts";
import { shown } from "./option_values.ts";
import { PgmSocket } from "./pgm_socket.ts";
import { AF_INET, AF_INET6, IPPROTO_RM, SOCK_RDM, SOCK_STREAM } from "./rm_options.ts";
import { WinsockError } from "./winsock_error.ts";

/**
 * The PGM stack of one host, as Windows offers it to programs.
 *
 * @example A sender sends a message to a group and shuts down
 * ```ts
 * import {
 *   AF_INET, type Datagram, describePacket, IPPROTO_RM, parseNla, prngFromSeed, RM_RATE_WINDOW_SIZE, seconds, SOCK_RDM,
 *   Stack, viewPacket,
 * } from "@pgmlab/pgmlab";
 *
 * const sent: string[] = [];
 * const host = {
 *   random: prngFromSeed(1),
 *   address: () => parseNla("10.0.0.1")!,
 *   isLocal: () => true,
 *   transmit: (_iface: number, datagram: Datagram) => sent.push(describePacket(viewPacket(datagram))),
 *   joinGroup: () => {},
 *   leaveGroup: () => {},
 *   note: () => {},
 * };
 * const stack = new Stack(host, { interfaces: 1 });
 * const socket = stack.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
 * socket.bind("0.0.0.0", 0);
 * socket.setsockopt(IPPROTO_RM, RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 1000, WindowSizeInMSecs: 10_000 });
 * socket.connect(0, "239.192.0.1", 7500);
 * socket.send(0, new TextEncoder().encode("hello"));
 * socket.shutdown(0, 1);
 * socket.closesocket(0);
 * while (stack.nextTimeout() < seconds(1)) stack.handleTimeout(stack.nextTimeout());
 *
 * if (!sent.some((packet) => packet.startsWith("ODATA 0"))) throw new Error(sent.join("; "));
 * ```
 */
export class Stack implements Endpoint {
  /** Packets that fail to parse or whose checksum is wrong. */
  malformed = 0;
  /** Packets that are for no socket of the host. */
  unclaimed = 0;
  readonly #network: Network;

  /** `host` is called by the stack only from within its own methods, and those of its sockets. */
  constructor(host: Host, init: StackInit) {
    this.#network = new Network(host, init);
  }

  /**
   * A new socket.
   *
   * @throws {WinsockError} WSAEAFNOSUPPORT unless the family is AF_INET or AF_INET6; WSAESOCKTNOSUPPORT unless the type is
   * SOCK_RDM or SOCK_STREAM; WSAEPROTONOSUPPORT unless the protocol is IPPROTO_RM
   */
  socket(family: number, type: number, protocol: number): PgmSocket {
    if (family !== AF_INET && family !== AF_INET6) {
      throw new WinsockError("WSAEAFNOSUPPORT", `address family ${shown(family)} must be AF_INET or AF_INET6`);
    }
    if (type !== SOCK_RDM && type !== SOCK_STREAM) {
      throw new WinsockError("WSAESOCKTNOSUPPORT", `type ${shown(type)} must be SOCK_RDM or SOCK_STREAM`);
    }
    if (protocol !== IPPROTO_RM) {
      throw new WinsockError("WSAEPROTONOSUPPORT", `protocol ${shown(protocol)} must be IPPROTO_RM`);
    }
    return new PgmSocket(this.#network, family, type);
  }

  /** An interface has gone: the sessions that use it are disconnected. */
  interfaceDown(now: Instant, iface: number): void {
    this.#network.setUp(iface, false);
    for (const [port, source] of this.#network.sources) {
      if (source.config.iface === iface) this.#network.sources.delete(port);
    }
    for (const group of this.#network.groups) group.interfaceDown(iface);
    for (const socket of this.#network.sockets) socket.interfaceDown(now, iface);
    this.#settle(now);
  }

  /** An interface is back: it may be used again. */
  interfaceUp(_now: Instant, iface: number): void {
    this.#network.setUp(iface, true);
  }

  /** Takes a packet in; whatever is wrong with it is counted. */
  handleDatagram(now: Instant, iface: number, datagram: Datagram): void {
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) {
      this.malformed++;
      return;
    }
    if (this.#handOver(now, iface, datagram, view)) this.#settle(now);
    else this.unclaimed++;
  }

  /** Fires everything that is due. */
  handleTimeout(now: Instant): void {
    for (const [port, source] of this.#network.sources) {
      if (source.nextTimeout() <= now) source.handleTimeout(now);
      if (source.state === "closed") this.#network.sources.delete(port);
    }
    for (const group of this.#network.groups) group.handleTimeout(now);
    this.#settle(now);
  }

  /** When {@link Stack.handleTimeout} is due. */
  nextTimeout(): Instant {
    let next = NEVER;
    for (const source of this.#network.sources.values()) next = Math.min(next, source.nextTimeout());
    for (const { receiver } of this.#network.groups) next = Math.min(next, receiver.nextTimeout());
    return next;
  }

  /**
   * What is for a sender is sent to its own address; what is for receivers, to the group, but for the NCFs of a parent
   * that cannot reach them by multicast (section 15.3.2). Gives whether any takes it.
   */
  #handOver(now: Instant, iface: number, datagram: Datagram, view: PacketView): boolean {
    if (datagram.multicast || view.type === PacketType.NCF) {
      for (const group of this.#network.groups) {
        if (!group.takes(datagram, view)) continue;
        group.handleDatagram(now, iface, datagram);
        return true;
      }
      return false;
    }
    const source = this.#network.sources.get(view.sessionPort);
    source?.handleDatagram(now, iface, datagram);
    return source !== undefined;
  }

  #settle(now: Instant): void {
    for (const socket of this.#network.sockets) socket.settle(now);
  }
}
