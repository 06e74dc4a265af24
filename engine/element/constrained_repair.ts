/**
 * RDATA goes where it was asked for, and nowhere else (RFC 3208, sections 7.8 and 11.6).
 *
 * A number's repair ends its state. A parity packet goes to all who have asked for one of its group, and each of them has
 * one less to get. It serves those as well who asked for single numbers of the group, for the source may answer them so
 * (section 11.1): on each interface, one parity packet stands for one number that is asked for there, the first of those
 * whose NAK was confirmed. One that was not may not have reached the source yet, and is not to be given up for it.
 *
 * @module
 */

import type { Host, InterfaceSet } from "../base/host.ts";
import { sqnAdd } from "../base/sqn.ts";
import { tgSqn } from "../fec/groups.ts";
import { OptionType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { ElementStats } from "./element_stats.ts";
import type { NakForwarding } from "./nak_forwarding.ts";
import { parityKey, type RepairState } from "./repair_state.ts";
import type { RepairTable } from "./repair_table.ts";
import type { SourcePath } from "./source_path.ts";

/** What a {@link ConstrainedRepair} works on. */
export interface ConstrainedRepairParts {
  readonly host: Host;
  readonly stats: ElementStats;
  readonly repairs: RepairTable;
  readonly naks: NakForwarding;
}

/** Finds out where repairs go, and ends the state of what was repaired. */
export class ConstrainedRepair {
  readonly #parts: ConstrainedRepairParts;

  constructor(parts: ConstrainedRepairParts) {
    this.#parts = parts;
  }

  /** The repair states that RDATA is for: of parity, that of the group first, then those of its numbers. */
  statesFor({ repairs, groups }: SourcePath, view: PacketView): readonly RepairState[] {
    if (!view.parity) {
      const state = repairs.get(view.sqn);
      return state === undefined ? [] : [state];
    }
    if (groups.size === 0) return [];
    const first = tgSqn(view.sqn, groups.size);
    const states: RepairState[] = [];
    const ofGroup = repairs.get(parityKey(first));
    if (ofGroup !== undefined) states.push(ofGroup);
    for (let i = 0; i < groups.size; i++) {
      const state = repairs.get(sqnAdd(first, i));
      if (state !== undefined) states.push(state);
    }
    return states;
  }

  /** RDATA has come for which there is no state: it ends here. */
  unwanted(path: SourcePath | undefined, view: PacketView): void {
    const { stats } = this.#parts;
    if (path !== undefined && view.parity && path.groups.size === 0) stats.parityUnkeyed++;
    else stats.rdataUnwanted++;
  }

  /** RDATA has come, and goes on: gives where it was asked for by these states. */
  take(path: SourcePath, view: PacketView, states: readonly RepairState[]): InterfaceSet {
    if (view.parity) return this.#takeParity(path, view, states);
    const [state] = states;
    this.end(state!, "REPAIRED");
    return state!.interfaces;
  }

  /** Ends a state, for the reason that `mark` names. */
  end(state: RepairState, mark: string): void {
    const { host, repairs, naks } = this.#parts;
    naks.settle(state);
    repairs.end(state);
    host.note(state.mark(mark), state.sqn, 0);
  }

  #takeParity(path: SourcePath, view: PacketView, states: readonly RepairState[]): InterfaceSet {
    const asking = [...new Set(states.flatMap(({ interfaces }) => interfaces))].sort((a, b) => a - b);
    /** Those who have got it for a single number; nobody has, too, for one that only an NCF has named. */
    const served = new Set<number | undefined>();
    for (const state of states.filter(({ counts }) => counts !== undefined)) this.#spend(path, view, state);
    const numbers = states.filter(({ counts }) => counts === undefined);
    const pending = numbers.filter(({ forwarding }) => forwarding !== undefined);
    for (const state of numbers) if (state.forwarding === undefined) this.#serve(state, served);
    for (const state of pending) this.#serve(state, served);
    return asking;
  }

  /** The group has one packet less to come. */
  #spend({ groups }: SourcePath, view: PacketView, state: RepairState): void {
    const { stats, repairs, naks } = this.#parts;
    const counts = state.counts!;
    if (view.hasOption(OptionType.CURR_TGSIZE)) {
      const offset = groups.offsetSaid(view);
      if (offset === undefined || !counts.learnOffset(offset)) stats.tgSizesIgnored++;
    }
    counts.largest = Math.max(0, counts.largest - 1);
    for (const iface of state.interfaces) if (counts.spend(iface)) repairs.unlist(state, iface);
    if (state.interfaces.length === 0) this.end(state, "REPAIRED");
    else naks.lessened(state);
  }

  /** Takes those off a single number's list who have not got the packet for another one. */
  #serve(state: RepairState, served: Set<number | undefined>): void {
    const { interfaces } = state;
    for (const iface of interfaces.length === 0 ? [undefined] : interfaces) {
      if (served.has(iface)) continue;
      served.add(iface);
      if (iface !== undefined) this.#parts.repairs.unlist(state, iface);
      if (state.interfaces.length === 0) this.end(state, "REPAIRED");
    }
  }
}
