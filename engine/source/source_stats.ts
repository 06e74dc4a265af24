/**
 * What a source counts. All counts are since its start.
 *
 * @module
 */

/** The counters of a source. */
export class SourceStats {
  /** Messages (APDUs) accepted, and their octets. */
  messages = 0;
  messageBytes = 0;
  /** Packets sent by type, and the octets of all PGM packets sent. */
  odata = 0;
  rdata = 0;
  spm = 0;
  ncf = 0;
  bytes = 0;
  /** NAKs received; those outside the window; those served by an NCF or a repair that was under way already. */
  naksReceived = 0;
  naksOutsideWindow = 0;
  ncfsHeldBack = 0;
  naksMerged = 0;
  /** Repairs that fell behind the trailing edge while they waited. */
  repairsExpired = 0;
  /** Packets that fail to parse or whose checksum is wrong. */
  malformed = 0;
  /** Packets of other sessions, or that name another source or group. */
  foreign = 0;
  /** Packets of a type, or with a request, that a source has no use for. */
  ignored = 0;
}
