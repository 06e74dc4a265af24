/**
 * Turns the script of a plan into actions of the simulation: messages, drops, impairments, failures, joins.
 *
 * @module
 */

import {
  Datagram,
  encodePacket,
  type Instant,
  isMulticast,
  isUpstream,
  NEVER,
  type Nla,
  PacketType,
  type PacketValue,
  PacketView,
  ParseError,
  type Prng,
  type Tsi,
} from "../../engine/mod.ts";
import {
  BernoulliLoss,
  Corrupt,
  Duplicate,
  ExtraDelay,
  type Fallible,
  GilbertElliottLoss,
  type Impairment,
  MatchedLoss,
  Reorder,
  When,
} from "../../netsim/mod.ts";
import { compileMatch } from "./match.ts";
import type { ActionPlan, ImpairPlan, InjectPlan, PacketMatch, Place, SendPlan, Target, WritePlan } from "../plan.ts";
import type { World } from "./world.ts";

/** A packet of a type that has a sequence number. */
type NumberedPacket = Extract<PacketValue, { readonly sqn: number }>;

/** Sets up every action of the script. Actions at one instant happen in the order of the script. */
export function scheduleScript(world: World): void {
  for (const [index, action] of world.plan.script.entries()) {
    world.simulation.at(action.at, () => perform(world, action, `script/${index}`));
  }
}

/**
 * Until when a run has to go on for its script: the end of the last thing that it does, ns, the messages of a stream
 * included; and `settle` longer for what has consequences that nobody is owed, such as the end of a session.
 */
export function scriptEnd(script: readonly ActionPlan[], settle: Instant): Instant {
  let end = 0;
  for (const action of script) end = Math.max(end, actionEnd(action, settle));
  return end;
}

function actionEnd(action: ActionPlan, settle: Instant): Instant {
  const { at } = action;
  switch (action.kind) {
    case "send":
      return at + (action.send.messages - 1) * action.send.every;
    case "write":
      return at + (action.write.messages - 1) * action.write.every;
    case "call":
      return at + settle;
    case "inject": {
      const { count, every } = action.inject;
      return Math.min(at + (count - 1) * every, action.until) + settle;
    }
    case "close":
    case "abort":
    case "release":
      return at + settle;
    case "drop":
    case "impair":
      return action.until === NEVER ? at : action.until;
    default:
      return at;
  }
}

function perform(world: World, action: ActionPlan, name: string): void {
  const now = world.simulation.now;
  switch (action.kind) {
    case "send":
      for (const node of action.send.from) startStream(world, node, action.send);
      return;
    case "call":
      world.sockets.get(action.call.node)!.call(now, action.call);
      return world.poke(action.call.node);
    case "write":
      for (const node of action.write.nodes) startWriting(world, node, action.write);
      return;
    case "read":
      for (const node of action.read.nodes) {
        world.sockets.get(node)!.read(now, action.read);
        world.poke(node);
      }
      return;
    case "drop": {
      const matches = compileMatch(action.match, action.match.sources.map((node) => world.tsi(node)));
      return impairUntil(world, action.places, action.until, () => {
        return [new MatchedLoss(matches, action.first, action.count, "drop rule of the script")];
      });
    }
    case "impair":
      return impairUntil(world, action.impair.places, action.until, (place) => {
        return impairments(world, action.impair, `${name}/${placeName(world, place)}`);
      });
    case "down":
    case "up":
      for (const target of action.targets) setUp(world, target, action.kind === "up");
      return;
    case "crash":
      for (const node of action.nodes) world.crash(node);
      return;
    case "restart":
      for (const node of action.nodes) world.restart(now, node);
      return;
    case "join":
      for (const { node, iface } of action.places) world.join(now, node, [iface]);
      return;
    case "leave":
      for (const { node, iface } of action.places) world.leave(node, [iface]);
      return;
    case "close":
    case "abort":
    case "release":
      for (const node of action.nodes) command(world, node, action);
      return;
    case "route": {
      const { node, iface, nextHop, destinations } = action.route;
      const { nodes, simulation } = world;
      for (const nla of destinations) simulation.routeUnicast(nodes[node]!, nla, iface, nodes[nextHop]!);
      return;
    }
    case "readdress":
      return world.simulation.readdress(world.nodes[action.node]!, action.iface, action.address);
    case "inject":
      return inject(world, action.inject, action.until, `${name}/drawn`);
  }
}

/** One message each `every` ns, or all at once. A stream ends when its source crashes. */
function startStream(world: World, node: number, send: SendPlan): void {
  const { sender } = world.sources.get(node)!;
  const submit = (count: number) => {
    sender.submit(world.simulation.now, send, count);
    world.poke(node);
  };
  if (send.every === 0) return submit(send.messages);
  let left = send.messages;
  const next = () => {
    submit(1);
    left--;
    if (left > 0 && !sender.finished) world.simulation.at(world.simulation.now + send.every, next);
  };
  if (left > 0) next();
}

/** The same with a socket. It ends when the program is told of an end, too. */
function startWriting(world: World, node: number, write: WritePlan): void {
  const submit = (count: number) => {
    const goesOn = world.sockets.get(node)!.write(world.simulation.now, write, count);
    world.poke(node);
    return goesOn;
  };
  if (write.every === 0) return void submit(write.messages);
  let left = write.messages;
  const next = () => {
    left--;
    if (submit(1) && left > 0) world.simulation.at(world.simulation.now + write.every, next);
  };
  next();
}

/** What an application tells its source. A source that has crashed hears nothing. */
function command(
  world: World,
  node: number,
  action: Extract<ActionPlan, { kind: "close" | "abort" | "release" }>,
): void {
  const { now } = world.simulation;
  const { sender, source } = world.sources.get(node)!;
  if (sender.stream.ended) return;
  switch (action.kind) {
    case "close":
      world.tell(node, "closes its session");
      sender.close(now);
      break;
    case "abort":
      world.tell(
        node,
        `aborts its session with code ${action.code}${action.nakable ? "" : ", takes no NAKs any more"}`,
      );
      sender.abort(now, { errorCode: action.code, nakable: action.nakable });
      break;
    case "release": {
      world.tell(node, `releases ${action.messages} ${action.messages === 1 ? "message" : "messages"}`);
      const released = source.release(now, action.messages);
      if (released < action.messages) world.tell(node, `has only ${released} to release`);
    }
  }
  world.poke(node);
}

/** The packets of one entry, equal but for what is drawn: each is a datagram of its own. */
function inject(world: World, plan: InjectPlan, until: Instant, name: string): void {
  const { source, destination, ttl, count, every, drawn } = plan;
  const bytes = octetsOf(plan, world.tsi(plan.session));
  const header = { source, destination, ttl, routerAlert: isRouterAlert(bytes, destination) };
  const random = world.random(name);
  const octets = drawn.length === 0 ? () => bytes : () => drawnOctets(plan, world.tsi(plan.session), random);
  const put = () => world.inject(plan.node, plan.iface, new Datagram({ ...header, bytes: octets() }));
  let left = count;
  const next = () => {
    put();
    left--;
    if (left > 0 && world.simulation.now + every < until) world.simulation.at(world.simulation.now + every, next);
  };
  if (every > 0) return next();
  for (; left > 0; left--) put();
}

function octetsOf({ packet, sourcePort }: InjectPlan, tsi: Tsi): Uint8Array {
  return packet instanceof Uint8Array ? packet : encodePacket(ofSession(packet, tsi, sourcePort));
}

/** The packet with another sequence number, or of another session, that nobody has. */
function drawnOctets(plan: InjectPlan, tsi: Tsi, random: Prng): Uint8Array {
  const { drawn, upTo } = plan;
  const packet = drawn.includes("sqn") ? withSqn(plan.packet as NumberedPacket, upTo, random) : plan.packet;
  const other = drawn.includes("session") ? { gsi: random.u32(), port: random.below(0x1_0000) } : tsi;
  const sourcePort = drawn.includes("session") ? other.port : plan.sourcePort;
  return octetsOf({ ...plan, packet, sourcePort }, other);
}

/** Any number from that of the packet on. */
function withSqn(packet: NumberedPacket, upTo: number, random: Prng): PacketValue {
  const sqn = packet.sqn + random.below(upTo - packet.sqn + 1);
  return { ...packet, sqn };
}

function ofSession(packet: PacketValue, tsi: Tsi, sourcePort = tsi.port): PacketValue {
  const port = isUpstream(PacketType[packet.type]) ? { destinationPort: sourcePort } : { sourcePort };
  return { ...packet, ...port, gsi: tsi.gsi };
}

/** As those send it who may (section 4): on what goes down to a group, but for ODATA. */
function isRouterAlert(bytes: Uint8Array, destination: Nla): boolean {
  const { error, type } = new PacketView(bytes);
  return error === ParseError.None && isMulticast(destination) && !isUpstream(type) && type !== PacketType.ODATA;
}

function impairUntil(
  world: World,
  places: readonly Place[],
  until: Instant,
  make: (place: Place) => readonly Impairment[],
): void {
  const added: (() => void)[] = [];
  for (const place of places) {
    const attachment = world.nodes[place.node]!.attachments[place.iface]!;
    for (const impairment of make(place)) {
      attachment.addImpairment(place.direction, impairment);
      added.push(() => attachment.removeImpairment(place.direction, impairment));
    }
  }
  if (until !== NEVER) world.simulation.at(until, () => added.forEach((remove) => remove()));
}

/** The impairments of one place, each with a random stream of its own name. */
function impairments(world: World, plan: ImpairPlan, name: string): Impairment[] {
  const random = (what: string) => world.random(`${name}/${what}`);
  const chain: Impairment[] = [];
  if (plan.loss > 0) chain.push(new BernoulliLoss(random("loss"), plan.loss));
  if (plan.burst !== undefined) chain.push(new GilbertElliottLoss(random("burst"), plan.burst));
  if (plan.duplicate > 0) chain.push(new Duplicate(random("duplicate"), plan.duplicate, plan.duplicateDelay));
  if (plan.corrupt > 0) chain.push(new Corrupt(random("corrupt"), plan.corrupt));
  if (plan.delay > 0 || plan.jitter > 0) chain.push(new ExtraDelay(random("delay"), plan.delay, plan.jitter));
  if (plan.reorder > 0) chain.push(new Reorder(random("reorder"), plan.reorder, plan.reorderDelay));
  if (matchesAll(plan.match)) return chain;
  const matches = compileMatch(plan.match, plan.match.sources.map((node) => world.tsi(node)));
  return chain.map((impairment) => new When(matches, impairment));
}

function matchesAll(match: PacketMatch): boolean {
  const { types, sqns, trails, leads, sources, cast, parity, options } = match;
  return [types, sqns, trails, leads, sources, options].every((list) => list.length === 0) && cast === undefined &&
    parity === undefined;
}

function placeName(world: World, place: Place): string {
  return `${world.nodes[place.node]!.attachments[place.iface]!.name}/${place.direction}`;
}

function setUp(world: World, target: Target, up: boolean): void {
  const part = fallible(world, target);
  if (up) world.simulation.up(part);
  else world.simulation.down(part);
}

function fallible(world: World, target: Target): Fallible {
  switch (target.kind) {
    case "segment":
      return world.segments[target.segment]!;
    case "node":
      return world.nodes[target.node]!;
    case "interface":
      return world.nodes[target.node]!.attachments[target.iface]!;
  }
}
