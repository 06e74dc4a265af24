/**
 * What a source tells of itself: every field of Windows' RM_SENDER_STATS from a session of known numbers.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, seconds } from "../../../engine/mod.ts";
import { senderStats } from "../../../engine/socket/rm_stats.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench } from "../../support/benches.ts";
import { nak } from "../../support/rig.ts";

Deno.test("Source: counters and gauges fill RM_SENDER_STATS, number by number", () => {
  const config = { ...QUIET, txwSecs: seconds(2), txwAdvSecs: seconds(1), sendBufferBytes: 5000, rdataDelay: ms(100) };
  const rig = sourceBench({ ...config, burstBytes: 1200, txwMaxRte: 1000 }).at(0);
  assertEquals(rig.endpoint.gauges(0).rateOverall, 0);
  // The SPM has 36 octets; the first packet 24 + 8 of header and OPT_SYN, the others 24.
  send(rig, 5, 76);
  rig.at(seconds(1.5));
  for (const sqn of [0, 1]) rig.hears(nak({ sqn }), FROM_RECEIVER);
  rig.at(seconds(1.6)).hears(nak({ sqn: 1 }), FROM_RECEIVER);
  rig.at(seconds(2)).hears(nak({ sqn: 1 }), FROM_RECEIVER);
  send(rig, 15, 76);
  rig.hears(nak({ sqn: 5 }), FROM_RECEIVER);
  // All of the bucket is 1200 octets: 12 packets, 3 wait.
  const { rateOverall, rateLast, bufferSpace } = rig.endpoint.gauges(seconds(2));
  assertEquals(senderStats(rig.endpoint, seconds(2), bufferSpace), {
    DataBytesSent: 17 * 76,
    TotalBytesSent: 36 + 108 + 16 * 100 + 108 + 2 * 100,
    NaksReceived: 5,
    NaksReceivedTooLate: 1,
    NumOutstandingNaks: 1,
    NumNaksAfterRData: 1,
    RepairPacketsSent: 3,
    BufferSpaceAvailable: 5000 - 3 * 76,
    TrailingEdgeSeqId: 5,
    LeadingEdgeSeqId: 16,
    RateKBitsPerSecOverall: Math.floor((36 + 108 + 16 * 100 + 108 + 2 * 100) / 2 * 8 / 1000),
    RateKBitsPerSecLast: Math.floor((108 + 2 * 100) * 8 / 1000),
    TotalODataPacketsSent: 17,
  });
  // In the second from 1 s on: three repairs.
  assertEquals([rateOverall, rateLast], [(36 + 108 + 16 * 100 + 108 + 2 * 100) / 2, 108 + 2 * 100]);
  const { windowPackets, windowBytes, waitingPackets, waitingBytes } = rig.endpoint.gauges(seconds(2));
  assertEquals({ windowPackets, windowBytes, waitingPackets, waitingBytes }, {
    windowPackets: 12,
    windowBytes: 1200,
    waitingPackets: 3,
    waitingBytes: 228,
  });
  const { bytes, spmBytes, ncfBytes, odataBytes, rdataBytes, ncf, ncfsHeldBack } = rig.endpoint.stats;
  assertEquals([ncf, ncfsHeldBack, ncfBytes], [5, 0, 5 * 36]);
  assertEquals(bytes, spmBytes + ncfBytes + odataBytes + rdataBytes);
});
