/**
 * What a rule or expectation of a plan matches when it names nothing: every packet.
 *
 * @module
 */

import type { PacketMatch } from "../../scenarios/plan_script.ts";

/** Matches everything; spread it, and say what differs. */
export const EVERY_PACKET: PacketMatch = {
  types: [],
  sqns: [],
  trails: [],
  leads: [],
  sources: [],
  cast: undefined,
  parity: undefined,
  options: [],
};
