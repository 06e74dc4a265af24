import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError, ms, ReedSolomon, seconds } from "../../../engine/mod.ts";
import { FROM_RECEIVER, send } from "../../support/benches.ts";
import {
  heard,
  ON_DEMAND,
  optionOf,
  parityOf,
  paritySource as bench,
  PRO_ACTIVE,
} from "../../support/parity_source.ts";
import { nak, only } from "../../support/rig.ts";

const FULL = ["ODATA 0", "ODATA 1", "ODATA 2", "ODATA 3", "ODATA 4", "ODATA 5", "ODATA 6", "ODATA 7"];

Deno.test("SourceConfig: groups are powers of two of 2 to 128, begin with the session, and offer something [FEC-016, FEC-018]", () => {
  for (const groupSize of [0, 1, 6, 256]) assertThrows(() => bench({ ...ON_DEMAND, groupSize }), AssertionError);
  bench({ ...ON_DEMAND, groupSize: 128 });
  assertThrows(() => bench({ ...ON_DEMAND, onDemand: false }), AssertionError);
  assertThrows(() => bench({ ...ON_DEMAND, proActive: 248 }), AssertionError);
  bench({ ...ON_DEMAND, proActive: 247 });
  assertThrows(() => bench(ON_DEMAND, { firstSqn: 4 }), AssertionError);
});

Deno.test("Source: every SPM from the first on offers parity and says the group size [FEC-013, FEC-016, FEC-046]", () => {
  for (const [parity, proActive, onDemand] of [[ON_DEMAND, false, true], [PRO_ACTIVE, true, false]] as const) {
    const rig = bench(parity, { ihbMin: ms(100), ihbMax: ms(100) }).at(0);
    send(rig, 8).at(ms(350));
    const said = rig.said();
    assertEquals(said[0]!.value.type, "SPM");
    const spms = only(said, "SPM");
    assertEquals(spms.length, 4);
    for (const { options } of spms) assertEquals(options, [{ type: "PARITY_PRM", proActive, onDemand, tgSize: 8 }]);
  }
});

Deno.test("Source: pro-active parity is ODATA, follows all of its group, and takes no data SQN [FEC-047, FEC-019]", () => {
  const rig = bench(PRO_ACTIVE).at(0);
  rig.said();
  send(rig, 7);
  assertEquals(heard(rig), FULL.slice(0, 7));
  send(rig, 2);
  assertEquals(heard(rig), ["ODATA 7", "ODATA* 0", "ODATA* 1", "ODATA 8"]);
});

Deno.test("Source: a parity NAK is confirmed as it is, and gets the packets that it asks for [FEC-048, FEC-050, FEC-022, FEC-023]", () => {
  const rig = send(bench(ON_DEMAND).at(0), 8);
  rig.said();
  rig.at(ms(10)).hears(nak({ sqn: 2, parity: true }), FROM_RECEIVER);
  assertEquals(heard(rig), ["NCF* 2", "RDATA* 0", "RDATA* 1", "RDATA* 2"]);
  rig.at(ms(20)).hears(nak({ sqn: 0, parity: true }), FROM_RECEIVER);
  assertEquals(heard(rig), ["NCF* 0", "RDATA* 3"]);
  assertEquals(rig.endpoint.stats.parity, 4);
});

Deno.test("Source: parity is that of the group alone [FEC-100, FEC-039]", () => {
  const rig = send(bench(ON_DEMAND).at(0), 24);
  const data = only(rig.said(), "ODATA").slice(8, 16).map(({ payload }) => payload);
  rig.at(ms(10)).hears(nak({ sqn: 9, parity: true }), FROM_RECEIVER);
  const [first, second] = parityOf(rig.said());
  const expected = [new Uint8Array(100), new Uint8Array(100)];
  new ReedSolomon(8).encode(data, 0, expected);
  assertEquals([first!.payload, second!.payload], expected);
  assertEquals([first!.varPktlen, first!.sqn, second!.sqn], [undefined, 8, 9]);
});

Deno.test("Source: on-demand parity waits for the group and its pro-active parity, and reuses no index [FEC-014, FEC-049, FEC-051]", () => {
  const rig = send(bench({ ...PRO_ACTIVE, onDemand: true }).at(0), 7);
  rig.said();
  rig.at(ms(10)).hears(nak({ sqn: 1, parity: true }), FROM_RECEIVER);
  assertEquals(heard(rig), ["NCF* 1"]);
  send(rig, 1);
  assertEquals(heard(rig), ["ODATA 7", "ODATA* 0", "ODATA* 1", "RDATA* 2", "RDATA* 3"]);
  rig.at(ms(20)).hears(nak({ sqn: 0, parity: true }), FROM_RECEIVER);
  assertEquals(heard(rig), ["NCF* 0", "RDATA* 4"]);
});

Deno.test("Source: requests that wait are consolidated to the largest [FEC-053, FEC-054]", () => {
  const ask = (...sqns: number[]) => {
    const rig = send(bench(ON_DEMAND, { rdataDelay: ms(50) }).at(0), 8);
    rig.said();
    for (const sqn of sqns) rig.hears(nak({ sqn, parity: true }), FROM_RECEIVER);
    assertEquals(heard(rig), sqns.map((sqn) => `NCF* ${sqn}`));
    rig.at(ms(50) - 1).saysNothing();
    return parityOf(rig.at(ms(50)).said()).length;
  };
  assertEquals(ask(2, 1), 3);
  assertEquals(ask(1, 3), 4);
  assertEquals(ask(0, 1), 2);
});

Deno.test("Source: parity past k has its group in OPT_PARITY_GRP, by the advertised size [FEC-020, FEC-021]", () => {
  const rig = send(bench({ ...ON_DEMAND, truncateAfter: 0 }).at(0), 3);
  const full = send(bench(ON_DEMAND).at(0), 8);
  for (const each of [rig, full]) each.said();
  for (let i = 0; i < 3; i++) full.hears(nak({ sqn: 7, parity: true }), FROM_RECEIVER);
  const parity = parityOf(full.said());
  assertEquals(parity.map(({ sqn }) => sqn), [...Array(24).keys()].map((j) => j % 8));
  assertEquals(optionOf(parity[7]!, "PARITY_GRP"), undefined);
  assertEquals([parity[8], parity[19]].map((each) => optionOf(each!, "PARITY_GRP")?.group), [1, 2]);
  rig.hears(nak({ sqn: 7, parity: true }), FROM_RECEIVER);
  rig.hears(nak({ sqn: 7, parity: true }), FROM_RECEIVER);
  for (const { options } of parityOf(rig.said()).slice(0, 6)) {
    assertEquals(options.map(({ type }) => type), ["CURR_TGSIZE"]);
  }
});

Deno.test("Source: when all indexes are used they begin anew, and that is counted [FEC-052]", () => {
  const rig = send(bench({ ...ON_DEMAND, groupSize: 128 }).at(0), 128);
  rig.said();
  rig.hears(nak({ sqn: 126, parity: true }), FROM_RECEIVER);
  assertEquals([parityOf(rig.said()).at(-1)!.sqn, rig.endpoint.stats.parityWrapped], [126, 1]);
  rig.hears(nak({ sqn: 0, parity: true }), FROM_RECEIVER);
  assertEquals(parityOf(rig.said()).map(({ sqn }) => sqn), [0]);
});

Deno.test("Source: a selective NAK gets the packet while its group is partial, else parity [FEC-007, FEC-008, FEC-097]", () => {
  const rig = send(bench(ON_DEMAND).at(0), 7);
  rig.said();
  rig.at(ms(10)).hears(nak({ sqn: 3 }), FROM_RECEIVER);
  assertEquals(heard(rig), ["NCF 3", "RDATA 3"]);
  send(rig, 1);
  rig.said();
  rig.at(ms(20)).hears(nak({ sqn: 3 }), FROM_RECEIVER);
  assertEquals(heard(rig), ["NCF 3", "RDATA* 0"]);
});

Deno.test("Source: without on-demand parity a selective NAK gets the packet, and parity NAKs get nothing [FEC-098]", () => {
  const rig = send(bench(PRO_ACTIVE).at(0), 8);
  rig.said();
  rig.at(ms(10)).hears(nak({ sqn: 3 }), FROM_RECEIVER);
  assertEquals(heard(rig), ["NCF 3", "RDATA 3"]);
  rig.hears(nak({ sqn: 3, parity: true }), FROM_RECEIVER).saysNothing();
  assertEquals(rig.endpoint.stats.ignored, 1);
});

Deno.test("Source: an idle source truncates its group; an SPM says so, and data goes on at the next [FEC-011, FEC-025, FEC-031]", () => {
  const rig = send(bench({ ...ON_DEMAND, truncateAfter: ms(50) }).at(0), 3);
  rig.said();
  rig.at(ms(50) - 1).saysNothing();
  assertEquals(heard(rig.at(ms(50))), ["SPM 1 PARITY_PRM CURR_TGSIZE"]);
  assertEquals(rig.endpoint.nextSqn, 8);
  send(rig, 2);
  assertEquals(heard(rig), ["ODATA 8", "ODATA 9"]);
  assertEquals([rig.endpoint.trail, rig.endpoint.lead], [0, 9]);
  rig.endpoint.close(rig.now);
  assertEquals(heard(rig), ["SPM 2 PARITY_PRM CURR_TGSIZE FIN"]);
});

Deno.test("Source: every SPM says the size of a truncated group while its last packet is SPM_LEAD, and none after it [FEC-029, FEC-030]", () => {
  const heartbeats = { ihbMin: ms(100), ihbMax: ms(100) };
  for (const [parity, unasked] of [[ON_DEMAND, 0], [PRO_ACTIVE, 2]] as const) {
    const rig = send(bench({ ...parity, truncateAfter: ms(150) }, heartbeats).at(0), 3);
    rig.said();
    const sizes = (end: number) =>
      only(rig.at(ms(end)).said(), "SPM").map((each) => optionOf(each, "CURR_TGSIZE")?.size);
    // Before the group is over, none does; its end is an SPM unless parity tells of it.
    assertEquals(sizes(149), [undefined]);
    assertEquals(sizes(150), unasked === 0 ? [3] : []);
    assertEquals(sizes(480), [3, 3, 3]);
    send(rig, 2);
    assertEquals(sizes(600), [undefined]);
    assertEquals([rig.endpoint.lead, rig.endpoint.stats.parity], [9, unasked]);
  }
});

Deno.test("Source: the parity of a truncated group says its size, and there is as much of it as is needed [FEC-028, FEC-055, FEC-056]", () => {
  const rig = send(bench({ ...ON_DEMAND, truncateAfter: ms(50) }).at(0), 5);
  rig.at(ms(60)).said();
  const ask = (sqn: number) => {
    rig.hears(nak({ sqn, parity: true }), FROM_RECEIVER);
    return parityOf(rig.said()).map((parity) => optionOf(parity, "CURR_TGSIZE")?.size);
  };
  assertEquals(ask(4), [5, 5]);
  assertEquals(ask(2), [5]);
  assertEquals(ask(7), [5, 5, 5, 5, 5]);
});

Deno.test("Source: a number that a truncated group has passed over is answered with its parity", () => {
  const rig = send(bench({ ...PRO_ACTIVE, truncateAfter: ms(50) }).at(0), 5).at(ms(60));
  send(rig, 1);
  rig.said();
  rig.hears(nak({ sqn: 6 }), FROM_RECEIVER);
  assertEquals(heard(rig), ["NCF 6", "RDATA* 2 CURR_TGSIZE"]);
});

Deno.test("Source: groups of 8, 3 and 5 packets in one session, of an advertised size of 8 [FEC-016, FEC-024]", () => {
  const rig = bench({ ...PRO_ACTIVE, truncateAfter: ms(50) }, { ihbMin: ms(10), ihbMax: ms(10) }).at(0);
  const sizes = [8, 3, 5];
  for (const size of sizes) send(rig, size).at(rig.now + ms(100));
  const said = rig.said();
  const data = only(said, "ODATA").filter(({ parity }) => !parity);
  assertEquals(
    data.map(({ sqn }) => sqn),
    sizes.flatMap((size, group) => [...Array(size).keys()].map((i) => 8 * group + i)),
  );
  // Two parity packets of each, those of a full group without a size.
  const parity = parityOf(said).map((each) => [each.sqn, optionOf(each, "CURR_TGSIZE")?.size]);
  assertEquals(parity, [[0, undefined], [1, undefined], [8, 3], [9, 3], [16, 5], [17, 5]]);
  const advertised = only(said, "SPM").map((spm) => optionOf(spm, "PARITY_PRM")?.tgSize);
  assertEquals([advertised.length > 9, new Set(advertised)], [true, new Set([8])]);
});

Deno.test("Source: the last packet of a truncated group says its size, if that is known in time [FEC-027, FEC-045]", () => {
  const rig = bench({ ...PRO_ACTIVE, truncateAfter: ms(50) }, { txwMaxRte: 100_000, burstBytes: 500, syn: true }).at(0);
  for (let i = 0; i < 3; i++) rig.endpoint.send(0, new Uint8Array(300));
  rig.endpoint.close(0);
  assertEquals(heard(rig.at(ms(40))), [
    "SPM 0 PARITY_PRM",
    "ODATA 0 SYN",
    "ODATA 1",
    "ODATA 2 CURR_TGSIZE FIN",
    "ODATA* 0 CURR_TGSIZE SYN FIN",
    "ODATA* 1 CURR_TGSIZE SYN FIN",
  ]);
});

Deno.test("Source: packets of several lengths go as they are; their parity has two octets more, and says so [FEC-033, FEC-034, FEC-035, FEC-036]", () => {
  const rig = bench({ ...PRO_ACTIVE, groupSize: 2 }).at(0);
  rig.said();
  for (const text of ["A", "BC"]) rig.endpoint.send(0, new TextEncoder().encode(text));
  const data = only(rig.said(), "ODATA");
  assertEquals(data.map(({ payload }) => payload.length), [1, 2, 4, 4]);
  assertEquals(data.map(({ varPktlen }) => varPktlen), [undefined, undefined, true, true]);
  assertEquals(data[2]!.payload, new Uint8Array([0x47, 0x86, 0x00, 0x07]));
});

Deno.test("Source: fragments are encoded into every parity packet of their group, and of no other [FEC-040, FEC-041, FEC-042]", () => {
  const rig = bench({ ...PRO_ACTIVE, groupSize: 4 }, { maxTsdu: 100 }).at(0);
  rig.said();
  for (const bytes of [100, 200, 100, 100, 100, 100, 100]) rig.endpoint.send(0, new Uint8Array(bytes));
  const said = rig.said();
  const parity = parityOf(said);
  assertEquals(parity.map((each) => each.options.map(({ type }) => type)), [
    ["ENCODED_FRAGMENT"],
    ["ENCODED_FRAGMENT"],
    [],
    [],
  ]);
  const none = Uint8Array.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const data = [
    none,
    Uint8Array.from([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 200]),
    Uint8Array.from([0, 0, 0, 0, 1, 0, 0, 0, 100, 0, 0, 0, 200]),
    none,
  ];
  const expected = [new Uint8Array(13)];
  new ReedSolomon(4).encode(data, 1, expected);
  assertEquals(optionOf(parity[1]!, "ENCODED_FRAGMENT")!.octets, expected[0]);
});

Deno.test("Source: parity is there as long as a packet of its group is in the window [FEC-094]", () => {
  const config = { txwSecs: seconds(2), txwAdvSecs: ms(1) };
  const rig = send(bench(ON_DEMAND, config).at(0), 4);
  send(rig.at(seconds(1)), 4);
  rig.at(seconds(3) - 1).said();
  assertEquals(rig.endpoint.trail, 4);
  rig.hears(nak({ sqn: 0, parity: true }), FROM_RECEIVER);
  assertEquals(heard(rig), ["NCF* 0", "RDATA* 0"]);
  rig.at(seconds(3)).hears(nak({ sqn: 0, parity: true }), FROM_RECEIVER);
  assertEquals(heard(rig), ["NCF* 0"]);
  assertEquals(rig.endpoint.stats.naksBehindTrail, 1);
});

Deno.test("Source: the trailing edge is a packet that was sent, not a number that a truncated group has passed over", () => {
  const rig = send(bench({ ...ON_DEMAND, truncateAfter: ms(1) }, { txwStrategy: "application" }).at(0), 3);
  send(rig.at(ms(1)), 1).said();
  assertEquals([rig.endpoint.release(rig.now, 2), rig.endpoint.trail], [2, 2]);
  assertEquals([rig.endpoint.release(rig.now, 1), rig.endpoint.trail], [1, 8]);
  // The last packet of all was released: nothing is known of the next.
  assertEquals([rig.endpoint.release(rig.now, 1), rig.endpoint.trail], [1, 9]);
});

Deno.test("Source: a group that ends when the window has passed it has no parity any more [FEC-094]", () => {
  const config = { txwSecs: ms(140), txwAdvSecs: ms(110) };
  const rig = send(bench({ ...PRO_ACTIVE, onDemand: true, truncateAfter: ms(230) }, config).at(0), 1);
  rig.at(ms(230)).said();
  assertEquals(rig.endpoint.trail, 1);
  rig.hears(nak({ sqn: 7 }), FROM_RECEIVER).hears(nak({ sqn: 7, parity: true }), FROM_RECEIVER);
  rig.at(ms(300));
  assertEquals(heard(rig), ["NCF 7", "NCF* 7"]);
  assertEquals(rig.endpoint.stats.naksBeyondLead + rig.endpoint.stats.naksBehindTrail, 2);
});
