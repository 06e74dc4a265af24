/**
 * What an SPM says about the transmit window (RFC 3208, section 8.1).
 *
 * @module
 */

import type { PacketView } from "./packet_view.ts";

/** SPM_TRAIL and SPM_LEAD of an SPM that says nothing. */
const NO_TRAIL = 0;
const NO_LEAD = 0x8000_0000;

/** Whether the edges of an SPM are those of the window. */
export function tellsWindow({ trail, lead }: PacketView): boolean {
  return trail !== NO_TRAIL || lead !== NO_LEAD;
}
