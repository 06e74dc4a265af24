/**
 * Parity at a network element (RFC 3208, section 11.6): who has asked for how many packets of a group, what goes up, and
 * where parity goes. Groups have eight packets; `8*3` is three of the group that begins at 8.
 */

import { assertEquals } from "@std/assert";
import { ms, seconds } from "../../../engine/mod.ts";
import { ElementBench, elementBench, parityBench, parityPrm, UPSTREAM } from "../../support/element_bench.ts";
import { odata, rdata, spm } from "../../support/rig.ts";

Deno.test("NetworkElement: pro-active parity passes without any repair state [FEC-075]", () => {
  const bench = parityBench();
  assertEquals(bench.passes(odata({ sqn: 8, parity: true })), [1, 2, 3]);
  assertEquals(bench.passes(odata({ sqn: 16, parity: true })), [1, 2, 3]);
  assertEquals([bench.element.gauges.repairs, bench.element.stats.parityForwarded], [0, 0]);
  bench.saysNothing();
});

Deno.test("NetworkElement: parity state has a count for each interface, and the largest [FEC-076, FEC-079]", () => {
  const bench = parityBench({ ncfRepeatIvl: 0 });
  bench.asks(2, 8, 2).says("2 NCF 8*2", "0 NAK 8*2");
  bench.confirms(8, 2).asks(3, 8, 4).says("3 NCF 8*4", "0 NAK 8*4");
  assertEquals([bench.element.gauges.repairs, bench.element.stats.countsRaised], [1, 1]);
  // One of each group more: what is asked for less is told what is known of its interface.
  bench.confirms(8, 4).asks(2, 8, 1).asks(3, 8, 1).says("2 NCF 8*2", "3 NCF 8*4");
  assertEquals([1, 2, 3, 4, 5].map(() => bench.repairs(8)), [[2, 3], [2, 3], [3], [3], []]);
  assertEquals(bench.element.gauges.repairs, 0);
});

Deno.test("NetworkElement: NAK_PKT_CNT of 0 lets one parity packet pass [FEC-077, FEC-082]", () => {
  const bench = parityBench();
  assertEquals(bench.repairs(8), []);
  assertEquals(bench.element.stats.rdataUnwanted, 1);
  bench.nak(1, { sqn: 8, parity: true }).says("1 NCF 8*1", "0 NAK 8*1");
  assertEquals([bench.repairs(16), bench.repairs(8), bench.repairs(8)], [[], [1], []]);
  assertEquals([bench.element.stats.rdataUnwanted, bench.element.stats.parityForwarded], [3, 1]);
});

Deno.test("NetworkElement: a parity NCF bears the larger of what is asked for now and on this interface before [FEC-078]", () => {
  const bench = parityBench({ ncfRepeatIvl: 0 });
  bench.asks(2, 8, 3).confirms(8, 3).rig.said();
  bench.asks(2, 8, 1).says("2 NCF 8*3");
  bench.asks(1, 8, 1).says("1 NCF 8*1");
  bench.asks(2, 8, 5).says("2 NCF 8*5", "0 NAK 8*5");
});

Deno.test("NetworkElement: a parity NAK is eliminated for NAK_ELIM_IVL if it asks for no more than is known [FEC-080, FEC-081]", () => {
  const bench = parityBench({ nakElimIvl: ms(200), ncfRepeatIvl: 0 });
  bench.asks(3, 8, 3).confirms(8, 3).rig.said();
  bench.at(ms(200) - 1).asks(2, 8, 2).says("2 NCF 8*2").asks(3, 8, 3).says("3 NCF 8*3");
  assertEquals(bench.element.stats.naksEliminated, 2);
  // Then it goes up, and for as many as anybody wants.
  bench.at(ms(200)).asks(2, 8, 2).says("2 NCF 8*2", "0 NAK 8*3");
  bench.confirms(8, 3).at(ms(201)).asks(2, 8, 5).says("2 NCF 8*5", "0 NAK 8*5");
  assertEquals([1, 2, 3, 4, 5, 6].map(() => bench.repairs(8)), [[2, 3], [2, 3], [2, 3], [2], [2], []]);
});

Deno.test("NetworkElement: while a parity NAK is repeated, another goes up only for more, and is repeated in its place", () => {
  const bench = parityBench();
  bench.asks(1, 8, 2).says("1 NCF 8*2", "0 NAK 8*2").at(ms(50));
  bench.asks(2, 8, 2).says("2 NCF 8*2");
  bench.asks(2, 8, 3).says("2 NCF 8*3", "0 NAK 8*3");
  assertEquals(bench.element.gauges.pending, 1);
  bench.at(ms(150) - 1).saysNothing().at(ms(150)).says("0 NAK 8*3");
  bench.confirms(8, 3).at(seconds(2)).saysNothing();
});

Deno.test("NetworkElement: parity goes to all who want one more, until nobody does [FEC-083]", () => {
  const bench = parityBench();
  bench.asks(2, 8, 1).asks(3, 8, 3).confirms(8, 3).rig.said();
  assertEquals([1, 2, 3].map(() => bench.repairs(8)), [[2, 3], [3], [3]]);
  assertEquals([bench.element.gauges.repairs, bench.element.stats.rdataUnwanted], [0, 0]);
  assertEquals([bench.repairs(8), bench.element.stats.rdataUnwanted], [[], 1]);
});

Deno.test("NetworkElement: parity that comes before its NCF lowers what is repeated", () => {
  const bench = parityBench();
  bench.asks(1, 8, 3).rig.said();
  assertEquals(bench.repairs(8), [1]);
  bench.at(ms(100)).says("0 NAK 8*2");
  assertEquals([bench.repairs(8), bench.repairs(8)], [[1], [1]]);
  assertEquals([bench.element.gauges.pending, bench.element.nextTimeout() > seconds(1)], [0, true]);
  bench.at(seconds(1)).saysNothing();
});

Deno.test("NetworkElement: an NCF for fewer packets than are asked for confirms nothing [FEC-084]", () => {
  const bench = parityBench({ nakRptIvl: ms(350) });
  bench.asks(1, 8, 4).rig.said();
  bench.at(ms(50)).confirms(8, 2);
  assertEquals([bench.element.gauges.pending, bench.element.stats.ncfsTooFew], [1, 1]);
  bench.at(ms(100)).says("0 NAK 8*4").confirms(8, 3).at(ms(200)).says("0 NAK 8*4");
  bench.confirms(8, 4).at(ms(350)).saysNothing();
  assertEquals([bench.element.gauges.pending, bench.element.stats.naksUnconfirmed], [0, 0]);
});

Deno.test("NetworkElement: a parity NCF that nobody asked for anticipates as many packets as it names [FEC-085]", () => {
  const bench = parityBench({ ncfRepeatIvl: 0 });
  bench.confirms(8, 3);
  assertEquals([bench.element.gauges.repairs, bench.element.stats.anticipated], [1, 1]);
  bench.asks(1, 8, 2).says("1 NCF 8*2").asks(1, 8, 3).says("1 NCF 8*3");
  bench.asks(1, 8, 4).says("1 NCF 8*4", "0 NAK 8*4");
  // Only for NAK_ELIM_IVL.
  bench.confirms(16, 3).at(ms(200)).rig.said();
  bench.asks(1, 16, 1).says("1 NCF 16*1", "0 NAK 16*3");
});

Deno.test("NetworkElement: a parity NCF for more than is known raises what is known [FEC-086]", () => {
  const bench = parityBench({ ncfRepeatIvl: 0 });
  bench.asks(1, 8, 2).confirms(8, 2).rig.said();
  bench.confirms(8, 5);
  assertEquals(bench.element.stats.countsAnticipated, 1);
  bench.asks(2, 8, 4).says("2 NCF 8*4").asks(2, 8, 5).says("2 NCF 8*5").asks(2, 8, 6).says("2 NCF 8*6", "0 NAK 8*6");
});

Deno.test("NetworkElement: what nobody below has asked for ends with the first parity packet of its group", () => {
  const bench = parityBench();
  bench.confirms(8, 3);
  assertEquals([bench.repairs(8), bench.element.gauges.repairs], [[], 0]);
  bench.asks(1, 8, 1).says("1 NCF 8*1", "0 NAK 8*1");
});

Deno.test("NetworkElement: parity state ends NAK_RDATA_IVL after the NCF, and NAKs are given up after NAK_RPT_IVL, as for numbers [FEC-092]", () => {
  for (const parity of [false, true]) {
    const bench = parityBench({ nakRptIvl: ms(250), nakRdataIvl: ms(600), nakElimIvl: ms(100) });
    const asks = () => parity ? bench.asks(1, 8, 1) : bench.nak(1, { sqn: 8 });
    const named = parity ? "8*1" : "8";
    asks().says(`1 NCF ${named}`, `0 NAK ${named}`);
    bench.at(ms(100)).says(`0 NAK ${named}`).at(ms(200)).says(`0 NAK ${named}`);
    bench.at(ms(250) - 1);
    assertEquals(bench.element.gauges.pending, 1);
    bench.at(ms(250)).saysNothing();
    assertEquals(bench.element.gauges.pending, 0);
    bench.at(ms(300));
    if (parity) bench.confirms(8, 1);
    else bench.ncf({ sqn: 8 });
    bench.at(ms(400) - 1);
    asks().says(`1 NCF ${named}`);
    bench.at(ms(900) - 1);
    assertEquals(bench.element.gauges.repairs, 1);
    bench.at(ms(900));
    assertEquals([bench.element.gauges.repairs, bench.element.stats.repairsExpired], [0, 1]);
  }
});

Deno.test("NetworkElement: a number and the group that begins with it do not mix [FEC-092]", () => {
  const bench = parityBench();
  bench.nak(1, { sqn: 8 }).asks(2, 8, 2).says("1 NCF 8", "0 NAK 8", "2 NCF 8*2", "0 NAK 8*2");
  bench.ncf({ sqn: 8 });
  assertEquals([bench.element.gauges.repairs, bench.element.gauges.pending], [2, 1]);
  assertEquals([bench.rdata(8), bench.element.gauges.repairs], [[1], 1]);
  assertEquals([bench.repairs(8), bench.repairs(8), bench.repairs(8)], [[2], [2], []]);
});

Deno.test("NetworkElement: parity is dropped and counted while no SPM has told what groups there are [FEC-091]", () => {
  const bench = new ElementBench();
  // No path at all: as any NAK.
  bench.asks(1, 8, 2).saysNothing();
  assertEquals([bench.element.stats.naksWithoutPath, bench.element.stats.parityUnkeyed], [1, 0]);
  bench.spm().rig.said();
  bench.asks(1, 8, 2).confirms(8, 2).saysNothing();
  assertEquals(bench.repairs(8), []);
  assertEquals([bench.element.stats.parityUnkeyed, bench.element.gauges.repairs], [3, 0]);
  assertEquals(bench.element.stats.rdataUnwanted, 0);
  bench.spm({ sqn: 2, options: [parityPrm()] }).rig.said();
  bench.asks(1, 8, 2).says("1 NCF 8*2", "0 NAK 8*2");
});

Deno.test("NetworkElement: the first group size holds; others, and those that cannot be used, are counted", () => {
  const bench = parityBench();
  bench.spm({ sqn: 2, options: [parityPrm(16)] }).spm({ sqn: 3, options: [parityPrm(8)] }).spm({ sqn: 4 }).rig.said();
  bench.asks(1, 8, 2).says("1 NCF 8*2", "0 NAK 8*2");
  assertEquals(bench.element.stats.parityPrmIgnored, 1);
  for (const tgSize of [1, 256]) {
    const other = new ElementBench().spm({ options: [parityPrm(tgSize)] });
    other.rig.said();
    other.asks(1, 8, 2).saysNothing();
    assertEquals([other.element.stats.parityPrmIgnored, other.element.stats.parityUnkeyed], [1, 1]);
  }
  // What is not believed tells nothing.
  const old = elementBench();
  old.spm({ sqn: 1, options: [parityPrm()] }).asks(1, 8, 2);
  assertEquals([old.element.stats.spmOutOfSequence, old.element.stats.parityUnkeyed], [1, 1]);
});

Deno.test("NetworkElement: SPMs go on with OPT_PARITY_PRM and OPT_CURR_TGSIZE as they are", () => {
  const options = [parityPrm(), { type: "CURR_TGSIZE", size: 5 }] as const;
  const bench = new ElementBench();
  bench.passes(spm({ sqn: 1, trail: 0, lead: 12, pathNla: UPSTREAM, options }));
  assertEquals(bench.rig.said().map(({ value }) => value.options), [options, options, options]);
});

Deno.test("NetworkElement: a parity NAK counts against the bounds of repair state as any other [FEC-092]", () => {
  const bench = parityBench({ maxRepairsPerInterface: 2, ncfRepeatIvl: 0 });
  bench.asks(1, 8, 2).asks(1, 24, 1).rig.said();
  bench.asks(1, 16, 1).nak(1, { sqn: 8 }).saysNothing();
  assertEquals(bench.element.stats.naksShed, 2);
  // An interface that has got all is not listed any more, whether others are or not.
  bench.asks(2, 8, 3).rig.said();
  assertEquals([bench.repairs(8), bench.repairs(8)], [[1, 2], [1, 2]]);
  bench.asks(1, 16, 1).says("1 NCF 16*1", "0 NAK 16*1");
});

Deno.test("NetworkElement: a group is in the window as long as one of its numbers may be", () => {
  const bench = new ElementBench({ maxAhead: 4 });
  bench.spm({ trail: 15, lead: 20, options: [parityPrm()] }).rig.said();
  bench.confirms(8, 1).confirms(24, 1);
  assertEquals([bench.element.stats.anticipated, bench.element.stats.anticipationsRefused], [2, 0]);
  bench.at(ms(200));
  bench.asks(1, 8, 1).says("1 NCF 8*1", "0 NAK 8*1").asks(1, 24, 1).says("1 NCF 24*1", "0 NAK 24*1");
  bench.asks(1, 0, 1).asks(1, 32, 1).saysNothing();
  assertEquals(bench.element.stats.naksOutOfWindow, 2);
  bench.confirms(0, 1).confirms(32, 1);
  assertEquals(bench.element.stats.anticipationsRefused, 2);
  assertEquals(bench.passes(rdata({ sqn: 8, parity: true, trail: 16 })), [1]);
  bench.asks(1, 8, 1).saysNothing();
  assertEquals(bench.element.stats.naksOutOfWindow, 3);
});

Deno.test("NetworkElement: an NCF for more than was confirmed is not held back, one for as much or less is", () => {
  const bench = parityBench({ ncfRepeatIvl: ms(20) });
  bench.asks(1, 8, 2).says("1 NCF 8*2", "0 NAK 8*2");
  bench.at(ms(5)).asks(1, 8, 2).asks(1, 8, 1).saysNothing();
  bench.asks(1, 8, 3).says("1 NCF 8*3", "0 NAK 8*3");
  bench.at(ms(25) - 1).asks(1, 8, 3).saysNothing().at(ms(25)).asks(1, 8, 3).says("1 NCF 8*3");
});

Deno.test("NetworkElement: a NAK for more is no duplicate of one for less", () => {
  const bench = parityBench();
  bench.asks(1, 8, 1).asks(1, 8, 2).asks(2, 8, 2);
  assertEquals(bench.element.stats.naksDuplicate, 0);
  bench.asks(1, 8, 2);
  assertEquals(bench.element.stats.naksDuplicate, 1);
});

Deno.test("NetworkElement: groups may be anywhere in the sequence space", () => {
  const bench = new ElementBench().spm({ trail: 0xffff_fff0, lead: 20, options: [parityPrm()] });
  bench.rig.said();
  bench.asks(1, 0xffff_fff8, 3).says("1 NCF 4294967288*3", "0 NAK 4294967288*3");
  bench.nak(2, { sqn: 0xffff_ffff }).nak(3, { sqn: 0 });
  assertEquals([bench.repairs(0xffff_fff8), bench.repairs(0xffff_fff8), bench.repairs(0)], [[1, 2], [1], [3]]);
});
