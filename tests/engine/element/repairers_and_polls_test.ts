/**
 * What polls, unreachable parents and local repairers have to do with each other at a network element (RFC 3208, sections
 * 9.5.3, 14.4 and 15.3.2).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ms, type Nla, type PacketValue, type PollValue, seconds } from "../../../engine/mod.ts";
import { type ElementBench, elementBench, OWN, UPSTREAM } from "../../support/element_bench.ts";
import { ncf, nla, polr, rdata, SOURCE } from "../../support/rig.ts";

/** A repairer on the link upstream, and one on interface 3. */
const ABOVE = nla("10.0.9.7");
const BESIDE = nla("10.3.0.7");
const HOPS = new Map<Nla, string>([[UPSTREAM, "upstream"], [ABOVE, "above"], [BESIDE, "beside"]]);

function offer(nla: Nla, poll = { sqn: 0, round: 0 }): PacketValue {
  const { sqn, round } = poll;
  return { ...polr({ sqn, round }), options: [{ type: "REDIRECT", nla }] } as PacketValue;
}

/** The repairer on interface 3 sends something to the element. */
function beside(bench: ElementBench, packet: PacketValue): void {
  bench.rig.hears(packet, { iface: 3, source: BESIDE, destination: OWN[3]! });
}

/** The POLLs on interface 3 since the last look. */
function polls(bench: ElementBench): PollValue[] {
  return bench.rig.said().flatMap(({ iface, value }) => iface === 3 && value.type === "POLL" ? [value] : []);
}

/** Where NAKs went since the last look. */
function naks(bench: ElementBench): string[] {
  const said = bench.rig.said().filter(({ value }) => value.type === "NAK");
  return said.map(({ datagram, value }) => `${"sqn" in value && value.sqn} ${HOPS.get(datagram.destination)}`);
}

/** The parent says by unicast that its NCF for number 90 would not arrive otherwise. */
function silenced(bench: ElementBench): void {
  const options = [{ type: "NBR_UNREACH" }, { type: "PATH_NLA", nla: UPSTREAM }] as const;
  bench.rig.hears(ncf({ sqn: 90, options }), { source: SOURCE, destination: OWN[0]! });
}

/** An element that knows the repairer below. Its first number is confirmed. */
function redirectedDown(): ElementBench {
  const bench = elementBench({ dlrPollIvl: seconds(100) }).nak(1, { sqn: 1 });
  beside(bench, offer(BESIDE, polls(bench)[0]!));
  bench.ncf({ sqn: 1 });
  assertEquals(bench.element.stats.redirects, 1);
  return bench;
}

Deno.test("NetworkElement: a search for repairers waits for the poll that counts, and has the number after it", () => {
  const round = { pollIvl: seconds(10), pollBits: 0, nakBoIvlMax: seconds(2), pollWait: ms(500) };
  const bench = elementBench({ ...round, dlrPollIvl: seconds(100) }).at(seconds(10));
  const general = polls(bench)[0]!;
  bench.at(seconds(11)).nak(1, { sqn: 5 });
  assertEquals(polls(bench), []);
  // A repairer is a child like others to this one.
  beside(bench, offer(BESIDE, general));
  assertEquals([bench.element.stats.polrs, bench.element.stats.redirects], [1, 0]);
  bench.at(seconds(12.5) - 1);
  assertEquals(polls(bench), []);
  const search = polls(bench.at(seconds(12.5)))[0]!;
  assertEquals([general.subType, search.subType, search.sqn], [0, 1, (general.sqn + 1) >>> 0]);
  beside(bench, offer(BESIDE, search));
  const { redirects, redirectsIgnored, pollsCounted, dlrPolls, pollsSent } = bench.element.stats;
  assertEquals({ redirects, redirectsIgnored, pollsCounted }, { redirects: 1, redirectsIgnored: 1, pollsCounted: 3 });
  assertEquals([dlrPolls, pollsSent, bench.element.gauges.children], [3, 6, 1]);
  const next = polls(bench.at(seconds(20)))[0]!;
  assertEquals([next.subType, next.sqn], [0, (general.sqn + 2) >>> 0]);
});

Deno.test("NetworkElement: a child that replies to a search without an address is no repairer", () => {
  const bench = elementBench({ dlrPollIvl: seconds(100) }).nak(1, { sqn: 5 });
  const { sqn, round } = polls(bench)[0]!;
  beside(bench, polr({ sqn, round }));
  bench.ncf({ sqn: 5 }).nak(1, { sqn: 6 });
  assertEquals(naks(bench), ["6 upstream"]);
  assertEquals(bench.element.gauges.children, 0);
});

Deno.test("NetworkElement: while its parent is unreachable a repairer below is asked, and nobody upstream if that is silent", () => {
  const bench = redirectedDown();
  silenced(bench);
  bench.rig.said();
  bench.nak(1, { sqn: 5 }).nak(3, { sqn: 6 });
  assertEquals(naks(bench), ["5 beside"]);
  bench.at(ms(100));
  assertEquals(naks(bench), ["5 beside"]);
  bench.at(seconds(1) - 1).rig.said();
  assertEquals([bench.element.gauges.pending, bench.element.stats.repairersSilent], [1, 0]);
  assertEquals(naks(bench.at(seconds(1))), []);
  assertEquals([bench.element.gauges.pending, bench.element.stats.repairersSilent], [0, 1]);
  assertEquals(naks(bench.at(seconds(2) - 1)), []);
  // What was not asked for is news to the first NAK after the silence; its repair goes where it was asked for.
  bench.spm({ sqn: 2 }).nak(2, { sqn: 5 });
  assertEquals(naks(bench), ["5 upstream"]);
  assertEquals([bench.element.gauges.pending, bench.rdata(5)], [1, [1, 2]]);
  assertEquals(bench.element.gauges.pending, 0);
});

Deno.test("NetworkElement: while its parent is unreachable no repairer upstream is asked; it is asked again afterwards", () => {
  const bench = elementBench();
  bench.passes(offer(ABOVE));
  bench.nak(1, { sqn: 5 });
  assertEquals(naks(bench), ["5 above"]);
  silenced(bench);
  bench.nak(1, { sqn: 6 }).at(seconds(2) - 1);
  assertEquals(naks(bench), []);
  assertEquals([bench.element.gauges.pending, bench.element.stats.repairersSilent], [0, 0]);
  bench.spm({ sqn: 2 }).nak(1, { sqn: 7 });
  assertEquals(naks(bench), ["7 above"]);
});

Deno.test("NetworkElement: an NCF by unicast is the repairer's if it was asked, else the parent's if it says why", () => {
  const bench = redirectedDown().nak(1, { sqn: 5 }).nak(1, { sqn: 6 });
  beside(bench, ncf({ sqn: 5 }));
  assertEquals([bench.element.stats.ncfsFromRepairer, bench.element.gauges.pending], [1, 1]);
  bench.rig.hears(ncf({ sqn: 6 }), { source: SOURCE, destination: OWN[0]! });
  assertEquals([bench.element.stats.ncfsElsewhere, bench.element.gauges.pending], [1, 1]);
  const { ncfsReceived } = bench.element.stats;
  silenced(bench);
  assertEquals(bench.element.stats.ncfsReceived, ncfsReceived + 1);
  beside(bench, rdata({ sqn: 5 }));
  assertEquals(bench.element.stats.rdataFromRepairer, 1);
});
