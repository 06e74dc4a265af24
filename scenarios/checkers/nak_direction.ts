/**
 * A network element sends NAKs the way that the latest SPM which it passed on came: to its SPM_PATH, through the
 * interface that it came in on (RFC 3208, sections 3.5 and 7.2); or to a repairer that has offered itself (section 9.5),
 * for parity only if it has said that it serves that (section 11.7).
 *
 * @module
 */

import {
  type Datagram,
  type Instant,
  type Nla,
  PacketType,
  type PacketView,
  ParseError,
  viewPacket,
} from "../../engine/mod.ts";
import type { Node } from "../../netsim/mod.ts";
import type { Violations } from "./violation.ts";

/** Where an SPM has come from. */
interface Way {
  readonly upstream: Nla;
  readonly iface: number;
}

/** The ways to one source: an SPM that is passed on is believed; the latest one may be, where it goes nowhere. */
interface Ways {
  believed: Way | undefined;
  latest: Way;
  /** Those whom POLRs have named, and whether one had OPT_PARITY. */
  readonly repairers: Map<Nla, boolean>;
}

/** Watches the SPMs that reach network elements and leave them, and where these send NAKs. */
export class NakDirectionChecker {
  readonly #violations: Violations;
  readonly #ways = new Map<number, Map<string, Ways>>();

  /** `elements` are the ids of the nodes. */
  constructor(violations: Violations, elements: Iterable<number>) {
    this.#violations = violations;
    for (const id of elements) this.#ways.set(id, new Map());
  }

  /** A node crashes, and forgets the way. */
  forget(node: number): void {
    this.#ways.get(node)?.clear();
  }

  /** A copy reached a node. */
  delivered(node: Node, iface: number, datagram: Datagram): void {
    const ways = this.#ways.get(node.id);
    const view = viewPacket(datagram);
    if (ways === undefined || view.error !== ParseError.None) return;
    const redirect = view.type === PacketType.POLR ? view.option("REDIRECT") : undefined;
    if (redirect !== undefined) {
      const repairers = ways.get(keyOf(view))?.repairers;
      repairers?.set(redirect.nla, view.parity || repairers.get(redirect.nla) === true);
    }
    if (view.type !== PacketType.SPM) return;
    const latest = { upstream: view.pathNla(), iface };
    const known = ways.get(keyOf(view));
    if (known === undefined) ways.set(keyOf(view), { believed: undefined, latest, repairers: new Map() });
    else known.latest = latest;
  }

  /** A node sends a packet of its own. */
  sent(at: Instant, node: Node, iface: number, datagram: Datagram): void {
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) return;
    const ways = this.#ways.get(node.id)?.get(keyOf(view));
    if (ways === undefined) return;
    if (view.type === PacketType.SPM) ways.believed = ways.latest;
    if (view.type !== PacketType.NAK || ways.believed === undefined) return;
    const { destination } = datagram;
    const right = [ways.believed, ways.latest].some((way) => way.upstream === destination && way.iface === iface);
    const servesParity = ways.repairers.get(destination);
    if (right || servesParity === true || (servesParity === false && !view.parity)) return;
    const { upstream } = ways.believed;
    const text = `sent ${
      view.parity ? "parity " : ""
    }NAK ${view.sqn} to ${destination}, though the latest SPM says ${upstream}`;
    this.#violations.report({ checker: "NAK direction", at, node: node.name, text });
  }
}

function keyOf(view: PacketView): string {
  return `${view.gsi}.${view.sessionPort}`;
}
