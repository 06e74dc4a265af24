/**
 * Sums up nodes and segments for the result of a run. A node that restarted counts all its lives.
 *
 * @module
 */

import {
  ElementStats,
  formatTsi,
  type Instant,
  ParseError,
  ReceiverStats,
  RepairerStats,
  SourceStats,
} from "../../engine/mod.ts";
import type { Segment } from "../../netsim/mod.ts";
import type { ElementRun, ReceiverRun, Retired, SourceRun } from "./applications.ts";
import { CLASSES } from "./match.ts";
import {
  type ElementResult,
  malformedName,
  type MalformedResult,
  type ReceiverResult,
  type RepairerResult,
  type SegmentResult,
  type SourceResult,
} from "./result.ts";

/** One receiver's result at the end of the run. */
export function receiverResult(run: ReceiverRun, now: Instant): ReceiverResult {
  const lives = [...run.retired, run.receiver];
  const counters = sum(new ReceiverStats(), lives.map(({ stats }) => stats));
  const { latencies, starts, ends } = run.member;
  return {
    delivered: counters.messages,
    recovered: counters.recovered,
    duplicates: counters.duplicates,
    lost: counters.lost,
    naksSent: counters.naksSent,
    naksSuppressed: counters.naksSuppressed,
    repairLatencyNs: latencies.summary(),
    starts,
    ends,
    counters,
    malformed: malformedOf(lives),
    sessions: run.receiver.sessions.map((session) => ({
      tsi: formatTsi(session.tsi),
      ended: session.ended ?? null,
      gauges: session.gauges(now) ?? null,
    })),
    repairer: repairerResult(run),
  };
}

function repairerResult({ repairers }: ReceiverRun): RepairerResult | null {
  const latest = repairers.at(-1);
  if (latest === undefined) return null;
  return { counters: sum(new RepairerStats(), repairers.map(({ stats }) => stats)), gauges: latest.gauges };
}

/** One source's result at the end of the run. */
export function sourceResult(run: SourceRun, now: Instant): SourceResult {
  const lives = [...run.retired, run.source];
  const counters = sum(new SourceStats(), lives.map(({ stats }) => stats));
  const { odata, rdata, spm, ncf, naksReceived, bytes, messages } = counters;
  const sent = { odata, rdata, spm, ncf, naksReceived, bytes, messages };
  const { state } = run.source;
  return { ...sent, counters, malformed: malformedOf(lives), state, gauges: run.source.gauges(now) };
}

/** The result of one router that speaks PGM. */
export function elementResult(run: ElementRun): ElementResult {
  const lives = [...run.retired, run.element];
  const counters = sum(new ElementStats(), lives.map(({ stats }) => stats));
  return { counters, malformed: malformedOf(lives), gauges: run.element.gauges };
}

/** One segment's result. */
export function segmentResult(segment: Segment): SegmentResult {
  const { stats } = segment;
  const byClass = (countOf: (index: number) => number) => {
    return Object.fromEntries(CLASSES.map((name, index) => [name, countOf(index)]).filter(([, count]) => count !== 0));
  };
  return {
    packets: byClass((index) => stats.packets(index)),
    bytes: byClass((index) => stats.bytes(index)),
    delivered: stats.conservation().delivered,
    dropped: Object.fromEntries(stats.dropped),
  };
}

function sum<Stats extends object>(total: Stats, parts: readonly Stats[]): Stats {
  const counters = total as Record<string, number>;
  for (const part of parts) {
    for (const [name, count] of Object.entries(part as Record<string, number>)) {
      counters[name] = counters[name]! + count;
    }
  }
  return total;
}

/** In the order of the causes, whatever came first. */
function malformedOf(lives: readonly Retired<unknown>[]): MalformedResult {
  const counts: Record<string, number> = {};
  for (const cause of Object.values(ParseError)) {
    const count = lives.reduce((total, { malformed }) => total + (malformed.get(cause) ?? 0), 0);
    if (count > 0) counts[malformedName(cause)] = count;
  }
  return counts;
}
