/**
 * What a run gives: the one object that `run --json` prints. Its shape is documented in docs/results.md and is part of
 * the interface.
 *
 * @module
 */

import {
  type ElementGauges,
  type ElementStats,
  formatDuration,
  type Instant,
  ParseError,
  type ReceiverStats,
  type RepairerGauges,
  type RepairerStats,
  type SessionEnd,
  type SessionGauges,
  type SourceGauges,
  type SourceState,
  type SourceStats,
} from "../../engine/mod.ts";
import type { Violation } from "../checkers/violation.ts";
import type { ParamValue } from "../plan.ts";
import type { SocketResult } from "./socket_result.ts";

/**
 * How a run ended: `pass`; `expectation`: one of the scenario's does not hold; `safety`: something happened that never
 * may; `liveness`: within the limits, not everything was delivered or reported lost.
 */
export type Verdict = "pass" | "expectation" | "safety" | "liveness";

/** The exit code of each verdict; 2 is for bad input. */
export const EXIT_CODES: Readonly<Record<Verdict, number>> = { pass: 0, expectation: 1, safety: 3, liveness: 4 };

/** Repair latencies in ns; `null` where nothing was repaired. */
export interface LatencySummary {
  /** Half took no longer (nearest rank). */
  readonly median: Instant | null;
  /** 99 % took no longer (nearest rank). */
  readonly p99: Instant | null;
  /** The longest. */
  readonly max: Instant | null;
}

/** Malformed packets by the name of the cause in `ParseError`; causes without any are left out. */
export type MalformedResult = Readonly<Record<string, number>>;

/** The end of a session, as a receiver told its application. */
export interface EndResult {
  /** The session: GSI, a dot, data-source port. */
  readonly tsi: string;
  /** How it ended. */
  readonly end: SessionEnd;
  /** The error code of OPT_RST; else 0. */
  readonly errorCode: number;
  /** When. */
  readonly atNs: Instant;
}

/** A session that a receiver knew when the run ended. */
export interface SessionResult {
  /** The session: GSI, a dot, data-source port. */
  readonly tsi: string;
  /** How it ended, while it is only remembered against late packets; `null` if it goes on. */
  readonly ended: SessionEnd | null;
  /** Its state; `null` before its first data. */
  readonly gauges: SessionGauges | null;
}

/** One receiver. */
export interface ReceiverResult {
  /** Messages delivered to the application. */
  readonly delivered: number;
  /** Packets obtained after their loss was certain, or with parity. */
  readonly recovered: number;
  /** Data packets received more than once. */
  readonly duplicates: number;
  /** Packets reported unrecoverable. */
  readonly lost: number;
  /** NAKs sent, with repeats. */
  readonly naksSent: number;
  /** NAKs not sent because an NCF or another NAK was heard first. */
  readonly naksSuppressed: number;
  /** From noticing a loss to its repair. */
  readonly repairLatencyNs: LatencySummary;
  /** Sessions whose beginning (OPT_SYN) was received. */
  readonly starts: number;
  /** The ends of sessions, in order of time. */
  readonly ends: readonly EndResult[];
  /** Every counter of the engine. */
  readonly counters: ReceiverStats;
  /** What `counters.malformed` is made of. */
  readonly malformed: MalformedResult;
  /** The sessions at the end of the run. */
  readonly sessions: readonly SessionResult[];
  /** What it did for others; `null` if it is no repairer. */
  readonly repairer: RepairerResult | null;
}

/** A receiver as a designated local repairer. */
export interface RepairerResult {
  /** Every counter of the engine. */
  readonly counters: RepairerStats;
  /** Its state at the end of the run. */
  readonly gauges: RepairerGauges;
}

/** One source. */
export interface SourceResult {
  /** ODATA packets sent. */
  readonly odata: number;
  /** RDATA packets sent. */
  readonly rdata: number;
  /** SPMs sent. */
  readonly spm: number;
  /** NCFs sent. */
  readonly ncf: number;
  /** NAK packets received. */
  readonly naksReceived: number;
  /** Octets of all PGM packets sent, without IP headers. */
  readonly bytes: number;
  /** Messages accepted from the application. */
  readonly messages: number;
  /** Every counter of the engine. */
  readonly counters: SourceStats;
  /** What `counters.malformed` is made of. */
  readonly malformed: MalformedResult;
  /** Where the session is in its life at the end of the run. */
  readonly state: SourceState;
  /** The state of the source at the end of the run. */
  readonly gauges: SourceGauges;
}

/** One router that speaks PGM. */
export interface ElementResult {
  /** Every counter of the engine. */
  readonly counters: ElementStats;
  /** What `counters.malformed` is made of. */
  readonly malformed: MalformedResult;
  /** Its state at the end of the run. */
  readonly gauges: ElementGauges;
}

/** One segment. Forwarding counts again on each segment. */
export interface SegmentResult {
  /** Packets put on it, by packet type; `malformed` is what does not parse. Types without any are left out. */
  readonly packets: Readonly<Record<string, number>>;
  /** The octets of these packets, with IP headers. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Copies that reached a node that wanted them. */
  readonly delivered: number;
  /** Copies dropped, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** One expectation of the scenario. */
export interface ExpectationResult {
  /** The expectation, for people. */
  readonly text: string;
  /** Whether it holds. */
  readonly pass: boolean;
  /** What was found instead; empty if it holds. */
  readonly found: string;
}

/** What came of a run. The same plan, seed and version of the code give the same result on every machine. */
export interface RunResult {
  /** The name of the scenario. */
  readonly scenario: string;
  /** What the scenario is about. */
  readonly about: string;
  /** The seed of all randomness. */
  readonly seed: number;
  /** The parameters that were in force. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** How it ended. */
  readonly verdict: Verdict;
  /** Why the verdict is not `pass`; empty otherwise. */
  readonly reasons: readonly string[];
  /** Everything that happened, as 16 hexadecimal digits. */
  readonly traceHash: string;
  /** When the run ended. */
  readonly simulatedNs: Instant;
  /** When the last message was delivered or reported lost; `null` if the run never settled. */
  readonly settledNs: Instant | null;
  /** Events of the simulation. */
  readonly events: number;
  /** By the name of the node. */
  readonly receivers: Readonly<Record<string, ReceiverResult>>;
  /** By the name of the node. */
  readonly sources: Readonly<Record<string, SourceResult>>;
  /** By the name of the node, then of the socket. */
  readonly sockets: Readonly<Record<string, Readonly<Record<string, SocketResult>>>>;
  /** By the name of the node: the routers that speak PGM. */
  readonly elements: Readonly<Record<string, ElementResult>>;
  /** By the name of the segment. */
  readonly segments: Readonly<Record<string, SegmentResult>>;
  /** In the order of the scenario. */
  readonly expectations: readonly ExpectationResult[];
  /** What the checkers found, 20 at most; empty unless the verdict is `safety`. */
  readonly violations: readonly Violation[];
}

const MALFORMED_NAMES: readonly string[] = Object.keys(ParseError);

/** The name of a cause in `ParseError`: stable, unlike its words. */
export function malformedName(cause: ParseError): string {
  return MALFORMED_NAMES[Object.values(ParseError).indexOf(cause)]!;
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
