/**
 * When the transmit window advances (RFC 3208, section 16), by strategy.
 *
 * ```text
 *                    advanceWithTime        advanceWithData                      application
 *   ages             real time              ODATA octets / TXW_MAX_RTE           -
 *   advances at      age TXW_SECS of trail  expiry of TXW_ADV_IVL_TMR            release
 *   full             TXW_SQNS               TXW_SQNS, TXW_BYTES                  TXW_SQNS
 *
 *   TXW_ADV_IVL_TMR of advanceWithData
 *   stopped --age of trail TXW_SECS - TXW_ADV_IVL, or TXW_SQNS full--> running --expires: drop the increment--> stopped
 *                                                                      ^     |
 *                                                                      +-----+ NAK for the increment: TXW_ADV_IVL anew
 * ```
 *
 * With `holdForRepairs`, advanceWithTime holds its advance for the repairs in the increment that wait when it is due: the
 * trail moves up to the oldest of them, goes on as each leaves, and past the increment with the last
 * (docs/decisions/0007-held-advance.md). Numbers that are asked for later, or again, hold nothing: they are behind those in
 * line. After TXW_ADV_SECS the increment is dropped, whatever still waits.
 *
 * ```text
 *            due: 2 and 4 wait                   RDATA 2                   RDATA 4, or TXW_ADV_SECS later
 *   ----[ 0 1 2 3 4 5 | 6 7 ..   -->  [ 2 3 4 5 | 6 7 ..   -->  [ 4 5 | 6 7 ..   -->  [ 6 7 ..
 * ```
 *
 * The timer of advanceWithData is data-driven, too. Were it so alone, a window that is full would stay so for ever: while ODATA waits for
 * a full window, the timer goes on in real time. Ages do not (docs/decisions/0004-data-driven-clock.md).
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { type Sqn, sqnAdd, windowSize } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import type { SourceConfig } from "./source_config.ts";
import type { TransmitWindow } from "./transmit_window.ts";

const NS_PER_SECOND = 1_000_000_000;

/** A strategy. */
export interface WindowAdvance {
  /** Whether ODATA must wait for an advance. */
  readonly full: boolean;
  /** The clock that ages and ambient SPMs go by. */
  clock(now: Instant): Instant;
  /** Notes that ODATA of `bytes` was sent, which is in the window already. */
  sent(now: Instant, bytes: number): void;
  /** Takes note of a NAK; gives whether it holds off the advance. */
  nak(now: Instant, sqn: Sqn): boolean;
  /** Notes whether ODATA waits to be sent. */
  waits(now: Instant, waiting: boolean): void;
  /** When {@link expire} is due, or `NEVER`. */
  nextTimeout(): Instant;
  /** Advances the trail if it is time; gives whether it moved. `repairs` are those that wait. */
  expire(now: Instant, repairs: WaitingRepairs): boolean;
  /** Notes that the repair of `sqn`, which waited, was sent; gives whether the trail moved for that. */
  repaired(now: Instant, sqn: Sqn, repairs: WaitingRepairs): boolean;
}

/** The numbers whose repairs wait to be sent. */
export type WaitingRepairs = Pick<ReadonlySet<Sqn>, "has" | "size">;

/** The strategy that `config` asks for, of `window`. */
export function windowAdvance(window: TransmitWindow, config: SourceConfig): WindowAdvance {
  switch (config.txwStrategy) {
    case "advanceWithTime":
      return new AdvanceWithTime(window, config);
    case "advanceWithData":
      return new AdvanceWithData(window, config);
    case "application":
      return new AdvanceByApplication(window, config.txwMaxSqns);
  }
}

/** Keeps everything until the application releases it (section 16.4). */
class AdvanceByApplication implements WindowAdvance {
  readonly #window: TransmitWindow;
  readonly #maxSqns: number;

  constructor(window: TransmitWindow, maxSqns: number) {
    this.#window = window;
    this.#maxSqns = maxSqns;
  }

  get full(): boolean {
    return this.#window.size >= this.#maxSqns;
  }

  clock(now: Instant): Instant {
    return now;
  }

  sent(): void {}

  nak(): boolean {
    return false;
  }

  waits(): void {}

  nextTimeout(): Instant {
    return NEVER;
  }

  expire(_now: Instant, _repairs: WaitingRepairs): boolean {
    return false;
  }

  repaired(_now: Instant, _sqn: Sqn, _repairs: WaitingRepairs): boolean {
    return false;
  }
}

/** An advance that waits for repairs. */
interface Hold {
  /** The numbers whose repairs waited when the advance was due and have not left, the oldest first; never empty. */
  readonly awaited: Set<Sqn>;
  /** The last number of the increment. */
  readonly last: Sqn;
  /** When the increment is dropped at the latest. */
  readonly until: Instant;
}

/** Keeps what was sent within TXW_SECS, whatever NAKs come (section 16.3), unless it holds for repairs. */
class AdvanceWithTime extends AdvanceByApplication {
  readonly #window: TransmitWindow;
  readonly #config: SourceConfig;
  #hold: Hold | undefined = undefined;

  constructor(window: TransmitWindow, config: SourceConfig) {
    super(window, config.txwMaxSqns);
    this.#window = window;
    this.#config = config;
  }

  override nextTimeout(): Instant {
    if (this.#hold !== undefined) return this.#hold.until;
    return this.#window.size === 0 ? NEVER : this.#window.trailSentAt + this.#config.txwSecs;
  }

  override expire(now: Instant, repairs: WaitingRepairs): boolean {
    const { trail } = this.#window;
    // None waits: an abort has dropped those that were awaited.
    if (this.#hold !== undefined && (this.#hold.until <= now || repairs.size === 0)) this.#end(this.#hold);
    while (this.#hold === undefined && this.nextTimeout() <= now) this.#advance(now, repairs);
    return this.#window.trail !== trail;
  }

  override repaired(now: Instant, sqn: Sqn, repairs: WaitingRepairs): boolean {
    const hold = this.#hold;
    if (hold === undefined || !hold.awaited.delete(sqn)) return false;
    const { trail } = this.#window;
    if (hold.awaited.size > 0) this.#moveTo(hold.awaited);
    else {
      this.#end(hold);
      // Meanwhile the next advance may have become due.
      this.expire(now, repairs);
    }
    return this.#window.trail !== trail;
  }

  /** Drops the increment, or what of it no repair waits for. */
  #advance(now: Instant, repairs: WaitingRepairs): void {
    const until = this.nextTimeout() + this.#config.txwAdvSecs;
    const { trail, increment: last } = this.#window;
    const awaited = new Set<Sqn>();
    if (this.#config.holdForRepairs && repairs.size > 0 && now < until) {
      for (let i = 0; i < windowSize(trail, last); i++) {
        const sqn = sqnAdd(trail, i);
        if (repairs.has(sqn)) awaited.add(sqn);
      }
    }
    if (awaited.size === 0) return this.#window.dropThrough(last);
    this.#hold = { awaited, last, until };
    this.#moveTo(awaited);
  }

  #moveTo(awaited: ReadonlySet<Sqn>): void {
    for (const oldest of awaited) return this.#window.dropBefore(oldest);
  }

  #end({ last }: Hold): void {
    this.#hold = undefined;
    this.#window.dropThrough(last);
  }
}

/** Keeps the last TXW_BYTES, whenever they were sent (section 16.2). */
class AdvanceWithData implements WindowAdvance {
  readonly #window: TransmitWindow;
  readonly #config: SourceConfig;
  /** The time that TXW_MAX_RTE takes for the ODATA so far: `#data` ns and `#part` / TXW_MAX_RTE. */
  #data: Instant = 0;
  #part = 0;
  /** Real time for which ODATA has waited for a full window, without the wait that goes on since `#stalledSince`. */
  #stalls: Instant = 0;
  #stalledSince: Instant = NEVER;
  /** When TXW_ADV_IVL_TMR expires, on the clock of {@link #timer}. */
  #deadline: Instant = NEVER;

  constructor(window: TransmitWindow, config: SourceConfig) {
    this.#window = window;
    this.#config = config;
  }

  get full(): boolean {
    const { size } = this.#window;
    if (size >= this.#config.txwMaxSqns) return true;
    return size > 0 && this.#data - this.#window.trailSentAt >= this.#config.txwSecs;
  }

  clock(): Instant {
    return this.#data;
  }

  sent(now: Instant, bytes: number): void {
    assert(this.#stalledSince === NEVER, "ODATA was sent into a full window");
    const { txwMaxRte } = this.#config;
    const ns = bytes * NS_PER_SECOND + this.#part;
    this.#data += Math.floor(ns / txwMaxRte);
    this.#part = ns % txwMaxRte;
    this.#start(now);
  }

  nak(now: Instant, sqn: Sqn): boolean {
    if (this.#deadline === NEVER || !this.#window.inIncrement(sqn)) return false;
    this.#deadline = this.#timer(now) + this.#config.txwAdvIvl;
    return true;
  }

  waits(now: Instant, waiting: boolean): void {
    const stalled = waiting && this.full;
    if (stalled === (this.#stalledSince !== NEVER)) return;
    if (!stalled) return this.#resume(now);
    assert(this.#deadline !== NEVER, "a full window never advances");
    this.#stalledSince = now;
  }

  nextTimeout(): Instant {
    return this.#stalledSince === NEVER ? NEVER : this.#stalledSince + this.#deadline - this.#data - this.#stalls;
  }

  repaired(_now: Instant, _sqn: Sqn, _repairs: WaitingRepairs): boolean {
    return false;
  }

  expire(now: Instant, _repairs: WaitingRepairs): boolean {
    if (this.#deadline > this.#timer(now)) return false;
    while (this.#deadline <= this.#timer(now)) {
      this.#deadline = NEVER;
      this.#window.dropThrough(this.#window.increment);
      this.#start(now);
    }
    if (this.#stalledSince !== NEVER && !this.full) this.#resume(now);
    return true;
  }

  /** ODATA does not wait for the window any more. */
  #resume(now: Instant): void {
    this.#stalls += now - this.#stalledSince;
    this.#stalledSince = NEVER;
  }

  /** The clock of TXW_ADV_IVL_TMR. */
  #timer(now: Instant): Instant {
    return this.#data + this.#stalls + (this.#stalledSince === NEVER ? 0 : now - this.#stalledSince);
  }

  /** Starts TXW_ADV_IVL_TMR if an advance is near. */
  #start(now: Instant): void {
    if (this.#deadline !== NEVER || this.#window.size === 0) return;
    const { txwSecs, txwAdvIvl, txwMaxSqns } = this.#config;
    const end = this.#window.trailSentAt + txwSecs;
    // The start lies somewhere within the last packet: what the packet went past it counts.
    if (this.#data >= end - txwAdvIvl) this.#deadline = this.#timer(now) - this.#data + end;
    else if (this.#window.size >= txwMaxSqns) this.#deadline = this.#timer(now) + txwAdvIvl;
  }
}
