/**
 * NCFs that wait to be sent, and protection against NAK storms (RFC 3208, section 5.2): the first NCF leaves at once,
 * one that would confirm nothing but what was confirmed on the same interface within `ncfRepeatIvl` does not. NCFs go
 * before everything else, so they take at most half of the line: a storm of NAKs must not silence the SPMs and repairs
 * that would end it.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import { isIpv6, type Nla } from "../base/nla.ts";
import { TokenBucket } from "../base/token_bucket.ts";
import { Fifo } from "../base/fifo.ts";
import type { SourceConfig } from "./source_config.ts";

/** A confirmation that is due. */
export interface Ncf {
  /** Where the NAK arrived. */
  readonly iface: number;
  readonly sqn: Sqn;
  /** Whether it confirms a parity NAK: its numbers are groups and counts. */
  readonly parity?: boolean;
  /** What else the NAK asked for. */
  readonly list: readonly Sqn[];
  /** Who asked, if multicast is presumed not to arrive: then the NCF is unicast, and each who asks gets one. */
  readonly to?: Nla | undefined;
}

/** The NCFs that wait: never more than NAKs can arrive while the egress is closed. */
const MAX_WAITING = 65_536;
/** Confirmations that are remembered. When there are more, the oldest is forgotten and its NCF may be repeated early. */
const MAX_REMEMBERED = 65_536;

/** First in, first out. */
export class NcfQueue {
  readonly #repeatIvl: Instant;
  readonly #line: TokenBucket;
  readonly #nlaBytes: number;
  /** The octets of OPT_NAK_BO_IVL, if it is on NCFs. */
  readonly #intervalBytes: number;
  readonly #waiting = new Fifo<Ncf>();
  /** When a number was last confirmed on an interface, as that of a packet or of a group and count, the oldest first. */
  readonly #confirmedAt = new Map<number, Instant>();

  /** The queue of a source. */
  constructor({ ncfRepeatIvl, peakRte, burstBytes, group, nakBoIvlOn }: SourceConfig) {
    this.#repeatIvl = ncfRepeatIvl;
    this.#line = new TokenBucket(peakRte / 2, burstBytes);
    this.#nlaBytes = isIpv6(group) ? 16 : 4;
    this.#intervalBytes = nakBoIvlOn === "none" ? 0 : 12;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Puts an NCF in line; gives false when it is held back. */
  push(now: Instant, ncf: Ncf): boolean {
    this.#forget(now);
    if (this.#waiting.size >= MAX_WAITING || this.#isConfirmed(ncf)) return false;
    const bytes = this.#bytesOf(ncf);
    if (this.#line.earliest(now, bytes) > now) return false;
    this.#line.spend(now, bytes);
    this.#waiting.push(ncf);
    if (this.#repeatIvl === 0) return true;
    for (const sqn of [ncf.sqn, ...ncf.list]) this.#confirm(now, key(ncf, sqn));
    return true;
  }

  /** Takes out what waits longest. */
  shift(): Ncf | undefined {
    return this.#waiting.shift();
  }

  /** Drops all NCFs. */
  clear(): void {
    while (this.#waiting.shift() !== undefined);
  }

  /** The octets of an NCF with OPT_NAK_LIST, OPT_NAK_BO_IVL, OPT_NBR_UNREACH and OPT_PATH_NLA as it has them. */
  #bytesOf({ list, to }: Ncf): number {
    const listBytes = list.length === 0 ? 0 : 4 + 4 * list.length;
    const options = listBytes + this.#intervalBytes + (to === undefined ? 0 : 8 + this.#nlaBytes);
    return 28 + 2 * this.#nlaBytes + (options === 0 ? 0 : 4 + options);
  }

  #isConfirmed(ncf: Ncf): boolean {
    if (ncf.to !== undefined || !this.#confirmedAt.has(key(ncf, ncf.sqn))) return false;
    return ncf.list.every((listed) => this.#confirmedAt.has(key(ncf, listed)));
  }

  #confirm(now: Instant, number: number): void {
    this.#confirmedAt.delete(number);
    this.#confirmedAt.set(number, now);
  }

  /** Forgets what is too old to hold anything back. */
  #forget(now: Instant): void {
    for (const [number, at] of this.#confirmedAt) {
      if (at + this.#repeatIvl > now && this.#confirmedAt.size <= MAX_REMEMBERED) return;
      this.#confirmedAt.delete(number);
    }
  }
}

/** Exact: an interface index is far below 2^20. */
function key({ iface, parity }: Ncf, sqn: Sqn): number {
  return (2 * iface + (parity ? 1 : 0)) * 0x1_0000_0000 + sqn;
}
