/**
 * NCFs and POLLs concern one hop: a PGM router consumes them and never passes them on (RFC 3208, sections 1.1, 7.5 and
 * 14.3). Unicast ones (Appendix E) are addressed to the hop: between end systems they pass like anything else.
 *
 * @module
 */

import { type Datagram, type Instant, PacketType, packetTypeName, ParseError, viewPacket } from "../../engine/mod.ts";
import type { Node } from "../../netsim/mod.ts";
import type { Violations } from "./violation.ts";

/** A router forwards a packet. Routers that do not speak PGM may forward anything. */
export function checkNcfScope(violations: Violations, at: Instant, node: Node, datagram: Datagram): void {
  // What a parent unicasts to a child that multicast does not reach may pass routers on its way (section 15.3).
  if (node.interceptor === undefined || !datagram.multicast) return;
  const view = viewPacket(datagram);
  if (view.error !== ParseError.None || (view.type !== PacketType.NCF && view.type !== PacketType.POLL)) return;
  const name = packetTypeName(view.type);
  violations.report({ checker: `${name} scope`, at, node: node.name, text: `forwarded ${name} ${view.sqn}` });
}
