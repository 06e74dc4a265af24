/**
 * Addresses for interfaces that were given none. Segments get blocks one after the other, in `10.0.0.0/8` or
 * `fd00::/16`; interfaces get the addresses of the block in the order of attachment, from 1. A block has 256
 * addresses, or the least power of two that is enough, so that small networks read well: segment 2 is `10.0.2.x`.
 *
 * @module
 */

import { type Nla, nlaFromBytes } from "../../engine/base/nla.ts";

const BLOCK = 256;

/** Hands out addresses that are not taken. */
export class AddressPlan {
  readonly #taken: Set<Nla>;
  readonly #family: 4 | 6;
  readonly #starts: number[] = [];
  readonly #used: number[] = [];

  /** `attachments` is the number of interfaces on each segment; `taken` has the addresses that users chose. */
  constructor(family: 4 | 6, attachments: readonly number[], taken: ReadonlySet<Nla>) {
    this.#family = family;
    this.#taken = new Set(taken);
    let next = 0;
    for (const count of attachments) {
      let block = BLOCK;
      while (block < count + 2) block *= 2;
      const start = Math.ceil(next / block) * block;
      this.#starts.push(start);
      this.#used.push(0);
      next = start + block;
    }
  }

  /** The next address on a segment. */
  next(segment: number): Nla {
    for (;;) {
      const host = this.#used[segment]! + 1;
      this.#used[segment] = host;
      const nla = this.#family === 4 ? ipv4(this.#starts[segment]! + host) : ipv6(segment, host);
      if (this.#taken.has(nla)) continue;
      this.#taken.add(nla);
      return nla;
    }
  }
}

function ipv4(offset: number): Nla {
  return nlaFromBytes(Uint8Array.of(10, offset >>> 16, offset >>> 8, offset), 0, 4);
}

/** `fd00:0:0:SEGMENT::HOST`. */
function ipv6(segment: number, host: number): Nla {
  const bytes = new Uint8Array(16);
  bytes[0] = 0xfd;
  bytes[6] = segment >>> 8;
  bytes[7] = segment;
  bytes[13] = host >>> 16;
  bytes[14] = host >>> 8;
  bytes[15] = host;
  return nlaFromBytes(bytes, 0, 16);
}
