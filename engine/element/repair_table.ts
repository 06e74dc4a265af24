/**
 * All repair state of a network element, within its bounds: in all, by session, and by interface (RFC 3208, sections
 * 7.6 and 10). What RDATA does not end, NAK_RDATA_IVL does: repair state is short-lived by design (section 7.3).
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import { Alarms } from "./alarms.ts";
import type { ElementConfig } from "./element_config.ts";
import type { ElementStats } from "./element_stats.ts";
import { RepairState, type SessionRepairs } from "./repair_state.ts";

/** The repair states of an element; each session has a map of its own. */
export class RepairTable {
  readonly #config: ElementConfig;
  readonly #stats: ElementStats;
  readonly #alarms = new Alarms<RepairState>();
  /** How many states list each interface. */
  readonly #listed: number[] = [];
  #size = 0;

  constructor(config: ElementConfig, stats: ElementStats) {
    this.#config = config;
    this.#stats = stats;
  }

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Whether states for these numbers can list an interface. */
  hasRoom(session: SessionRepairs, iface: number, sqns: readonly Sqn[]): boolean {
    let made = 0;
    let listed = 0;
    for (const sqn of sqns) {
      const state = session.get(sqn);
      if (state === undefined) made++;
      if (state === undefined || !state.interfaces.includes(iface)) listed++;
    }
    if (listed > 0 && this.#listedOn(iface) + listed > this.#config.maxRepairsPerInterface) return false;
    return made === 0 || this.#hasRoomFor(session, made, this.#config.maxRepairsPerSession);
  }

  /** Whether states can be made for numbers for which nobody has asked: forged NCFs must not take all the room. */
  hasRoomToAnticipate(session: SessionRepairs, count: number): boolean {
    return this.#hasRoomFor(session, count, this.#config.maxRepairsPerSession >> 1);
  }

  /** Makes the state of a number that has none, without interfaces. Its life must be set next. */
  make(session: SessionRepairs, sqn: Sqn): RepairState {
    assert(!session.has(sqn), "the number has repair state already");
    const state = new RepairState(session, sqn);
    session.set(sqn, state);
    this.#size++;
    if (this.#size > this.#stats.repairsPeak) this.#stats.repairsPeak = this.#size;
    return state;
  }

  /** Puts an interface on a state's list, if it is not there yet. */
  list(state: RepairState, iface: number): void {
    if (state.interfaces.includes(iface)) return;
    state.add(iface);
    this.#listed[iface] = this.#listedOn(iface) + 1;
  }

  /** Lets a state live until `deadline`, which is never earlier than the one before. */
  keep(state: RepairState, deadline: Instant): void {
    this.#alarms.set(state, deadline);
  }

  /** Ends a state, whose NAK must not be repeated any more. */
  end(state: RepairState): void {
    assert(state.forwarding === undefined, "a NAK is still repeated for the state");
    const { session, sqn } = state;
    assert(session.get(sqn) === state, "the state has ended already");
    session.delete(sqn);
    this.#alarms.clear(state);
    for (const iface of state.interfaces) this.#listed[iface]!--;
    this.#size--;
  }

  /** When the first state has to end, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#alarms.next();
  }

  /** A state whose time is over, to be ended; `undefined` if there is none. */
  due(now: Instant): RepairState | undefined {
    return this.#alarms.due(now);
  }

  #listedOn(iface: number): number {
    while (this.#listed.length <= iface) this.#listed.push(0);
    return this.#listed[iface]!;
  }

  #hasRoomFor(session: SessionRepairs, count: number, ofSession: number): boolean {
    return session.size + count <= ofSession && this.#size + count <= this.#config.maxRepairs;
  }
}
