import { assertEquals } from "@std/assert";
import { Datagram, ELEMENT_DEFAULTS, type Instant, ms, type PacketValue, seconds } from "../../engine/mod.ts";
import { checkNcfScope } from "../../scenarios/checkers/ncf_scope.ts";
import { NakConfirmationChecker } from "../../scenarios/checkers/nak_confirmation.ts";
import { NakDirectionChecker } from "../../scenarios/checkers/nak_direction.ts";
import { NakEliminationChecker } from "../../scenarios/checkers/nak_elimination.ts";
import { RepairScopeChecker } from "../../scenarios/checkers/repair_scope.ts";
import { RepairLifeChecker } from "../../scenarios/checkers/repair_life.ts";
import { Violations } from "../../scenarios/checkers/violation.ts";
import { bench, datagram, OWN } from "../support/checker_bench.ts";
import { GROUP, nak, ncf, nla, rdata, SOURCE, spm } from "../support/rig.ts";

const list = (...sqns: number[]) => [{ type: "NAK_LIST", sqns }] as const;

Deno.test("RepairScopeChecker: RDATA goes where it was asked for, once for each time that it comes", () => {
  const { router, plain, violations, found } = bench();
  const checker = new RepairScopeChecker(violations, [router.id]);
  const repair = datagram(rdata({ sqn: 5 }), GROUP);
  checker.delivered(router, 1, datagram(nak({ sqn: 4, options: list(5) }), OWN));
  checker.delivered(router, 0, repair);
  checker.forwarded(10, router, 1, repair);
  checker.forwarded(10, plain, 2, repair);
  assertEquals(found(), []);
  checker.forwarded(11, router, 2, repair);
  checker.delivered(router, 0, repair);
  checker.forwarded(12, router, 1, repair);
  assertEquals(found(), [
    [11, "forwarded RDATA 5 to router:b, which has not asked for it"],
    [12, "forwarded RDATA 5 to router:a, which has not asked for it"],
  ]);
});

Deno.test("RepairScopeChecker: RDATA with another address than the source's is none", () => {
  const { router, violations, found } = bench();
  const checker = new RepairScopeChecker(violations, [router.id]);
  const repair = datagram(rdata({ sqn: 5 }), GROUP);
  const { destination, ttl, routerAlert, bytes } = repair;
  checker.delivered(router, 1, datagram(nak({ sqn: 5 }), OWN));
  checker.delivered(router, 2, new Datagram({ source: nla("10.0.3.66"), destination, ttl, routerAlert, bytes }));
  checker.delivered(router, 0, repair);
  checker.forwarded(10, router, 1, repair);
  assertEquals(found(), []);
});

Deno.test("NakEliminationChecker: repeats keep to NAK_RPT_RTE, confirmed NAKs wait for NAK_ELIM_IVL", () => {
  const { router, plain, violations, found } = bench();
  const config = { ...ELEMENT_DEFAULTS, nakRptRte: 10, nakRptIvl: seconds(1), nakElimIvl: ms(200) };
  const checker = new NakEliminationChecker(violations, new Map([[router.id, config]]));
  const sends = (at: Instant, ...sqns: number[]) => {
    const options = sqns.length === 1 ? [] : list(...sqns.slice(1));
    checker.sent(at, router, 0, datagram(nak({ sqn: sqns[0]!, options }), SOURCE));
  };
  const hears = (at: Instant, packet: PacketValue, iface = 0) => {
    checker.delivered(at, router, iface, datagram(packet, GROUP));
  };
  sends(0, 5);
  sends(ms(100), 5);
  hears(ms(150), ncf({ sqn: 5 }));
  sends(ms(350), 5);
  // A list with something new; another that has nothing.
  sends(ms(360), 5, 6);
  assertEquals(found(), []);
  sends(ms(370), 5, 6);
  sends(ms(450) - 1, 5);
  hears(ms(460), ncf({ sqn: 5 }), 1);
  sends(ms(460), 5);
  hears(ms(470), ncf({ sqn: 5 }));
  sends(ms(670) - 1, 5);
  const early = "again too early: that is asked for already";
  assertEquals(found(), [
    [ms(370), `sent NAK 5, 6 ${early}`],
    [ms(450) - 1, `sent NAK 5 ${early}`],
    [ms(670) - 1, `sent NAK 5 ${early}`],
  ]);
  // RDATA and a restart end what is known.
  hears(ms(680), rdata({ sqn: 5 }));
  sends(ms(681), 5);
  checker.forget(router.id);
  sends(ms(682), 5);
  checker.sent(ms(683), plain, 0, datagram(nak({ sqn: 5 }), SOURCE));
  assertEquals(violations.total, 3);
});

Deno.test("NakEliminationChecker: a NAK that is repeated more slowly than NAK_RDATA_IVL is forgotten in between", () => {
  const { router, violations } = bench();
  const config = { ...ELEMENT_DEFAULTS, nakRptRte: 1, nakRdataIvl: ms(600), nakElimIvl: ms(100) };
  const checker = new NakEliminationChecker(violations, new Map([[router.id, config]]));
  for (const at of [0, ms(600)]) checker.sent(at, router, 0, datagram(nak({ sqn: 5 }), SOURCE));
  assertEquals(violations.total, 0);
  checker.sent(ms(999), router, 0, datagram(nak({ sqn: 5 }), SOURCE));
  assertEquals(violations.total, 1);
});

Deno.test("NakEliminationChecker: a number in a list whose NCF came unasked may be asked for when that was long ago", () => {
  const { router, violations, found } = bench();
  const config = { ...ELEMENT_DEFAULTS, nakElimIvl: ms(200) };
  const checker = new NakEliminationChecker(violations, new Map([[router.id, config]]));
  const sends = (at: Instant, sqn: number, ...more: number[]) => {
    checker.sent(at, router, 0, datagram(nak({ sqn, options: more.length === 0 ? [] : list(...more) }), SOURCE));
  };
  checker.delivered(0, router, 0, datagram(ncf({ sqn: 6 }), GROUP));
  sends(ms(150), 5, 6);
  sends(ms(200), 6);
  assertEquals(found(), []);
  sends(ms(299), 6);
  assertEquals(found(), [[ms(299), "sent NAK 6 again too early: that is asked for already"]]);
});

Deno.test("NakEliminationChecker: after NAK_RPT_IVL a new NAK need not wait for the next repeat", () => {
  const { router, violations } = bench();
  const config = { ...ELEMENT_DEFAULTS, nakRptRte: 10, nakRptIvl: ms(150) };
  const checker = new NakEliminationChecker(violations, new Map([[router.id, config]]));
  for (const at of [0, ms(100), ms(150)]) checker.sent(at, router, 0, datagram(nak({ sqn: 5 }), SOURCE));
  assertEquals(violations.total, 0);
  checker.sent(ms(151), router, 0, datagram(nak({ sqn: 5 }), SOURCE));
  assertEquals(violations.total, 1);
});

Deno.test("NakEliminationChecker: what was asked for is forgotten after NAK_RDATA_IVL, however slow repeats are", () => {
  const { router, violations } = bench();
  const config = { ...ELEMENT_DEFAULTS, nakRptRte: 1, nakRptIvl: seconds(1), nakRdataIvl: ms(700) };
  const checker = new NakEliminationChecker(violations, new Map([[router.id, config]]));
  for (const at of [0, ms(700), ms(1400)]) checker.sent(at, router, 0, datagram(nak({ sqn: 5 }), SOURCE));
  assertEquals(violations.total, 0);
  checker.sent(ms(2100) - 1, router, 0, datagram(nak({ sqn: 5 }), SOURCE));
  assertEquals(violations.total, 1);
});

Deno.test("NakEliminationChecker: an NCF with OPT_NBR_UNREACH, by unicast too, ends what is known; another by unicast does not", () => {
  const { router, violations } = bench();
  const checker = new NakEliminationChecker(violations, new Map([[router.id, ELEMENT_DEFAULTS]]));
  const options = [{ type: "NBR_UNREACH" }, { type: "PATH_NLA", nla: SOURCE }] as const;
  const unreachable = ncf({ sqn: 5, options });
  const sends = (at: Instant) => checker.sent(at, router, 0, datagram(nak({ sqn: 5 }), SOURCE));
  sends(0);
  checker.delivered(1, router, 0, datagram(unreachable, OWN));
  sends(2);
  checker.delivered(3, router, 0, datagram(unreachable, GROUP));
  sends(4);
  assertEquals(violations.total, 0);
  checker.delivered(5, router, 0, datagram(ncf({ sqn: 5 }), OWN));
  sends(6);
  assertEquals(violations.total, 1);
});

Deno.test("NakEliminationChecker: what an unreachable hop has confirmed may be sent along in a list, and asked for alone later", () => {
  const { router, violations, found } = bench();
  const config = { ...ELEMENT_DEFAULTS, nakElimIvl: ms(24) };
  const checker = new NakEliminationChecker(violations, new Map([[router.id, config]]));
  const options = [{ type: "NBR_UNREACH" }, { type: "PATH_NLA", nla: SOURCE }] as const;
  checker.delivered(ms(10), router, 0, datagram(ncf({ sqn: 5, options }), OWN));
  checker.sent(ms(20), router, 0, datagram(nak({ sqn: 5, options: list(6) }), SOURCE));
  checker.sent(ms(34), router, 0, datagram(nak({ sqn: 5 }), SOURCE));
  assertEquals(found(), []);
  checker.sent(ms(35), router, 0, datagram(nak({ sqn: 5 }), SOURCE));
  assertEquals(violations.total, 1);
});

Deno.test("NakEliminationChecker: another hop may be asked at once", () => {
  const { router, violations } = bench();
  const checker = new NakEliminationChecker(violations, new Map([[router.id, ELEMENT_DEFAULTS]]));
  const sends = (at: Instant, to: string) => checker.sent(at, router, 0, datagram(nak({ sqn: 5 }), nla(to)));
  sends(0, "10.0.3.2");
  sends(1, "10.0.2.2");
  assertEquals(violations.total, 0);
  sends(2, "10.0.2.2");
  assertEquals(violations.total, 1);
});

Deno.test("NakEliminationChecker: an NCF may be refused when what was known of its number has ended", () => {
  for (const [heardAt, found] of [[ms(62) - 1, 1], [ms(62), 0]] as const) {
    const { router, violations } = bench();
    const config = { ...ELEMENT_DEFAULTS, nakRptIvl: ms(62), nakElimIvl: ms(57) };
    const checker = new NakEliminationChecker(violations, new Map([[router.id, config]]));
    checker.sent(0, router, 0, datagram(nak({ sqn: 5 }), SOURCE));
    checker.delivered(heardAt, router, 0, datagram(ncf({ sqn: 5 }), GROUP));
    checker.sent(ms(70), router, 0, datagram(nak({ sqn: 5 }), SOURCE));
    assertEquals(violations.total, found, `NCF at ${heardAt}`);
  }
});

Deno.test("NakEliminationChecker: an NCF from where the path was before, or may have come to be, may be heeded, or not", () => {
  for (const [ways, found] of [[[0], 1], [[1], 0], [[0, 1], 0], [[1, 0], 0], [[0, 0], 1]] as const) {
    const { router, violations } = bench();
    const checker = new NakEliminationChecker(violations, new Map([[router.id, ELEMENT_DEFAULTS]]));
    const sends = (at: Instant) => checker.sent(at, router, 0, datagram(nak({ sqn: 5 }), SOURCE));
    sends(0);
    for (const way of ways) checker.delivered(1, router, way, datagram(spm({ sqn: 1, trail: 0, lead: 9 }), GROUP));
    checker.delivered(2, router, 0, datagram(ncf({ sqn: 5 }), GROUP));
    sends(3);
    assertEquals(violations.total, found, `SPMs came by ${ways}`);
  }
});

Deno.test("NakEliminationChecker: an NCF from where the path has come to be after the NAK may confirm it, or not", () => {
  const { router, violations } = bench();
  const checker = new NakEliminationChecker(violations, new Map([[router.id, ELEMENT_DEFAULTS]]));
  const sends = (at: Instant, iface: number) => checker.sent(at, router, iface, datagram(nak({ sqn: 5 }), SOURCE));
  sends(0, 1);
  checker.delivered(1, router, 0, datagram(spm({ sqn: 1, trail: 0, lead: 9 }), GROUP));
  checker.delivered(2, router, 0, datagram(ncf({ sqn: 5 }), GROUP));
  sends(3, 0);
  assertEquals(violations.total, 0);
});

Deno.test("checkNcfScope: a PGM router that forwards a POLL or an NCF to the group is found", () => {
  const { router, plain, violations } = bench();
  const endpoint = { handleDatagram: () => {}, handleTimeout: () => {}, nextTimeout: () => Infinity };
  router.intercept(() => ({ ...endpoint, intercept: () => [] }));
  const { gsi, sourcePort, destinationPort } = ncf({ sqn: 0 });
  const poll = {
    type: "POLL",
    gsi,
    sourcePort,
    destinationPort,
    sqn: 3,
    round: 0,
    subType: 0,
    pathNla: SOURCE,
  } as const;
  const copy = datagram({ ...poll, boIvlUs: 0, rand: 0, mask: 0, options: [] }, GROUP);
  checkNcfScope(violations, 7, plain, copy);
  assertEquals(violations.total, 0);
  // By unicast an NCF goes to one child, whatever is on its way.
  checkNcfScope(violations, 7, router, datagram(ncf({ sqn: 3 }), OWN));
  assertEquals(violations.total, 0);
  checkNcfScope(violations, 7, router, copy);
  assertEquals(violations.list, [{ checker: "POLL scope", at: 7, node: "router", text: "forwarded POLL 3" }]);
});

Deno.test("RepairLifeChecker: state ends NAK_RPT_IVL and NAK_RDATA_IVL after the last NAK, null NAK or NCF", () => {
  const violations = new Violations();
  const checker = new RepairLifeChecker(violations);
  const router = { id: 3, name: "router" };
  const config = { ...ELEMENT_DEFAULTS, nakRptIvl: seconds(1), nakRdataIvl: seconds(2), followRedirects: false };
  checker.delivered(ms(100), 3, datagram(nak({ sqn: 5 }), OWN));
  checker.delivered(ms(150), 3, datagram(ncf({ sqn: 5 }), GROUP));
  checker.delivered(ms(200), 3, datagram({ ...nak({ sqn: 5 }), type: "NNAK" } as PacketValue, OWN));
  checker.delivered(ms(900), 3, datagram(rdata({ sqn: 6 }), GROUP));
  checker.left(ms(3200), router, 1, config);
  checker.left(ms(9000), router, 0, config);
  // A repairer may be asked in vain before.
  checker.left(ms(4200), router, 1, { ...config, followRedirects: true });
  assertEquals(violations.total, 0);
  checker.left(ms(3201), router, 1, config);
  const text = "still has 1 repair states, though no NAK, null NAK or NCF has come since 200 ms";
  assertEquals(violations.list, [{ checker: "repair life", at: ms(3201), node: "router", text }]);
  checker.left(ms(4201), router, 1, { ...config, followRedirects: true });
  assertEquals(violations.total, 2);
  // What a null NAK has made lives NAK_ELIM_IVL.
  checker.left(ms(5200), router, 1, { ...config, nakElimIvl: seconds(5) });
  assertEquals(violations.total, 2);
});

Deno.test("checkNcfScope: a unicast NCF passes, a multicast one does not", () => {
  const { router, violations } = bench();
  const endpoint = { handleDatagram: () => {}, handleTimeout: () => {}, nextTimeout: () => Infinity };
  router.intercept(() => ({ ...endpoint, intercept: () => [] }));
  checkNcfScope(violations, 0, router, datagram(ncf({ sqn: 5 }), OWN));
  assertEquals(violations.total, 0);
  checkNcfScope(violations, 0, router, datagram(ncf({ sqn: 5 }), GROUP));
  assertEquals(violations.total, 1);
});

Deno.test("NakConfirmationChecker: a NAK is confirmed where it came from, or counted as refused", () => {
  const { router, plain, violations, found } = bench();
  const config = { ...ELEMENT_DEFAULTS, ncfRepeatIvl: ms(20) };
  let refused = 0;
  const checker = new NakConfirmationChecker(violations, new Map([[router.id, config]]), () => refused);
  const own = (iface: number) => router.attachments[iface]!.address;
  const hears = (at: Instant, packet: PacketValue, iface = 1, destination = own(iface)) => {
    checker.delivered(at, router, iface, datagram(packet, destination));
  };
  const says = (at: Instant, packet: PacketValue, iface = 1) => {
    checker.sent(at, router, iface, datagram(packet, GROUP));
  };
  hears(0, nak({ sqn: 5, options: list(7) }));
  says(0, ncf({ sqn: 5, options: list(7) }));
  // The same within ncfRepeatIvl; one that is refused; those for others, and for a plain router.
  hears(ms(20), nak({ sqn: 7 }));
  hears(ms(21), nak({ sqn: 9 }));
  refused++;
  hears(ms(22), nak({ sqn: 9 }), 1, SOURCE);
  checker.delivered(ms(23), plain, 1, datagram(nak({ sqn: 9 }), plain.attachments[1]!.address));
  hears(ms(24), rdata({ sqn: 1 }));
  assertEquals(found(), []);
  // It is judged when something else arrives.
  hears(ms(20) + 1, nak({ sqn: 7 }));
  hears(ms(30), nak({ sqn: 8 }), 1);
  says(ms(30), ncf({ sqn: 8 }), 2);
  hears(ms(40), nak({ sqn: 3 }));
  checker.forget(router.id);
  hears(ms(50), rdata({ sqn: 1 }));
  assertEquals(found(), [
    [ms(20) + 1, "did not confirm NAK 7 on router:a, nor refused it"],
    [ms(30), "did not confirm NAK 8 on router:a, nor refused it"],
  ]);
});

Deno.test("NakConfirmationChecker: of a list, what the window has left behind need not be confirmed", () => {
  for (const [trail, found] of [[8, 0], [7, 1]] as const) {
    const { router, violations } = bench();
    const config = { ...ELEMENT_DEFAULTS, ncfRepeatIvl: ms(20) };
    const checker = new NakConfirmationChecker(violations, new Map([[router.id, config]]), () => 0);
    checker.sent(ms(100), router, 1, datagram(ncf({ sqn: 8 }), GROUP));
    checker.delivered(ms(101), router, 0, datagram(rdata({ sqn: 9, trail }), GROUP));
    checker.delivered(ms(102), router, 0, datagram(spm({ sqn: 1, trail: 6, lead: 9 }), GROUP));
    checker.delivered(
      ms(103),
      router,
      1,
      datagram(nak({ sqn: 6, options: list(7, 8) }), router.attachments[1]!.address),
    );
    checker.delivered(ms(104), router, 0, datagram(rdata({ sqn: 9, trail }), GROUP));
    assertEquals(violations.total, found, `trail ${trail}`);
  }
});

Deno.test("NakDirectionChecker: NAKs go where the latest SPM that was passed on has come from", () => {
  const { router, violations, found } = bench();
  const checker = new NakDirectionChecker(violations, [router.id]);
  const path = (last: number) => nla(`10.0.9.${last}`);
  const hears = (last: number, iface: number) => {
    checker.delivered(router, iface, datagram(spm({ sqn: 1, trail: 0, lead: 9, pathNla: path(last) }), GROUP));
  };
  const passesOn = () => checker.sent(0, router, 2, datagram(spm({ sqn: 1, trail: 0, lead: 9 }), GROUP));
  const asks = (at: Instant, last: number, iface: number) => {
    checker.sent(at, router, iface, datagram(nak({ sqn: 5 }), path(last)));
  };
  asks(1, 1, 0);
  hears(1, 0);
  passesOn();
  asks(2, 1, 0);
  // One that goes no further may be believed, or not.
  hears(2, 1);
  asks(3, 1, 0);
  asks(4, 2, 1);
  assertEquals(found(), []);
  asks(5, 2, 0);
  passesOn();
  asks(6, 1, 0);
  asks(7, 2, 1);
  checker.forget(router.id);
  asks(8, 1, 0);
  assertEquals(found(), [
    [5, "sent NAK 5 to 10.0.9.2, though the latest SPM says 10.0.9.1"],
    [6, "sent NAK 5 to 10.0.9.1, though the latest SPM says 10.0.9.2"],
  ]);
});
