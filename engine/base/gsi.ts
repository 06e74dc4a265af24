/**
 * How a source names its session: a GSI from its host's name, and a data-source port of its own (RFC 3208, section 8).
 *
 * @module
 */

import { assert } from "./assert.ts";
import { md5 } from "./md5.ts";
import type { Prng } from "./prng.ts";

const FIRST_DYNAMIC_PORT = 1024;
const LAST_PORT = 65_535;

/**
 * The GSI that section 8 recommends for a source on the host with this DNS name: the low-order 48 bits of the name's MD5
 * digest, as an integer. The name is taken as it is written: `a.example` and `A.example` give different GSIs.
 *
 * ```ts
 * import { formatGsi, gsiFromHostname } from "@pgmlab/pgmlab";
 *
 * console.log(formatGsi(gsiFromHostname("pgm.example.com"))); // 52aaa6aecb1a
 * ```
 */
export function gsiFromHostname(name: string): number {
  const digest = md5(new TextEncoder().encode(name));
  let gsi = 0;
  for (let i = 10; i < 16; i++) gsi = gsi * 0x100 + digest[i]!;
  return gsi;
}

/**
 * A random data-source port, `1024 .. 65535`, that is not in `taken`; each free port is equally likely. With the ports of
 * a host's other sessions in `taken`, its sessions never share a TSI.
 *
 * ```ts
 * import { drawSourcePort, prngFromSeed } from "@pgmlab/pgmlab";
 *
 * const random = prngFromSeed(1).fork("ports");
 * const first = drawSourcePort(random, new Set());
 * const second = drawSourcePort(random, new Set([first]));
 * console.log(first !== second); // true
 * ```
 *
 * @throws {AssertionError} when every port is taken
 */
export function drawSourcePort(random: Prng, taken: ReadonlySet<number>): number {
  const inRange = [...taken].filter((port) => port >= FIRST_DYNAMIC_PORT && port <= LAST_PORT).sort((a, b) => a - b);
  const free = LAST_PORT - FIRST_DYNAMIC_PORT + 1 - inRange.length;
  assert(free > 0, "every data-source port of the host is taken");
  // The draw counts free ports only: step over each taken one that lies below.
  let port = FIRST_DYNAMIC_PORT + random.below(free);
  for (const other of inRange) {
    if (other <= port) port++;
  }
  return port;
}
