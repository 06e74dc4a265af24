/**
 * Holds what a scenario expects against what happened.
 *
 * @module
 */

import {
  type Datagram,
  formatDuration,
  formatTsi,
  type Instant,
  NEVER,
  type Tsi,
  type WsaName,
} from "../../engine/mod.ts";
import type { Bounds, ExpectationPlan, Plan } from "../plan.ts";
import {
  type ElementResult,
  type ExpectationResult,
  latencyText,
  malformedName,
  type ReceiverResult,
  type SourceResult,
} from "./result.ts";
import { FailureWatch, isTimed, type Report, ReportWatch } from "./report_watch.ts";
import { SentWatch } from "./sent_watch.ts";

/** What expectations are held against. */
export interface Outcome {
  /** The receiver of a node. */
  receiver(node: number): ReceiverResult;
  /** The engine of a node, whichever it is. */
  engine(node: number): ReceiverResult | SourceResult | ElementResult;
  /** The messages that the receiver, or the sockets, of a node delivered. */
  delivered(node: number): number;
  /** Whether the receiver of a node has everything that it is owed. */
  complete(node: number): boolean;
  readonly settledNs: Instant | null;
}

type Counters = Readonly<Record<string, number>>;

/** The expectations of one run. */
export class Expectations {
  readonly #plan: Plan;
  readonly #tsiOf: (node: number) => Tsi;
  readonly #watches = new Map<ExpectationPlan, SentWatch>();
  readonly #failures = new Map<ExpectationPlan, FailureWatch>();
  readonly #reports = new Map<ExpectationPlan, ReportWatch>();

  /** `tsiOf` gives the session of a source node. */
  constructor(plan: Plan, tsiOf: (node: number) => Tsi) {
    this.#plan = plan;
    this.#tsiOf = tsiOf;
    for (const expectation of plan.expect) {
      if ("sent" in expectation) this.#watches.set(expectation, new SentWatch(expectation, tsiOf));
      else if (expectation.kind === "told") this.#failures.set(expectation, new FailureWatch(expectation));
      else if (isTimed(expectation)) this.#reports.set(expectation, new ReportWatch(expectation));
    }
  }

  /** A node puts a packet of its own on the network. */
  sent(at: Instant, node: number, datagram: Datagram): void {
    for (const watch of this.#watches.values()) watch.sent(at, node, datagram);
  }

  /** Whether an expectation is about when receivers deliver messages or report losses. */
  get timed(): boolean {
    return this.#reports.size > 0;
  }

  /** The receiver of a node delivers messages or reports losses. */
  reported(at: Instant, node: number, what: Report, count: number): void {
    for (const watch of this.#reports.values()) watch.reported(at, node, what, count);
  }

  /** A call of a socket of a node failed. */
  failed(at: Instant, node: number, socket: string, code: WsaName): void {
    for (const watch of this.#failures.values()) watch.failed(at, node, socket, code);
  }

  /** Whether the nodes that are expected to be told of an end without a limit in time have been. */
  get told(): boolean {
    return this.#plan.expect.every((expectation) => {
      if (expectation.kind !== "told" || expectation.before !== NEVER) return true;
      return expectation.by.every((node) => this.#failures.get(expectation)!.count(node) >= expectation.count.atLeast);
    });
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
      case "lost": {
        const { kind, count } = expectation;
        const watch = this.#reports.get(expectation);
        return this.#each(expectation.by, (node) => {
          if (count === "all") return outcome.complete(node) ? "" : "has not got everything";
          return outside(
            watch?.count(node) ?? (kind === "lost" ? outcome.receiver(node).lost : outcome.delivered(node)),
            count,
          );
        });
      }
      case "recovered":
      case "duplicates":
      case "suppressed": {
        const counter = expectation.kind === "suppressed" ? "naksSuppressed" : expectation.kind;
        return this.#each(expectation.by, (node) => outside(outcome.receiver(node)[counter], expectation.count));
      }
      case "started":
        return this.#each(expectation.by, (node) => outside(outcome.receiver(node).starts, expectation.count));
      case "sent":
      case "times":
      case "spacing":
        return this.#watches.get(expectation)!.failure();
      case "ended": {
        const concerns = sessionsOf(expectation.sources.map(this.#tsiOf));
        return this.#each(expectation.by, (node) => wrongEnd(outcome.receiver(node), expectation, concerns));
      }
      case "told":
        return this.#each(expectation.by, (node) => {
          const count = this.#failures.get(expectation)!.count(node);
          return outside(count, expectation.count);
        });
      case "counter": {
        const counterOf = (node: number) => {
          const result = outcome.engine(node);
          const repairer = "repairer" in result ? result.repairer?.counters : undefined;
          return ({ ...result.counters, ...repairer } as unknown as Counters)[expectation.counter]!;
        };
        return this.#each(expectation.of, (node) => outside(counterOf(node), expectation.count));
      }
      case "malformed": {
        const name = malformedName(expectation.cause);
        const countOf = (node: number) => outcome.engine(node).malformed[name] ?? 0;
        return this.#each(expectation.of, (node) => outside(countOf(node), expectation.count));
      }
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

/** Whether a session is one of these, by its TSI as text; any, if none are given. */
export function sessionsOf(tsis: readonly Tsi[]): (tsi: string) => boolean {
  const texts = tsis.map(formatTsi);
  return (tsi) => texts.length === 0 || texts.includes(tsi);
}

/** Every session that was followed, and that it `concerns`, must have ended so; the first that has not. */
function wrongEnd(
  receiver: ReceiverResult,
  expected: Extract<ExpectationPlan, { kind: "ended" }>,
  concerns: (tsi: string) => boolean,
): string {
  const alive = receiver.sessions.find(({ tsi, ended }) => ended === null && concerns(tsi));
  if (alive !== undefined) return `session ${alive.tsi} goes on`;
  const ends = receiver.ends.filter(({ tsi }) => concerns(tsi));
  if (ends.length === 0) return "it followed no session";
  for (const { tsi, end, errorCode, atNs } of ends) {
    const { code, after, before } = expected;
    const right = end === expected.end && (code === undefined || code === errorCode);
    if (right && atNs >= after && atNs < before) continue;
    return `session ${tsi}: ${end}${end === "rst" ? ` ${errorCode}` : ""} at ${formatDuration(atNs)}`;
  }
  return "";
}
