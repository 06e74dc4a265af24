/**
 * The reverse-path tree of one source and group: what each router on it knows. A router forwards to an interface while
 * somebody beyond it wants the group: members on that segment, or a router for which this one is the next hop towards
 * the source.
 *
 * @module
 */

import { assert } from "../engine/base/assert.ts";
import type { InterfaceSet } from "../engine/base/host.ts";
import type { Nla } from "../engine/base/nla.ts";
import type { Routing } from "./routing.ts";
import type { Attachment, Node, Segment } from "./topology.ts";

const NO_EGRESS: readonly Attachment[] = [];
const NO_INTERFACES: InterfaceSet = [];

/** One router's part of a tree. */
export class Branch {
  /** The interface towards the source: datagrams that arrive elsewhere are not forwarded. */
  readonly upstream: Attachment | undefined;
  readonly #node: Node;
  /** By interface index: how many want the group there (the members of a segment count as one). */
  readonly #wants: number[] = [];
  #wanted = 0;
  #stale = false;
  #egress = NO_EGRESS;
  #interfaces = NO_INTERFACES;

  constructor(node: Node, upstream: Attachment | undefined) {
    this.#node = node;
    this.upstream = upstream;
  }

  /** Whether the router is on the tree. */
  get active(): boolean {
    return this.#wanted > 0;
  }

  /** Where to forward to, in order of interface index. The list is replaced, never changed. */
  get egress(): readonly Attachment[] {
    if (this.#stale) this.#refresh();
    return this.#egress;
  }

  /** The interface indexes of `egress`. */
  get interfaces(): InterfaceSet {
    if (this.#stale) this.#refresh();
    return this.#interfaces;
  }

  /** One more, or one less, wants the group beyond `attachment`. */
  want(attachment: Attachment, change: 1 | -1): void {
    const before = this.#wants[attachment.index] ?? 0;
    assert(before + change >= 0, `${attachment.name} is pruned more often than it was joined`);
    while (this.#wants.length <= attachment.index) this.#wants.push(0);
    this.#wants[attachment.index] = before + change;
    this.#wanted += change;
    this.#stale = true;
  }

  #refresh(): void {
    this.#egress = this.#node.attachments.filter((attachment) => (this.#wants[attachment.index] ?? 0) > 0);
    this.#interfaces = this.#egress.map((attachment) => attachment.index);
    this.#stale = false;
  }
}

/** Calls `action` after a delay, ns. */
export type Later = (delay: number, action: () => void) => void;

/** The tree of one source and group. */
export class MulticastTree {
  readonly group: Nla;
  /** The segment of the source. */
  readonly root: Segment;
  readonly #routing: Routing;
  readonly #later: Later;
  #branches: (Branch | undefined)[] = [];
  /** Joins and prunes that spread in an older generation are void. */
  #generation = 0;

  constructor(group: Nla, root: Segment, how: { readonly routing: Routing; readonly later: Later }) {
    this.group = group;
    this.root = root;
    this.#routing = how.routing;
    this.#later = how.later;
  }

  /** A router's part of the tree. */
  branch(router: Node): Branch {
    let branch = this.#branches[router.id];
    if (branch === undefined) {
      branch = new Branch(router, this.#routing.towards(router, this.root));
      while (this.#branches.length <= router.id) this.#branches.push(undefined);
      this.#branches[router.id] = branch;
    }
    return branch;
  }

  /** Makes the whole tree anew, at once, for members on `segments`. */
  build(segments: Iterable<Segment>): void {
    this.#generation++;
    this.#branches = [];
    for (const segment of segments) this.#want(segment, 1, true);
  }

  /** The first member on `segment` joined, or the last one left: the tree follows hop by hop. */
  change(segment: Segment, change: 1 | -1): void {
    this.#want(segment, change, false);
  }

  #want(segment: Segment, change: 1 | -1, atOnce: boolean): void {
    const forwarder = this.#routing.nearest(segment, this.root);
    // Nobody forwards to the source's own segment, nor to one that is cut off.
    if (forwarder === undefined) return;
    const branch = this.branch(forwarder.node);
    const before = branch.active;
    branch.want(forwarder, change);
    if (branch.active === before) return;
    const next = branch.upstream!.segment;
    if (atOnce) return this.#want(next, change, true);
    const generation = this.#generation;
    this.#later(next.delay, () => {
      if (generation === this.#generation) this.#want(next, change, false);
    });
  }
}
