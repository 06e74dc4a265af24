/**
 * What the sockets of a host share: its interfaces, its name in sessions, the sources that send and the groups that are
 * received.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { drawSourcePort, gsiFromHostname } from "../base/gsi.ts";
import type { Datagram } from "../base/datagram.ts";
import type { Host } from "../base/host.ts";
import { isIpv6, type Nla } from "../base/nla.ts";
import type { Prng } from "../base/prng.ts";
import type { Instant } from "../base/time.ts";
import type { Tsi } from "../base/tsi.ts";
import type { Receiver } from "../receiver/receiver.ts";
import type { Source } from "../source/source.ts";
import type { PacketView } from "../wire/packet_view.ts";

/** How many sessions ago a data-source port may be used again. */
const REMEMBERED_PORTS = 1_000;
/** How many sessions a host may send at a time: with those that are remembered, fewer than there are ports. */
const MOST_SOURCES = 60_000;

/** What a {@link Stack} is made with. */
export interface StackInit {
  /** How many interfaces the host has: their indexes are `0 .. interfaces - 1`. */
  readonly interfaces: number;
  /** The host's DNS name, which its GSI follows from; the address of its first interface unless given. */
  readonly hostname?: string;
}

/** What a stack drives on behalf of the sockets of a group and port: {@link GroupReceiver}. */
export interface BoundGroup {
  readonly group: Nla;
  readonly port: number;
  readonly receiver: Receiver;
  takes(datagram: Datagram, view: PacketView): boolean;
  handleDatagram(now: Instant, iface: number, datagram: Datagram): void;
  handleTimeout(now: Instant): void;
  interfaceDown(iface: number): void;
}

/** What a stack tells a socket: {@link PgmSocket}. */
export interface OpenSocket {
  settle(now: Instant): void;
  interfaceDown(now: Instant, iface: number): void;
}

/** The host of a stack, as its sockets see it. */
export class Network {
  /** Who transmits and knows addresses. */
  readonly host: Host;
  /** By data-source port; those of closed sockets as long as they linger. */
  readonly sources = new Map<number, Source>();
  /** What sockets are bound to; a group and port each. */
  readonly groups = new Set<BoundGroup>();
  /** Those that are not closed. */
  readonly sockets = new Set<OpenSocket>();
  /** How many listeners have joined a group on an interface, by both. */
  readonly #members = new Map<string, number>();
  readonly #up: boolean[];
  readonly #gsi: number;
  readonly #ports: Prng;
  /** The ports of the latest sessions, in order. */
  readonly #drawn = new Set<number>();

  constructor(host: Host, { interfaces, hostname }: StackInit) {
    assert(Number.isInteger(interfaces) && interfaces >= 1, "a host with sockets has at least one interface");
    this.host = host;
    this.#up = new Array<boolean>(interfaces).fill(true);
    this.#gsi = gsiFromHostname(hostname ?? host.address(0));
    this.#ports = host.random.fork("source ports");
  }

  /** Says whether an interface is there. */
  setUp(iface: number, up: boolean): void {
    assert(this.#up[iface] !== undefined, "the host has no such interface");
    this.#up[iface] = up;
  }

  /** The first interface of a family that is up. */
  first(ipv6: boolean): number | undefined {
    const iface = this.#up.findIndex((up, index) => up && isIpv6(this.host.address(index)) === ipv6);
    return iface < 0 ? undefined : iface;
  }

  /** The interface with this address, if it is up. */
  find(address: Nla): number | undefined {
    const iface = this.#up.findIndex((up, index) => up && this.host.address(index) === address);
    return iface < 0 ? undefined : iface;
  }

  /** Receives a group on an interface, for one listener more. */
  join(iface: number, group: Nla): void {
    const members = this.#members.get(`${iface}/${group}`) ?? 0;
    this.#members.set(`${iface}/${group}`, members + 1);
    if (members === 0) this.host.joinGroup(iface, group);
  }

  /** The same for one less. */
  leave(iface: number, group: Nla): void {
    const members = this.#members.get(`${iface}/${group}`)! - 1;
    this.#members.set(`${iface}/${group}`, members);
    if (members === 0) this.host.leaveGroup(iface, group);
  }

  /**
   * A session of the host that no other has, nor had lately: receivers remember those that have ended; `undefined` if
   * there are too many.
   */
  drawTsi(): Tsi | undefined {
    if (this.sources.size >= MOST_SOURCES) return undefined;
    const port = drawSourcePort(this.#ports, this.#drawn.union(this.sources));
    this.#drawn.add(port);
    for (const oldest of this.#drawn) if (this.#drawn.size > REMEMBERED_PORTS) this.#drawn.delete(oldest);
    return { gsi: this.#gsi, port };
  }
}
