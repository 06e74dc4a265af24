/**
 * The erasure code of forward error correction (RFC 3208, Appendix A): from k data packets, up to 255 - k parity
 * packets; from any k of them all, the data. RFC 3208 fixes neither field nor matrix; this is the code that deployed
 * stacks use, after L. Rizzo, "Effective erasure codes for reliable computer communication protocols" (1997).
 *
 * At each octet position the k data octets are the values of a polynomial of degree below k at the first k of 255
 * points, and parity packet j has its value at point k + j. Encoding and decoding are both Lagrange interpolation: from
 * the points whose packets are known to those whose packets are wanted. The points are 0, 1, 2, 4, 8 and so on, the
 * powers of 2 in GF(2^8). This gives the same matrix as a Vandermonde matrix made systematic, without an inversion.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { GF_EXP, GF_LOG, GF_ORDER } from "./galois.ts";
import { packetKernel } from "./packet_kernel.ts";

/** The most packets, data and parity together, that one transmission group can have. */
export const MAX_FEC_BLOCK = 255;

const NOTHING = new Uint8Array(0);

/** Point 0 is 0, point i is 2 to the power i - 1. */
const POINTS = Uint8Array.from({ length: MAX_FEC_BLOCK }, (_, i) => i === 0 ? 0 : GF_EXP[i - 1]!);

/**
 * The code for transmission groups of `k` data packets. All packets of a call have the same length; how packets of
 * several lengths come to one is in {@link padTsdu}. What is written may not overlap what is read. A code keeps nothing of
 * a group and may serve any number of them, one after the other.
 *
 * ```ts
 * import { ReedSolomon } from "@pgmlab/pgmlab";
 *
 * const code = new ReedSolomon(3);
 * const data = ["one", "two", "six"].map((text) => new TextEncoder().encode(text));
 * const parity = [new Uint8Array(3), new Uint8Array(3)];
 * code.encode(data, 0, parity);
 *
 * // The first and the last packet are lost.
 * const recovered = [new Uint8Array(3), new Uint8Array(3)];
 * code.decode([undefined, data[1], undefined], parity, [0, 1], recovered);
 * if (new TextDecoder().decode(recovered[1]) !== "six") throw new Error("not recovered");
 * ```
 */
export class ReedSolomon {
  /** Data packets in a group. */
  readonly k: number;
  /** Parity packets that there can be: their indexes are 0 to `maxParity - 1`. */
  readonly maxParity: number;
  /** For each point the logarithm of the product of its differences to all data points but itself. */
  readonly #dataProducts = new Uint8Array(MAX_FEC_BLOCK);
  /** The points of the packets that go into the kernel. */
  readonly #known: Uint8Array;
  /** For each of them, what {@link #product} says. */
  readonly #knownProducts: Uint8Array;
  /** How many data packets are missing, their points, and the points of the parity in their places. */
  #gaps = 0;
  readonly #missing = new Uint8Array(MAX_FEC_BLOCK);
  readonly #added = new Uint8Array(MAX_FEC_BLOCK);
  readonly #inputs: Uint8Array[];
  /** A row for each packet that is wanted. */
  readonly #matrix: Uint8Array[] = [];

  /** `k` is 1 to 254; anything else is a mistake of the caller and asserts. */
  constructor(k: number) {
    assert(Number.isInteger(k) && k >= 1 && k < MAX_FEC_BLOCK, "a group has 1 to 254 data packets");
    this.k = k;
    this.maxParity = MAX_FEC_BLOCK - k;
    this.#known = new Uint8Array(k);
    this.#knownProducts = new Uint8Array(k);
    this.#inputs = new Array<Uint8Array>(k).fill(NOTHING);
    for (let point = 0; point < MAX_FEC_BLOCK; point++) {
      let sum = 0;
      for (let other = 0; other < k; other++) sum += logDifference(point, other);
      this.#dataProducts[point] = sum % GF_ORDER;
    }
  }

  /**
   * Writes into `parity` the parity packets `first`, `first + 1` and so on of the group `data`, which has k packets.
   * Asserts that all indexes are below {@link maxParity} and that all packets have one length.
   */
  encode(data: readonly Uint8Array[], first: number, parity: readonly Uint8Array[]): void {
    assert(data.length === this.k, "a group has k data packets");
    assert(Number.isInteger(first) && first >= 0, "a parity index is an integer of at least 0");
    assert(first + parity.length <= this.maxParity, "a parity index is below 255 - k");
    if (parity.length === 0) return;
    assertOneLength(data, parity[0]!.length);
    assertOneLength(parity, parity[0]!.length);
    this.#gaps = 0;
    for (let column = 0; column < this.k; column++) this.#known[column] = column;
    this.#weighKnown();
    for (let row = 0; row < parity.length; row++) this.#fillRow(row, this.k + first + row);
    packetKernel().multiply(this.#matrix, data, parity);
  }

  /**
   * Writes into `recovered` the packets that are `undefined` in `data`, in their order. `parity` are packets of this
   * group and `indexes` their indexes; as many are used as data packets are missing, the first ones. Asserts that there
   * are enough, with different indexes below {@link maxParity}, that `recovered` has a buffer for each missing packet,
   * and that all packets have one length. What was encoded from other data decodes to other data: the code cannot tell.
   */
  decode(
    data: readonly (Uint8Array | undefined)[],
    parity: readonly Uint8Array[],
    indexes: ArrayLike<number>,
    recovered: readonly Uint8Array[],
  ): void {
    assert(data.length === this.k, "a group has k data packets");
    assert(parity.length === indexes.length, "each parity packet has an index");
    this.#gaps = 0;
    for (let column = 0; column < this.k; column++) this.#place(column, data[column], parity, indexes);
    assert(this.#gaps === recovered.length, "each missing packet has a buffer");
    if (recovered.length === 0) return;
    assertOneLength(this.#inputs, recovered[0]!.length);
    assertOneLength(recovered, recovered[0]!.length);
    this.#weighKnown();
    for (let row = 0; row < recovered.length; row++) this.#fillRow(row, this.#missing[row]!);
    packetKernel().multiply(this.#matrix, this.#inputs, recovered);
    // The packets are the caller's: they may go as soon as the caller lets go of them.
    this.#inputs.fill(NOTHING);
  }

  /** Takes the data packet of `column` as an input, or the next parity packet in its place. */
  #place(
    column: number,
    packet: Uint8Array | undefined,
    parity: readonly Uint8Array[],
    indexes: ArrayLike<number>,
  ): void {
    this.#known[column] = column;
    if (packet !== undefined) {
      this.#inputs[column] = packet;
      return;
    }
    const used = this.#gaps;
    assert(used < parity.length, "as many parity packets are needed as data packets are missing");
    const index = indexes[used]!;
    assert(Number.isInteger(index) && index >= 0 && index < this.maxParity, "a parity index is below 255 - k");
    const point = this.k + index;
    for (let i = 0; i < used; i++) assert(this.#added[i] !== point, "parity indexes differ from each other");
    this.#missing[used] = column;
    this.#added[used] = point;
    this.#known[column] = point;
    this.#inputs[column] = parity[used]!;
    this.#gaps++;
  }

  #weighKnown(): void {
    for (let column = 0; column < this.k; column++) {
      this.#knownProducts[column] = this.#product(this.#known[column]!);
    }
  }

  /** The factors with which the known packets sum up to the packet at `point`. */
  #fillRow(row: number, point: number): void {
    const factors = this.#matrix[row] ??= new Uint8Array(this.k);
    const product = this.#product(point) + 2 * GF_ORDER;
    for (let column = 0; column < this.k; column++) {
      const divisor = this.#knownProducts[column]! + logDifference(point, this.#known[column]!);
      factors[column] = GF_EXP[(product - divisor) % GF_ORDER]!;
    }
  }

  /** The logarithm of the product of the differences between `point` and all known points but itself. */
  #product(point: number): number {
    let sum = this.#dataProducts[point]!;
    for (let i = 0; i < this.#gaps; i++) {
      sum += GF_ORDER - logDifference(point, this.#missing[i]!) + logDifference(point, this.#added[i]!);
    }
    return sum % GF_ORDER;
  }
}

/** For a point and itself 0, which leaves the factor out of a product. */
function logDifference(point: number, other: number): number {
  return GF_LOG[POINTS[point]! ^ POINTS[other]!]!;
}

function assertOneLength(packets: readonly Uint8Array[], length: number): void {
  for (const packet of packets) assert(packet.length === length, "all packets have one length");
}
