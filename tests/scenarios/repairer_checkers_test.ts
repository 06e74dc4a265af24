/**
 * What the checkers of network elements make of local repairers.
 */

import { assertEquals } from "@std/assert";
import { Datagram, ELEMENT_DEFAULTS, encodePacket, ms, type Nla, type PacketValue } from "../../engine/mod.ts";
import { Simulation } from "../../netsim/mod.ts";
import { NakEliminationChecker } from "../../scenarios/checkers/nak_elimination.ts";
import { RepairScopeChecker } from "../../scenarios/checkers/repair_scope.ts";
import { Violations } from "../../scenarios/checkers/violation.ts";
import { GROUP, nak, ncf, nla, rdata, SOURCE } from "../support/rig.ts";

const OWN = nla("10.0.1.1");
const UPSTREAM = nla("10.0.1.2");
const REPAIRER = nla("10.0.2.7");

Deno.test("RepairScopeChecker: what a repairer has unicast may be dropped for the source's, but is forwarded once", () => {
  const simulation = new Simulation({ seed: 1 });
  const router = simulation.addNode("router", { forwards: true });
  const segment = simulation.addSegment("a", { bitsPerSecond: 1, delay: 0, queueBytes: 1, mtu: 1 });
  simulation.attach(router, segment, { address: OWN, cost: 1 });
  const violations = new Violations();
  const checker = new RepairScopeChecker(violations, [router.id]);
  const copy = (packet: PacketValue, destination: Nla) =>
    new Datagram({ source: SOURCE, destination, ttl: 9, routerAlert: false, bytes: encodePacket(packet) });
  const [unicast, multicast] = [OWN, GROUP].map((destination) => copy(rdata({ sqn: 5 }), destination));
  const rounds = [[unicast!, multicast!], [multicast!], [unicast!]];
  for (const round of rounds) {
    checker.delivered(router, 0, copy(nak({ sqn: 5 }), OWN));
    for (const each of round) checker.delivered(router, 0, each);
    checker.forwarded(1, router, 0, multicast!);
  }
  assertEquals(violations.total, 0);
  checker.delivered(router, 0, multicast!);
  checker.forwarded(2, router, 0, multicast!);
  assertEquals(violations.total, 1);
});

Deno.test("NakEliminationChecker: who is asked by a repairer for what it was asked for may ask upstream at once", () => {
  const simulation = new Simulation({ seed: 1 });
  const router = simulation.addNode("router", { forwards: true });
  for (const [index, name] of ["up", "down"].entries()) {
    const segment = simulation.addSegment(name, { bitsPerSecond: 1, delay: 0, queueBytes: 1, mtu: 1 });
    simulation.attach(router, segment, { address: nla(`10.0.${index + 1}.1`), cost: 1 });
  }
  const violations = new Violations();
  const checker = new NakEliminationChecker(violations, new Map([[router.id, ELEMENT_DEFAULTS]]));
  const unicast = (packet: PacketValue, source: Nla, destination: Nla) =>
    new Datagram({ source, destination, ttl: 9, routerAlert: false, bytes: encodePacket(packet) });
  const asks = (at: number, sqn: number, iface: number, whom: Nla) =>
    checker.sent(at, router, iface, unicast(nak({ sqn }), OWN, whom));
  const hears = (at: number, packet: PacketValue, source: Nla) =>
    checker.delivered(at, router, 1, unicast(packet, source, OWN));

  asks(0, 5, 1, REPAIRER);
  hears(ms(1), ncf({ sqn: 5 }), REPAIRER);
  hears(ms(2), nak({ sqn: 5 }), REPAIRER);
  asks(ms(2), 5, 0, UPSTREAM);
  assertEquals(violations.total, 0);
  // Unless it asks, its NCF counts as any other does; that of its neighbour does not.
  asks(0, 6, 1, REPAIRER);
  hears(ms(90), ncf({ sqn: 6 }), REPAIRER);
  asks(ms(290) - 1, 6, 0, UPSTREAM);
  assertEquals(violations.total, 1);
  asks(0, 7, 1, REPAIRER);
  hears(ms(90), ncf({ sqn: 7 }), nla("10.0.2.8"));
  asks(ms(100), 7, 0, UPSTREAM);
  assertEquals(violations.total, 1);
  // Nor does one that says that the children cannot be reached.
  asks(0, 8, 1, REPAIRER);
  hears(ms(90), ncf({ sqn: 8, options: [{ type: "NBR_UNREACH" }] }), REPAIRER);
  asks(ms(100), 8, 0, UPSTREAM);
  assertEquals(violations.total, 1);
});
