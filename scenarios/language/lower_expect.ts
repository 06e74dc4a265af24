/**
 * From the expectations as written to bounds on numbered nodes, each with its words for the verdict. Read
 * spec_expect.ts first.
 *
 * @module
 */

import { ElementStats, ParseError, ReceiverStats, RepairerStats, SourceStats } from "../../engine/mod.ts";
import { unknown } from "./did_you_mean.ts";
import type { Directory } from "./directory.ts";
import { list, quote, ScenarioError } from "./errors.ts";
import { describeAll, describeBounds, toBounds, type WrittenBounds } from "./lower_bounds.ts";
import { lowerCount, lowerSpacing, lowerSpan, lowerTimes } from "./lower_sent.ts";
import type { ExpectationPlan } from "../plan.ts";
import { join } from "./schema.ts";
import type { ParsedExpectation } from "./spec_expect.ts";
import { DURATION, formatQuantity } from "./units.ts";

/** The expectations of a scenario. Throws `ScenarioError`. */
export function lowerExpect(expect: readonly ParsedExpectation[], directory: Directory): ExpectationPlan[] {
  return expect.map((expectation, index) => lowerOne(expectation, directory, `expect.${index}`));
}

/** The names of the counters of each role. */
const COUNTERS = {
  source: Object.keys(new SourceStats()),
  receiver: Object.keys(new ReceiverStats()),
  router: Object.keys(new ElementStats()),
};

/** The names of the further counters of receivers that are repairers. */
const REPAIRER_COUNTERS = Object.keys(new RepairerStats());

function lowerOne(expectation: ParsedExpectation, directory: Directory, at: string): ExpectationPlan {
  switch (expectation.key) {
    case "delivered":
      return lowerDelivered(expectation.value, directory, at);
    case "lost": {
      const { lost, by } = expectation.value;
      const { after, before, words } = lowerSpan(expectation.value, at);
      const nodes = directory.nodesOfRole("receiver", by, join(at, "by"));
      const count = toBounds(lost, join(at, "lost"));
      const text = [`${list(by)}: ${describeAll(count, "packet")} lost`, ...words].join(" ");
      return { kind: "lost", by: nodes, count, after, before, text };
    }
    case "recovered":
      return lowerTally("recovered", expectation.value.recovered, { ...expectation.value, at, directory });
    case "suppressed":
      return lowerTally("suppressed", expectation.value.suppressed, { ...expectation.value, at, directory });
    case "duplicates":
      return lowerTally("duplicates", expectation.value.duplicates, { ...expectation.value, at, directory });
    case "started":
      return lowerTally("started", expectation.value.started, { ...expectation.value, at, directory });
    case "count":
      return lowerCount(expectation.value, directory, at);
    case "times":
      return lowerTimes(expectation.value, directory, at);
    case "spacing":
      return lowerSpacing(expectation.value, directory, at);
    case "ended":
      return lowerEnded(expectation.value, directory, at);
    case "told":
      return lowerTold(expectation.value, directory, at);
    case "counter":
      return lowerCounter(expectation.value, directory, at);
    case "malformed": {
      const { malformed, of } = expectation.value;
      const count = toBounds(expectation.value, at);
      const nodes = engines(of, directory, join(at, "of"));
      const text = `${list(of)}: ${describeAll(count, "malformed packet")} (${malformed})`;
      return { kind: "malformed", of: nodes, cause: ParseError[malformed], count, text };
    }
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
  recovered: ["packet", "recovered"],
  suppressed: ["NAK", "suppressed"],
  duplicates: ["duplicate", "received"],
  started: ["session", "heard from the beginning"],
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

function lowerDelivered(
  written: Extract<ParsedExpectation, { key: "delivered" }>["value"],
  directory: Directory,
  at: string,
): ExpectationPlan {
  const { delivered, to } = written;
  const { after, before, words } = lowerSpan(written, at);
  if (delivered === "all" && words.length > 0) {
    throw new ScenarioError(
      join(at, "delivered"),
      '"all" is known at the end only: give a number with after or before',
    );
  }
  const nodes = directory.nodesOfRoles(["receiver", "sockets"], to, join(at, "to"));
  const count = delivered === "all" ? delivered : toBounds(delivered, join(at, "delivered"));
  const amount = count === "all" ? "all messages" : describeAll(count, "message");
  const text = [`${list(to)}: ${amount} delivered`, ...words].join(" ");
  return { kind: "delivered", by: nodes, count, after, before, text };
}

function lowerEnded(
  written: Extract<ParsedExpectation, { key: "ended" }>["value"],
  directory: Directory,
  at: string,
): ExpectationPlan {
  const { ended: end, by, source, code } = written;
  if (code !== undefined && end !== "rst") {
    throw new ScenarioError(
      join(at, "code"),
      `a session that ends with ${quote(end)} has no error code: only "rst" has`,
    );
  }
  const { after, before, words } = lowerSpan(written, at);
  const nodes = directory.nodesOfRole("receiver", by, join(at, "by"));
  const sources = source === undefined ? [] : directory.nodesOfRole("source", source, join(at, "source"));
  const whose = source === undefined ? "" : ` of ${list(source)}`;
  const how = code === undefined ? end : `${end} ${code}`;
  const text = [`${list(by)}: every session${whose} ended with ${how}`, ...words].join(" ");
  return { kind: "ended", by: nodes, sources, end, code, after, before, text };
}

function lowerTold(
  written: Extract<ParsedExpectation, { key: "told" }>["value"],
  directory: Directory,
  at: string,
): ExpectationPlan {
  const { told: code, by, socket, exactly, atLeast, atMost } = written;
  const { after, before, words } = lowerSpan(written, at);
  const nodes = directory.nodesOfRole("sockets", by, join(at, "by"));
  const given = [exactly, atLeast, atMost].some((bound) => bound !== undefined);
  const count = toBounds(given ? written : { exactly, atLeast: 1, atMost }, at);
  const whose = socket === undefined ? "" : ` on socket ${socket}`;
  const often = given ? ` ${describeAll(count, "time")}` : "";
  const text = [`${list(by)}: told ${code}${whose}${often}`, ...words].join(" ");
  return { kind: "told", by: nodes, code, socket, count, after, before, text };
}

function lowerCounter(
  written: Extract<ParsedExpectation, { key: "counter" }>["value"],
  directory: Directory,
  at: string,
): ExpectationPlan {
  const { counter, of } = written;
  const count = toBounds(written, at);
  const nodes = engines(of, directory, join(at, "of"));
  for (const node of nodes) {
    const plan = directory.nodePlans[node]!;
    const repairs = plan.role === "receiver" && plan.repairer !== undefined;
    const known = [...COUNTERS[plan.role as keyof typeof COUNTERS], ...(repairs ? REPAIRER_COUNTERS : [])];
    if (!known.includes(counter)) throw new ScenarioError(join(at, "counter"), unknown("counter", counter, known));
  }
  return { kind: "counter", of: nodes, counter, count, text: `${list(of)}: ${counter} ${describeBounds(count)}` };
}

/** Nodes that run an engine, which counts. */
function engines(selectors: readonly string[], directory: Directory, at: string): readonly number[] {
  const nodes = directory.nodes(selectors, at);
  for (const node of nodes) {
    const plan = directory.nodePlans[node]!;
    const { name, role } = plan;
    if (role === "router" ? plan.element !== undefined : Object.hasOwn(COUNTERS, role)) continue;
    throw new ScenarioError(at, `${quote(name)} is a ${role}: a source, a receiver or a router with "pgm" is needed`);
  }
  return nodes;
}
