/**
 * Draws whole scenarios. {@link drawScenario} is a function of (seed, index) and the version of the code: network,
 * parameters, traffic and faults, as the data that a scenario file holds. No expectations are drawn: the checkers that
 * watch every run, and that it settles once the network has healed, say whether it is right.
 *
 * @module
 */

import { type Instant, prngFromSeed } from "../../engine/mod.ts";
import { ScenarioError } from "../language/errors.ts";
import { planScenario } from "../language/lower.ts";
import { Dice, durationText, ms, seconds } from "./dice.ts";
import { drawFaults } from "./draw_faults.ts";
import { drawNetwork, type DrawnNetwork } from "./draw_network.ts";
import { type DrawnSource, drawReceiver, drawRepairer, drawSource } from "./draw_parameters.ts";
import { type DrawnPrograms, drawPrograms } from "./draw_programs.ts";
import { drawFinale, drawTraffic } from "./draw_traffic.ts";
import { settleLimit, unfairness } from "./fairness.ts";
import { ingredientsOf, type NodeData, type ScenarioData } from "./scenario_data.ts";

/** A run that was drawn. */
export interface Draw {
  readonly scenario: ScenarioData;
  /** The seed of the run. */
  readonly seed: number;
  /** What it is made of; see {@link ingredientsOf}. */
  readonly ingredients: readonly string[];
}

/**
 * Events after which a run ends, and how many more for each second that it may take: polls go on, and where a changed
 * route goes in a circle, a NAK takes an event for each hop until its TTL is over. A run that settles takes two thousand,
 * one in thousands a quarter of a million.
 */
const MOST_EVENTS = 1_000_000;
const EVENTS_PER_SECOND = 1_000;
const MOST_SEED = 0xffff_ffff;
/** The mtu that packets of sockets need. */
const SOCKETS_MTU = 1500;

/** Run `index` of the swarm with this seed. */
export function drawScenario(seed: number, index: number): Draw {
  const dice = new Dice(prngFromSeed(seed)).fork(`run/${index}`);
  const network = drawNetwork(dice.fork("network"));
  const family = dice.fork("family").chance(0.35) ? 6 : 4;
  const sources = drawSources(dice.fork("sources"), network, family);
  const receivers = drawReceivers(dice.fork("receivers"), network);
  const healed = dice.fork("healed").spread(ms(100), seconds(3));
  const convergence = dice.fork("convergence");
  const convergenceNs = convergence.chance(0.5) ? ms(100) : convergence.spread(1_000, ms(500));
  const calm = healed + convergenceNs + ms(1);
  const programs = drawSockets(dice.fork("programs"), network, { healed, calm });
  const scenario: ScenarioData = {
    name: `swarm-${seed}-${index}`,
    about: `Run ${index} of the swarm with seed ${seed}: a ${network.shape} of ${receivers.size} receivers, ` +
      `healed at ${durationText(healed)}.`,
    rfc: [],
    limits: { time: "10min", events: MOST_EVENTS, settle: durationText(dice.fork("settle").spread(ms(1), ms(200))) },
    convergence: durationText(convergenceNs),
    ...(family === 6 ? { family } : {}),
    segments: network.segments,
    nodes: {
      ...network.routers,
      ...Object.fromEntries([...sources].map(([name, { node }]) => [name, node])),
      ...Object.fromEntries(receivers),
      ...programs.nodes,
    },
    script: [],
  };
  const firstSqns = new Map([...sources].map(([name, { drawn }]) => [name, drawn.firstSqn]));
  const faults = drawFaults(dice.fork("faults"), { scenario, healed, firstSqns, crashing: new Set() });
  const joins = drawLateJoins(dice.fork("late"), receivers, healed);
  const traffic = [...sources].flatMap(([name, { drawn }]) => [
    ...drawTraffic(dice.fork(`traffic/${name}`), name, drawn, healed),
    drawFinale(dice.fork(`finale/${name}`), name, drawn, calm),
  ]);
  scenario.script = [...faults, ...joins, ...traffic, ...programs.script];
  const plan = planScenario(scenario);
  const unfair = unfairness(plan);
  if (unfair !== undefined) throw new ScenarioError("script", `the network does not heal: ${unfair}`);
  const limit = settleLimit(plan);
  scenario.limits.time = durationText(limit);
  scenario.limits.events = MOST_EVENTS + Math.ceil(limit / seconds(1) * EVENTS_PER_SECOND);
  const ingredients = [`network ${network.shape}`, ...ingredientsOf(scenario)];
  return { scenario, seed: dice.fork("seed").int(0, MOST_SEED), ingredients };
}

/** Programs with sockets, in some scenarios; their packets are not small. */
function drawSockets(dice: Dice, network: DrawnNetwork, when: { healed: Instant; calm: Instant }): DrawnPrograms {
  if (network.mtu < SOCKETS_MTU || !dice.fork("whether").chance(0.3)) return { nodes: {}, script: [] };
  return drawPrograms(dice, { segments: network.forHosts, ...when });
}

interface SourceDraw {
  readonly node: NodeData;
  readonly drawn: DrawnSource;
}

function drawSources(dice: Dice, network: DrawnNetwork, family: 4 | 6): ReadonlyMap<string, SourceDraw> {
  const count = dice.fork("count").pick([1, 1, 1, 2, 2, 3]);
  return new Map(Array.from({ length: count }, (_, i) => {
    const own = dice.fork(`source/${i}`);
    const drawn = drawSource(own.fork("parameters"), { mtu: network.mtu, hops: network.hops, family });
    const on = drawAttachments(own.fork("on"), network.forHosts, [1, 1, 1, 1, 1, 2]);
    const sendOn = on.length > 1 ? { sendOn: own.fork("sendOn").pick(on) } : {};
    return [`source-${i}`, { node: { role: "source", on, ...sendOn, source: drawn.source }, drawn }] as const;
  }));
}

function drawReceivers(dice: Dice, network: DrawnNetwork): ReadonlyMap<string, NodeData> {
  const count = dice.fork("count").pick([1, 2, 2, 3, 3, 4, 5, 6, 8, 12]);
  const alike = dice.fork("alike").chance(0.4);
  return new Map(Array.from({ length: count }, (_, i) => {
    const own = dice.fork(`receiver/${i}`);
    const receiver = drawReceiver(alike ? dice.fork("parameters") : own.fork("parameters"));
    const on = drawAttachments(own.fork("on"), network.forHosts, [1, 1, 1, 2, 2, 3]);
    const node: NodeData = { role: "receiver", on, receiver };
    const joins = own.fork("joins");
    if (on.length > 1 && joins.chance(0.2)) node["joins"] = joins.some(on, 0.5);
    if (own.fork("late").chance(0.12)) node["joined"] = false;
    const repairer = own.fork("repairer");
    if (repairer.chance(0.25)) node["repairer"] = drawRepairer(repairer);
    return [`member-${i}`, node] as const;
  }));
}

function drawAttachments(dice: Dice, segments: readonly string[], counts: readonly number[]): string[] {
  return dice.several(segments, Math.min(dice.pick(counts), segments.length));
}

/** Who is not there from the start joins later, or never. */
function drawLateJoins(dice: Dice, receivers: ReadonlyMap<string, NodeData>, healed: number) {
  return [...receivers].flatMap(([name, node]) => {
    const own = dice.fork(name);
    if (node["joined"] !== false || own.chance(0.1)) return [];
    return [{ at: durationText(own.int(0, healed)), join: { node: name } }];
  });
}
