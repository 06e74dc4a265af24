/**
 * What a designated local repairer counts, and what its state looks like from outside. Counts are since the start. No
 * name is one of the receiver's counters: the node has both.
 *
 * @module
 */

/** The counters of a repairer. */
export class RepairerStats {
  /** NAKs directed to it by PGM hops below: it acts as an upstream repairer. */
  naksFromBelow = 0;
  /** NAKs directed to it by its own parent: it acts as an off-tree repairer. */
  naksFromParent = 0;
  /** NAKs directed to it that it cannot take: of unknown sessions, of ended ones, or before the first SPM. */
  naksUnserved = 0;
  /** NAKs directed to it that name another source or group than the session's. */
  naksMisnamed = 0;
  /** Parity NAKs, of `naksFromBelow` and `naksFromParent`. */
  naksForParity = 0;
  /** Parity NAKs directed to it, which it did not offer to serve. */
  naksForParityRefused = 0;
  /** NAKs from below with data that it lacks, forwarded to its parent. */
  naksPassedOn = 0;
  /** NAKs sent back to the parent, which has asked for data that the repairer lacks. */
  naksReturned = 0;
  /** Numbers asked for whose repair waits already, and groups of which as much parity does. */
  repairsMerged = 0;
  /** Numbers and groups asked for that found too many repairs waiting. */
  repairsShed = 0;
  /** NCFs multicast for NAKs from below. */
  ncfsToGroup = 0;
  /** NCFs unicast to the parent. */
  ncfsToParent = 0;
  /** NCFs not sent: the same was confirmed just before. */
  ncfsNotRepeated = 0;
  /** Null NAKs sent towards the source, one for each repair that is taken on, and for each request that adds parity. */
  nnaksSent = 0;
  /** Repairs multicast in the name of the source. */
  repairsToGroup = 0;
  /** Repairs unicast to the parent. */
  repairsToParent = 0;
  /** Parity packets, of `repairsToGroup` and `repairsToParent`. */
  parityRepairs = 0;
  /** Repairs not sent: the packet or group left the window before its turn came. */
  repairsOutOfWindow = 0;
  /** Data packets of sessions beyond maxServed: received, but not kept. */
  dataNotKept = 0;
  /** Redirecting POLRs multicast after an NCF of the parent. */
  redirectsToGroup = 0;
  /** Redirecting POLRs unicast after a PGM_POLL_DLR. */
  redirectsToParent = 0;
  /** Redirecting POLRs with OPT_PARITY, of `redirectsToGroup` and `redirectsToParent`. */
  redirectsForParity = 0;
  /** NCFs of the parent that are not answered: they confirm the repairer's own NAK. */
  ncfsForOwnNaks = 0;
  /** NCFs of the parent that are not answered: the latest redirecting POLR was just before. */
  redirectsHeldBack = 0;
  /** PGM_POLL_DLRs that are not for it to answer: of others than its parent, unmatched, old, or with nothing to offer. */
  dlrPollsUnanswered = 0;
}

/** The state of a repairer at an instant. */
export interface RepairerGauges {
  /** Sessions that it can serve. */
  readonly served: number;
  /** Packets that it keeps. */
  readonly cachedPackets: number;
  /** Their octets. */
  readonly cachedBytes: number;
  /** Transmission groups whose size or used indexes it remembers. */
  readonly parityGroups: number;
  /** Packets to repair, and groups that owe parity, that wait for their turn. */
  readonly waitingRepairs: number;
  /** Sessions for which it has redirected those below (section 9.5.2.1). */
  readonly upstreamOf: number;
  /** Sessions for which it has redirected its parent (section 9.5.2.2). */
  readonly offTreeOf: number;
}
