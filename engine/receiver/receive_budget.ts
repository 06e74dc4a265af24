/**
 * What all sessions of a receiver may hold together, so that no number of hostile packets makes it hold more.
 *
 * @module
 */

/** What is left of the bounds. Who takes checks first, and gives back. */
export class ReceiveBudget {
  /** Octets of packets that may still be kept. */
  bytes: number;
  /** Sequence numbers that may still be missing. */
  missing: number;

  /** Nothing is taken yet. */
  constructor(bufferBytes: number, maxMissing: number) {
    this.bytes = bufferBytes;
    this.missing = maxMissing;
  }
}
