/**
 * Every timer of the engine can be set in a scenario. RFC 3208 gives hardly any of them a value.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { formatDuration, type Instant, ms, RECEIVER_DEFAULTS, SOURCE_DEFAULTS } from "../../engine/mod.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import { World } from "../../scenarios/run/world.ts";

/** The parameters of an engine by name. */
type Parameters = Readonly<Record<string, unknown>>;

/** The parameters of an engine's configuration that are durations, from its text. */
function durations(file: string): string[] {
  const text = Deno.readTextFileSync(new URL(`../../engine/${file}`, import.meta.url));
  return [...text.matchAll(/^ {2}readonly (\w+): Instant;$/gm)].map(([, name]) => name!);
}

/** The configurations that the engines get when the two nodes are given these parameters. */
function configs(source: object, receiver: object): { source: Parameters; receiver: Parameters } {
  const plan = planScenario({
    name: "timers",
    about: "A source and a receiver.",
    segments: { lan: {} },
    nodes: { sender: { role: "source", on: ["lan"], source }, member: { role: "receiver", on: ["lan"], receiver } },
  });
  const world = new World(plan, 1);
  world.start();
  const [sender] = world.sources.values();
  const [member] = world.receivers.values();
  return { source: { ...sender!.source.config }, receiver: { ...member!.receiver.config } };
}

/** What is different in a configuration; the TSI is the same and not compared. */
function changes(before: Parameters, after: Parameters): Parameters {
  return Object.fromEntries(Object.entries(after).filter(([key, value]) => key !== "tsi" && value !== before[key]));
}

// TXW_ADV_IVL has no use with the default strategy, and follows txwAdvSecs unless given.
const SOURCE = { txwStrategy: "advanceWithData", txwAdvIvl: "2s" };

Deno.test("scenario language: each timer of source and receiver can be set alone, and reaches the engine [GEN-029]", () => {
  const before = configs(SOURCE, {});
  const [ofSource, ofReceiver] = [durations("source/source_config.ts"), durations("receiver/receiver_config.ts")];
  assert(ofSource.length >= 8 && ofReceiver.length >= 9, "found hardly any parameter that is a duration");
  for (const name of ofSource) {
    const value: Instant = (before.source[name] as Instant) + ms(1);
    const after = configs({ ...SOURCE, [name]: formatDuration(value) }, {});
    assertEquals(changes(before.source, after.source), { [name]: value });
    assertEquals(changes(before.receiver, after.receiver), {});
  }
  for (const name of ofReceiver) {
    const value: Instant = (before.receiver[name] as Instant) + ms(1);
    const after = configs(SOURCE, { [name]: formatDuration(value) });
    assertEquals(changes(before.source, after.source), {});
    assertEquals(changes(before.receiver, after.receiver), { [name]: value });
  }
});

Deno.test("scenario language: the timers that a scenario leaves out are those of the engine", () => {
  const { source, receiver } = configs({}, {});
  for (const name of durations("source/source_config.ts")) {
    assertEquals([name, source[name]], [name, (SOURCE_DEFAULTS as Parameters)[name]]);
  }
  for (const name of durations("receiver/receiver_config.ts")) {
    assertEquals([name, receiver[name]], [name, (RECEIVER_DEFAULTS as Parameters)[name]]);
  }
});
