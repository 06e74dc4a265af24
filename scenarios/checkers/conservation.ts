/**
 * No copy of a packet comes from nowhere or goes to nowhere: on every segment, what was made is what was delivered, not
 * addressed to the node, dropped or still under way.
 *
 * @module
 */

import type { Instant } from "../../engine/mod.ts";
import type { Segment, Simulation } from "../../netsim/mod.ts";
import type { Violations } from "./violation.ts";

/** Balances the books of every segment. */
export function checkConservation(
  violations: Violations,
  at: Instant,
  simulation: Simulation,
  segments: readonly Segment[],
): void {
  for (const segment of segments) {
    const { made, delivered, filtered, dropped, inFlight } = simulation.conservation(segment);
    if (made === delivered + filtered + dropped + inFlight) continue;
    const text = `${made} copies made, but ${delivered} delivered + ${filtered} filtered + ${dropped} dropped + ` +
      `${inFlight} in flight`;
    violations.report({ checker: "conservation", at, node: segment.name, text });
  }
}
