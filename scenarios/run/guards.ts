/**
 * Sets the checkers on what nodes put on the network and get from it. What the script injects is not held against the
 * node that it comes from.
 *
 * @module
 */

import {
  type Datagram,
  formatTsi,
  type Instant,
  isUpstream,
  MAX_WINDOW_SQNS,
  ParseError,
  viewPacket,
} from "../../engine/mod.ts";
import type { Node, TraceKind } from "../../netsim/mod.ts";
import { NcfMatchChecker } from "../checkers/ncf_match.ts";
import { checkNcfScope } from "../checkers/ncf_scope.ts";
import { RateChecker } from "../checkers/rate.ts";
import { SessionEndChecker } from "../checkers/session_end.ts";
import { SourceGroupsChecker } from "../checkers/source_groups.ts";
import { SourceWindowChecker } from "../checkers/source_window.ts";
import { overflows } from "./element_guards.ts";
import type { Expectations } from "./expectations.ts";
import { CLASSES } from "./match.ts";
import type { SourceNode } from "../plan.ts";
import type { SocketHost } from "./socket_host.ts";
import type { World } from "./world.ts";

/** Expectations count, and checkers watch, what nodes put on the network; some also what they get. */
export function guard(world: World, expectations: Expectations): void {
  const { violations, simulation, nakBeforeSpm } = world;
  if (expectations.timed) world.onReport = (at, node, what, count) => expectations.reported(at, node, what, count);
  world.onFailure = (at, node, socket, code) => expectations.failed(at, node, socket, code);
  const sourceOf = (node: number) => (world.plan.nodes[node] as SourceNode).source;
  const windows = new SourceWindowChecker(
    violations,
    (node) => world.sources.has(node) ? sourceOf(node).txwMaxSqns : MAX_WINDOW_SQNS,
  );
  const rates = new RateChecker(violations, sourceOf);
  /** By session: a node with sockets may send several. */
  const socketRates = new Map<string, RateChecker>();
  const ends = new SessionEndChecker(violations);
  const groups = new SourceGroupsChecker(violations);
  const confirmations = new NcfMatchChecker(violations);
  const sent = (at: Instant, node: Node, datagram: Datagram) => {
    expectations.sent(at, node.id, datagram);
    // Injected ones too: whoever hears an NCF believes it.
    confirmations.sent(datagram);
    const fromEngine = !world.isInjected(datagram);
    const fromSource = fromEngine && world.sources.has(node.id);
    const sockets = fromEngine ? world.sockets.get(node.id) : undefined;
    const view = viewPacket(datagram);
    if (view.error === ParseError.None) world.streams.note(view, fromSource || sockets !== undefined);
    if (fromSource) {
      windows.sent(at, node.id, node.name, datagram);
      rates.sent(at, node.id, node.name, datagram);
      ends.sent(at, node.name, datagram);
      groups.sent(at, node.name, datagram);
    } else if (sockets !== undefined) {
      guardSockets(at, node, datagram, sockets);
    } else if (fromEngine && world.receivers.has(node.id)) nakBeforeSpm.sent(at, node.id, node.name, datagram);
  };
  const guardSockets = (at: Instant, node: Node, datagram: Datagram, sockets: SocketHost) => {
    const { error, gsi, sessionPort, type } = viewPacket(datagram);
    if (error === ParseError.None && isUpstream(type)) return nakBeforeSpm.sent(at, node.id, node.name, datagram);
    windows.sent(at, node.id, node.name, datagram);
    ends.sent(at, node.name, datagram);
    groups.sent(at, node.name, datagram);
    const tsi = { gsi, port: sessionPort };
    const rate = sockets.rateOf(tsi);
    if (rate === undefined) return;
    const key = formatTsi(tsi);
    let checker = socketRates.get(key);
    if (checker === undefined) socketRates.set(key, checker = new RateChecker(violations, () => rate));
    checker.sent(at, node.id, node.name, datagram);
  };
  const record = (_kind: TraceKind, at: Instant, node: Node, _iface: number, datagram: Datagram) => {
    sent(at, node, datagram);
  };
  const note = (at: Instant, node: Node, mark: string, sqn: number) => {
    if (world.receivers.has(node.id) || world.sockets.has(node.id)) confirmations.moved(at, node.name, mark, sqn);
  };
  simulation.observe({ record, note }, ["send"]);
  simulation.observe(
    {
      record: (_kind, at, node, _iface, datagram) => {
        if (!overflows(world, node.id)) checkNcfScope(violations, at, node, datagram);
      },
    },
    ["forward"],
    [CLASSES.indexOf("NCF"), CLASSES.indexOf("POLL")],
  );
  simulation.observe(
    {
      record: (_kind, _at, node, _iface, datagram) => nakBeforeSpm.delivered(node.id, datagram),
    },
    ["deliver"],
    [CLASSES.indexOf("SPM")],
  );
}
