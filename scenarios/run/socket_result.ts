/**
 * What came of sockets, for the result of a run.
 *
 * @module
 */

import type { Instant, RmReceiverStats, RmSenderStats, WsaName } from "../../engine/mod.ts";

/** A call that failed, but for those that were tried again because they would have blocked. */
export interface SocketFailure {
  /** `send`, `recv`, `setsockopt` ... */
  readonly call: string;
  /** How it failed. */
  readonly code: WsaName;
  /** When. */
  readonly atNs: Instant;
}

/** One socket. */
export interface SocketResult {
  /** In order of time. */
  readonly failures: readonly SocketFailure[];
  /** Messages sent; in stream mode, packets. */
  readonly messagesSent: number;
  /** Octets sent. */
  readonly octetsSent: number;
  /** Messages read; in stream mode, packets of which the last octet was. */
  readonly messagesReceived: number;
  /** Octets read. */
  readonly octetsReceived: number;
  /** The session, of a socket that has one: GSI, a dot, data-source port. */
  readonly tsi: string | null;
  /** RM_SENDER_STATISTICS or RM_RECEIVER_STATISTICS, at the end of the run or before it was closed; `null`: neither. */
  readonly statistics: RmSenderStats | RmReceiverStats | null;
}
