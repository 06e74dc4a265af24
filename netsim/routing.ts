/**
 * Shortest paths. A route leads to the segment that holds an address; a cost belongs to the interface through which a
 * node sends, so that the way back may differ. Only routers are passed through. A node that is attached to the segment
 * delivers there directly, whatever that costs, and equal costs are decided by the lowest node id of the next hop.
 *
 * Tables are computed per destination segment when first asked for, and forgotten when routing follows a failure.
 *
 * @module
 */

import type { Nla } from "../engine/base/nla.ts";
import { EventQueue } from "./event_queue.ts";
import { type Attachment, type Node, type Segment, TopologyError } from "./topology.ts";

/** The routes of all routers towards one segment. */
interface RouteTable {
  /** By node id: the interface towards the segment. */
  readonly via: (Attachment | undefined)[];
  /** By segment id: the attachment of the router that is nearest to the destination; none on that segment itself. */
  readonly nearest: (Attachment | undefined)[];
}

interface Override {
  readonly egress: Attachment;
  readonly nextHop: Attachment;
}

/** Where addresses are, and how to get there. */
export class Routing {
  readonly #nodes: readonly Node[];
  readonly #segments: readonly Segment[];
  readonly #owners = new Map<Nla, Attachment>();
  readonly #tables = new Map<Segment, RouteTable>();
  readonly #overrides = new Map<Node, Map<Nla, Override>>();

  /** Routing over parts whose attachments may grow until the first question. */
  constructor(nodes: readonly Node[], segments: readonly Segment[]) {
    this.#nodes = nodes;
    this.#segments = segments;
  }

  /** Notes that `address` belongs to `attachment`. Throws {@link TopologyError} when it belongs to another. */
  own(address: Nla, attachment: Attachment): void {
    const owner = this.#owners.get(address);
    if (owner !== undefined) {
      throw new TopologyError(`Cannot give ${address} to ${attachment.name}: ${owner.name} has it`);
    }
    this.#owners.set(address, attachment);
  }

  /** Notes that `address` belongs to nobody. */
  disown(address: Nla): void {
    this.#owners.delete(address);
  }

  /** The attachment that has `address`. */
  owner(address: Nla): Attachment | undefined {
    return this.#owners.get(address);
  }

  /** Sends unicast from the node of `egress` to `destination` through `egress` to `nextHop`, whatever the costs. */
  override(destination: Nla, egress: Attachment, nextHop: Attachment): void {
    const overrides = this.#overrides.get(egress.node) ?? new Map<Nla, Override>();
    overrides.set(destination, { egress, nextHop });
    this.#overrides.set(egress.node, overrides);
  }

  /** Forgets all tables: what routing takes to be up has changed. */
  changed(): void {
    this.#tables.clear();
  }

  /** The interface of a router on its shortest path to a segment: overrides do not count. */
  towards(router: Node, segment: Segment): Attachment | undefined {
    return this.#table(segment).via[router.id];
  }

  /** The router's attachment on `segment` that is nearest to `destination`, another segment. */
  nearest(segment: Segment, destination: Segment): Attachment | undefined {
    return this.#table(destination).nearest[segment.id];
  }

  /** The interface through which a router forwards unicast to `destination`. */
  egress(router: Node, destination: Nla): Attachment | undefined {
    const override = this.#overrideOf(router, destination);
    if (override !== undefined) return override.egress;
    const owner = this.#owners.get(destination);
    return owner === undefined ? undefined : this.towards(router, owner.segment);
  }

  /** Who takes unicast to `destination` from `egress`: its owner, or the router that is nearest to it. */
  nextHop(egress: Attachment, destination: Nla): Attachment | undefined {
    const override = this.#overrideOf(egress.node, destination);
    if (override !== undefined && override.egress === egress) return override.nextHop;
    const owner = this.#owners.get(destination);
    if (owner === undefined || owner.segment === egress.segment) return owner;
    const router = this.nearest(egress.segment, owner.segment);
    return router?.node === egress.node ? undefined : router;
  }

  #overrideOf(node: Node, destination: Nla): Override | undefined {
    return this.#overrides.size === 0 ? undefined : this.#overrides.get(node)?.get(destination);
  }

  #table(destination: Segment): RouteTable {
    let table = this.#tables.get(destination);
    if (table === undefined) {
      table = shortestPaths(destination, this.#nodes.length, this.#segments.length);
      this.#tables.set(destination, table);
    }
    return table;
  }
}

/**
 * Dijkstra's algorithm from the destination outwards. The first router settled on a segment is the nearest one there,
 * so each segment is looked at once.
 */
function shortestPaths(destination: Segment, nodes: number, segments: number): RouteTable {
  const via = new Array<Attachment | undefined>(nodes).fill(undefined);
  const nearest = new Array<Attachment | undefined>(segments).fill(undefined);
  const distance = new Float64Array(nodes).fill(Infinity);
  const nextHop = new Float64Array(nodes).fill(Infinity);
  const routers: Node[] = [];
  // A router is queued at most once for each of its interfaces.
  const queue = new EventQueue(0x7fff_ffff);
  const offer = (attachment: Attachment, total: number, hop: number): void => {
    const { id } = attachment.node;
    const known = distance[id]!;
    if (total > known || (total === known && hop >= nextHop[id]!)) return;
    distance[id] = total;
    nextHop[id] = hop;
    via[id] = attachment;
    if (total < known) queue.push(total, id, routers.push(attachment.node) - 1);
  };
  const connected = new Set<Node>();
  for (const attachment of destination.routers) {
    if (!attachment.routed) continue;
    connected.add(attachment.node);
    offer(attachment, attachment.cost, -1);
  }
  const settled = new Uint8Array(nodes);
  const reached = new Uint8Array(segments);
  reached[destination.id] = 1;
  while (queue.size > 0) {
    const router = routers[queue.pop()]!;
    if (settled[router.id] === 1) continue;
    settled[router.id] = 1;
    for (const attachment of router.attachments) {
      const { segment } = attachment;
      if (!attachment.routed || reached[segment.id] === 1) continue;
      reached[segment.id] = 1;
      nearest[segment.id] = attachment;
      for (const other of segment.routers) {
        if (other.node === router || connected.has(other.node) || !other.routed) continue;
        offer(other, distance[router.id]! + other.cost, router.id);
      }
    }
  }
  return { via, nearest };
}
