/**
 * How a source tunes the NAK_BO_IVL of its receivers, and what it does when its NCFs do not arrive (RFC 3208, sections
 * 15.2.1 and 15.3).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, type OptionOf, type OptionValue, seconds, type Source, type SourceConfig } from "../../../engine/mod.ts";
import { QUIET, send, sourceBench } from "../../support/benches.ts";
import { GROUP, nak, nla, only, type Rig, type Said, SOURCE, summary } from "../../support/rig.ts";

const CHILD = nla("10.0.0.9");

/** A source that has sent 300 packets, advertises NAK_BO_IVL on NCFs and confirms every NAK. */
function tuning(config: Partial<SourceConfig> = {}): Rig<Source> {
  const rig = sourceBench({
    ...QUIET,
    nakBoIvlOn: "NCF",
    ncfRepeatIvl: 0,
    repairStateIvl: 0,
    rdataDelay: ms(10),
    ...config,
  });
  send(rig.at(0), 300).at(seconds(1));
  rig.said();
  return rig;
}

/** A NAK for a number comes in; gives what the source says to it at once. */
function asked(
  rig: Rig<Source>,
  sqn: number,
  how: { iface?: number; list?: number[]; source?: typeof CHILD } = {},
): Said[] {
  const { list, iface = 0, source = CHILD } = how;
  const options: OptionValue[] = list === undefined ? [] : [{ type: "NAK_LIST", sqns: list }];
  return rig.hears(nak({ sqn, options }), { source, iface, destination: SOURCE }).said();
}

/** OPT_NAK_BO_IVL of the NCF that a NAK gets at once, in ms. */
function advertised(rig: Rig<Source>, sqn: number, iface = 0): number {
  const [ncf] = only(asked(rig, sqn, { iface }), "NCF");
  const option = ncf!.options.find((each): each is OptionOf<"NAK_BO_IVL"> => each.type === "NAK_BO_IVL")!;
  assertEquals(option.pollSqn, 0);
  return option.ivlUs / 1_000;
}

/** Lets the repairs leave that wait. */
function repaired(rig: Rig<Source>): Rig<Source> {
  rig.at(rig.now + ms(20));
  rig.said();
  return rig;
}

/** So many losses, each of which one receiver asks for. */
function clean(rig: Rig<Source>, from: number, count: number): void {
  for (let sqn = from; sqn < from + count; sqn++) {
    asked(rig, sqn);
    repaired(rig);
  }
}

Deno.test("Source: without nakBoIvlOn no packet has OPT_NAK_BO_IVL, whatever NAKs come", () => {
  const rig = tuning({ nakBoIvlOn: "none", ihbMin: ms(50), ihbMax: ms(50) });
  for (let i = 0; i < 5; i++) asked(rig, 7).forEach(({ value }) => assertEquals(value.options, []));
  assertEquals(only(rig.at(seconds(2)).said(), "SPM").every(({ options }) => options.length === 0), true);
  const { nakBoIvlRaised, naksDuplicate } = rig.endpoint.stats;
  assertEquals({ nakBoIvlRaised, naksDuplicate }, { nakBoIvlRaised: 0, naksDuplicate: 4 });
});

Deno.test("Source: an NCF tells NAK_BO_IVL as it is now, with NAK_BO_IVL_SQN 0 [IMP-008]", () => {
  const rig = tuning();
  const [ncf] = only(asked(rig, 7), "NCF");
  assertEquals(ncf!.options, [{ type: "NAK_BO_IVL", ivlUs: 50_000, pollSqn: 0 }]);
  assertEquals(advertised(rig, 7), 100);
});

Deno.test("Source: the first duplicate NAK doubles NAK_BO_IVL, further ones for the number do not [IMP-004, IMP-006]", () => {
  for (const duplicates of [2, 3, 10]) {
    const rig = tuning();
    assertEquals(advertised(rig, 7), 50);
    for (let i = 0; i < duplicates; i++) assertEquals(advertised(rig, 7), 100);
    assertEquals(rig.endpoint.stats.nakBoIvlRaised, 1);
  }
});

Deno.test("Source: NAKs are counted until the repair state is discarded, then anew [IMP-003]", () => {
  const rig = tuning();
  for (let i = 0; i < 3; i++) asked(rig, 5);
  assertEquals(rig.endpoint.stats.naksDuplicate, 2);
  repaired(rig);
  assertEquals(advertised(rig, 5), 100);
  assertEquals(rig.endpoint.stats.naksDuplicate, 2);
  assertEquals(advertised(rig, 5), 200);
  assertEquals(rig.endpoint.stats.naksDuplicate, 3);
});

Deno.test("Source: the state outlives the repair by repairStateIvl: NAKs that crossed the NCF are duplicates", () => {
  const rig = tuning({ rdataDelay: 0, repairStateIvl: ms(200) });
  const begun = rig.now;
  assertEquals(asked(rig, 5).map(summary), ["NCF 5", "RDATA 5"]);
  asked(rig.at(begun + ms(200) - 1), 5);
  assertEquals(rig.endpoint.stats.naksDuplicate, 1);
  asked(rig.at(begun + ms(200)), 5);
  assertEquals(rig.endpoint.stats.naksDuplicate, 1);
});

Deno.test("Source: NAK_PROBE_NUM losses in a row without a duplicate halve it, then counting restarts [IMP-005, IMP-006]", () => {
  const rig = tuning({ nakProbeNum: 8, nakBoIvlMin: ms(1) });
  asked(rig, 0);
  assertEquals(advertised(rig, 0), 100);
  repaired(rig);
  clean(rig, 1, 7);
  assertEquals(rig.endpoint.gauges(rig.now).nakBoIvl, ms(100));
  assertEquals(advertised(rig, 8), 50);
  repaired(rig);
  clean(rig, 9, 7);
  assertEquals(rig.endpoint.gauges(rig.now).nakBoIvl, ms(50));
  assertEquals(advertised(rig, 16), 25);
  // A duplicate begins the row anew, also one that raises nothing more.
  repaired(rig);
  clean(rig, 17, 7);
  asked(rig, 100);
  asked(rig, 100);
  asked(rig, 100);
  repaired(rig);
  assertEquals(rig.endpoint.gauges(rig.now).nakBoIvl, ms(25));
  clean(rig, 30, 7);
  assertEquals(rig.endpoint.gauges(rig.now).nakBoIvl, ms(25));
  clean(rig, 37, 1);
  assertEquals(rig.endpoint.gauges(rig.now).nakBoIvl, ms(12.5));
});

Deno.test("Source: NAK_BO_IVL stays within its limits [IMP-007]", () => {
  const rig = tuning();
  assertEquals(rig.endpoint.gauges(rig.now).nakBoIvl, ms(50));
  for (let sqn = 0; sqn < 20; sqn++) {
    asked(rig, sqn);
    asked(rig, sqn);
  }
  assertEquals(rig.endpoint.gauges(rig.now).nakBoIvl, seconds(2));
  repaired(rig);
  clean(rig, 20, 200);
  assertEquals(rig.endpoint.gauges(rig.now).nakBoIvl, ms(10));
  assertEquals(rig.endpoint.stats.nakBoIvlRaised, 6);
  assertEquals(rig.endpoint.stats.nakBoIvlLowered, 8);
});

Deno.test("Source: a list NAK raises it once, however many of its numbers are asked for again", () => {
  const rig = tuning();
  for (let i = 0; i < 3; i++) asked(rig, 1, { list: [2, 3, 4, 5] });
  assertEquals(rig.endpoint.gauges(rig.now).nakBoIvl, ms(100));
});

Deno.test("Source: numbers outside the window are no losses", () => {
  const rig = tuning();
  for (let i = 0; i < 30; i++) asked(rig, 1_000 + (i >> 1));
  assertEquals(rig.endpoint.gauges(rig.now).nakBoIvl, ms(50));
  assertEquals(rig.endpoint.stats.naksDuplicate, 0);
});

Deno.test("Source: each interface has a NAK_BO_IVL of its own [IMP-002]", () => {
  const rig = tuning();
  assertEquals([advertised(rig, 1, 1), advertised(rig, 1, 1), advertised(rig, 1, 0)], [50, 100, 50]);
  assertEquals([advertised(rig, 2, 1), advertised(rig, 2, 1), advertised(rig, 2, 0)], [100, 200, 50]);
});

Deno.test("Source: with NCF+SPM, SPMs tell it too [IMP-009]", () => {
  const rig = tuning({ nakBoIvlOn: "NCF+SPM", ihbMin: ms(100), ihbMax: ms(100) });
  const [before] = only(rig.at(rig.now + ms(100)).said(), "SPM");
  assertEquals(before!.options, [{ type: "NAK_BO_IVL", ivlUs: 50_000, pollSqn: 0 }]);
  asked(rig, 5);
  asked(rig, 5);
  const [after] = only(rig.at(rig.now + ms(200)).said(), "SPM");
  assertEquals(after!.options, [{ type: "NAK_BO_IVL", ivlUs: 100_000, pollSqn: 0 }]);
  const onNcfs = tuning({ ihbMin: ms(100), ihbMax: ms(100) });
  assertEquals(only(onNcfs.at(seconds(2)).said(), "SPM").flatMap(({ options }) => options), []);
});

Deno.test("Source: SPMs tell the limits, the maximum first [IMP-013]", () => {
  const rig = sourceBench({ nakBoRng: true, nakBoIvlMin: ms(30), nakBoIvlMax: ms(900), lateJoin: 0.5 }).at(0);
  const [said] = rig.said();
  const { value, datagram } = said!;
  assertEquals(value.options.slice(0, 1), [{ type: "NAK_BO_RNG", maxUs: 900_000, minUs: 30_000 }]);
  // Behind OPT_LENGTH, and before OPT_JOIN: network elements look at it.
  assertEquals(datagram.bytes.subarray(40, 52).toHex(), "050c0000000dbba000007530");
});

Deno.test("Source: the NCF for a list NAK has its TSI, numbers, source and group, and OPT_NAK_BO_IVL besides [IMP-012]", () => {
  const rig = tuning();
  const request = nak({ sqn: 3, options: [{ type: "NAK_LIST", sqns: [5, 9] }] });
  const [ncf] = only(asked(rig, 3, { list: [5, 9] }), "NCF");
  const { sourceNla, groupNla, sqn, gsi } = request as typeof ncf & object;
  assertEquals({ sourceNla: ncf!.sourceNla, groupNla: ncf!.groupNla, sqn: ncf!.sqn, gsi: ncf!.gsi }, {
    sourceNla,
    groupNla,
    sqn,
    gsi,
  });
  assertEquals(ncf!.options, [...request.options, { type: "NAK_BO_IVL", ivlUs: 50_000, pollSqn: 0 }]);
});

/** A source that takes four duplicates for a failure. */
const FRAGILE: Partial<SourceConfig> = { nakBoIvlOn: "none", dupNakMax: 4 };

/** NAKs for 5 until multicast is presumed not to arrive. */
function failing(config: Partial<SourceConfig> = {}): Rig<Source> {
  const rig = tuning({ ...FRAGILE, ...config });
  for (let i = 0; i < 5; i++) asked(rig, 5);
  return rig;
}

function destinations(said: readonly Said[]): [string, string][] {
  return said.map((each) => [summary(each), each.datagram.destination]);
}

Deno.test("Source: DUP_NAK_MAX duplicates for one number, and NCFs are unicast [IMP-019, IMP-020]", () => {
  const rig = tuning(FRAGILE);
  for (let i = 0; i < 4; i++) assertEquals(destinations(asked(rig, 5)), [["NCF 5", GROUP]]);
  assertEquals(rig.endpoint.stats.unreachable, 0);
  const other = nla("10.0.0.44");
  assertEquals(destinations(asked(rig, 5)).filter(([what]) => what === "NCF 5"), [["NCF 5", CHILD]]);
  assertEquals(destinations(asked(rig, 9, { source: other })), [["NCF 9", other]]);
  // On the other interface nothing is wrong.
  const elsewhere = asked(rig, 9, { iface: 1 });
  assertEquals(destinations(elsewhere), [["NCF 9", GROUP]]);
  assertEquals(elsewhere[0]!.iface, 1);
  assertEquals([rig.endpoint.stats.unreachable, rig.endpoint.stats.ncfsUnicast], [1, 2]);
});

Deno.test("Source: duplicates of different numbers do not add up", () => {
  const rig = tuning(FRAGILE);
  for (let sqn = 0; sqn < 20; sqn++) for (let i = 0; i < 4; i++) asked(rig, sqn);
  assertEquals(rig.endpoint.stats.unreachable, 0);
});

Deno.test("Source: with dupNakMax 0 it never gives multicast up", () => {
  const rig = tuning({ dupNakMax: 0 });
  for (let i = 0; i < 500; i++) asked(rig, 5);
  assertEquals([rig.endpoint.stats.unreachable, rig.endpoint.stats.ncfsUnicast], [0, 0]);
});

Deno.test("Source: a unicast NCF says that its neighbours are out of reach, and whose they are [IMP-023]", () => {
  const rig = failing();
  const [said] = asked(rig, 7);
  const { value, datagram, iface } = said!;
  assertEquals(value.options, [{ type: "NBR_UNREACH" }, { type: "PATH_NLA", nla: SOURCE }]);
  assertEquals([datagram.source, datagram.destination, iface], [SOURCE, CHILD, 0]);
  const there = tuning({ ...FRAGILE, nakBoIvlOn: "NCF" });
  for (let i = 0; i < 5; i++) asked(there, 5, { iface: 1 });
  const [ncf] = only(asked(there, 7, { iface: 1 }), "NCF");
  const own = nla("10.1.0.1");
  assertEquals(ncf!.options, [
    { type: "NAK_BO_IVL", ivlUs: 100_000, pollSqn: 0 },
    { type: "NBR_UNREACH" },
    { type: "PATH_NLA", nla: own },
  ]);
});

Deno.test("Source: along with it goes a regular SPM of the next number, at the same instant [IMP-021]", () => {
  const rig = tuning({ ...FRAGILE, ihbMin: ms(100), ihbMax: seconds(1000) });
  const [before] = only(rig.at(seconds(3)).said(), "SPM").slice(-1);
  for (let i = 0; i < 4; i++) asked(rig, 5);
  const said = asked(rig, 5);
  assertEquals(said.map(summary), ["NCF 5", `SPM ${before!.sqn + 1}`]);
  assertEquals([said[1]!.datagram.destination, said[1]!.value.options], [GROUP, []]);
  // No more than one within IHB_MIN: what hears the first needs no other.
  assertEquals(asked(rig.at(rig.now + ms(5)), 6).map(summary), ["NCF 6"]);
});

Deno.test("Source: the next ambient or heartbeat SPM has it try multicast again; the SPM of a NAK does not", () => {
  const rig = tuning({ ...FRAGILE, ambientSpmIvl: seconds(5) });
  for (let i = 0; i < 5; i++) asked(rig, 5);
  rig.at(seconds(4));
  rig.said();
  assertEquals(destinations(asked(rig, 8))[0], ["NCF 8", CHILD]);
  assertEquals(only(rig.at(seconds(6)).said(), "SPM").length, 1);
  assertEquals(destinations(asked(rig, 9))[0], ["NCF 9", GROUP]);
});

Deno.test("Source: unicast NCFs are not held back as repeats, but keep to half of the line", () => {
  const rig = failing({ ncfRepeatIvl: seconds(1) });
  assertEquals(rig.endpoint.stats.unreachable, 1);
  for (const host of ["10.0.0.50", "10.0.0.51", "10.0.0.52"]) {
    assertEquals(destinations(asked(rig, 5, { source: nla(host) })).filter(([what]) => what.startsWith("NCF")), [
      ["NCF 5", nla(host)],
    ]);
  }
});
