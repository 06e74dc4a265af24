/**
 * What the reception of a session works with, and what it reports to.
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
  /** The NAK for a number, or for a group (see {@link askedGroup}), was not confirmed. */
  unconfirmed(asked: number): void;
}

/** What the receptions of one receiver work with. */
export interface ReceptionContext<Owner> {
  /** Who gets the messages. */
  readonly listener: SessionListener<Owner>;
  /** The parameters of the receiver, shared by its sessions. */
  readonly config: ReceiverConfig;
  /** The node of the receiver. */
  readonly host: Host;
  /** What all sessions may hold together. */
  readonly budget: ReceiveBudget;
  /** Who follows what is found out with parity: a repairer. */
  readonly witness?: ReceptionWitness<Owner> | undefined;
}

/** Learns what a receiver finds out with parity and no packet says: a repairer keeps it. No call may come back. */
export interface ReceptionWitness<Session> {
  /** A missing packet was computed: as its repair would have been. */
  recovered(session: Session, packet: PacketView): void;
  /** Numbers `first ..= last`, the rest of a truncated transmission group, are never sent. May be said again. */
  skipped(session: Session, first: Sqn, last: Sqn): void;
}
