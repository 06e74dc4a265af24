/**
 * Repairs that wait to be sent, and confirmations that were (RFC 3208, section 9.5.2.1: a repairer acts as an ordinary
 * source): the repair of a packet leaves once for all NAKs that came before it, spaced by a rate; repeats of one NCF
 * are kept apart.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { LeakyBucket } from "../base/token_bucket.ts";
import type { RepairerConfig } from "./repairer_config.ts";
import type { Way } from "./repairer_packets.ts";
import type { ServedSession } from "./served_session.ts";

/** A repair that is due. */
export interface Repair {
  readonly served: ServedSession;
  readonly way: Way;
  readonly sqn: Sqn;
}

/** What became of a request: the repair is on its way, was on its way already, or there is no room for it. */
export type Taken = "new" | "merged" | "full";

/** Confirmations that are remembered; beyond, the oldest is forgotten and its NCF may be repeated early. */
const MAX_REMEMBERED = 4_096;

/** First in, first out; no repair twice. */
export class RepairLine {
  readonly #config: RepairerConfig;
  readonly #spacing: LeakyBucket;
  readonly #waiting = new Map<string, Repair>();
  /** When each NCF last left, the oldest first. */
  readonly #confirmedAt = new Map<string, Instant>();

  constructor(config: RepairerConfig) {
    this.#config = config;
    this.#spacing = new LeakyBucket(config.repairRte);
  }

  /** How many repairs wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** When the next repair may leave, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#waiting.size === 0 ? NEVER : this.#spacing.earliest(0);
  }

  /** Asks for a repair. */
  add(repair: Repair): Taken {
    const key = keyOf(repair);
    if (this.#waiting.has(key)) return "merged";
    if (this.#waiting.size >= this.#config.maxWaiting) return "full";
    this.#waiting.set(key, repair);
    return "new";
  }

  /** Takes out the repair that may leave now, if one may. */
  shift(now: Instant): Repair | undefined {
    if (this.#spacing.earliest(now) > now) return undefined;
    for (const [key, repair] of this.#waiting) {
      this.#waiting.delete(key);
      return repair;
    }
    return undefined;
  }

  /** A repair of so many octets leaves. */
  sent(now: Instant, bytes: number): void {
    this.#spacing.spend(now, bytes);
  }

  /** Whether an NCF for these numbers is to be sent now; if so, it counts as sent. */
  confirms(now: Instant, served: ServedSession, way: Way, sqns: readonly Sqn[]): boolean {
    const { ncfRepeatIvl } = this.#config;
    if (ncfRepeatIvl === 0) return true;
    for (const [key, at] of this.#confirmedAt) {
      if (at + ncfRepeatIvl > now && this.#confirmedAt.size <= MAX_REMEMBERED) break;
      this.#confirmedAt.delete(key);
    }
    const keys = sqns.map((sqn) => keyOf({ served, way, sqn }));
    if (keys.every((key) => this.#confirmedAt.has(key))) return false;
    for (const key of keys) {
      this.#confirmedAt.delete(key);
      this.#confirmedAt.set(key, now);
    }
    return true;
  }
}

function keyOf({ served, way: { iface, to }, sqn }: Repair): string {
  return `${served.name}/${iface}/${to ?? ""}/${sqn}`;
}
