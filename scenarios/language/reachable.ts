/**
 * Whether every receiver can hear a source of its group: hosts do not forward, so only routers join segments to one
 * internetwork. Links that are down when the run begins are not considered; this finds slips of the pen.
 *
 * @module
 */

import { list, ScenarioError } from "./errors.ts";
import type { NodePlan, ReceiverNode, SourceNode } from "../plan.ts";

/** Throws `ScenarioError` for the first receiver that no source can reach. `paths` are where the nodes were written. */
export function checkReachable(nodes: readonly NodePlan[], segments: number, paths: readonly string[]): void {
  const islands = islandsOf(nodes, segments);
  const islandOf = ({ segment }: { readonly segment: number }) => islands.of(segment);
  const heard = new Map<string, Set<number>>();
  for (const node of nodes) {
    if (node.role !== "source") continue;
    const island = islands.of(node.interfaces[node.source.sendOn]!.segment);
    const session = sessionName(node);
    heard.set(session, (heard.get(session) ?? new Set()).add(island));
  }
  // A program may send to any group.
  const programs = new Set(
    nodes.filter(({ role }) => role === "sockets").flatMap(({ interfaces }) => interfaces.map(islandOf)),
  );
  for (const [index, node] of nodes.entries()) {
    if (node.role !== "receiver") continue;
    const joined = node.joins.map((iface) => islandOf(node.interfaces[iface]!));
    if (joined.some((island) => programs.has(island))) continue;
    const session = sessionName(node);
    const reached = heard.get(session);
    if (reached === undefined) {
      const sent = list([...heard.keys()]);
      throw new ScenarioError(paths[index]!, `no source sends to its ${session}; sources send to ${sent}`);
    }
    if (!joined.some((island) => reached.has(island))) {
      throw new ScenarioError(paths[index]!, `no router connects "${node.name}" to a source of its ${session}`);
    }
  }
}

/** Whether every receiver can hear every source of its group. */
export function allHeard(nodes: readonly NodePlan[], segments: number): boolean {
  const islands = islandsOf(nodes, segments);
  return nodes.every((source) => {
    if (source.role !== "source") return true;
    const island = islands.of(source.interfaces[source.source.sendOn]!.segment);
    return nodes.every((node) => {
      if (node.role !== "receiver" || sessionName(node) !== sessionName(source)) return true;
      return node.joins.some((iface) => islands.of(node.interfaces[iface]!.segment) === island);
    });
  });
}

function islandsOf(nodes: readonly NodePlan[], segments: number): Islands {
  const islands = new Islands(segments);
  for (const node of nodes) {
    if (node.role !== "router") continue;
    for (const { segment } of node.interfaces) islands.join(node.interfaces[0]!.segment, segment);
  }
  return islands;
}

function sessionName(node: SourceNode | ReceiverNode): string {
  return `group ${node.group} port ${node.port}`;
}

/** Disjoint sets of segments. */
class Islands {
  readonly #parent: Int32Array;

  constructor(segments: number) {
    this.#parent = Int32Array.from({ length: segments }, (_, segment) => segment);
  }

  /** The segment that stands for the island of `segment`. */
  of(segment: number): number {
    let root = segment;
    while (this.#parent[root] !== root) {
      this.#parent[root] = this.#parent[this.#parent[root]!]!;
      root = this.#parent[root]!;
    }
    return root;
  }

  join(a: number, b: number): void {
    this.#parent[this.of(b)] = this.of(a);
  }
}
