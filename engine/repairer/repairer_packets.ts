/**
 * The packets that a repairer sends (RFC 3208, sections 3.6.3.2 and 9.5.2). What goes to the group bears the address of
 * the source, and Router Alert, so that it follows the tree of the data and network elements look at it; what goes to
 * the parent bears the repairer's own address, and is no business of the routers on the way.
 *
 * @module
 */

import { Datagram } from "../base/datagram.ts";
import type { Host } from "../base/host.ts";
import type { Nla } from "../base/nla.ts";
import { Slab } from "../base/slab.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Tsi } from "../base/tsi.ts";
import { parityPacket, type WholeGroup } from "../fec/parity_packets.ts";
import { encodePacket, encodeRepair } from "../wire/encode.ts";
import type { OptionValue } from "../wire/values.ts";

/** The session that a packet is about, as its receiver knows it. */
export interface AboutSession {
  readonly tsi: Tsi;
  readonly sourceNla: Nla;
}

/** Where a packet goes: to a node, or to the group. */
export interface Way {
  readonly iface: number;
  /** `undefined` for the group. */
  readonly to: Nla | undefined;
}

/** What a NAK or NCF names. */
export interface Asked {
  readonly sqns: readonly Sqn[];
  /** Whether the numbers are transmission groups and counts of packets, each less one (section 11.3.1). */
  readonly parity: boolean;
}

/** What a redirecting POLR says. */
export interface Offer {
  /** The number of the poll that it answers; 0 where it answers an NCF. */
  readonly sqn: Sqn;
  /** The round of that poll, or 0. */
  readonly round: number;
  /** Whether parity is served. */
  readonly parity: boolean;
}

const PARITY = { parity: true } as const;

/** Beyond the subnet there may be plain routers before the next PGM hop. */
const TTL = 64;

/** Encodes and sends for one repairer. */
export class RepairerPackets {
  readonly #host: Host;
  readonly #group: Nla;
  readonly #port: number;
  readonly #slab = new Slab();

  constructor(host: Host, { group, port }: { readonly group: Nla; readonly port: number }) {
    this.#host = host;
    this.#group = group;
    this.#port = port;
  }

  /** The NCF for these numbers. */
  ncf(session: AboutSession, way: Way, asked: Asked): void {
    this.#send(session, way, encodePacket({ type: "NCF", ...this.#down(session), ...this.#naming(session, asked) }));
  }

  /** A NAK of the repairer's own for these numbers. */
  nak(session: AboutSession, way: Way, asked: Asked): void {
    this.#send(session, way, encodePacket({ type: "NAK", ...this.#up(session), ...this.#naming(session, asked) }));
  }

  /** A null NAK: the numbers were asked for, and are served. */
  nnak(session: AboutSession, way: Way, asked: Asked): void {
    this.#send(session, way, encodePacket({ type: "NNAK", ...this.#up(session), ...this.#naming(session, asked) }));
  }

  /** The octets of the repair of a packet, ODATA or RDATA as it was received. */
  repair(packet: Uint8Array, trail: Sqn): Uint8Array {
    return encodeRepair(this.#slab, packet, trail);
  }

  /** The octets of a parity packet of a group. */
  parity(session: AboutSession, group: WholeGroup, { index, trail }: { index: number; trail: Sqn }): Uint8Array {
    return parityPacket(group, index, { type: "RDATA", ...this.#down(session), trail });
  }

  /** Sends the octets of a repair. */
  rdata(session: AboutSession, way: Way, bytes: Uint8Array): void {
    this.#send(session, way, bytes);
  }

  /** A POLR that offers the repairer's address on the interface that it leaves through and, maybe, parity. */
  redirect(session: AboutSession, way: Way, { sqn, round, parity }: Offer): void {
    const options: OptionValue[] = [{ type: "REDIRECT", nla: this.#host.address(way.iface) }];
    const flags = parity ? PARITY : {};
    this.#send(session, way, encodePacket({ type: "POLR", ...this.#up(session), ...flags, sqn, round, options }));
  }

  #send({ sourceNla }: AboutSession, { iface, to }: Way, bytes: Uint8Array): void {
    const multicast = to === undefined;
    const source = multicast ? sourceNla : this.#host.address(iface);
    const destination = multicast ? this.#group : to;
    this.#host.transmit(iface, new Datagram({ source, destination, ttl: TTL, routerAlert: multicast, bytes }));
  }

  #down({ tsi }: AboutSession) {
    return { sourcePort: tsi.port, destinationPort: this.#port, gsi: tsi.gsi };
  }

  #up({ tsi }: AboutSession) {
    return { sourcePort: this.#port, destinationPort: tsi.port, gsi: tsi.gsi };
  }

  /** What NAKs and NCFs have in common: the first number in the header, the others in OPT_NAK_LIST. */
  #naming({ sourceNla }: AboutSession, { sqns, parity }: Asked) {
    const options: OptionValue[] = sqns.length === 1 ? [] : [{ type: "NAK_LIST", sqns: sqns.slice(1) }];
    return { ...(parity ? PARITY : {}), sqn: sqns[0]!, sourceNla, groupNla: this.#group, options };
  }
}
