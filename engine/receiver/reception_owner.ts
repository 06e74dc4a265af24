/**
 * What a `Reception` (reception.ts) works for and with.
 *
 * @module
 */

import type { Host } from "../base/host.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import type { Tsi } from "../base/tsi.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { ReceiveBudget } from "./receive_budget.ts";
import type { ReceiverConfig } from "./receiver_config.ts";
import type { ReceiverStats } from "./receiver_stats.ts";
import type { SessionListener } from "./session_listener.ts";

/** The session that the data belongs to. */
export interface ReceptionOwner {
  /** The source. */
  readonly tsi: Tsi;
  /** What is counted. */
  readonly stats: ReceiverStats;
  /** Whether an SPM was received: there is somebody to ask. */
  readonly spmSeen: boolean;
  /** NAK_BO_IVL, as it is now. */
  readonly nakBoIvl: Instant;
  /** A data packet with options was accepted; what it holds is delivered next. */
  onDataOptions(now: Instant, view: PacketView): void;
  /** Asks for numbers, oldest first, or, with a number of TG_SQN and PKT_CNT, for `parity` parity packets. */
  sendNak(sqns: readonly Sqn[], parity?: number): void;
  /** The NAK for a number was not confirmed. */
  unconfirmed(sqn: Sqn): void;
}

/** What a reception works with. */
export interface ReceptionContext<Owner> {
  readonly listener: SessionListener<Owner>;
  readonly config: ReceiverConfig;
  readonly host: Host;
  readonly budget: ReceiveBudget;
}
