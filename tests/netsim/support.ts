/**
 * What the tests of headers and captures share.
 *
 * @module
 */

import { Datagram, type DatagramInit } from "../../engine/base/datagram.ts";
import { type Nla, parseNla } from "../../engine/base/nla.ts";
import type { Prng } from "../../engine/base/prng.ts";

/** The octets that the hexadecimal digits spell; white space is ignored. */
export function unhex(digits: string): Uint8Array {
  const pairs = digits.replace(/\s/g, "").match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => parseInt(pair, 16));
}

/** An address that is known to be one. */
export function nla(text: string): Nla {
  return parseNla(text)!;
}

/** An IPv4 datagram to a group, but for what is given. */
export function datagram4(init: Partial<DatagramInit> = {}): Datagram {
  return new Datagram({
    source: nla("10.9.0.1"),
    destination: nla("239.192.0.1"),
    ttl: 16,
    routerAlert: false,
    bytes: Uint8Array.of(1, 2, 3),
    ...init,
  });
}

/** An IPv6 datagram to a group, but for what is given. */
export function datagram6(init: Partial<DatagramInit> = {}): Datagram {
  return datagram4({ source: nla("fd00::9:1"), destination: nla("ff1e::7"), ...init });
}

/** A datagram of either family with random fields. */
export function randomDatagram(random: Prng): Datagram {
  const init = {
    ttl: random.below(256),
    routerAlert: random.below(2) === 1,
    bytes: Uint8Array.from({ length: random.below(80) }, () => random.u32()),
  };
  return random.below(2) === 1 ? datagram4(init) : datagram6(init);
}

/** What a header can say of a datagram: two datagrams are the same on the wire when these are equal. */
export function wireFields({ source, destination, ttl, routerAlert, multicast, bytes }: Datagram): unknown {
  return { source, destination, ttl, routerAlert, multicast, bytes: [...bytes] };
}

/** A copy with one to four random changes: an octet, a cut, or a removed or repeated piece. */
export function mutate(bytes: Uint8Array, random: Prng): Uint8Array {
  let list = [...bytes];
  for (let changes = 1 + random.below(4); changes > 0 && list.length > 0; changes--) {
    const at = random.below(list.length);
    const piece = list.slice(at, at + 1 + random.below(16));
    switch (random.below(5)) {
      case 0:
        list = list.slice(0, at);
        break;
      case 1:
        list.splice(at, piece.length);
        break;
      case 2:
        list.splice(at, 0, ...piece);
        break;
      case 3:
        list[at] = random.below(2) * 255;
        break;
      default:
        list[at] = random.below(256);
    }
  }
  return Uint8Array.from(list);
}
