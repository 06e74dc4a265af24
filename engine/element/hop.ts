/**
 * Where NAKs go: the next PGM hop, which is the one upstream or a repairer.
 *
 * @module
 */

import type { Nla } from "../base/nla.ts";

/** A node one PGM hop away. */
export interface Hop {
  readonly nla: Nla;
  /** The interface that leads there. */
  readonly iface: number;
}
