/**
 * An NCF concerns one hop: a PGM router consumes it and never passes it on (RFC 3208, section 1.1).
 *
 * @module
 */

import { type Datagram, type Instant, PacketType, ParseError, viewPacket } from "../../engine/mod.ts";
import type { Node } from "../../netsim/mod.ts";
import type { Violations } from "./violation.ts";

/** A router forwards a packet. Routers that do not speak PGM may forward anything. */
export function checkNcfScope(violations: Violations, at: Instant, node: Node, datagram: Datagram): void {
  if (node.interceptor === undefined) return;
  const view = viewPacket(datagram);
  if (view.error !== ParseError.None || view.type !== PacketType.NCF) return;
  violations.report({ checker: "NCF scope", at, node: node.name, text: `forwarded NCF ${view.sqn}` });
}
