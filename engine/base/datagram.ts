/**
 * The unit that crosses the network. A datagram is immutable once sent: receivers, windows, repairs and traces
 * share its octets. What is learned about the octets (parsed view, hash) is remembered once, for every copy of it.
 *
 * @module
 */

import { isMulticast, type Nla } from "./nla.ts";

/** The IP protocol number of PGM. */
export const IP_PROTOCOL_PGM = 113;

/** What is remembered about the octets of a datagram, shared by all its copies along the way. */
export class DatagramMemo {
  /** The parsed packet, owned by the protocol's codec. */
  view: unknown = undefined;
  /** A 32-bit hash of the octets, owned by the simulator; -1 until computed. */
  hash = -1;
  /** The class for statistics, owned by the simulator; -1 until computed. */
  class = -1;
}

/** What {@link Datagram} is built from. */
export interface DatagramInit {
  readonly source: Nla;
  readonly destination: Nla;
  readonly ttl: number;
  readonly routerAlert: boolean;
  /** The transport packet, without the IP header. */
  readonly bytes: Uint8Array;
}

/** An IP datagram: the header fields that matter, and the octets of the transport packet. */
export class Datagram {
  readonly source: Nla;
  readonly destination: Nla;
  readonly ttl: number;
  /** Whether the IP Router Alert option is present (RFC 2113, RFC 2711). */
  readonly routerAlert: boolean;
  /** Whether the destination is a multicast group. */
  readonly multicast: boolean;
  readonly bytes: Uint8Array;
  readonly memo: DatagramMemo;

  constructor(init: DatagramInit, memo: DatagramMemo = new DatagramMemo()) {
    this.source = init.source;
    this.destination = init.destination;
    this.ttl = init.ttl;
    this.routerAlert = init.routerAlert;
    this.multicast = isMulticast(init.destination);
    this.bytes = init.bytes;
    this.memo = memo;
  }

  /** The same datagram one hop further: the TTL is one less, octets and memo are shared. */
  nextHop(): Datagram {
    return new Datagram(
      {
        source: this.source,
        destination: this.destination,
        ttl: this.ttl - 1,
        routerAlert: this.routerAlert,
        bytes: this.bytes,
      },
      this.memo,
    );
  }
}
