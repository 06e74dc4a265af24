/**
 * All repair state of a network element, within its bounds: in all, by session, and by interface (RFC 3208, sections
 * 7.6 and 10). What RDATA does not end, NAK_RDATA_IVL does: repair state is short-lived by design (section 7.3).
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Instant } from "../base/time.ts";
import { Alarms } from "./alarms.ts";
import type { ElementConfig } from "./element_config.ts";
import type { ElementStats } from "./element_stats.ts";
import { type RepairKey, RepairState, type SessionRepairs } from "./repair_state.ts";
import type { SourcePath } from "./source_path.ts";

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

  /** Whether states for these keys can list an interface. */
  hasRoom(session: SessionRepairs, iface: number, keys: readonly RepairKey[]): boolean {
    let made = 0;
    let listed = 0;
    for (const key of keys) {
      const state = session.get(key);
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

  /** Makes the state of a number or group that has none, without interfaces. Its life must be set next. */
  make({ repairs: session, groups }: SourcePath, key: RepairKey): RepairState {
    assert(!session.has(key), "the number has repair state already");
    const state = new RepairState(session, key);
    state.counts?.learnOffset(groups.offsetOf(state.sqn));
    session.set(key, state);
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

  /** Takes an interface off a state's list; what lists none any more is to be ended. */
  unlist(state: RepairState, iface: number): void {
    state.remove(iface);
    this.#listed[iface]!--;
  }

  /** Lets a state live until `deadline`, which is never earlier than the one before. */
  keep(state: RepairState, deadline: Instant): void {
    this.#alarms.set(state, deadline);
  }

  /** Ends a state, whose NAK must not be repeated any more. */
  end(state: RepairState): void {
    assert(state.forwarding === undefined, "a NAK is still repeated for the state");
    const { session, key } = state;
    assert(session.get(key) === state, "the state has ended already");
    session.delete(key);
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
