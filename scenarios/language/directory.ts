/**
 * Who is who: looks up what selectors mean once the network is known (spec.ts says what selectors are).
 *
 * @module
 */

import { unknown } from "./did_you_mean.ts";
import { either, list, quote, ScenarioError } from "./errors.ts";
import type { NodePlan, SegmentPlan } from "../plan.ts";

/** One end of a segment. */
export interface Attachment {
  readonly node: number;
  readonly iface: number;
}

/** The names of one kind of thing, in the order of their numbers, and the groups among them. */
class Names {
  readonly #noun: string;
  readonly #names: readonly string[];
  readonly #groups: ReadonlyMap<string, readonly number[]>;
  readonly #indexes: ReadonlyMap<string, number>;
  /** What every selector that was seen means: the same few are used again and again. */
  readonly #meanings = new Map<string, readonly number[]>();

  constructor(noun: string, names: readonly string[], groups: ReadonlyMap<string, readonly number[]>) {
    this.#noun = noun;
    this.#names = names;
    this.#groups = groups;
    this.#indexes = new Map(names.map((name, index) => [name, index]));
  }

  /** Numbers in ascending order, each once. */
  find(selectors: readonly string[], at: string): readonly number[] {
    if (selectors.length === 1) return this.#one(selectors[0]!, at);
    const found = new Set(selectors.flatMap((selector) => this.#one(selector, at)));
    return [...found].sort((a, b) => a - b);
  }

  #one(selector: string, at: string): readonly number[] {
    const seen = this.#meanings.get(selector);
    if (seen !== undefined) return seen;
    const meaning = selector.endsWith("*") ? this.#beginning(selector, at) : this.#exact(selector, at);
    this.#meanings.set(selector, meaning);
    return meaning;
  }

  #exact(name: string, at: string): readonly number[] {
    const group = this.#groups.get(name);
    if (group !== undefined) return group;
    const index = this.#indexes.get(name);
    if (index !== undefined) return [index];
    const members = new Set([...this.#groups.values()].flat());
    const known = [...this.#groups.keys(), ...this.#names];
    const shown = [...this.#names.filter((_, i) => !members.has(i)), ...this.#groups.keys()];
    throw new ScenarioError(at, unknown(this.#noun, name, known, { label: `${this.#noun}s`, shown }));
  }

  #beginning(selector: string, at: string): readonly number[] {
    const start = selector.slice(0, -1);
    const found: number[] = [];
    for (const [index, name] of this.#names.entries()) {
      if (name.startsWith(start)) found.push(index);
    }
    if (found.length === 0) throw new ScenarioError(at, `${quote(selector)} matches no ${this.#noun}`);
    return found;
  }
}

/** Resolves selectors. Every method throws `ScenarioError` for a name that nothing has. */
export class Directory {
  readonly nodePlans: readonly NodePlan[];
  readonly segmentPlans: readonly SegmentPlan[];
  readonly #nodes: Names;
  readonly #segments: Names;
  readonly #attachments: readonly Attachment[][];

  constructor(
    segments: readonly SegmentPlan[],
    nodes: readonly NodePlan[],
    groups: ReadonlyMap<string, readonly number[]>,
  ) {
    this.nodePlans = nodes;
    this.segmentPlans = segments;
    this.#nodes = new Names("node", nodes.map((node) => node.name), groups);
    this.#segments = new Names("segment", segments.map((segment) => segment.name), new Map());
    this.#attachments = segments.map(() => []);
    for (const [node, { interfaces }] of nodes.entries()) {
      for (const [iface, { segment }] of interfaces.entries()) this.#attachments[segment]!.push({ node, iface });
    }
  }

  /** Node numbers, ascending. */
  nodes(selectors: readonly string[], at: string): readonly number[] {
    return this.#nodes.find(selectors, at);
  }

  /** Node numbers, ascending, all of one role. */
  nodesOfRole(role: NodePlan["role"], selectors: readonly string[], at: string): readonly number[] {
    return this.nodesOfRoles([role], selectors, at);
  }

  /** Node numbers, ascending, all of one of several roles. */
  nodesOfRoles(roles: readonly NodePlan["role"][], selectors: readonly string[], at: string): readonly number[] {
    const found = this.nodes(selectors, at);
    const other = found.find((node) => !roles.includes(this.nodePlans[node]!.role));
    if (other === undefined) return found;
    const { name, role } = this.nodePlans[other]!;
    throw new ScenarioError(at, `${quote(name)} is a ${nounOf(role)}: a ${either(roles.map(nounOf))} is needed`);
  }

  /** Segment numbers, ascending. */
  segments(selectors: readonly string[], at: string): readonly number[] {
    return this.#segments.find(selectors, at);
  }

  /** The interfaces on a segment. */
  attachments(segment: number): readonly Attachment[] {
    return this.#attachments[segment]!;
  }

  /**
   * The interfaces of the nodes, on the segments if any are given; nodes that are not on these are passed over.
   * Throws `ScenarioError` when none is left. `at` has the paths of the two selectors.
   */
  interfaces(
    nodes: readonly string[],
    on: readonly string[] | undefined,
    at: { readonly nodes: string; readonly segments: string },
  ): Attachment[] {
    const segments = on === undefined ? undefined : new Set(this.segments(on, at.segments));
    const found: Attachment[] = [];
    for (const node of this.nodes(nodes, at.nodes)) {
      for (const [iface, { segment }] of this.nodePlans[node]!.interfaces.entries()) {
        if (segments === undefined || segments.has(segment)) found.push({ node, iface });
      }
    }
    if (found.length > 0 || on === undefined) return found;
    throw new ScenarioError(at.segments, `${list(nodes.map(quote))} is not attached to ${list(on.map(quote))}`);
  }
}

function nounOf(role: NodePlan["role"]): string {
  return role === "sockets" ? "node with sockets" : role;
}
