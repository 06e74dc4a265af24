/**
 * What the checkers of network elements are tried on: routers, and copies of packets.
 *
 * @module
 */

import { Datagram, encodePacket, type Nla, type PacketValue } from "../../engine/mod.ts";
import { Simulation } from "../../netsim/mod.ts";
import { Violations } from "../../scenarios/checkers/violation.ts";
import { nla, SOURCE } from "./rig.ts";

/** The address of the router's first interface. */
export const OWN = nla("10.0.1.1");

/** A router with three interfaces that speaks PGM, one that does not, and what is found. */
export function bench() {
  const simulation = new Simulation({ seed: 1 });
  const router = simulation.addNode("router", { forwards: true });
  const plain = simulation.addNode("plain", { forwards: true });
  for (const name of ["up", "a", "b"]) {
    const segment = simulation.addSegment(name, { bitsPerSecond: 1, delay: 0, queueBytes: 1, mtu: 1 });
    simulation.attach(router, segment, { address: nla(`10.0.${simulation.segments.length}.1`), cost: 1 });
    simulation.attach(plain, segment, { address: nla(`10.0.${simulation.segments.length}.2`), cost: 1 });
  }
  const violations = new Violations();
  return { router, plain, violations, found: () => violations.list.map(({ at, text }) => [at, text]) };
}

/** A copy of a packet. */
export function datagram(packet: PacketValue, destination: Nla): Datagram {
  return new Datagram({ source: SOURCE, destination, ttl: 9, routerAlert: true, bytes: encodePacket(packet) });
}
