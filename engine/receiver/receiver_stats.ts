/**
 * What a receiver counts. All counts are since its start.
 *
 * @module
 */

/** The counters of a receiver. */
export class ReceiverStats {
  /** Messages (APDUs) delivered, and their octets. */
  messages = 0;
  messageBytes = 0;
  /** Sequence numbers obtained after their loss was certain. */
  recovered = 0;
  /** Sequence numbers reported lost. */
  lost = 0;
  /** Data packets received again. */
  duplicates = 0;
  /** NAKs sent, with repeats. */
  naksSent = 0;
  /** NAKs not sent because an NCF or another NAK was heard first. */
  naksSuppressed = 0;
  /** Packets received by type. */
  odata = 0;
  rdata = 0;
  spm = 0;
  ncf = 0;
  nak = 0;
  /** SPMs older than one that came before. */
  spmOutOfSequence = 0;
  /** NCFs and NAKs for packets that are not wanted (held already, or outside the window). */
  ncfUnwanted = 0;
  /** Data packets outside the receive window, and further ahead than it may grow. */
  outsideWindow = 0;
  beyondWindow = 0;
  /** Packets that fail to parse or whose checksum is wrong. */
  malformed = 0;
  /** Packets for another group or port. */
  foreign = 0;
  /** Packets of a type that a receiver has no use for. */
  ignored = 0;
  /** Packets of sessions beyond the limit. */
  tooManySessions = 0;
  /** Parity packets: FEC is not supported yet. */
  parity = 0;
}
