/**
 * Several sources in one group: each its own session, with what is known of it from outside.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  encodePacket,
  ms,
  type PacketValue,
  Receiver,
  RECEIVER_DEFAULTS,
  ReceiverStats,
  seconds,
} from "../../../engine/mod.ts";
import { receiverStats } from "../../../engine/socket/rm_stats.ts";
import { fragment } from "../../support/apdus.ts";
import { receiverBench } from "../../support/benches.ts";
import { DPORT, GROUP, ncf, nla, odata, poll, rdata, Rig, spm } from "../../support/rig.ts";

/** A packet of another source: the one with that GSI. */
function of(gsi: number, packet: PacketValue): PacketValue {
  return { ...packet, gsi } as PacketValue;
}

Deno.test("Receiver: each source has its own numbers, losses and end; sessions are told apart by the listener", () => {
  const told: string[] = [];
  const config = { ...RECEIVER_DEFAULTS, group: GROUP, port: DPORT };
  const rig = new Rig((host) =>
    new Receiver(host, config, {
      onMessage: (_now, { tsi }, _message, sqn) => told.push(`${tsi.gsi}: ${sqn}`),
      onLoss: (_now, { tsi }, first, last) => told.push(`${tsi.gsi}: lost ${first}-${last}`),
      onEnd: (_now, { tsi }, end) => told.push(`${tsi.gsi}: ${end}`),
    })
  );
  for (const gsi of [1, 2, 3]) rig.hears(of(gsi, odata({ sqn: 100 * gsi })), { source: nla(`10.0.0.${gsi}`) });
  rig.hears(of(2, odata({ sqn: 202 })), { source: nla("10.0.0.2") });
  rig.hears(of(1, odata({ sqn: 101 })), { source: nla("10.0.0.1") });
  rig.hears(of(2, spm({ sqn: 1, trail: 202, lead: 202 })), { source: nla("10.0.0.2") });
  rig.hears(of(3, odata({ sqn: 301, options: [{ type: "FIN" }] })), { source: nla("10.0.0.3") });
  rig.hears(of(1, odata({ sqn: 102 })), { source: nla("10.0.0.1") });
  assertEquals(told, [
    "1: 100",
    "2: 200",
    "3: 300",
    "1: 101",
    "2: lost 201-201",
    "2: 202",
    "3: 301",
    "3: fin",
    "1: 102",
  ]);
  assertEquals(rig.endpoint.sessions.map(({ tsi, sourceNla }) => [tsi.gsi, sourceNla]), [
    [1, "10.0.0.1"],
    [2, "10.0.0.2"],
    [3, "10.0.0.3"],
  ]);
});

Deno.test("Receiver: beyond maxSessions a source is not followed; when one is forgotten there is room again", () => {
  const { rig, log } = receiverBench({ maxSessions: 2, idleTimeout: seconds(10), spmr: false });
  rig.hears(of(1, odata({ sqn: 1 }))).at(seconds(1)).hears(of(2, odata({ sqn: 2 }))).hears(of(3, odata({ sqn: 3 })));
  assertEquals([log.delivered, rig.endpoint.stats.tooManySessions], [[1, 2], 1]);
  rig.at(seconds(10) - 1).hears(of(3, odata({ sqn: 4 })));
  assertEquals([log.delivered, rig.endpoint.stats.tooManySessions], [[1, 2], 2]);
  rig.at(seconds(10)).hears(of(3, odata({ sqn: 5 })));
  assertEquals([log.delivered, rig.endpoint.sessions.map(({ tsi }) => tsi.gsi)], [[1, 2, 5], [2, 3]]);
});

Deno.test("Receiver: idleTimeout runs from the last packet of the source itself, and ends each session by itself", () => {
  const { rig, log } = receiverBench({ idleTimeout: seconds(10), spmr: false });
  rig.hears(of(1, odata({ sqn: 1 }))).hears(of(2, odata({ sqn: 2 })));
  rig.at(seconds(4)).hears(of(1, odata({ sqn: 2 })));
  // Others' packets about the session are no sign of life of its source, nor are POLLs; its NCFs are.
  rig.at(seconds(8)).hears(of(2, ncf({ sqn: 9 })), { source: nla("10.0.0.66") }).hears(of(2, poll()));
  rig.at(seconds(10) - 1);
  assertEquals([rig.endpoint.sessions.length, log.ends], [2, []]);
  rig.at(seconds(10));
  assertEquals([rig.endpoint.sessions.map(({ tsi }) => tsi.gsi), log.ends], [[1], ["idle"]]);
  rig.at(seconds(13)).hears(of(1, ncf({ sqn: 2 }))).at(seconds(23) - 1);
  assertEquals(rig.endpoint.sessions.length, 1);
  rig.at(seconds(23));
  assertEquals([rig.endpoint.sessions, log.ends, rig.endpoint.nextTimeout()], [[], ["idle", "idle"], Infinity]);
  assertEquals(rig.endpoint.stats.odata, 3);
});

Deno.test("Session: counters and gauges of a scripted session, as RM_RECEIVER_STATS wants them", () => {
  const { rig } = receiverBench({ nakRptIvl: seconds(5) });
  let octets = 0;
  const hears = (packet: PacketValue) => {
    octets += encodePacket(packet).length;
    rig.hears(packet);
  };
  hears(spm({ sqn: 1, trail: 10, lead: 9 }));
  for (const sqn of [10, 11, 12]) hears(odata({ sqn, trail: 10, payload: new Uint8Array(100) }));
  hears(odata({ sqn: 11, trail: 10, payload: new Uint8Array(100) }));
  hears(odata({ sqn: 15, trail: 11, payload: new Uint8Array(50) }));
  rig.at(seconds(1));
  hears(spm({ sqn: 2, trail: 11, lead: 15 }));
  const untilSpm = octets;
  rig.at(seconds(2)).says("NAK 13", "NAK 14");
  hears(rdata({ sqn: 13, trail: 11, payload: new Uint8Array(30) }));
  rig.at(seconds(3));
  hears(spm({ sqn: 3, trail: 11, lead: 18 }));
  const untilLast = octets;
  rig.at(seconds(4));
  const session = rig.endpoint.sessions[0]!;
  const gauges = session.gauges(seconds(4))!;
  assertEquals(receiverStats(session.stats, gauges, 0), {
    NumODataPacketsReceived: 5,
    NumRDataPacketsReceived: 1,
    NumDuplicateDataPackets: 1,
    DataBytesReceived: 380,
    TotalBytesReceived: octets,
    RateKBitsPerSecOverall: Math.floor(octets * 8 / 4 / 1_000),
    RateKBitsPerSecLast: Math.floor((untilLast - untilSpm) * 8 / 2 / 1_000),
    TrailingEdgeSeqId: 11,
    LeadingEdgeSeqId: 18,
    AverageSequencesInWindow: Math.floor((0 + 5 + 8) / 3),
    MinSequencesInWindow: 0,
    MaxSequencesInWindow: 8,
    FirstNakSequenceNumber: 14,
    NumPendingNaks: 0,
    NumOutstandingNaks: 4,
    NumDataPacketsBuffered: 1,
    TotalSelectiveNaksSent: 5,
    TotalParityNaksSent: 0,
  });
  assertEquals([gauges.rateOverall, gauges.rateLast], [octets / 4, (untilLast - untilSpm) / 2]);
  assertEquals(gauges.windowAverage, (0 + 5 + 8) / 3);
  const { messages, messageBytes, sqnsRequested, recovered, spm: spms, lost } = session.stats;
  assertEquals([messages, messageBytes, sqnsRequested, recovered, spms, lost], [4, 330, 5, 1, 3, 0]);
});

Deno.test("Session: before data there are no gauges; fragments that wait for the rest count as buffered", () => {
  const { rig } = receiverBench({ spmr: false });
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 }));
  assertEquals(rig.endpoint.sessions[0]!.gauges(0), undefined);
  rig.hears(odata({ sqn: 0 }));
  for (const sqn of [1, 2]) rig.hears(fragment({ sqn, firstSqn: 1, offset: 4 * (sqn - 1), apduLength: 16 }));
  rig.hears(fragment({ sqn: 4, firstSqn: 1, offset: 12, apduLength: 16 }));
  const gauges = rig.endpoint.sessions[0]!.gauges(ms(1))!;
  assertEquals([gauges.bufferedPackets, gauges.missing, gauges.pendingNaks, gauges.outstandingNaks], [3, 1, 0, 0]);
  rig.hears(
    rdata({
      sqn: 3,
      options: [{ type: "FRAGMENT", firstSqn: 1, offset: 8, apduLength: 16 }],
      payload: new Uint8Array(4),
    }),
  );
  const after = rig.endpoint.sessions[0]!.gauges(ms(1))!;
  assertEquals([after.bufferedPackets, after.bufferedBytes, after.lead, after.firstNakSqn], [0, 0, 4, undefined]);
});

Deno.test("Receiver: its counters are the sums over its sessions, also over those that are forgotten", () => {
  const { rig } = receiverBench({ idleTimeout: seconds(1), spmr: false });
  const sum = new ReceiverStats();
  for (let round = 0; round < 3; round++) {
    for (const gsi of [1, 2]) rig.hears(of(gsi, odata({ sqn: 5 }))).hears(of(gsi, odata({ sqn: 5 })));
    rig.at(rig.now + seconds(2));
    assertEquals(rig.endpoint.sessions, []);
  }
  const bytes = 12 * encodePacket(odata({ sqn: 5 })).length;
  Object.assign(sum, { odata: 12, messages: 6, messageBytes: 6, dataBytes: 6, duplicates: 6, bytes });
  assertEquals(rig.endpoint.stats, sum);
});
