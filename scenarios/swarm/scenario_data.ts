/**
 * A scenario as plain data that can be changed: what a .json file holds, in the one form that the swarm writes (every
 * segment and node by its name, no topology, no counts, no parameters). `planScenario` checks it, as it does files.
 *
 * @module
 */

/** Keys with values as in the scenario language. */
export type Fields = Record<string, unknown>;

/** A node. */
export interface NodeData extends Fields {
  role: "source" | "receiver" | "sockets" | "router" | "host";
  on: (string | { segment: string; cost: number })[];
  source?: Fields;
  receiver?: Fields;
  repairer?: Fields;
  pgm?: boolean;
  element?: Fields;
}

/** An entry of the script: `at`, perhaps `until`, and one action under its name. */
export interface EntryData extends Fields {
  at: string;
  until?: string;
}

/** A scenario. */
export interface ScenarioData extends Fields {
  name: string;
  about: string;
  rfc: string[];
  limits: { time: string; events: number; settle: string };
  segments: Record<string, Fields>;
  nodes: Record<string, NodeData>;
  script: EntryData[];
}

/** The names of the nodes of a role. */
export function namesOf(scenario: ScenarioData, role: NodeData["role"]): string[] {
  return Object.keys(scenario.nodes).filter((name) => scenario.nodes[name]!.role === role);
}

/** The segments that a node is attached to. */
export function segmentsOf(node: NodeData): string[] {
  return node.on.map((entry) => typeof entry === "string" ? entry : entry.segment);
}

/** The name of the action of an entry: `send`, `drop` ... */
export function actionOf(entry: EntryData): string {
  return Object.keys(entry).find((key) => key !== "at" && key !== "until")!;
}

/**
 * What a scenario is made of, in words, each once: `segment.rate`, `receiver.nakBoIvl`, `impair.loss`,
 * `crash.router`. The swarm counts how many of its scenarios have each.
 */
export function ingredientsOf(scenario: ScenarioData): string[] {
  const found = new Set<string>();
  const addKeys = (prefix: string, fields: Fields | undefined) => {
    for (const key of Object.keys(fields ?? {})) found.add(`${prefix}.${key}`);
  };
  if (scenario["family"] === 6) found.add("IPv6");
  for (const fields of Object.values(scenario.segments)) addKeys("segment", fields);
  for (const node of Object.values(scenario.nodes)) {
    found.add(node.role);
    addKeys("source", node.source);
    addKeys("receiver", node.receiver);
    if (node.repairer !== undefined) found.add("receiver.repairer");
    addKeys("repairer", node.repairer);
    if (node.pgm) found.add("router.pgm");
    addKeys("element", node.element);
    if (node.role !== "router" && node.on.length > 1) {
      found.add(`multihomed ${node.role}`);
    }
    if (node.on.some((entry) => typeof entry === "object")) found.add("routing cost");
    for (const key of ["joins", "joined", "sendOn"]) if (key in node) found.add(`node.${key}`);
  }
  for (const entry of scenario.script) addEntry(found, scenario, entry);
  return [...found];
}

function addEntry(found: Set<string>, scenario: ScenarioData, entry: EntryData): void {
  const action = actionOf(entry);
  const value = entry[action];
  if (typeof value === "string") found.add(`${action}.${scenario.nodes[value]!.role}`);
  else for (const key of Object.keys(value as Fields)) found.add(`${action}.${key}`);
}
