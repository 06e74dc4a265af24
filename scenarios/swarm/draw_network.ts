/**
 * Networks of many shapes: segments with parameters of their own, routers between them, and where hosts may be.
 *
 * ```text
 * lan    ==+==+==+==        star   r0 with one LAN per arm       chain  ==r1==r2==r3==     tree   routers in a binary tree
 * ring   r0--r1--r2--r0 with a LAN each: there is another way round
 * lans   a backbone and two or three LANs, one or two routers between it and each: hosts on several of them
 * ```
 *
 * @module
 */

import { type Dice, ms } from "./dice.ts";
import { drawElement } from "./draw_parameters.ts";
import type { Fields, NodeData } from "./scenario_data.ts";

/** A network without hosts. */
export interface DrawnNetwork {
  /** The name of its shape. */
  readonly shape: string;
  readonly segments: Record<string, Fields>;
  readonly routers: Record<string, NodeData>;
  /** The segments that hosts may be on. */
  readonly forHosts: readonly string[];
  /** The smallest mtu, octets. */
  readonly mtu: number;
  /** How many routers a packet can pass. */
  readonly hops: number;
}

/** Routers by name with their segments, and the segments for hosts. */
interface Layout {
  readonly routers: ReadonlyMap<string, readonly string[]>;
  readonly forHosts: readonly string[];
}

type Shape = (dice: Dice) => Layout;

const SHAPES: Readonly<Record<string, Shape>> = { lan, star, chain, tree, ring, lans };

/** A network. */
export function drawNetwork(dice: Dice): DrawnNetwork {
  const shape = dice.fork("shape").pick([
    "lan",
    "lan",
    "lan",
    "star",
    "star",
    "chain",
    "chain",
    "tree",
    "ring",
    "lans",
  ]);
  const { routers, forHosts } = SHAPES[shape]!(dice.fork(shape));
  const names = new Set([...forHosts, ...[...routers.values()].flat()]);
  const segments: Record<string, Fields> = {};
  const mtus = dice.fork("mtu").chance(0.25) ? [576, 700, 1280, 1500, 9000] : [1500];
  for (const name of names) segments[name] = drawSegment(dice.fork(`segment/${name}`), mtus);
  const drawnRouters = [...routers].map(([name, on]) => [name, drawRouter(dice.fork(`router/${name}`), on)] as const);
  return {
    shape,
    segments,
    routers: Object.fromEntries(drawnRouters),
    forHosts,
    mtu: Math.min(...Object.values(segments).map((segment) => (segment["mtu"] ?? 1500) as number)),
    hops: routers.size,
  };
}

function drawSegment(dice: Dice, mtus: readonly number[]): Fields {
  const segment: Fields = {};
  if (dice.fork("rate").chance(0.5)) segment["rate"] = dice.fork("bps").rate(1_000_000, 1_000_000_000);
  if (dice.fork("delay").chance(0.7)) segment["delay"] = dice.fork("ns").duration(1_000, ms(80));
  if (dice.fork("queue").chance(0.25)) segment["queue"] = dice.fork("bytes").spread(9_000, 100_000);
  const mtu = dice.fork("mtu").pick(mtus);
  if (mtu !== 1500) segment["mtu"] = mtu;
  return segment;
}

function drawRouter(dice: Dice, on: readonly string[]): NodeData {
  const pgm = dice.fork("pgm");
  return {
    role: "router",
    ...(pgm.chance(0.5) ? { pgm: true, element: drawElement(pgm.fork("element")) } : {}),
    on: on.map((segment) => {
      const cost = dice.fork(`cost/${segment}`);
      return cost.chance(0.1) ? { segment, cost: cost.int(2, 9) } : segment;
    }),
  };
}

function lan(): Layout {
  return { routers: new Map(), forHosts: ["lan"] };
}

function star(dice: Dice): Layout {
  const arms = numbered("arm", dice.int(2, 5));
  return { routers: new Map([["r0", arms]]), forHosts: arms };
}

function chain(dice: Dice): Layout {
  const links = numbered("link", dice.int(2, 5));
  return { routers: new Map(links.slice(1).map((link, i) => [`r${i}`, [links[i]!, link]])), forHosts: links };
}

function tree(): Layout {
  const routers = new Map([
    ["r0", ["root", "left", "right"]],
    ["r1", ["left", "leaf-0", "leaf-1"]],
    ["r2", ["right", "leaf-2", "leaf-3"]],
  ]);
  return { routers, forHosts: ["root", "leaf-0", "leaf-1", "leaf-2", "leaf-3"] };
}

function ring(dice: Dice): Layout {
  const count = dice.int(3, 4);
  const stubs = numbered("lan", count);
  const routers = stubs.map((stub, i) => [`r${i}`, [`arc-${i}`, `arc-${(i + 1) % count}`, stub]] as const);
  return { routers: new Map(routers), forHosts: stubs };
}

function lans(dice: Dice): Layout {
  const stubs = numbered("lan", dice.int(2, 3));
  const routers = new Map<string, string[]>();
  for (const stub of stubs) {
    const redundant = dice.fork(stub).chance(0.3);
    for (let i = redundant ? 2 : 1; i > 0; i--) routers.set(`r${routers.size}`, ["backbone", stub]);
  }
  return { routers, forHosts: ["backbone", ...stubs] };
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}-${i}`);
}
