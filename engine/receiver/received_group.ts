/**
 * A transmission group at a receiver (RFC 3208, section 11.5): the data and parity that came of it, and what follows
 * from them. Any packets of the group, as many as it has data packets, give all of its data.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Slab } from "../base/slab.ts";
import { type Sqn, sqnAdd } from "../base/sqn.ts";
import { codeFor } from "../fec/codes.ts";
import { MAX_FEC_BLOCK } from "../fec/reed_solomon.ts";
import { cutTsdu, padTsdu, TSDU_LENGTH_BYTES } from "../fec/variable_length.ts";
import { OptionType, PacketType } from "../wire/constants.ts";
import { encodeData } from "../wire/encode.ts";
import { isPossibleFragment } from "../wire/option_scan.ts";
import { decodedFragment, ENCODED_FRAGMENT_BYTES, encodedFragment } from "../wire/options.ts";
import { PacketView, ParseError } from "../wire/packet_view.ts";
import type { Fragment } from "../wire/values.ts";
import type { ReceiveBudget } from "./receive_budget.ts";
import { HELD_OVERHEAD_BYTES } from "./receive_window.ts";

/** What became of a parity packet: what it says contradicts the group, or it came before, or there is no room. */
export type ParityFate = "kept" | "duplicate" | "contradictory" | "no-room";

/** The packets of one group; what they cost is charged to the budget. */
export class ReceivedGroup {
  /** TG_SQN. */
  readonly first: Sqn;
  /** Whether all of it was received or recovered: nothing is kept any more. */
  done = false;
  /** Whether parity has recovered something of it. */
  helped = false;
  readonly #maxSize: number;
  readonly #budget: ReceiveBudget;
  readonly #data: (PacketView | undefined)[];
  /**
   * By shape, then by parity index. Parity of two shapes is not of the same data, and nothing tells which of them is:
   * each is kept for itself, so that a false packet does not keep the true ones from being enough.
   */
  readonly #parity = new Map<number, Map<number, PacketView>>();
  #dataCount = 0;
  /** One past the newest packet that came. */
  #end = 0;
  #size: number | undefined = undefined;
  #cost = 0;

  /** Nothing came of the group yet. */
  constructor(first: Sqn, maxSize: number, budget: ReceiveBudget) {
    this.first = first;
    this.#maxSize = maxSize;
    this.#budget = budget;
    this.#data = new Array<PacketView | undefined>(maxSize).fill(undefined);
    this.#charge(HELD_OVERHEAD_BYTES);
  }

  /** How many data packets it has, once that is known. */
  get size(): number | undefined {
    return this.#size;
  }

  /** What its packets cost, octets. */
  get cost(): number {
    return this.#cost;
  }

  /** How many packets are kept that go together. */
  get packets(): number {
    return this.#dataCount + this.#shelf.size;
  }

  /** How many packets to ask for: as if the group were full, and not those that parity in hand makes up for. */
  get wanted(): number {
    return Math.max(1, this.#maxSize - this.packets);
  }

  /** Whether what is there gives the rest. */
  get decodable(): boolean {
    return !this.done && this.#size !== undefined && this.#shelf.size > 0 && this.packets >= this.#size;
  }

  /** Whether all parity is there that the code has, and not enough: of 128 packets, none came. */
  get exhausted(): boolean {
    return !this.decodable && this.#size !== undefined && this.#shelf.size === MAX_FEC_BLOCK - this.#size;
  }

  /** Learns how many data packets there are; gives whether that can be. */
  learnSize(size: number): boolean {
    if (this.#size !== undefined) return this.#size === size;
    if (size > this.#maxSize || size < this.#end) return false;
    this.#size = size;
    return true;
  }

  /** Keeps a data packet, if there is room: it may help to recover others. */
  addData(view: PacketView): void {
    const at = view.sqn & (this.#maxSize - 1);
    if (this.#size === undefined) this.#end = Math.max(this.#end, at + 1);
    else if (at >= this.#size) return;
    if (this.done || this.#data[at] !== undefined || !this.#takes(view)) return;
    this.#data[at] = view;
    this.#dataCount++;
    if (this.#dataCount === (this.#size ?? this.#maxSize)) this.finish();
  }

  /** Keeps a parity packet. */
  addParity(view: PacketView): ParityFate {
    const index = (view.option("PARITY_GRP")?.group ?? 0) * this.#maxSize + (view.sqn & (this.#maxSize - 1));
    const size = view.option("CURR_TGSIZE")?.size ?? this.#maxSize;
    if (size > this.#maxSize || index >= MAX_FEC_BLOCK - size || !this.#fits(view)) return "contradictory";
    if (!this.learnSize(size)) return "contradictory";
    const shelf = this.#parity.get(shapeOf(view)) ?? new Map<number, PacketView>();
    if (this.done || shelf.has(index)) return "duplicate";
    if (!this.#takes(view)) return "no-room";
    this.#parity.set(shapeOf(view), shelf.set(index, view));
    return "kept";
  }

  /** All of it is resolved: keeps nothing any more. */
  finish(): void {
    this.done = true;
    this.#data.fill(undefined);
    this.#dataCount = 0;
    this.#parity.clear();
    this.#charge(HELD_OVERHEAD_BYTES - this.#cost);
  }

  /** Gives back what it costs: it is forgotten. */
  drop(): void {
    this.finish();
    this.#charge(-this.#cost);
  }

  /**
   * The data packets that are missing, as RDATA with the trailing edge `trail`, in order; `undefined` if the parity is
   * not of this data, as far as that can be told: then the parity is dropped.
   */
  decode(slab: Slab, trail: Sqn): PacketView[] | undefined {
    assert(this.decodable, "too little is there to decode");
    const views = this.#decode(slab, trail);
    if (views !== undefined) return views;
    const shelf = this.#shelf;
    for (const { bytes } of shelf.values()) this.#charge(-bytes.length - HELD_OVERHEAD_BYTES);
    for (const [shape, each] of this.#parity) if (each === shelf) this.#parity.delete(shape);
    return undefined;
  }

  #decode(slab: Slab, trail: Sqn): PacketView[] | undefined {
    const model: PacketView = this.#shelf.values().next().value!;
    const length = model.tsduLength;
    if (!this.#data.every((view) => view === undefined || isCovered(view, model))) return undefined;
    const payloads = this.#interpolate(
      length,
      (view) => block(view, length, model.varPktlen),
      (view) => view.payload(),
    );
    const fragments = model.hasOption(OptionType.FRAGMENT)
      ? this.#interpolate(ENCODED_FRAGMENT_BYTES, (view) => encodedFragment(view.fragment()), encodedOctets)
      : undefined;
    const views: PacketView[] = [];
    for (let at = 0, next = 0; at < this.#size!; at++) {
      if (this.#data[at] !== undefined) continue;
      const payload = model.varPktlen ? cutTsdu(payloads[next]!) : payloads[next]!;
      const fragment = fragments === undefined ? undefined : decodedFragment(fragments[next]!);
      next++;
      const sqn = sqnAdd(this.first, at);
      if (payload === undefined || fragment === null || !isPossible(sqn, payload, fragment)) return undefined;
      views.push(this.#view(slab, { model, sqn, trail, payload, fragment }));
    }
    return views;
  }

  /** Recovers something of the packets that are missing, from the same of the others. */
  #interpolate(
    length: number,
    ofData: (view: PacketView) => Uint8Array,
    ofParity: (view: PacketView) => Uint8Array,
  ): Uint8Array[] {
    const size = this.#size!;
    const data: (Uint8Array | undefined)[] = [];
    const recovered: Uint8Array[] = [];
    for (let at = 0; at < size; at++) {
      const view = this.#data[at];
      if (view === undefined) recovered.push(new Uint8Array(length));
      data.push(view === undefined ? undefined : ofData(view));
    }
    codeFor(size).decode(data, [...this.#shelf.values()].map(ofParity), [...this.#shelf.keys()], recovered);
    return recovered;
  }

  /** A recovered packet, as its repair would have been. OPT_SYN and OPT_FIN on parity are those of the ends (11.2). */
  #view(
    slab: Slab,
    packet: {
      readonly model: PacketView;
      readonly sqn: Sqn;
      readonly trail: Sqn;
      readonly payload: Uint8Array;
      readonly fragment: Fragment | undefined;
    },
  ): PacketView {
    const { model, sqn, trail, payload, fragment } = packet;
    const view = new PacketView(encodeData(slab, {
      type: PacketType.RDATA,
      gsi: model.gsi,
      sourcePort: model.sessionPort,
      destinationPort: model.groupPort,
      sqn,
      trail,
      payload,
      fragment,
      syn: model.hasOption(OptionType.SYN) && sqn === this.first,
      fin: model.hasOption(OptionType.FIN) && sqn === sqnAdd(this.first, this.#size! - 1),
    }));
    assert(view.error === ParseError.None, "a recovered packet is well-formed");
    return view;
  }

  /** The parity of one shape of which there is most. */
  get #shelf(): ReadonlyMap<number, PacketView> {
    let most = NO_PARITY;
    for (const shelf of this.#parity.values()) if (shelf.size > most.size) most = shelf;
    return most;
  }

  /** Whether a parity packet may be of the data in hand. */
  #fits(view: PacketView): boolean {
    if (view.varPktlen && view.tsduLength < TSDU_LENGTH_BYTES) return false;
    return this.#data.every((other) => other === undefined || isCovered(other, view));
  }

  /** Takes room for a packet, if there is. */
  #takes(view: PacketView): boolean {
    const cost = view.bytes.length + HELD_OVERHEAD_BYTES;
    if (cost > this.#budget.bytes) return false;
    this.#charge(cost);
    return true;
  }

  #charge(bytes: number): void {
    this.#cost += bytes;
    this.#budget.bytes -= bytes;
  }
}

const NO_PARITY: ReadonlyMap<number, PacketView> = new Map();

/** What all parity packets of a group have in common. */
function shapeOf(view: PacketView): number {
  return view.tsduLength * 4 + (view.varPktlen ? 2 : 0) + (view.hasOption(OptionType.FRAGMENT) ? 1 : 0);
}

/** Whether parity can be of a data packet: its length is that, or has room for it, and so do its options (11.2). */
function isCovered(data: PacketView, parity: PacketView): boolean {
  if (data.hasOption(OptionType.FRAGMENT) && !parity.hasOption(OptionType.FRAGMENT)) return false;
  if (!parity.varPktlen) return data.tsduLength === parity.tsduLength;
  return data.tsduLength <= parity.tsduLength - TSDU_LENGTH_BYTES;
}

/** What is encoded for a data packet. */
function block(view: PacketView, length: number, isVariable: boolean): Uint8Array {
  if (!isVariable) return view.payload();
  const padded = new Uint8Array(length);
  padTsdu(view.payload(), padded);
  return padded;
}

function encodedOctets(view: PacketView): Uint8Array {
  return view.option("ENCODED_FRAGMENT")!.octets;
}

function isPossible(sqn: Sqn, payload: Uint8Array, fragment: Fragment | undefined): boolean {
  if (fragment === undefined) return true;
  return isPossibleFragment(sqn, payload.length, fragment.firstSqn, fragment.offset, fragment.apduLength);
}
