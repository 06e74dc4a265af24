/**
 * What a receiver tells its application of a session.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";

/**
 * Why a session ended: its source finished (OPT_FIN) or aborted it (OPT_RST), a loss could not be repaired and the
 * policy is to reset, or the source was silent for the idle timeout.
 */
export type SessionEnd = "fin" | "rst" | "loss" | "idle";

/** What is told of sessions. Calls come in order; none may call back into the receiver. */
export interface SessionListener<Session> {
  /** A session is opened by the first packet of its source: an SPM, or data, which is looked at next. */
  onOpen?(now: Instant, session: Session): void;
  /** A whole message (APDU); `firstSqn` is the sequence number of its first packet. The octets must not be changed. */
  onMessage(now: Instant, session: Session, message: Uint8Array, firstSqn: Sqn): void;
  /** Sequence numbers `first ..= last` that cannot be recovered, each reported once. */
  onLoss(now: Instant, session: Session, first: Sqn, last: Sqn): void;
  /** A lost packet was obtained `latency` ns after its loss was noticed. */
  onRepair?(now: Instant, session: Session, sqn: Sqn, latency: Instant): void;
  /** The first packet of the source's session was received (OPT_SYN): nothing of the stream was missed. */
  onStart?(now: Instant, session: Session): void;
  /** Nothing more will come of the session; `errorCode` is that of OPT_RST, else 0. Once for each session. */
  onEnd?(now: Instant, session: Session, end: SessionEnd, errorCode: number): void;
}
