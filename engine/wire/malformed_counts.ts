/**
 * How many malformed packets came in, by cause.
 *
 * @module
 */

import type { ParseError } from "./parse_error.ts";

const NONE: ReadonlyMap<ParseError, number> = new Map();

/** Counts malformed packets. Nothing is allocated before the first: end systems by the thousand never see one. */
export class MalformedCounts {
  #counts: Map<ParseError, number> | undefined;

  /** The causes met so far, in the order in which they were first met. */
  get byCause(): ReadonlyMap<ParseError, number> {
    return this.#counts ?? NONE;
  }

  /** Counts a packet that was dropped for `error`. */
  count(error: ParseError): void {
    this.#counts ??= new Map();
    this.#counts.set(error, (this.#counts.get(error) ?? 0) + 1);
  }
}
