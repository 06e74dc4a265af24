/**
 * What a source tells its application.
 *
 * @module
 */

import type { Instant } from "../base/time.ts";

/**
 * What became of a message handed to {@link Source.send}: `accepted` will be sent; `would-block` was not taken, because
 * too much waits already: try again after {@link SourceListener.onWritable}; `closed` was not taken, because the
 * session was closed or aborted.
 */
export type SendResult = "accepted" | "would-block" | "closed";

/** What a source tells its application. */
export interface SourceListener {
  /** There is room again after a message was refused. May call {@link Source.send}. */
  onWritable?(now: Instant): void;
  /** The session has lingered long enough after its end: it is silent from now on. */
  onClosed?(now: Instant): void;
}
