/**
 * Options of unknown type at a network element (RFC 3208, section 9): the OPX bits say whether to ignore them, to
 * invalidate them, or to discard the packet. Only network elements pay attention to these bits. The reserved value is
 * taken as "ignore".
 *
 * @module
 */

import { CHECKSUM_AT, pgmChecksum } from "../wire/checksum.ts";
import { OptionType, optionTypeName } from "../wire/constants.ts";
import { writeU16 } from "../wire/octets.ts";
import { optionCode } from "../wire/option_scan.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { ElementStats } from "./element_stats.ts";

const OPX_MASK = 0x03;
const OPX_INVALIDATE = 0x01;
const OPX_DISCARD = 0x02;
/** The length of OPT_LENGTH. */
const OPT_LENGTH_BYTES = 4;
/** OPT_END, which stays as it is, so that the list can still be read. */
const OPT_END = 0x80;

/** The octets of a packet as they are to go on: its own if nothing changes; `undefined` if the packet ends here. */
export function octetsToForward(view: PacketView, stats: ElementStats): Uint8Array | undefined {
  if (!view.hasOptions) return view.bytes;
  const { bytes } = view;
  let changed: Uint8Array | undefined;
  for (let at = view.optionsAt + OPT_LENGTH_BYTES; at < view.optionsEnd; at += bytes[at + 1]!) {
    if (optionTypeName(optionCode(bytes, at)) !== undefined) continue;
    switch (bytes[at + 2]! & OPX_MASK) {
      case OPX_INVALIDATE:
        changed ??= bytes.slice();
        changed[at] = (bytes[at]! & OPT_END) | OptionType.INVALID;
        stats.optionsInvalidated++;
        break;
      case OPX_DISCARD:
        stats.optionsFatal++;
        return undefined;
      case OPX_MASK:
        stats.optionsReserved++;
    }
  }
  if (changed === undefined) return bytes;
  writeU16(changed, CHECKSUM_AT, pgmChecksum(changed));
  return changed;
}
