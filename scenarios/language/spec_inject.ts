/**
 * Hand-made packets in the scenario language: what an intruder, another implementation or a broken one might send. Read
 * spec.ts and spec_match.ts first.
 *
 * @module
 */

import { boolean, choice, integer, literal, literalText, textOfForm, unicastAddress } from "./scalars.ts";
import { array, byDefault, object, optional, type Parsed, required, tagged } from "./schema.ts";
import { delay, PACKET_NAMES } from "./spec_match.ts";

const U32 = 0xffff_ffff;
const MAX_PAYLOAD = 65_535;
/** More than a packet may carry: the encoder says so. */
const MAX_OPTIONS = 32;
const MAX_SQNS = 256;

const NODE = /^[A-Za-z][A-Za-z0-9_-]*$/;
const NODE_OR_ADDRESS = /^([A-Za-z][A-Za-z0-9_-]*|[0-9a-fA-F.:]+)$/;
const HEX = /^([0-9a-fA-F]{2}[ ]?)+$/;

const node = textOfForm(NODE, "the name of a node");
const nodeOrAddress = textOfForm(NODE_OR_ADDRESS, "the name of a node or an address");
const u32 = integer(0, U32);

/** Names the option. */
function is<const Name extends string>(name: Name) {
  return { type: required(literal(name), `OPT_${name}`) };
}

/** An option as it is written. */
const optionSchema = tagged("type", {
  FRAGMENT: object({
    ...is("FRAGMENT"),
    firstSqn: required(u32, "the sequence number of the fragment at offset 0"),
    offset: required(u32, "the offset of the fragment in the message, bytes"),
    apduLength: required(u32, "the length of the message, bytes"),
  }),
  NAK_LIST: object({ ...is("NAK_LIST"), sqns: required(array(u32, 1, MAX_SQNS), "further sequence numbers") }),
  JOIN: object({ ...is("JOIN"), minSqn: required(u32, "the first sequence number that late joiners may ask for") }),
  NAK_BO_IVL: object({
    ...is("NAK_BO_IVL"),
    ivlUs: required(u32, "the back-off interval, us"),
    pollSqn: byDefault(u32, 0, "the poll that it derives from"),
  }),
  NAK_BO_RNG: object({
    ...is("NAK_BO_RNG"),
    minUs: required(u32, "the least back-off interval, us"),
    maxUs: required(u32, "the greatest back-off interval, us"),
  }),
  REDIRECT: object({ ...is("REDIRECT"), nla: required(unicastAddress(), "the repairer") }),
  PARITY_PRM: object({
    ...is("PARITY_PRM"),
    proActive: byDefault(boolean(), false, "whether parity is sent unasked"),
    onDemand: byDefault(boolean(), false, "whether parity can be asked for"),
    tgSize: required(u32, "the size of transmission groups"),
  }),
  PARITY_GRP: object({ ...is("PARITY_GRP"), group: required(u32, "the number of the parity group") }),
  CURR_TGSIZE: object({ ...is("CURR_TGSIZE"), size: required(u32, "the size of this transmission group") }),
  NBR_UNREACH: object(is("NBR_UNREACH")),
  PATH_NLA: object({ ...is("PATH_NLA"), nla: required(unicastAddress(), "the interface") }),
  SYN: object(is("SYN")),
  FIN: object(is("FIN")),
  RST: object({
    ...is("RST"),
    noNaks: byDefault(boolean(), false, "the N bit: no NAKs are served"),
    errorCode: byDefault(integer(0, 255), 0, "why, 0 .. 63"),
  }),
  UNKNOWN: object({
    ...is("UNKNOWN"),
    code: required(integer(0, 255), "the option type, 0 .. 127"),
    opx: optional(integer(1, 3), "what network elements do that do not know it"),
    octets: optional(literalText(HEX, "octets in hexadecimal"), "its value, in hexadecimal"),
  }),
});

/** A packet that is encoded. */
const packetSchema = object({
  type: required(choice("packet type", ...PACKET_NAMES), "the packet type"),
  sqn: optional(u32, "the sequence number of the packet (default: 0); RX_MAX of ACK"),
  trail: optional(u32, "SPM, ODATA, RDATA: the trailing edge (default: the first sequence number of the session)"),
  lead: optional(u32, "SPM: the leading edge (default: one before trail, an empty window)"),
  path: optional(nodeOrAddress, "SPM, POLL: SPM_PATH, a node or an address (default: the source of the session)"),
  bytes: optional(integer(0, MAX_PAYLOAD), "ODATA, RDATA: how many zero octets it carries (default: 0)"),
  parity: byDefault(boolean(), false, "OPT_PARITY"),
  options: byDefault(array(optionSchema, 0, MAX_OPTIONS), [], "its options"),
});

/** Packets that a node puts on the network. */
export const injectSchema = object({
  from: required(node, "the node that puts them on the network; no router"),
  on: optional(node, "the segment (default: the first of the node)"),
  session: required(node, "the source whose TSI, ports and group they carry (of its first life)"),
  as: optional(
    nodeOrAddress,
    "their network source, a node or an address (default: that of the session's source for types that travel " +
      "downstream, else from)",
  ),
  to: optional(
    nodeOrAddress,
    '"group", a node or an address (default: the group for types that travel downstream, else the session\'s source)',
  ),
  ttl: byDefault(integer(0, 255), 64, "the IP time to live"),
  sourcePort: optional(integer(0, 65_535), "another data-source port: another session"),
  packet: optional(packetSchema, "the packet"),
  octets: optional(
    literalText(HEX, "octets in hexadecimal, two digits each"),
    "instead of packet: any octets, in hexadecimal",
  ),
  count: byDefault(integer(1, 1_000_000), 1, "how many"),
  every: optional(delay, "the time from one to the next (default: all at once)"),
  drawn: byDefault(
    array(choice("field", "sqn", "session"), 0, 2),
    [],
    "what is drawn anew for each: the sequence number; GSI and data-source port, which make it one of no session",
  ),
  upTo: byDefault(u32, U32, "the last sequence number that may be drawn, from the packet's on"),
});

/** The most octets of one hand-made datagram. */
export const MAX_INJECT_OCTETS = 65_535;

export type ParsedInject = Parsed<typeof injectSchema>;
export type ParsedInjectPacket = Parsed<typeof packetSchema>;
export type ParsedInjectOption = Parsed<typeof optionSchema>;
