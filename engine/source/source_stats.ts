/**
 * What a source counts. All counts are since its start.
 *
 * @module
 */

/** The counters of a source. */
export class SourceStats {
  /** Messages (APDUs) accepted. */
  messages = 0;
  /** The octets of these messages. */
  messageBytes = 0;
  /** ODATA packets sent. */
  odata = 0;
  /** RDATA packets sent. */
  rdata = 0;
  /** SPMs sent: ambient and heartbeat. */
  spm = 0;
  /** NCFs sent. */
  ncf = 0;
  /** The octets of all PGM packets sent, without IP headers. */
  bytes = 0;
  /** NAK packets received for this session; one may ask for several sequence numbers. */
  naksReceived = 0;
  /** Requested sequence numbers outside the transmit window: they cannot be repaired. */
  naksOutsideWindow = 0;
  /** NAKs that got no NCF of their own: one for the same number left within `ncfRepeatIvl` before, or too many wait. */
  ncfsHeldBack = 0;
  /** Requested sequence numbers whose repair was waiting already. */
  naksMerged = 0;
  /** NNAKs received: what repairers have repaired in the source's stead. */
  nnaksReceived = 0;
  /** Repairs that fell behind the trailing edge while they waited. */
  repairsExpired = 0;
  /** Packets that fail to parse or whose checksum is wrong. */
  malformed = 0;
  /** Packets of other sessions, or that name another source or group. */
  foreign = 0;
  /** Packets of a type, or with a request, that a source has no use for. */
  ignored = 0;
}
