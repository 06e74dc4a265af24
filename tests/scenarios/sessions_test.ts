/**
 * What the sources of a run are called: the GSI of their host's name, and a data-source port per session.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { gsiFromHostname } from "../../engine/mod.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import type { ScenarioSpec } from "../../scenarios/language/spec.ts";
import { World } from "../../scenarios/run/world.ts";
import { ofType, watchPass } from "../support/runs.ts";

const LIVES = 12;

/** A source that crashes and restarts again and again, and another that does not. */
function restarts(sourcePort?: number): ScenarioSpec {
  return {
    name: "restarts",
    about: "A source that restarts.",
    segments: { lan: { rate: "100Mbps", delay: "1ms" } },
    nodes: {
      sender: { role: "source", on: ["lan"], ...(sourcePort === undefined ? {} : { source: { sourcePort } }) },
      other: { role: "source", on: ["lan"] },
      member: { role: "receiver", on: ["lan"] },
    },
    script: Array.from({ length: LIVES }, (_, life) => life * 100).flatMap((begin) => [
      ...(begin === 0 ? [] : [{ at: `${begin}ms`, restart: "sender" }] as const),
      { at: `${begin + 1}ms`, send: { from: ["sender", "other"], messages: 3, bytes: 100 } } as const,
      ...(begin === (LIVES - 1) * 100 ? [] : [{ at: `${begin + 50}ms`, crash: "sender" }] as const),
    ]),
  };
}

/** The sessions of a node, in the order of their first packet. */
function sessionsOf(spec: ScenarioSpec, node: string, seed = 1): { gsi: number; port: number }[] {
  const sessions = new Map<string, { gsi: number; port: number }>();
  for (const { kind, node: sender, packet } of ofType(watchPass(spec, { seed }).trace, "ODATA", "SPM")) {
    if (kind !== "send" || sender !== node || packet === undefined) continue;
    const { gsi, sourcePort: port } = packet;
    sessions.set(`${gsi}.${port}`, { gsi, port });
  }
  return [...sessions.values()];
}

Deno.test("World: no two sessions of a host share a data-source port; the seed gives them again [SRC-037]", () => {
  const sessions = sessionsOf(restarts(), "sender");
  assertEquals(sessions.length, LIVES);
  assertEquals(new Set(sessions.map(({ port }) => port)).size, LIVES);
  assert(sessions.every(({ port }) => port >= 1024 && port <= 65_535));
  assertEquals(sessionsOf(restarts(), "sender"), sessions);
  assertNotEquals(sessionsOf(restarts(), "sender", 2), sessions);
});

Deno.test("World: a thousand sessions of a host have a thousand ports", () => {
  const world = new World(planScenario(restarts()), 1);
  world.start();
  const sender = world.plan.nodes.findIndex(({ name }) => name === "sender");
  const first = world.tsi(sender);
  const ports = new Set([first.port]);
  for (let life = 1; life < 1000; life++) {
    world.crash(sender);
    world.restart(0, sender);
    ports.add(world.sources.get(sender)!.source.config.tsi.port);
  }
  assertEquals(ports.size, 1000);
  assertEquals(world.tsi(sender), first);
});

Deno.test("World: the GSI of a source is that of its node's name, in every life and with every seed", () => {
  for (const seed of [1, 2]) {
    const gsis = (node: string) => new Set(sessionsOf(restarts(), node, seed).map(({ gsi }) => gsi));
    assertEquals([...gsis("sender")], [gsiFromHostname("sender")]);
    assertEquals([...gsis("other")], [gsiFromHostname("other")]);
  }
});

Deno.test("World: a port that the scenario gives is that of the first life only", () => {
  for (const given of [1, 1024, 65_535]) {
    const ports = sessionsOf(restarts(given), "sender").map(({ port }) => port);
    assertEquals([ports.length, ports[0]], [LIVES, given]);
    assertEquals(ports.indexOf(given, 1), -1);
  }
});
