/**
 * What a session misses (RFC 3208, section 6.3): its NAK machine, which is made at the first loss and put aside while
 * nothing is missing, and what only NCFs and other receivers' NAKs have told of.
 *
 * @module
 */

import { type Sqn, sqnAdd, sqnBefore, sqnMax } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import { formatTsi, type Tsi } from "../base/tsi.ts";
import { Hearsay } from "./hearsay.ts";
import { type NakActions, NakMachine } from "./nak_machine.ts";
import type { ReceiveWindow } from "./receive_window.ts";
import type { ReceptionContext } from "./reception_owner.ts";

/** What a NAK machine is made with. */
export type LossesContext = Pick<ReceptionContext<unknown>, "config" | "host" | "budget">;

/** What one session misses. */
export class Losses {
  /** The NAK machine while something is missing: without losses, a packet does not touch it. */
  active: NakMachine | undefined = undefined;
  /** Whether nothing may be asked for. */
  silent = false;
  readonly #context: LossesContext;
  readonly #tsi: Tsi;
  readonly #actions: NakActions;
  readonly #window: ReceiveWindow;
  #nak: NakMachine | undefined = undefined;
  #hearsay: Hearsay | undefined = undefined;

  /** Nothing is missing. */
  constructor(context: LossesContext, tsi: Tsi, actions: NakActions, window: ReceiveWindow) {
    this.#context = context;
    this.#tsi = tsi;
    this.#actions = actions;
    this.#window = window;
  }

  /** The NAK machine, once something was missing. */
  get nak(): NakMachine | undefined {
    return this.#nak;
  }

  /** The NAK machine, which is about to have something to do. */
  machine(): NakMachine {
    if (this.#nak === undefined) {
      const { config, host, budget } = this.#context;
      this.#nak = new NakMachine(config, host.random.fork(`nak/${formatTsi(this.#tsi)}`), this.#actions, budget);
      if (this.silent) this.#nak.silence();
    }
    this.active = this.#nak;
    return this.#nak;
  }

  /** The NAK machine, for a number that somebody else has told of. */
  heardOf(sqn: Sqn): NakMachine {
    if (this.#isBeyond(sqn)) (this.#hearsay ??= new Hearsay()).fresh = true;
    return this.machine();
  }

  /** Whether a number in the window may be asked for. One that was not known to be missing needs room. */
  wants(sqn: Sqn): boolean {
    if (this.active?.has(sqn)) return true;
    const refuted = this.#hearsay?.isRefuted(sqn) === true && this.#isBeyond(sqn);
    return !refuted && this.#context.budget.missing > 0;
  }

  /** The first SPM arrived, or the first since {@link silence}: there is somebody to ask now. */
  firstSpm(now: Instant): void {
    this.silent = false;
    this.#nak?.firstSpm(now);
  }

  /** Nothing may be asked for until {@link firstSpm}. */
  silence(): void {
    this.silent = true;
    this.#nak?.silence();
  }

  /**
   * A number cannot be recovered. One beyond the frontier was only heard of: nobody is owed a report of it. It is not
   * asked for again before data or an SPM shows that it exists: otherwise two receivers whose NAKs the source confirms and
   * does not serve would keep each other asking for ever.
   */
  giveUp(sqn: Sqn): void {
    if (this.#isBeyond(sqn)) this.#hearsay!.refute(sqn);
    else this.#window.giveUp(sqn);
  }

  /**
   * Gives up what was heard of beyond SPM_LEAD. With parity, all that was heard of: it waits for groups that are not known
   * to be over, and would take the room of what is really missing.
   */
  refute(now: Instant, lead: Sqn, usesParity: boolean): void {
    if (!this.#hearsay?.fresh) return;
    this.#hearsay.fresh = false;
    const { frontier } = this.#window;
    this.active?.refute(now, usesParity ? frontier : sqnMax(frontier, sqnAdd(lead, 1)));
  }

  /** Puts the NAK machine aside if nothing is missing any more. */
  settle(): void {
    if (this.active?.size === 0) this.active = undefined;
  }

  /** Forgets all that is missing. */
  drop(): void {
    this.active?.clear();
    this.active = undefined;
    this.#hearsay = undefined;
  }

  #isBeyond(sqn: Sqn): boolean {
    return !sqnBefore(sqn, this.#window.frontier);
  }
}
