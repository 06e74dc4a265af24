/**
 * Repairs that wait to be sent, and confirmations that were (RFC 3208, section 9.5.2.1: a repairer acts as an ordinary
 * source): the repair of a packet leaves once for all NAKs that came before it, and parity of a group as often as the
 * largest of them said, spaced by a rate; repeats of one NCF are kept apart.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { LeakyBucket } from "../base/token_bucket.ts";
import { ParityDemand } from "../fec/parity_demand.ts";
import type { WholeGroup } from "../fec/parity_packets.ts";
import type { RepairerConfig } from "./repairer_config.ts";
import type { Asked, Way } from "./repairer_packets.ts";
import type { ServedSession } from "./served_session.ts";

/** Whom something is for. */
export interface Due {
  readonly served: ServedSession;
  readonly way: Way;
}

/** A repair that is due: of a packet, or of a transmission group. */
export interface Repair extends Due {
  readonly sqn: Sqn;
  /** The group that begins at `sqn`, if parity is due. */
  readonly group?: WholeGroup;
}

/** A repair that waits. */
interface Waiting {
  readonly repair: Repair;
  /** How much parity of the group is due. */
  readonly demand: ParityDemand | undefined;
}

/** What became of a request: the repair is on its way, was on its way already, or there is no room for it. */
export type Taken = "new" | "merged" | "full";

/** Confirmations that are remembered; beyond, the oldest is forgotten and its NCF may be repeated early. */
const MAX_REMEMBERED = 4_096;

/** First in, first out; no repair twice. */
export class RepairLine {
  readonly #config: RepairerConfig;
  readonly #spacing: LeakyBucket;
  readonly #waiting = new Map<string, Waiting>();
  /** When each NCF last left, the oldest first. */
  readonly #confirmedAt = new Map<string, Instant>();

  constructor(config: RepairerConfig) {
    this.#config = config;
    this.#spacing = new LeakyBucket(config.repairRte);
  }

  /** How many packets and groups wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** When the next repair may leave, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#waiting.size === 0 ? NEVER : this.#spacing.earliest(0);
  }

  /** Asks for a repair: of a packet, or for `count` parity packets. Parity that adds to what waits is new. */
  add(repair: Repair, count = 0): Taken {
    const key = keyOf(repair, repair.sqn, repair.group !== undefined);
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) return waiting.demand?.ask(count) ? "new" : "merged";
    if (this.#waiting.size >= this.#config.maxWaiting) return "full";
    const demand = repair.group && new ParityDemand(repair.group.maxSize);
    demand?.ask(count);
    this.#waiting.set(key, { repair, demand });
    return "new";
  }

  /** Takes out the packet that may leave now, if one may. */
  shift(now: Instant): Repair | undefined {
    if (this.#spacing.earliest(now) > now) return undefined;
    for (const [key, { repair, demand }] of this.#waiting) {
      const size = repair.group?.tsdus.length ?? 0;
      demand?.served(size);
      if (demand === undefined || demand.pending(size) === 0) this.#waiting.delete(key);
      return repair;
    }
    return undefined;
  }

  /** What is left of a repair is not due any more. */
  drop(repair: Repair): void {
    this.#waiting.delete(keyOf(repair, repair.sqn, repair.group !== undefined));
  }

  /** A repair of so many octets leaves. */
  sent(now: Instant, bytes: number): void {
    this.#spacing.spend(now, bytes);
  }

  /** Whether an NCF for these numbers is to be sent now; if so, it counts as sent. */
  confirms(now: Instant, due: Due, { sqns, parity }: Asked): boolean {
    const { ncfRepeatIvl } = this.#config;
    if (ncfRepeatIvl === 0) return true;
    for (const [key, at] of this.#confirmedAt) {
      if (at + ncfRepeatIvl > now && this.#confirmedAt.size <= MAX_REMEMBERED) break;
      this.#confirmedAt.delete(key);
    }
    const keys = sqns.map((sqn) => keyOf(due, sqn, parity));
    if (keys.every((key) => this.#confirmedAt.has(key))) return false;
    for (const key of keys) {
      this.#confirmedAt.delete(key);
      this.#confirmedAt.set(key, now);
    }
    return true;
  }
}

function keyOf({ served, way: { iface, to } }: Due, sqn: Sqn, parity: boolean): string {
  return `${served.name}/${iface}/${to ?? ""}/${sqn}${parity ? "/parity" : ""}`;
}
