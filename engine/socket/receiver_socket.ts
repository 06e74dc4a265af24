/**
 * A socket that listens: it is bound to a group and port, and gives sessions.
 *
 * ```text
 *   bound --listen--> listening --accept--> a session, with a socket of its own (session_socket.ts)
 *     options
 * ```
 *
 * @module
 */

import { isIpv6, type Nla } from "../base/nla.ts";
import type { Instant } from "../base/time.ts";
import { GroupReceiver } from "./group_receiver.ts";
import type { Network } from "./network.ts";
import { unsigned } from "./option_values.ts";
import * as rm from "./rm_options.ts";
import { receiverStats } from "./rm_stats.ts";
import { NOT_READY, type Readiness, Role } from "./role.ts";
import { SessionSocket } from "./session_socket.ts";
import { WinsockError } from "./winsock_error.ts";

/** The role of a socket that is bound to a group. */
export class ReceiverSocket extends Role {
  readonly #network: Network;
  readonly #group: GroupReceiver;
  readonly #any: Nla;
  readonly #stream: boolean;
  /** The addresses of the interfaces that were added; the first interface if none was. */
  readonly #added = new Set<Nla>();
  #highSpeed = 0;
  #listening = false;

  /** `any` is INADDR_ANY of the socket's family. */
  constructor(network: Network, any: Nla, stream: boolean, address: { readonly group: Nla; readonly port: number }) {
    super({ accept: "WSAEINVAL", recv: "WSAENOTCONN", shutdown: "WSAENOTCONN", getpeername: "WSAENOTCONN" });
    this.#network = network;
    this.#any = any;
    this.#stream = stream;
    if (network.first(isIpv6(any)) === undefined) throw new WinsockError("WSAENETDOWN", "no interface is up");
    for (const { group, port } of network.groups) {
      if (group !== address.group || port !== address.port) continue;
      throw new WinsockError("WSAEADDRINUSE", `another socket is bound to ${group}, port ${port}`);
    }
    this.#group = new GroupReceiver(network, address.group, address.port);
  }

  override readiness(): Readiness {
    return { ...NOT_READY, acceptable: this.#group.acceptable };
  }

  override listen(_now: Instant, backlog: number): void {
    const room = Math.max(1, unsigned("the backlog", backlog, 0x7fff_ffff));
    if (this.#listening) return;
    const interfaces = this.#interfaces();
    if (interfaces.length === 0) throw new WinsockError("WSAENETDOWN", "no interface to listen on is up");
    this.#listening = true;
    this.#group.listen(interfaces, room);
  }

  override connect(now: Instant, group: string, port: number): void {
    if (this.#listening) throw new WinsockError("WSAEINVAL", "the socket listens");
    super.connect(now, group, port);
  }

  override accept(now: Instant): Role {
    if (!this.#listening) return super.accept(now);
    const inbox = this.#group.accept();
    if (inbox === undefined) throw new WinsockError("WSAEWOULDBLOCK", "no session waits to be accepted");
    return new SessionSocket(this.#group, inbox, { stream: this.#stream, highSpeed: this.#highSpeed });
  }

  override close(): void {
    this.#group.close();
  }

  override getOption(_now: Instant, level: number, option: number): unknown {
    rm.checkOptionUse({ level, option, use: "get", role: "receiver", late: false });
    if (option === rm.RM_HIGH_SPEED_INTRANET_OPT) return this.#highSpeed;
    return receiverStats(this.#group.receiver.stats, undefined, 0);
  }

  override setOption(level: number, option: number, value: unknown): void {
    rm.checkOptionUse({ level, option, use: "set", role: "receiver", late: this.#listening });
    if (option === rm.RM_HIGH_SPEED_INTRANET_OPT) {
      this.#highSpeed = rm.checkNumber("RM_HIGH_SPEED_INTRANET_OPT", value, { from: 0, to: 1 });
      return;
    }
    const address = rm.checkAddress("the interface", value, this.#any);
    if (option === rm.RM_ADD_RECEIVE_IF) {
      if (this.#network.find(address) === undefined) {
        throw new WinsockError("WSAEADDRNOTAVAIL", `${address} is not the address of an interface that is up`);
      }
      this.#added.add(address);
    } else if (!this.#added.delete(address)) {
      throw new WinsockError("WSAEINVAL", `${address} was not added by RM_ADD_RECEIVE_IF`);
    }
  }

  /** The interfaces to listen on that are up. */
  #interfaces(): number[] {
    const found = this.#added.size === 0
      ? [this.#network.first(isIpv6(this.#any))]
      : Array.from(this.#added, (address) => this.#network.find(address));
    return found.filter((iface) => iface !== undefined);
  }
}
