/**
 * What routers that speak PGM are good for: the tables of docs/router-assist.md. A 10-ary tree of 1 to 10,000 receivers,
 * once with plain routers and once with PGM routers.
 *
 * ```text
 *   deno task router-assist                       both tables, up to 10,000 receivers
 *   deno task router-assist --receivers 1000      up to 1000
 * ```
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import type { Datagram, Instant } from "../../engine/mod.ts";
import { PacketType, viewPacket } from "../../engine/mod.ts";
import type { Node, TraceKind } from "../../netsim/mod.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";
import { planScenario } from "../../scenarios/language/lower.ts";
import type { RunResult } from "../../scenarios/run/result.ts";
import { runPlan } from "../../scenarios/run/run.ts";

const SIZES = [1, 10, 100, 1_000, 10_000];
const MESSAGES = 300;
/** In the second table: the packets that everyone loses. */
const LOST = 15;

if (import.meta.main) Deno.exitCode = main(Deno.args);

function main(argv: string[]): number {
  const most = Number(parseArgs(argv, { string: ["receivers"] }).receivers ?? SIZES.at(-1));
  if (!Number.isSafeInteger(most) || most < 1) {
    console.error("router-assist: --receivers must be an integer of at least 1");
    return 2;
  }
  const sizes = SIZES.filter((size) => size <= most);
  table("1 % independent loss on each last link", sizes, (script) => {
    script.push({ at: "50ms", impair: { to: "member", loss: "1%", packet: ["ODATA", "RDATA"] } });
  });
  table(`${LOST} packets lost on the link of the source`, sizes, (script) => {
    for (let i = 0; i < LOST; i++) {
      script.push({ at: "0s", drop: { from: "sender", packet: "ODATA", sqn: 20 * i + 10 } });
    }
  });
  return 0;
}

function table(title: string, sizes: readonly number[], addLoss: (script: Script) => void): void {
  console.log(`\n${title}\n`);
  console.log(
    "| receivers | routers | lost packets | NAKs at the source | per lost packet | RDATA on links | on each | repair ms, median | longest |",
  );
  console.log(
    "| --------- | ------- | ------------ | ------------------ | --------------- | -------------- | ------- | ----------------- | ------- |",
  );
  for (const receivers of sizes) {
    for (const pgmRouters of [false, true]) row(receivers, pgmRouters, addLoss);
  }
}

type Script = NonNullable<ScenarioSpec["script"]>[number][];

function row(receivers: number, pgmRouters: boolean, addLoss: (script: Script) => void): void {
  const script: Script = [];
  addLoss(script);
  script.push({ at: "0s", send: { from: "sender", messages: MESSAGES, bytes: 1000, rate: "1Mbps" } });
  const plan = planScenario(defineScenario({
    name: "router-assist",
    about: "A 10-ary tree of routers that speak PGM or do not.",
    topology: {
      kind: "tree",
      arity: 10,
      receivers,
      pgmRouters: pgmRouters ? 1 : 0,
      link: { rate: "10Mbps", delay: "10ms" },
      source: { rate: "8Mbps", peak: "10Mbps", rdataDelay: "70ms" },
    },
    script,
    expect: [{ delivered: "all", to: "member" }],
  }));
  const lost = new Set<number>();
  const record = (_kind: TraceKind, _at: Instant, _node: Node, _iface: number, datagram: Datagram) => {
    const view = viewPacket(datagram);
    if (view.type === PacketType.ODATA) lost.add(view.sqn);
  };
  const result = runPlan(plan, {
    seed: 1,
    observers: (network) => {
      network.simulation.observe({ record }, ["drop"]);
      return [];
    },
  });
  if (result.verdict !== "pass") throw new Error(`${result.verdict}: ${result.reasons[0]}`);
  print(receivers, pgmRouters, lost.size, result);
}

function print(receivers: number, pgmRouters: boolean, lost: number, result: RunResult): void {
  const { naksReceived } = Object.values(result.sources)[0]!;
  const links = Object.values(result.segments);
  const rdata = links.reduce((sum, { packets }) => sum + (packets["RDATA"] ?? 0), 0);
  const latencies = Object.values(result.receivers).map(({ repairLatencyNs }) => repairLatencyNs);
  const medians = latencies.flatMap(({ median }) => median === null ? [] : [median]).sort((a, b) => a - b);
  const longest = Math.max(0, ...latencies.map(({ max }) => max ?? 0));
  const ms = (time: number | undefined) => time === undefined ? "-" : (time / 1e6).toFixed(0);
  const cells = [
    `${receivers}`.padStart(9),
    (pgmRouters ? "PGM" : "plain").padEnd(7),
    `${lost}`.padStart(12),
    `${naksReceived}`.padStart(18),
    (lost === 0 ? "-" : (naksReceived / lost).toFixed(2)).padStart(15),
    `${rdata}`.padStart(14),
    (rdata / links.length).toFixed(1).padStart(7),
    ms(medians[medians.length >> 1]).padStart(17),
    ms(longest).padStart(7),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
