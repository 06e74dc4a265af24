/**
 * Watches what receivers deliver and report lost, and how calls of sockets fail, for the expectations that say when.
 *
 * @module
 */

import { type Instant, NEVER, type WsaName } from "../../engine/mod.ts";
import type { ExpectationPlan } from "../plan.ts";

/** What a receiver tells its application: messages, or sequence numbers that are lost. */
export type Report = "delivered" | "lost";

/** The expectations about it. */
export type ReportExpectation = Extract<ExpectationPlan, { readonly kind: Report }>;

/** Whether an expectation is about part of the run only. */
export function isTimed(expectation: ExpectationPlan): expectation is ReportExpectation {
  if (expectation.kind !== "delivered" && expectation.kind !== "lost") return false;
  return expectation.after > 0 || expectation.before !== NEVER;
}

/** Watches on behalf of one expectation. */
export class ReportWatch {
  readonly #expectation: ReportExpectation;
  readonly #counts = new Map<number, number>();

  constructor(expectation: ReportExpectation) {
    this.#expectation = expectation;
  }

  /** The receiver of a node delivers or reports `count` more. */
  reported(at: Instant, node: number, what: Report, count: number): void {
    const { kind, after, before } = this.#expectation;
    if (what === kind && at >= after && at < before) this.#counts.set(node, this.count(node) + count);
  }

  /** How many in the time that the expectation is about. */
  count(node: number): number {
    return this.#counts.get(node) ?? 0;
  }
}

/** Watches on behalf of one expectation. */
export class FailureWatch {
  readonly #expectation: Extract<ExpectationPlan, { readonly kind: "told" }>;
  readonly #counts = new Map<number, number>();

  constructor(expectation: Extract<ExpectationPlan, { readonly kind: "told" }>) {
    this.#expectation = expectation;
  }

  /** A call of a socket failed; sessions that a program accepted are called `LISTENER/NUMBER`. */
  failed(at: Instant, node: number, socket: string, code: WsaName): void {
    const { socket: only, code: expected, after, before } = this.#expectation;
    if (code !== expected || at < after || at >= before) return;
    if (only !== undefined && socket !== only && !socket.startsWith(`${only}/`)) return;
    this.#counts.set(node, this.count(node) + 1);
  }

  /** How often in the time that the expectation is about. */
  count(node: number): number {
    return this.#counts.get(node) ?? 0;
  }
}
