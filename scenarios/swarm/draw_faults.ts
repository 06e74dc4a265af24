/**
 * What goes wrong, and when. {@link FAULTS} is the list of everything that can: a fault is a name, how often it is drawn,
 * and a function that makes entries of the script. All faults end by the healing instant: what is impaired is not any
 * more, what is down is up, what crashed has restarted, or stays away on purpose if nobody depends on it.
 *
 * @module
 */

import type { Instant } from "../../engine/mod.ts";
import { type Dice, durationText, ms, seconds } from "./dice.ts";
import { type EntryData, type Fields, namesOf, type NodeData, type ScenarioData, segmentsOf } from "./scenario_data.ts";

/** What a fault can act on. */
export interface Stage {
  readonly scenario: ScenarioData;
  /** The instant by which all is well. */
  readonly healed: Instant;
  /** The first sequence number of each source. */
  readonly firstSqns: ReadonlyMap<string, number>;
  /** Nodes that crash: nothing else may be done to them. */
  readonly crashing: Set<string>;
}

/** Something that can go wrong. */
interface Fault {
  readonly name: string;
  /** The probability of each number of them, from 1 up. */
  readonly shares: readonly number[];
  readonly draw: (dice: Dice, stage: Stage) => readonly EntryData[];
}

/** In this order; those that crash come first, because the others leave their nodes alone. */
const FAULTS: readonly Fault[] = [
  { name: "crash", shares: [0.2, 0.05], draw: drawCrash },
  { name: "impair", shares: [0.8, 0.4, 0.2], draw: drawImpair },
  { name: "drop", shares: [0.5, 0.3, 0.2], draw: drawDrop },
  { name: "down", shares: [0.3, 0.1], draw: drawDown },
  { name: "membership", shares: [0.25, 0.1], draw: drawMembership },
  { name: "close", shares: [0.1], draw: drawClose },
  { name: "abort", shares: [0.05], draw: drawAbort },
  { name: "release", shares: [1, 0.5, 0.5], draw: drawRelease },
  { name: "inject", shares: [0.15, 0.1], draw: drawInject },
  { name: "flood", shares: [0.1], draw: drawFlood },
  { name: "readdress", shares: [0.3], draw: drawReaddress },
  { name: "route", shares: [0.05], draw: drawRoute },
];

const WRAP = 2 ** 32;
const DATA_TYPES = ["ODATA", "ODATA", "ODATA", "RDATA", "RDATA"];
const CONTROL_TYPES = ["NCF", "NAK", "SPM", "SPMR"];

/** The faults of a scenario, as entries of its script. */
export function drawFaults(dice: Dice, stage: Stage): EntryData[] {
  const entries: EntryData[] = [];
  for (const { name, shares, draw } of FAULTS) {
    for (const [index, share] of shares.entries()) {
      const own = dice.fork(`${name}/${index}`);
      if (own.fork("whether").chance(share)) entries.push(...draw(own, stage));
    }
  }
  return entries;
}

/** A part of the time before all is well; `early` begins at 0 now and then. */
function drawSpan(dice: Dice, { healed }: Stage): { at: Instant; until: Instant } {
  const at = dice.chance(0.3) ? 0 : dice.int(0, Math.floor(healed * 3 / 4));
  return { at, until: dice.chance(0.3) ? healed : dice.int(at + 1, healed) };
}

function spanText(span: { at: Instant; until: Instant }): { at: string; until: string } {
  return { at: durationText(span.at), until: durationText(span.until) };
}

/** Arriving at or leaving some nodes, perhaps on one segment only; or arriving at anything on a segment. */
function drawPlace(dice: Dice, { scenario }: Stage): Fields {
  const names = Object.keys(scenario.nodes);
  const side = dice.pick(["to", "to", "to", "from", "on"]);
  if (side === "on") return { on: dice.pick(Object.keys(scenario.segments)) };
  if (dice.chance(0.3)) {
    const name = dice.pick(names);
    return { [side]: name, on: dice.pick(segmentsOf(scenario.nodes[name]!)) };
  }
  const role = dice.pick(["receiver", "receiver", "receiver", "source", "router"] as const);
  const candidates = namesOf(scenario, role);
  return { [side]: oneOrMany(dice.some(candidates.length > 0 ? candidates : names, 0.4)) };
}

function drawImpair(dice: Dice, stage: Stage): EntryData[] {
  const harm: Fields = {};
  const kinds = dice.fork("kinds").some(["loss", "burst", "duplicate", "corrupt", "jitter", "reorder", "delay"], 0.2);
  for (const kind of kinds) Object.assign(harm, drawHarm(dice.fork(kind), kind));
  const type = dice.fork("packet");
  if (type.chance(0.25)) harm["packet"] = oneOrMany(type.some(["ODATA", "RDATA", ...CONTROL_TYPES], 0.3));
  return [{
    ...spanText(drawSpan(dice.fork("span"), stage)),
    impair: { ...drawPlace(dice.fork("place"), stage), ...harm },
  }];
}

function drawHarm(dice: Dice, kind: string): Fields {
  switch (kind) {
    case "loss":
      return { loss: dice.chance(0.1) ? "100%" : dice.share(0.01, 0.6) };
    case "burst":
      return {
        burst: { goodToBad: dice.share(0.01, 0.3), badToGood: dice.share(0.05, 0.8), lossInBad: dice.share(0.5, 1) },
      };
    case "duplicate":
      return { duplicate: dice.share(0.01, 1), duplicateDelay: dice.duration(1, ms(200)) };
    case "corrupt":
      return { corrupt: dice.share(0.01, 0.5) };
    case "jitter":
      return { jitter: dice.duration(1_000, ms(150)) };
    case "reorder":
      return { reorder: dice.share(0.01, 0.7), reorderDelay: dice.duration(1_000, ms(200)) };
    default:
      return { delay: dice.duration(1_000, ms(150)) };
  }
}

/** Exact packets: by type, and by sequence number or by their number at a place. */
function drawDrop(dice: Dice, stage: Stage): EntryData[] {
  const types = dice.fork("type");
  const packet = types.pick(types.chance(0.7) ? DATA_TYPES : CONTROL_TYPES);
  const drop: Fields = { ...drawPlace(dice.fork("place"), stage), packet };
  const numbers = dice.fork("sqn");
  if (packet !== "SPM" && packet !== "SPMR" && numbers.chance(0.6)) {
    const [source, firstSqn] = numbers.pick([...stage.firstSqns]);
    const first = (firstSqn + numbers.spread(1, 100) - 1) % WRAP;
    const last = (first + numbers.pick([0, 0, 1, 5, 40])) % WRAP;
    drop["sqn"] = first === last ? first : `${first}..${last}`;
    if (numbers.chance(0.5)) drop["source"] = source;
  }
  const nth = dice.fork("nth");
  if (nth.chance(0.4)) drop["nth"] = nth.spread(1, 30);
  const count = dice.fork("count");
  if (count.chance(0.6)) drop["count"] = count.chance(0.3) ? "all" : count.spread(1, 30);
  return [{ ...spanText({ at: 0, until: stage.healed }), drop }];
}

function drawDown(dice: Dice, stage: Stage): EntryData[] {
  const { scenario, crashing } = stage;
  const names = Object.keys(scenario.nodes).filter((name) => !crashing.has(name));
  const kind = names.length === 0 ? "segment" : dice.fork("kind").pick(["segment", "node", "interface"]);
  const which = dice.fork("which");
  const down: Fields = {};
  if (kind === "segment") down[kind] = which.pick(Object.keys(scenario.segments));
  else {
    const name = which.pick(names);
    down[kind] = kind === "node" ? name : `${name}:${which.pick(segmentsOf(scenario.nodes[name]!))}`;
  }
  return [{ ...spanText(drawSpan(dice.fork("span"), stage)), down }];
}

/** A node forgets everything and starts again; hosts may stay away for good. */
function drawCrash(dice: Dice, stage: Stage): EntryData[] {
  const { scenario, crashing } = stage;
  const names = Object.keys(scenario.nodes).filter((name) => !crashing.has(name) && isThere(scenario.nodes[name]!));
  if (names.length === 0) return [];
  const name = dice.fork("which").pick(names);
  crashing.add(name);
  const { at, until } = drawSpan(dice.fork("span"), stage);
  const crash = { at: durationText(at), crash: name };
  if (scenario.nodes[name]!.role !== "router" && dice.fork("for good").chance(0.3)) return [crash];
  return [crash, { at: durationText(until), restart: name }];
}

/** Late joiners crash as little as those who leave: who is not there cannot. */
function isThere(node: NodeData): boolean {
  return node["joined"] !== false;
}

/** A receiver leaves its group, on all interfaces or one, and may come back. */
function drawMembership(dice: Dice, stage: Stage): EntryData[] {
  const { scenario, crashing } = stage;
  const names = namesOf(scenario, "receiver").filter((name) => !crashing.has(name) && isThere(scenario.nodes[name]!));
  if (names.length === 0) return [];
  const node = dice.fork("which").pick(names);
  const joins = (scenario.nodes[node]!["joins"] ?? segmentsOf(scenario.nodes[node]!)) as string[];
  const on = joins.length > 1 && dice.fork("where").chance(0.5) ? { on: dice.fork("on").pick(joins) } : {};
  const { at, until } = drawSpan(dice.fork("span"), stage);
  const leave = { at: durationText(at), leave: { node, ...on } };
  if (dice.fork("for good").chance(0.4)) return [leave];
  return [leave, { at: durationText(until), join: { node, ...on } }];
}

/** A source ends its session in good order, when everything else is over. */
function drawClose(dice: Dice, stage: Stage): EntryData[] {
  const from = pickSource(dice, stage);
  if (from === undefined) return [];
  return [{ at: durationText(stage.healed + dice.fork("at").spread(seconds(1), seconds(5))), close: { from } }];
}

/** A source breaks its session off, at any time. */
function drawAbort(dice: Dice, stage: Stage): EntryData[] {
  const from = pickSource(dice, stage);
  if (from === undefined) return [];
  const at = durationText(dice.fork("at").int(0, stage.healed));
  return [{ at, abort: { from, code: dice.fork("code").int(0, 63), nakable: dice.fork("nakable").chance(0.5) } }];
}

function pickSource(dice: Dice, { scenario, crashing }: Stage): string | undefined {
  const names = namesOf(scenario, "source").filter((name) => !crashing.has(name));
  return names.length === 0 ? undefined : dice.fork("which").pick(names);
}

/** The application of a source whose window nothing else moves lets some of it go. */
function drawRelease(dice: Dice, { scenario, healed }: Stage): EntryData[] {
  const names = namesOf(scenario, "source");
  return names.filter((name) => scenario.nodes[name]!.source!["txwStrategy"] === "application").map((from) => {
    const own = dice.fork(from);
    return { at: durationText(own.int(0, healed)), release: { from, messages: own.spread(1, 50) } };
  });
}

/**
 * Somebody on the network makes packets of a session that is not his: what no authentication is needed to survive, so
 * no data, no SPMs, no ends.
 */
function drawInject(dice: Dice, stage: Stage): EntryData[] {
  const { scenario, firstSqns } = stage;
  const intruder = "intruder";
  scenario.nodes[intruder] ??= { role: "host", on: [dice.fork("on").pick(Object.keys(scenario.segments))] };
  const [session, firstSqn] = dice.fork("session").pick([...firstSqns]);
  const numbers = dice.fork("sqn");
  const sqn = (firstSqn + numbers.int(-20, 200) + WRAP) % WRAP;
  const what = dice.fork("what").pick(["NAK", "NAK", "NCF", "NCF", "NNAK", "SPMR", "POLR", "octets"]);
  const packet = what === "octets"
    ? { octets: drawOctets(dice.fork("octets")) }
    : { packet: what === "SPMR" ? { type: what } : { type: what, sqn } };
  const { at, until } = drawSpan(dice.fork("span"), stage);
  const count = dice.fork("count").spread(1, 50);
  const every = durationText(Math.floor((until - at) / count));
  return [{ at: durationText(at), inject: { from: intruder, session, ...packet, count, every } }];
}

/** The same with NAKs to a router that speaks PGM, for numbers that anybody might have lost. */
function drawFlood(dice: Dice, stage: Stage): EntryData[] {
  const { scenario, firstSqns } = stage;
  const routers = namesOf(scenario, "router").filter((name) => scenario.nodes[name]!["pgm"] === true);
  if (routers.length === 0) return [];
  const to = dice.fork("to").pick(routers);
  scenario.nodes["flooder"] ??= { role: "host", on: [dice.fork("on").pick(segmentsOf(scenario.nodes[to]!))] };
  const [session, sqn] = dice.fork("session").pick([...firstSqns]);
  const drawn = dice.fork("drawn").chance(0.2) ? ["sqn", "session"] : ["sqn"];
  const upTo = Math.min(sqn + dice.fork("upTo").spread(1, 200), WRAP - 1);
  const packet = { type: dice.fork("what").pick(["NAK", "NAK", "NNAK"]), sqn };
  const { at, until } = drawSpan(dice.fork("span"), stage);
  const count = dice.fork("count").spread(1, 300);
  const every = durationText(Math.floor((until - at) / count));
  return [{ at: durationText(at), inject: { from: "flooder", session, to, packet, drawn, upTo, count, every } }];
}

/** Interfaces of routers get other addresses, and SPMs tell those below. The old ones are nobody's. */
function drawReaddress(dice: Dice, { scenario, healed }: Stage): EntryData[] {
  const names = namesOf(scenario, "router");
  const count = names.length === 0 ? 0 : dice.fork("count").pick([1, 2, 3, 5]);
  return Array.from({ length: count }, (_, i) => {
    const own = dice.fork(`${i}`);
    const name = own.fork("which").pick(names);
    const on = own.fork("on").pick(segmentsOf(scenario.nodes[name]!));
    const address = scenario["family"] === 6 ? `fd99::${i + 1}` : `10.99.0.${i + 1}`;
    const at = durationText(own.fork("at").int(0, Math.floor(healed / 2)));
    return { at, readdress: { interface: `${name}:${on}`, address } };
  });
}

/** Unicast from a router to a source goes to another router on the way, if that is one, or in a circle for good. */
function drawRoute(dice: Dice, { scenario, healed }: Stage): EntryData[] {
  if (namesOf(scenario, "sockets").length > 0) return [];
  const routers = namesOf(scenario, "router");
  const pairs = routers.flatMap((of) =>
    routers.flatMap((via) => {
      const on = segmentsOf(scenario.nodes[of]!).filter((name) => segmentsOf(scenario.nodes[via]!).includes(name));
      return of === via ? [] : on.map((segment) => ({ of, via, on: segment }));
    })
  );
  if (pairs.length === 0) return [];
  const to = dice.fork("to").pick(namesOf(scenario, "source"));
  return [{ at: durationText(dice.fork("at").int(0, healed)), route: { ...dice.fork("pair").pick(pairs), to } }];
}

function drawOctets(dice: Dice): string {
  return Array.from({ length: dice.spread(1, 60) }, () => dice.int(0, 255).toString(16).padStart(2, "0")).join("");
}

function oneOrMany(names: readonly string[]): string | readonly string[] {
  return names.length === 1 ? names[0]! : names;
}
