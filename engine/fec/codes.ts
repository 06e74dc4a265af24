/**
 * Codes that are shared: they keep nothing of the groups that they serve.
 *
 * @module
 */

import { ReedSolomon } from "./reed_solomon.ts";

const CODES: (ReedSolomon | undefined)[] = [];

/** The code for groups of `k` data packets. */
export function codeFor(k: number): ReedSolomon {
  return CODES[k] ??= new ReedSolomon(k);
}
