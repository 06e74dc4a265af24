/**
 * Transmission groups for tests: data packets, and the parity that belongs to them.
 *
 * @module
 */

import { type OptionValue, type PacketValue, padTsdu, ReedSolomon } from "../../engine/mod.ts";
import { encodedFragment } from "../../engine/wire/options.ts";
import type { Fragment } from "../../engine/wire/values.ts";
import { odata, spm } from "./rig.ts";

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

/** An SPM that offers parity. */
export function offer(
  fields: { sqn: number; lead: number; proActive?: boolean; onDemand?: boolean; tgSize?: number; currTgSize?: number },
): PacketValue {
  const { sqn, lead, proActive = false, onDemand = true, tgSize = 8, currTgSize } = fields;
  const options: OptionValue[] = [{ type: "PARITY_PRM", proActive, onDemand, tgSize }];
  if (currTgSize !== undefined) options.push({ type: "CURR_TGSIZE", size: currTgSize });
  return spm({ sqn, trail: 0, lead, options });
}
