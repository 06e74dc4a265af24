/**
 * Numbers for packets and transmission groups, to keep books by: making a text of each packet's session costs more than
 * the books.
 *
 * @module
 */

import { formatTsi, OptionType, type PacketView, type Sqn } from "../../engine/mod.ts";

const SQNS = 0x1_0000_0000;
/** Of each session: its sequence numbers, then its groups. */
const KEYS = 2 * SQNS;
/** The key of parity while it is not known what groups there are. */
export const NO_KEY = -1;

/** Numbers packets and groups of any sessions; sessions in the order in which they are met. */
export class PacketKeys {
  readonly #sessions = new Map<string, number>();
  /** PARITY_PRM_TGS of each session, as it was first told. */
  readonly #sizes: (number | undefined)[] = [];
  #gsi = -1;
  #port = -1;
  #session = 0;

  /**
   * The key of a number that a packet bears: of the packet `sqn` of its session or, if it is about parity, of the group
   * that `sqn` is in.
   */
  of(view: PacketView, sqn: Sqn): number {
    return view.parity ? this.groupOf(view, sqn) : this.session(view) * KEYS + sqn;
  }

  /** The key of the group that a number is in; `NO_KEY` while it is not known what groups there are. */
  groupOf(view: PacketView, sqn: Sqn): number {
    const session = this.session(view);
    const size = this.#sizes[session];
    return size === undefined ? NO_KEY : session * KEYS + SQNS + sqn - sqn % size;
  }

  /** How many packets a number that a packet bears asks for: 1, or more if it is about parity. */
  count(view: PacketView, sqn: Sqn): number {
    return view.parity ? sqn % (this.#sizes[this.session(view)] ?? 1) + 1 : 1;
  }

  /** The size of the groups of a packet's session; 0 while it is not known. */
  groupSize(view: PacketView): number {
    return this.#sizes[this.session(view)] ?? 0;
  }

  /** The keys of the single packets of a parity packet's group. */
  membersOf(view: PacketView): number[] {
    const session = this.session(view);
    const size = this.#sizes[session] ?? 0;
    const first = session * KEYS + view.sqn - view.sqn % size;
    return Array.from({ length: size }, (_, i) => first + i);
  }

  /** The number of the session that a packet belongs to. */
  session(view: PacketView): number {
    // Most packets belong to the session of the one before.
    if (view.gsi !== this.#gsi || view.sessionPort !== this.#port) this.#find(view.gsi, view.sessionPort);
    return this.#session;
  }

  /** Takes note of an SPM: it may tell what groups there are. The first one holds. */
  learn(view: PacketView): void {
    if (!view.hasOption(OptionType.PARITY_PRM)) return;
    const { tgSize } = view.option("PARITY_PRM")!;
    if (tgSize >= 2 && tgSize <= 128) this.#sizes[this.session(view)] ??= tgSize;
  }

  #find(gsi: number, port: number): void {
    const tsi = formatTsi({ gsi, port });
    const known = this.#sessions.get(tsi);
    this.#session = known ?? this.#sessions.size;
    if (known === undefined) this.#sessions.set(tsi, this.#session);
    this.#gsi = gsi;
    this.#port = port;
  }
}
