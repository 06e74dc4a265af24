/**
 * A network element and local repairers, upstream and below (RFC 3208, section 9.5.3): interface 0 leads to the source.
 */

import { assertEquals } from "@std/assert";
import { ms, type NakValue, type Nla, type PacketValue, seconds } from "../../../engine/mod.ts";
import { type ElementBench, elementBench, OWN, UPSTREAM } from "../../support/element_bench.ts";
import { DPORT, GROUP, GSI, nak, ncf, nla, rdata, type Said, SOURCE, SPORT } from "../../support/rig.ts";

/** A repairer on the link upstream, and one on interface 3. */
const ABOVE = nla("10.0.9.7");
const BESIDE = nla("10.3.0.7");
const UP = { sourcePort: DPORT, destinationPort: SPORT, gsi: GSI } as const;
const NAMES = new Map<Nla, string>([[GROUP, "group"], [UPSTREAM, "upstream"], [ABOVE, "above"], [BESIDE, "beside"]]);

function polr(fields: { sqn?: number; round?: number; nla?: Nla; options?: PacketValue["options"] }): PacketValue {
  const { sqn = 0, round = 0, nla: offered, options } = fields;
  return {
    type: "POLR",
    ...UP,
    sqn,
    round,
    options: options ?? (offered === undefined ? [] : [{ type: "REDIRECT", nla: offered }]),
  };
}

/** `NAK 5 -> above`, and the interface that it left through. */
function line({ iface, datagram, value }: Said): string {
  const list = value.options.find((option) => option.type === "NAK_LIST");
  const sqns = "sqn" in value ? [value.sqn, ...(list?.sqns ?? [])] : [];
  return `${iface} ${value.type} ${sqns.join("+")} -> ${NAMES.get(datagram.destination) ?? datagram.destination}`;
}

function told(bench: ElementBench, ...expected: string[]): ElementBench {
  assertEquals(bench.rig.said().map(line), expected);
  return bench;
}

/** What goes up of what was said since the last look. */
function naks(bench: ElementBench): string[] {
  return bench.rig.said().filter(({ value }) => value.type === "NAK").map(line);
}

/** The repairer on interface 3 sends something to the element. */
function beside(bench: ElementBench, packet: PacketValue, from: Nla = BESIDE, iface = 3): ElementBench {
  bench.rig.hears(packet, { iface, source: from, destination: OWN[iface]! });
  return bench;
}

function nnak(sqn: number): PacketValue {
  return { ...nak({ sqn }), type: "NNAK" } as PacketValue;
}

/** An element that has heard the offer of the repairer upstream. */
function redirectedUp(config: Parameters<typeof elementBench>[0] = {}): ElementBench {
  const bench = elementBench(config);
  assertEquals(bench.passes(polr({ nla: ABOVE })), []);
  return bench;
}

/** An element that has polled for repairers after NAK 1, and has the reply of the one on interface 3. Confirmed and repaired. */
function redirectedDown(config: Parameters<typeof elementBench>[0] = {}): ElementBench {
  const bench = elementBench({ dlrPollIvl: seconds(10), ...config });
  bench.nak(1, { sqn: 1 });
  const poll = bench.rig.said().find(({ iface, value }) => iface === 3 && value.type === "POLL")!.value;
  assertEquals(poll.type === "POLL" && poll.pathNla, OWN[3]);
  beside(bench, polr({ sqn: poll.type === "POLL" ? poll.sqn : -1, nla: BESIDE }));
  bench.ncf({ sqn: 1 });
  assertEquals([bench.rdata(1), bench.element.stats.redirects], [[1], 1]);
  return bench;
}

Deno.test("NetworkElement: after a redirecting POLR from upstream the NAK for the next number goes to the repairer [DLR-004, DLR-012, DLR-013, DLR-028, DLR-032]", () => {
  const bench = elementBench();
  bench.nak(1, { sqn: 5 });
  told(bench, "1 NCF 5 -> group", "0 NAK 5 -> upstream");
  bench.ncf({ sqn: 5 });
  // The same without OPT_REDIRECT is nothing; port order and TSI are those of every POLR.
  assertEquals(bench.passes(polr({})), []);
  bench.nak(1, { sqn: 6 });
  told(bench, "1 NCF 6 -> group", "0 NAK 6 -> upstream");
  bench.ncf({ sqn: 6 });
  assertEquals(bench.passes(polr({ sqn: 0, round: 0, nla: ABOVE })), []);
  bench.nak(1, { sqn: 7 });
  told(bench, "1 NCF 7 -> group", "0 NAK 7 -> above");
  assertEquals(bench.rdata(7), [1]);
  assertEquals([bench.element.stats.redirects, bench.element.stats.redirectsIgnored], [1, 1]);
});

Deno.test("NetworkElement: a redirecting POLR does not complete the NAK that provoked it: repeats go on, to where they went [DLR-033]", () => {
  const bench = elementBench();
  bench.nak(1, { sqn: 5 });
  told(bench, "1 NCF 5 -> group", "0 NAK 5 -> upstream");
  bench.passes(polr({ nla: ABOVE }));
  bench.at(ms(100) - 1);
  told(bench);
  told(bench.at(ms(100)), "0 NAK 5 -> upstream");
  told(bench.at(ms(200)), "0 NAK 5 -> upstream");
  bench.ncf({ sqn: 5 });
  told(bench.at(seconds(1)));
});

Deno.test("NetworkElement: with followRedirects off NAKs keep to SPM_PATH [DLR-034]", () => {
  for (const [followRedirects, hop] of [[true, "above"], [false, "upstream"]] as const) {
    const bench = redirectedUp({ followRedirects });
    bench.nak(1, { sqn: 5 });
    told(bench, "1 NCF 5 -> group", `0 NAK 5 -> ${hop}`);
  }
});

Deno.test("NetworkElement: offers from elsewhere than a repairer upstream can be are not followed", () => {
  const bench = elementBench();
  bench.passes(polr({ nla: ABOVE }), { iface: 1 });
  bench.passes(polr({ nla: ABOVE }), { source: nla("10.0.0.66") });
  bench.passes(polr({ nla: GROUP }));
  bench.passes(polr({ nla: nla("fd00::7") }));
  bench.passes({ ...polr({ nla: ABOVE }), gsi: 7 } as PacketValue);
  bench.passes({ ...polr({ nla: ABOVE }), sourcePort: DPORT + 1 } as PacketValue);
  bench.nak(1, { sqn: 5 });
  told(bench, "1 NCF 5 -> group", "0 NAK 5 -> upstream");
  assertEquals(bench.element.stats.redirectsIgnored, 6);
});

Deno.test("NetworkElement: without an NCF of the repairer within NAK_RPT_IVL the redirection is discarded, the NAK goes upstream [DLR-036]", () => {
  const bench = redirectedUp({ nakRptIvl: ms(250) });
  bench.nak(1, { sqn: 5 }).nak(2, { sqn: 6, options: [{ type: "NAK_LIST", sqns: [7] }] });
  assertEquals(naks(bench), ["0 NAK 5 -> above", "0 NAK 6+7 -> above"]);
  bench.ncf({ sqn: 7 });
  bench.at(ms(250) - 1);
  assertEquals(new Set(naks(bench)), new Set(["0 NAK 5 -> above", "0 NAK 6 -> above"]));
  bench.at(ms(250));
  assertEquals(naks(bench), ["0 NAK 5 -> upstream", "0 NAK 6 -> upstream"]);
  bench.element.handleTimeout(ms(250));
  told(bench);
  bench.nak(1, { sqn: 8 });
  assertEquals(naks(bench), ["0 NAK 8 -> upstream"]);
  // The hop upstream gets a NAK_RPT_IVL of its own.
  bench.ncf({ sqn: 8 }).at(ms(500) - 1);
  assertEquals(bench.element.gauges.pending, 2);
  bench.at(ms(500));
  assertEquals([bench.element.gauges.pending, bench.element.stats.naksUnconfirmed], [0, 2]);
  assertEquals(bench.element.stats.repairersSilent, 1);
});

Deno.test("NetworkElement: another way to the source is not that of the repairer", () => {
  const bench = redirectedUp();
  bench.spm({ sqn: 2, pathNla: nla("10.0.9.3") });
  bench.rig.said();
  bench.nak(1, { sqn: 5 });
  told(bench, "1 NCF 5 -> group", "0 NAK 5 -> 10.0.9.3");
});

Deno.test("NetworkElement: the first loss starts a search with PGM_POLL_DLR on every interface below; the next NAK goes to who replied [DLR-027, DLR-029, DLR-032, PKT-051, POLL-014]", () => {
  const bench = elementBench({ dlrPollIvl: seconds(10), dlrPollBoIvl: ms(30) });
  bench.nak(1, { sqn: 5 });
  const said = bench.rig.said();
  const naksFirst = ["1 NCF", "0 NAK", "1 POLL", "2 POLL", "3 POLL"];
  assertEquals(said.map(({ iface, value }) => `${iface} ${value.type}`), naksFirst);
  for (const { iface, datagram, value } of said.slice(2)) {
    if (value.type !== "POLL") throw new Error(value.type);
    const { sqn, rand, ...rest } = value;
    const ports = { sourcePort: SPORT, destinationPort: DPORT, gsi: GSI };
    const asked = { round: 0, subType: 1, pathNla: OWN[iface]!, boIvlUs: 30_000, mask: 0, options: [] };
    assertEquals(rest, { type: "POLL", ...ports, ...asked });
    const { source, destination, routerAlert } = datagram;
    assertEquals({ source, destination, routerAlert }, { source: SOURCE, destination: GROUP, routerAlert: true });
    if (iface === 3) beside(bench, polr({ sqn, nla: BESIDE }));
    assertEquals(rand >= 0, true);
  }
  bench.ncf({ sqn: 5 }).nak(1, { sqn: 6 });
  told(bench, "1 NCF 6 -> group", "3 NAK 6 -> beside");
});

Deno.test("NetworkElement: while nobody is found, searches keep dlrPollIvl; none is begun while a repairer is known, or where they are off", () => {
  const polls = (bench: ElementBench) => bench.rig.said().filter(({ value }) => value.type === "POLL").length;
  const bench = elementBench({ dlrPollIvl: seconds(10) });
  bench.nak(1, { sqn: 5 }).nak(1, { sqn: 6 });
  assertEquals(polls(bench), 3);
  bench.ncf({ sqn: 5 }).ncf({ sqn: 6 }).at(seconds(10) - 1).nak(1, { sqn: 7 });
  assertEquals(polls(bench), 0);
  bench.ncf({ sqn: 7 }).at(seconds(10)).nak(1, { sqn: 8 });
  assertEquals([polls(bench), bench.element.stats.dlrPolls], [3, 6]);
  const known = redirectedUp({ dlrPollIvl: seconds(10) });
  // A NAK that goes upstream although one is known is no reason to look for another.
  const below = redirectedDown({ dlrPollIvl: seconds(1) }).at(seconds(5));
  assertEquals(naks(below.nak(3, { sqn: 5 })), ["0 NAK 5 -> upstream"]);
  assertEquals(below.element.stats.dlrPolls, 3);
  const off = elementBench();
  const unused = elementBench({ dlrPollIvl: seconds(10), followRedirects: false });
  for (const each of [known, off, unused]) assertEquals(polls(each.nak(1, { sqn: 5 })), 0);
});

Deno.test("NetworkElement: a reply counts for 500 ms after POLL_BO_IVL, from the interface of its poll, from the repairer itself", () => {
  const search = (reply: (bench: ElementBench, sqn: number) => void): string[] => {
    const bench = elementBench({ dlrPollIvl: seconds(100), dlrPollBoIvl: ms(50) });
    bench.nak(1, { sqn: 5 });
    const { value } = bench.rig.said().find(({ iface, value }) => iface === 3 && value.type === "POLL")!;
    bench.ncf({ sqn: 5 });
    reply(bench, value.type === "POLL" ? value.sqn : -1);
    bench.nak(1, { sqn: 6 });
    return naks(bench);
  };
  const good = (sqn: number) => polr({ sqn, nla: BESIDE });
  assertEquals(search((bench, sqn) => beside(bench.at(ms(550) - 1), good(sqn))), ["3 NAK 6 -> beside"]);
  const upstream = ["0 NAK 6 -> upstream"];
  assertEquals(search((bench, sqn) => beside(bench.at(ms(550)), good(sqn))), upstream);
  assertEquals(search((bench, sqn) => beside(bench, good(sqn + 1))), upstream);
  assertEquals(search((bench, sqn) => beside(bench, polr({ sqn, round: 1, nla: BESIDE }))), upstream);
  assertEquals(search((bench, sqn) => beside(bench, good(sqn), BESIDE, 2)), upstream);
  assertEquals(search((bench, sqn) => beside(bench, good(sqn), nla("10.3.0.66"))), upstream);
  assertEquals(search((bench, sqn) => beside(bench, polr({ sqn }))), upstream);
});

Deno.test("NetworkElement: a repairer upstream is preferred over one below [DLR-031]", () => {
  const bench = redirectedDown();
  bench.nak(1, { sqn: 5 });
  assertEquals(naks(bench), ["3 NAK 5 -> beside"]);
  bench.passes(polr({ nla: ABOVE }));
  bench.nak(1, { sqn: 6 });
  assertEquals(naks(bench), ["0 NAK 6 -> above"]);
});

Deno.test("NetworkElement: what was asked for on the repairer's interface is asked for upstream, other numbers are not [DLR-035]", () => {
  const bench = redirectedDown();
  bench.nak(3, { sqn: 5 });
  assertEquals(naks(bench), ["0 NAK 5 -> upstream"]);
  bench.ncf({ sqn: 5 }).nak(1, { sqn: 5 }).nak(1, { sqn: 6 });
  assertEquals(naks(bench), ["3 NAK 6 -> beside"]);
  // In one list: to each what is to be asked there. And a neighbour of the repairer asks while it has not answered yet.
  bench.nak(3, { sqn: 8 }).ncf({ sqn: 8 }).at(ms(200));
  bench.rig.said();
  bench.nak(1, { sqn: 7, options: [{ type: "NAK_LIST", sqns: [8, 9] }] });
  assertEquals(naks(bench), ["3 NAK 7+9 -> beside", "0 NAK 8 -> upstream"]);
  bench.nak(3, { sqn: 9 });
  assertEquals(naks(bench), ["0 NAK 9 -> upstream"]);
});

Deno.test("NetworkElement: a list goes upstream without what was asked of a repairer below", () => {
  const bench = redirectedDown();
  bench.nak(1, { sqn: 5 });
  beside(bench, ncf({ sqn: 5 }));
  assertEquals(naks(bench), ["3 NAK 5 -> beside"]);
  bench.nak(3, { sqn: 4, options: [{ type: "NAK_LIST", sqns: [5, 6] }] });
  assertEquals(naks(bench), ["0 NAK 4+6 -> upstream"]);
  assertEquals(naks(bench.at(ms(100))), ["0 NAK 4+6 -> upstream"]);
});

Deno.test("NetworkElement: a repairer that asks back is not asked for that number again, for others it is [DLR-024, DLR-037]", () => {
  const bench = redirectedDown();
  bench.nak(1, { sqn: 5 });
  assertEquals(naks(bench), ["3 NAK 5 -> beside"]);
  beside(bench, ncf({ sqn: 5 }));
  beside(bench, nak({ sqn: 5 }));
  told(bench, "3 NCF 5 -> group", "0 NAK 5 -> upstream");
  bench.ncf({ sqn: 5 }).nak(1, { sqn: 6 });
  assertEquals(naks(bench), ["3 NAK 6 -> beside"]);
  bench.at(ms(200)).nak(1, { sqn: 5 });
  assertEquals(naks(bench).filter((each) => each.includes("NAK 5")), ["0 NAK 5 -> upstream"]);
  assertEquals(bench.element.stats.repairersRefused, 1);
  // It gets what it asked for.
  assertEquals(bench.rdata(5), [1, 3]);
});

Deno.test("NetworkElement: unicast NCF and RDATA of the repairer below: the one ends here, the other goes on as the source's [DLR-038]", () => {
  const bench = redirectedDown();
  bench.nak(1, { sqn: 5 }).nak(2, { sqn: 5 });
  bench.rig.said();
  beside(bench, ncf({ sqn: 5 }));
  assertEquals([bench.element.gauges.pending, bench.element.stats.ncfsFromRepairer], [0, 1]);
  told(bench.at(ms(150)));
  beside(bench, rdata({ sqn: 5, trail: 0 }));
  const said = bench.rig.said();
  assertEquals(said.map(({ iface, value }) => [iface, value]), [[1, rdata({ sqn: 5 })], [2, rdata({ sqn: 5 })]]);
  for (const { datagram: { source, destination, routerAlert } } of said) {
    assertEquals({ source, destination, routerAlert }, { source: SOURCE, destination: GROUP, routerAlert: true });
  }
  // That was it.
  beside(bench, rdata({ sqn: 5, trail: 0 }));
  told(bench);
  assertEquals([bench.element.gauges.repairs, bench.element.stats.rdataUnwanted], [0, 1]);
});

Deno.test("NetworkElement: NCF and RDATA by unicast of others than the repairer, or for what it was not asked, are dropped", () => {
  const bench = redirectedDown();
  bench.nak(1, { sqn: 5 }).nak(3, { sqn: 6 });
  bench.rig.said();
  const other = nla("10.3.0.66");
  for (const packet of [ncf({ sqn: 5 }), rdata({ sqn: 5 })]) beside(bench, packet, other);
  for (const packet of [ncf({ sqn: 5 }), rdata({ sqn: 5 })]) beside(bench, packet, BESIDE, 2);
  for (const packet of [ncf({ sqn: 6 }), rdata({ sqn: 6 }), rdata({ sqn: 7 })]) beside(bench, packet);
  beside(bench, { ...rdata({ sqn: 5 }), parity: true } as PacketValue);
  told(bench);
  assertEquals(bench.element.gauges.pending, 2);
});

Deno.test("NetworkElement: null NAKs of the repairer that was asked always go up, unchanged and once; the state is there for the RDATA [DLR-039, DLR-043]", () => {
  const bench = redirectedDown();
  bench.nak(1, { sqn: 5 });
  beside(bench, ncf({ sqn: 5 }));
  bench.rig.said();
  beside(bench, nnak(5));
  const [up, ...rest] = bench.rig.said();
  assertEquals(rest, []);
  assertEquals([line(up!), up!.datagram.source], ["0 NNAK 5 -> upstream", OWN[0]]);
  assertEquals(up!.value, nnak(5));
  assertEquals(bench.element.gauges.repairs, 1);
  beside(bench, rdata({ sqn: 5 }));
  assertEquals(bench.rig.said().map(line), ["1 RDATA 5 -> group"]);
});

Deno.test("NetworkElement: other null NAKs go up only if there is no state yet [DLR-040]", () => {
  const bench = elementBench();
  const from = { iface: 1, source: nla("10.1.0.7"), destination: OWN[1]! };
  bench.rig.hears(nnak(5), from);
  told(bench, "0 NNAK 5 -> upstream");
  bench.rig.hears(nnak(5), from);
  told(bench);
  bench.nak(2, { sqn: 6 });
  told(bench, "2 NCF 6 -> group", "0 NAK 6 -> upstream");
  bench.rig.hears(nnak(6), from);
  told(bench);
});

Deno.test("NetworkElement: null NAKs are not confirmed, not repeated, and list no interface; a NAK after one is forwarded [DLR-041, DLR-042]", () => {
  const bench = elementBench({ nakElimIvl: ms(200) });
  const from = { iface: 1, source: nla("10.1.0.7"), destination: OWN[1]! };
  bench.rig.hears(nnak(5), from);
  told(bench, "0 NNAK 5 -> upstream");
  bench.at(ms(200) - 1);
  told(bench);
  assertEquals(bench.element.gauges.repairs, 1);
  bench.at(ms(200));
  assertEquals(bench.element.gauges.repairs, 0);
  bench.rig.hears(nnak(6), from);
  told(bench, "0 NNAK 6 -> upstream");
  bench.at(ms(300)).nak(2, { sqn: 6 });
  told(bench, "2 NCF 6 -> group", "0 NAK 6 -> upstream");
  assertEquals(bench.rdata(6), [2]);
});

Deno.test("NetworkElement: a path that is forgotten takes its search along", () => {
  const bench = elementBench({ dlrPollIvl: seconds(1), dlrPollBoIvl: seconds(100), idleTimeout: seconds(5) });
  bench.nak(1, { sqn: 5 }).ncf({ sqn: 5 }).at(seconds(10));
  assertEquals([bench.element.gauges.sessions, bench.element.nextTimeout()], [0, Infinity]);
});

Deno.test("NetworkElement: NAKs to a repairer are what was asked, from the element itself", () => {
  const bench = redirectedUp();
  bench.nak(1, { sqn: 5 });
  const { datagram, value } = bench.rig.said()[1]!;
  assertEquals([datagram.source, datagram.destination, datagram.routerAlert], [OWN[0], ABOVE, false]);
  assertEquals(value as NakValue, nak({ sqn: 5 }));
});
