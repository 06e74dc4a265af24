/**
 * Who is a member of which group, who knows it, and the trees that follow from it. A member takes in the group's
 * datagrams from the moment it joins; the routers of its segment learn of it one segment delay later, and the tree grows
 * towards the source from there, one segment delay per hop. What is joined before the run begins is known everywhere.
 *
 * @module
 */

import type { Nla } from "../engine/base/nla.ts";
import type { Agenda } from "./agenda.ts";
import { type Later, MulticastTree } from "./multicast_tree.ts";
import type { Routing } from "./routing.ts";
import type { Attachment, Segment } from "./topology.ts";

/** Memberships and trees. */
export class Membership {
  /** Whether the run has begun: from then on news travels. */
  begun = false;
  readonly #routing: Routing;
  readonly #later: Later;
  /** The members that routing counts, by group and segment. */
  #members = new Map<Nla, Map<Segment, Set<Attachment>>>();
  readonly #trees = new Map<Nla, Map<Nla, MulticastTree>>();
  #lastSource: Nla | undefined = undefined;
  #lastGroup: Nla | undefined = undefined;
  #lastTree: MulticastTree | undefined = undefined;

  constructor(agenda: Agenda, routing: Routing) {
    this.#routing = routing;
    this.#later = (delay, action) => agenda.act(agenda.now + delay, action);
  }

  /** The attachment's node wants the group; again is no news. */
  join(attachment: Attachment, group: Nla): void {
    if (!attachment.join(group)) return;
    if (this.begun) this.#later(attachment.segment.delay, () => this.#joined(attachment, group));
    else this.#joined(attachment, group);
  }

  /** The attachment's node does not want the group any more. */
  leave(attachment: Attachment, group: Nla): void {
    if (!attachment.leave(group)) return;
    if (this.begun) this.#later(attachment.segment.delay, () => this.#left(attachment, group));
    else this.#left(attachment, group);
  }

  /**
   * The tree from `source` to `group`; the first question builds it from what is known of members. `undefined` when
   * nobody has the source address.
   */
  tree(source: Nla, group: Nla): MulticastTree | undefined {
    if (source === this.#lastSource && group === this.#lastGroup) return this.#lastTree;
    let trees = this.#trees.get(group);
    if (trees === undefined) {
      trees = new Map();
      this.#trees.set(group, trees);
    }
    let tree = trees.get(source);
    if (tree === undefined) {
      const root = this.#routing.owner(source)?.segment;
      if (root === undefined) return undefined;
      tree = new MulticastTree(group, root, { routing: this.#routing, later: this.#later });
      trees.set(source, tree);
      this.#build(tree);
    }
    this.#lastSource = source;
    this.#lastGroup = group;
    this.#lastTree = tree;
    return tree;
  }

  /** Makes all trees anew from the memberships of what routing takes to be up. */
  rebuild(attachments: readonly Attachment[]): void {
    this.#members = new Map();
    for (const attachment of attachments) {
      if (!attachment.routed) continue;
      for (const group of attachment.reported) this.#membersOf(group, attachment.segment).add(attachment);
    }
    for (const trees of this.#trees.values()) {
      for (const tree of trees.values()) this.#build(tree);
    }
  }

  /** Forgets the trees of a source, whose address moves. */
  forgetSource(source: Nla): void {
    for (const trees of this.#trees.values()) trees.delete(source);
    this.#lastSource = undefined;
  }

  #build(tree: MulticastTree): void {
    const segments: Segment[] = [];
    for (const [segment, members] of this.#members.get(tree.group) ?? []) {
      if (members.size > 0) segments.push(segment);
    }
    tree.build(segments);
  }

  /** The routers of the segment learn of a member. One that is cut off stays unknown until routing follows its return. */
  #joined(attachment: Attachment, group: Nla): void {
    attachment.reported = attachment.reported.concat(group);
    if (!attachment.works || !attachment.routed) return;
    const members = this.#membersOf(group, attachment.segment).add(attachment);
    if (members.size === 1) this.#spread(group, attachment.segment, 1);
  }

  #left(attachment: Attachment, group: Nla): void {
    attachment.reported = attachment.reported.filter((other) => other !== group);
    const members = this.#membersOf(group, attachment.segment);
    if (members.delete(attachment) && members.size === 0) this.#spread(group, attachment.segment, -1);
  }

  #spread(group: Nla, segment: Segment, change: 1 | -1): void {
    for (const tree of this.#trees.get(group)?.values() ?? []) tree.change(segment, change);
  }

  #membersOf(group: Nla, segment: Segment): Set<Attachment> {
    let segments = this.#members.get(group);
    if (segments === undefined) {
      segments = new Map();
      this.#members.set(group, segments);
    }
    let members = segments.get(segment);
    if (members === undefined) {
      members = new Set();
      segments.set(segment, members);
    }
    return members;
  }
}
