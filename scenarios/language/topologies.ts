/**
 * Networks of usual shape, expanded to segments and nodes.
 *
 * ```text
 * lan     sender  member-0  member-1 ...        star    sender --trunk-- hub --link-0-- member-0
 *         ===+========+=========+==== "lan"                               +---link-1-- member-1 ...
 *
 * chain   sender --link-0-- router-1 --link-1-- router-2 --link-2-- member-0, member-1, ...
 *                                       |
 *                          receiversPerHop receivers on every link between two routers
 *
 * tree    sender --link-root-- root --link-router-1-0-- router-1-0 --link-member-0-- member-0
 *                               |                            +-------link-member-1-- member-1
 *                               +-----link-router-1-1-- router-1-1 --link-member-2-- member-2
 * ```
 *
 * @module
 */

import type { ParsedElement } from "./spec_element.ts";
import type { ParsedNode, ParsedReceiver, ParsedSegment, ParsedSource, ParsedTopology } from "./spec_network.ts";

/** A segment that is still to be numbered. */
export interface SegmentDraft {
  readonly name: string;
  /** The path of what it was written as. */
  readonly at: string;
  readonly segment: ParsedSegment;
}

/** A node or a counted group that is still to be numbered. */
export interface NodeDraft {
  readonly name: string;
  /** The group that it is a member of besides the one that its count makes. */
  readonly group: string | undefined;
  /** The path of what it was written as. */
  readonly at: string;
  readonly node: ParsedNode;
}

/** A network before names are resolved. */
export interface NetworkDraft {
  readonly segments: readonly SegmentDraft[];
  readonly nodes: readonly NodeDraft[];
}

/** The segments and nodes that a topology stands for. */
export function expandTopology(topology: ParsedTopology): NetworkDraft {
  const shape = new Shape(topology);
  switch (topology.kind) {
    case "lan":
      shape.segment("lan", topology.segment);
      shape.sender("lan");
      shape.node("member", receiverNode(topology.receiver, "lan", topology.receivers));
      break;
    case "star":
      drawStar(shape, topology);
      break;
    case "chain":
      drawChain(shape, topology);
      break;
    case "tree":
      drawTree(shape, topology);
      break;
  }
  return shape;
}

function drawStar(shape: Shape, topology: ParsedTopology & { kind: "star" }): void {
  const links = Array.from({ length: topology.receivers }, (_, i) => `link-${i}`);
  shape.segment("trunk", topology.trunk);
  for (const link of links) shape.segment(link, topology.link);
  shape.sender("trunk");
  shape.router("hub", ["trunk", ...links]);
  for (const link of links) shape.member(link);
}

function drawChain(shape: Shape, topology: ParsedTopology & { kind: "chain" }): void {
  const { hops } = topology;
  for (let i = 0; i <= hops; i++) shape.segment(`link-${i}`, topology.link);
  shape.sender("link-0");
  for (let i = 1; i <= hops; i++) shape.router(`router-${i}`, [`link-${i - 1}`, `link-${i}`]);
  for (let i = 1; i <= hops; i++) {
    const receivers = i === hops ? topology.receivers : topology.receiversPerHop;
    for (let j = 0; j < receivers; j++) shape.member(`link-${i}`);
  }
}

/** A router of the tree and the number of leaves below it. */
interface Branch {
  readonly name: string;
  readonly leaves: number;
}

/** Level by level; every router shares its leaves out evenly, the larger shares to the left. */
function drawTree(shape: Shape, topology: ParsedTopology & { kind: "tree" }): void {
  const { arity, receivers, link } = topology;
  shape.segment("link-root", link);
  shape.sender("link-root");
  let level: Branch[] = [{ name: "root", leaves: receivers }];
  for (let depth = 1, capacity = arity; level.length > 0; depth++, capacity *= arity) {
    const isLast = capacity >= receivers;
    const below: Branch[] = [];
    let members = 0;
    for (const router of level) {
      const names: string[] = [];
      for (let child = 0; child < Math.min(arity, router.leaves); child++) {
        const name = isLast ? `member-${members++}` : `router-${depth}-${below.length}`;
        names.push(name);
        shape.segment(`link-${name}`, link);
        if (!isLast) below.push({ name, leaves: Math.floor((router.leaves + arity - 1 - child) / arity) });
      }
      shape.router(router.name, [router.name, ...names].map((name) => `link-${name}`));
      if (isLast) names.forEach((name) => shape.member(`link-${name}`));
    }
    level = below;
  }
}

class Shape implements NetworkDraft {
  readonly segments: SegmentDraft[] = [];
  readonly nodes: NodeDraft[] = [];
  readonly #source: ParsedSource;
  readonly #receiver: ParsedReceiver;
  readonly #pgmRouters: number;
  readonly #element: ParsedElement | undefined;
  #members = 0;
  #routers = 0;

  constructor(topology: ParsedTopology) {
    this.#source = topology.source;
    this.#receiver = topology.receiver;
    this.#pgmRouters = topology.kind === "lan" ? 0 : topology.pgmRouters;
    this.#element = topology.kind === "lan" ? undefined : topology.element;
  }

  segment(name: string, segment: ParsedSegment): void {
    this.segments.push({ name, at: "topology", segment });
  }

  node(name: string, node: ParsedNode, group?: string): void {
    this.nodes.push({ name, group, at: "topology", node });
  }

  sender(on: string): void {
    const source = this.#source;
    this.node("sender", {
      role: "source",
      on: [on],
      count: undefined,
      group: undefined,
      port: undefined,
      sendOn: undefined,
      source,
    });
  }

  router(name: string, on: readonly string[]): void {
    // The n-th speaks PGM if n more than the share of n - 1: rounded up, so that the first does if any.
    const before = Math.ceil(this.#routers * this.#pgmRouters);
    this.#routers++;
    const pgm = Math.ceil(this.#routers * this.#pgmRouters) > before;
    this.node(name, { role: "router", on, count: undefined, pgm, element: pgm ? this.#element : undefined });
  }

  /** The next receiver, `member-0`, `member-1`, ... of the group `member`. */
  member(on: string): void {
    this.node(`member-${this.#members++}`, receiverNode(this.#receiver, on, undefined), "member");
  }
}

function receiverNode(receiver: ParsedReceiver, on: string, count: number | undefined): ParsedNode {
  return {
    role: "receiver",
    on: [on],
    count,
    group: undefined,
    port: undefined,
    joins: undefined,
    joined: true,
    receiver,
    repairer: undefined,
  };
}
