/**
 * The parity packets of a transmission group (RFC 3208, sections 11.2 and 11.3), whoever sends them: their numbers,
 * options and octets.
 *
 * @module
 */

import { type Sqn, sqnAdd } from "../base/sqn.ts";
import { encodePacket } from "../wire/encode.ts";
import { ENCODED_FRAGMENT_BYTES, encodedFragment, lengthOfOption } from "../wire/options.ts";
import type { DataValue, Fragment, OptionValue } from "../wire/values.ts";
import { codeFor } from "./codes.ts";
import { padTsdu, TSDU_LENGTH_BYTES } from "./variable_length.ts";

const DATA_HEADER = 24;
const OPT_LENGTH_BYTES = 4;

/** What a parity packet has of its session. */
export type ParityHead = Pick<DataValue, "type" | "sourcePort" | "destinationPort" | "gsi" | "trail">;

/** What of a data packet is encoded. */
export interface ParityTsdu {
  readonly payload: Uint8Array;
  /** Present on the pieces of a message that did not fit one packet. */
  readonly fragment: Fragment | undefined;
}

/** A group to which no data packet will be added. */
export interface WholeGroup {
  /** TG_SQN. */
  readonly first: Sqn;
  /** PARITY_PRM_TGS: the size that was advertised. */
  readonly maxSize: number;
  /** All of its data packets, in order; at least one, at most `maxSize`. */
  readonly tsdus: readonly ParityTsdu[];
  /** Whether OPT_SYN is on a packet of it. */
  readonly syn: boolean;
  /** Whether OPT_FIN is on a packet of it. */
  readonly fin: boolean;
}

/** The octets of a parity packet of a group. */
export function parityBytes(group: WholeGroup, index: number): number {
  const options = parityOptions(group, index, new Uint8Array(ENCODED_FRAGMENT_BYTES));
  const optionBytes = options.reduce((sum, option) => sum + lengthOfOption(option), OPT_LENGTH_BYTES);
  return DATA_HEADER + (options.length === 0 ? 0 : optionBytes) + blockLength(group);
}

/** A parity packet of a group; `index` is below 255 less the packets of the group. */
export function parityPacket(group: WholeGroup, index: number, head: ParityHead): Uint8Array {
  const length = blockLength(group);
  const payload = encode(group, blocks(group, length), index);
  const fragment = hasFragments(group) ? encode(group, fragmentBlocks(group), index) : new Uint8Array(0);
  return encodePacket({
    ...head,
    parity: true,
    ...(isVariable(group) ? { varPktlen: true as const } : {}),
    sqn: sqnAdd(group.first, index % group.maxSize),
    payload,
    options: parityOptions(group, index, fragment),
  });
}

function parityOptions(group: WholeGroup, index: number, fragment: Uint8Array): OptionValue[] {
  const options: OptionValue[] = [];
  const { length } = group.tsdus;
  if (length < group.maxSize) options.push({ type: "CURR_TGSIZE", size: length });
  if (hasFragments(group)) options.push({ type: "ENCODED_FRAGMENT", octets: fragment });
  const parityGroup = Math.floor(index / group.maxSize);
  if (parityGroup > 0) options.push({ type: "PARITY_GRP", group: parityGroup });
  if (group.syn) options.push({ type: "SYN" });
  if (group.fin) options.push({ type: "FIN" });
  return options;
}

function encode(group: WholeGroup, data: readonly Uint8Array[], index: number): Uint8Array {
  const parity = new Uint8Array(data[0]!.length);
  codeFor(group.tsdus.length).encode(data, index, [parity]);
  return parity;
}

function isVariable({ tsdus }: WholeGroup): boolean {
  const { length } = tsdus[0]!.payload;
  return tsdus.some(({ payload }) => payload.length !== length);
}

function hasFragments({ tsdus }: WholeGroup): boolean {
  return tsdus.some(({ fragment }) => fragment !== undefined);
}

/** The length of the group's parity. */
function blockLength(group: WholeGroup): number {
  const longest = group.tsdus.reduce((most, { payload }) => Math.max(most, payload.length), 0);
  return longest + (isVariable(group) ? TSDU_LENGTH_BYTES : 0);
}

/** What is encoded for each packet. */
function blocks(group: WholeGroup, length: number): Uint8Array[] {
  if (!isVariable(group)) return group.tsdus.map(({ payload }) => payload);
  return group.tsdus.map(({ payload }) => {
    const block = new Uint8Array(length);
    padTsdu(payload, block);
    return block;
  });
}

function fragmentBlocks({ tsdus }: WholeGroup): Uint8Array[] {
  return tsdus.map(({ fragment }) => encodedFragment(fragment));
}
