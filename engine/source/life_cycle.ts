/**
 * The end of a session (RFC 3208, sections 9.7 and 9.8).
 *
 * ```text
 *            close           the last ODATA, or an SPM, left with OPT_FIN               TXW_SECS later
 *   open ------------> closing ---------------------------------------> lingering -------------------> closed
 *      \               /     \         an SPM left with OPT_RST        ^  |   ^
 *       +--- abort ---+       +---------------------------------------+   +---+ abort
 * ```
 *
 * SPM_LEAD of an SPM with OPT_FIN is the last data of the session (section 9.7). So SPMs that leave after the close and
 * before the last data carry none: a receiver would take what it has for all there is. Those before the close cannot
 * know that the data is the last. OPT_RST ends the session where it is; it takes the place of OPT_FIN.
 *
 * @module
 */

import { type Instant, NEVER } from "../base/time.ts";
import type { OptionValue } from "../wire/values.ts";

/**
 * Where a session is in its life: `open` for data; `closing` until OPT_FIN or OPT_RST is first sent: OPT_FIN goes with
 * the last data that was submitted before {@link Source.close}; `lingering` for TXW_SECS from then on, still announcing
 * the end and serving NAKs; then `closed` and silent.
 */
export type SourceState = "open" | "closing" | "lingering" | "closed";

/** How a session is aborted (section 9.8). */
export interface Abort {
  /** OPT_RST's error code, 0 .. 63; 0 for an unknown cause. */
  readonly errorCode: number;
  /** Whether NAKs are still served while the session lingers; otherwise OPT_RST has the N bit. */
  readonly nakable: boolean;
}

const FIN: OptionValue = { type: "FIN" };

/** Knows how far the end has come. */
export class LifeCycle {
  readonly #txwSecs: Instant;
  #state: SourceState = "open";
  #rst: OptionValue | undefined = undefined;
  #closesAt: Instant = NEVER;
  #servesNaks = true;

  /** An open session, that will linger for `txwSecs`. */
  constructor(txwSecs: Instant) {
    this.#txwSecs = txwSecs;
  }

  /** The state. */
  get state(): SourceState {
    return this.#state;
  }

  /** Whether the session ends gracefully, or has. */
  get isFinal(): boolean {
    return this.#state !== "open" && this.#rst === undefined;
  }

  /** Whether NAKs are served. */
  get servesNaks(): boolean {
    return this.#servesNaks;
  }

  /** What an SPM says of the end; `dataWaits` if ODATA is still to be sent. */
  spmOption(dataWaits: boolean): OptionValue | undefined {
    return this.#rst ?? (this.isFinal && !dataWaits ? FIN : undefined);
  }

  /** No data will follow what was submitted. Gives whether that is news. */
  close(): boolean {
    if (this.#state !== "open") return false;
    this.#state = "closing";
    return true;
  }

  /** No data will follow what was sent. Gives whether that is news. */
  abort({ errorCode, nakable }: Abort): boolean {
    if (this.#state === "closed" || this.#rst !== undefined) return false;
    this.#state = "closing";
    this.#closesAt = NEVER;
    this.#rst = { type: "RST", noNaks: !nakable, errorCode };
    this.#servesNaks = nakable;
    return true;
  }

  /** Notes that OPT_FIN or OPT_RST leaves. */
  announced(now: Instant): void {
    if (this.#state !== "closing") return;
    this.#state = "lingering";
    this.#closesAt = now + this.#txwSecs;
  }

  /** When {@link expire} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#closesAt;
  }

  /** Falls silent if it is time; gives whether it is. */
  expire(now: Instant): boolean {
    if (this.#closesAt > now) return false;
    this.#closesAt = NEVER;
    this.#state = "closed";
    return true;
  }
}
