/**
 * Transmission groups for tests: data packets, and the parity that belongs to them.
 *
 * @module
 */

import { type OptionValue, type PacketValue, padTsdu, type ReceiverConfig, ReedSolomon } from "../../engine/mod.ts";
import { encodedFragment } from "../../engine/wire/options.ts";
import type { Fragment } from "../../engine/wire/values.ts";
import { receiverBench } from "./benches.ts";
import { odata, only, spm } from "./rig.ts";

/** The payload of a packet: `length` octets that tell it from others. */
export function payloadOf(sqn: number, length = 20): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => sqn * 31 + i * 7);
}

/** Data packets from `first` on, one for each length; `fragments` has their OPT_FRAGMENT, by place in the group. */
export function groupOf(first: number, lengths: readonly number[], fragments: Fragments = {}): PacketValue[] {
  return lengths.map((length, i) => {
    const fragment = fragments[i];
    const options: OptionValue[] = fragment === undefined ? [] : [{ type: "FRAGMENT", ...fragment }];
    return odata({ sqn: first + i, payload: payloadOf(first + i, length), options });
  });
}

/** What OPT_FRAGMENT says of the packets of a group that have it, by place in the group. */
export type Fragments = Readonly<Record<number, Fragment>>;

/** What a parity packet is made of. */
export interface ParityOf {
  /** TG_SQN. */
  readonly first: number;
  /** The lengths of the data packets. */
  readonly lengths: readonly number[];
  readonly index: number;
  /** PARITY_PRM_TGS. */
  readonly tgSize?: number;
  readonly type?: "ODATA" | "RDATA";
  readonly options?: readonly OptionValue[];
  readonly fragments?: Fragments;
}

/** A parity packet of the group that {@link groupOf} gives. */
export function parity(of: ParityOf): PacketValue {
  const { first, lengths, index, tgSize = 8, type = "RDATA", options = [], fragments } = of;
  const data = lengths.map((length, i) => payloadOf(first + i, length));
  const isVariable = new Set(lengths).size > 1;
  const longest = Math.max(...lengths) + (isVariable ? 2 : 0);
  const blocks = data.map((payload) => {
    if (!isVariable) return payload;
    const block = new Uint8Array(longest);
    padTsdu(payload, block);
    return block;
  });
  const payload = new Uint8Array(longest);
  new ReedSolomon(lengths.length).encode(blocks, index, [payload]);
  const all: OptionValue[] = [...options];
  if (lengths.length < tgSize) all.push({ type: "CURR_TGSIZE", size: lengths.length });
  if (index >= tgSize) all.push({ type: "PARITY_GRP", group: Math.floor(index / tgSize) });
  if (fragments !== undefined) {
    const octets = new Uint8Array(13);
    new ReedSolomon(lengths.length).encode(lengths.map((_, i) => encodedFragment(fragments[i])), index, [octets]);
    all.push({ type: "ENCODED_FRAGMENT", octets });
  }
  const flags = isVariable ? { varPktlen: true as const } : {};
  return {
    ...odata({ sqn: first + index % tgSize, payload, options: all, parity: true, ...flags }),
    type,
  } as PacketValue;
}

/** What an SPM that offers parity says. */
export interface Offered {
  readonly sqn: number;
  readonly lead: number;
  readonly proActive?: boolean;
  readonly onDemand?: boolean;
  readonly tgSize?: number;
  readonly currTgSize?: number;
}

/** An SPM that offers parity. */
export function offer(fields: Offered): PacketValue {
  const { sqn, lead, proActive = false, onDemand = true, tgSize = 8, currTgSize } = fields;
  const options: OptionValue[] = [{ type: "PARITY_PRM", proActive, onDemand, tgSize }];
  if (currTgSize !== undefined) options.push({ type: "CURR_TGSIZE", size: currTgSize });
  return spm({ sqn, trail: 0, lead, options });
}

/** The lengths of a full group of eight. */
export const EIGHT: readonly number[] = new Array<number>(8).fill(20);

/** A receiver that has heard what is offered and nothing else. */
export function parityBench(config: Partial<ReceiverConfig> = {}, offered: Partial<Offered> = {}, seed = 1) {
  const made = receiverBench({ nakNcfRetries: 2, ...config }, seed);
  const { rig } = made;
  rig.hears(offer({ sqn: 1, lead: 0xffff_ffff, ...offered }));
  /** Hears packets, but for those of some numbers. */
  const hears = (packets: readonly PacketValue[], ...lost: number[]) => {
    for (const packet of packets) if (!("sqn" in packet) || !lost.includes(packet.sqn)) rig.hears(packet);
  };
  /** Hears parity of a full group of eight. */
  const hearsParity = (first: number, ...indexes: number[]) => {
    for (const index of indexes) rig.hears(parity({ first, lengths: EIGHT, index }));
  };
  /** The NAKs since the last look, as `TG+COUNT` or `SQN`. */
  const naks = (tgSize = 8) =>
    only(rig.said(), "NAK").map(({ sqn, parity: isParity }) => {
      return isParity ? `${sqn - sqn % tgSize}+${sqn % tgSize + 1}` : `${sqn}`;
    });
  const stats = () => rig.endpoint.stats;
  /** What is kept, octets. */
  const held = () => rig.endpoint.sessions[0]!.gauges(rig.now)!.bufferedBytes;
  return { ...made, hears, hearsParity, naks, stats, held };
}
