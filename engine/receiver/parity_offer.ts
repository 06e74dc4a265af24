/**
 * What a source says of its parity (RFC 3208, section 11.8.1).
 *
 * @module
 */

import { MAX_TG_SIZE } from "../fec/groups.ts";
import { OptionType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { ReceiverStats } from "./receiver_stats.ts";

/** OPT_PARITY_PRM, as it was first heard. */
export interface ParityOffer {
  /** PARITY_PRM_TGS: a power of two in 2 .. 128. */
  readonly tgSize: number;
  /** Whether parity is sent unasked. */
  readonly proActive: boolean;
  /** Whether parity may be asked for. */
  readonly onDemand: boolean;
}

/**
 * The offer after an SPM. It is constant for the session (section 11.2): the first one holds, others are counted and
 * ignored.
 */
export function learnOffer(known: ParityOffer | undefined, view: PacketView, stats: ReceiverStats) {
  if (!view.hasOption(OptionType.PARITY_PRM)) return known;
  const { tgSize, proActive, onDemand } = view.option("PARITY_PRM")!;
  const isUsable = tgSize >= 2 && tgSize <= MAX_TG_SIZE;
  if (known === undefined && isUsable) return { tgSize, proActive, onDemand };
  const isSame = known?.tgSize === tgSize && known.proActive === proActive && known.onDemand === onDemand;
  if (!isSame) stats.parityPrmIgnored++;
  return known;
}
