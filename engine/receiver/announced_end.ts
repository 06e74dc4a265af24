/**
 * The end of a session as its source announces it: OPT_FIN and OPT_RST (RFC 3208, sections 9.7 and 9.8). It comes once
 * everything up to `lead` is delivered or reported lost.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import { OptionType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";

/** An announcement. */
export interface AnnouncedEnd {
  readonly end: "fin" | "rst";
  /** The last data packet of the session. */
  readonly lead: Sqn;
  /** That of OPT_RST; 0 with OPT_FIN. */
  readonly errorCode: number;
}

/** OPT_FIN of a data packet: it is the last one. What was announced `before` holds. */
export function endOfData(view: PacketView, before: AnnouncedEnd | undefined): AnnouncedEnd | undefined {
  if (before !== undefined || !view.hasOption(OptionType.FIN)) return before;
  return { end: "fin", lead: view.sqn, errorCode: 0 };
}

/** What an SPM announces, whose window ends with `lead`; OPT_RST takes the place of OPT_FIN. */
export function endOfSpm(view: PacketView, lead: Sqn, before: AnnouncedEnd | undefined): AnnouncedEnd | undefined {
  const rst = view.option("RST");
  if (rst !== undefined) return { end: "rst", lead, errorCode: rst.errorCode };
  return view.hasOption(OptionType.FIN) && before?.end !== "rst" ? { end: "fin", lead, errorCode: 0 } : before;
}
