/**
 * What the checkers of network elements, and of sources, make of parity.
 */

import { assertEquals } from "@std/assert";
import { ELEMENT_DEFAULTS, type Instant, ms, type Nla, type PacketValue } from "../../engine/mod.ts";
import { NakConfirmationChecker } from "../../scenarios/checkers/nak_confirmation.ts";
import { NakDirectionChecker } from "../../scenarios/checkers/nak_direction.ts";
import { NakEliminationChecker } from "../../scenarios/checkers/nak_elimination.ts";
import { RepairScopeChecker } from "../../scenarios/checkers/repair_scope.ts";
import { SourceGroupsChecker } from "../../scenarios/checkers/source_groups.ts";
import { Violations } from "../../scenarios/checkers/violation.ts";
import { bench, datagram, OWN } from "../support/checker_bench.ts";
import { GROUP, nak, ncf, nla, odata, polr, rdata, SOURCE, spm } from "../support/rig.ts";

const prm = (tgSize: number) => [{ type: "PARITY_PRM", proActive: false, onDemand: true, tgSize }] as const;

/** Tells a checker that groups have eight packets. */
function eight(delivers: (packet: PacketValue) => void): void {
  delivers(spm({ sqn: 1, trail: 0, lead: 99, options: prm(8) }));
}

Deno.test("RepairScopeChecker: parity goes as often as was asked for, and in place of packets asked for by number", () => {
  const { router, violations, found } = bench();
  const checker = new RepairScopeChecker(violations, [router.id]);
  const asks = (iface: number, sqn: number, parity = true) =>
    checker.delivered(router, iface, datagram(nak({ sqn, ...(parity ? { parity } : {}) }), OWN));
  const repair = (at: Instant, sqn: number, ifaces: number[], options: PacketValue["options"] = []) => {
    const packet = datagram(rdata({ sqn, parity: true, options }), GROUP);
    checker.delivered(router, 0, packet);
    for (const iface of ifaces) checker.forwarded(at, router, iface, packet);
  };
  asks(1, 8);
  repair(1, 8, [1]);
  eight((packet) => checker.delivered(router, 0, datagram(packet, GROUP)));
  // What was asked for while groups were not known is not; then one and three packets.
  repair(2, 8, [1]);
  asks(1, 8);
  asks(2, 10);
  asks(2, 9);
  repair(3, 8, [1, 2]);
  repair(4, 8, [2]);
  repair(5, 8, [1, 2]);
  repair(6, 8, [2]);
  // Five of a group that has seven, the two by number count as well.
  asks(1, 20);
  asks(2, 17, false);
  asks(2, 18, false);
  const seven = [{ type: "CURR_TGSIZE", size: 5 }] as const;
  repair(7, 16, [1, 2], seven);
  repair(8, 16, [1, 2], seven);
  repair(9, 16, [1, 2], seven);
  const where = (iface: string) => `forwarded parity RDATA 8 to router:${iface}, which has not asked for it`;
  assertEquals(found(), [
    [1, where("a")],
    [2, where("a")],
    [5, where("a")],
    [6, where("b")],
    [9, where("a").replace("RDATA 8", "RDATA 16")],
    [9, where("b").replace("RDATA 8", "RDATA 16")],
  ]);
});

Deno.test("RepairScopeChecker: which number parity stood for is the element's to know", () => {
  const { router, violations } = bench();
  const checker = new RepairScopeChecker(violations, [router.id]);
  eight((packet) => checker.delivered(router, 0, datagram(packet, GROUP)));
  const passes = (packet: PacketValue) => {
    checker.delivered(router, 0, datagram(packet, GROUP));
    checker.forwarded(violations.total, router, 1, datagram(packet, GROUP));
  };
  for (const sqn of [9, 10]) checker.delivered(router, 1, datagram(nak({ sqn }), OWN));
  passes(rdata({ sqn: 8, parity: true }));
  passes(rdata({ sqn: 9 }));
  // It may have stood for 9: then 10 is still to come.
  passes(rdata({ sqn: 8, parity: true }));
  assertEquals(violations.total, 0);
  passes(rdata({ sqn: 8, parity: true }));
  assertEquals(violations.total, 1);
  checker.delivered(router, 1, datagram(nak({ sqn: 10 }), OWN));
  passes(rdata({ sqn: 8, parity: true }));
  assertEquals(violations.total, 1);
});

Deno.test("NakEliminationChecker: of a group, more packets are news, and NCFs for fewer confirm nothing", () => {
  const { router, violations, found } = bench();
  const config = { ...ELEMENT_DEFAULTS, nakRptRte: 10, nakElimIvl: ms(200) };
  const checker = new NakEliminationChecker(violations, new Map([[router.id, config]]));
  const hears = (at: Instant, packet: PacketValue) => checker.delivered(at, router, 0, datagram(packet, GROUP));
  const sends = (at: Instant, sqn: number, parity = true) =>
    checker.sent(at, router, 0, datagram(nak({ sqn, ...(parity ? { parity } : {}) }), SOURCE));
  eight((packet) => hears(0, packet));
  sends(0, 9);
  sends(1, 10);
  sends(2, 9);
  hears(3, ncf({ sqn: 9, parity: true }));
  sends(ms(100) + 1, 10);
  hears(ms(101), ncf({ sqn: 12, parity: true }));
  sends(ms(300), 12);
  sends(ms(300), 13);
  // The number 8 is another thing than the group.
  sends(ms(300), 8, false);
  hears(ms(310), ncf({ sqn: 13, parity: true }));
  sends(ms(510), 8);
  const early = "again too early: that is asked for already";
  assertEquals(found(), [[2, `sent parity NAK 9 ${early}`], [ms(300), `sent parity NAK 12 ${early}`]]);
  // Parity may be all that was wanted, of the group and of its numbers.
  hears(ms(511), rdata({ sqn: 8, parity: true }));
  sends(ms(512), 9);
  sends(ms(512), 8, false);
  assertEquals(violations.total, 2);
  sends(ms(513), 9);
  sends(ms(513), 8, false);
  assertEquals(violations.total, 4);
});

Deno.test("NakConfirmationChecker: a parity NAK is confirmed for as many packets as it asks for, or more", () => {
  const { router, violations, found } = bench();
  const configs = new Map([[router.id, { ...ELEMENT_DEFAULTS, ncfRepeatIvl: 0 }]]);
  const checker = new NakConfirmationChecker(violations, configs, () => 0);
  const hears = (at: Instant, packet: PacketValue, to: Nla) => {
    checker.delivered(at, router, 1, datagram(packet, to));
  };
  const address = router.attachments[1]!.address;
  eight((packet) => hears(0, packet, GROUP));
  for (const [at, confirmed] of [[1, 10], [2, 9], [3, 8]] as const) {
    hears(at, nak({ sqn: 9, parity: true }), address);
    checker.sent(at, router, 1, datagram(ncf({ sqn: confirmed, parity: true }), GROUP));
  }
  hears(4, nak({ sqn: 9, parity: true }), address);
  checker.sent(4, router, 1, datagram(ncf({ sqn: 9 }), GROUP));
  hears(5, nak({ sqn: 0 }), GROUP);
  const text = "did not confirm parity NAK 9 on router:a, nor refused it";
  assertEquals(found(), [[3, text], [4, text]]);
});

Deno.test("NakDirectionChecker: parity is asked only of repairers whose POLR had OPT_PARITY", () => {
  const { router, violations, found } = bench();
  const checker = new NakDirectionChecker(violations, [router.id]);
  const repairer = nla("10.0.3.9");
  const told = datagram(spm({ sqn: 1, trail: 0, lead: 9 }), GROUP);
  checker.delivered(router, 0, told);
  checker.sent(0, router, 1, told);
  const offers = (parity: boolean) => {
    const options = [{ type: "REDIRECT", nla: repairer }] as const;
    checker.delivered(router, 2, datagram({ ...polr({ sqn: 0 }), options, ...(parity ? { parity } : {}) }, OWN));
  };
  const asks = (at: Instant, parity: boolean) =>
    checker.sent(at, router, 2, datagram(nak({ sqn: 8, ...(parity ? { parity } : {}) }), repairer));
  offers(false);
  asks(1, false);
  asks(2, true);
  offers(true);
  asks(3, true);
  assertEquals(found(), [[2, `sent parity NAK 8 to ${repairer}, though the latest SPM says ${SOURCE}`]]);
});

/** What the checker of sources finds in a sequence of packets. */
function groupFindings(...packets: readonly PacketValue[]): string[] {
  const violations = new Violations();
  const checker = new SourceGroupsChecker(violations);
  for (const packet of packets) checker.sent(0, "sender", datagram(packet, GROUP));
  return violations.list.map(({ text }) => text);
}

const has = (size: number) => [{ type: "CURR_TGSIZE", size }] as const;
const inGroup = (sqn: number, options: PacketValue["options"] = [], type = odata) =>
  type({ sqn, trail: 0, parity: true, options });
/** A session with groups of four: a full one, one of two, and one of three that ends with its last packet. */
const BEGIN = [
  spm({ sqn: 0, trail: 0, lead: 0xffff_ffff, options: prm(4) }),
  ...[0, 1, 2, 3].map((sqn) => odata({ sqn, trail: 0 })),
];
const TWO = [...BEGIN, odata({ sqn: 4, trail: 0 }), odata({ sqn: 5, trail: 0 })];
const OVER = [...TWO, spm({ sqn: 1, trail: 0, lead: 5, options: [...prm(4), ...has(2)] })];

Deno.test("SourceGroupsChecker: what a source may say of its groups is right", () => {
  const all = [0, 1, 2, 3].flatMap((parityGroup) =>
    [0, 1, 2, 3].map((place) => {
      const options = parityGroup === 0 ? [] : [{ type: "PARITY_GRP" as const, group: parityGroup }];
      return inGroup(place, options, rdata);
    })
  );
  assertEquals(
    groupFindings(
      ...BEGIN,
      ...all,
      spm({ sqn: 1, trail: 0, lead: 3, options: prm(4) }),
      ...TWO.slice(BEGIN.length),
      spm({ sqn: 2, trail: 0, lead: 5, options: prm(4) }),
      inGroup(4, has(2)),
      inGroup(5, has(2)),
      spm({ sqn: 3, trail: 0, lead: 5, options: [...prm(4), ...has(2)] }),
      odata({ sqn: 8, trail: 0 }),
      odata({ sqn: 9, trail: 0 }),
      odata({ sqn: 10, trail: 0, options: has(3) }),
      spm({ sqn: 4, trail: 0, lead: 10, options: [...prm(4), ...has(3)] }),
      odata({ sqn: 12, trail: 6 }),
      spm({ sqn: 5, trail: 6, lead: 12, options: prm(4) }),
      inGroup(6, has(2), rdata),
    ),
    [],
  );
  // Without parity there are no groups.
  assertEquals(groupFindings(spm({ sqn: 0, trail: 0, lead: 0 }), odata({ sqn: 1, trail: 0 })), []);
});

Deno.test("SourceGroupsChecker: an index comes again only when all were used", () => {
  const two = [
    spm({ sqn: 0, trail: 0, lead: 0xffff_ffff, options: prm(2) }),
    odata({ sqn: 0, trail: 0 }),
    odata({ sqn: 1, trail: 0 }),
  ];
  const indexes = (count: number) =>
    [...Array(count).keys()].map((index) => {
      const group = Math.floor(index / 2);
      return inGroup(index % 2, group === 0 ? [] : [{ type: "PARITY_GRP", group }], rdata);
    });
  assertEquals(groupFindings(...two, ...indexes(253), ...indexes(1)), []);
  assertEquals(groupFindings(...two, ...indexes(252), ...indexes(1)), ["parity 0 of the group at 0 again"]);
});

Deno.test("SourceGroupsChecker: each rule that is broken is found", () => {
  const cases: [PacketValue, string][] = [
    [odata({ sqn: 6, trail: 0 }), "ODATA 6 of a group that was truncated after 2 packets"],
    [spm({ sqn: 2, trail: 0, lead: 5, options: prm(4) }), "SPM 2 does not say that its group has 2 packets"],
    [
      spm({ sqn: 2, trail: 0, lead: 5, options: [...prm(4), ...has(3)] }),
      "SPM 2: a group of 3 packets, 2 were sent",
    ],
    [spm({ sqn: 2, trail: 0, lead: 5, options: has(2) }), "SPM 2 does not say that groups have 4 packets"],
    [
      spm({ sqn: 2, trail: 0, lead: 5, options: [...prm(8), ...has(2)] }),
      "SPM 2 does not say that groups have 4 packets",
    ],
    [inGroup(4), "parity 4 does not say that its group has 2 packets"],
    [inGroup(5, has(3)), "parity 5: a group of 3 packets, 2 were sent"],
    [odata({ sqn: 8, trail: 0, options: has(2) }), "ODATA 8: a group of 2 packets, 1 were sent"],
  ];
  for (const [packet, text] of cases) assertEquals(groupFindings(...OVER, packet), [text]);
  // Data of the next group ends the one before, whatever was said.
  assertEquals(groupFindings(...TWO, odata({ sqn: 8, trail: 0 }), inGroup(4)), [
    "parity 4 does not say that its group has 2 packets",
  ]);
  // A repair is data that was sent before.
  assertEquals(groupFindings(...OVER, rdata({ sqn: 5, trail: 0 })), []);
});
