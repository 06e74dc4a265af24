/**
 * The parity packets of a source (RFC 3208, sections 11.2 and 11.3): their numbers, options and octets.
 *
 * @module
 */

import { sqnAdd } from "../base/sqn.ts";
import { codeFor } from "../fec/codes.ts";
import { padTsdu, TSDU_LENGTH_BYTES } from "../fec/variable_length.ts";
import { encodePacket } from "../wire/encode.ts";
import { ENCODED_FRAGMENT_BYTES, encodedFragment, lengthOfOption } from "../wire/options.ts";
import type { DataValue, OptionValue } from "../wire/values.ts";
import type { TransmissionGroup } from "./transmission_group.ts";

const DATA_HEADER = 24;
const OPT_LENGTH_BYTES = 4;

/** What a parity packet has of its session. */
export type ParityHead = Pick<DataValue, "type" | "sourcePort" | "destinationPort" | "gsi" | "trail">;

/** The octets of the next parity packet of a group. */
export function parityBytes(group: TransmissionGroup, maxSize: number): number {
  const options = parityOptions(group, maxSize, new Uint8Array(ENCODED_FRAGMENT_BYTES));
  const optionBytes = options.reduce((sum, option) => sum + lengthOfOption(option), OPT_LENGTH_BYTES);
  return DATA_HEADER + (options.length === 0 ? 0 : optionBytes) + blockLength(group);
}

/** The next parity packet of a group whose advertised size is `maxSize`. */
export function parityPacket(group: TransmissionGroup, maxSize: number, head: ParityHead): Uint8Array {
  const index = group.nextIndex;
  const length = blockLength(group);
  const payload = encode(group, blocks(group, length), index);
  const fragment = hasFragments(group) ? encode(group, fragmentBlocks(group), index) : new Uint8Array(0);
  return encodePacket({
    ...head,
    parity: true,
    ...(isVariable(group) ? { varPktlen: true as const } : {}),
    sqn: sqnAdd(group.first, index % maxSize),
    payload,
    options: parityOptions(group, maxSize, fragment),
  });
}

function parityOptions(group: TransmissionGroup, maxSize: number, fragment: Uint8Array): OptionValue[] {
  const options: OptionValue[] = [];
  if (group.truncated) options.push({ type: "CURR_TGSIZE", size: group.size });
  if (hasFragments(group)) options.push({ type: "ENCODED_FRAGMENT", octets: fragment });
  const parityGroup = Math.floor(group.nextIndex / maxSize);
  if (parityGroup > 0) options.push({ type: "PARITY_GRP", group: parityGroup });
  if (group.syn) options.push({ type: "SYN" });
  if (group.fin) options.push({ type: "FIN" });
  return options;
}

function encode(group: TransmissionGroup, data: readonly Uint8Array[], index: number): Uint8Array {
  const parity = new Uint8Array(data[0]!.length);
  codeFor(group.size).encode(data, index, [parity]);
  return parity;
}

function isVariable({ tsdus }: TransmissionGroup): boolean {
  const { length } = tsdus[0]!.payload;
  return tsdus.some(({ payload }) => payload.length !== length);
}

function hasFragments({ tsdus }: TransmissionGroup): boolean {
  return tsdus.some(({ fragment }) => fragment !== undefined);
}

/** The length of the group's parity. */
function blockLength(group: TransmissionGroup): number {
  const longest = group.tsdus.reduce((most, { payload }) => Math.max(most, payload.length), 0);
  return longest + (isVariable(group) ? TSDU_LENGTH_BYTES : 0);
}

/** What is encoded for each packet. */
function blocks(group: TransmissionGroup, length: number): Uint8Array[] {
  if (!isVariable(group)) return group.tsdus.map(({ payload }) => payload);
  return group.tsdus.map(({ payload }) => {
    const block = new Uint8Array(length);
    padTsdu(payload, block);
    return block;
  });
}

function fragmentBlocks({ tsdus }: TransmissionGroup): Uint8Array[] {
  return tsdus.map(({ fragment }) => encodedFragment(fragment));
}
