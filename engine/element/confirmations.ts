/**
 * What NCFs from upstream do (RFC 3208, sections 7.2, 7.5 and 11.6): they confirm the NAKs for the numbers or groups that
 * they name, or anticipate them.
 *
 * @module
 */

import type { Host } from "../base/host.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import { OptionType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { AsChild } from "./as_child.ts";
import type { ElementConfig } from "./element_config.ts";
import type { ElementStats } from "./element_stats.ts";
import type { NakForwarding } from "./nak_forwarding.ts";
import type { RepairKey, RepairState } from "./repair_state.ts";
import type { RepairTable } from "./repair_table.ts";
import type { SourcePath } from "./source_path.ts";

/** What {@link Confirmations} work on. */
export interface ConfirmationsParts {
  readonly host: Host;
  readonly config: ElementConfig;
  readonly stats: ElementStats;
  readonly repairs: RepairTable;
  readonly naks: NakForwarding;
  readonly asChild: AsChild;
}

/** Takes what confirms NAKs. */
export class Confirmations {
  readonly #parts: ConfirmationsParts;

  constructor(parts: ConfirmationsParts) {
    this.#parts = parts;
  }

  /** An NCF of the parent, or one that says that it is the parent's (section 15.3.2). */
  take(now: Instant, path: SourcePath, view: PacketView): void {
    const { stats, asChild } = this.#parts;
    if (view.hasOption(OptionType.NBR_UNREACH) && !asChild.unreachable(now, path, view)) return;
    stats.ncfsReceived++;
    if (view.parity) return this.#confirmedGroups(now, path, view);
    this.#confirmed(now, path, view.sqn);
    for (const sqn of view.nakList()) this.#confirmed(now, path, sqn);
  }

  /** The NAK for a number is confirmed: what is waited for now is its repair. */
  outstanding(now: Instant, state: RepairState): void {
    const { host, config, repairs, naks } = this.#parts;
    naks.settle(state);
    state.eliminate(now, config.nakElimIvl);
    repairs.keep(state, now + config.nakRdataIvl);
    host.note(state.mark("OUTSTANDING"), state.sqn, 0);
  }

  #confirmed(now: Instant, path: SourcePath, sqn: Sqn): void {
    const state = path.repairs.get(sqn) ??
      this.#anticipate(path, sqn, path.mayBeInWindow(sqn, this.#parts.config.maxAhead));
    if (state !== undefined) this.outstanding(now, state);
  }

  #confirmedGroups(now: Instant, path: SourcePath, view: PacketView): void {
    const { config, stats } = this.#parts;
    const { groups, repairs } = path;
    for (const { key, first, count } of groups.named(view)) {
      const known = repairs.get(key);
      const mayBe = path.mayHaveInWindow(first, groups.last(first), config.maxAhead);
      const state = known ?? this.#anticipate(path, key, mayBe);
      if (state === undefined) continue;
      if (!coversCount(state, count)) stats.ncfsTooFew++;
      else {
        // So many are on their way (section 11.6): NAKs for as many need not go up.
        if (known !== undefined && count > state.counts!.largest) stats.countsAnticipated++;
        state.counts!.largest = count;
        this.outstanding(now, state);
      }
    }
  }

  #anticipate(path: SourcePath, key: RepairKey, mayBeInWindow: boolean): RepairState | undefined {
    const { stats, repairs } = this.#parts;
    if (!mayBeInWindow || !repairs.hasRoomToAnticipate(path.repairs, 1)) {
      stats.anticipationsRefused++;
      return undefined;
    }
    stats.anticipated++;
    return repairs.make(path, key);
  }
}

/** Whether an NCF for `count` packets of a group confirms all that is asked for of it. */
export function coversCount({ counts }: RepairState, count: number): boolean {
  return count >= counts!.largest;
}
