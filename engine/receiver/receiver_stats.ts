/**
 * What a receiver counts, and what the state of a session looks like from outside. Counts are since the start; octets
 * are those of PGM packets without IP headers.
 *
 * @module
 */

import type { Sqn } from "../base/sqn.ts";

/**
 * The counters of one session, or of a receiver over all its sessions. Those that every packet moves come first: they
 * share a cache line. Each reason to drop a packet has a counter of its own.
 */
export class ReceiverStats {
  /** ODATA packets received. */
  odata = 0;
  /** Messages (APDUs) delivered. */
  messages = 0;
  /** The octets of these messages. */
  messageBytes = 0;
  /** The octets of the payloads of data packets that were accepted. */
  dataBytes = 0;
  /** The octets of all packets of known sessions. */
  bytes = 0;
  /** RDATA packets received. */
  rdata = 0;
  /** Data packets received again. */
  duplicates = 0;
  /** NCFs heard. */
  ncf = 0;
  /** Sequence numbers of NCFs and NAKs that are not wanted (held already, or outside the window). */
  ncfUnwanted = 0;
  /** Other receivers' NAKs heard. */
  nak = 0;
  /** SPMs received. */
  spm = 0;
  /** SPMs older than one that came before. */
  spmOutOfSequence = 0;
  /** SPMs whose window is larger than half the sequence space: dropped. */
  spmContradictory = 0;
  /** SPMs in sequence whose trailing edge is older than the known one: it is ignored, the rest is not. */
  spmOldTrail = 0;
  /** Sequence numbers obtained after their loss was certain, or with parity. */
  recovered = 0;
  /** Sequence numbers reported lost. */
  lost = 0;
  /** NAK packets sent, with repeats. */
  naksSent = 0;
  /** Of these, those that ask for several sequence numbers. */
  nakListsSent = 0;
  /** Sequence numbers asked for, with repeats. */
  sqnsRequested = 0;
  /** NAKs that were also multicast with TTL 1. */
  naksMulticast = 0;
  /** Sequence numbers not asked for because an NCF or another NAK was heard first. */
  naksSuppressed = 0;
  /** SPMRs sent; each is a multicast with TTL 1 and a unicast. */
  spmrsSent = 0;
  /** SPMRs not sent because another receiver's was heard first, or the SPM came. */
  spmrsSuppressed = 0;
  /** POLLs received. */
  polls = 0;
  /** POLLs whose random condition does not hold. */
  pollsUnmatched = 0;
  /** POLLs that are for children of another kind: repairers. */
  pollsForOthers = 0;
  /** POLLs received again. */
  pollsRepeated = 0;
  /** POLLs older than the latest of their parent. */
  pollsOld = 0;
  /** POLLs of a later round whose round 0 was not received. */
  pollsLateRound = 0;
  /** POLLs of an unknown sub-type. */
  pollsUnknownType = 0;
  /** POLLs that want replies sent to a group. */
  pollsBadPath = 0;
  /** POLRs sent. */
  polrsSent = 0;
  /** POLRs that were pending when another poll or a later round came. */
  polrsCancelled = 0;
  /** OPT_NAK_BO_IVL that were taken over. */
  nakBoIvlLearned = 0;
  /** OPT_NAK_BO_IVL that follow from polls in which this receiver was not counted: ignored. */
  nakBoIvlUncounted = 0;
  /** Options of SPMs, NCFs and POLLs that are ignored for their value or their place, such as an impossible OPT_NAK_BO_RNG. */
  optionsIgnored = 0;
  /** NCFs and SPMs of the parent that say that it cannot reach its children by multicast. */
  unreachable = 0;
  /** The same of others than the parent, or out of sequence: ignored. */
  unreachableForeign = 0;
  /** NCFs passed on to the neighbours because they came by unicast. */
  ncfsCopied = 0;
  /** Redirecting POLRs that were followed. */
  redirects = 0;
  /** POLRs that were not: without OPT_REDIRECT, of repairers on the subnet, of others than the source's, or switched off. */
  redirectsIgnored = 0;
  /** NAKs that went to a repairer. */
  naksRedirected = 0;
  /** Repairers that were given up: no NCF came from them within NAK_RPT_IVL. */
  repairersSilent = 0;
  /** Data packets before the receive window. */
  outsideWindow = 0;
  /** Data packets further ahead than the receive window may grow. */
  beyondWindow = 0;
  /** Data packets whose trailing edge is newer than themselves. */
  dataContradictory = 0;
  /** Data packets dropped because `bufferBytes` of others wait already. */
  buffersFull = 0;
  /** Fragments that do not fit to the ones before them: gaps, overlaps, another length. */
  fragmentsContradictory = 0;
  /** Messages that are larger than `maxApdu`. */
  apdusTooLong = 0;
  /** Packets of a known session that come from another address than its source. */
  otherSource = 0;
  /** Packets of a session that has ended. */
  afterEnd = 0;
  /** Packets that belong to no known session and open none: NCFs, NAKs, SPMRs, and SPMs with OPT_FIN or OPT_RST. */
  withoutSession = 0;
  /** Packets that fail to parse or whose checksum is wrong. */
  malformed = 0;
  /** Packets for another group or port. */
  foreign = 0;
  /** Packets of a type that a receiver has no use for. */
  ignored = 0;
  /** Packets of sessions beyond the limit. */
  tooManySessions = 0;
  /** Parity packets, NCFs and NAKs of known sessions. */
  parity = 0;
  /** Parity packets of groups that need none, or that came before; and all before the first data. */
  parityUnneeded = 0;
  /** Parity packets before the source has said how large its groups are. */
  parityUnknown = 0;
  /** Parity packets that contradict their group, in length, size, index or options, and groups that decode to nonsense. */
  parityContradictory = 0;
  /** OPT_PARITY_PRM that are ignored: another than before, or of groups too large. */
  parityPrmIgnored = 0;
  /** Transmission groups of which something was recovered with parity. */
  groupsDecoded = 0;
  /** Data packets recovered with parity, of `recovered`. */
  parityRecovered = 0;
  /** Parity NAKs sent, of `naksSent`. */
  parityNaksSent = 0;
}

/** Adds the counters of `part` to those of `sum`. */
export function addReceiverStats(sum: ReceiverStats, part: ReceiverStats): void {
  for (const [name, count] of Object.entries(part) as [keyof ReceiverStats, number][]) sum[name] += count;
}

/** The state of a session at an instant. */
export interface SessionGauges {
  /** RXW_TRAIL. */
  readonly trail: Sqn;
  /** RXW_LEAD: the newest number known to have been sent. */
  readonly lead: Sqn;
  /** Sequence numbers that are missing. */
  readonly missing: number;
  /** Of these, those whose NAK waits in BACK_OFF. */
  readonly pendingNaks: number;
  /** Of these, those in WAIT_NCF or WAIT_DATA. */
  readonly outstandingNaks: number;
  /** The oldest missing sequence number, or `undefined`. */
  readonly firstNakSqn: Sqn | undefined;
  /** Data packets that wait behind a gap, or for the rest of their message. */
  readonly bufferedPackets: number;
  /** What keeping them costs, octets: the share in `bufferBytes`. */
  readonly bufferedBytes: number;
  /** The advertised window in sequence numbers, averaged over the SPMs received; 0 before the first. */
  readonly windowAverage: number;
  /** The smallest of these windows. */
  readonly windowMin: number;
  /** The largest of these windows. */
  readonly windowMax: number;
  /** Octets of the session's packets per second since its start. */
  readonly rateOverall: number;
  /** The same between the two latest SPMs; 0 before the first. */
  readonly rateLast: number;
}
