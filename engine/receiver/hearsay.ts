/**
 * Numbers beyond the frontier of a receive window: NCFs and other receivers' NAKs have told of them, nothing else. They
 * may be true, or forged, or asked for by others on hearsay as well.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";

/** How many numbers that were given up are remembered: whoever floods a receiver with NCFs fills no memory. */
const KEPT = 1_024;

/** What one session has on hearsay. */
export class Hearsay {
  /** Whether numbers were heard of since the latest SPM. */
  fresh = false;
  readonly #refuted = new Set<Sqn>();

  /** A number was given up: more hearsay of it counts for nothing. */
  refute(sqn: Sqn): void {
    // The oldest entry goes: whether the frontier passed it does not matter.
    if (this.#refuted.size >= KEPT) this.#refuted.delete(this.#refuted.values().next().value!);
    this.#refuted.add(sqn);
  }

  /** Whether a number was given up before. */
  isRefuted(sqn: Sqn): boolean {
    return this.#refuted.has(sqn);
  }
}
