/**
 * What a run gives: the one object that `run --json` prints. Its shape is documented in docs/results.md and is part of
 * the interface.
 *
 * @module
 */

import { formatDuration, type Instant, type ReceiverStats, type SourceStats } from "../engine/mod.ts";
import type { Violation } from "./checkers/violation.ts";
import type { ParamValue } from "./plan.ts";

/** How a run ended. */
export type Verdict = "pass" | "expectation" | "safety" | "liveness";

/** The exit code of each verdict; 2 is for bad input. */
export const EXIT_CODES: Readonly<Record<Verdict, number>> = { pass: 0, expectation: 1, safety: 3, liveness: 4 };

/** Repair latencies in ns; `null` where nothing was repaired. */
export interface LatencySummary {
  readonly median: Instant | null;
  readonly p99: Instant | null;
  readonly max: Instant | null;
}

/** One receiver. */
export interface ReceiverResult {
  /** Messages delivered to the application. */
  readonly delivered: number;
  /** Packets obtained after their loss was certain. */
  readonly recovered: number;
  /** Data packets received more than once. */
  readonly duplicates: number;
  /** Packets reported unrecoverable. */
  readonly lost: number;
  readonly naksSent: number;
  readonly naksSuppressed: number;
  /** From noticing a loss to its repair. */
  readonly repairLatencyNs: LatencySummary;
  /** Every counter of the engine. */
  readonly counters: ReceiverStats;
}

/** One source: packets sent by type, NAKs received, octets of all PGM packets sent. */
export interface SourceResult {
  readonly odata: number;
  readonly rdata: number;
  readonly spm: number;
  readonly ncf: number;
  readonly naksReceived: number;
  readonly bytes: number;
  /** Messages accepted from the application. */
  readonly messages: number;
  /** Every counter of the engine. */
  readonly counters: SourceStats;
}

/** One segment: what was put on it by packet type (octets with IP header), and what became of the copies. */
export interface SegmentResult {
  readonly packets: Readonly<Record<string, number>>;
  readonly bytes: Readonly<Record<string, number>>;
  readonly delivered: number;
  /** Copies dropped, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** One expectation of the scenario. */
export interface ExpectationResult {
  readonly text: string;
  readonly pass: boolean;
  /** What was found instead, when it failed. */
  readonly found: string;
}

/** A run. */
export interface RunResult {
  readonly scenario: string;
  readonly about: string;
  readonly seed: number;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly verdict: Verdict;
  /** Why the verdict is not `pass`; empty otherwise. */
  readonly reasons: readonly string[];
  readonly traceHash: string;
  readonly simulatedNs: Instant;
  /** When the last message was delivered or reported lost; `null` if the run never settled. */
  readonly settledNs: Instant | null;
  readonly events: number;
  readonly receivers: Readonly<Record<string, ReceiverResult>>;
  readonly sources: Readonly<Record<string, SourceResult>>;
  readonly segments: Readonly<Record<string, SegmentResult>>;
  readonly expectations: readonly ExpectationResult[];
  readonly violations: readonly Violation[];
}

/** Collects latencies; the percentiles are exact (nearest rank). */
export class Latencies {
  readonly #values: Instant[] = [];

  /** Adds one. */
  add(latency: Instant): void {
    this.#values.push(latency);
  }

  /** Adds all of another collection. */
  addAll(other: Latencies): void {
    for (const value of other.#values) this.#values.push(value);
  }

  /** Median, 99 % and maximum. */
  summary(): LatencySummary {
    const sorted = Float64Array.from(this.#values).sort();
    const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
    return { median: rank(0.5), p99: rank(0.99), max: rank(1) };
  }
}

/** A latency for people. */
export function latencyText(ns: Instant | null): string {
  return ns === null ? "-" : formatDuration(Math.round(ns / 1000) * 1000);
}
