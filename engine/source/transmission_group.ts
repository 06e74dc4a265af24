/**
 * A transmission group at its source (RFC 3208, section 11.4): what was sent of it, and the parity that it owes.
 *
 * ```text
 *   open --- full, or the source has no more data ---> closed --- the trailing edge passes its last packet ---> forgotten
 *     requests wait                                      pro-active parity leaves, then what is asked for
 * ```
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { type Sqn, sqnAdd } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { ParityDemand } from "../fec/parity_demand.ts";
import type { WholeGroup } from "../fec/parity_packets.ts";
import { MAX_FEC_BLOCK } from "../fec/reed_solomon.ts";
import type { Tsdu } from "./fragmenter.ts";

/** The packets of one group. */
export class TransmissionGroup implements WholeGroup {
  /** TG_SQN: the number of its first packet. */
  readonly first: Sqn;
  /** The most packets that it may have. */
  readonly maxSize: number;
  /** What was sent, in order. */
  readonly tsdus: Tsdu[] = [];
  /** Whether OPT_SYN and OPT_FIN are on a packet of it. */
  syn = false;
  fin = false;
  /** Pro-active parity that is still to be sent. */
  proActive = 0;
  /** When parity that was asked for may leave. */
  readyAt: Instant = NEVER;
  #closed = false;
  #nextIndex = 0;
  readonly #demand: ParityDemand;

  /** A group of at most `maxSize` packets that begins at `first`; nothing is sent of it. */
  constructor(first: Sqn, maxSize: number) {
    this.first = first;
    this.maxSize = maxSize;
    this.#demand = new ParityDemand(maxSize);
  }

  /** How many packets it has, so far or in all. */
  get size(): number {
    return this.tsdus.length;
  }

  /** The number of the newest packet. */
  get last(): Sqn {
    return sqnAdd(this.first, this.size - 1);
  }

  /** Whether nothing will be added. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether it is smaller than advertised, for good. */
  get truncated(): boolean {
    return this.#closed && this.size < this.maxSize;
  }

  /** Parity packets that were asked for and are not sent; none leaves before the group is closed. */
  get pending(): number {
    return this.#closed ? this.#demand.pending(this.size) : 0;
  }

  /** Adds the packet that is sent now. */
  add(tsdu: Tsdu): void {
    assert(!this.#closed && tsdu.sqn === sqnAdd(this.first, this.size), "a group is sent in order");
    this.tsdus.push(tsdu);
  }

  /** No packet will be added; `proActive` parity packets follow. */
  close(proActive: number): void {
    assert(!this.#closed && this.size > 0, "a group is closed once, and is not empty");
    this.#closed = true;
    this.proActive = proActive;
  }

  /** `count` parity packets are asked for; fewer than wait already change nothing. Gives whether that is news. */
  ask(count: number, readyAt: Instant): boolean {
    return this.#asked(this.#demand.ask(count), readyAt);
  }

  /** A packet of the group is asked for by its number. Gives whether that is news. */
  askFor(sqn: Sqn, readyAt: Instant): boolean {
    return this.#asked(this.#demand.askFor(sqn), readyAt);
  }

  /** Notes that a parity packet leaves that was asked for. */
  served(): void {
    this.#demand.served(this.size);
    if (this.pending === 0) this.readyAt = NEVER;
  }

  /** The index of the parity packet that leaves next. */
  get nextIndex(): number {
    return this.#nextIndex % (MAX_FEC_BLOCK - this.size);
  }

  /** Takes that index; gives whether all were used: the code has no more, they begin anew. */
  takeIndex(): boolean {
    this.#nextIndex++;
    return this.nextIndex === 0;
  }

  /** The first request sets the time for all that come before it. */
  #asked(isNews: boolean, readyAt: Instant): boolean {
    if (isNews && this.readyAt === NEVER) this.readyAt = readyAt;
    return isNews;
  }
}
