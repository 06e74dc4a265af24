/**
 * Programs that use sockets, in the script of the scenario language: single calls, and reading. Writing is a `send` with
 * the name of a socket (spec_script.ts). Read spec.ts first.
 *
 * @module
 */

import {
  AF_INET,
  AF_INET6,
  FIONBIO,
  IPPROTO_RM,
  RM_ADD_RECEIVE_IF,
  RM_DEL_RECEIVE_IF,
  RM_FLUSHCACHE,
  RM_HIGH_SPEED_INTRANET_OPT,
  RM_LATEJOIN,
  RM_RATE_WINDOW_SIZE,
  RM_RECEIVER_STATISTICS,
  RM_SEND_WINDOW_ADV_RATE,
  RM_SENDER_STATISTICS,
  RM_SENDER_WINDOW_ADVANCE_METHOD,
  RM_SET_MCAST_TTL,
  RM_SET_MESSAGE_BOUNDARY,
  RM_SET_SEND_IF,
  RM_USE_FEC,
  SD_BOTH,
  SD_RECEIVE,
  SD_SEND,
  SOCK_RDM,
  SOCK_STREAM,
  WSA,
  type WsaName,
} from "../../engine/mod.ts";
import { argument, constant } from "./arguments.ts";
import { choice, NAME, rate, size, textOfForm } from "./scalars.ts";
import { byDefault, keyed, named, object, optional, type Parsed, required } from "./schema.ts";
import { nodes } from "./spec_match.ts";

/** The options of sockets, by name. */
export const SOCKET_OPTIONS = {
  RM_RATE_WINDOW_SIZE,
  RM_SET_MESSAGE_BOUNDARY,
  RM_FLUSHCACHE,
  RM_SENDER_WINDOW_ADVANCE_METHOD,
  RM_SENDER_STATISTICS,
  RM_LATEJOIN,
  RM_SET_SEND_IF,
  RM_ADD_RECEIVE_IF,
  RM_DEL_RECEIVE_IF,
  RM_SEND_WINDOW_ADV_RATE,
  RM_USE_FEC,
  RM_SET_MCAST_TTL,
  RM_RECEIVER_STATISTICS,
  RM_HIGH_SPEED_INTRANET_OPT,
} as const;

const CODES = Object.keys(WSA) as WsaName[];

/** The name that a program has for a socket. */
export const socketName = textOfForm(NAME.pattern, NAME.what);
/** A code of Windows Sockets, by name. */
export const wsaName = choice("code", ...CODES);

const who = {
  node: required(nodes, "the nodes whose program calls, each on its own; with the role sockets"),
  socket: required(socketName, "the socket, by the name that open or accept gave it"),
};
const common = {
  ...who,
  fails: optional(
    choice("code", "any", ...CODES),
    'the code that the call must fail with; "any" if it may fail or not (default: it must not fail)',
  ),
};
const level = byDefault(constant("level", { IPPROTO_RM }), IPPROTO_RM, "the level of the option");
const option = required(constant("option", SOCKET_OPTIONS), "the option, by name or number");
const port = optional(argument(), "the port (default: the port of the scenario)");

/** One call of the socket API. */
export const callSchema = named(
  "Call",
  keyed({
    open: object({
      ...common,
      open: required(
        object({
          type: required(constant("type", { SOCK_RDM, SOCK_STREAM }), "of messages, or of a stream of octets"),
          family: optional(constant("family", { AF_INET, AF_INET6 }), "the address family (default: the scenario's)"),
          protocol: byDefault(constant("protocol", { IPPROTO_RM }), IPPROTO_RM, "the protocol"),
        }),
        "makes the socket",
      ),
    }),
    bind: object({
      ...common,
      bind: required(
        object({
          address: byDefault(
            argument(),
            "any",
            '"any" makes a sender, "group" a receiver of the group of the scenario; or an address',
          ),
          port: optional(argument(), 'the port (default: that of the scenario with "group", else 0)'),
        }),
        "makes it a sender or a receiver",
      ),
    }),
    connect: object({
      ...common,
      connect: required(
        object({ group: byDefault(argument(), "group", 'an address; "group" is the scenario\'s'), port }),
        "begins a session of a sender",
      ),
    }),
    listen: object({
      ...common,
      listen: required(
        object({ backlog: byDefault(argument(), 1, "how many sessions may wait to be accepted") }),
        "begins to receive",
      ),
    }),
    accept: object({
      ...common,
      accept: required(object({ as: required(socketName, "the name of its socket") }), "takes a session that waits"),
    }),
    set: object({
      ...common,
      set: required(
        object({
          level,
          option,
          value: optional(argument(), "the value: a number, or the fields of a structure"),
          interface: optional(textOfForm(NAME.pattern, "the name of a segment"), "instead: the node's address there"),
        }),
        "setsockopt",
      ),
    }),
    get: object({
      ...common,
      get: required(
        object({ level, option, is: optional(argument(), "what must come of it; of a structure, some fields") }),
        "getsockopt",
      ),
    }),
    send: object({
      ...common,
      send: required(object({ bytes: required(size("0B", "65MiB"), "how many") }), "sends octets, once"),
    }),
    recv: object({
      ...common,
      recv: required(
        object({
          buffer: byDefault(size("0B", "64MiB"), "64KiB", "how many at most"),
          gives: optional(size("0B", "64MiB"), "how many it must be, whether it fails with WSAEMSGSIZE or not"),
        }),
        "receives octets, once",
      ),
    }),
    shutdown: object({
      ...common,
      shutdown: required(
        object({ how: required(constant("how", { SD_RECEIVE, SD_SEND, SD_BOTH }), "what is over") }),
        "announces the end of what is sent, or leaves a session",
      ),
    }),
    ioctl: object({
      ...common,
      ioctl: required(
        object({
          command: byDefault(constant("command", { FIONBIO }), FIONBIO, "the command"),
          argument: byDefault(argument(), 1, "its argument"),
        }),
        "ioctlsocket",
      ),
    }),
    close: object({ ...common, close: required(object({}), "closesocket") }),
  }),
);

/** A program that reads. */
export const readSchema = object({
  ...who,
  buffer: byDefault(size("1B", "64MiB"), "64KiB", "how many octets each recv takes at most"),
  rate: optional(rate("1bps", "1000Gbps"), "how fast each session is read at most (default: as fast as it comes)"),
});

export type ParsedCall = Parsed<typeof callSchema>;
export type ParsedRead = Parsed<typeof readSchema>;
