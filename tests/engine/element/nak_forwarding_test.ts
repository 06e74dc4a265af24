import { assertEquals, assertThrows } from "@std/assert";
import {
  AssertionError,
  Datagram,
  ELEMENT_DEFAULTS,
  encodePacket,
  ms,
  NetworkElement,
  NEVER,
  type PacketValue,
  seconds,
  us,
} from "../../../engine/mod.ts";
import { ElementBench, elementBench, OWN, UPSTREAM } from "../../support/element_bench.ts";
import { nak as nakValue, packetOfType } from "../../support/packets.ts";
import { GROUP, nak, ncf, nla, odata, rdata, Rig, SOURCE, spm } from "../../support/rig.ts";

Deno.test("NetworkElement: a NAK is confirmed where it came from and goes up, at once [NE-008, NE-009, NE-014, NE-025, NE-043, NE-044]", () => {
  const bench = elementBench();
  bench.at(ms(7)).nak(2, { sqn: 5 });
  const [confirmation, request, ...more] = bench.rig.said();
  assertEquals(more, []);
  assertEquals([confirmation!.at, confirmation!.iface, confirmation!.value], [ms(7), 2, ncf({ sqn: 5 })]);
  const { source, destination, routerAlert } = confirmation!.datagram;
  assertEquals([source, destination, routerAlert], [SOURCE, GROUP, true]);
  assertEquals([request!.at, request!.iface, request!.value], [ms(7), 0, nak({ sqn: 5 })]);
  const header = request!.datagram;
  assertEquals([header.source, header.destination, header.routerAlert], [OWN[0], UPSTREAM, false]);
});

Deno.test("NetworkElement: a NAK without NCF is repeated at NAK_RPT_RTE for NAK_RPT_IVL, then no more [NE-019, NE-020, NE-026]", () => {
  const bench = elementBench({ nakRptRte: 10, nakRptIvl: seconds(1), nakRdataIvl: seconds(5) });
  bench.nak(1, { sqn: 5 }).says("1 NCF 5", "0 NAK 5");
  for (let copy = 1; copy <= 9; copy++) {
    assertEquals(bench.element.nextTimeout(), ms(100 * copy));
    bench.at(ms(100 * copy) - 1).saysNothing();
    bench.at(ms(100 * copy)).says("0 NAK 5");
    bench.element.handleTimeout(bench.rig.now);
    bench.saysNothing();
  }
  assertEquals([bench.element.nextTimeout(), bench.element.gauges.pending], [seconds(1), 1]);
  bench.at(seconds(1)).saysNothing();
  assertEquals([bench.element.gauges.pending, bench.element.stats.naksUnconfirmed], [0, 1]);
  bench.at(seconds(4)).saysNothing();
});

Deno.test("NetworkElement: an NCF from upstream ends the repetition, one from below does not [NE-018, NE-024, NE-026]", () => {
  const bench = elementBench();
  bench.nak(1, { sqn: 5 });
  bench.at(ms(100)).ncf({ sqn: 6 }).ncf({ sqn: 5 }, 2).ncf({ sqn: 5, gsi: 7 });
  assertEquals([bench.element.gauges.pending, bench.element.stats.ncfsElsewhere], [1, 2]);
  bench.rig.said();
  bench.at(ms(200)).says("0 NAK 5");
  bench.at(ms(250)).ncf({ sqn: 5 });
  assertEquals([bench.element.gauges.pending, bench.element.gauges.repairs], [0, 2]);
  bench.at(seconds(2)).saysNothing();
});

Deno.test("NetworkElement: a forged NCF from below does not stop a NAK, a forged POLR leads it astray for NAK_RPT_IVL only [SEC-004]", () => {
  const bench = elementBench();
  const forged = nla("10.0.9.66");
  const polr = packetOfType("POLR", [{ type: "REDIRECT", nla: forged }]);
  const naks = () => bench.rig.said().filter(({ value }) => value.type === "NAK");
  // From below, nobody has asked for it.
  bench.rig.hears(polr, { iface: 1, source: nla("10.1.0.66"), destination: OWN[1]! });
  assertEquals(bench.passes(polr, { iface: 1 }), []);
  bench.nak(1, { sqn: 5 }).ncf({ sqn: 5 }, 1);
  bench.at(ms(100));
  assertEquals(naks().map(({ at, datagram }) => [at, datagram.destination]), [[0, UPSTREAM], [ms(100), UPSTREAM]]);
  assertEquals(bench.element.stats.redirectsIgnored, 2);
  // From above, it may be a repairer.
  assertEquals(bench.passes(polr, { iface: 0 }), []);
  bench.at(seconds(2));
  bench.rig.said();
  bench.nak(1, { sqn: 6 }).at(seconds(3) - 1);
  assertEquals(new Set(naks().map(({ datagram }) => datagram.destination)), new Set([forged]));
  bench.at(seconds(3)).nak(1, { sqn: 7 });
  assertEquals(naks().map(({ datagram }) => datagram.destination), [UPSTREAM, UPSTREAM]);
});

Deno.test("NetworkElement: duplicates of a pending NAK go no further [NE-011, NE-029]", () => {
  const bench = elementBench({ ncfRepeatIvl: 0 });
  bench.nak(2, { sqn: 5 }).says("2 NCF 5", "0 NAK 5");
  for (let i = 0; i < 5; i++) bench.nak(2, { sqn: 5 }).says("2 NCF 5");
  for (let i = 0; i < 4; i++) bench.nak(3, { sqn: 5 }).says("3 NCF 5");
  assertEquals([bench.element.gauges.repairs, bench.element.stats.naksEliminated], [1, 9]);
  assertEquals(bench.rdata(5), [2, 3]);
});

Deno.test("NetworkElement: after the NCF duplicates are eliminated for NAK_ELIM_IVL; the next goes up, and so on [NE-030, NE-031, NE-034]", () => {
  const bench = elementBench({ nakElimIvl: ms(200), ncfRepeatIvl: 0 });
  bench.nak(1, { sqn: 5 }).rig.said();
  bench.at(ms(10)).ncf({ sqn: 5 });
  for (const confirmed of [10, 220, 430]) {
    bench.at(ms(confirmed) + us(1)).nak(2, { sqn: 5 }).says("2 NCF 5");
    bench.at(ms(confirmed + 200) - us(1)).nak(1, { sqn: 5 }).says("1 NCF 5");
    bench.at(ms(confirmed + 200)).nak(1, { sqn: 5 }).says("1 NCF 5", "0 NAK 5");
    bench.nak(2, { sqn: 5 }).says("2 NCF 5");
    bench.at(ms(confirmed + 210)).ncf({ sqn: 5 });
  }
  // A NAK every 5 ms for 10 s: one goes up each 200 ms at most.
  const before = bench.element.stats.naksForwarded;
  for (let at = 700; at < 10_700; at += 5) {
    bench.at(ms(at)).nak(1, { sqn: 5 });
    if (bench.element.gauges.pending > 0) bench.ncf({ sqn: 5 });
  }
  const forwarded = bench.element.stats.naksForwarded - before;
  assertEquals([forwarded >= 45, forwarded <= 50], [true, true]);
});

Deno.test("NetworkElement: confirmed NAKs are not retried; state goes NAK_RDATA_IVL after the last NCF [NE-015, NE-021, NE-027]", () => {
  const bench = elementBench({ nakRdataIvl: seconds(2) });
  bench.nak(1, { sqn: 5 }).rig.said();
  bench.at(ms(50)).ncf({ sqn: 5 });
  bench.at(ms(300)).ncf({ sqn: 5 });
  assertEquals(bench.element.nextTimeout(), ms(2300));
  bench.at(ms(2300) - 1).saysNothing();
  assertEquals(bench.element.gauges.repairs, 1);
  bench.at(ms(2300)).saysNothing();
  assertEquals([bench.element.gauges.repairs, bench.element.stats.repairsExpired], [0, 1]);
  assertEquals(bench.rdata(5), []);
});

Deno.test("NetworkElement: RDATA just before the end of NAK_RDATA_IVL is forwarded [NE-027]", () => {
  const bench = elementBench({ nakRdataIvl: seconds(2) });
  bench.nak(1, { sqn: 5 }).ncf({ sqn: 5 }).at(seconds(2) - 1);
  assertEquals(bench.rdata(5), [1]);
});

Deno.test("NetworkElement: state lives NAK_RDATA_IVL from the latest NAK that was forwarded, or NCF [NE-022, NE-032]", () => {
  const config = { nakRdataIvl: seconds(2), nakElimIvl: ms(200), nakRptIvl: ms(50) };
  const bench = elementBench(config);
  bench.nak(1, { sqn: 5 }).at(ms(10)).ncf({ sqn: 5 });
  assertEquals(bench.element.nextTimeout(), ms(2010));
  bench.at(seconds(1)).nak(1, { sqn: 5 }).at(ms(1040)).ncf({ sqn: 5 });
  bench.at(ms(3040) - 1);
  assertEquals(bench.element.gauges.repairs, 1);
  bench.at(ms(3040));
  assertEquals(bench.element.gauges.repairs, 0);

  const unconfirmed = elementBench(config);
  unconfirmed.nak(1, { sqn: 5 }).at(seconds(1)).nak(1, { sqn: 5 }).at(seconds(3) - 1);
  assertEquals(unconfirmed.element.gauges.repairs, 1);
  unconfirmed.at(seconds(3));
  assertEquals(unconfirmed.element.gauges.repairs, 0);

  // A repeat is a NAK that is forwarded, too: the last one leaves at 900 ms.
  const repeated = elementBench({ ...config, nakRptIvl: seconds(1), nakRptRte: 10 });
  repeated.nak(1, { sqn: 5 }).at(ms(2900) - 1);
  assertEquals(repeated.element.gauges.repairs, 1);
  repeated.at(ms(2900));
  assertEquals(repeated.element.gauges.repairs, 0);
});

Deno.test("NetworkElement: after NAK_RPT_IVL the interfaces are still known, and the next NAK starts again [NE-023]", () => {
  const bench = elementBench({ nakRptIvl: ms(250), nakRptRte: 10 });
  bench.nak(2, { sqn: 5 }).at(ms(300)).rig.said();
  bench.nak(1, { sqn: 5 }).says("1 NCF 5", "0 NAK 5");
  bench.at(ms(400)).says("0 NAK 5");
  assertEquals(bench.rdata(5), [1, 2]);
});

Deno.test("NetworkElement: RDATA ends a NAK that is still pending; ODATA ends nothing [NE-016, NE-017, NE-028]", () => {
  const bench = elementBench();
  bench.nak(1, { sqn: 5 }).rig.said();
  assertEquals(bench.passes(odata({ sqn: 5 })), [1, 2, 3]);
  bench.at(ms(100)).says("0 NAK 5");
  assertEquals(bench.rdata(5), [1]);
  assertEquals(bench.element.gauges, { sessions: 1, repairs: 0, pending: 0, children: 0, unreachable: 0 });
  bench.at(seconds(3)).saysNothing();
});

Deno.test("NetworkElement: identical NCFs are kept apart by ncfRepeatIvl on each interface, the first leaves at once [NE-010]", () => {
  const bench = elementBench({ ncfRepeatIvl: ms(5) });
  for (let i = 0; i < 1000; i++) bench.at(us(10 * i)).nak(1, { sqn: 5 });
  const ncfs = bench.rig.said().filter(({ value }) => value.type === "NCF");
  assertEquals(ncfs.map(({ at }) => at), [0, ms(5)]);
  assertEquals(bench.element.stats.ncfsHeldBack, 998);
  bench.nak(2, { sqn: 5 }).says("2 NCF 5").nak(1, { sqn: 6 }).says("1 NCF 6", "0 NAK 6");
});

Deno.test("NetworkElement: a NAK of an unknown session makes no state and is not confirmed; after an SPM it is [NE-013]", () => {
  const bench = new ElementBench();
  bench.nak(1, { sqn: 5 }).saysNothing();
  assertEquals([bench.element.gauges.repairs, bench.element.stats.naksWithoutPath, bench.element.nextTimeout()], [
    0,
    1,
    NEVER,
  ]);
  bench.spm().says("1 SPM 1", "2 SPM 1", "3 SPM 1");
  bench.nak(1, { sqn: 5 }).says("1 NCF 5", "0 NAK 5");
});

Deno.test("NetworkElement: a NAK for another source or group, from upstream, or to the group does nothing [NE-012]", () => {
  const bench = elementBench();
  bench.nak(1, { sqn: 5, sourceNla: nla("10.0.0.66") }).nak(1, { sqn: 5, groupNla: nla("239.9.9.9") });
  bench.nak(0, { sqn: 5 });
  bench.rig.hears(nak({ sqn: 5 }), { iface: 1, source: nla("10.1.0.9"), destination: GROUP });
  assertEquals(bench.passes(nak({ sqn: 5 }), { iface: 1 }), []);
  bench.saysNothing();
  const { naksForeign, naksFromUpstream, ignored } = bench.element.stats;
  assertEquals([naksForeign, naksFromUpstream, ignored, bench.element.gauges.repairs], [2, 1, 2, 0]);
});

Deno.test("NetworkElement: NAKs that are repeated follow the path when it changes", () => {
  const bench = elementBench();
  bench.nak(1, { sqn: 5 });
  bench.at(ms(50)).spm({ sqn: 2, pathNla: nla("10.0.9.3") }).rig.said();
  bench.at(ms(100));
  assertEquals(bench.rig.said().map(({ datagram }) => datagram.destination), [nla("10.0.9.3")]);
});

Deno.test("NetworkElement: a null NAK goes up once, is not confirmed, lists nobody and eliminates no NAK", () => {
  const bench = elementBench({ nakElimIvl: ms(200) });
  const nnak = nakValue({ type: "NNAK", sqn: 5 });
  const how = { iface: 1, source: nla("10.1.0.9"), destination: OWN[1]! };
  bench.rig.hears(nnak, how);
  bench.says("0 NNAK 5");
  bench.rig.hears(nnak, how);
  bench.at(ms(199)).saysNothing();
  bench.nak(2, { sqn: 5 }).says("2 NCF 5", "0 NAK 5");
  bench.rig.hears(nnak, how);
  bench.saysNothing();
  assertEquals(bench.rdata(5), [2]);
  bench.rig.hears({ ...nnak, sqn: 6 }, how);
  bench.at(ms(399) - 1);
  assertEquals(bench.element.gauges.repairs, 1);
  bench.at(ms(399));
  assertEquals(bench.element.gauges.repairs, 0);
  const { nnaksReceived, nnaksForwarded, naksReceived } = bench.element.stats;
  assertEquals([nnaksReceived, nnaksForwarded, naksReceived], [4, 2, 1]);
});

Deno.test("NetworkElement: NAK_ELIM_IVL is a quarter of NAK_RDATA_IVL at most, a tenth unless given [NE-033]", () => {
  const make = (nakElimIvl: number) => () => elementBench({ nakRdataIvl: seconds(2), nakElimIvl });
  make(ms(500))();
  assertThrows(make(ms(500) + 1), AssertionError, "quarter");
  assertThrows(make(0), AssertionError, "positive");
  assertEquals(ELEMENT_DEFAULTS.nakElimIvl * 10, ELEMENT_DEFAULTS.nakRdataIvl);
});

Deno.test("NetworkElement: IPv6 sessions are served alike", () => {
  const [source, upstream, group, up, down] = ["fd00::1", "fd00:9::1", "ff15::1", "fd00:9::2", "fd00:1::1"].map(nla);
  const rig = new Rig((host) => new NetworkElement(host, ELEMENT_DEFAULTS), { addresses: [up!, down!] });
  const passes = (packet: PacketValue) => {
    const bytes = encodePacket(packet);
    const datagram = new Datagram({ source: source!, destination: group!, ttl: 16, routerAlert: true, bytes });
    return [...rig.endpoint.intercept(rig.now, 0, datagram, [1])];
  };
  assertEquals(passes(spm({ sqn: 1, trail: 0, lead: 9, pathNla: upstream! })), []);
  assertEquals(rig.said()[0]!.value, spm({ sqn: 1, trail: 0, lead: 9, pathNla: down! }));
  rig.hears(nak({ sqn: 5, sourceNla: source!, groupNla: group! }), { iface: 1, destination: down! });
  const [confirmation, request] = rig.said();
  assertEquals([confirmation!.datagram.source, confirmation!.datagram.destination], [source, group]);
  assertEquals([request!.datagram.source, request!.datagram.destination], [up, upstream]);
  assertEquals(passes(rdata({ sqn: 5 })), [1]);
});
