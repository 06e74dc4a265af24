/**
 * The parameters of a PGM parent, a source or a router, against each other (RFC 3208, sections 14 and 15).
 *
 * @module
 */

import type { ParentConfig } from "../../engine/mod.ts";
import { ScenarioError } from "./errors.ts";
import { join } from "./schema.ts";
import { DURATION, formatQuantity } from "./units.ts";

type ParentLimits = Pick<ParentConfig, "nakBoIvl" | "nakBoIvlMin" | "nakBoIvlMax" | "pollReplies" | "pollAbort">;

/** Throws `ScenarioError` unless the parameters of the parent at a path make sense together. */
export function checkParent(parent: ParentLimits, at: string): void {
  checkOrder(parent, "nakBoIvlMin", "nakBoIvl", at);
  checkOrder(parent, "nakBoIvl", "nakBoIvlMax", at);
  const { pollReplies, pollAbort } = parent;
  if (pollReplies < pollAbort) return;
  throw new ScenarioError(join(at, "pollReplies"), `${pollReplies} is not less than pollAbort (${pollAbort})`);
}

/** Throws `ScenarioError` unless one duration of an object at a path is at most the other. */
export function checkOrder<Key extends string>(
  durations: Readonly<Record<Key, number>>,
  less: Key,
  more: Key,
  at: string,
): void {
  if (durations[less] <= durations[more]) return;
  const [low, high] = [durations[less], durations[more]].map((value) => formatQuantity(DURATION, value));
  throw new ScenarioError(join(at, less), `${low} is more than ${more} (${high})`);
}
