/**
 * The expectations of the scenario language. Read spec.ts and spec_match.ts first.
 *
 * @module
 */

import { ParseError } from "../../engine/mod.ts";
import { choice, integer, integerOr, text } from "./scalars.ts";
import { array, byDefault, keyed, named, object, optional, type Parsed, required, scalarOr } from "./schema.ts";
import { socketName, wsaName } from "./spec_sockets.ts";
import { delay, instant, nodes, packetKeys, packets } from "./spec_match.ts";

/** The most instants of one expectation. */
const MAX_TIMES = 1_000;

/** The causes for which a packet is malformed, by name. */
export type MalformedName = Exclude<keyof typeof ParseError, "None">;

const MALFORMED_NAMES = (Object.keys(ParseError) as (keyof typeof ParseError)[])
  .filter((name): name is MalformedName => name !== "None");

const amount = integer(0, Number.MAX_SAFE_INTEGER);
const boundKeys = {
  exactly: optional(amount, "this many"),
  atLeast: optional(amount, "no fewer"),
  atMost: optional(amount, "no more"),
};
const bounds = named("Bounds", scalarOr(amount, object(boundKeys)));
const spanKeys = {
  after: byDefault(instant, "0s", "only those at this instant or later"),
  before: optional(instant, "only those before this instant (default: the end)"),
};
/** Which packets that nodes put on the network. */
const sentKeys = {
  from: optional(nodes, "only those that these nodes send, all together (default: any node)"),
  ...packetKeys,
  ...spanKeys,
};
const of = { of: required(nodes, "sources, receivers or routers that speak PGM; each of them") };
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
      to: required(nodes, "the receivers, and nodes with sockets; each of them"),
      ...spanKeys,
    }),
    lost: object({ lost: required(bounds, "sequence numbers reported lost"), ...by, ...spanKeys }),
    recovered: object({ recovered: required(bounds, "sequence numbers obtained by repair"), ...by }),
    suppressed: object({ suppressed: required(bounds, "sequence numbers for which a NAK was held back"), ...by }),
    duplicates: object({ duplicates: required(bounds, "data packets received again"), ...by }),
    count: object({
      count: required(packets, "packet types to count"),
      ...sentKeys,
      ...boundKeys,
    }),
    times: object({
      times: required(packets, "packet types that are sent at exact instants"),
      ...sentKeys,
      are: required(array(instant, 0, MAX_TIMES), "the instants, in order: no more and no fewer"),
      within: byDefault(delay, "1us", "how far from its instant each may be"),
    }),
    spacing: object({
      spacing: required(packets, "packet types that keep a distance from one to the next; at least two packets"),
      ...sentKeys,
      atLeast: optional(delay, "no shorter"),
      atMost: optional(delay, "no longer"),
    }),
    ended: object({
      ended: required(
        choice("end", "fin", "rst", "loss", "idle"),
        "how every session that the receiver followed ended: finished or aborted by its source, reset after a loss, " +
          "or silent for too long",
      ),
      ...by,
      source: optional(nodes, "only the sessions of these sources (default: all)"),
      code: optional(integer(0, 63), "the error code of rst (default: any)"),
      ...spanKeys,
    }),
    told: object({
      told: required(
        wsaName,
        "the code that calls of sockets failed with: an end, such as WSAECONNRESET, or a mistake",
      ),
      by: required(nodes, "the nodes with sockets; each of them"),
      socket: optional(socketName, "only calls of this socket, and of the sessions that a program accepts from it"),
      ...boundKeys,
      ...spanKeys,
    }),
    started: object({ started: required(bounds, "sessions whose very beginning (OPT_SYN) was received"), ...by }),
    counter: object({
      counter: required(text(60), "the name of a counter of the engine, as in the counters of the result"),
      ...of,
      ...boundKeys,
    }),
    malformed: object({
      malformed: required(choice("cause", ...MALFORMED_NAMES), "malformed packets received, by cause"),
      ...of,
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

export type ParsedExpectation = Parsed<typeof expectationSchema>;
