/**
 * Turns the script of a plan into actions of the simulation: messages, drops, impairments, failures, joins.
 *
 * @module
 */

import { type Instant, NEVER } from "../engine/mod.ts";
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
} from "../netsim/mod.ts";
import { compileMatch } from "./match.ts";
import type { ActionPlan, ImpairPlan, PacketMatch, Place, SendPlan, Target } from "./plan.ts";
import type { World } from "./world.ts";

/** Sets up every action of the script. Actions at one instant happen in the order of the script. */
export function scheduleScript(world: World): void {
  for (const [index, action] of world.plan.script.entries()) {
    world.simulation.at(action.at, () => perform(world, action, `script/${index}`));
  }
}

/** The end of the last thing that the script does, ns; the messages of a stream included. */
export function scriptEnd(script: readonly ActionPlan[]): Instant {
  let end = 0;
  for (const action of script) {
    end = Math.max(end, action.at);
    if (action.kind === "send") end = Math.max(end, action.at + (action.send.messages - 1) * action.send.every);
    else if ("until" in action && action.until !== NEVER) end = Math.max(end, action.until);
  }
  return end;
}

function perform(world: World, action: ActionPlan, name: string): void {
  const now = world.simulation.now;
  switch (action.kind) {
    case "send":
      for (const node of action.send.from) startStream(world, node, action.send);
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
  }
}

/** One message each `every` ns, or all at once. A stream ends when its source crashes. */
function startStream(world: World, node: number, send: SendPlan): void {
  const { sender } = world.sources.get(node)!;
  const submit = (count: number) => {
    if (sender.stream.ended) return;
    sender.submit(world.simulation.now, send, count);
    world.poke(node);
  };
  if (send.every === 0) return submit(send.messages);
  let left = send.messages;
  const next = () => {
    submit(1);
    left--;
    if (left > 0) world.simulation.at(world.simulation.now + send.every, next);
  };
  if (left > 0) next();
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
  return match.types.length === 0 && match.sqns.length === 0 && match.sources.length === 0;
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
