/**
 * The network part of the scenario language: segments, nodes, the networks of usual shape, and the parameters of
 * sources and receivers. Read spec.ts first.
 *
 * @module
 */

import {
  boolean,
  byteRate,
  choice,
  duration,
  groupAddress,
  integer,
  literal,
  rate,
  share,
  size,
  textOfForm,
  unicastAddress,
} from "./scalars.ts";
import { array, byDefault, named, object, optional, type Parsed, required, scalarOr, tagged } from "./schema.ts";
import { elementSchema, routerKeys } from "./spec_element.ts";
import { backOff, parentKeys } from "./spec_parent.ts";

/** The most nodes of a scenario. */
export const MAX_NODES = 20_000;
/** The most segments of a scenario. */
export const MAX_SEGMENTS = 20_000;
/** The most attachments of nodes to segments. */
export const MAX_ATTACHMENTS = 200_000;

const MAX_SQN = 0xffff_ffff;
const segmentName = textOfForm(/^[A-Za-z][A-Za-z0-9_-]*$/, "the name of a segment");
const delay = duration("0s", "24h");
const interval = duration("1ns", "24h");
const port = integer(1, 65_535);

/** Forward error correction of a source (RFC 3208, section 11). */
const fecSchema = named(
  "Fec",
  object({
    groupSize: byDefault(integer(2, 128), 8, "data packets in a transmission group, a power of two"),
    proActive: byDefault(integer(0, 253), 0, "parity packets that follow each group unasked"),
    onDemand: byDefault(boolean(), true, "whether parity is sent for parity NAKs"),
    truncateAfter: optional(
      delay,
      "how long a source without data waits before it ends a group that is not full (default: all groups are full)",
    ),
  }),
);

/** What a source can be given (RFC 3208, section 5). */
export const sourceSchema = named(
  "Source",
  object({
    rate: byDefault(byteRate("8bps", "100Gbps"), "8Mbps", "TXW_MAX_RTE: the rate that SPM and ODATA packets keep"),
    burst: optional(
      size("1B", "1GB"),
      "token bucket: what may leave at once after a pause; at least one full packet (default: eight times the mtu)",
    ),
    peak: optional(
      byteRate("8bps", "100Gbps"),
      "leaky bucket: the rate of back-to-back packets; at least rate (default: 100Mbps, or rate where that is more)",
    ),
    txwStrategy: byDefault(
      choice("strategy", "advanceWithTime", "advanceWithData", "application"),
      "advanceWithTime",
      "what moves the trailing edge: the age of data, the amount of data sent since, or release actions",
    ),
    rateCovers: optional(
      choice("cover", "ODATA", "ODATA+RDATA"),
      "what rate bounds besides SPMs (default: ODATA with advanceWithTime, else ODATA+RDATA)",
    ),
    txwSecs: byDefault(interval, "30s", "TXW_SECS: how long the transmit window keeps data for repairs"),
    txwAdvSecs: byDefault(interval, "5s", "TXW_ADV_SECS: the part of txwSecs that one advance of the window drops"),
    txwAdvIvl: optional(
      interval,
      "advanceWithData: how long the data to drop must be free of NAKs (TXW_ADV_IVL; default: half of txwAdvSecs)",
    ),
    incrementRepairsFirst: byDefault(boolean(), false, "whether repairs of the data that is dropped next go first"),
    holdForRepairs: byDefault(
      boolean(),
      false,
      "advanceWithTime: whether an advance waits for the repairs of what it drops, txwAdvSecs at most",
    ),
    txwMaxSqns: byDefault(integer(1, 2 ** 24), 65_536, "the largest number of packets in the transmit window"),
    ambientSpmIvl: byDefault(interval, "5s", "the period of ambient SPMs"),
    ihbMin: byDefault(interval, "100ms", "IHB_MIN: the first interval of heartbeat SPMs after data"),
    ihbMax: byDefault(interval, "30s", "IHB_MAX: the interval up to which heartbeats double"),
    ncfRepeatIvl: byDefault(delay, "20ms", "how far apart the source keeps repeats of one NCF, against NAK storms"),
    rdataDelay: byDefault(delay, "0s", "how long a repair waits for the NAKs of receivers further away"),
    rdataShare: byDefault(share(), 0.5, "the share of repairs while both repairs and new data wait"),
    syn: byDefault(boolean(), true, "OPT_SYN on the first data packet"),
    lateJoin: byDefault(share(), 0, "OPT_JOIN: the share of the window that late joiners may ask for"),
    maxTsdu: optional(
      integer(1, 65_000),
      "the largest payload of one packet, bytes; longer messages are fragmented (default: 1400, or what the mtu allows)",
    ),
    firstSqn: byDefault(integer(0, MAX_SQN), 0, "the sequence number of the first data packet"),
    firstSpmSqn: byDefault(integer(0, MAX_SQN), 0, "the sequence number of the first SPM"),
    sourcePort: byDefault(integer(0, 65_535), 0, "data-source port; 0 draws one at random"),
    ttl: byDefault(integer(1, 255), 64, "the IP time to live of what the source sends to the group"),
    fec: optional(fecSchema, "forward error correction: parity packets that stand for any lost ones of their group"),
    ...parentKeys,
  }),
);

/** What a receiver can be given (RFC 3208, section 6). */
export const receiverSchema = named(
  "Receiver",
  object({
    ordered: byDefault(boolean(), true, "whether messages are delivered in order; otherwise as soon as each is whole"),
    lossPolicy: byDefault(
      choice("policy", "continue", "reset"),
      "continue",
      "after a loss that cannot be repaired: go on behind it, or end the session",
    ),
    lateJoin: byDefault(boolean(), true, "whether a late joiner asks for what the source's OPT_JOIN offers"),
    rdataBegins: byDefault(boolean(), true, "whether reception may begin with a repair that others asked for"),
    nakBoIvl: byDefault(
      duration("1us", "24h"),
      "50ms",
      "NAK_BO_IVL: the back-off before a NAK is drawn from 0 .. nakBoIvl, until the source advertises another",
    ),
    nakBoIvlMin: byDefault(backOff, "10ms", "NAK_BO_IVL_MIN: no less is taken over, unless the source gives limits"),
    nakBoIvlMax: byDefault(backOff, "2s", "NAK_BO_IVL_MAX: no more is taken over, unless the source gives limits"),
    nakRptIvl: byDefault(interval, "500ms", "NAK_RPT_IVL: how long to wait for an NCF before the NAK is repeated"),
    nakRdataIvl: byDefault(interval, "1s", "NAK_RDATA_IVL: how long to wait for the repair after an NCF"),
    nakNcfRetries: byDefault(integer(0, 10_000), 10, "NAK_NCF_RETRIES: waits for an NCF before data counts as lost"),
    nakDataRetries: byDefault(
      integer(0, 10_000),
      10,
      "NAK_DATA_RETRIES: waits for a repair before data counts as lost",
    ),
    nakListMax: byDefault(integer(1, 63), 1, "how many sequence numbers one NAK may ask for (OPT_NAK_LIST)"),
    multicastNak: byDefault(
      boolean(),
      false,
      "whether NAKs to a parent beyond the subnet are also multicast with TTL 1",
    ),
    followRedirects: byDefault(
      boolean(),
      false,
      "whether NAKs go to a local repairer beyond the subnet that offers itself, rather than to the parent",
    ),
    spmr: byDefault(boolean(), true, "whether an SPM is solicited from a source of which only data was heard"),
    spmrBoIvl: byDefault(delay, "250ms", "SPMR_BO_IVL: the back-off before an SPMR is drawn from 0 .. spmrBoIvl"),
    spmrSpmIvl: byDefault(interval, "1s", "SPMR_SPM_IVL: how long to wait for the SPM before the SPMR is repeated"),
    spmrRetries: byDefault(integer(0, 10_000), 10, "how often an SPMR without answer is repeated"),
    reorderPackets: byDefault(integer(1, 65_536), 2, "later packets that make a gap a loss"),
    reorderTimeout: byDefault(delay, "20ms", "how long a gap may stay open before it is a loss without them"),
    rxwMaxSqns: byDefault(
      integer(1, 2 ** 24),
      65_536,
      "the largest number of sequence numbers from the first missing one to the newest",
    ),
    bufferBytes: byDefault(size("1B", "16GB"), "64MiB", "packets that may wait behind gaps, in all sessions together"),
    maxMissing: byDefault(
      integer(1, 2 ** 24),
      131_072,
      "sequence numbers that may be missing, in all sessions together",
    ),
    maxApdu: byDefault(size("1B", "1GB"), "64MiB", "the largest message that is put together from fragments"),
    idleTimeout: byDefault(interval, "300s", "how long a session lives without a packet"),
    endLinger: byDefault(delay, "30s", "how long a session that ended is remembered, against late packets"),
    sourceTakeover: byDefault(delay, "15s", "how long a source must be silent before another address may go on for it"),
    maxSessions: byDefault(integer(1, 65_536), 256, "how many sources are followed at once"),
  }),
);

/** What a receiver that repairs for others can be given (RFC 3208, section 9.5). */
export const repairerSchema = named(
  "Repairer",
  object({
    answerNcfs: byDefault(boolean(), true, "whether it offers itself when its parent confirms the NAKs of others"),
    parity: byDefault(
      boolean(),
      false,
      "whether it offers and sends parity as well, where the source does on demand (fec.onDemand)",
    ),
    redirectIvl: byDefault(delay, "1s", "how far apart these offers are kept"),
    ncfRepeatIvl: byDefault(delay, "20ms", "how far apart repeats of one NCF are kept, against NAK storms"),
    repairRte: byDefault(byteRate("8bps", "100Gbps"), "100Mbps", "the rate of its repairs"),
    maxWaiting: byDefault(integer(1, 2 ** 24), 4_096, "repairs that may wait for that rate; NAKs for more are shed"),
    maxServed: byDefault(integer(1, 65_536), 16, "how many sources it repairs for; further ones it only receives"),
    cachePackets: byDefault(integer(1, 2 ** 24), 65_536, "packets that it keeps of one source, within its window"),
    cacheBytes: byDefault(size("1B", "16GB"), "64MiB", "octets that it keeps of one source"),
  }),
);

/** What a segment can be given. */
export const segmentSchema = named(
  "Segment",
  object({
    rate: byDefault(rate("1bps", "1000Gbps"), "100Mbps", "bits per second of the medium"),
    delay: byDefault(delay, "1ms", "propagation delay from any attachment to any other"),
    queue: byDefault(size("576B", "1GB"), "256kB", "output queue of each attachment; at least one mtu"),
    mtu: byDefault(size("576B", "65535B"), 1500, "the largest IP packet; what exceeds it is dropped"),
  }),
);

const helperKeys = {
  source: byDefault(sourceSchema, {}, 'parameters of the node "sender"'),
  receiver: byDefault(receiverSchema, {}, 'parameters of the nodes "member-0", "member-1", ...'),
};
const receivers = integer(1, MAX_NODES);
const link = byDefault(segmentSchema, {}, "parameters of every link");

/** Networks of usual shape (topologies.ts draws them). */
export const topologySchema = named(
  "Topology",
  tagged("kind", {
    lan: object({
      kind: required(literal("lan"), 'one segment "lan" with all nodes'),
      receivers: required(receivers, 'how many receivers: "member-0", "member-1", ...'),
      segment: byDefault(segmentSchema, {}, 'parameters of the segment "lan"'),
      ...helperKeys,
    }),
    star: object({
      kind: required(literal("star"), 'the sender and every receiver on links of their own to the router "hub"'),
      receivers: required(receivers, 'how many receivers: "member-0" on "link-0", "member-1" on "link-1", ...'),
      trunk: byDefault(segmentSchema, {}, 'parameters of the segment "trunk" from the sender to the hub'),
      link,
      ...routerKeys,
      ...helperKeys,
    }),
    chain: object({
      kind: required(literal("chain"), 'sender, "router-1", ..., "router-N" in a row; behind router I is "link-I"'),
      hops: required(integer(1, 1_000), "how many routers"),
      receivers: byDefault(receivers, 1, "how many receivers on the last link"),
      receiversPerHop: byDefault(integer(0, MAX_NODES), 0, "how many receivers on every link between two routers"),
      link,
      ...routerKeys,
      ...helperKeys,
    }),
    tree: object({
      kind: required(literal("tree"), 'a tree of routers below "root" with one receiver on a link at each leaf'),
      arity: required(integer(2, MAX_NODES), "how many links lead down from a router at most"),
      receivers: required(receivers, "how many leaves; the depth is the least that holds them"),
      link,
      ...routerKeys,
      ...helperKeys,
    }),
  }),
);

const attachment = object({
  segment: required(segmentName, "the segment to attach to"),
  address: optional(unicastAddress(), "the address of the interface (default: generated)"),
  cost: byDefault(integer(1, 65_535), 1, "the routing cost of sending through the interface"),
});
const nodeKeys = {
  on: required(
    array(scalarOr(segmentName, attachment), 1, MAX_SEGMENTS),
    "the segments that the node is attached to: names, or objects with address or cost",
  ),
  count: optional(integer(1, MAX_NODES), "how many such nodes: NAME-0, NAME-1, ... (default: one, called NAME)"),
};
const memberKeys = {
  group: optional(groupAddress(), "the multicast group (default: the group of the scenario)"),
  port: optional(port, "the data-destination port (default: the port of the scenario)"),
};

/** A node: a source, a receiver, one with sockets, a router or a host. */
export const nodeSchema = named(
  "Node",
  tagged("role", {
    source: object({
      role: required(literal("source"), "a node that sends messages"),
      ...nodeKeys,
      ...memberKeys,
      sendOn: optional(segmentName, "the segment that everything is sent on (default: the first of on)"),
      source: byDefault(sourceSchema, {}, "parameters of the source"),
    }),
    receiver: object({
      role: required(literal("receiver"), "a node that receives messages"),
      ...nodeKeys,
      ...memberKeys,
      joins: optional(
        array(segmentName, 1, MAX_SEGMENTS),
        "the segments on which the group is joined (default: all of on)",
      ),
      joined: byDefault(boolean(), true, "whether the group is joined from the start; otherwise a join action does it"),
      receiver: byDefault(receiverSchema, {}, "parameters of the receiver"),
      repairer: optional(repairerSchema, "makes it a designated local repairer as well; {} for one with all defaults"),
    }),
    sockets: object({
      role: required(
        literal("sockets"),
        "a node whose programs use sockets of Windows Reliable Multicast, as the script says",
      ),
      ...nodeKeys,
    }),
    router: object({
      role: required(literal("router"), "a node that forwards between its segments"),
      ...nodeKeys,
      pgm: byDefault(boolean(), false, "whether it speaks PGM: a network element; otherwise it knows nothing of it"),
      element: optional(elementSchema, "parameters of the network element"),
    }),
    host: object({
      role: required(literal("host"), "a node that runs nothing of its own: a bystander, or an intruder that injects"),
      ...nodeKeys,
    }),
  }),
);

export type ParsedTopology = Parsed<typeof topologySchema>;
export type ParsedSegment = Parsed<typeof segmentSchema>;
export type ParsedNode = Parsed<typeof nodeSchema>;
export type ParsedSource = Parsed<typeof sourceSchema>;
export type ParsedReceiver = Parsed<typeof receiverSchema>;
