/**
 * NCFs and POLLs concern one hop: a PGM router consumes them and never passes them on (RFC 3208, sections 1.1, 7.5 and
 * 14.3). Unicast ones (Appendix E) are addressed to the hop: between end systems they pass like anything else.
 *
 * @module
 */

import { type Datagram, type Instant, PacketType, packetTypeName, ParseError, viewPacket } from "../../engine/mod.ts";
import type { Node } from "../../netsim/mod.ts";
import type { Violations } from "./violation.ts";

/**
 * A router forwards a packet. Routers that do not speak PGM may forward anything, and an NCF that is unicast to the child
 * that asked (section 15.3.2) may take another way than the tree, past other PGM routers.
 */
export function checkNcfScope(violations: Violations, at: Instant, node: Node, datagram: Datagram): void {
  if (node.interceptor === undefined || !datagram.multicast) return;
  const view = viewPacket(datagram);
  if (view.error !== ParseError.None || (view.type !== PacketType.NCF && view.type !== PacketType.POLL)) return;
  const name = packetTypeName(view.type);
  violations.report({ checker: `${name} scope`, at, node: node.name, text: `forwarded ${name} ${view.sqn}` });
}
