/**
 * The transmission groups of one session, as its SPMs tell of them (RFC 3208, sections 11.2 and 11.6). OPT_PARITY_PRM is
 * constant for the session: the first one holds.
 *
 * @module
 */

import { type Sqn, sqnAdd, sqnBefore } from "../base/sqn.ts";
import { MAX_TG_SIZE, packetCount, tgSqn } from "../fec/groups.ts";
import { OptionType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { ElementStats } from "./element_stats.ts";
import { parityKey, type RepairKey, type SessionRepairs } from "./repair_state.ts";

/** A group that a parity NAK, NNAK or NCF names. */
export interface NamedGroup {
  readonly key: RepairKey;
  /** TG_SQN. */
  readonly first: Sqn;
  /** How many packets: one more than NAK_PKT_CNT. */
  readonly count: number;
}

/** What is known of the groups of one session. */
export class TransmissionGroups {
  #size = 0;
  /** The latest group that an SPM has called smaller, and by how many packets. */
  #shortened: Sqn = 0;
  #offset = 0;

  /** PARITY_PRM_TGS; 0 while no SPM has told: then parity belongs nowhere. */
  get size(): number {
    return this.#size;
  }

  /** The last number of the group that begins at `first`. */
  last(first: Sqn): Sqn {
    return sqnAdd(first, this.#size - 1);
  }

  /** By how many packets a group is smaller than advertised, as far as SPMs have told. */
  offsetOf(first: Sqn): number {
    return first === this.#shortened ? this.#offset : 0;
  }

  /** An SPM is believed. */
  onSpm(view: PacketView, repairs: SessionRepairs, stats: ElementStats): void {
    // What is behind the window is not asked for again, until its numbers are used again.
    if (this.#offset > 0 && sqnBefore(this.last(this.#shortened), view.trail)) this.#offset = 0;
    if (!view.hasOptions) return;
    if (view.hasOption(OptionType.PARITY_PRM)) {
      const { tgSize } = view.option("PARITY_PRM")!;
      if (this.#size === 0 && tgSize >= 2 && tgSize <= MAX_TG_SIZE) this.#size = tgSize;
      if (this.#size !== tgSize) stats.parityPrmIgnored++;
    }
    if (view.hasOption(OptionType.CURR_TGSIZE)) this.#shorten(view, repairs, stats);
  }

  /** The groups that a parity NAK, NNAK or NCF names: each once, with the largest count. */
  named(view: PacketView): NamedGroup[] {
    const groups: NamedGroup[] = [];
    // Numbers ascend, those of one group stand together, and the last of them asks for most.
    for (const sqn of [view.sqn, ...view.nakList()]) {
      const first = tgSqn(sqn, this.#size);
      if (groups.at(-1)?.first === first) groups.pop();
      groups.push({ key: parityKey(first), first, count: packetCount(sqn, this.#size) });
    }
    return groups;
  }

  /** The offset that OPT_CURR_TGSIZE of an SPM or a parity packet comes to; `undefined` if it cannot be. */
  offsetSaid(view: PacketView): number | undefined {
    const { size } = view.option("CURR_TGSIZE")!;
    return size <= this.#size ? this.#size - size : undefined;
  }

  /** On an SPM, OPT_CURR_TGSIZE is of the group whose last packet is SPM_LEAD. */
  #shorten(view: PacketView, repairs: SessionRepairs, stats: ElementStats): void {
    const offset = this.offsetSaid(view);
    const first = tgSqn(view.lead, this.#size);
    const isRight = offset !== undefined && packetCount(view.lead, this.#size) === this.#size - offset;
    const before = this.offsetOf(first);
    const counts = repairs.get(parityKey(first))?.counts;
    if (!isRight || (before > 0 && before !== offset) || counts?.learnOffset(offset) === false) {
      stats.tgSizesIgnored++;
      return;
    }
    this.#shortened = first;
    this.#offset = offset;
  }
}
