/**
 * RM_SENDER_STATS and RM_RECEIVER_STATS: what a socket counts, under the names of Windows. All fields are u64 there;
 * here they are integers, exact to 2^53. Octets are those of PGM packets without IP headers; rates are kbit/s.
 *
 * @module
 */

import type { Instant } from "../base/time.ts";
import type { ReceiverStats, SessionGauges } from "../receiver/receiver_stats.ts";
import type { Source } from "../source/source.ts";

/** RM_SENDER_STATS. */
export interface RmSenderStats {
  /** The octets of data sent, without headers and repairs. */
  readonly DataBytesSent: number;
  /** The octets of SPMs, ODATA and RDATA. */
  readonly TotalBytesSent: number;
  /** NAKs received. */
  readonly NaksReceived: number;
  /** Of the numbers that they ask for, those that the window had passed. */
  readonly NaksReceivedTooLate: number;
  /** Numbers whose repair waits to be sent. */
  readonly NumOutstandingNaks: number;
  /** Numbers asked for whose repair had been sent before. */
  readonly NumNaksAfterRData: number;
  /** RDATA packets sent. */
  readonly RepairPacketsSent: number;
  /** The octets of the window that are free: what `send` takes at once. */
  readonly BufferSpaceAvailable: number;
  /** TXW_TRAIL. */
  readonly TrailingEdgeSeqId: number;
  /** TXW_LEAD. */
  readonly LeadingEdgeSeqId: number;
  /** The rate since the start. */
  readonly RateKBitsPerSecOverall: number;
  /** The rate in the last whole second. */
  readonly RateKBitsPerSecLast: number;
  /** ODATA packets sent. */
  readonly TotalODataPacketsSent: number;
}

/**
 * RM_RECEIVER_STATS. A listening socket counts for all its sessions; what is the state of one session is 0 there. Of a
 * session that was reset, the state is that of its end.
 */
export interface RmReceiverStats {
  /** ODATA packets received. */
  readonly NumODataPacketsReceived: number;
  /** RDATA packets received. */
  readonly NumRDataPacketsReceived: number;
  /** Data packets received again. */
  readonly NumDuplicateDataPackets: number;
  /** The octets of data, without headers and duplicates. */
  readonly DataBytesReceived: number;
  /** The octets of all packets. */
  readonly TotalBytesReceived: number;
  /** The rate since the session began. */
  readonly RateKBitsPerSecOverall: number;
  /** The rate between the two latest SPMs. */
  readonly RateKBitsPerSecLast: number;
  /** RXW_TRAIL. */
  readonly TrailingEdgeSeqId: number;
  /** RXW_LEAD. */
  readonly LeadingEdgeSeqId: number;
  /** The advertised window in packets, averaged over the SPMs. */
  readonly AverageSequencesInWindow: number;
  /** The smallest advertised window. */
  readonly MinSequencesInWindow: number;
  /** The largest advertised window. */
  readonly MaxSequencesInWindow: number;
  /** The oldest missing sequence number; 0 if none is. */
  readonly FirstNakSequenceNumber: number;
  /** Missing numbers that are still to be asked for. */
  readonly NumPendingNaks: number;
  /** Missing numbers that were asked for. */
  readonly NumOutstandingNaks: number;
  /** Data packets that wait behind a gap, for the rest of their message, or to be read. */
  readonly NumDataPacketsBuffered: number;
  /** NAKs for numbered packets sent. */
  readonly TotalSelectiveNaksSent: number;
  /** NAKs for parity sent. */
  readonly TotalParityNaksSent: number;
}

/** RM_SENDER_STATS of a source; before there is one, all is 0 but the free octets of the window. */
export function senderStats(source: Source | undefined, now: Instant, bufferSpace: number): RmSenderStats {
  const stats = source?.stats;
  const gauges = source?.gauges(now);
  return {
    DataBytesSent: stats?.dataBytes ?? 0,
    TotalBytesSent: stats === undefined ? 0 : stats.spmBytes + stats.odataBytes + stats.rdataBytes,
    NaksReceived: stats?.naksReceived ?? 0,
    NaksReceivedTooLate: stats?.naksBehindTrail ?? 0,
    NumOutstandingNaks: gauges?.outstandingNaks ?? 0,
    NumNaksAfterRData: stats?.naksAfterRdata ?? 0,
    RepairPacketsSent: stats?.rdata ?? 0,
    BufferSpaceAvailable: bufferSpace,
    TrailingEdgeSeqId: gauges?.trail ?? 0,
    LeadingEdgeSeqId: gauges?.lead ?? 0,
    RateKBitsPerSecOverall: kbits(gauges?.rateOverall),
    RateKBitsPerSecLast: kbits(gauges?.rateLast),
    TotalODataPacketsSent: stats?.odata ?? 0,
  };
}

/** RM_RECEIVER_STATS from the counters, and of one session its state and how many packets wait to be read. */
export function receiverStats(
  stats: ReceiverStats,
  gauges: SessionGauges | undefined,
  unreadPackets: number,
): RmReceiverStats {
  return {
    NumODataPacketsReceived: stats.odata,
    NumRDataPacketsReceived: stats.rdata,
    NumDuplicateDataPackets: stats.duplicates,
    DataBytesReceived: stats.dataBytes,
    TotalBytesReceived: stats.bytes,
    RateKBitsPerSecOverall: kbits(gauges?.rateOverall),
    RateKBitsPerSecLast: kbits(gauges?.rateLast),
    TrailingEdgeSeqId: gauges?.trail ?? 0,
    LeadingEdgeSeqId: gauges?.lead ?? 0,
    AverageSequencesInWindow: Math.floor(gauges?.windowAverage ?? 0),
    MinSequencesInWindow: gauges?.windowMin ?? 0,
    MaxSequencesInWindow: gauges?.windowMax ?? 0,
    FirstNakSequenceNumber: gauges?.firstNakSqn ?? 0,
    NumPendingNaks: gauges?.pendingNaks ?? 0,
    NumOutstandingNaks: gauges?.outstandingNaks ?? 0,
    NumDataPacketsBuffered: (gauges?.bufferedPackets ?? 0) + unreadPackets,
    TotalSelectiveNaksSent: stats.naksSent - stats.parityNaksSent,
    TotalParityNaksSent: stats.parityNaksSent,
  };
}

/** Whole kbit/s of octets per second. */
function kbits(rate = 0): number {
  return Math.floor(rate / 125);
}
