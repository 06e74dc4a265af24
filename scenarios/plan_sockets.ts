/**
 * What programs do with sockets in a scenario after parsing. Nothing below this point validates: what a call is given
 * may be as wrong as a program can make it.
 *
 * @module
 */

import type { WsaName } from "../engine/mod.ts";

/** A value that a program passes to a call: anything that JSON can say, though not in any depth. */
export type Argument =
  | string
  | number
  | boolean
  | null
  | { readonly [field: string]: string | number | boolean | null };

/** One call of the socket API. */
export type SocketCall =
  | { readonly kind: "open"; readonly family: Argument; readonly type: Argument; readonly protocol: Argument }
  | { readonly kind: "bind" | "connect"; readonly address: Argument; readonly port: Argument }
  | { readonly kind: "listen"; readonly backlog: Argument }
  /** The session's socket is called `as`. */
  | { readonly kind: "accept"; readonly as: string }
  | { readonly kind: "set"; readonly level: Argument; readonly option: Argument; readonly value: Argument }
  /** The value must be `is`, or have its fields, unless that is `undefined`; `expected` says so for people. */
  | {
    readonly kind: "get";
    readonly level: Argument;
    readonly option: Argument;
    readonly is: Argument | undefined;
    readonly expected: string;
  }
  /** Octets: a message, or a part of one. */
  | { readonly kind: "send"; readonly bytes: number }
  /** It must be `gives` octets, unless that is `undefined`. */
  | { readonly kind: "recv"; readonly buffer: number; readonly gives: number | undefined }
  | { readonly kind: "shutdown"; readonly how: Argument }
  | { readonly kind: "ioctl"; readonly command: Argument; readonly argument: Argument }
  | { readonly kind: "close" };

/** A call of one socket. */
export interface CallPlan {
  /** Index into `Plan.nodes`. */
  readonly node: number;
  /** The name that the program has for the socket. */
  readonly socket: string;
  /** For people: `socket out: connect 239.192.0.1:7500`. */
  readonly text: string;
  /** What is called. */
  readonly call: SocketCall;
  /** The code that it must fail with; `any` if it may fail or not, `undefined` if it must not. */
  readonly fails: WsaName | "any" | undefined;
}

/** A stream of messages that programs write to sockets. */
export interface WritePlan {
  /** Indexes into `Plan.nodes`. */
  readonly nodes: readonly number[];
  /** The name of the socket of each. */
  readonly socket: string;
  /** How many in all, on each node. */
  readonly messages: number;
  /** The shortest message, octets; lengths are spread over `minBytes ..= maxBytes`. */
  readonly minBytes: number;
  /** The longest message, octets. */
  readonly maxBytes: number;
  /** The time between two messages; 0 for all at once. */
  readonly every: number;
  /** How many calls of `send` each message takes. */
  readonly parts: number;
}

/** Programs that read sockets until they are told of an end. */
export interface ReadPlan {
  /** Indexes into `Plan.nodes`. */
  readonly nodes: readonly number[];
  /** The name of the socket of each: one that listens, all of whose sessions are read, or a session. */
  readonly socket: string;
  /** The octets that one `recv` takes at most. */
  readonly buffer: number;
  /** How fast each session is read at most, bit/s; `Infinity` for as fast as it comes. */
  readonly bitsPerSecond: number;
}
