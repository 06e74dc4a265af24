/**
 * The expectations about packets that nodes put on the network: how many, when, how far apart. Read spec_expect.ts
 * first.
 *
 * @module
 */

import { NEVER } from "../../engine/base/time.ts";
import type { Directory } from "./directory.ts";
import { either, list, ScenarioError } from "./errors.ts";
import { describeBounds, toBounds } from "./lower_bounds.ts";
import { lowerMatch, type WrittenMatch } from "./lower_match.ts";
import type { ExpectationPlan, SentPlan, SqnRange } from "../plan.ts";
import { join } from "./schema.ts";
import type { ParsedExpectation } from "./spec_expect.ts";
import { DURATION, formatQuantity } from "./units.ts";

type Written<Key extends ParsedExpectation["key"]> = Extract<ParsedExpectation, { key: Key }>["value"];

/** How many. */
export function lowerCount(written: Written<"count">, directory: Directory, at: string): ExpectationPlan {
  const { sent, words } = lowerSent({ ...written, packet: written.count }, directory, at);
  const count = toBounds(written, at);
  return { kind: "sent", sent, count, text: `${describeBounds(count)} ${words}` };
}

/** At which instants. */
export function lowerTimes(written: Written<"times">, directory: Directory, at: string): ExpectationPlan {
  const { are, within } = written;
  const late = are.findIndex((instant, index) => index > 0 && instant < are[index - 1]!);
  if (late > 0) throw new ScenarioError(join(join(at, "are"), late), `${show(are[late]!)} is before the one before it`);
  const { sent, words } = lowerSent({ ...written, packet: written.times }, directory, at);
  const outside = are.findIndex((instant) => instant < sent.after || instant >= sent.before);
  if (outside >= 0) {
    throw new ScenarioError(join(join(at, "are"), outside), `${show(are[outside]!)} is not between after and before`);
  }
  const when = are.length === 0 ? "never" : `at ${list(are.map(show))}`;
  return { kind: "times", sent, are, within, text: `${words} ${when}` };
}

/** How far apart. */
export function lowerSpacing(written: Written<"spacing">, directory: Directory, at: string): ExpectationPlan {
  const { atLeast, atMost } = written;
  if (atLeast === undefined && atMost === undefined) {
    throw new ScenarioError(at, "does not say how far apart: give atLeast or atMost");
  }
  const { sent, words } = lowerSent({ ...written, packet: written.spacing }, directory, at);
  const bounds = { atLeast: atLeast ?? 0, atMost: atMost ?? Infinity };
  if (bounds.atLeast > bounds.atMost) {
    throw new ScenarioError(
      join(at, "atLeast"),
      `${show(bounds.atLeast)} is more than atMost (${show(bounds.atMost)})`,
    );
  }
  return { kind: "spacing", sent, bounds, text: `${words} ${describeBounds(bounds, show)} apart` };
}

/** From when to when; `text` is empty for the whole run. Throws `ScenarioError` for an empty span. */
export function lowerSpan(
  written: { readonly after: number; readonly before: number | undefined },
  at: string,
): { after: number; before: number; words: string[] } {
  const { after, before = NEVER } = written;
  if (after >= before) {
    throw new ScenarioError(join(at, "before"), `${show(before)} is not later than after (${show(after)})`);
  }
  const words = [after === 0 ? "" : `from ${show(after)} on`, before === NEVER ? "" : `before ${show(before)}`];
  return { after, before, words: words.filter((word) => word !== "") };
}

function lowerSent(
  written: WrittenMatch & {
    readonly packet: readonly string[];
    readonly from: readonly string[] | undefined;
    readonly after: number;
    readonly before: number | undefined;
  },
  directory: Directory,
  at: string,
): { sent: SentPlan; words: string } {
  const { packet, from, sqn, trail, lead, source, cast, parity, option } = written;
  const { after, before, words } = lowerSpan(written, at);
  const match = lowerMatch(written, directory, at);
  const nodes = from === undefined ? [] : directory.nodes(from, join(at, "from"));
  const text = [
    cast ?? "",
    either(packet),
    parity === undefined ? "" : parity ? "with parity" : "without parity",
    option === undefined ? "" : `with ${either(option.map((name) => `OPT_${name}`))}`,
    describeSqns("for sqn", sqn),
    describeSqns("with trail", trail),
    describeSqns("with lead", lead),
    source === undefined ? "" : `of source ${list(source)}`,
    from === undefined ? "" : `from ${list(from)}`,
    ...words,
  ];
  return { sent: { from: nodes, match, after, before }, words: text.filter((word) => word !== "").join(" ") };
}

function describeSqns(what: string, ranges: readonly SqnRange[] | undefined): string {
  if (ranges === undefined) return "";
  return `${what} ${list(ranges.map(([first, last]) => first === last ? `${first}` : `${first}..${last}`))}`;
}

function show(instant: number): string {
  return formatQuantity(DURATION, instant);
}
