/**
 * The steps that make a scenario smaller. A pass looks at a scenario and lists its steps; a step changes a copy. Steps
 * need not give a valid scenario: those that do not are not kept.
 *
 * @module
 */

import { parseDuration } from "../language/units.ts";
import { durationText } from "./dice.ts";
import { actionOf, type EntryData, type Fields, namesOf, type ScenarioData, segmentsOf } from "./scenario_data.ts";

/** Changes a scenario in place. */
export type Step = (scenario: ScenarioData) => void;

/** In the order in which they are tried. */
export const PASSES: readonly ((scenario: ScenarioData) => readonly Step[])[] = [
  cutScript,
  cutNodes,
  flatten,
  cutAttachments,
  cutFields,
  narrow,
  lessen,
];

/** Entries of the script: halves, quarters, ... single ones. */
function cutScript({ script }: ScenarioData): Step[] {
  const steps: Step[] = [];
  for (let size = Math.ceil(script.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let begin = 0; begin < script.length; begin += size) {
      steps.push((scenario) => void scenario.script.splice(begin, size));
    }
  }
  // A crash and its restart go together.
  for (const entry of script) {
    const node = entry["crash"];
    if (node === undefined) continue;
    steps.push((scenario) => {
      scenario.script = scenario.script.filter((each) => each["crash"] !== node && each["restart"] !== node);
    });
  }
  return steps;
}

/** Half of the receivers, then single nodes. */
function cutNodes(scenario: ScenarioData): Step[] {
  const receivers = namesOf(scenario, "receiver");
  const half = receivers.length >> 1;
  const groups = half > 1 ? [receivers.slice(half), receivers.slice(0, half)] : [];
  for (const role of ["host", "sockets", "receiver", "source", "router"] as const) {
    groups.push(...namesOf(scenario, role).map((name) => [name]));
  }
  return groups.map((names) => (changed) => {
    for (const name of names) delete changed.nodes[name];
    prune(changed);
  });
}

/** All hosts on one LAN. */
function flatten(scenario: ScenarioData): Step[] {
  if (Object.keys(scenario.segments).length === 1) return [];
  return [(changed) => {
    changed.segments = { lan: {} };
    for (const name of namesOf(changed, "router")) delete changed.nodes[name];
    for (const node of Object.values(changed.nodes)) {
      node.on = ["lan"];
      delete node["joins"];
      delete node["sendOn"];
    }
    for (const entry of changed.script) {
      const action = entry[actionOf(entry)];
      if (typeof action !== "object") continue;
      const fields = action as Fields;
      if ("to" in fields || "from" in fields || "node" in fields) delete fields["on"];
      if ("on" in fields) fields["on"] = "lan";
      if ("segment" in fields) fields["segment"] = "lan";
      if ("interface" in fields) fields["interface"] = String(fields["interface"]).replace(/:.*$/, ":lan");
    }
    prune(changed);
  }];
}

/** Nodes with several interfaces lose one; what it costs to send through one is forgotten. */
function cutAttachments(scenario: ScenarioData): Step[] {
  const steps: Step[] = [];
  for (const [name, { on }] of Object.entries(scenario.nodes)) {
    for (const [index, entry] of on.entries()) {
      if (on.length > 1) {
        steps.push((changed) => {
          changed.nodes[name]!.on.splice(index, 1);
          prune(changed);
        });
      }
      if (typeof entry !== "string") {
        steps.push((changed) => void (changed.nodes[name]!.on[index] = entry.segment));
      }
    }
  }
  return steps;
}

/** Keys that have defaults: whole groups of parameters, then each. */
function cutFields(scenario: ScenarioData): Step[] {
  const places: ((changed: ScenarioData) => Fields)[] = [(changed) => changed];
  for (const name of Object.keys(scenario.segments)) places.push((changed) => changed.segments[name]!);
  for (const [name, node] of Object.entries(scenario.nodes)) {
    places.push((changed) => changed.nodes[name]!);
    for (const key of ["source", "receiver", "repairer", "element"] as const) {
      if (node[key] !== undefined) places.push((changed) => changed.nodes[name]![key]!);
    }
  }
  for (const [index, entry] of scenario.script.entries()) {
    const action = actionOf(entry);
    if (typeof entry[action] === "object") places.push((changed) => changed.script[index]![action] as Fields);
  }
  const whole = (["router", "source", "receiver"] as const).flatMap((role) => namesOf(scenario, role)).map(
    (name) => (changed: ScenarioData) => {
      delete changed.nodes[name]!.source;
      delete changed.nodes[name]!.receiver;
      delete changed.nodes[name]!.repairer;
      delete changed.nodes[name]!.pgm;
      delete changed.nodes[name]!.element;
    },
  );
  const single = places.flatMap((place) =>
    Object.keys(place(scenario)).filter((key) => !NEEDED.has(key)).map((key) => (changed: ScenarioData) => {
      delete place(changed)[key];
    })
  );
  return [...whole, ...single];
}

/** Keys that every scenario, node or action has. */
const NEEDED: ReadonlySet<string> = new Set([
  ...["name", "about", "rfc", "limits", "segments", "nodes", "script", "role", "on"],
  ...["to", "from", "node", "segment", "interface", "messages", "bytes", "session"],
]);

/** Lists lose one of their members; ranges become one number. */
function narrow(scenario: ScenarioData): Step[] {
  const steps: Step[] = [];
  for (const [index, entry] of scenario.script.entries()) {
    const action = actionOf(entry);
    if (typeof entry[action] !== "object") continue;
    for (const [key, value] of Object.entries(entry[action] as Fields)) {
      const set = (to: unknown) => {
        steps.push((changed) => void ((changed.script[index]![action] as Fields)[key] = to));
      };
      if (key === "bytes" && Array.isArray(value)) set(value[1]);
      else if (Array.isArray(value)) {
        for (const member of value) set(oneOrMany(value.filter((each) => each !== member)));
      }
      if (key === "sqn" && typeof value === "string") value.split("..").forEach((sqn) => set(Number(sqn)));
    }
  }
  return steps;
}

/** Numbers of messages, octets and packets become less, faults shorter and earlier. */
function lessen(scenario: ScenarioData): Step[] {
  const steps: Step[] = [];
  for (const [index, entry] of scenario.script.entries()) {
    const action = actionOf(entry);
    const fields = entry[action] as Fields;
    for (const key of ["messages", "bytes", "count", "nth"]) {
      const value = fields[key];
      if (typeof value !== "number" || value <= 1) continue;
      for (const less of new Set([1, value >> 1, value - 1])) {
        steps.push((changed) => void ((changed.script[index]![action] as Fields)[key] = less));
      }
    }
    steps.push(...lessTime(entry, index));
  }
  return steps;
}

function lessTime(entry: EntryData, index: number): Step[] {
  const at = parseDuration(entry.at);
  const steps: Step[] = [];
  const set = (key: "at" | "until", time: number) => {
    const text = durationText(time);
    if (text !== entry[key]) steps.push((changed) => void (changed.script[index]![key] = text));
  };
  set("at", 0);
  if (at > 1_000_000) set("at", round(at / 2));
  if (entry.until !== undefined) {
    const span = parseDuration(entry.until) - at;
    if (span > 1_000_000) set("until", at + round(span / 2));
  }
  return steps;
}

/** To a whole number of milliseconds, where it is more than one. */
function round(time: number): number {
  return time > 1_000_000 ? Math.ceil(time / 1_000_000) * 1_000_000 : Math.ceil(time);
}

/** Takes away segments that no node is on, and what the script says about nodes and segments that are not there. */
function prune(scenario: ScenarioData): void {
  const used = new Set(Object.values(scenario.nodes).flatMap(segmentsOf));
  for (const name of Object.keys(scenario.segments)) if (!used.has(name)) delete scenario.segments[name];
  for (const node of Object.values(scenario.nodes)) {
    const on = segmentsOf(node);
    if (Array.isArray(node["joins"])) node["joins"] = node["joins"].filter((segment) => on.includes(segment as string));
    if (Array.isArray(node["joins"]) && node["joins"].length === 0) delete node["joins"];
    if (!on.includes(node["sendOn"] as string)) delete node["sendOn"];
  }
  scenario.script = scenario.script.filter((entry) => refersToSomething(scenario, entry));
}

/** Leaves in an entry only what is there; false when nothing is left that it could act on. */
function refersToSomething(scenario: ScenarioData, entry: EntryData): boolean {
  const value = entry[actionOf(entry)];
  if (typeof value === "string") return value in scenario.nodes;
  const fields = value as Fields;
  const isThere = (key: string, name: string) => {
    if (key === "on" || key === "segment") return name in scenario.segments;
    if (key !== "interface") return name in scenario.nodes;
    const [node = "", segment = ""] = name.split(":");
    return node in scenario.nodes && segmentsOf(scenario.nodes[node]!).includes(segment);
  };
  for (const key of ["to", "from", "on", "source", "session", "node", "segment", "interface", "of", "via"]) {
    if (!(key in fields)) continue;
    const names = [fields[key]].flat() as string[];
    const left = names.filter((name) => isThere(key, name));
    if (left.length === 0) return false;
    fields[key] = oneOrMany(left);
  }
  return true;
}

function oneOrMany(values: readonly unknown[]): unknown {
  return values.length === 1 ? values[0] : values;
}
