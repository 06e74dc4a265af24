/**
 * What checkers find: something that must never happen, whatever the network does.
 *
 * @module
 */

import type { Instant } from "../../engine/mod.ts";

/** A broken safety property. */
export interface Violation {
  /** The checker that found it. */
  readonly checker: string;
  /** When it was found. */
  readonly at: Instant;
  /** The node concerned. */
  readonly node: string;
  /** What is wrong, on one line. */
  readonly text: string;
}

/** Violations are kept up to this many; the rest is counted. */
const MAX_KEPT = 20;

/** Where checkers report to. */
export class Violations {
  /** The first {@link MAX_KEPT}. */
  readonly list: Violation[] = [];
  /** How many there were in all. */
  total = 0;

  /** Adds a violation. */
  report(violation: Violation): void {
    this.total++;
    if (this.list.length < MAX_KEPT) this.list.push(violation);
  }
}
