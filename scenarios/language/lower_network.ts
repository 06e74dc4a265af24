/**
 * From the network as written to numbered segments and nodes: expands topologies and counts, resolves names, gives
 * addresses, and checks what takes the whole network to check. Read spec_network.ts first.
 *
 * @module
 */

import { isIpv6, type Nla, parseNla } from "../../engine/base/nla.ts";
import { ELEMENT_DEFAULTS, type ElementConfig } from "../../engine/mod.ts";
import { AddressPlan } from "./addresses.ts";
import { unknown } from "./did_you_mean.ts";
import { Directory } from "./directory.ts";
import { quote, ScenarioError } from "./errors.ts";
import { checkSocketSegments } from "./lower_sockets.ts";
import { checkOrder } from "./lower_parent.ts";
import { sourcePlan } from "./lower_source.ts";
import type { InterfacePlan, NodePlan, SegmentPlan } from "../plan.ts";
import { checkReachable } from "./reachable.ts";
import { join } from "./schema.ts";
import type { ParsedScenario } from "./spec.ts";
import { checkElement } from "./spec_element.ts";
import { MAX_ATTACHMENTS, MAX_NODES, MAX_SEGMENTS, type ParsedNode } from "./spec_network.ts";
import { expandTopology, type NetworkDraft, type NodeDraft } from "./topologies.ts";

const DEFAULT_GROUP = { 4: parseNla("239.192.0.1")!, 6: parseNla("ff15::1")! };

/** One interface before addresses are given. */
interface InterfaceDraft {
  readonly segment: number;
  readonly address: Nla | undefined;
  readonly cost: number;
}

/** One node, not a group, before addresses are given. */
interface SingleNode {
  readonly name: string;
  readonly draft: NodeDraft;
  readonly interfaces: readonly InterfaceDraft[];
}

/** The network of a scenario. Throws `ScenarioError`. */
export function lowerNetwork(scenario: ParsedScenario): Directory {
  const draft = draftNetwork(scenario);
  const segments = numberSegments(draft);
  const { singles, groups } = numberNodes(draft, segments);
  const interfaces = giveAddresses(singles, segments, scenario.family);
  const nodes = singles.map((single, index) => nodePlan(single, interfaces[index]!, segments, scenario));
  checkRoles(nodes);
  checkReachable(nodes, segments.length, singles.map((single) => single.draft.at));
  return new Directory(segments, nodes, groups);
}

/** What the topology stands for, then what is written out. */
function draftNetwork(scenario: ParsedScenario): NetworkDraft {
  const base = scenario.topology === undefined ? { segments: [], nodes: [] } : expandTopology(scenario.topology);
  const segments = Array.from(scenario.segments, ([name, segment]) => ({ name, at: `segments.${name}`, segment }));
  const nodes = Array.from(scenario.nodes, ([name, node]) => ({ name, group: undefined, at: `nodes.${name}`, node }));
  return { segments: [...base.segments, ...segments], nodes: [...base.nodes, ...nodes] };
}

function numberSegments(draft: NetworkDraft): SegmentPlan[] {
  if (draft.segments.length > MAX_SEGMENTS) {
    throw new ScenarioError("", `the scenario has ${draft.segments.length} segments: at most ${MAX_SEGMENTS}`);
  }
  const taken = new Set<string>();
  return draft.segments.map(({ name, at, segment }) => {
    if (taken.has(name)) throw new ScenarioError(at, `the topology has a segment ${quote(name)} already`);
    taken.add(name);
    if (segment.queue < segment.mtu) {
      throw new ScenarioError(at, `queue ${segment.queue}B does not hold one packet of mtu ${segment.mtu}B`);
    }
    return {
      name,
      bitsPerSecond: segment.rate,
      delay: segment.delay,
      queueBytes: segment.queue,
      mtu: segment.mtu,
    };
  });
}

/** Counted nodes become single ones; a group is the numbers of its members. */
function numberNodes(draft: NetworkDraft, segments: readonly SegmentPlan[]) {
  const indexes = new Map(segments.map((segment, index) => [segment.name, index]));
  const singles: SingleNode[] = [];
  const groups = new Map<string, number[]>();
  const names = new Set<string>();
  let attachments = 0;
  const claim = (name: string, at: string) => {
    if (names.has(name)) throw new ScenarioError(at, `another node or group is called ${quote(name)}`);
    names.add(name);
  };
  for (const node of draft.nodes) {
    const { count } = node.node;
    const group = count === undefined ? node.group : node.name;
    if (group !== undefined && !groups.has(group)) {
      claim(group, node.at);
      groups.set(group, []);
    }
    const interfaces = resolveInterfaces(node, indexes);
    attachments += interfaces.length * (count ?? 1);
    if (singles.length + (count ?? 1) > MAX_NODES) {
      throw new ScenarioError(node.at, `more than ${MAX_NODES} nodes in all`);
    }
    if (attachments > MAX_ATTACHMENTS) {
      throw new ScenarioError(node.at, `more than ${MAX_ATTACHMENTS} interfaces in all`);
    }
    for (let i = 0; i < (count ?? 1); i++) {
      const name = count === undefined ? node.name : `${node.name}-${i}`;
      claim(name, node.at);
      if (group !== undefined) groups.get(group)!.push(singles.length);
      singles.push({ name, draft: node, interfaces });
    }
  }
  return { singles, groups };
}

function resolveInterfaces(draft: NodeDraft, segments: ReadonlyMap<string, number>): InterfaceDraft[] {
  const attached = new Set<number>();
  return draft.node.on.map((entry, index) => {
    const at = join(join(draft.at, "on"), index);
    const { segment: name, address, cost } = typeof entry === "string"
      ? { segment: entry, address: undefined, cost: 1 }
      : entry;
    const segment = segments.get(name);
    if (segment === undefined) {
      throw new ScenarioError(at, unknown("segment", name, [...segments.keys()], { label: "segments" }));
    }
    if (attached.has(segment)) throw new ScenarioError(at, `the node is attached to ${quote(name)} already`);
    attached.add(segment);
    if (address !== undefined && draft.node.count !== undefined) {
      throw new ScenarioError(at, "an address cannot be given to a counted node: its members need one each");
    }
    return { segment, address, cost };
  });
}

/** The interfaces of every node with addresses of one family, each used once. */
function giveAddresses(
  singles: readonly SingleNode[],
  segments: readonly SegmentPlan[],
  family: 4 | 6,
): InterfacePlan[][] {
  const counts = new Array<number>(segments.length).fill(0);
  const taken = new Map<Nla, string>();
  for (const { name, draft, interfaces } of singles) {
    for (const [index, { segment, address }] of interfaces.entries()) {
      counts[segment] = counts[segment]! + 1;
      if (address === undefined) continue;
      const at = `${draft.at}.on.${index}.address`;
      checkFamily(address, family, at);
      const owner = taken.get(address);
      if (owner !== undefined) throw new ScenarioError(at, `${quote(owner)} has the address ${address} already`);
      taken.set(address, name);
    }
  }
  const idle = counts.indexOf(0);
  if (idle >= 0) throw new ScenarioError(`segments.${segments[idle]!.name}`, "no node is attached to this segment");
  const plan = new AddressPlan(family, counts, new Set(taken.keys()));
  return singles.map(({ interfaces }) =>
    interfaces.map(({ segment, address, cost }) => ({ segment, address: address ?? plan.next(segment), cost }))
  );
}

function checkFamily(nla: Nla, family: 4 | 6, at: string): void {
  const itsFamily = isIpv6(nla) ? 6 : 4;
  if (itsFamily !== family) {
    throw new ScenarioError(at, `${nla} is IPv${itsFamily}, the scenario is IPv${family}: see the key "family"`);
  }
}

function nodePlan(
  single: SingleNode,
  interfaces: readonly InterfacePlan[],
  segments: readonly SegmentPlan[],
  scenario: ParsedScenario,
): NodePlan {
  const { name, draft: { node, at } } = single;
  if (node.role === "router") return { name, role: "router", interfaces, ...elementOf(node, at) };
  if (node.role === "host") return { name, role: "host", interfaces };
  if (node.role === "sockets") {
    checkSocketSegments(interfaces.map(({ segment }) => segments[segment]!), at);
    return { name, role: "sockets", interfaces };
  }
  const session = sessionOf(node, at, scenario);
  const ifaceOn = (segment: string, where: string): number => {
    const index = interfaces.findIndex((iface) => segments[iface.segment]!.name === segment);
    if (index >= 0) return index;
    const attached = interfaces.map((iface) => segments[iface.segment]!.name);
    throw new ScenarioError(where, unknown("segment", segment, attached, { label: "attached to" }));
  };
  if (node.role === "source") {
    const sendOn = node.sendOn === undefined ? 0 : ifaceOn(node.sendOn, `${at}.sendOn`);
    const segment = segments[interfaces[sendOn]!.segment]!;
    const source = sourcePlan(node.source, { sendOn, segment, family: scenario.family, at: `${at}.source` });
    return { name, role: "source", interfaces, ...session, source };
  }
  const joins = node.joins === undefined
    ? interfaces.map((_, index) => index)
    : [...new Set(node.joins.map((segment, index) => ifaceOn(segment, `${at}.joins.${index}`)))];
  const { joined, receiver, repairer } = node;
  checkOrder(receiver, "nakBoIvlMin", "nakBoIvlMax", `${at}.receiver`);
  return { name, role: "receiver", interfaces, ...session, joins, joined, receiver, ...(repairer && { repairer }) };
}

function elementOf(node: Extract<ParsedNode, { role: "router" }>, at: string): { element?: ElementConfig } {
  const { pgm, element } = node;
  if (pgm) return { element: checkElement(element ?? ELEMENT_DEFAULTS, join(at, "element")) };
  if (element === undefined) return {};
  throw new ScenarioError(join(at, "element"), 'the router does not speak PGM: give "pgm": true');
}

function sessionOf(node: Extract<ParsedNode, { role: "source" | "receiver" }>, at: string, scenario: ParsedScenario) {
  if (node.group !== undefined) checkFamily(node.group, scenario.family, `${at}.group`);
  return { group: node.group ?? scenarioGroup(scenario), port: node.port ?? scenario.port };
}

/** The group of those that do not say which. Throws `ScenarioError` if it is of another family than the scenario. */
export function scenarioGroup({ group, family }: ParsedScenario): Nla {
  if (group !== undefined) checkFamily(group, family, "group");
  return group ?? DEFAULT_GROUP[family];
}

function checkRoles(nodes: readonly NodePlan[]): void {
  if (nodes.length === 0) {
    throw new ScenarioError("", 'the scenario has no nodes: give "topology", or "segments" and "nodes"');
  }
  for (const role of ["source", "receiver"]) {
    if (!nodes.some((node) => node.role === role || node.role === "sockets")) {
      throw new ScenarioError("", `no node has the role "${role}"`);
    }
  }
}
