/**
 * The script of the scenario language. Read spec.ts and spec_match.ts first.
 *
 * @module
 */

import { boolean, integer, integerOr, rate, share, size, textOfForm, unicastAddress } from "./scalars.ts";
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
import { injectSchema } from "./spec_inject.ts";
import { callSchema, readSchema, socketName } from "./spec_sockets.ts";
import { delay, instant, matchKeys, MAX_SELECTORS, nodes, segments } from "./spec_match.ts";

/** The most messages that all sources of a scenario send. */
export const MAX_MESSAGES = 1_000_000;
/** The most nodes and interfaces that all entries of a script act on. */
export const MAX_PLACES = 1_000_000;

/** The most packets that all entries of a script put on the network by hand. */
export const MAX_INJECTED = 1_000_000;

const INTERFACE = /^([A-Za-z][A-Za-z0-9_-]*\*?|\*):([A-Za-z][A-Za-z0-9_-]*\*?|\*)$/;
const interfaces = oneOrMany(textOfForm(INTERFACE, 'an interface, written "node:segment"'), MAX_SELECTORS);
const MAX_ERROR_CODE = 63;

const whereKeys = {
  to: optional(nodes, "the copies that arrive at these nodes"),
  from: optional(nodes, "the copies that leave these nodes"),
  on: optional(segments, "only on these segments; alone: the copies that arrive at any of their nodes"),
};

/** A message stream. */
export const sendSchema = object({
  from: required(nodes, "the sources that send, or nodes with sockets"),
  socket: optional(socketName, "of nodes with sockets: the socket that each writes to"),
  parts: byDefault(
    integer(1, 1_000),
    1,
    "with sockets: how many calls of send each message takes (RM_SET_MESSAGE_BOUNDARY in message mode)",
  ),
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

const closeSchema = object({ from: required(nodes, "the sources") });

/** Breaking a session off. */
export const abortSchema = object({
  from: required(nodes, "the sources"),
  code: byDefault(integer(0, MAX_ERROR_CODE), 0, "the error code in OPT_RST; 0 for an unknown cause"),
  nakable: byDefault(boolean(), true, "whether NAKs are still served for a while; otherwise OPT_RST has the N bit"),
});

/** Letting the trailing edge of the transmit window go on. */
export const releaseSchema = object({
  from: required(nodes, "the sources, with the txwStrategy application"),
  messages: byDefault(integer(1, MAX_MESSAGES), 1, "how many of the oldest messages need no repair any more"),
});

const NODE = textOfForm(/^[A-Za-z][A-Za-z0-9_-]*$/, "the name of a node");

/** Making unicast take another way than the shortest. */
export const routeSchema = object({
  of: required(NODE, "the node whose route it is"),
  to: required(NODE, "the node that the packets are for, by any of its addresses"),
  via: required(NODE, "the next hop, on a segment with the node: a router, or the destination itself"),
  on: optional(NODE, "the segment that they share (default: the first)"),
});

/** Giving an interface another address. */
export const readdressSchema = object({
  interface: required(textOfForm(INTERFACE, 'an interface, written "node:segment"'), "of a router or a receiver"),
  address: required(unicastAddress(), "the address, which nobody else has or will have"),
});

const at = { at: required(instant, "when, from the start of the run") };
const until = { until: optional(instant, "when it ends (default: never)") };

/** One entry of the script. */
export const actionSchema = named(
  "Action",
  keyed({
    send: object({ ...at, send: required(sendSchema, "sources send messages") }),
    call: object({ ...at, call: required(callSchema, "a program calls a socket, once") }),
    read: object({ ...at, read: required(readSchema, "a program reads a socket until it is told of an end") }),
    drop: object({ ...at, ...until, drop: required(dropSchema, "exact packets are lost") }),
    impair: object({ ...at, ...until, impair: required(impairSchema, "packets are harmed at random") }),
    down: object({ ...at, ...until, down: required(targetSchema, "segments, nodes or interfaces stop working") }),
    up: object({ ...at, up: required(targetSchema, "they work again") }),
    crash: object({ ...at, crash: required(nodes, "nodes stop and forget everything") }),
    restart: object({ ...at, restart: required(nodes, "crashed nodes start again, empty") }),
    join: object({ ...at, join: required(membershipSchema, "receivers join their group") }),
    leave: object({ ...at, leave: required(membershipSchema, "receivers leave their group") }),
    close: object({ ...at, close: required(closeSchema, "sources end their sessions: OPT_FIN after the last data") }),
    abort: object({ ...at, abort: required(abortSchema, "sources break their sessions off at once: OPT_RST") }),
    release: object({ ...at, release: required(releaseSchema, "sources advance their transmit windows") }),
    route: object({
      ...at,
      route: required(routeSchema, "a node sends unicast another way; multicast and its reverse paths stay"),
    }),
    readdress: object({ ...at, readdress: required(readdressSchema, "an interface gets another address") }),
    inject: object({ ...at, ...until, inject: required(injectSchema, "a node puts hand-made packets on the network") }),
  }),
);

export type ParsedAction = Parsed<typeof actionSchema>;
export type ParsedSend = Parsed<typeof sendSchema>;
export type ParsedDrop = Parsed<typeof dropSchema>;
export type ParsedImpair = Parsed<typeof impairSchema>;
export type ParsedTarget = Parsed<typeof targetSchema>;
export type ParsedMembership = Parsed<typeof membershipSchema>;
export type ParsedAbort = Parsed<typeof abortSchema>;
export type ParsedRoute = Parsed<typeof routeSchema>;
export type ParsedReaddress = Parsed<typeof readdressSchema>;
export type ParsedRelease = Parsed<typeof releaseSchema>;
