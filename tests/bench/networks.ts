/**
 * Whole runs: the real engines on the simulated network, with all checkers on.
 *
 * @module
 */

import { planScenario } from "../../scenarios/language/lower.ts";
import type { RunResult } from "../../scenarios/run/result.ts";
import { runPlan } from "../../scenarios/run/run.ts";
import { defineScenario, type ScenarioSpec } from "../../scenarios/language/spec.ts";

const MESSAGES = 1000;

/** One source and many receivers on one LAN, 1 % independent loss. */
export function lan(receivers: number, runs: number): void {
  const title = `lan: ${receivers} receivers, ${MESSAGES} x 1000 octets, 1 % loss at each receiver`;
  network(title, receivers, runs, (count) =>
    defineScenario({
      name: "bench-lan",
      about: "One source and many receivers on one LAN, 1 % independent loss.",
      segments: { lan: { rate: "1Gbps", delay: "100us", queue: "4MB" } },
      nodes: {
        sender: { role: "source", on: ["lan"], source: { rate: "80Mbps", peak: "1Gbps" } },
        member: { role: "receiver", on: ["lan"], count },
      },
      script: [
        { at: "5ms", impair: { to: "member", loss: "1%" } },
        { at: "0s", send: { from: "sender", messages: MESSAGES, bytes: 1000, every: "2ms" } },
      ],
      expect: [{ delivered: "all", to: "member" }],
    }));
}

/**
 * The benchmark of a published simulator: a 10-ary tree of routers, receivers on its leaves, links of 10 Mbit/s and
 * 10 ms, 1000 packets of 1000 octets at 1 Mbit/s, 1 % independent loss on each last link. Repair is end to end, or hop by
 * hop with routers that speak PGM; as that simulator's sender does by default, the source gathers NAKs for 70 ms before
 * it repairs.
 */
export function tree(receivers: number, runs: number, pgmRouters: boolean): void {
  const title = `tree: 10-ary, ${receivers} receivers, ${pgmRouters ? "PGM" : "plain"} routers, ` +
    `${MESSAGES} x 1000 octets at 1 Mbit/s, 1 % loss on each last link`;
  network(title, receivers, runs, (count) =>
    defineScenario({
      name: "bench-tree",
      about: "A 10-ary tree of routers with independent loss on each last link.",
      topology: {
        kind: "tree",
        arity: 10,
        receivers: count,
        pgmRouters: pgmRouters ? 1 : 0,
        link: { rate: "10Mbps", delay: "10ms" },
        source: { rate: "8Mbps", peak: "10Mbps", rdataDelay: "70ms" },
      },
      script: [
        { at: "50ms", impair: { to: "member", loss: "1%" } },
        { at: "0s", send: { from: "sender", messages: MESSAGES, bytes: 1000, rate: "1Mbps" } },
      ],
      expect: [{ delivered: "all", to: "member" }],
    }));
}

function network(title: string, receivers: number, runs: number, specFor: (receivers: number) => ScenarioSpec): void {
  console.log(`\n${title}`);
  const spec = specFor(receivers);
  const walls: number[] = [];
  let result: RunResult | undefined;
  let memory = 0;
  let ofRun = 0;
  const onProgress = () => ofRun = Math.max(ofRun, Deno.memoryUsage().rss);
  for (let run = 0; run <= runs; run++) {
    // A collection here would have each run grow the heap anew. What the first takes is its own; the others have its garbage.
    ofRun = 0;
    const start = performance.now();
    result = runPlan(planScenario(spec), { seed: 1, onProgress });
    const wall = (performance.now() - start) / 1000;
    console.log(`  ${run === 0 ? "warm-up" : `run ${run}`}: ${wall.toFixed(2)} s, ${Math.round(ofRun / 1e6)} MB`);
    memory = Math.max(memory, ofRun);
    if (run > 0) walls.push(wall);
  }
  print(result!, walls.sort((a, b) => a - b)[walls.length >> 1]!, memory);
  const bytes = (liveBytes(spec) - liveBytes(specFor(1))) / Math.max(1, receivers - 1);
  console.log(
    `  ${Math.round(bytes)} bytes of live heap a receiver, with its node, interface and share of the network`,
  );
}

/** The largest live heap during a run, looked at once a simulated second. Needs --expose-gc. */
function liveBytes(spec: ScenarioSpec): number {
  let largest = 0;
  let next = 0;
  runPlan(planScenario(spec), {
    seed: 1,
    onProgress: (simulatedNs) => {
      if (simulatedNs < next) return;
      next = simulatedNs + 1_000_000_000;
      (globalThis as { gc?: () => void }).gc?.();
      largest = Math.max(largest, Deno.memoryUsage().heapUsed);
    },
  });
  return largest;
}

function print(result: RunResult, wall: number, memory: number): void {
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
  const deliveries = sum(Object.values(result.segments).map((segment) => segment.delivered));
  const sent = sum(Object.values(result.segments).flatMap((segment) => Object.values(segment.packets)));
  const receivers = Object.values(result.receivers);
  const source = Object.values(result.sources)[0]!;
  const rate = (count: number) => `${(count / wall / 1e6).toFixed(2)} M/s`;
  console.log(
    `  verdict ${result.verdict}, trace ${result.traceHash}, ${(result.simulatedNs / 1e9).toFixed(1)} s simulated`,
  );
  console.log(`  wall ${wall.toFixed(2)} s (median); peak resident memory ${Math.round(memory / 1e6)} MB`);
  console.log(`  deliveries ${deliveries} (${rate(deliveries)}), ${(wall * 1e9 / deliveries).toFixed(0)} ns each`);
  console.log(`  packets put on segments ${sent} (${rate(sent)}), events ${result.events} (${rate(result.events)})`);
  console.log(
    `  ${sum(receivers.map((r) => r.delivered))} messages, ${sum(receivers.map((r) => r.recovered))} packets recovered`,
  );
  console.log(
    `  NAKs sent ${
      sum(receivers.map((r) => r.naksSent))
    }, heard ${source.naksReceived}; NCF ${source.ncf}, RDATA ${source.rdata}`,
  );
}
