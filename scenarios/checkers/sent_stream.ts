/**
 * What a source was given to send, as receivers must get it.
 *
 * @module
 */

import { type Instant, type Sqn, sqnAdd, sqnDistance } from "../../engine/mod.ts";
import { payload } from "../run/payload.ts";

const CHECKED_SLOTS = 1024;

/** What one source has submitted. Offsets count packets from its first. */
export class SentStream {
  readonly stream: number;
  /** The node. */
  readonly name: string;
  /** The group and port that it sends to. */
  readonly group: string;
  readonly firstSqn: Sqn;
  /** Whether every receiver that was there before is owed it, even if it has heard nothing of it. */
  readonly expected: boolean;
  /** Index of the message that each sequence number belongs to. */
  readonly #messageAt: number[] = [];
  /** Per message: the offset of its first packet, and its length in octets. */
  readonly #offset: number[] = [];
  readonly #length: number[] = [];
  /** Payload objects found right, so that a payload shared by a thousand receivers is compared once. */
  readonly #checked: (Uint8Array | undefined)[] = new Array<Uint8Array | undefined>(CHECKED_SLOTS).fill(undefined);

  /** When a receiver last delivered, or reported lost, something of it. */
  resolvedAt: Instant = 0;
  /** Whether the source is gone: what is missing of it will not come. */
  ended = false;
  /** Whether the application closed the session: what it submitted before is all there is. */
  closed = false;
  /** Whether OPT_FIN and OPT_RST were ever on a packet of the session. */
  finSent = false;
  rstSent = false;
  /** Packets that were put on the network. */
  transmitted = 0;
  #owed: number | undefined = undefined;
  /** Numbers that were never given, after truncated transmission groups: at which offset, and how many before. */
  readonly #gaps: { readonly offset: number; readonly before: number; readonly skipped: number }[] = [];
  #skipped = 0;

  /** The message that was found right last. */
  #foundSqn: Sqn = 0;
  #foundOctets: Uint8Array | undefined = undefined;
  #foundSpan = { from: 0, to: 0 };

  constructor(stream: number, name: string, group: string, firstSqn: Sqn, expected = true) {
    this.stream = stream;
    this.name = name;
    this.group = group;
    this.firstSqn = firstSqn;
    this.expected = expected;
  }

  /** The next message begins with `sqn`: numbers before it that were not given to packets never are. */
  goesOnAt(sqn: Sqn): void {
    const skipped = sqnDistance(this.firstSqn, sqn) - this.packets - this.#skipped;
    if (skipped <= 0) return;
    this.#gaps.push({ offset: this.packets, before: this.#skipped, skipped });
    this.#skipped += skipped;
  }

  /** The offset of a number; of one that was skipped, that of the next. */
  offsetOf(sqn: Sqn): number {
    const distance = sqnDistance(this.firstSqn, sqn);
    for (let i = this.#gaps.length - 1; i >= 0; i--) {
      const { offset, before, skipped } = this.#gaps[i]!;
      const passed = distance - before - offset;
      if (passed >= 0) return distance - before - Math.min(passed, skipped);
    }
    return distance;
  }

  /** The number of the packet at an offset. */
  sqnAt(offset: number): Sqn {
    let skipped = 0;
    for (const gap of this.#gaps) if (gap.offset <= offset) skipped = gap.before + gap.skipped;
    return sqnAdd(this.firstSqn, offset + skipped);
  }

  /** Packets submitted. */
  get packets(): number {
    return this.#messageAt.length;
  }

  /** Packets that were or will be put on the network: all, unless the session was aborted. */
  get available(): number {
    return this.aborted ? this.transmitted : this.packets;
  }

  /** Packets that a receiver has to get or report: those of whole messages that were or will be sent. */
  get owed(): number {
    return this.#owed ?? this.packets;
  }

  /** Whether the session was aborted. */
  get aborted(): boolean {
    return this.#owed !== undefined;
  }

  /** Messages submitted. */
  get messages(): number {
    return this.#offset.length;
  }

  /** Notes the next message. */
  sent(length: number, packets: number): void {
    const index = this.#offset.length;
    this.#offset.push(this.#messageAt.length);
    this.#length.push(length);
    for (let i = 0; i < packets; i++) this.#messageAt.push(index);
  }

  /** Takes the newest message back: it was refused. */
  unsend(): void {
    this.#messageAt.length = this.#offset.pop()!;
    this.#length.pop();
  }

  /** Notes that the source is done with what it has transmitted: the rest is owed to nobody. */
  abort(): void {
    const last = this.messageOf(this.transmitted - 1);
    const end = last < 0 ? 0 : this.endOf(last);
    this.#owed = end <= this.transmitted ? end : this.#offset[last]!;
  }

  /** The message that begins at `offset`, or -1. */
  messageAt(offset: number): number {
    const index = this.#messageAt[offset] ?? -1;
    return index >= 0 && this.#offset[index] === offset ? index : -1;
  }

  /** The message that the packet at `offset` belongs to, or -1. */
  messageOf(offset: number): number {
    return this.#messageAt[offset] ?? -1;
  }

  /** The offset one past the last packet of message `index`. */
  endOf(index: number): number {
    return this.#offset[index + 1] ?? this.#messageAt.length;
  }

  /** Whether a message that is owed begins at `offset` or later. */
  owesFrom(offset: number): boolean {
    const last = this.messageOf(this.owed - 1);
    return last >= 0 && this.#offset[last]! >= offset;
  }

  /** The octets of message `index`. */
  lengthOf(index: number): number {
    return this.#length[index]!;
  }

  /** Notes a message that a receiver got and that was found right: the others that get it now are checked against it. */
  found(firstSqn: Sqn, octets: Uint8Array, span: { readonly from: number; readonly to: number }): void {
    this.#foundSqn = firstSqn;
    this.#foundOctets = octets;
    this.#foundSpan = span;
  }

  /** Where the message lies that was found right last, if it is this one. */
  spanOf(firstSqn: Sqn, octets: Uint8Array): { readonly from: number; readonly to: number } | undefined {
    return octets === this.#foundOctets && firstSqn === this.#foundSqn ? this.#foundSpan : undefined;
  }

  /** Whether `octets` are those of message `index`. */
  matches(index: number, octets: Uint8Array): boolean {
    const slot = index % CHECKED_SLOTS;
    if (this.#checked[slot] === octets) return true;
    if (octets.length !== this.#length[index]) return false;
    const expected = payload(this.stream, index, octets.length);
    for (let i = 0; i < octets.length; i++) if (octets[i] !== expected[i]) return false;
    this.#checked[slot] = octets;
    return true;
  }
}
