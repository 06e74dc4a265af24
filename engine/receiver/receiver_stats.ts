/**
 * What a receiver counts. All counts are since its start.
 *
 * @module
 */

/** The counters of a receiver. Those that every packet moves come first: they share a cache line. */
export class ReceiverStats {
  /** ODATA packets received. */
  odata = 0;
  /** Messages (APDUs) delivered. */
  messages = 0;
  /** The octets of these messages. */
  messageBytes = 0;
  /** RDATA packets received. */
  rdata = 0;
  /** Data packets received again. */
  duplicates = 0;
  /** NCFs heard. */
  ncf = 0;
  /** NCFs and NAKs for packets that are not wanted (held already, or outside the window). */
  ncfUnwanted = 0;
  /** Other receivers' NAKs heard. */
  nak = 0;
  /** SPMs received. */
  spm = 0;
  /** SPMs older than one that came before. */
  spmOutOfSequence = 0;
  /** Sequence numbers obtained after their loss was certain. */
  recovered = 0;
  /** Sequence numbers reported lost. */
  lost = 0;
  /** NAKs sent, with repeats. */
  naksSent = 0;
  /** NAKs not sent because an NCF or another NAK was heard first. */
  naksSuppressed = 0;
  /** Data packets outside the receive window. */
  outsideWindow = 0;
  /** Data packets further ahead than the receive window may grow. */
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
