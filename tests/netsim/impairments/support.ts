/**
 * What the tests of impairments share: datagrams, fates, and random streams that are watched.
 *
 * @module
 */

import { Datagram } from "../../../engine/base/datagram.ts";
import { parseNla } from "../../../engine/base/nla.ts";
import { type Prng, prngFromSeed } from "../../../engine/base/prng.ts";
import { Fate, type Impairment } from "../../../netsim/impairments/impairment.ts";

/** A datagram with these octets. */
export function datagramOf(...octets: number[]): Datagram {
  return new Datagram({
    source: parseNla("10.0.0.1")!,
    destination: parseNla("239.0.0.1")!,
    ttl: 16,
    routerAlert: true,
    bytes: Uint8Array.from(octets),
  });
}

/** A stream of its own for each name. */
export function stream(name: string): Prng {
  return prngFromSeed(20_240_601).fork(name);
}

/** A stream that must not be drawn from. */
export const SILENT: Prng = {
  u32: () => refuse(),
  below: () => refuse(),
  chance: () => refuse(),
  fork: () => refuse(),
};

/** What the impairment does to a fresh fate of the datagram. */
export function fateOf(impairment: Impairment, datagram = datagramOf(1, 2, 3), now = 0): Fate {
  const fate = new Fate();
  impairment.apply(now, datagram, fate);
  return fate;
}

/** The losses of `count` datagrams in a row, as bits. */
export function losses(impairment: Impairment, count: number): Uint8Array {
  const datagram = datagramOf(1, 2, 3);
  const fate = new Fate();
  const lost = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    fate.reset();
    impairment.apply(0, datagram, fate);
    if (fate.dropped !== undefined) lost[i] = 1;
  }
  return lost;
}

/** The number of ones. */
export function ones(bits: Uint8Array): number {
  return bits.reduce((sum, bit) => sum + bit, 0);
}

/** How many standard deviations `successes` of `trials` are from what `probability` promises. */
export function sigmas(successes: number, trials: number, probability: number): number {
  return Math.abs(successes - trials * probability) / Math.sqrt(trials * probability * (1 - probability));
}

function refuse(): never {
  throw new Error("drew from a stream that must stay silent");
}
