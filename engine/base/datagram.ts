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
  hash: number = -1;
  /** The class for statistics, owned by the simulator; -1 until computed. */
  class: number = -1;
  /** Whether an impairment has damaged the octets, owned by the simulator. */
  damaged = false;
}

/** What {@link Datagram} is built from. */
export interface DatagramInit {
  /** Never a group. Not always the sender's own: network elements speak in the name of sources. */
  readonly source: Nla;
  /** An address or a multicast group, of the same family as `source`. */
  readonly destination: Nla;
  /** Hops left, 0 .. 255. */
  readonly ttl: number;
  /** Whether routers are to look into it; set for SPM, NCF and RDATA (RFC 3208, section 4). */
  readonly routerAlert: boolean;
  /** The transport packet, without the IP header; not to be changed from now on. */
  readonly bytes: Uint8Array;
}

/** An IP datagram: the header fields that matter, and the octets of the transport packet. */
export class Datagram {
  /** The source address of the IP header. */
  readonly source: Nla;
  /** The destination address of the IP header. */
  readonly destination: Nla;
  /** Hops left: the TTL of IPv4, the hop limit of IPv6. */
  readonly ttl: number;
  /** Whether the IP Router Alert option is present (RFC 2113, RFC 2711). */
  readonly routerAlert: boolean;
  /** Whether the destination is a multicast group. */
  readonly multicast: boolean;
  /** The transport packet, without the IP header; shared by all copies, so never to be changed. */
  readonly bytes: Uint8Array;
  /** What is remembered about `bytes`. */
  readonly memo: DatagramMemo;

  /** `memo` is given for a copy: that of a datagram with the same octets. */
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
