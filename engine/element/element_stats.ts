/**
 * What a network element counts, and what its state looks like from outside. Counts are since the start. Each reason to
 * drop a packet has a counter of its own.
 *
 * @module
 */

/** The counters of a network element. */
export class ElementStats {
  /** SPMs that were believed. */
  spm = 0;
  /** Copies of SPMs that were forwarded. */
  spmsForwarded = 0;
  /** SPMs that changed the path to their source. */
  pathChanges = 0;
  /** SPMs dropped because they are not newer than one that came before. */
  spmOutOfSequence = 0;
  /** SPMs dropped because they would change a path that has just changed. */
  spmDamped = 0;
  /** SPMs dropped because their window or their path cannot be. */
  spmContradictory = 0;
  /** SPMs of sessions beyond the limit: forwarded, but no path is kept. */
  tooManySessions = 0;
  /** Sessions forgotten after their idle timeout. */
  sessionsForgotten = 0;
  /** NAKs received from below. */
  naksReceived = 0;
  /** Of these, those that were forwarded. */
  naksForwarded = 0;
  /** NAKs sent again because no NCF came. */
  naksRepeated = 0;
  /** NAKs not forwarded: all that they ask for is asked for already. */
  naksEliminated = 0;
  /** Forwarded NAKs that were given up: no NCF came within NAK_RPT_IVL. */
  naksUnconfirmed = 0;
  /** NAKs of sessions without a path: no SPM has come yet. */
  naksWithoutPath = 0;
  /** NAKs that name another source, group or port than the session's. */
  naksForeign = 0;
  /** NAKs that came from where the session's data comes from. */
  naksFromUpstream = 0;
  /** NAKs for nothing that can be in the transmit window. */
  naksOutOfWindow = 0;
  /** NAKs that found no room for repair state: neither confirmed nor forwarded. */
  naksShed = 0;
  /** Null NAKs received. */
  nnaksReceived = 0;
  /** Of these, those that were forwarded. */
  nnaksForwarded = 0;
  /** Of the NAKs that were forwarded, those that went to a repairer. */
  naksRedirected = 0;
  /** Repairers that were given up: no NCF came from them within NAK_RPT_IVL. */
  repairersSilent = 0;
  /** Sequence numbers asked of a repairer below whose side asked for them as well: asked for upstream. */
  repairersRefused = 0;
  /** Redirecting POLRs that were followed. */
  redirects = 0;
  /** POLRs that were not: no OPT_REDIRECT or an impossible one, from elsewhere than where a repairer can be, not asked for. */
  redirectsIgnored = 0;
  /** POLLs sent to find repairers below. */
  dlrPolls = 0;
  /** NCFs sent. */
  ncfsSent = 0;
  /** NCFs not sent: the same was confirmed on the same interface just before. */
  ncfsHeldBack = 0;
  /** NCFs heard from upstream. */
  ncfsReceived = 0;
  /** NCFs dropped because they came from elsewhere. */
  ncfsElsewhere = 0;
  /** NCFs unicast by a repairer below, which end here. */
  ncfsFromRepairer = 0;
  /** Sequence numbers of NCFs from upstream for which nobody below has asked yet. */
  anticipated = 0;
  /** Sequence numbers of such NCFs that are out of window, or for which there is no room. */
  anticipationsRefused = 0;
  /** RDATA that was forwarded to those who asked. */
  rdataForwarded = 0;
  /** RDATA dropped because nobody below asked. */
  rdataUnwanted = 0;
  /** Of the RDATA that was forwarded, that which a repairer below has unicast. */
  rdataFromRepairer = 0;
  /** Copies of RDATA that were spared: interfaces towards receivers that did not ask. */
  rdataCopiesSpared = 0;
  /** Repair states that ended without RDATA. */
  repairsExpired = 0;
  /** The most repair states that there were at once. */
  repairsPeak = 0;
  /** NAKs that were not the first on their interface for a number whose repair state is there. */
  naksDuplicate = 0;
  /** NAKs not forwarded: the hop upstream cannot reach its children. */
  naksSilenced = 0;
  /** Of the NCFs that were sent, those that were unicast. */
  ncfsUnicast = 0;
  /** How often NAK_BO_IVL of some interface grew. */
  nakBoIvlRaised = 0;
  /** How often it shrank. */
  nakBoIvlLowered = 0;
  /** How often multicast was presumed not to reach the children on an interface. */
  unreachable = 0;
  /** How often the hop upstream said so of its own. */
  silenced = 0;
  /** NCFs and SPMs with OPT_NBR_UNREACH of another hop, dropped. */
  unreachableForeign = 0;
  /** SPMs with OPT_NBR_UNREACH that were sent, each interface counted. */
  specialSpms = 0;
  /** POLLs, which end here. */
  polls = 0;
  /** Of these, those that came from elsewhere than the source's direction, or of a session without a path. */
  pollsElsewhere = 0;
  /** POLLs whose random condition does not hold. */
  pollsUnmatched = 0;
  /** POLLs of sub-types that are for others. */
  pollsForOthers = 0;
  /** POLLs that were received before. */
  pollsRepeated = 0;
  /** POLLs older than the latest of their parent. */
  pollsOld = 0;
  /** POLLs of a later round of a poll whose round 0 was not received. */
  pollsLateRound = 0;
  /** POLLs of sub-types that do not exist. */
  pollsUnknownType = 0;
  /** POLLs that want replies sent to a group. */
  pollsBadPath = 0;
  /** POLRs sent. */
  polrsSent = 0;
  /** POLRs that were due, until another POLL replaced theirs. */
  polrsCancelled = 0;
  /** POLLs sent, those that look for repairers among them. */
  pollsSent = 0;
  /** Polls that have counted the children on an interface. */
  pollsCounted = 0;
  /** Polls aborted: too many replied. */
  pollsAborted = 0;
  /** POLRs that count. */
  polrs = 0;
  /** POLRs of children that have replied already. */
  polrsRepeated = 0;
  /** POLRs for no poll that goes on. */
  polrsLate = 0;
  /** Options of unknown type that were invalidated (OPX 01). */
  optionsInvalidated = 0;
  /** Options of unknown type with the reserved OPX 11: left as they are. */
  optionsReserved = 0;
  /** Packets dropped because an option of unknown type says so (OPX 10). */
  optionsFatal = 0;
  /** Parity NAKs, NNAKs, NCFs and RDATA dropped because no OPT_PARITY_PRM has told what groups there are. */
  parityUnkeyed = 0;
  /** OPT_PARITY_PRM with another group size than the first one, or one that cannot be used. */
  parityPrmIgnored = 0;
  /** OPT_CURR_TGSIZE that cannot be, or contradict what was said of the group before. */
  tgSizesIgnored = 0;
  /** Of the NAKs that were received, those for parity, foreign ones and the like not counted. */
  parityNaksReceived = 0;
  /** Groups of which a NAK asked for more than was asked for before. */
  countsRaised = 0;
  /** Groups of which an NCF named more than was asked for (partial anticipation). */
  countsAnticipated = 0;
  /** Groups of which an NCF named fewer packets than are asked for: it confirms nothing. */
  ncfsTooFew = 0;
  /** Of the RDATA that was forwarded, that which is parity. */
  parityForwarded = 0;
  /** Packets that fail to parse or whose checksum is wrong. */
  malformed = 0;
  /** Packets of a type that an element has no use for. */
  ignored = 0;
}

/** The state of a network element at an instant. */
export interface ElementGauges {
  /** Sessions with a path. */
  readonly sessions: number;
  /** Repair states. */
  readonly repairs: number;
  /** Of these, those whose NAK is repeated until an NCF comes. */
  readonly pending: number;
  /** The children that polls have counted, on all interfaces, for all sessions. */
  readonly children: number;
  /** Interfaces of sessions whose NCFs are unicast. */
  readonly unreachable: number;
}
