/**
 * Sums up nodes and segments for the result of a run. A node that restarted counts all its lives.
 *
 * @module
 */

import { ReceiverStats, SourceStats } from "../engine/mod.ts";
import type { Segment } from "../netsim/mod.ts";
import type { ReceiverRun, SourceRun } from "./applications.ts";
import { CLASSES } from "./match.ts";
import type { ReceiverResult, SegmentResult, SourceResult } from "./result.ts";

/** One receiver's result. */
export function receiverResult(run: ReceiverRun): ReceiverResult {
  const counters = sum(new ReceiverStats(), [...run.retired, run.receiver.stats]);
  return {
    delivered: counters.messages,
    recovered: counters.recovered,
    duplicates: counters.duplicates,
    lost: counters.lost,
    naksSent: counters.naksSent,
    naksSuppressed: counters.naksSuppressed,
    repairLatencyNs: run.member.latencies.summary(),
    counters,
  };
}

/** One source's result. */
export function sourceResult(run: SourceRun): SourceResult {
  const counters = sum(new SourceStats(), [...run.retired, run.source.stats]);
  const { odata, rdata, spm, ncf, naksReceived, bytes, messages } = counters;
  return { odata, rdata, spm, ncf, naksReceived, bytes, messages, counters };
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
