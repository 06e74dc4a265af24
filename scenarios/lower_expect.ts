/**
 * From the expectations as written to bounds on numbered nodes, each with its words for the verdict. Read
 * spec_script.ts first.
 *
 * @module
 */

import { NEVER } from "../engine/base/time.ts";
import type { Directory } from "./directory.ts";
import { either, list, ScenarioError } from "./errors.ts";
import { lowerMatch } from "./lower_script.ts";
import type { Bounds, ExpectationPlan } from "./plan.ts";
import { join } from "./schema.ts";
import type { ParsedExpectation } from "./spec_script.ts";
import { DURATION, formatQuantity } from "./units.ts";

/** The expectations of a scenario. Throws `ScenarioError`. */
export function lowerExpect(expect: readonly ParsedExpectation[], directory: Directory): ExpectationPlan[] {
  return expect.map((expectation, index) => lowerOne(expectation, directory, `expect.${index}`));
}

type WrittenBounds = {
  readonly exactly: number | undefined;
  readonly atLeast: number | undefined;
  readonly atMost: number | undefined;
};

function lowerOne(expectation: ParsedExpectation, directory: Directory, at: string): ExpectationPlan {
  switch (expectation.key) {
    case "delivered": {
      const { delivered, to } = expectation.value;
      const nodes = directory.nodesOfRole("receiver", to, join(at, "to"));
      const count = delivered === "all" ? delivered : toBounds(delivered, join(at, "delivered"));
      const amount = count === "all" ? "all messages" : describeAll(count, "message");
      return { kind: "delivered", to: nodes, count, text: `${list(to)}: ${amount} delivered` };
    }
    case "lost":
      return lowerTally("lost", expectation.value.lost, { ...expectation.value, at, directory });
    case "recovered":
      return lowerTally("recovered", expectation.value.recovered, { ...expectation.value, at, directory });
    case "suppressed":
      return lowerTally("suppressed", expectation.value.suppressed, { ...expectation.value, at, directory });
    case "duplicates":
      return lowerTally("duplicates", expectation.value.duplicates, { ...expectation.value, at, directory });
    case "count":
      return lowerCount(expectation.value, directory, at);
    case "repairLatency": {
      const { repairLatency, atMost, by } = expectation.value;
      const nodes = directory.nodesOfRole("receiver", by, join(at, "by"));
      const text = `${list(by)}: ${repairLatency} repair latency at most ${formatQuantity(DURATION, atMost)}`;
      return { kind: "repairLatency", by: nodes, statistic: repairLatency, atMost, text };
    }
    case "settled": {
      const { before } = expectation.value.settled;
      return { kind: "settled", before, text: `settled before ${formatQuantity(DURATION, before)}` };
    }
  }
}

/** What is counted, and what has happened to it. */
const TALLIES = {
  lost: ["packet", "lost"],
  recovered: ["packet", "recovered"],
  suppressed: ["NAK", "suppressed"],
  duplicates: ["duplicate", "received"],
} as const;

function lowerTally(
  kind: keyof typeof TALLIES,
  written: number | WrittenBounds,
  context: { readonly by: readonly string[]; readonly directory: Directory; readonly at: string },
): ExpectationPlan {
  const { by, directory, at } = context;
  const nodes = directory.nodesOfRole("receiver", by, join(at, "by"));
  const count = toBounds(written, join(at, kind));
  const [noun, fate] = TALLIES[kind];
  return { kind, by: nodes, count, text: `${list(by)}: ${describeAll(count, noun)} ${fate}` };
}

function lowerCount(
  written: (ParsedExpectation & { key: "count" })["value"],
  directory: Directory,
  at: string,
): ExpectationPlan {
  const { count: packet, from, sqn, source, after, before = NEVER } = written;
  const [start, end] = [after, before].map((instant) => formatQuantity(DURATION, instant));
  if (after >= before) throw new ScenarioError(join(at, "before"), `${end} is not later than after (${start})`);
  const count = toBounds(written, at);
  const words = [
    `${describe(count)} ${either(packet)}`,
    sqn === undefined ? "" : `for sqn ${list(sqn.map(describeSqns))}`,
    source === undefined ? "" : `of source ${list(source)}`,
    from === undefined ? "" : `from ${list(from)}`,
    after === 0 ? "" : `from ${start} on`,
    before === NEVER ? "" : `before ${end}`,
  ];
  return {
    kind: "sent",
    from: from === undefined ? [] : directory.nodes(from, join(at, "from")),
    match: lowerMatch({ packet, sqn, source }, directory, at),
    after,
    before,
    count,
    text: words.filter((word) => word !== "").join(" "),
  };
}

function toBounds(written: number | WrittenBounds, at: string): Bounds {
  if (typeof written === "number") return { atLeast: written, atMost: written };
  const { exactly, atLeast, atMost } = written;
  if (exactly !== undefined) {
    if (atLeast === undefined && atMost === undefined) return { atLeast: exactly, atMost: exactly };
    throw new ScenarioError(at, '"exactly" says it all: take away "atLeast" and "atMost"');
  }
  if (atLeast === undefined && atMost === undefined) {
    throw new ScenarioError(at, "does not say how many: give exactly, atLeast or atMost");
  }
  const bounds = { atLeast: atLeast ?? 0, atMost: atMost ?? Infinity };
  if (bounds.atLeast > bounds.atMost) {
    throw new ScenarioError(at, `atLeast ${bounds.atLeast} is more than atMost ${bounds.atMost}`);
  }
  return bounds;
}

function describe({ atLeast, atMost }: Bounds): string {
  if (atLeast === atMost) return `exactly ${atLeast}`;
  if (atMost === Infinity) return `at least ${atLeast}`;
  return atLeast === 0 ? `at most ${atMost}` : `${atLeast} to ${atMost}`;
}

/** `exactly 1 packet`, `at most 3 packets`. */
function describeAll(bounds: Bounds, noun: string): string {
  const last = bounds.atMost === Infinity ? bounds.atLeast : bounds.atMost;
  return `${describe(bounds)} ${noun}${last === 1 ? "" : "s"}`;
}

function describeSqns([first, last]: readonly [number, number]): string {
  return first === last ? `${first}` : `${first}..${last}`;
}
