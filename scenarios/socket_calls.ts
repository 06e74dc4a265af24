/**
 * What programs do with their sockets in the scenarios about Windows Reliable Multicast: calls, one after the other.
 *
 * @module
 */

import type { ScenarioSpec } from "./language/spec.ts";

type Action = NonNullable<ScenarioSpec["script"]>[number];
type CallAction = Extract<Action, { readonly call: unknown }>;
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A call, whoever does it. */
export type Call = Without<CallAction["call"], "node" | "socket">;

/** What programs on nodes do with the socket of a name, at one instant. */
export function calls(
  at: CallAction["at"],
  node: string,
  socket: string,
  ...each: readonly Call[]
): readonly CallAction[] {
  return each.map((call) => ({ at, call: { node, socket, ...call } }) as CallAction);
}

/** The calls that make a sender; `options` are set between bind and connect, where they must be. */
export function sender(type: "SOCK_RDM" | "SOCK_STREAM", ...options: readonly Call[]): readonly Call[] {
  return [{ open: { type } }, { bind: {} }, ...options, { connect: {} }];
}

/** The calls that make a socket that listens; `options` are set between bind and listen. */
export function listener(type: "SOCK_RDM" | "SOCK_STREAM", ...options: readonly Call[]): readonly Call[] {
  return [{ open: { type } }, { bind: { address: "group" } }, ...options, { listen: {} }];
}

/** RM_RATE_WINDOW_SIZE. */
export function rateAndWindow(kbitsPerSecond: number, milliseconds: number): Call {
  const value = { RateKbitsPerSec: kbitsPerSecond, WindowSizeInMSecs: milliseconds };
  return { set: { option: "RM_RATE_WINDOW_SIZE", value } };
}
