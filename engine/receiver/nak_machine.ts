/**
 * NAK generation (RFC 3208, section 6.3): one small state machine per missing sequence number.
 *
 * ```text
 *   gap seen in the data          SPM_LEAD or enough later data          SPM_LEAD, no SPM yet
 *        |                        or the reorder timeout                        |
 *        v                                                                      v
 *     REORDER ----------------------------+------------------------------->  WAIT_SPM
 *                                         | a SPM is known                      | first SPM
 *                                         v                                     |
 *     +-------------------------------> BACK_OFF <------------------------------+
 *     |                                 NAK_RB_IVL
 *     |            expiry: send NAK   /     |      \  NCF heard
 *     |            or NAK heard      v      |       v
 *     +----------------------- WAIT_NCF ----+--> WAIT_DATA ----+
 *     |  NAK_RPT_IVL, retry    (NAK heard:   NCF    (NCF, NAK   | NAK_RDATA_IVL, retry
 *     |                         restart)            heard:      |
 *     |                                             restart)    |
 *     +---------------------------------------------------------+
 *   data received, in any state: recovered.   trail passed or retries exceeded: cancelled.
 * ```
 *
 * REORDER and WAIT_SPM stand before the machine of the RFC: a gap is not yet a loss (section 6.3 recommends to
 * tolerate reordering), and nothing may be asked for before the first SPM (section 6.2). Nor while the parent cannot
 * reach its children (section 15.3.2): losses wait in WAIT_SPM for the next regular SPM, and no retries are counted.
 * Numbers whose transmission group is asked for instead (section 11.5) wait there, too: PARKED in traces.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Prng } from "../base/prng.ts";
import { type Sqn, sqnAdd, sqnAtMost, sqnBefore, sqnDistance } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { Deadlines } from "../base/timers.ts";
import type { ReceiveBudget } from "./receive_budget.ts";
import type { ReceiverConfig } from "./receiver_config.ts";

/** The states of a missing sequence number. */
export const NakState = {
  /** A gap that later packets may still fill. */
  Reorder: 0,
  /** Lost, and nobody is known yet who could be asked. */
  WaitSpm: 1,
  /** Lost: the NAK waits for a random time, so that another receiver may be first (BACK-OFF_STATE of the RFC). */
  BackOff: 2,
  /** The NAK was sent or heard (WAIT_NCF_STATE). */
  WaitNcf: 3,
  /** The NCF was heard (WAIT_DATA_STATE). */
  WaitData: 4,
} as const;
/** A member of {@link NakState}. */
export type NakState = (typeof NakState)[keyof typeof NakState];

const STATE_NAMES = ["REORDER", "WAIT_SPM", "BACK_OFF", "WAIT_NCF", "WAIT_DATA"] as const;

/** The name of a state as the RFC writes it. */
export function nakStateName(state: NakState): string {
  return STATE_NAMES[state]!;
}

/** What the machine asks its session for. */
export interface NakActions {
  /** NAK_BO_IVL, as it is now. */
  readonly nakBoIvl: Instant;
  /** What the back-off is divided by: how many packets a NAK for this number asks for; 1 unless given. */
  urgency?(sqn: Sqn): number;
  /** Whether a number is not asked for, although it is lost: its transmission group is (section 11.5). */
  isParked?(sqn: Sqn): boolean;
  /** Sends a NAK for these numbers, 1 .. `nakListMax` of them, oldest first, to the PGM parent. */
  sendNak(now: Instant, sqns: readonly Sqn[]): void;
  /** The NAK for a number was sent or heard, and no NCF came within NAK_RPT_IVL. */
  unconfirmed(sqn: Sqn): void;
  /** The sequence number cannot be recovered: retries are exceeded. */
  giveUp(now: Instant, sqn: Sqn): void;
  /** A NAK that was due to be sent is not: an NCF or another receiver's NAK was heard. */
  suppressed(now: Instant, sqn: Sqn): void;
  /** A transition, for traces. */
  note(state: string, sqn: Sqn): void;
}

/** What traces call WAIT_SPM if it is its transmission group that a number waits for. */
const PARKED = "PARKED";
/** How many places for gaps are kept while nothing is missing. */
const SLOTS_KEPT = 1_024;

/** A missing sequence number. */
interface Gap {
  readonly sqn: Sqn;
  readonly slot: number;
  readonly detectedAt: Instant;
  state: NakState;
  laterPackets: number;
  ncfRetries: number;
  dataRetries: number;
}

/** All missing sequence numbers of one session. */
export class NakMachine {
  readonly #config: ReceiverConfig;
  readonly #random: Prng;
  readonly #actions: NakActions;
  readonly #budget: ReceiveBudget;
  readonly #gaps = new Map<Sqn, Gap>();
  /** Gaps in REORDER, so that counting later packets touches only them. */
  readonly #reordering = new Set<Gap>();
  #deadlines = new Deadlines();
  #bySlot: (Gap | undefined)[] = [];
  #freeSlots: number[] = [];
  /** NAK_RB_IVL as drawn last, and when: with list NAKs, what is lost together is asked for together. */
  #drawn: Instant = 0;
  #drawnAt: Instant = -1;
  /** Whether nothing may be asked for. */
  #silent = false;

  constructor(config: ReceiverConfig, random: Prng, actions: NakActions, budget: ReceiveBudget) {
    this.#config = config;
    this.#random = random;
    this.#actions = actions;
    this.#budget = budget;
  }

  /** How many sequence numbers are missing. */
  get size(): number {
    return this.#gaps.size;
  }

  /** Whether `sqn` is known to be missing. */
  has(sqn: Sqn): boolean {
    return this.#gaps.has(sqn);
  }

  /** The state of a missing sequence number, or `undefined`. */
  state(sqn: Sqn): NakState | undefined {
    return this.#gaps.get(sqn)?.state;
  }

  /** How many numbers wait in BACK_OFF. */
  get pending(): number {
    let count = 0;
    for (const gap of this.#gaps.values()) if (gap.state === NakState.BackOff) count++;
    return count;
  }

  /** How many numbers were asked for, here or by others. */
  get outstanding(): number {
    let count = 0;
    for (const { state } of this.#gaps.values()) if (state === NakState.WaitNcf || state === NakState.WaitData) count++;
    return count;
  }

  /** The oldest missing number, or `undefined`. */
  get first(): Sqn | undefined {
    let first: Sqn | undefined;
    for (const sqn of this.#gaps.keys()) if (first === undefined || sqnBefore(sqn, first)) first = sqn;
    return first;
  }

  /** A gap in the data: a loss only if it stays open. `laterPackets` arrived behind it already. */
  suspect(now: Instant, sqn: Sqn, spmSeen: boolean): void {
    if (this.#gaps.has(sqn)) return;
    const gap = this.#add(now, sqn, NakState.Reorder);
    if (this.#config.reorderPackets <= 1) return this.#confirm(now, gap, spmSeen);
    gap.laterPackets = 1;
    this.#reordering.add(gap);
    this.#deadlines.set(gap.slot, now + this.#config.reorderTimeout);
    this.#actions.note("REORDER", sqn);
  }

  /** What may fill a gap has begun to come: one that is only suspected stays so for another reorder timeout. */
  suspectStill(now: Instant, sqn: Sqn): void {
    const gap = this.#gaps.get(sqn);
    if (gap?.state === NakState.Reorder) this.#deadlines.set(gap.slot, now + this.#config.reorderTimeout);
  }

  /** A loss beyond doubt: SPM_LEAD is at or beyond `sqn`. */
  lose(now: Instant, sqn: Sqn, spmSeen: boolean): void {
    const known = this.#gaps.get(sqn);
    if (known !== undefined && known.state !== NakState.Reorder) return;
    this.#confirm(now, known ?? this.#add(now, sqn, NakState.Reorder), spmSeen);
  }

  /** New data `sqn` arrived: one more packet behind every suspected gap before it. */
  laterData(now: Instant, sqn: Sqn, spmSeen: boolean): void {
    if (this.#reordering.size === 0) return;
    for (const gap of this.#reordering) {
      if (!sqnBefore(gap.sqn, sqn)) continue;
      gap.laterPackets++;
      if (gap.laterPackets >= this.#config.reorderPackets) this.#confirm(now, gap, spmSeen);
    }
  }

  /** The source has sent everything up to `lead`: suspected gaps up to it are losses. */
  leadKnown(now: Instant, lead: Sqn): void {
    for (const gap of this.#reordering) if (sqnAtMost(gap.sqn, lead)) this.#confirm(now, gap, true);
  }

  /** Numbers from `first` on were not sent, whoever asks for them: gives them up. */
  refute(now: Instant, first: Sqn): void {
    for (const gap of this.#gaps.values()) if (sqnAtMost(first, gap.sqn)) this.#giveUp(now, gap);
  }

  /** Nothing may be asked for until {@link firstSpm}. */
  silence(): void {
    this.#silent = true;
    for (const gap of this.#gaps.values()) {
      if (gap.state === NakState.BackOff) this.#enter(gap, NakState.WaitSpm, NEVER);
    }
  }

  /** The first SPM arrived, or the first since {@link silence}: there is somebody to ask now. */
  firstSpm(now: Instant): void {
    this.#silent = false;
    for (const gap of this.#gaps.values()) {
      if (gap.state === NakState.WaitSpm && !this.#isParked(gap)) this.#backOff(now, gap);
    }
  }

  /** A number is not asked for any more before {@link firstSpm}, though it is lost. */
  park(sqn: Sqn): void {
    const gap = this.#gaps.get(sqn);
    if (gap !== undefined && gap.state !== NakState.WaitSpm) this.#enter(gap, NakState.WaitSpm, NEVER, PARKED);
  }

  /** A matching NCF was heard; also reveals a loss that was not known. */
  heardNcf(now: Instant, sqn: Sqn): void {
    const gap = this.#gaps.get(sqn) ?? this.#add(now, sqn, NakState.Reorder);
    if (gap.state !== NakState.WaitNcf && gap.state !== NakState.WaitData) this.#actions.suppressed(now, sqn);
    this.#enter(gap, NakState.WaitData, now + this.#config.nakRdataIvl);
  }

  /** Another receiver's NAK was heard; also reveals a loss that was not known. */
  heardNak(now: Instant, sqn: Sqn): void {
    const gap = this.#gaps.get(sqn) ?? this.#add(now, sqn, NakState.Reorder);
    if (gap.state === NakState.WaitData) {
      this.#enter(gap, NakState.WaitData, now + this.#config.nakRdataIvl);
      return;
    }
    if (gap.state !== NakState.WaitNcf) this.#actions.suppressed(now, sqn);
    this.#enter(gap, NakState.WaitNcf, now + this.#config.nakRptIvl);
  }

  /**
   * The data arrived. Gives how long the loss lasted, or -1 if the number was not missing or was merely late
   * (it arrived while reordering was still the likely cause).
   */
  received(now: Instant, sqn: Sqn): number {
    const gap = this.#gaps.get(sqn);
    if (gap === undefined) return -1;
    const late = gap.state === NakState.Reorder;
    this.#remove(gap);
    return late ? -1 : now - gap.detectedAt;
  }

  /**
   * Forgets everything before `trail`: nobody can repair it any more. Nothing before `oldest` is missing; a trail that
   * advances step by step looks at its steps only, not each time at all that is missing.
   */
  cancelBefore(oldest: Sqn, trail: Sqn): void {
    if (sqnDistance(oldest, trail) < this.#gaps.size) {
      for (let sqn = oldest; sqnBefore(sqn, trail); sqn = sqnAdd(sqn, 1)) this.#cancel(this.#gaps.get(sqn));
    } else {
      for (const gap of this.#gaps.values()) if (sqnBefore(gap.sqn, trail)) this.#cancel(gap);
    }
  }

  /** When {@link handleTimeout} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#deadlines.next();
  }

  /** Fires everything due, oldest sequence number first. */
  handleTimeout(now: Instant, spmSeen: boolean): void {
    if (this.#deadlines.next() > now) return;
    const due: Gap[] = [];
    while (this.#deadlines.next() <= now) {
      const slot = this.#deadlines.nextId();
      this.#deadlines.clear(slot);
      due.push(this.#bySlot[slot]!);
    }
    due.sort((a, b) => sqnDistance(b.sqn, a.sqn));
    const asked: Sqn[] = [];
    for (const gap of due) {
      if (gap.state === NakState.BackOff) asked.push(gap.sqn);
      this.#expire(now, gap, spmSeen);
    }
    for (let at = 0; at < asked.length; at += this.#config.nakListMax) {
      this.#actions.sendNak(now, asked.slice(at, at + this.#config.nakListMax));
    }
  }

  /** Forgets everything: the session is over. */
  clear(): void {
    for (const gap of this.#gaps.values()) this.#remove(gap);
  }

  #expire(now: Instant, gap: Gap, spmSeen: boolean): void {
    switch (gap.state) {
      case NakState.Reorder:
        return this.#confirm(now, gap, spmSeen);
      case NakState.BackOff:
        return this.#enter(gap, NakState.WaitNcf, now + this.#config.nakRptIvl);
      case NakState.WaitNcf:
        this.#actions.unconfirmed(gap.sqn);
        if (!this.#silent) gap.ncfRetries++;
        if (gap.ncfRetries > this.#config.nakNcfRetries) return this.#giveUp(now, gap);
        return this.#confirm(now, gap, spmSeen);
      case NakState.WaitData:
        if (!this.#silent) gap.dataRetries++;
        if (gap.dataRetries > this.#config.nakDataRetries) return this.#giveUp(now, gap);
        return this.#confirm(now, gap, spmSeen);
      case NakState.WaitSpm:
        assert(false, "WAIT_SPM has no timer");
    }
  }

  /** A loss to be asked for, as soon as there is somebody to ask: others' NCFs may come before the first SPM. */
  #confirm(now: Instant, gap: Gap, spmSeen: boolean): void {
    if (this.#isParked(gap)) this.#enter(gap, NakState.WaitSpm, NEVER, PARKED);
    else if (spmSeen && !this.#silent) this.#backOff(now, gap);
    else this.#enter(gap, NakState.WaitSpm, NEVER);
  }

  #isParked({ sqn }: Gap): boolean {
    return this.#actions.isParked?.(sqn) === true;
  }

  /** Draws NAK_RB_IVL, uniform over (0, NAK_BO_IVL] in microseconds. */
  #backOff(now: Instant, gap: Gap): void {
    if (this.#config.nakListMax === 1 || this.#drawnAt !== now) {
      const nakBoIvl = this.#actions.nakBoIvl / (this.#actions.urgency?.(gap.sqn) ?? 1);
      this.#drawn = (1 + this.#random.below(Math.max(1, Math.floor(nakBoIvl / 1_000)))) * 1_000;
      this.#drawnAt = now;
    }
    this.#enter(gap, NakState.BackOff, now + this.#drawn);
  }

  #cancel(gap: Gap | undefined): void {
    if (gap === undefined) return;
    this.#actions.note("CANCELLED", gap.sqn);
    this.#remove(gap);
  }

  #giveUp(now: Instant, gap: Gap): void {
    this.#cancel(gap);
    this.#actions.giveUp(now, gap.sqn);
  }

  #enter(gap: Gap, state: NakState, deadline: Instant, mark = nakStateName(state)): void {
    if (gap.state === NakState.Reorder) this.#reordering.delete(gap);
    gap.state = state;
    this.#deadlines.set(gap.slot, deadline);
    this.#actions.note(mark, gap.sqn);
  }

  #add(now: Instant, sqn: Sqn, state: NakState): Gap {
    const slot = this.#freeSlots.pop() ?? this.#bySlot.length;
    const gap: Gap = { sqn, slot, detectedAt: now, state, laterPackets: 0, ncfRetries: 0, dataRetries: 0 };
    this.#bySlot[slot] = gap;
    this.#gaps.set(sqn, gap);
    this.#budget.missing--;
    return gap;
  }

  #remove(gap: Gap): void {
    if (gap.state === NakState.Reorder) this.#reordering.delete(gap);
    this.#deadlines.clear(gap.slot);
    this.#gaps.delete(gap.sqn);
    this.#budget.missing++;
    this.#bySlot[gap.slot] = undefined;
    this.#freeSlots.push(gap.slot);
    if (this.#gaps.size === 0 && this.#bySlot.length > SLOTS_KEPT) this.#shrink();
  }

  /** The places of a burst are not kept after it: what sessions keep is not in the budget. */
  #shrink(): void {
    this.#deadlines = new Deadlines();
    this.#bySlot = [];
    this.#freeSlots = [];
  }
}
