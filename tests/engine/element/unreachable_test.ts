/**
 * A network element whose NCFs do not arrive, or whose parent's do not (RFC 3208, section 15.3).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, type Nla, type PacketValue, seconds } from "../../../engine/mod.ts";
import { type ElementBench, elementBench, OWN, UPSTREAM } from "../../support/element_bench.ts";
import { GROUP, nak, ncf, nla, rdata, type Said, SOURCE, spm } from "../../support/rig.ts";

/** Where NCFs went since the last look. */
function ncfs(bench: ElementBench): string[] {
  return bench.rig.said().filter(({ value }) => value.type === "NCF")
    .map(({ iface, datagram }) => `${iface} ${datagram.multicast ? "group" : datagram.destination}`);
}

function unreachable(sqn: number, path: Nla): PacketValue {
  return ncf({ sqn, options: [{ type: "NBR_UNREACH" }, { type: "PATH_NLA", nla: path }] });
}

/** An NCF of the parent for a number by unicast, as it says that multicast does not arrive. */
function hearsUnreachable(bench: ElementBench, sqn: number, how: { path?: Nla; source?: Nla } = {}): void {
  bench.rig.hears(unreachable(sqn, how.path ?? UPSTREAM), { source: how.source ?? SOURCE, destination: OWN[0]! });
}

function specialSpm(sqn: number, path: Nla): PacketValue {
  return spm({ sqn, trail: 0, lead: 0x8000_0000, pathNla: path, options: [{ type: "NBR_UNREACH" }] });
}

function naksUp(said: readonly Said[]): number {
  return said.filter(({ value, iface }) => value.type === "NAK" && iface === 0).length;
}

Deno.test("NetworkElement: DUP_NAK_MAX duplicates, and NCFs are unicast there until a regular SPM [IMP-019, IMP-020, IMP-022]", () => {
  const bench = elementBench({ dupNakMax: 2, ncfRepeatIvl: 0 });
  for (let i = 0; i < 2; i++) bench.nak(2, { sqn: 5 });
  assertEquals(ncfs(bench), ["2 group", "2 group"]);
  bench.nak(2, { sqn: 5 });
  assertEquals(ncfs(bench), ["2 10.2.0.9"]);
  assertEquals([bench.element.stats.unreachable, bench.element.gauges.unreachable], [1, 1]);
  bench.nak(2, { sqn: 6 }).nak(3, { sqn: 6 });
  assertEquals(ncfs(bench), ["2 10.2.0.9", "3 group"]);
  // A special SPM is none of the source: it changes nothing.
  bench.passes(specialSpm(1, UPSTREAM));
  bench.nak(2, { sqn: 7 });
  assertEquals(ncfs(bench), ["2 10.2.0.9"]);
  bench.spm({ sqn: 2 }).nak(2, { sqn: 8 });
  assertEquals(ncfs(bench), ["2 group"]);
  assertEquals([bench.element.stats.ncfsUnicast, bench.element.gauges.unreachable], [3, 0]);
});

Deno.test("NetworkElement: a unicast NCF names the source's address, and the interface that it cannot reach [IMP-023, IMP-041]", () => {
  const bench = elementBench({ dupNakMax: 1, ncfRepeatIvl: 0 });
  bench.nak(2, { sqn: 5 }).nak(2, { sqn: 5 });
  const { datagram, value } = bench.rig.said().filter(({ value }) => value.type === "NCF")[1]!;
  assertEquals([datagram.source, datagram.destination], [SOURCE, nla("10.2.0.9")]);
  assertEquals(value, unreachable(5, OWN[2]!));
  hearsUnreachable(bench, 5);
  const special = bench.rig.said().filter(({ value }) => value.type === "SPM");
  assertEquals(special.map(({ datagram }) => datagram.source), [SOURCE, SOURCE, SOURCE]);
});

Deno.test("NetworkElement: every NAK there is answered by unicast, however soon after the last", () => {
  const bench = elementBench({ dupNakMax: 1, ncfRepeatIvl: ms(20) });
  for (let i = 0; i < 4; i++) bench.nak(2, { sqn: 5 });
  assertEquals(ncfs(bench), ["2 group", "2 10.2.0.9", "2 10.2.0.9", "2 10.2.0.9"]);
});

Deno.test("NetworkElement: by default it goes on by multicast", () => {
  const bench = elementBench({ ncfRepeatIvl: 0 });
  for (let i = 0; i < 50; i++) bench.nak(2, { sqn: 5 });
  assertEquals([...new Set(ncfs(bench))], ["2 group"]);
});

Deno.test("NetworkElement: told by its parent, it confirms and lists NAKs, and sends none up until a regular SPM [IMP-025, IMP-032, IMP-040]", () => {
  const bench = elementBench();
  bench.nak(1, { sqn: 5 }).says("1 NCF 5", "0 NAK 5");
  hearsUnreachable(bench, 5);
  bench.rig.said();
  bench.nak(2, { sqn: 6 }).says("2 NCF 6");
  bench.nak(3, { sqn: 6 }).says("3 NCF 6");
  bench.at(seconds(1)).saysNothing();
  assertEquals([bench.element.gauges.repairs, bench.element.stats.naksSilenced], [2, 2]);
  assertEquals(bench.rdata(6), [2, 3]);
  bench.passes(specialSpm(1, UPSTREAM));
  bench.rig.said();
  bench.nak(2, { sqn: 7 }).says("2 NCF 7");
  bench.spm({ sqn: 2 }).rig.said();
  bench.nak(2, { sqn: 7 });
  assertEquals(naksUp(bench.rig.said()), 1);
});

Deno.test("NetworkElement: what it is asked for in the silence is forgotten after NAK_RDATA_IVL", () => {
  const bench = elementBench({ nakRdataIvl: seconds(2) });
  hearsUnreachable(bench, 5);
  bench.at(ms(1)).nak(2, { sqn: 6 });
  bench.at(ms(2_001) - 1);
  assertEquals(bench.element.gauges.repairs, 1);
  bench.at(ms(2_001));
  assertEquals(bench.element.gauges.repairs, 0);
});

Deno.test("NetworkElement: what was being repeated is not while the parent is deaf", () => {
  const bench = elementBench({ nakRptRte: 10, nakRptIvl: seconds(1) });
  bench.nak(1, { sqn: 5 });
  bench.at(ms(100));
  assertEquals(naksUp(bench.rig.said()), 2);
  hearsUnreachable(bench, 9);
  bench.at(ms(900));
  assertEquals(naksUp(bench.rig.said()), 0);
  bench.spm({ sqn: 2 }).at(seconds(1) - 1);
  assertEquals(naksUp(bench.rig.said()), 0);
  bench.at(seconds(3)).nak(1, { sqn: 5 });
  assertEquals(naksUp(bench.rig.said()), 1);
});

Deno.test("NetworkElement: it passes the silence on by a special SPM, of the number of the last one and without a window [IMP-026, IMP-027]", () => {
  const bench = elementBench({ ncfRepeatIvl: ms(20) }).spm({ sqn: 4, trail: 10, lead: 90 });
  bench.rig.said();
  hearsUnreachable(bench, 50);
  const said = bench.rig.said();
  assertEquals(said.map(({ iface }) => iface), [1, 2, 3]);
  for (const { iface, value, datagram } of said) {
    assertEquals(value, specialSpm(4, OWN[iface]!));
    assertEquals([datagram.destination, datagram.routerAlert], [GROUP, true]);
  }
  bench.at(ms(20) - 1);
  hearsUnreachable(bench, 51);
  bench.saysNothing();
  bench.at(ms(20));
  hearsUnreachable(bench, 52);
  bench.says("1 SPM 4", "2 SPM 4", "3 SPM 4");
  assertEquals([bench.element.stats.silenced, bench.element.stats.specialSpms], [1, 6]);
});

Deno.test("NetworkElement: the NCF of another hop is ignored: NAKs go on, its number is not confirmed [IMP-024]", () => {
  const bench = elementBench({ nakRptRte: 10 });
  bench.nak(1, { sqn: 5 }).rig.said();
  hearsUnreachable(bench, 5, { path: nla("10.0.9.3") });
  hearsUnreachable(bench, 5, { source: nla("10.0.0.66") });
  assertEquals(bench.passes(unreachable(5, nla("10.0.9.3"))), []);
  bench.saysNothing();
  assertEquals(naksUp(bench.at(ms(100)).rig.said()), 1);
  bench.nak(1, { sqn: 6 }).says("1 NCF 6", "0 NAK 6");
  assertEquals(bench.element.stats.unreachableForeign, 3);
});

Deno.test("NetworkElement: it hears it by multicast as well, from a receiver's copy on the parent's subnet", () => {
  const bench = elementBench();
  assertEquals(bench.passes(unreachable(5, UPSTREAM)), []);
  bench.says("1 SPM 1", "2 SPM 1", "3 SPM 1");
  bench.nak(1, { sqn: 6 }).says("1 NCF 6");
});

Deno.test("NetworkElement: a special SPM of the parent goes on like any other, and silences [IMP-030, IMP-029]", () => {
  const bench = elementBench();
  assertEquals(bench.passes(specialSpm(1, UPSTREAM)), []);
  const said = bench.rig.said();
  assertEquals(said.map(({ iface }) => iface), [1, 2, 3]);
  for (const { iface, value } of said) assertEquals(value, specialSpm(1, OWN[iface]!));
  bench.nak(1, { sqn: 6 }).says("1 NCF 6");
  // It has taken no number: the next regular one is in sequence.
  bench.spm({ sqn: 2 }).says("1 SPM 2", "2 SPM 2", "3 SPM 2");
  bench.nak(1, { sqn: 8 }).says("1 NCF 8", "0 NAK 8");
});

Deno.test("NetworkElement: a special SPM of another hop, or an older one, is ignored [IMP-031]", () => {
  const bench = elementBench().spm({ sqn: 4 });
  bench.rig.said();
  assertEquals(bench.passes(specialSpm(4, nla("10.0.9.3"))), []);
  assertEquals(bench.passes(specialSpm(3, UPSTREAM)), []);
  assertEquals(bench.passes(specialSpm(4, UPSTREAM), { iface: 1 }), []);
  bench.saysNothing();
  bench.nak(1, { sqn: 6 }).says("1 NCF 6", "0 NAK 6");
  assertEquals(bench.element.stats.unreachableForeign, 3);
});

Deno.test("NetworkElement: the window of a special SPM is void, whatever it says [IMP-028]", () => {
  const bench = elementBench({ maxAhead: 1 });
  // The second has half of all numbers and more, which no regular SPM may.
  for (const lead of [2_000, 0x9000_0000]) {
    bench.passes(spm({ sqn: 1, trail: 1_000, lead, pathNla: UPSTREAM, options: [{ type: "NBR_UNREACH" }] }));
    bench.says("1 SPM 1", "2 SPM 1", "3 SPM 1");
  }
  bench.spm({ sqn: 2 }).rig.said();
  bench.nak(1, { sqn: 1_500 }).saysNothing();
  bench.nak(1, { sqn: 5 }).says("1 NCF 5", "0 NAK 5");
});

Deno.test("NetworkElement: an NCF by unicast that does not say why, and null NAKs in the silence, go nowhere", () => {
  const bench = elementBench({ nakRptRte: 10 });
  bench.nak(1, { sqn: 5 }).rig.said();
  bench.rig.hears(ncf({ sqn: 5 }), { destination: OWN[0]! });
  assertEquals(naksUp(bench.at(ms(100)).rig.said()), 1);
  assertEquals(bench.element.stats.ncfsElsewhere, 1);
  hearsUnreachable(bench, 5);
  bench.rig.said();
  const nnak = { ...nak({ sqn: 8 }), type: "NNAK" } as PacketValue;
  bench.rig.hears(nnak, { iface: 1, destination: OWN[1]! });
  bench.saysNothing();
  assertEquals(bench.passes(rdata({ sqn: 5 })), [1]);
});
