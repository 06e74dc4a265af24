/**
 * Where reception begins (RFC 3208, sections 6.1 and 9.4).
 *
 * @module
 */

import { type Sqn, sqnAdd, sqnDistance } from "../base/sqn.ts";
import { OptionType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";

/**
 * RXW_TRAIL_INIT: OPT_JOIN_MIN of the packet, if it lies between its trailing edge and `newest`, the latest place to begin
 * at; and no more than `most` numbers before that.
 */
export function startingPoint(view: PacketView, newest: Sqn, most: number): Sqn {
  if (most <= 0 || !view.hasOption(OptionType.JOIN)) return newest;
  const { minSqn } = view.option("JOIN")!;
  const offered = Math.min(sqnDistance(minSqn, newest), sqnDistance(view.trail, newest));
  return sqnAdd(newest, -Math.max(0, Math.min(offered, most)));
}
