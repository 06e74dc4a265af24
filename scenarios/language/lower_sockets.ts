/**
 * From what programs do with sockets as written to calls of numbered nodes. Read spec_sockets.ts first.
 *
 * @module
 */

import {
  AF_INET,
  AF_INET6,
  FIONBIO,
  isIpv6,
  type Nla,
  SD_BOTH,
  SD_RECEIVE,
  SD_SEND,
  SOCK_RDM,
  SOCK_STREAM,
} from "../../engine/mod.ts";
import { unknown } from "./did_you_mean.ts";
import type { Directory } from "./directory.ts";
import { quote, ScenarioError } from "./errors.ts";
import type {
  ActionPlan,
  Argument,
  CallPlan,
  ExpectationPlan,
  InterfacePlan,
  ReadPlan,
  SegmentPlan,
  SocketCall,
} from "../plan.ts";
import { join } from "./schema.ts";
import { type ParsedCall, type ParsedRead, SOCKET_OPTIONS } from "./spec_sockets.ts";

/** What senders of the socket API fill, with the IP header. */
const SOCKET_PACKET = 1_500;

/** What stands for the group and port of the scenario. */
export interface SocketDefaults {
  readonly group: Nla;
  readonly port: number;
}

/** Where an entry stands, and what it refers to. */
export interface SocketContext {
  readonly path: string;
  readonly directory: Directory;
  readonly defaults: SocketDefaults;
}

/** One call of each of the nodes. Throws `ScenarioError`. */
export function lowerCall(written: ParsedCall, context: SocketContext): CallPlan[] {
  const { directory, path } = context;
  const { node: selectors, socket, fails } = written.value;
  const nodes = directory.nodesOfRole("sockets", selectors, join(path, "node"));
  return nodes.map((node) => {
    const call = callOf(written, node, context);
    return { node, socket, call, fails, text: `socket ${socket}: ${callText(call)}` };
  });
}

/** A program that reads on each of the nodes. Throws `ScenarioError`. */
export function lowerRead(read: ParsedRead, { directory, path }: SocketContext): ReadPlan {
  const nodes = directory.nodesOfRole("sockets", read.node, join(path, "node"));
  return { nodes, socket: read.socket, buffer: read.buffer, bitsPerSecond: read.rate ?? Infinity };
}

function callOf(written: ParsedCall, node: number, context: SocketContext): SocketCall {
  const { defaults } = context;
  const ipv6 = isIpv6(defaults.group);
  switch (written.key) {
    case "open": {
      const { type, family = ipv6 ? AF_INET6 : AF_INET, protocol } = written.value.open;
      return { kind: "open", type, family, protocol };
    }
    case "bind": {
      const { address, port } = written.value.bind;
      if (address === "any") return { kind: "bind", address: ipv6 ? "::" : "0.0.0.0", port: port ?? 0 };
      if (address === "group") return { kind: "bind", address: defaults.group, port: port ?? defaults.port };
      return { kind: "bind", address, port: port ?? 0 };
    }
    case "connect": {
      const { group, port } = written.value.connect;
      return { kind: "connect", address: group === "group" ? defaults.group : group, port: port ?? defaults.port };
    }
    case "listen":
      return { kind: "listen", ...written.value.listen };
    case "accept":
      return { kind: "accept", ...written.value.accept };
    case "set": {
      const { level, option } = written.value.set;
      return { kind: "set", level, option, value: valueOf(written.value.set, node, context) };
    }
    case "get": {
      const { level, option, is } = written.value.get;
      const value = is === undefined ? "" : argumentText(is);
      return { kind: "get", level, option, is, expected: `get ${nameIn(SOCKET_OPTIONS, option)} gives ${value}` };
    }
    case "send":
      return { kind: "send", ...written.value.send };
    case "recv":
      return { kind: "recv", ...written.value.recv };
    case "shutdown":
      return { kind: "shutdown", ...written.value.shutdown };
    case "ioctl":
      return { kind: "ioctl", ...written.value.ioctl };
    case "close":
      return { kind: "close" };
  }
}

/** `connect 239.192.0.1:7500`. */
function callText(call: SocketCall): string {
  switch (call.kind) {
    case "open":
      return `open ${nameIn({ SOCK_RDM, SOCK_STREAM }, call.type)}`;
    case "bind":
    case "connect":
      return `${call.kind} ${argumentText(call.address)}:${argumentText(call.port)}`;
    case "listen":
      return "listen";
    case "accept":
      return `accept as ${call.as}`;
    case "set":
      return `set ${nameIn(SOCKET_OPTIONS, call.option)} ${argumentText(call.value)}`;
    case "get":
      return `get ${nameIn(SOCKET_OPTIONS, call.option)}`;
    case "send":
      return `send ${call.bytes} octets`;
    case "recv":
      return `recv ${call.buffer} octets at most`;
    case "shutdown":
      return `shutdown ${nameIn({ SD_RECEIVE, SD_SEND, SD_BOTH }, call.how)}`;
    case "ioctl":
      return `ioctl ${nameIn({ FIONBIO }, call.command)} ${argumentText(call.argument)}`;
    case "close":
      return "close";
  }
}

function nameIn(numbers: Readonly<Record<string, number>>, value: Argument): string {
  return Object.keys(numbers).find((name) => numbers[name] === value) ?? argumentText(value);
}

/** As in JSON, but short, and a text as it is. */
function argumentText(value: Argument): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value).map(([name, field]) => `${name} ${field}`).join(", ");
}

/** The value as it is, or the address of the node on a segment. */
function valueOf(
  set: { readonly value: Argument | undefined; readonly interface: string | undefined },
  node: number,
  { directory, path }: SocketContext,
): Argument {
  const at = join(path, "set");
  if (set.value !== undefined && set.interface !== undefined) {
    throw new ScenarioError(at, 'has both "value" and "interface": one of them');
  }
  if (set.value !== undefined) return set.value;
  if (set.interface === undefined) throw new ScenarioError(at, 'has no value: give "value" or "interface"');
  const { interfaces } = directory.nodePlans[node]!;
  const nameOf = ({ segment }: InterfacePlan) => directory.segmentPlans[segment]!.name;
  const found = interfaces.find((iface) => nameOf(iface) === set.interface);
  if (found !== undefined) return found.address;
  const attached = interfaces.map(nameOf);
  throw new ScenarioError(join(at, "interface"), unknown("segment", set.interface, attached, { label: "attached to" }));
}

/** An action with the place of the entry that it comes from. */
export interface PlacedAction {
  readonly path: string;
  readonly action: ActionPlan;
}

/** Throws `ScenarioError` for a socket that no earlier entry makes on its node. The actions are in order of time. */
export function checkSocketNames(actions: readonly PlacedAction[], directory: Directory): void {
  const names = new SocketNames(directory, "by then");
  for (const { path, action } of actions) {
    if (action.kind === "call") {
      const { node, socket, call } = action.call;
      if (call.kind !== "open") names.check([node], socket, join(path, "call"));
      names.note(action);
    } else if (action.kind === "write") names.check(action.write.nodes, action.write.socket, join(path, "send"));
    else if (action.kind === "read") names.check(action.read.nodes, action.read.socket, join(path, "read"));
  }
}

/** Throws `ScenarioError` for an expectation about a socket that no call of the script makes. */
export function checkToldSockets(
  expect: readonly ExpectationPlan[],
  script: readonly ActionPlan[],
  directory: Directory,
): void {
  const names = new SocketNames(directory, "in the script");
  for (const action of script) names.note(action);
  for (const [index, expectation] of expect.entries()) {
    if (expectation.kind !== "told" || expectation.socket === undefined) continue;
    names.check(expectation.by, expectation.socket, `expect.${index}`);
  }
}

/** The names of the sockets that calls have made, by node. */
class SocketNames {
  readonly #directory: Directory;
  readonly #until: string;
  readonly #made = new Map<number, Set<string>>();

  /** `until` says what was looked at, in an error. */
  constructor(directory: Directory, until: string) {
    this.#directory = directory;
    this.#until = until;
  }

  /** A call may make a socket. */
  note(action: ActionPlan): void {
    if (action.kind !== "call") return;
    const { node, socket, call } = action.call;
    if (call.kind === "open") this.#made.set(node, this.#of(node).add(socket));
    if (call.kind === "accept") this.#made.set(node, this.#of(node).add(call.as));
  }

  /** Throws `ScenarioError` unless each of the nodes has a socket of that name. */
  check(nodes: readonly number[], name: string, path: string): void {
    for (const node of nodes) {
      if (this.#of(node).has(name)) continue;
      const label = `made on ${quote(this.#directory.nodePlans[node]!.name)} ${this.#until}`;
      throw new ScenarioError(join(path, "socket"), unknown("socket", name, [...this.#of(node)], { label }));
    }
  }

  #of(node: number): Set<string> {
    return this.#made.get(node) ?? new Set();
  }
}

/** Throws `ScenarioError` unless what sockets send fits the segments of their node. */
export function checkSocketSegments(segments: readonly SegmentPlan[], at: string): void {
  for (const { name, mtu } of segments) {
    if (mtu >= SOCKET_PACKET) continue;
    const packets = `packets of sockets have up to ${SOCKET_PACKET}B`;
    throw new ScenarioError(at, `${packets}: segment ${quote(name)} takes ${mtu}B (mtu)`);
  }
}
