import { assertEquals } from "@std/assert";
import { ms, seconds } from "../../../engine/mod.ts";
import { elementBench } from "../../support/element_bench.ts";
import { nla, rdata, SOURCE } from "../../support/rig.ts";

Deno.test("NetworkElement: RDATA goes only where it was asked for, as it is, once [NE-045, NE-046, NE-047, NE-050, NE-058]", () => {
  const bench = elementBench();
  assertEquals(bench.rdata(5), []);
  bench.nak(2, { sqn: 5 }).nak(3, { sqn: 6 }).nak(2, { sqn: 6 });
  assertEquals(bench.rdata(5), [2]);
  assertEquals(bench.rdata(5), []);
  assertEquals(bench.rdata(6), [2, 3]);
  assertEquals(bench.element.gauges.repairs, 0);
  const { rdataForwarded, rdataUnwanted, rdataCopiesSpared } = bench.element.stats;
  assertEquals([rdataForwarded, rdataUnwanted, rdataCopiesSpared], [2, 2, 3]);
  // The network forwards the datagram that came in: its header and octets are untouched.
  assertEquals(bench.rig.said().some(({ value }) => value.type === "RDATA"), false);
});

Deno.test("NetworkElement: of the interfaces that asked, RDATA takes those that the group is routed to", () => {
  const bench = elementBench();
  bench.nak(2, { sqn: 5 }).nak(3, { sqn: 5 });
  assertEquals(bench.passes(rdata({ sqn: 5 }), { routed: [1, 2] }), [2]);
  bench.nak(3, { sqn: 6 });
  assertEquals(bench.passes(rdata({ sqn: 6 }), { routed: [1, 2] }), []);
  assertEquals([bench.element.gauges.repairs, bench.element.stats.rdataForwarded], [0, 1]);
});

Deno.test("NetworkElement: RDATA of another session ends nothing", () => {
  const bench = elementBench();
  bench.nak(2, { sqn: 5 });
  assertEquals(bench.passes({ ...rdata({ sqn: 5 }), gsi: 7 }), []);
  assertEquals(bench.rdata(5), [2]);
});

Deno.test("NetworkElement: RDATA that is not from the source's address goes nowhere, and ends nothing [NE-049, SEC-005]", () => {
  const bench = elementBench();
  bench.nak(2, { sqn: 5 });
  for (const iface of [0, 3]) {
    assertEquals(bench.passes(rdata({ sqn: 5, trail: 4 }), { iface, source: nla("10.3.0.66") }), []);
  }
  assertEquals([bench.element.gauges.repairs, bench.element.stats.rdataUnwanted], [1, 2]);
  // Nor does it say where the window begins.
  bench.rig.said();
  bench.nak(1, { sqn: 3 }).says("1 NCF 3", "0 NAK 3");
  assertEquals(bench.rdata(5), [2]);
});

Deno.test("NetworkElement: an unsolicited NCF anticipates: NAKs below are eliminated, their interfaces kept [NE-035, NE-036, NE-039, NE-040]", () => {
  const bench = elementBench({ nakElimIvl: ms(200), nakRdataIvl: seconds(2) });
  bench.ncf({ sqn: 5 }).saysNothing();
  assertEquals([bench.element.gauges, bench.element.stats.anticipated], [{
    sessions: 1,
    repairs: 1,
    pending: 0,
    children: 0,
    unreachable: 0,
  }, 1]);
  bench.at(ms(200) - 1).nak(3, { sqn: 5 }).says("3 NCF 5");
  assertEquals(bench.rdata(5), [3]);

  bench.at(ms(300)).ncf({ sqn: 6 });
  bench.at(ms(500)).nak(1, { sqn: 6 }).says("1 NCF 6", "0 NAK 6");
  bench.at(ms(510)).ncf({ sqn: 6 });
  bench.at(ms(710) - 1).nak(2, { sqn: 6 }).says("2 NCF 6");
  bench.at(ms(2510) - 1);
  assertEquals(bench.element.gauges.repairs, 1);
  bench.at(ms(2510));
  assertEquals(bench.element.gauges.repairs, 0);
});

Deno.test("NetworkElement: a further NCF starts both intervals again [NE-037]", () => {
  const bench = elementBench({ nakElimIvl: ms(200), nakRdataIvl: seconds(2) });
  bench.ncf({ sqn: 5 }).at(ms(150)).ncf({ sqn: 5 });
  bench.at(ms(350) - 1).nak(1, { sqn: 5 }).says("1 NCF 5");
  bench.at(ms(2150) - 1);
  assertEquals(bench.element.gauges.repairs, 1);
  bench.at(ms(2150));
  assertEquals(bench.element.gauges.repairs, 0);
});

Deno.test("NetworkElement: an NCF on another interface, or of an unknown session, makes no state [NE-038]", () => {
  const bench = elementBench();
  bench.ncf({ sqn: 5 }, 2).ncf({ sqn: 5, gsi: 7 }).saysNothing();
  assertEquals([bench.element.gauges.repairs, bench.element.stats.ncfsElsewhere], [0, 2]);
  bench.nak(1, { sqn: 5 }).says("1 NCF 5", "0 NAK 5");
});

Deno.test("NetworkElement: RDATA that was anticipated in vain ends there [NE-041]", () => {
  const bench = elementBench();
  bench.ncf({ sqn: 5 });
  assertEquals(bench.rdata(5), []);
  assertEquals(bench.element.gauges.repairs, 0);
  bench.nak(1, { sqn: 5 }).says("1 NCF 5", "0 NAK 5");
});

Deno.test("NetworkElement: POLLs end here", () => {
  const bench = elementBench();
  const { gsi, sourcePort, destinationPort } = rdata({ sqn: 0 });
  const poll = {
    type: "POLL",
    gsi,
    sourcePort,
    destinationPort,
    sqn: 1,
    round: 0,
    subType: 0,
    pathNla: SOURCE,
  } as const;
  assertEquals(bench.passes({ ...poll, boIvlUs: 1000, rand: 1, mask: 0, options: [] }), []);
  bench.saysNothing();
  assertEquals(bench.element.stats.polls, 1);
});
