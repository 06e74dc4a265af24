/**
 * What an SPM says about the transmit window (RFC 3208, section 8.1).
 *
 * @module
 */

import type { PacketView } from "./packet_view.ts";

/** SPM_TRAIL and SPM_LEAD of an SPM that says nothing. */
export const NO_WINDOW = { trail: 0, lead: 0x8000_0000 } as const;

/** Whether the edges of an SPM are those of the window. */
export function tellsWindow({ trail, lead }: PacketView): boolean {
  return trail !== NO_WINDOW.trail || lead !== NO_WINDOW.lead;
}
