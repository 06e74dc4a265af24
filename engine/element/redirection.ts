/**
 * Where the NAKs of one session go instead of to the PGM hop upstream (RFC 3208, section 9.5.3): to a designated local
 * repairer (DLR). One upstream, where it is found on the way to the source, is preferred over one off the tree, which
 * hangs below the element and may have lost the same.
 *
 * ```text
 *                 POLR with OPT_REDIRECT
 *   UNREDIRECTED --------------------------> REDIRECTED
 *        ^                                     |  no NCF within NAK_RPT_IVL, or another way to the source
 *        +-------------------------------------+
 *
 *   Of one number alone: the repairer's side asks for it, too. Then it is on the list of those who are to get the
 *   repair, and the hop upstream is asked.
 * ```
 *
 * @module
 */

import type { Hop } from "./hop.ts";
import type { RepairState } from "./repair_state.ts";

/** A repairer that has offered itself. */
export interface RepairerHop extends Hop {
  /** Whether it serves parity: OPT_PARITY of its POLR (section 11.7). */
  readonly parity: boolean;
}

/** The repairers that are known for one session. */
export class Redirections {
  #upstream: RepairerHop | undefined = undefined;
  #offTree: RepairerHop | undefined = undefined;

  /** The repairer below the element, if one is known. */
  get offTree(): RepairerHop | undefined {
    return this.#offTree;
  }

  /** How many are known. */
  get size(): number {
    return Number(this.#upstream !== undefined) + Number(this.#offTree !== undefined);
  }

  /** A repairer on the way to the source. */
  setUpstream(hop: RepairerHop): void {
    this.#upstream = hop;
  }

  /** A repairer below; the first that replied stays. Gives whether this one is used. */
  setOffTree(hop: RepairerHop): boolean {
    if (this.#offTree !== undefined) return false;
    this.#offTree = hop;
    return true;
  }

  /**
   * The repairer that a number is to be asked of, or parity of a group; `undefined` for none, but the hop upstream. Parity
   * is asked only of those who have said that they serve it (section 11.7).
   */
  repairerFor(state: RepairState): Hop | undefined {
    const parity = state.counts !== undefined;
    const upstream = this.#upstream;
    if (upstream !== undefined && (upstream.parity || !parity)) return upstream;
    const offTree = this.#offTree;
    if (offTree === undefined || (parity && !offTree.parity)) return undefined;
    return state.interfaces.includes(offTree.iface) ? undefined : offTree;
  }

  /** A repairer is silent: it is not used any more. Gives whether it was until now. */
  discard(hop: Hop): boolean {
    const before = this.size;
    if (this.#upstream?.nla === hop.nla) this.#upstream = undefined;
    if (this.#offTree?.nla === hop.nla) this.#offTree = undefined;
    return this.size < before;
  }

  /** The way to the source is another: who was one hop away is not any more. */
  clear(): void {
    this.#upstream = undefined;
    this.#offTree = undefined;
  }
}
