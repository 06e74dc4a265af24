/**
 * The script and the expectations of the scenario language. Read spec.ts first.
 *
 * @module
 */

import { choice, duration, integer, integerOr, rate, share, size, sqnRange, textOfForm } from "./scalars.ts";
import {
  array,
  byDefault,
  keyed,
  named,
  object,
  oneOrMany,
  optional,
  type Parsed,
  required,
  scalarOr,
} from "./schema.ts";

/** The most messages that all sources of a scenario send. */
export const MAX_MESSAGES = 1_000_000;
/** The most nodes and interfaces that all entries of a script act on. */
export const MAX_PLACES = 1_000_000;

const MAX_SELECTORS = 1_000;

/** The packet types of PGM by name. */
export const PACKET_NAMES = ["SPM", "POLL", "POLR", "ODATA", "RDATA", "NAK", "NNAK", "NCF", "SPMR", "ACK"] as const;

const SELECTOR = /^([A-Za-z][A-Za-z0-9_-]*\*?|\*)$/;
const INTERFACE = /^([A-Za-z][A-Za-z0-9_-]*\*?|\*):([A-Za-z][A-Za-z0-9_-]*\*?|\*)$/;
const nodes = named(
  "Nodes",
  oneOrMany(
    textOfForm(SELECTOR, 'the name of a node or group, or a beginning of names such as "link-*"'),
    MAX_SELECTORS,
  ),
);
const segments = named(
  "Segments",
  oneOrMany(
    textOfForm(SELECTOR, 'the name of a segment, or a beginning of names such as "link-*"'),
    MAX_SELECTORS,
  ),
);
const interfaces = oneOrMany(textOfForm(INTERFACE, 'an interface, written "node:segment"'), MAX_SELECTORS);
const packets = named("Packets", oneOrMany(choice("packet type", ...PACKET_NAMES), PACKET_NAMES.length));
const sqns = named("Sqns", oneOrMany(sqnRange(), MAX_SELECTORS));
const delay = duration("0s", "24h");
const instant = duration("0s", "1000h");

const whereKeys = {
  to: optional(nodes, "the copies that arrive at these nodes"),
  from: optional(nodes, "the copies that leave these nodes"),
  on: optional(segments, "only on these segments; alone: the copies that arrive at any of their nodes"),
};
const matchKeys = {
  packet: optional(
    packets,
    "packet types (default: any)",
  ),
  sqn: optional(sqns, 'sequence numbers: 7, "7..9" or a list (default: any)'),
  source: optional(nodes, "the sources of the sessions that the packets belong to (default: any)"),
};

/** A message stream. */
export const sendSchema = object({
  from: required(nodes, "the sources that send"),
  messages: required(integer(1, MAX_MESSAGES), "how many messages each sends"),
  bytes: required(
    scalarOr(size("1B", "4MiB"), array(size("1B", "4MiB"), 2, 2)),
    "the size of a message, or [least, most] to draw it from",
  ),
  every: optional(delay, "the time from one message to the next (default: all at once)"),
  rate: optional(rate("1bps", "1000Gbps"), "instead of every: the bits of messages per second"),
});

/** Losing exact packets. */
export const dropSchema = object({
  ...whereKeys,
  ...matchKeys,
  nth: byDefault(integer(1, 1_000_000_000), 1, "the first matching packet to drop at each place, counted from 1"),
  count: byDefault(
    integerOr("all", 1, 1_000_000_000),
    1,
    'how many matching packets in a row to drop at each place, or "all"',
  ),
});

/** Random harm. */
export const impairSchema = object({
  ...whereKeys,
  ...matchKeys,
  loss: byDefault(share(), 0, "the share of packets lost, each on its own"),
  burst: optional(
    object({
      goodToBad: required(share(), "the chance per packet that a burst begins"),
      badToGood: required(share(), "the chance per packet that a burst ends"),
      lossInGood: byDefault(share(), 0, "the share lost outside bursts"),
      lossInBad: byDefault(share(), 1, "the share lost inside bursts"),
    }),
    "loss in bursts (Gilbert-Elliott)",
  ),
  duplicate: byDefault(share(), 0, "the share of packets that arrive twice"),
  duplicateDelay: byDefault(delay, "0s", "how much later the second copy arrives"),
  corrupt: byDefault(share(), 0, "the share of packets with damaged octets"),
  delay: byDefault(delay, "0s", "extra delay of every packet"),
  jitter: byDefault(delay, "0s", "more delay, drawn from 0 .. jitter per packet"),
  reorder: byDefault(share(), 0, "the share of packets that reorderDelay holds back"),
  reorderDelay: byDefault(delay, "5ms", "how long these are held back"),
});

const targetSchema = keyed({
  segment: object({ segment: required(segments, "these segments") }),
  node: object({ node: required(nodes, "all interfaces of these nodes") }),
  interface: object({
    interface: required(interfaces, 'these interfaces, written "node:segment"'),
  }),
});
const membershipSchema = object({
  node: required(nodes, "the receivers"),
  on: optional(segments, "only on these segments (default: the joins of the receiver)"),
});

const at = { at: required(instant, "when, from the start of the run") };
const until = { until: optional(instant, "when it ends (default: never)") };

/** One entry of the script. */
export const actionSchema = named(
  "Action",
  keyed({
    send: object({ ...at, send: required(sendSchema, "sources send messages") }),
    drop: object({ ...at, ...until, drop: required(dropSchema, "exact packets are lost") }),
    impair: object({ ...at, ...until, impair: required(impairSchema, "packets are harmed at random") }),
    down: object({ ...at, ...until, down: required(targetSchema, "segments, nodes or interfaces stop working") }),
    up: object({ ...at, up: required(targetSchema, "they work again") }),
    crash: object({ ...at, crash: required(nodes, "nodes stop and forget everything") }),
    restart: object({ ...at, restart: required(nodes, "crashed nodes start again, empty") }),
    join: object({ ...at, join: required(membershipSchema, "receivers join their group") }),
    leave: object({ ...at, leave: required(membershipSchema, "receivers leave their group") }),
  }),
);

const amount = integer(0, Number.MAX_SAFE_INTEGER);
const boundKeys = {
  exactly: optional(amount, "this many"),
  atLeast: optional(amount, "no fewer"),
  atMost: optional(amount, "no more"),
};
const bounds = named("Bounds", scalarOr(amount, object(boundKeys)));
const by = { by: required(nodes, "the receivers; each of them") };

/** One expectation: what must be true when the run has ended. */
export const expectationSchema = named(
  "Expectation",
  keyed({
    delivered: object({
      delivered: required(
        scalarOr(integerOr("all", 0, Number.MAX_SAFE_INTEGER), object(boundKeys)),
        'messages delivered: "all" from where the receiver started, or a number',
      ),
      to: required(nodes, "the receivers; each of them"),
    }),
    lost: object({ lost: required(bounds, "sequence numbers reported lost"), ...by }),
    recovered: object({ recovered: required(bounds, "sequence numbers obtained by repair"), ...by }),
    suppressed: object({ suppressed: required(bounds, "sequence numbers for which a NAK was held back"), ...by }),
    duplicates: object({ duplicates: required(bounds, "data packets received again"), ...by }),
    count: object({
      count: required(packets, "packet types to count"),
      from: optional(nodes, "only those that these nodes send, all together (default: any node)"),
      sqn: matchKeys.sqn,
      source: matchKeys.source,
      after: byDefault(instant, "0s", "only those sent at this instant or later"),
      before: optional(instant, "only those sent before this instant (default: the end)"),
      ...boundKeys,
    }),
    repairLatency: object({
      repairLatency: required(choice("statistic", "median", "p99", "max"), "which of the times from loss to repair"),
      atMost: required(delay, "how long it may be"),
      ...by,
    }),
    settled: object({
      settled: required(
        object({ before: required(instant, "the latest instant") }),
        "when everything was delivered or reported lost",
      ),
    }),
  }),
);

export type ParsedAction = Parsed<typeof actionSchema>;
export type ParsedSend = Parsed<typeof sendSchema>;
export type ParsedDrop = Parsed<typeof dropSchema>;
export type ParsedImpair = Parsed<typeof impairSchema>;
export type ParsedTarget = Parsed<typeof targetSchema>;
export type ParsedMembership = Parsed<typeof membershipSchema>;
export type ParsedExpectation = Parsed<typeof expectationSchema>;
