/**
 * Holds what a scenario expects against what happened.
 *
 * @module
 */

import type { Datagram, Instant, Tsi } from "../engine/mod.ts";
import { compileMatch } from "./match.ts";
import type { Bounds, ExpectationPlan, Plan } from "./plan.ts";
import { type ExpectationResult, latencyText, type ReceiverResult } from "./result.ts";

/** What expectations are held against. */
export interface Outcome {
  /** The receiver of a node. */
  receiver(node: number): ReceiverResult;
  /** Whether the receiver of a node has everything that it is owed. */
  complete(node: number): boolean;
  readonly settledNs: Instant | null;
}

/** Counts the packets that one `sent` expectation is about. */
class SentCounter {
  readonly #plan: Extract<ExpectationPlan, { kind: "sent" }>;
  readonly #matches: (datagram: Datagram) => boolean;
  readonly #from: ReadonlySet<number>;
  count = 0;

  constructor(plan: Extract<ExpectationPlan, { kind: "sent" }>, tsiOf: (node: number) => Tsi) {
    this.#plan = plan;
    this.#matches = compileMatch(plan.match, plan.match.sources.map(tsiOf));
    this.#from = new Set(plan.from);
  }

  sent(at: Instant, node: number, datagram: Datagram): void {
    if (at < this.#plan.after || at >= this.#plan.before) return;
    if (this.#from.size > 0 && !this.#from.has(node)) return;
    if (this.#matches(datagram)) this.count++;
  }
}

/** The expectations of one run. */
export class Expectations {
  readonly #plan: Plan;
  readonly #counters = new Map<ExpectationPlan, SentCounter>();

  /** `tsiOf` gives the session of a source node. */
  constructor(plan: Plan, tsiOf: (node: number) => Tsi) {
    this.#plan = plan;
    for (const expectation of plan.expect) {
      if (expectation.kind === "sent") this.#counters.set(expectation, new SentCounter(expectation, tsiOf));
    }
  }

  /** A node puts a packet of its own on the network. */
  sent(at: Instant, node: number, datagram: Datagram): void {
    for (const counter of this.#counters.values()) counter.sent(at, node, datagram);
  }

  /** What came of each. */
  evaluate(outcome: Outcome): ExpectationResult[] {
    return this.#plan.expect.map((expectation) => {
      const found = this.#failure(expectation, outcome);
      return { text: expectation.text, pass: found === "", found };
    });
  }

  /** What was found instead; empty if it holds. */
  #failure(expectation: ExpectationPlan, outcome: Outcome): string {
    switch (expectation.kind) {
      case "delivered":
        return this.#each(expectation.to, (node) => {
          if (expectation.count === "all") return outcome.complete(node) ? "" : "has not got everything";
          return outside(outcome.receiver(node).delivered, expectation.count);
        });
      case "lost":
      case "recovered":
      case "duplicates":
      case "suppressed": {
        const counter = expectation.kind === "suppressed" ? "naksSuppressed" : expectation.kind;
        return this.#each(expectation.by, (node) => outside(outcome.receiver(node)[counter], expectation.count));
      }
      case "sent":
        return outside(this.#counters.get(expectation)!.count, expectation.count);
      case "repairLatency":
        return this.#each(expectation.by, (node) => {
          const latency = outcome.receiver(node).repairLatencyNs[expectation.statistic];
          return latency === null || latency <= expectation.atMost ? "" : latencyText(latency);
        });
      case "settled":
        if (outcome.settledNs === null) return "it never settled";
        return outcome.settledNs <= expectation.before ? "" : latencyText(outcome.settledNs);
    }
  }

  /** The first node that fails. */
  #each(nodes: readonly number[], failure: (node: number) => string): string {
    for (const node of nodes) {
      const found = failure(node);
      if (found !== "") return `${this.#plan.nodes[node]!.name}: ${found}`;
    }
    return "";
  }
}

function outside(count: number, bounds: Bounds): string {
  return count >= bounds.atLeast && count <= bounds.atMost ? "" : `${count}`;
}
