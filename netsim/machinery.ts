/**
 * The parts that every other part of a running simulation uses.
 *
 * @module
 */

import type { Agenda } from "./agenda.ts";
import type { Membership } from "./membership.ts";
import type { Routing } from "./routing.ts";
import type { Counters } from "./segment_stats.ts";
import type { Trace } from "./trace.ts";
import type { Wire } from "./wire.ts";

/** Made once for each simulation. */
export interface Machinery {
  readonly agenda: Agenda;
  readonly trace: Trace;
  readonly counters: Counters;
  readonly wire: Wire;
  readonly routing: Routing;
  readonly membership: Membership;
}
