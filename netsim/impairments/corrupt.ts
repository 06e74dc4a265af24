/**
 * Corruption: some bits of the transport packet arrive wrong. The IP header stays intact.
 *
 * @module
 */

import { Datagram } from "../../engine/base/datagram.ts";
import { chanceThreshold, type Prng } from "../../engine/base/prng.ts";
import type { Instant } from "../../engine/base/time.ts";
import type { Fate, Impairment } from "./impairment.ts";

const MOST_FLIPS = 3;

/**
 * Flips one to three different bits of one 16-bit word of a datagram, with a probability: a short burst, as line noise
 * makes it. What arrives is a new datagram with octets and a memo of its own; the original, which others share, stays as
 * it was. A datagram without octets is left alone.
 *
 * A 16-bit one's complement checksum sees every such burst. Flips spread over several words it would miss about once in
 * a hundred times: that is a property of the checksum, and would make every run with corruption deliver wrong octets.
 * A copy that was damaged on its way already is therefore left alone, too.
 */
export class Corrupt implements Impairment {
  readonly #random: Prng;
  readonly #threshold: number;

  /** `probability` is in 0 .. 1; with 0 nothing is drawn from `random`. */
  constructor(random: Prng, probability: number) {
    this.#random = random;
    this.#threshold = chanceThreshold(probability);
  }

  apply(_now: Instant, datagram: Datagram, fate: Fate): void {
    const original = datagram.bytes;
    if (this.#threshold === 0 || original.length === 0 || !this.#random.chance(this.#threshold)) return;
    if (datagram.memo.damaged) return;
    const bytes = original.slice();
    const word = 2 * this.#random.below((bytes.length + 1) >> 1);
    const bits = 8 * Math.min(2, bytes.length - word);
    for (let flips = 1 + this.#random.below(MOST_FLIPS); flips > 0;) {
      const bit = this.#random.below(bits);
      const octet = word + (bit >>> 3);
      const mask = 1 << (bit & 7);
      // A bit that is flipped already is drawn again: flipping it back would undo the corruption.
      if (((bytes[octet]! ^ original[octet]!) & mask) !== 0) continue;
      bytes[octet] = bytes[octet]! ^ mask;
      flips--;
    }
    fate.corrupted = new Datagram({
      source: datagram.source,
      destination: datagram.destination,
      ttl: datagram.ttl,
      routerAlert: datagram.routerAlert,
      bytes,
    });
    fate.corrupted.memo.damaged = true;
  }
}
