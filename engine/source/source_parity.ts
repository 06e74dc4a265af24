/**
 * Forward error correction at a source (RFC 3208, section 11.4): which transmission groups can still be repaired, when
 * they end, and which parity is due.
 *
 * Numbers are cut into groups of the advertised size. When no data comes, a group ends before it is full, and the next
 * message begins the next group: the numbers between are never sent.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { type Sqn, sqnAdd, sqnBefore } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { parityBytes, type ParityHead, parityPacket } from "../fec/parity_packets.ts";
import type { OptionValue } from "../wire/values.ts";
import type { Tsdu } from "./fragmenter.ts";
import type { ParityConfig } from "./parity_config.ts";
import type { OdataFlags } from "./source_packets.ts";
import type { SourceStats } from "./source_stats.ts";
import { TransmissionGroup } from "./transmission_group.ts";

/** The transmission groups of one source. */
export class SourceParity {
  readonly config: ParityConfig;
  readonly #rdataDelay: Instant;
  readonly #stats: SourceStats;
  /** Groups of which something was sent and is in the window, the oldest first. */
  readonly #groups = new Map<Sqn, TransmissionGroup>();
  /** Closed groups that owe pro-active parity, the oldest first. */
  readonly #proActive: TransmissionGroup[] = [];
  /** Groups of which parity is asked for, in the order of the requests. */
  readonly #asked = new Set<TransmissionGroup>();
  #newest: TransmissionGroup | undefined = undefined;
  #truncateAt: Instant = NEVER;

  /** Nothing is sent yet. On-demand parity waits `rdataDelay` for the requests of others. */
  constructor(config: ParityConfig, rdataDelay: Instant, stats: SourceStats) {
    this.config = config;
    this.#rdataDelay = rdataDelay;
    this.#stats = stats;
  }

  /** TG_SQN of a number. */
  groupOf(sqn: Sqn): Sqn {
    return (sqn & ~(this.config.groupSize - 1)) >>> 0;
  }

  /** A group that can be repaired. */
  group(sqn: Sqn): TransmissionGroup | undefined {
    return this.#groups.get(this.groupOf(sqn));
  }

  /** OPT_PARITY_PRM and, if the newest data ends a truncated group, OPT_CURR_TGSIZE. */
  spmOptions(): OptionValue[] {
    const { groupSize, proActive, onDemand } = this.config;
    const options: OptionValue[] = [{ type: "PARITY_PRM", proActive: proActive > 0, onDemand, tgSize: groupSize }];
    if (this.#newest?.truncated) options.push({ type: "CURR_TGSIZE", size: this.#newest.size });
    return options;
  }

  /** Whether a data packet, if it is known to be the last for now, ends its group before it is full: gives the size. */
  sizeIfLast(sqn: Sqn): number | undefined {
    const { groupSize } = this.config;
    const size = (sqn & (groupSize - 1)) + 1;
    return size === groupSize ? undefined : size;
  }

  /** Takes note of a data packet that leaves. */
  sent(now: Instant, tsdu: Tsdu, { syn, fin, currTgSize }: OdataFlags): void {
    const first = this.groupOf(tsdu.sqn);
    let group = this.#groups.get(first);
    if (group === undefined) {
      group = new TransmissionGroup(first, this.config.groupSize);
      this.#groups.set(first, group);
    }
    this.#newest = group;
    group.add(tsdu);
    group.syn ||= syn;
    group.fin ||= fin;
    this.#truncateAt = now + this.config.truncateAfter;
    if (currTgSize !== undefined || group.size === this.config.groupSize) this.#close(group);
  }

  /**
   * Ends the newest group if it is not full; gives the number that the next one begins with, or `undefined`. Of what is
   * behind the trailing edge `trail`, no parity is sent.
   */
  truncate(trail: Sqn): Sqn | undefined {
    const group = this.#newest;
    this.#truncateAt = NEVER;
    if (group === undefined || group.closed) return undefined;
    const isBehind = sqnBefore(group.last, trail);
    this.#close(group, isBehind ? 0 : this.config.proActive);
    if (isBehind) this.#groups.delete(group.first);
    return this.nextGroup;
  }

  /** The newest group goes on: data waits. */
  keepOpen(): void {
    this.#truncateAt = NEVER;
  }

  /** The number that the group after the newest one begins with. */
  get nextGroup(): Sqn {
    assert(this.#newest !== undefined, "nothing was sent");
    return sqnAdd(this.#newest.first, this.config.groupSize);
  }

  /** When the newest group ends if no data comes, or `NEVER`. */
  get truncateAt(): Instant {
    return this.#truncateAt;
  }

  /** Whether pro-active parity waits to be sent. */
  get owes(): boolean {
    return this.#proActive.length > 0;
  }

  /** The octets of the pro-active parity packet that is first in line, or `undefined`. */
  proActiveBytes(): number | undefined {
    const group = this.#proActive[0];
    return group === undefined ? undefined : parityBytes(group, group.nextIndex);
  }

  /** The pro-active parity packet that leaves now. */
  shiftProActive(head: ParityHead): Uint8Array {
    const group = this.#proActive[0]!;
    group.proActive--;
    if (group.proActive === 0) this.#proActive.shift();
    return this.#packet(group, head);
  }

  /** How many groups owe parity that was asked for. */
  get waiting(): number {
    return this.#asked.size;
  }

  /** A NAK asks for `count` parity packets; gives whether that adds to what waits. */
  ask(now: Instant, group: TransmissionGroup, count: number): boolean {
    this.#asked.add(group);
    return group.ask(count, now + this.#rdataDelay);
  }

  /** A NAK asks for a packet of the group that parity is to bring; gives whether that adds to what waits. */
  askFor(now: Instant, group: TransmissionGroup, sqn: Sqn): boolean {
    this.#asked.add(group);
    return group.askFor(sqn, now + this.#rdataDelay);
  }

  /** The group whose on-demand parity may leave now. */
  #ready(now: Instant): TransmissionGroup | undefined {
    for (const group of this.#asked) {
      if (group.pending > 0 && group.proActive === 0 && group.readyAt <= now) return group;
    }
    return undefined;
  }

  /** The octets of the on-demand parity packet that is first in line, or `undefined` when none may leave now. */
  onDemandBytes(now: Instant): number | undefined {
    const group = this.#asked.size === 0 ? undefined : this.#ready(now);
    return group === undefined ? undefined : parityBytes(group, group.nextIndex);
  }

  /** When the next on-demand parity may leave that may not yet, or `NEVER`. */
  readyAfter(now: Instant): Instant {
    let next = NEVER;
    for (const { readyAt } of this.#asked) if (readyAt > now) next = Math.min(next, readyAt);
    return next;
  }

  /** The on-demand parity packet that leaves now. */
  shiftOnDemand(now: Instant, head: ParityHead): Uint8Array {
    const group = this.#ready(now)!;
    group.served();
    if (group.pending === 0) this.#asked.delete(group);
    return this.#packet(group, head);
  }

  /** Forgets the groups that the trailing edge has passed; gives how many of them still owed parity. */
  dropBefore(trail: Sqn): number {
    let expired = 0;
    for (const [first, group] of this.#groups) {
      if (!group.closed || !sqnBefore(group.last, trail)) break;
      this.#groups.delete(first);
      if (this.#proActive[0] === group) this.#proActive.shift();
      if (this.#asked.delete(group)) expired++;
    }
    return expired;
  }

  /** Sends nothing of what is asked for: no NAK is served any more. */
  clearRequests(): void {
    this.#asked.clear();
  }

  /** Sends no pro-active parity any more: the session is aborted. */
  stop(): void {
    this.#truncateAt = NEVER;
    for (const group of this.#proActive) group.proActive = 0;
    this.#proActive.length = 0;
  }

  #close(group: TransmissionGroup, proActive = this.config.proActive): void {
    this.#truncateAt = NEVER;
    group.close(proActive);
    if (group.proActive > 0) this.#proActive.push(group);
  }

  #packet(group: TransmissionGroup, head: ParityHead): Uint8Array {
    const bytes = parityPacket(group, group.nextIndex, head);
    this.#stats.parity++;
    if (group.takeIndex()) this.#stats.parityWrapped++;
    return bytes;
  }
}
