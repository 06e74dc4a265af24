/**
 * Runs a plan to its end and judges it. A run is a function of the plan, the seed and the version of the code.
 *
 * @module
 */

import { AssertionError, type Datagram, type Instant, NEVER } from "../engine/mod.ts";
import type { Node, RunEnd, TraceKind, TraceObserver } from "../netsim/mod.ts";
import type { ReceiverRun } from "./applications.ts";
import { checkConservation } from "./checkers/conservation.ts";
import type { Progress, SentStream } from "./checkers/delivery.ts";
import { checkNcfScope } from "./checkers/ncf_scope.ts";
import { SourceWindowChecker } from "./checkers/source_window.ts";
import { Expectations } from "./expectations.ts";
import { Ladder } from "./ladder.ts";
import { LadderObserver } from "./observers.ts";
import type { Plan, SourceNode } from "./plan.ts";
import type { ExpectationResult, RunResult, Verdict } from "./result.ts";
import { scheduleScript, scriptEnd } from "./script.ts";
import { receiverResult, segmentResult, sourceResult } from "./tally.ts";
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
  observeSends(world, expectations);
  if (ladder !== undefined) world.simulation.observe(new LadderObserver(ladder));
  for (const observer of options.observers?.(world) ?? []) world.simulation.observe(observer);
  scheduleScript(world);
  world.start();
  const ending = runToEnd(world, options);
  ladder?.flush();
  checkConservation(world.violations, world.simulation.now, world.simulation, world.segments);
  return judge(world, expectations, ending, options.seed);
}

/** Expectations count, and checkers watch, what nodes put on the network. */
function observeSends(world: World, expectations: Expectations): void {
  const windows = new SourceWindowChecker(world.violations, (node) => {
    return (world.plan.nodes[node] as SourceNode).source.txwMaxSqns;
  });
  const record = (kind: TraceKind, at: Instant, node: Node, _iface: number, datagram: Datagram) => {
    if (kind === "forward") return checkNcfScope(world.violations, at, node, datagram);
    expectations.sent(at, node.id, datagram);
    if (world.sources.has(node.id)) windows.sent(at, node.id, node.name, datagram);
  };
  world.simulation.observe({ record }, ["send", "forward"]);
}

/** Why a run ended, and when everything was delivered or reported. */
interface Ending {
  readonly settledNs: Instant | null;
  /** Why it did not settle. */
  readonly reason: string;
}

function runToEnd(world: World, options: RunOptions): Ending {
  const { simulation, plan } = world;
  const { limits } = plan;
  const earliest = Math.max(scriptEnd(plan.script), ...plan.expect.map(expectedUntil));
  try {
    for (;;) {
      const until = Math.min(simulation.now + LOOK_EVERY, limits.time);
      const outcome = simulation.run({ until, maxEvents: limits.events - simulation.events });
      options.onProgress?.(simulation.now, simulation.events);
      if (world.violations.total > 0) return { settledNs: null, reason: "" };
      const settledNs = settledAt(world);
      if (settledNs !== null && simulation.now >= Math.max(earliest, settledNs + limits.settle)) {
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

function expectedUntil(expectation: Plan["expect"][number]): Instant {
  if (expectation.kind !== "sent") return 0;
  return expectation.before === NEVER ? expectation.after : expectation.before;
}

/** When the last thing owed to a receiver was delivered or reported; `null` while something is owed. */
function settledAt(world: World): Instant | null {
  for (const run of world.sources.values()) {
    if (!run.sender.stream.ended && (run.sender.blocked || run.source.waiting > 0)) return null;
  }
  let at = 0;
  for (const run of world.receivers.values()) {
    for (const { progress, stream } of owed(world, run)) {
      if (progress === undefined ? stream.packets > 0 : !progress.complete) return null;
      at = Math.max(at, stream.resolvedAt);
    }
  }
  return at;
}

/**
 * The streams that a receiver has to get all of, from its starting point on. A receiver that joined before the run is
 * owed every stream of its group; a later one only those that it has heard data of.
 */
function* owed(world: World, run: ReceiverRun): Iterable<{ progress: Progress | undefined; stream: SentStream }> {
  if (run.member.since === NEVER) return;
  for (const stream of world.streams.all) {
    if (stream.ended || stream.group !== run.group) continue;
    const progress = run.member.progressOf(stream);
    if (progress === undefined ? run.member.since < 0 : !progress.closed) yield { progress, stream };
  }
}

/** Names the first receiver that misses something. */
function owedReason(world: World, over: string): string {
  for (const run of world.receivers.values()) {
    for (const { progress, stream } of owed(world, run)) {
      if (progress?.complete ?? stream.packets === 0) continue;
      const next = progress === undefined ? 0 : progress.next;
      const sqn = (stream.firstSqn + next) >>> 0;
      return `${over}: ${run.name} has neither got nor reported SQN ${sqn} of ${stream.name}`;
    }
  }
  return `${over}: a source still has data to send`;
}

function judge(world: World, expectations: Expectations, ending: Ending, seed: number): RunResult {
  const { plan, simulation, violations } = world;
  const receiverOf = (node: number) => receiverResult(world.receivers.get(node)!);
  const results: ExpectationResult[] = expectations.evaluate({
    receiver: receiverOf,
    complete: (node) => {
      const run = world.receivers.get(node)!;
      if (receiverOf(node).lost > 0) return false;
      return [...owed(world, run)].every(({ progress, stream }) => progress?.complete ?? stream.packets === 0);
    },
    settledNs: ending.settledNs,
  });
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
    simulatedNs: simulation.now,
    settledNs: ending.settledNs,
    events: simulation.events,
    receivers: Object.fromEntries([...world.receivers.values()].map((run) => [run.name, receiverResult(run)])),
    sources: Object.fromEntries([...world.sources.values()].map((run) => [run.name, sourceResult(run)])),
    segments: Object.fromEntries(world.segments.map((segment) => [segment.name, segmentResult(segment)])),
    expectations: results,
    violations: violations.list,
  };
}
