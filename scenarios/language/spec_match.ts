/**
 * What scripts and expectations share: how nodes, segments and packets are chosen. Read spec.ts first.
 *
 * @module
 */

import { boolean, choice, duration, sqnRange, textOfForm } from "./scalars.ts";
import { named, oneOrMany, optional } from "./schema.ts";

/** The packet types of PGM by name. */
export const PACKET_NAMES = ["SPM", "POLL", "POLR", "ODATA", "RDATA", "NAK", "NNAK", "NCF", "SPMR", "ACK"] as const;

/** The options of PGM by name that a packet can be chosen by. */
export const OPTION_NAMES = [
  "FRAGMENT",
  "NAK_LIST",
  "JOIN",
  "NAK_BO_IVL",
  "NAK_BO_RNG",
  "REDIRECT",
  "PARITY_PRM",
  "PARITY_GRP",
  "CURR_TGSIZE",
  "NBR_UNREACH",
  "PATH_NLA",
  "SYN",
  "FIN",
  "RST",
  "CR",
  "CRQST",
  "PGMCC_DATA",
  "PGMCC_FEEDBACK",
] as const;

/** The most selectors in one list. */
export const MAX_SELECTORS = 1_000;

const SELECTOR = /^([A-Za-z][A-Za-z0-9_-]*\*?|\*)$/;

/** Selectors of nodes. */
export const nodes = named(
  "Nodes",
  oneOrMany(
    textOfForm(SELECTOR, 'the name of a node or group, or a beginning of names such as "link-*"'),
    MAX_SELECTORS,
  ),
);

/** Selectors of segments. */
export const segments = named(
  "Segments",
  oneOrMany(
    textOfForm(SELECTOR, 'the name of a segment, or a beginning of names such as "link-*"'),
    MAX_SELECTORS,
  ),
);

/** Packet types. */
export const packets = named("Packets", oneOrMany(choice("packet type", ...PACKET_NAMES), PACKET_NAMES.length));

const sqns = named("Sqns", oneOrMany(sqnRange(), MAX_SELECTORS));
const options = named("Options", oneOrMany(choice("option", ...OPTION_NAMES), OPTION_NAMES.length));

/** A length of time that something may be put off by. */
export const delay = duration("0s", "24h");

/** A time since the start of the run. */
export const instant = duration("0s", "1000h");

/** Which packets, besides their type. */
export const packetKeys = {
  sqn: optional(sqns, 'sequence numbers: 7, "7..9" or a list (default: any)'),
  trail: optional(sqns, "trailing edges, of SPM, ODATA and RDATA (default: any)"),
  lead: optional(sqns, "leading edges, of SPM (default: any)"),
  source: optional(nodes, "the sources of the sessions that the packets belong to (default: any)"),
  cast: optional(choice("cast", "unicast", "multicast"), "only those to one address, or to a group (default: any)"),
  parity: optional(boolean(), "only those with OPT_PARITY, or only those without (default: both)"),
  option: optional(options, "options of which the packets carry at least one, such as FIN (default: any)"),
};

/** Which packets. */
export const matchKeys = { packet: optional(packets, "packet types (default: any)"), ...packetKeys };
