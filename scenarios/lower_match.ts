/**
 * From the packets as written to a {@link PacketMatch}: for scripts and expectations. Read spec_match.ts first.
 *
 * @module
 */

import type { OptionTypeName } from "../engine/mod.ts";
import type { Directory } from "./directory.ts";
import type { PacketMatch } from "./plan.ts";
import { join } from "./schema.ts";

/** Which packets, as written: what is `undefined` matches any. */
export interface WrittenMatch {
  readonly packet: readonly string[] | undefined;
  readonly sqn: readonly (readonly [number, number])[] | undefined;
  readonly source: readonly string[] | undefined;
  readonly cast: "unicast" | "multicast" | undefined;
  readonly option: readonly OptionTypeName[] | undefined;
}

/** Which packets. Throws `ScenarioError` for sources that are none. */
export function lowerMatch(match: WrittenMatch, directory: Directory, at: string): PacketMatch {
  const { packet, sqn, source, cast, option } = match;
  const sources = source === undefined ? [] : directory.nodesOfRole("source", source, join(at, "source"));
  return { types: [...new Set(packet)], sqns: sqn ?? [], sources, cast, options: [...new Set(option)] };
}
