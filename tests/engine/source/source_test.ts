import { assert, assertEquals } from "@std/assert";
import { type Instant, ms, seconds, sqnAdd } from "../../../engine/mod.ts";
import { FROM_RECEIVER, QUIET, send, sourceBench as bench } from "../../support/benches.ts";
import { DPORT, GROUP, GSI, nak, nla, only, type Said, SOURCE, SPORT, summary } from "../../support/rig.ts";

function times(said: readonly Said[], type: string): number[] {
  return said.filter((s) => s.value.type === type).map((s) => s.at);
}

Deno.test("Source: ODATA is numbered by one in the order of submission [GEN-025, SRC-002, WIN-002]", () => {
  const rig = bench({ ...QUIET, firstSqn: 0xffff_fffe }).at(0);
  rig.says("SPM 0");
  send(rig, 4).at(ms(10));
  const said = rig.said();
  assertEquals(said.map(summary), ["ODATA 4294967294", "ODATA 4294967295", "ODATA 0", "ODATA 1"]);
  for (const [i, { value }] of said.entries()) {
    assert(value.type === "ODATA");
    assertEquals(value.payload, new Uint8Array(100).fill(i));
    assertEquals(value.trail, 0xffff_fffe);
  }
  assertEquals([rig.endpoint.trail, rig.endpoint.lead], [0xffff_fffe, 1]);
});

Deno.test("Source: data packets carry the session's ports and go to the group [PKT-031, PKT-033, SRC-038, SRC-039]", () => {
  const rig = send(bench(QUIET).at(0), 1).at(ms(10));
  for (const { datagram, value } of rig.said()) {
    assertEquals([value.sourcePort, value.destinationPort, value.gsi], [SPORT, DPORT, GSI]);
    assertEquals([datagram.source, datagram.destination], [SOURCE, GROUP]);
    assertEquals(datagram.routerAlert, value.type !== "ODATA");
  }
});

Deno.test("Source: heartbeats decay from IHB_MIN to IHB_MAX after the last data [SRC-012, SRC-013, SRC-014]", () => {
  const rig = bench({ ambientSpmIvl: seconds(1000), ihbMin: ms(100), ihbMax: ms(1600) }).at(0);
  send(rig, 1).at(seconds(7));
  assertEquals(times(rig.said(), "SPM"), [0, 100, 300, 700, 1500, 3100, 4700, 6300].map(ms));
});

Deno.test("Source: data in mid-decay starts the heartbeats anew [SRC-015]", () => {
  const rig = bench({ ambientSpmIvl: seconds(1000), ihbMin: ms(100), ihbMax: ms(1600) }).at(0);
  send(rig, 1).at(ms(800));
  rig.said();
  send(rig, 1).at(ms(1600));
  assertEquals(times(rig.said(), "SPM"), [900, 1100, 1500].map(ms));
});

Deno.test("Source: while data flows only ambient SPMs are sent [SRC-010, SRC-017, SRC-018]", () => {
  const rig = bench({ ambientSpmIvl: ms(500), ihbMin: ms(100) }).at(0);
  for (let t = 0; t < 2000; t += 50) send(rig.at(ms(t)), 1);
  assertEquals(times(rig.said(), "SPM"), [0, 500, 1000, 1500].map(ms));
});

Deno.test("Source: an ambient SPM restarts the heartbeat countdown and leaves its interval [SRC-016]", () => {
  const rig = bench({ ambientSpmIvl: ms(450), ihbMin: ms(100), ihbMax: ms(1600) }).at(0);
  send(rig, 1).at(ms(900) - 1);
  // Heartbeats at 100 and 300; the ambient SPM at 450 postpones the one due at 700 to 450 + 400.
  assertEquals(times(rig.said(), "SPM"), [0, 100, 300, 450, 850].map(ms));
});

Deno.test("Source: ambient and heartbeat timers are independent [SRC-019]", () => {
  const beats = (ambientSpmIvl: Instant) =>
    times(send(bench({ ambientSpmIvl, ihbMin: ms(100), ihbMax: ms(200) }).at(0), 1).at(ms(390)).said(), "SPM");
  assertEquals(beats(seconds(10)), [0, 100, 300].map(ms));
  assertEquals(beats(seconds(20)), [0, 100, 300].map(ms));
});

Deno.test("Source: SPM_SQN counts by one, edges and path are the source's own [SRC-029, SRC-030, SRC-031, PKT-027]", () => {
  const rig = bench({ ambientSpmIvl: ms(100), ihbMin: seconds(1000), ihbMax: seconds(1000), firstSpmSqn: 0xffff_ffff });
  rig.at(0);
  send(rig, 3).at(ms(250));
  const spms = only(rig.said(), "SPM");
  assertEquals(spms.map(({ sqn, trail, lead, pathNla }) => [sqn, trail, lead, pathNla]), [
    [0xffff_ffff, 0, 0xffff_ffff, SOURCE],
    [0, 0, 2, SOURCE],
    [1, 0, 2, SOURCE],
  ]);
});

Deno.test("Source: a NAK is answered with an NCF at once, then with RDATA [SRC-020, SRC-021, SRC-025, PKT-034, GEN-017]", () => {
  const rig = send(bench(QUIET).at(0), 5).at(ms(10));
  const [, , , original] = rig.said();
  rig.at(ms(20)).hears(nak({ sqn: 2 }), FROM_RECEIVER);
  rig.at(ms(20) + 10_000);
  const [ncf, rdata] = rig.said();
  assertEquals([summary(ncf!), ncf!.at, ncf!.datagram.destination], ["NCF 2", ms(20), GROUP]);
  assert(ncf!.value.type === "NCF");
  assertEquals([ncf!.value.sourceNla, ncf!.value.groupNla], [SOURCE, GROUP]);
  assertEquals(summary(rdata!), "RDATA 2");
  assert(rdata!.value.type === "RDATA" && original!.value.type === "ODATA");
  assertEquals(rdata!.value.payload, original!.value.payload);
});

Deno.test("Source: RDATA carries the trailing edge of its own time [SRC-028, WIN-016]", () => {
  const rig = bench({ ...QUIET, txwSecs: seconds(2), txwAdvSecs: seconds(1) }).at(0);
  send(rig, 1).at(seconds(1));
  send(rig, 1).at(seconds(2));
  rig.said();
  rig.hears(nak({ sqn: 1 }), FROM_RECEIVER).at(seconds(2) + ms(1));
  const rdata = only(rig.said(), "RDATA")[0];
  assertEquals([rdata!.sqn, rdata!.trail], [1, 1]);
});

Deno.test("Source: NAKs outside the window are confirmed but not repaired [SRC-023, SRC-041]", () => {
  const rig = bench({ ...QUIET, txwSecs: seconds(2), txwAdvSecs: seconds(1) }).at(0);
  send(rig, 1).at(seconds(1.5));
  send(rig, 1).at(seconds(2));
  rig.said();
  rig.hears(nak({ sqn: 0 }), FROM_RECEIVER).hears(nak({ sqn: 100 }), FROM_RECEIVER);
  rig.at(seconds(2.1)).says("NCF 0", "NCF 100");
  assertEquals([rig.endpoint.stats.naksBehindTrail, rig.endpoint.stats.naksBeyondLead], [1, 1]);
});

Deno.test("Source: NAKs for other sessions, sources or groups are ignored [SRC-044, PKT-043]", () => {
  const rig = send(bench(QUIET).at(0), 1).at(ms(10));
  rig.said();
  rig.hears(nak({ sqn: 0, gsi: GSI + 1 }), FROM_RECEIVER);
  rig.hears(nak({ sqn: 0, sourceNla: nla("10.0.0.2") }), FROM_RECEIVER);
  rig.hears(nak({ sqn: 0, groupNla: nla("239.1.2.4") }), FROM_RECEIVER);
  rig.at(seconds(1)).saysNothing();
  assertEquals(rig.endpoint.stats.foreign, 3);
});

Deno.test("Source: identical NAKs within the repeat interval get one NCF, later ones another [SRC-022]", () => {
  const rig = send(bench({ ...QUIET, ncfRepeatIvl: ms(20), rdataDelay: ms(100) }).at(0), 1).at(ms(10));
  rig.said();
  for (let i = 0; i < 100; i++) rig.at(ms(10) + i * 100_000).hears(nak({ sqn: 0 }), FROM_RECEIVER);
  rig.at(ms(30) - 1).hears(nak({ sqn: 0 }), FROM_RECEIVER).says("NCF 0");
  rig.at(ms(30)).hears(nak({ sqn: 0 }), FROM_RECEIVER).says("NCF 0");
});

Deno.test("Source: NAKs for a repair that waits are served by it; later ones start another [SRC-026, SRC-042]", () => {
  const rig = send(bench({ ...QUIET, ncfRepeatIvl: 0, rdataDelay: ms(40) }).at(0), 1).at(ms(10));
  rig.said();
  for (const at of [10, 20, 30]) rig.at(ms(at)).hears(nak({ sqn: 0 }), FROM_RECEIVER);
  rig.at(ms(50) - 1).says("NCF 0", "NCF 0", "NCF 0");
  rig.at(ms(50)).says("RDATA 0");
  rig.at(ms(60)).hears(nak({ sqn: 0 }), FROM_RECEIVER).at(ms(100)).says("NCF 0", "RDATA 0");
});

Deno.test("Source: a list NAK gets one NCF with the same list and a repair for each number [SRC-034, SRC-035]", () => {
  const rig = send(bench(QUIET).at(0), 10).at(ms(10));
  rig.said();
  rig.hears(nak({ sqn: 2, options: [{ type: "NAK_LIST", sqns: [4, 5, 9] }] }), FROM_RECEIVER).at(ms(20));
  const said = rig.said();
  assertEquals(said.map(summary), ["NCF 2", "RDATA 2", "RDATA 4", "RDATA 5", "RDATA 9"]);
  assert(said[0]!.value.type === "NCF");
  assertEquals(said[0]!.value.options, [{ type: "NAK_LIST", sqns: [4, 5, 9] }]);
});

Deno.test("Source: repairs that fall behind the trail while they wait are dropped [SRC-043]", () => {
  const rig = bench({ ...QUIET, txwSecs: seconds(2), txwAdvSecs: seconds(1), rdataDelay: ms(500) }).at(0);
  send(rig, 1).at(seconds(1.8)).said();
  rig.hears(nak({ sqn: 0 }), FROM_RECEIVER).at(seconds(3)).says("NCF 0");
  assertEquals(rig.endpoint.stats.repairsExpired, 1);
});

Deno.test("Source: over any interval SPM and ODATA keep to bucket + rate x interval [SRC-003, SRC-005]", () => {
  const config = { txwMaxRte: 1500, burstBytes: 1500, ambientSpmIvl: ms(700), ihbMin: ms(100) };
  const rig = send(bench(config).at(0), 50, 500).at(seconds(30));
  const said = rig.said();
  assertEquals(said.filter((s) => s.value.type === "ODATA").length, 50);
  for (let i = 0; i < said.length; i++) {
    let bytes = 0;
    for (let j = i; j < said.length; j++) {
      bytes += said[j]!.datagram.bytes.length;
      const interval = said[j]!.at - said[i]!.at;
      assert(bytes * 1e9 <= 1500 * 1e9 + 1500 * interval, `${bytes} octets in ${interval} ns`);
    }
  }
});

Deno.test("Source: back-to-back packets are spaced by size / peak rate [SRC-006]", () => {
  const rig = send(bench({ ...QUIET, peakRte: 100_000, syn: false }).at(0), 20, 476).at(seconds(1));
  const data = rig.said();
  for (let i = 1; i < data.length; i++) {
    const spacing = data[i]!.at - data[i - 1]!.at;
    assert(spacing >= data[i - 1]!.datagram.bytes.length * 10_000, `spacing ${spacing}`);
  }
  assertEquals(data[2]!.at - data[1]!.at, ms(5));
});

Deno.test("Source: NCFs leave before SPMs, SPMs before data [SRC-007]", () => {
  // At 1000 octets per second the first message closes the egress for half a second.
  const rig = bench({
    peakRte: 1000,
    txwMaxRte: 1000,
    ambientSpmIvl: ms(400),
    ihbMin: seconds(100),
    ihbMax: seconds(100),
  });
  rig.at(ms(100));
  send(rig, 3, 476).at(ms(110));
  rig.said();
  rig.hears(nak({ sqn: 0 }), FROM_RECEIVER).at(ms(450)).hears(nak({ sqn: 7 }), FROM_RECEIVER);
  rig.at(seconds(3));
  assertEquals(rig.said().map(summary).slice(0, 4), ["NCF 0", "NCF 7", "SPM 1", "RDATA 0"]);
});

Deno.test("Source: while repairs and new data wait they share the egress [SRC-008, SRC-009]", () => {
  const rig = bench({ ...QUIET, peakRte: 10_000, rdataShare: 0.25, burstBytes: 1_000_000 }).at(0);
  send(rig, 20, 476).at(seconds(2));
  rig.said();
  send(rig, 40, 476);
  for (let sqn = 0; sqn < 20; sqn++) rig.hears(nak({ sqn }), FROM_RECEIVER);
  rig.at(seconds(2));
  rig.said();
  rig.at(seconds(3));
  const first = rig.said().filter((s) => s.value.type === "RDATA" || s.value.type === "ODATA").slice(0, 16);
  assertEquals(first.filter((s) => s.value.type === "RDATA").length, 4);
});

Deno.test("Source: a busy session keeps to rate, order, ambient and heartbeat rules all at once [SRC-001]", () => {
  const config = { txwMaxRte: 10_000, burstBytes: 1_000, peakRte: 20_000, ambientSpmIvl: ms(500), ihbMin: ms(100) };
  const rig = bench({ ...config, ihbMax: ms(400) }).at(0);
  send(rig, 98, 476);
  const asked = [ms(730), ms(1010), ms(1995), ms(3333)];
  for (const [sqn, at] of asked.entries()) rig.at(at).hears(nak({ sqn }), FROM_RECEIVER);
  const said = rig.at(seconds(10)).said();
  const lastData = said.findLast((s) => s.value.type === "ODATA")!.at;

  const regulated = said.filter((s) => s.value.type === "SPM" || s.value.type === "ODATA");
  for (let i = 0; i < regulated.length; i++) {
    let bytes = 0;
    for (let j = i; j < regulated.length; j++) {
      bytes += regulated[j]!.datagram.bytes.length;
      assert(bytes * 1e9 <= 1_000 * 1e9 + 10_000 * (regulated[j]!.at - regulated[i]!.at), "TXW_MAX_RTE");
    }
  }
  for (let i = 1; i < said.length; i++) {
    assert(said[i]!.at - said[i - 1]!.at >= said[i - 1]!.datagram.bytes.length * 50_000, "peak rate");
  }
  for (const [sqn, at] of asked.entries()) {
    assertEquals(summary(said.find((s) => s.at >= at)!), `NCF ${sqn}`);
  }
  for (let at = 0; at <= lastData; at += ms(500)) {
    assertEquals(said.find((s) => s.at >= at && s.value.type !== "NCF")!.value.type, "SPM", `ambient at ${at}`);
  }
  assertEquals(said.filter((s) => s.value.type === "RDATA").length, asked.length);
  const heartbeats = times(said, "SPM").filter((at) => at > lastData);
  assertEquals(heartbeats[0], lastData + ms(100));
  assert(heartbeats.every((at, i) => i === 0 || at - heartbeats[i - 1]! <= ms(400)));
});

Deno.test("Source: the window drops one increment when its oldest packet is TXW_SECS old [WIN-019, WIN-020, WIN-021, WIN-027]", () => {
  const rig = bench({ ...QUIET, txwSecs: seconds(4), txwAdvSecs: seconds(1), ambientSpmIvl: ms(50) }).at(0);
  for (let t = 0; t < 60; t++) send(rig.at(ms(100 * t)), 1);
  rig.at(seconds(4) - 1);
  const trails: [number, number][] = [];
  for (const { at, value } of rig.at(seconds(6)).said()) {
    if (value.type !== "SPM" && value.type !== "ODATA") continue;
    if (trails.at(-1)?.[1] !== value.trail) trails.push([at / 1e6, value.trail]);
  }
  assertEquals(trails, [[0, 0], [4000, 10], [5000, 20], [6000, 30]]);
});

Deno.test("Source: an idle source's window empties after TXW_SECS, whatever is asked for [WIN-005, WIN-015, WIN-033, WIN-034]", () => {
  const rig = send(
    bench({ ...QUIET, txwSecs: seconds(3), txwAdvSecs: seconds(1), ambientSpmIvl: seconds(1) }).at(0),
    3,
  );
  rig.at(seconds(3) - 1).hears(nak({ sqn: 2 }), FROM_RECEIVER);
  assertEquals([rig.endpoint.trail, rig.endpoint.lead], [0, 2]);
  rig.at(seconds(3));
  assertEquals([rig.endpoint.trail, rig.endpoint.lead], [3, 2]);
  rig.said();
  rig.at(seconds(5));
  const spms = only(rig.said(), "SPM");
  assertEquals(spms.map(({ trail, lead }) => [trail, lead]), [[3, 2], [3, 2]]);
});

Deno.test("Source: a full window holds data back until it advances, repairs go on [WIN-004]", () => {
  const rig = bench({ ...QUIET, txwSecs: seconds(2), txwAdvSecs: seconds(1), txwMaxSqns: 4 }).at(0);
  send(rig, 6).at(seconds(2) - 1);
  assertEquals(rig.said().map(summary), ["SPM 0", "ODATA 0", "ODATA 1", "ODATA 2", "ODATA 3"]);
  rig.hears(nak({ sqn: 1 }), FROM_RECEIVER).says("NCF 1", "RDATA 1");
  rig.at(seconds(2) + ms(1));
  assertEquals(rig.said().map(summary).slice(-2), ["ODATA 4", "ODATA 5"]);
});

Deno.test("Source: messages that do not fit a packet are cut, in order, with their place [OPT-024, OPT-025]", () => {
  const rig = bench({ ...QUIET, maxTsdu: 1000, firstSqn: 7, syn: false }).at(0);
  rig.said();
  const apdu = Uint8Array.from({ length: 2500 }, (_, i) => i % 251);
  rig.endpoint.send(0, apdu);
  send(rig, 1).at(ms(10));
  const data = only(rig.said(), "ODATA");
  assertEquals(data.map((v) => v.options), [
    [{ type: "FRAGMENT", firstSqn: 7, offset: 0, apduLength: 2500 }],
    [{ type: "FRAGMENT", firstSqn: 7, offset: 1000, apduLength: 2500 }],
    [{ type: "FRAGMENT", firstSqn: 7, offset: 2000, apduLength: 2500 }],
    [],
  ]);
  assertEquals(data.slice(0, 3).flatMap((v) => [...v.payload]), [...apdu]);
  rig.hears(nak({ sqn: 8 }), FROM_RECEIVER).at(ms(20));
  const repair = only(rig.said(), "RDATA")[0];
  assertEquals([repair!.options, repair!.payload], [data[1]!.options, data[1]!.payload]);
});

Deno.test("Source: more data than the buffer takes would block, and room is announced", () => {
  let writable = 0;
  const rig = bench({ ...QUIET, sendBufferBytes: 2000, peakRte: 10_000 }, { onWritable: () => writable++ });
  rig.at(0);
  const results = Array.from({ length: 5 }, () => rig.endpoint.send(0, new Uint8Array(1000)));
  assertEquals(results, ["accepted", "accepted", "would-block", "would-block", "would-block"]);
  rig.at(seconds(1));
  assertEquals([writable, rig.endpoint.waiting], [1, 0]);
  assertEquals(rig.endpoint.stats.odata, 2);
  assertEquals(rig.endpoint.nextSqn, sqnAdd(0, 2));
});
