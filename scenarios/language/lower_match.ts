/**
 * From the packets as written to a {@link PacketMatch}: for scripts and expectations. Read spec_match.ts first.
 *
 * @module
 */

import type { OptionTypeName } from "../../engine/mod.ts";
import type { Directory } from "./directory.ts";
import type { PacketMatch, SqnRange } from "../plan.ts";
import { join } from "./schema.ts";

/** Which packets, as written: what is `undefined` matches any. */
export interface WrittenMatch {
  readonly packet: readonly string[] | undefined;
  readonly sqn: readonly SqnRange[] | undefined;
  readonly trail: readonly SqnRange[] | undefined;
  readonly lead: readonly SqnRange[] | undefined;
  readonly source: readonly string[] | undefined;
  readonly cast: "unicast" | "multicast" | undefined;
  readonly parity: boolean | undefined;
  readonly option: readonly OptionTypeName[] | undefined;
}

/** Which packets. Throws `ScenarioError` for sources that are none. */
export function lowerMatch(match: WrittenMatch, directory: Directory, at: string): PacketMatch {
  const { packet, sqn, trail = [], lead = [], source, cast, parity, option } = match;
  const sources = source === undefined ? [] : directory.nodesOfRole("source", source, join(at, "source"));
  const numbers = { sqns: sqn ?? [], trails: trail, leads: lead };
  return { types: [...new Set(packet)], ...numbers, sources, cast, parity, options: [...new Set(option)] };
}
