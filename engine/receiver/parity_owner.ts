/**
 * What a `ParityReception` (parity_reception.ts) works for and with.
 *
 * @module
 */

import type { Host } from "../base/host.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { ReceiveBudget } from "./receive_budget.ts";
import type { ReceiverConfig } from "./receiver_config.ts";
import type { ReceiverStats } from "./receiver_stats.ts";
import type { ReceiveWindow } from "./receive_window.ts";

/** The reception that is helped. */
export interface ParityOwner {
  readonly window: ReceiveWindow;
  /** NAK_BO_IVL, as it is now. */
  readonly nakBoIvl: Instant;
  /** The newest number that an SPM or parity says was sent. */
  readonly lead: Sqn | undefined;
  /** Whether a number is known to be missing, and not given up. */
  isMissing(sqn: Sqn): boolean;
  /** The source has sent everything up to `lead`. */
  knowLead(now: Instant, lead: Sqn): void;
  /** Numbers `first ..= last` will never be sent. */
  skip(now: Instant, first: Sqn, last: Sqn): void;
  /** A packet was recovered. */
  recovered(now: Instant, view: PacketView): void;
  /** A missing number cannot be recovered. */
  lose(now: Instant, sqn: Sqn): void;
  /** A missing number waits for its group. */
  park(sqn: Sqn): void;
  /** A missing number waits for its group, unless it was asked for already. */
  postpone(sqn: Sqn): void;
  /** Numbers that waited may be asked for, unless `ParityReception.parks` says otherwise. */
  unpark(now: Instant): void;
  /** Sends a parity NAK for `count` packets: TG_SQN and PKT_CNT. */
  sendParityNak(sqn: Sqn, count: number): void;
  /** A NAK that was due is not sent. */
  suppressed(now: Instant, sqn: Sqn): void;
  /** The NAK for a group, as `askedGroup` names it, was not confirmed. */
  unconfirmed(asked: number): void;
}

/** What a parity reception works with. */
export interface ParitySurroundings {
  readonly config: ReceiverConfig;
  readonly host: Host;
  readonly budget: ReceiveBudget;
  readonly stats: ReceiverStats;
  /** The name of its stream of random numbers. */
  readonly stream: string;
}
