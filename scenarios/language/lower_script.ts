/**
 * From the script as written to actions on numbered nodes and interfaces, in order of time. Read spec_script.ts first.
 *
 * @module
 */

import { type Instant, NEVER } from "../../engine/base/time.ts";
import type { Attachment, Directory } from "./directory.ts";
import { quote, ScenarioError } from "./errors.ts";
import { lowerInject } from "./lower_inject.ts";
import { lowerMatch } from "./lower_match.ts";
import { checkNewAddresses, lowerReaddress, lowerRoute } from "./lower_routes.ts";
import { checkSocketNames, lowerCall, lowerRead, type PlacedAction, type SocketDefaults } from "./lower_sockets.ts";
import type { ActionPlan, Limits, Place, SendPlan, SourceNode, Target } from "../plan.ts";
import { join } from "./schema.ts";
import {
  MAX_INJECTED,
  MAX_MESSAGES,
  MAX_PLACES,
  type ParsedAction,
  type ParsedDrop,
  type ParsedImpair,
  type ParsedMembership,
  type ParsedRelease,
  type ParsedSend,
  type ParsedTarget,
} from "./spec_script.ts";
import { DURATION, formatQuantity } from "./units.ts";

const NS_PER_SECOND = 1_000_000_000;

/** The actions of a script. Throws `ScenarioError`. */
export function lowerScript(
  script: readonly ParsedAction[],
  directory: Directory,
  { limits, sockets }: { readonly limits: Limits; readonly sockets: SocketDefaults },
): ActionPlan[] {
  const actions: PlacedAction[] = [];
  let messages = 0;
  let places = 0;
  let injected = 0;
  for (const [index, entry] of script.entries()) {
    const at = `script.${index}`;
    checkTimes(entry, at, limits);
    for (const action of lowerEntry(entry, { at, directory, limits, sockets })) {
      actions.push({ path: at, action });
      places += placesOf(action);
      if (action.kind === "send") messages += action.send.messages * action.send.from.length;
      if (action.kind === "write") messages += action.write.messages * action.write.nodes.length;
      if (action.kind === "inject") injected += action.inject.count;
    }
    if (messages > MAX_MESSAGES) throw new ScenarioError(at, `more than ${MAX_MESSAGES} messages in all`);
    if (injected > MAX_INJECTED) throw new ScenarioError(at, `more than ${MAX_INJECTED} hand-made packets in all`);
    if (places > MAX_PLACES) {
      throw new ScenarioError(at, `more than ${MAX_PLACES} nodes and interfaces to act on in all`);
    }
  }
  actions.sort((a, b) => a.action.at - b.action.at);
  checkSocketNames(actions, directory);
  checkNewAddresses(actions);
  return actions.map(({ action }) => action);
}

/** Where an entry stands, and what it refers to. */
interface Context {
  readonly at: string;
  readonly directory: Directory;
  readonly limits: Limits;
  readonly sockets: SocketDefaults;
}

function checkTimes(entry: ParsedAction, at: string, limits: Limits): void {
  const { at: start, until } = { until: undefined, ...entry.value };
  if (start > limits.time) {
    const [when, end] = [start, limits.time].map((instant) => formatQuantity(DURATION, instant));
    throw new ScenarioError(join(at, "at"), `${when} is after the end of the run (limits.time: ${end})`);
  }
  if (until !== undefined && until <= start) {
    const [when, begin] = [until, start].map((instant) => formatQuantity(DURATION, instant));
    throw new ScenarioError(join(at, "until"), `${when} is not after at (${begin})`);
  }
}

function lowerEntry(entry: ParsedAction, context: Context): ActionPlan[] {
  const { key, value: { at } } = entry;
  const path = join(context.at, key);
  const { directory } = context;
  switch (entry.key) {
    case "send":
      return [lowerSend(at, entry.value.send, { ...context, at: path })];
    case "call":
      return lowerCall(entry.value.call, { path, directory, defaults: context.sockets })
        .map((call) => ({ kind: "call", at, call }));
    case "read":
      return [{ kind: "read", at, read: lowerRead(entry.value.read, { path, directory, defaults: context.sockets }) }];
    case "drop":
      return [lowerDrop(entry.value.drop, { at, until: entry.value.until ?? NEVER, directory, path })];
    case "impair":
      return [lowerImpair(entry.value.impair, { at, until: entry.value.until ?? NEVER, directory, path })];
    case "down": {
      const targets = lowerTarget(entry.value.down, directory, path);
      const { until } = entry.value;
      const down: ActionPlan = { kind: "down", at, targets };
      return until === undefined ? [down] : [down, { kind: "up", at: until, targets }];
    }
    case "up":
      return [{ kind: "up", at, targets: lowerTarget(entry.value.up, directory, path) }];
    case "crash":
      return [{ kind: "crash", at, nodes: directory.nodes(entry.value.crash, path) }];
    case "restart":
      return [{ kind: "restart", at, nodes: directory.nodes(entry.value.restart, path) }];
    case "join":
      return [{ kind: "join", at, places: lowerMembership(entry.value.join, directory, path) }];
    case "leave":
      return [{ kind: "leave", at, places: lowerMembership(entry.value.leave, directory, path) }];
    case "close":
      return [{
        kind: "close",
        at,
        nodes: directory.nodesOfRole("source", entry.value.close.from, join(path, "from")),
      }];
    case "abort": {
      const { from, code, nakable } = entry.value.abort;
      return [{ kind: "abort", at, nodes: directory.nodesOfRole("source", from, join(path, "from")), code, nakable }];
    }
    case "release":
      return [lowerRelease(entry.value.release, { at, directory, path })];
    case "route":
      return [{ kind: "route", at, route: lowerRoute(entry.value.route, directory, path) }];
    case "readdress":
      return [{ kind: "readdress", at, ...lowerReaddress(entry.value.readdress, directory, path) }];
    case "inject": {
      const { inject, until = NEVER } = entry.value;
      return [{ kind: "inject", at, until, inject: lowerInject(inject, directory, path, context.limits) }];
    }
  }
}

function placesOf(action: ActionPlan): number {
  switch (action.kind) {
    case "send":
      return action.send.from.length;
    case "write":
      return action.write.nodes.length;
    case "read":
      return action.read.nodes.length;
    case "call":
      return 1;
    case "impair":
      return action.impair.places.length;
    case "down":
    case "up":
      return action.targets.length;
    case "inject":
    case "route":
    case "readdress":
      return 1;
    case "drop":
    case "join":
    case "leave":
      return action.places.length;
    default:
      return action.nodes.length;
  }
}

/** Only where the application moves the trailing edge is there anything to release (section 16). */
function lowerRelease(
  release: ParsedRelease,
  context: { at: Instant; directory: Directory; path: string },
): ActionPlan {
  const { at, directory, path } = context;
  const from = join(path, "from");
  const nodes = directory.nodesOfRole("source", release.from, from);
  for (const node of nodes) {
    const { name, source } = directory.nodePlans[node] as SourceNode;
    if (source.txwStrategy === "application") continue;
    const strategy = `its txwStrategy is ${quote(source.txwStrategy)}, not "application"`;
    throw new ScenarioError(from, `${quote(name)} has nothing to release: ${strategy}`);
  }
  return { kind: "release", at, nodes, messages: release.messages };
}

/** Sources send by themselves, programs by their sockets. */
function lowerSend(at: Instant, send: ParsedSend, context: Context): ActionPlan {
  const { directory } = context;
  const where = join(context.at, "from");
  const stream = lowerStream(send, context);
  const { socket, parts } = send;
  if (socket === undefined) {
    const from = directory.nodesOfRole("source", send.from, where);
    checkFits(from, stream.maxBytes, context);
    if (parts > 1) throw new ScenarioError(join(context.at, "parts"), 'has no use without "socket"');
    return { kind: "send", at, send: { from, ...stream } };
  }
  const nodes = directory.nodesOfRole("sockets", send.from, where);
  if (parts > stream.minBytes) {
    throw new ScenarioError(
      join(context.at, "parts"),
      `${parts} parts of ${stream.minBytes} octets: one octet each at least`,
    );
  }
  return { kind: "write", at, write: { nodes, socket, parts, ...stream } };
}

function lowerStream(send: ParsedSend, context: Context): Omit<SendPlan, "from"> {
  const { at, limits } = context;
  const [minBytes, maxBytes] = typeof send.bytes === "number"
    ? [send.bytes, send.bytes]
    : [send.bytes[0]!, send.bytes[1]!];
  if (minBytes > maxBytes) throw new ScenarioError(join(at, "bytes"), `[least, most] is [${minBytes}, ${maxBytes}]`);
  if (send.every !== undefined && send.rate !== undefined) {
    throw new ScenarioError(at, 'has both "every" and "rate": one of them');
  }
  const meanBits = (minBytes + maxBytes) * 4;
  const every = send.rate === undefined ? send.every ?? 0 : Math.ceil(meanBits * NS_PER_SECOND / send.rate);
  checkLastMessage(send, { at, every, limits });
  return { messages: send.messages, minBytes, maxBytes, every };
}

function checkFits(from: readonly number[], maxBytes: number, { at, directory }: Context): void {
  for (const node of from) {
    const { name, source } = directory.nodePlans[node] as SourceNode;
    const packets = Math.ceil(maxBytes / source.maxTsdu);
    if (packets <= source.txwMaxSqns) continue;
    const window = `the transmit window of ${quote(name)} holds ${source.txwMaxSqns} (txwMaxSqns)`;
    throw new ScenarioError(join(at, "bytes"), `a message of ${maxBytes}B takes ${packets} packets: ${window}`);
  }
}

function checkLastMessage(send: ParsedSend, context: { at: string; every: Instant; limits: Limits }): void {
  const span = context.every * Math.max(1, send.messages - 1);
  if (span <= context.limits.time) return;
  const [needed, time] = [span, context.limits.time].map((instant) => formatQuantity(DURATION, instant));
  throw new ScenarioError(context.at, `its messages take ${needed}, longer than the run (limits.time: ${time})`);
}

/** When and where something acts on packets. */
interface Effect {
  readonly at: Instant;
  readonly until: Instant;
  readonly directory: Directory;
  readonly path: string;
}

function lowerDrop(drop: ParsedDrop, effect: Effect): ActionPlan {
  const { at, until, directory, path } = effect;
  return {
    kind: "drop",
    at,
    until,
    places: lowerPlaces(drop, directory, path),
    match: lowerMatch(drop, directory, path),
    first: drop.nth,
    count: drop.count === "all" ? Infinity : drop.count,
  };
}

function lowerImpair(impair: ParsedImpair, effect: Effect): ActionPlan {
  const { at, until, directory, path } = effect;
  const { loss, burst, duplicate, duplicateDelay, corrupt, delay, jitter, reorder, reorderDelay } = impair;
  if (burst === undefined && [loss, duplicate, corrupt, delay, jitter, reorder].every((amount) => amount === 0)) {
    throw new ScenarioError(path, "does nothing: give loss, burst, duplicate, corrupt, delay, jitter or reorder");
  }
  const places = lowerPlaces(impair, directory, path);
  const match = lowerMatch(impair, directory, path);
  const harm = { loss, burst, duplicate, duplicateDelay, corrupt, delay, jitter, reorder, reorderDelay };
  return { kind: "impair", at, until, impair: { places, match, ...harm } };
}

/**
 * `to` is inbound at the nodes' interfaces, `from` outbound, both narrowed by `on`; `on` alone is inbound at every
 * attachment of the segments.
 */
function lowerPlaces(
  where: Pick<ParsedDrop, "to" | "from" | "on">,
  directory: Directory,
  path: string,
): Place[] {
  const { to, from, on } = where;
  if (to !== undefined && from !== undefined) {
    throw new ScenarioError(path, 'has both "to" and "from": one of them, and "on" to narrow it');
  }
  const nodes = to ?? from;
  const direction = from === undefined ? "in" : "out";
  if (nodes !== undefined) {
    const key = join(path, to === undefined ? "from" : "to");
    return directory.interfaces(nodes, on, { nodes: key, segments: join(path, "on") })
      .map((attachment) => ({ ...attachment, direction }));
  }
  if (on === undefined) throw new ScenarioError(path, 'does not say where: give "to", "from" or "on"');
  return directory.segments(on, join(path, "on"))
    .flatMap((segment) => directory.attachments(segment))
    .map((attachment) => ({ ...attachment, direction }));
}

function lowerTarget(target: ParsedTarget, directory: Directory, path: string): Target[] {
  const at = join(path, target.key);
  switch (target.key) {
    case "segment":
      return directory.segments(target.value.segment, at).map((segment) => ({ kind: "segment", segment }));
    case "node":
      return directory.nodes(target.value.node, at).map((node) => ({ kind: "node", node }));
    case "interface":
      return lowerInterfaces(target.value.interface, directory, at);
  }
}

/** `node:segment` texts; an interface that several of them name counts once. */
function lowerInterfaces(texts: readonly string[], directory: Directory, at: string): Target[] {
  const targets = new Map<string, Target>();
  for (const text of new Set(texts)) {
    const [node = "", segment = ""] = text.split(":");
    for (const attachment of directory.interfaces([node], [segment], { nodes: at, segments: at })) {
      targets.set(`${attachment.node}:${attachment.iface}`, { kind: "interface", ...attachment });
    }
  }
  return [...targets.values()];
}

function lowerMembership(membership: ParsedMembership, directory: Directory, path: string): Attachment[] {
  const at = join(path, "node");
  const receivers = directory.nodesOfRole("receiver", membership.node, at);
  if (membership.on !== undefined) {
    return directory.interfaces(membership.node, membership.on, { nodes: at, segments: join(path, "on") });
  }
  return receivers.flatMap((node) => {
    const plan = directory.nodePlans[node]!;
    return plan.role === "receiver" ? plan.joins.map((iface) => ({ node, iface })) : [];
  });
}
