/**
 * Runs a plan to its end and judges it. A run is a function of the plan, the seed and the version of the code.
 *
 * @module
 */

import { AssertionError, type Instant, NEVER } from "../../engine/mod.ts";
import type { RunEnd, TraceObserver } from "../../netsim/mod.ts";
import { checkConservation } from "../checkers/conservation.ts";
import { ElementGuards } from "./element_guards.ts";
import { Expectations, sessionsOf } from "./expectations.ts";
import { guard } from "./guards.ts";
import { Ladder } from "./ladder.ts";
import { LadderObserver } from "./observers.ts";
import type { Plan } from "../plan.ts";
import type { ExpectationResult, RunResult, Verdict } from "./result.ts";
import type { SocketResult } from "./socket_result.ts";
import { scheduleScript, scriptEnd } from "./script.ts";
import { hasSeenEnds, isAllRead, isComplete, owedReason, settledAt } from "./settlement.ts";
import { elementResult, receiverResult, segmentResult, sourceResult } from "./tally.ts";
import { type RunNetwork, World } from "./world.ts";

/** The seed of a run, and what may watch it; nothing that watches changes the run. */
export interface RunOptions {
  /** The seed of all randomness, an integer in `0 .. 2^53 - 1`. */
  readonly seed: number;
  /** Takes the lines of the ladder: who did what, when. */
  readonly ladder?: (line: string) => void;
  /** Makes further observers, once the network is built. */
  readonly observers?: (network: RunNetwork) => readonly TraceObserver[];
  /** Told after each event: its index from 0, and the low 32 bits of the trace hash. */
  readonly onEvent?: (index: number, hash: number) => void;
  /** Told now and then how far the run is. */
  readonly onProgress?: (simulatedNs: Instant, events: number) => void;
}

/** How often a run looks whether it has settled. */
const LOOK_EVERY: Instant = 100_000_000;

/**
 * Runs a plan until everything is delivered or reported lost, or a limit is reached, and judges it. Whatever the
 * scenario expects, checkers watch every run for what must never happen; a broken invariant of pgmlab itself is a
 * violation too.
 *
 * @throws {AssertionError} if the seed is out of its range
 *
 * @example
 * ```ts
 * import { CATALOG, planScenario, runPlan } from "@pgmlab/pgmlab";
 *
 * const plan = planScenario(CATALOG.get("single-loss"));
 * const first = runPlan(plan, { seed: 7 });
 * const again = runPlan(plan, { seed: 7 });
 * if (first.verdict !== "pass") throw new Error(first.reasons.join("; "));
 * if (first.traceHash !== again.traceHash) throw new Error("a run must repeat itself");
 * ```
 */
export function runPlan(plan: Plan, options: RunOptions): RunResult {
  const ladder = options.ladder === undefined ? undefined : new Ladder(options.ladder);
  const world = new World(plan, options.seed, { ladder, onEvent: options.onEvent });
  const expectations = new Expectations(plan, (node) => world.tsi(node));
  guard(world, expectations);
  const elements = new ElementGuards(world);
  if (ladder !== undefined) {
    world.simulation.observe(new LadderObserver(ladder, (datagram) => world.isInjected(datagram)));
  }
  for (const observer of options.observers?.(world) ?? []) world.simulation.observe(observer);
  scheduleScript(world);
  world.start();
  const ending = runToEnd(world, { expectations, elements }, options);
  ladder?.flush();
  checkConservation(world.violations, world.simulation.now, world.simulation, world.segments);
  return judge(world, expectations, ending, options.seed);
}

/** Why a run ended, and when everything was delivered or reported. */
interface Ending {
  readonly settledNs: Instant | null;
  /** Why it did not settle. */
  readonly reason: string;
}

/** Who has a say in when a run is over. */
interface Watchers {
  readonly expectations: Expectations;
  readonly elements: ElementGuards;
}

function runToEnd(world: World, { expectations, elements }: Watchers, options: RunOptions): Ending {
  const { simulation, plan } = world;
  const { limits } = plan;
  const earliest = Math.max(scriptEnd(plan.script, limits.settle), ...plan.expect.map(expectedUntil));
  try {
    for (;;) {
      const until = Math.min(simulation.now + LOOK_EVERY, limits.time);
      const outcome = simulation.run({ until, maxEvents: limits.events - simulation.events });
      options.onProgress?.(simulation.now, simulation.events);
      if (world.violations.total > 0) return { settledNs: null, reason: "" };
      const settledNs = settledAt(world);
      const since = settledNs === null ? NEVER : Math.max(earliest, settledNs + limits.settle);
      if (simulation.now >= since && endsSeen(world) && expectations.told && elements.hasDrained(since)) {
        return { settledNs, reason: "" };
      }
      const over = endOf(outcome, simulation.now, limits);
      if (over === undefined) continue;
      // A run that is cut short before its script is over has not settled, whatever was delivered so far.
      return settledNs === null || outcome === "events"
        ? { settledNs: null, reason: owedReason(world, over) }
        : { settledNs, reason: "" };
    }
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    const at = simulation.now;
    world.violations.report({ checker: "assertion", at, node: "-", text: error.message });
    return { settledNs: null, reason: "" };
  }
}

/** Why a run does not go on, if so. */
function endOf(outcome: RunEnd, now: Instant, limits: Plan["limits"]): string | undefined {
  if (outcome === "events") return `limit of ${limits.events} events reached`;
  if (now >= limits.time) return `limit of ${limits.time / 1e9} s of simulated time reached`;
  // All sources are gone, and forgotten by their receivers: the clock stands still.
  return outcome === "idle" ? "nothing is left to happen" : undefined;
}

/** Until when a run has to go on for an expectation, at least. */
function expectedUntil(expectation: Plan["expect"][number]): Instant {
  switch (expectation.kind) {
    case "sent":
    case "times":
    case "spacing": {
      const { after, before } = expectation.sent;
      const last = expectation.kind === "times" ? (expectation.are.at(-1) ?? 0) + expectation.within : 0;
      return before === NEVER ? Math.max(after, last) : before;
    }
    case "delivered":
    case "lost":
    case "ended":
    case "told":
      return expectation.before === NEVER ? expectation.after : expectation.before;
    default:
      return 0;
  }
}

/** Whether those who are expected to see the end of their sessions have. With a limit in time, that decides. */
function endsSeen(world: World): boolean {
  return world.plan.expect.every((expectation) => {
    if (expectation.kind !== "ended" || expectation.before !== NEVER) return true;
    const concerns = sessionsOf(expectation.sources.map((node) => world.tsi(node)));
    return expectation.by.every((node) => hasSeenEnds(world.receivers.get(node)!, concerns));
  });
}

function judge(world: World, expectations: Expectations, ending: Ending, seed: number): RunResult {
  const { plan, simulation, violations } = world;
  const { now } = simulation;
  const receivers = new Map(Array.from(world.receivers, ([node, run]) => [node, receiverResult(run, now)]));
  const sources = new Map(Array.from(world.sources, ([node, run]) => [node, sourceResult(run, now)]));
  const elements = new Map(Array.from(world.elements, ([node, run]) => [node, elementResult(run)]));
  const sockets = new Map(Array.from(world.sockets, ([node, host]) => [node, host.results(now)]));
  const judgements = Array.from(world.sockets.values(), (host) => host.judgements).flat();
  const expected = expectations.evaluate({
    receiver: (node) => receivers.get(node)!,
    delivered: (node) => receivers.get(node)?.delivered ?? messagesRead(sockets.get(node)!),
    engine: (node) => receivers.get(node) ?? sources.get(node) ?? elements.get(node)!,
    complete: (node) => {
      const host = world.sockets.get(node);
      if (host !== undefined) return isAllRead(host);
      return receivers.get(node)!.lost === 0 && isComplete(world, world.receivers.get(node)!);
    },
    settledNs: ending.settledNs,
  });
  const results: ExpectationResult[] = [...expected, ...judgements];
  const failed = results.filter((result) => !result.pass);
  const verdict: Verdict = violations.total > 0
    ? "safety"
    : ending.settledNs === null
    ? "liveness"
    : failed.length > 0
    ? "expectation"
    : "pass";
  const reasons = verdict === "safety"
    ? violations.list.map(({ checker, at, node, text }) => `${checker}, ${at / 1e6} ms, ${node}: ${text}`)
    : verdict === "liveness"
    ? [ending.reason]
    : failed.map(({ text, found }) => `${text}: ${found}`);
  return {
    scenario: plan.name,
    about: plan.about,
    seed,
    params: plan.params,
    verdict,
    reasons,
    traceHash: simulation.traceHash(),
    simulatedNs: now,
    settledNs: ending.settledNs,
    events: simulation.events,
    receivers: byName(plan, receivers),
    sources: byName(plan, sources),
    sockets: byName(plan, sockets),
    elements: byName(plan, elements),
    segments: Object.fromEntries(world.segments.map((segment) => [segment.name, segmentResult(segment)])),
    expectations: results,
    violations: violations.list,
  };
}

function messagesRead(sockets: Readonly<Record<string, SocketResult>>): number {
  return Object.values(sockets).reduce((sum, { messagesReceived }) => sum + messagesReceived, 0);
}

function byName<Result>(plan: Plan, results: ReadonlyMap<number, Result>): Record<string, Result> {
  return Object.fromEntries(Array.from(results, ([node, result]) => [plan.nodes[node]!.name, result]));
}
