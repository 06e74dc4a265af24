/**
 * The transmission groups of which a receiver keeps packets.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { type Sqn, sqnAdd, sqnAtMost, sqnBefore, sqnDistance } from "../base/sqn.ts";
import type { ReceiveBudget } from "./receive_budget.ts";
import { HELD_OVERHEAD_BYTES } from "./receive_window.ts";
import { ReceivedGroup } from "./received_group.ts";

/** The groups of one session, by TG_SQN. */
export class ReceivedGroups {
  readonly #groups = new Map<Sqn, ReceivedGroup>();
  readonly #tgSize: number;
  readonly #budget: ReceiveBudget;
  /** No group before this one is kept. */
  #oldest: Sqn;

  /** Nothing is kept, and nothing before the group `oldest` will be. */
  constructor(tgSize: number, oldest: Sqn, budget: ReceiveBudget) {
    this.#tgSize = tgSize;
    this.#oldest = oldest;
    this.#budget = budget;
  }

  /** How many packets are kept. */
  get packets(): number {
    let packets = 0;
    for (const group of this.#groups.values()) packets += group.packets;
    return packets;
  }

  /** What that costs, octets. */
  get bytes(): number {
    let bytes = 0;
    for (const { cost } of this.#groups.values()) bytes += cost;
    return bytes;
  }

  /** A group, if something of it is kept. */
  get(first: Sqn): ReceivedGroup | undefined {
    return this.#groups.get(first);
  }

  /** A group, or `undefined` when there is no room for one. */
  at(first: Sqn): ReceivedGroup | undefined {
    const known = this.#groups.get(first);
    if (known !== undefined) return known;
    assert(sqnAtMost(this.#oldest, first), "nothing comes for a group that is behind");
    if (this.#budget.bytes < HELD_OVERHEAD_BYTES) return undefined;
    const group = new ReceivedGroup(first, this.#tgSize, this.#budget);
    this.#groups.set(first, group);
    return group;
  }

  /** Forgets the groups before the group `oldest`: looks at those that are passed, or at all if they are fewer. */
  forgetBefore(oldest: Sqn): void {
    if (sqnDistance(this.#oldest, oldest) > this.#groups.size * this.#tgSize) {
      for (const first of this.#groups.keys()) if (sqnBefore(first, oldest)) this.#forget(first);
    } else {
      for (; sqnBefore(this.#oldest, oldest); this.#oldest = sqnAdd(this.#oldest, this.#tgSize)) {
        this.#forget(this.#oldest);
      }
    }
    this.#oldest = oldest;
  }

  /** Forgets everything. */
  drop(): void {
    for (const first of this.#groups.keys()) this.#forget(first);
  }

  #forget(first: Sqn): void {
    this.#groups.get(first)?.drop();
    this.#groups.delete(first);
  }
}
