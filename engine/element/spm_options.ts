/**
 * OPT_NAK_BO_IVL on SPMs that go on (RFC 3208, section 15.2.1): the children are told what their own parent wants of
 * them, not what its parent wants of it.
 *
 * ```text
 *   ... | OPT_LENGTH  +12 | OPT_NAK_BO_IVL, if there is none yet | the options that were there |
 * ```
 *
 * @module
 */

import { OptionsOctet, OptionType } from "../wire/constants.ts";
import { readU16, writeU16, writeU32 } from "../wire/octets.ts";
import { MAX_OPTIONS_SENT } from "../wire/option_rules.ts";
import { OPTION_HEADER, optionCode } from "../wire/option_scan.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { OptionOf } from "../wire/values.ts";

const INTERVAL_LENGTH = 12;
/** OPT_END, in the first octet of the last option. */
const OPT_END = 0x80;
/** Where the octet stands that says whether there are options. */
const OPTIONS_OCTET_AT = 5;

/**
 * A copy of the octets of an SPM, which `view` may show as they were before options were invalidated, in which
 * OPT_NAK_BO_IVL says `interval`. An SPM that has no room for one more option goes on without. The checksum is the
 * caller's to write.
 */
export function tellNakBoIvl(view: PacketView, octets: Uint8Array, interval: OptionOf<"NAK_BO_IVL">): Uint8Array {
  const bytes = octets.slice();
  let count = 1;
  let isThere = false;
  for (let at = view.optionsAt + OPTION_HEADER; view.hasOptions && at < view.optionsEnd; at += octets[at + 1]!) {
    count++;
    if (optionCode(bytes, at) !== OptionType.NAK_BO_IVL) continue;
    isThere = true;
    written(bytes, at, interval);
  }
  return isThere || count >= MAX_OPTIONS_SENT ? bytes : inserted(view, octets, interval);
}

/** Network-significant options go first: the new one does. */
function inserted(view: PacketView, octets: Uint8Array, interval: OptionOf<"NAK_BO_IVL">): Uint8Array {
  const { optionsAt, hasOptions } = view;
  const at = optionsAt + OPTION_HEADER;
  const bytes = new Uint8Array(octets.length + INTERVAL_LENGTH + (hasOptions ? 0 : OPTION_HEADER));
  bytes.set(octets.subarray(0, hasOptions ? at : optionsAt));
  if (hasOptions) bytes.set(octets.subarray(at), at + INTERVAL_LENGTH);
  bytes[OPTIONS_OCTET_AT]! |= OptionsOctet.PRESENT | OptionsOctet.NETWORK;
  bytes[optionsAt] = OptionType.LENGTH;
  bytes[optionsAt + 1] = OPTION_HEADER;
  const total = hasOptions ? readU16(octets, optionsAt + 2) : OPTION_HEADER;
  writeU16(bytes, optionsAt + 2, total + INTERVAL_LENGTH);
  bytes[at] = OptionType.NAK_BO_IVL | (hasOptions ? 0 : OPT_END);
  bytes[at + 1] = INTERVAL_LENGTH;
  return written(bytes, at, interval);
}

function written(bytes: Uint8Array, at: number, { ivlUs, pollSqn }: OptionOf<"NAK_BO_IVL">): Uint8Array {
  writeU32(bytes, at + OPTION_HEADER, ivlUs);
  writeU32(bytes, at + OPTION_HEADER + 4, pollSqn);
  return bytes;
}
