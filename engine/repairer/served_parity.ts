/**
 * The parity that a repairer makes for one session (RFC 3208, section 11.7): of which transmission groups it has all
 * packets, and which indexes are fresh.
 *
 * The source counts its indexes up from 0, and what it sent unasked has the first of them. Who asks a repairer may have
 * heard any of these, and those of other repairers: so each repairer counts down, from a number of its own in the upper
 * half of what the code has (docs/decisions/0012).
 *
 * @module
 */

import type { Prng } from "../base/prng.ts";
import { type Sqn, sqnAdd, sqnBefore } from "../base/sqn.ts";
import { tgSqn } from "../fec/groups.ts";
import type { ParityTsdu, WholeGroup } from "../fec/parity_packets.ts";
import { MAX_FEC_BLOCK } from "../fec/reed_solomon.ts";
import { OptionType } from "../wire/constants.ts";
import { PacketView } from "../wire/packet_view.ts";

/** The transmission groups of one session. */
export class ServedParity {
  readonly #tgSize: number;
  /** How far below the highest index it begins, in 2^-33 of all indexes. */
  readonly #start: number;
  /** The sizes of truncated groups, about in order. */
  readonly #sizes = new Map<Sqn, number>();
  /** How many indexes of a group were taken, about in order. */
  readonly #taken = new Map<Sqn, number>();
  /** The group that was asked for last: it is read once for all requests that come together. */
  #latest: WholeGroup | undefined = undefined;

  /** Nothing is known yet of groups of at most `tgSize` packets. */
  constructor(tgSize: number, random: Prng) {
    this.#tgSize = tgSize;
    this.#start = random.u32();
  }

  /** How many groups something is remembered of. */
  get groups(): number {
    return new Set([...this.#sizes.keys(), ...this.#taken.keys()]).size;
  }

  /** TG_SQN of a number. */
  groupOf(sqn: Sqn): Sqn {
    return tgSqn(sqn, this.#tgSize);
  }

  /** Numbers from `first` on, to the end of its group, are never sent. */
  skipped(first: Sqn): void {
    const group = this.groupOf(first);
    this.#sizes.set(group, first - group);
  }

  /** The group that begins at `first`, if `packetOf` has all of it. */
  whole(first: Sqn, packetOf: (sqn: Sqn) => Uint8Array | undefined): WholeGroup | undefined {
    const size = this.#sizes.get(first) ?? this.#tgSize;
    const packets: Uint8Array[] = [];
    for (let at = 0; at < size; at++) {
      const packet = packetOf(sqnAdd(first, at));
      if (packet === undefined) return undefined;
      packets.push(packet);
    }
    if (this.#latest?.first === first && this.#latest.tsdus.length === size) return this.#latest;
    const tsdus: ParityTsdu[] = [];
    let [syn, fin] = [false, false];
    for (const view of packets.map((packet) => new PacketView(packet))) {
      tsdus.push({ payload: view.payload(), fragment: view.fragment() });
      syn ||= view.hasOption(OptionType.SYN);
      fin ||= view.hasOption(OptionType.FIN);
    }
    this.#latest = { first, maxSize: this.#tgSize, tsdus, syn, fin };
    return this.#latest;
  }

  /** Takes the index of the next parity packet of a group. When all were used, they begin anew. */
  takeIndex({ first, tsdus }: WholeGroup): number {
    const taken = this.#taken.get(first) ?? 0;
    this.#taken.set(first, taken + 1);
    const all = MAX_FEC_BLOCK - tsdus.length;
    const above = Math.floor(this.#start / 0x1_0000_0000 * (all / 2));
    return all - 1 - (above + taken) % all;
  }

  /** Forgets the groups that the trailing edge has passed. */
  dropBefore(trail: Sqn): void {
    if (this.#latest !== undefined && sqnBefore(this.#latest.first, trail)) this.#latest = undefined;
    for (const groups of [this.#sizes, this.#taken]) {
      for (const first of groups.keys()) {
        if (!sqnBefore(sqnAdd(first, this.#tgSize - 1), trail)) break;
        groups.delete(first);
      }
    }
  }
}
