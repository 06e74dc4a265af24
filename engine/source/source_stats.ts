/**
 * What a source counts, and what its state looks like from outside. Counts are since its start; octets are those of
 * PGM packets without IP headers.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import type { EgressClass } from "./egress.ts";

/** The counters of a source. */
export class SourceStats {
  /** Messages (APDUs) accepted. */
  messages = 0;
  /** The octets of these messages. */
  messageBytes = 0;
  /** Messages that were accepted and not sent in whole, because the session was aborted. */
  messagesAborted = 0;
  /** ODATA packets sent. */
  odata = 0;
  /** Their octets. */
  odataBytes = 0;
  /** Parity packets sent, of the ODATA and RDATA. */
  parity = 0;
  /** How often all parity indexes of a group were used, and the first was used again (section 11.4). */
  parityWrapped = 0;
  /** The octets of the payloads of ODATA. */
  dataBytes = 0;
  /** RDATA packets sent. */
  rdata = 0;
  /** Their octets. */
  rdataBytes = 0;
  /** SPMs sent: ambient, heartbeat and solicited. */
  spm = 0;
  /** Their octets. */
  spmBytes = 0;
  /** NCFs sent. */
  ncf = 0;
  /** Their octets. */
  ncfBytes = 0;
  /** Of the NCFs, those sent by unicast because multicast is presumed not to arrive. */
  ncfsUnicast = 0;
  /** POLLs sent. */
  polls = 0;
  /** Their octets. */
  pollBytes = 0;
  /** The octets of all packets sent. */
  bytes = 0;
  /** NAK packets received for this session; one may ask for several sequence numbers. */
  naksReceived = 0;
  /** Parity NAKs received, of the NAK packets. */
  parityNaksReceived = 0;
  /** Requested sequence numbers that the trailing edge has passed: they cannot be repaired any more. */
  naksBehindTrail = 0;
  /** Requested sequence numbers that were never sent. */
  naksBeyondLead = 0;
  /** Requested sequence numbers whose repair had been sent before. */
  naksAfterRdata = 0;
  /** Requested sequence numbers whose repair was waiting already. */
  naksMerged = 0;
  /** NAKs that were not served, because the session was aborted and OPT_RST says so. */
  naksAfterAbort = 0;
  /**
   * NAKs that got no NCF of their own: one for the same numbers left within `ncfRepeatIvl` before, or NCFs take half of
   * the line already.
   */
  ncfsHeldBack = 0;
  /** NAKs that repeat what another has asked for a short time before, or whose repair still waits. */
  naksDuplicate = 0;
  /** How often a duplicate NAK has raised NAK_BO_IVL (section 15.2.1). */
  nakBoIvlRaised = 0;
  /** How often NAKs without duplicates have lowered it. */
  nakBoIvlLowered = 0;
  /** How often duplicate NAKs have shown that NCFs do not arrive (section 15.3.1). */
  unreachable = 0;
  /** POLRs received that count. */
  polrs = 0;
  /** POLRs of children that have replied already. */
  polrsRepeated = 0;
  /** POLRs for no poll, or no round, that is going on. */
  polrsLate = 0;
  /** Polls that counted the children. */
  pollsCounted = 0;
  /** Polls that were aborted because too many replied. */
  pollsAborted = 0;
  /** NNAKs received: what repairers have repaired in the source's stead. */
  nnaksReceived = 0;
  /** SPMRs received for this session. */
  spmrsReceived = 0;
  /** SPMRs that were not answered: a solicited SPM left within IHB_MIN before. */
  spmrsHeldBack = 0;
  /** Repairs that fell behind the trailing edge while they waited. */
  repairsExpired = 0;
  /** How often a NAK for the increment window put off its end (section 16.2). */
  advancesHeldOff = 0;
  /** Packets that fail to parse or whose checksum is wrong. */
  malformed = 0;
  /** Packets of other sessions, or that name another source or group. */
  foreign = 0;
  /** Packets of a type, or with a request, that a source has no use for, and all that come after its end. */
  ignored = 0;
}

/** The state of a source at an instant. */
export interface SourceGauges {
  /** TXW_TRAIL. */
  readonly trail: Sqn;
  /** TXW_LEAD; `trail - 1` when the window is empty. */
  readonly lead: Sqn;
  /** Packets in the transmit window. */
  readonly windowPackets: number;
  /** Their octets. */
  readonly windowBytes: number;
  /** Data packets that wait to be sent for the first time. */
  readonly waitingPackets: number;
  /** The octets of the messages that wait. */
  readonly waitingBytes: number;
  /** The octets of messages that would still be accepted. */
  readonly bufferSpace: number;
  /** Requested sequence numbers whose repair waits to be sent. */
  readonly outstandingNaks: number;
  /** NAK_BO_IVL as it is tuned for the interface that the source sends on. */
  readonly nakBoIvl: Instant;
  /** How many children the polls have counted there, on average; `undefined` while that is unknown. */
  readonly population: number | undefined;
  /** Octets of ODATA, RDATA and SPM per second since the start. */
  readonly rateOverall: number;
  /** Octets of ODATA, RDATA and SPM in the last whole second. */
  readonly rateLast: number;
}

/** Counts a packet that leaves. */
export function countSent(stats: SourceStats, kind: EgressClass, bytes: number): void {
  stats.bytes += bytes;
  switch (kind) {
    case "ODATA":
      stats.odata++;
      stats.odataBytes += bytes;
      return;
    case "RDATA":
      stats.rdata++;
      stats.rdataBytes += bytes;
      return;
    case "SPM":
      stats.spm++;
      stats.spmBytes += bytes;
      return;
    case "NCF":
      stats.ncf++;
      stats.ncfBytes += bytes;
      return;
    case "POLL":
      stats.polls++;
      stats.pollBytes += bytes;
  }
}
