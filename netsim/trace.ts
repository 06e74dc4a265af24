/**
 * What happened, as a rolling hash that is always on, and as records for observers. Two runs are the same when their
 * hashes are. Whether anybody observes does not change the hash.
 *
 * @module
 */

import type { Datagram } from "../engine/base/datagram.ts";
import type { Nla } from "../engine/base/nla.ts";
import type { Instant } from "../engine/base/time.ts";
import type { Attachment, Node } from "./topology.ts";

/**
 * What befell a datagram at an interface:
 *
 * - `send`: the node handed it to the interface; `forward`: the router did, on another's behalf;
 * - `deliver`: a copy reached the node. The detail says what became of it: empty when the endpoint got it,
 *   `intercept` when the interceptor was asked, `switch` when it was forwarded unseen;
 * - `drop`: the detail is the reason. On the way out or on a segment that is down, the interface is the sender's;
 * - `duplicate`, `corrupt`: an impairment of the interface did it; `corrupt` shows the datagram before.
 */
export type TraceKind = "send" | "forward" | "deliver" | "drop" | "duplicate" | "corrupt";

/** Every kind of record. */
const TRACE_KINDS: readonly TraceKind[] = ["send", "forward", "deliver", "drop", "duplicate", "corrupt"];

/** Is told what happens. Observers must not change the simulation. */
export interface TraceObserver {
  /** Something befell `datagram` at interface `iface` of `node`. */
  record(kind: TraceKind, time: Instant, node: Node, iface: number, datagram: Datagram, detail: string): void;
  /** A state transition of the software on a node; not part of the hash. */
  note?(time: Instant, node: Node, mark: string, a: number, b: number): void;
}

const DELIVERED = 1;
const DUPLICATED = 2;
const CORRUPTED = 3;

/** Who is told of one kind of record; a kind that nobody asked for costs a look. */
interface Told {
  /** Those who want every datagram. */
  readonly all: TraceObserver[];
  /** Those who want some classes of datagrams, by class. */
  readonly some: (TraceObserver[] | undefined)[];
  /** Datagrams of classes below this are looked at: infinity if somebody wants all, -1 if nobody wants any. */
  upTo: number;
}

/** The hash and the observers of one simulation. */
export class Trace {
  readonly #observers: TraceObserver[] = [];
  readonly #told: Readonly<Record<TraceKind, Told>> = {
    send: { all: [], some: [], upTo: -1 },
    forward: { all: [], some: [], upTo: -1 },
    deliver: { all: [], some: [], upTo: -1 },
    drop: { all: [], some: [], upTo: -1 },
    duplicate: { all: [], some: [], upTo: -1 },
    corrupt: { all: [], some: [], upTo: -1 },
  };
  readonly #lanes = Int32Array.of(0x243f_6a88, 0x85a3_08d3 | 0);
  readonly #texts = new Map<string, number>();
  #last: Datagram | undefined = undefined;
  #lastHash = 0;

  /**
   * Adds an observer of some kinds of records and of all notes; several are told in order of addition. If `classes` are
   * given, it is told of datagrams of these classes alone, and of those that were never classified: damaged copies.
   */
  observe(observer: TraceObserver, kinds: readonly TraceKind[] = TRACE_KINDS, classes?: readonly number[]): void {
    this.#observers.push(observer);
    for (const kind of kinds) {
      const told = this.#told[kind];
      if (classes === undefined) told.all.push(observer);
      else for (const index of classes) (told.some[index] ??= []).push(observer);
      told.upTo = told.all.length > 0 ? Infinity : told.some.length;
    }
  }

  /** One more event. */
  event(time: Instant, kind: number): void {
    this.#mix(time | 0);
    this.#mix((time / 0x1_0000_0000 | 0) * 8 + kind);
  }

  /** A datagram that a node hands to an interface. */
  transmitted(kind: "send" | "forward", time: Instant, from: Attachment, datagram: Datagram): void {
    this.#mix(this.#contentHash(datagram) ^ from.id);
    this.#record(this.#told[kind], kind, time, from, datagram, "");
  }

  /** A copy that reached a node. */
  delivered(time: Instant, to: Attachment, datagram: Datagram, detail: string): void {
    this.#mix(to.id * 8 + DELIVERED | 0);
    this.#record(this.#told.deliver, "deliver", time, to, datagram, detail);
  }

  /** A datagram or copy that is no more. */
  dropped(time: Instant, at: Attachment, datagram: Datagram, reason: string): void {
    this.#mix(at.id ^ this.#textHash(reason));
    this.#record(this.#told.drop, "drop", time, at, datagram, reason);
  }

  /** A further copy that an impairment makes. */
  duplicated(time: Instant, at: Attachment, datagram: Datagram): void {
    this.#mix(at.id * 8 + DUPLICATED | 0);
    this.#record(this.#told.duplicate, "duplicate", time, at, datagram, "");
  }

  /** A datagram whose octets an impairment changes to those of `corrupted`. */
  corrupted(time: Instant, at: Attachment, datagram: Datagram, corrupted: Datagram): void {
    this.#mix(at.id * 8 + CORRUPTED | 0);
    this.#mix(octetsHash(corrupted));
    this.#record(this.#told.corrupt, "corrupt", time, at, datagram, "");
  }

  /** A state transition of a node's software. */
  note(time: Instant, node: Node, mark: string, a: number, b: number): void {
    for (const observer of this.#observers) observer.note?.(time, node, mark, a, b);
  }

  /** The hash as 16 hexadecimal digits. */
  hash(): string {
    const [a, b] = this.#lanes;
    return (a! >>> 0).toString(16).padStart(8, "0") + (b! >>> 0).toString(16).padStart(8, "0");
  }

  /** The hash's first 32 bits. */
  hash32(): number {
    return this.#lanes[0]! >>> 0;
  }

  #record(
    told: Told,
    kind: TraceKind,
    time: Instant,
    at: Attachment,
    datagram: Datagram,
    detail: string,
  ): void {
    const index = datagram.memo.class;
    if (index >= told.upTo) return;
    const { all, some } = told;
    for (let i = 0; i < all.length; i++) all[i]!.record(kind, time, at.node, at.index, datagram, detail);
    if (index >= some.length) return;
    const observers = index < 0 ? new Set(some.flatMap((each) => each ?? [])) : some[index];
    if (observers === undefined) return;
    for (const observer of observers) observer.record(kind, time, at.node, at.index, datagram, detail);
  }

  #mix(value: number): void {
    const lanes = this.#lanes;
    const a = Math.imul(lanes[0]! ^ value, 0x9e37_79b1);
    lanes[0] = a ^ (a >>> 15);
    const b = Math.imul(lanes[1]! + value | 0, 0x85eb_ca77);
    lanes[1] = (b << 13) | (b >>> 19);
  }

  /** Covers octets, addresses, TTL and Router Alert. A fan-out asks for one datagram many times. */
  #contentHash(datagram: Datagram): number {
    if (datagram === this.#last) return this.#lastHash;
    let hash = mix(octetsHash(datagram), this.#textHash(datagram.source));
    hash = mix(hash, this.#textHash(datagram.destination));
    hash = mix(hash, datagram.ttl * 2 + (datagram.routerAlert ? 1 : 0));
    this.#last = datagram;
    this.#lastHash = hash;
    return hash;
  }

  /** Addresses and reasons are few. */
  #textHash(text: Nla | string): number {
    let hash = this.#texts.get(text);
    if (hash === undefined) {
      hash = text.length;
      for (let i = 0; i < text.length; i++) hash = mix(hash, text.charCodeAt(i));
      this.#texts.set(text, hash);
    }
    return hash;
  }
}

/** A 32-bit hash of the octets, computed once for all copies. Four lanes, because one would wait for its own products. */
function octetsHash(datagram: Datagram): number {
  const memo = datagram.memo;
  if (memo.hash >= 0) return memo.hash;
  const { bytes } = datagram;
  const { length } = bytes;
  let a = length;
  let b = 1;
  let c = 2;
  let d = 3;
  let at = 0;
  for (; at + 16 <= length; at += 16) {
    a = mix(a, word(bytes, at));
    b = mix(b, word(bytes, at + 4));
    c = mix(c, word(bytes, at + 8));
    d = mix(d, word(bytes, at + 12));
  }
  let hash = mix(mix(a, b), mix(c, d));
  for (; at < length; at++) hash = mix(hash, bytes[at]!);
  memo.hash = hash >>> 0;
  return memo.hash;
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function mix(hash: number, value: number): number {
  const h = Math.imul(hash ^ value, 0x9e37_79b1);
  return h ^ (h >>> 15);
}
