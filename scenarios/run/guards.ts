/**
 * Sets the checkers on what nodes put on the network and get from it. What the script injects is not held against the
 * node that it comes from.
 *
 * @module
 */

import { type Datagram, type Instant, ParseError, viewPacket } from "../../engine/mod.ts";
import type { Node, TraceKind } from "../../netsim/mod.ts";
import { NcfMatchChecker } from "../checkers/ncf_match.ts";
import { checkNcfScope } from "../checkers/ncf_scope.ts";
import { RateChecker } from "../checkers/rate.ts";
import { SessionEndChecker } from "../checkers/session_end.ts";
import { SourceWindowChecker } from "../checkers/source_window.ts";
import type { Expectations } from "./expectations.ts";
import { CLASSES } from "./match.ts";
import type { SourceNode } from "../plan.ts";
import type { World } from "./world.ts";

/** Expectations count, and checkers watch, what nodes put on the network; some also what they get. */
export function guard(world: World, expectations: Expectations): void {
  const { violations, simulation, nakBeforeSpm } = world;
  if (expectations.timed) world.onReport = (at, node, what, count) => expectations.reported(at, node, what, count);
  const sourceOf = (node: number) => (world.plan.nodes[node] as SourceNode).source;
  const windows = new SourceWindowChecker(violations, (node) => sourceOf(node).txwMaxSqns);
  const rates = new RateChecker(violations, sourceOf);
  const ends = new SessionEndChecker(violations);
  const confirmations = new NcfMatchChecker(violations);
  const sent = (at: Instant, node: Node, datagram: Datagram) => {
    expectations.sent(at, node.id, datagram);
    // Injected ones too: whoever hears an NCF believes it.
    confirmations.sent(datagram);
    const fromEngine = !world.isInjected(datagram);
    const fromSource = fromEngine && world.sources.has(node.id);
    const view = viewPacket(datagram);
    if (view.error === ParseError.None) world.streams.note(view, fromSource);
    if (fromSource) {
      windows.sent(at, node.id, node.name, datagram);
      rates.sent(at, node.id, node.name, datagram);
      ends.sent(at, node.name, datagram);
    } else if (fromEngine && world.receivers.has(node.id)) nakBeforeSpm.sent(at, node.id, node.name, datagram);
  };
  const record = (kind: TraceKind, at: Instant, node: Node, _iface: number, datagram: Datagram) => {
    if (kind === "forward") checkNcfScope(violations, at, node, datagram);
    else sent(at, node, datagram);
  };
  const note = (at: Instant, node: Node, mark: string, sqn: number) => {
    if (world.receivers.has(node.id)) confirmations.moved(at, node.name, mark, sqn);
  };
  simulation.observe({ record, note }, ["send", "forward"]);
  simulation.observe(
    {
      record: (_kind, _at, node, _iface, datagram) => nakBeforeSpm.delivered(node.id, datagram),
    },
    ["deliver"],
    [CLASSES.indexOf("SPM")],
  );
}
