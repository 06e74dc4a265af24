/**
 * `swarm`: runs drawn scenarios by the thousand, and shrinks those that fail.
 *
 * @module
 */

import { loadScenario } from "../language/load.ts";
import { type RunScenario, runScenario, sameKind } from "../swarm/outcome.ts";
import type { ScenarioData } from "../swarm/scenario_data.ts";
import { DrawError, runSwarm, type SwarmReport } from "../swarm/swarm.ts";
import { makeDirectory, OutputFile } from "./files.ts";
import { MAX_SEED, runCommandLine } from "./scenario.ts";
import type { Arguments, Command } from "./usage.ts";

const DEFAULT_RUNS = 1_000;
const MAX_RUNS = 1_000_000_000;
const MAX_SECONDS = 1_000_000;
const DEFAULT_FOLDER = "swarm-failures";
/** A sign of life on a terminal, this often. */
const PROGRESS_MS = 250;
const WIDTH = 110;
/** The exit code for a mistake in the generator itself. */
const DRAW_ERROR = 1;

/** The command. */
export const swarmCommand: Command = swarmCommandFor((scenario, seed) => runScenario(scenario, seed));

/** The command with something else in the place of the engine, for tests. */
export function swarmCommandFor(run: RunScenario): Command {
  return {
    name: "swarm",
    positional: "",
    about:
      "Draws scenarios from a seed and runs them with all checkers; shrinks what fails to a minimal scenario file. " +
      "Exit code 0: none failed, 1: a drawn scenario is not valid, 2: bad input, 3: safety or a crash, 4: liveness, " +
      "of the first failure.",
    flags: [
      { name: "runs", value: "N", about: `how many runs; ${DEFAULT_RUNS} unless given, without end if --seconds is` },
      { name: "seed", value: "S", about: "seed of the swarm; 1 unless given" },
      { name: "from", value: "K", about: "the first run; 0 unless given. --from K --runs 1 repeats run K" },
      { name: "seconds", value: "T", about: "begin no run later than this" },
      { name: "out", value: "DIR", about: `where scenarios that fail are written; ${DEFAULT_FOLDER} unless given` },
      { name: "json", about: "print one JSON object" },
    ],
    run: (args) => swarm(args, run),
  };
}

async function swarm(args: Arguments, run: RunScenario): Promise<number> {
  args.none();
  const seed = args.integer("seed", 1, { min: 0, max: MAX_SEED });
  const from = args.integer("from", 0, { min: 0, max: MAX_RUNS });
  const limited = args.text("seconds") !== undefined;
  const most = args.integer("seconds", MAX_SECONDS, { min: 1, max: MAX_SECONDS });
  const runs = args.integer("runs", limited ? MAX_RUNS : DEFAULT_RUNS, { min: 1, max: MAX_RUNS });
  const begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1_000;
  const progress = new Progress(runs);
  try {
    const proceed = (report: SwarmReport) => {
      progress.show(report);
      return seconds() < most;
    };
    const report = runSwarm({ seed, from, runs, run, proceed });
    progress.clear();
    const files = await writeFailures(report, args.text("out") ?? DEFAULT_FOLDER, run);
    print(report, { args, seed, from, files, seconds: seconds() });
    return exitCode(report);
  } catch (error) {
    progress.clear();
    if (!(error instanceof DrawError)) throw error;
    console.error(`pgmlab: ${error.message}`);
    return DRAW_ERROR;
  }
}

function exitCode({ failures: [first] }: SwarmReport): number {
  if (first === undefined) return 0;
  return first.failure.verdict === "liveness" ? 4 : 3;
}

/** The scenario files of the failures, by index of the run; the folder is made for the first. */
async function writeFailures(
  report: SwarmReport,
  folder: string,
  run: RunScenario,
): Promise<ReadonlyMap<number, string>> {
  const files = new Map<number, string>();
  for (const { failure, seed, shrunk, index } of report.failures) {
    if (shrunk === undefined) continue;
    makeDirectory(folder);
    const path = `${folder}/${shrunk.scenario.name}.json`;
    const file = new OutputFile(path);
    file.write(`${JSON.stringify(shrunk.scenario, null, 2)}\n`);
    file.finish();
    // What was written must fail as what was drawn did: it is run as it is read.
    const again = run(await loadScenario(path) as ScenarioData, seed);
    if (sameKind(again.failure, failure)) files.set(index, path);
    else console.error(`${path}: does not fail again when it is read back: runs do not repeat themselves`);
  }
  return files;
}

interface Printed {
  readonly args: Arguments;
  readonly seed: number;
  readonly from: number;
  readonly files: ReadonlyMap<number, string>;
  readonly seconds: number;
}

function print(report: SwarmReport, printed: Printed): void {
  const { args, seed, from, files, seconds } = printed;
  const failures = report.failures.map((found) => {
    const { index, failure, shrunk } = found;
    const file = files.get(index);
    return {
      run: index,
      ...failure,
      text: shrunk?.failure.text ?? failure.text,
      ...(file === undefined ? {} : { file }),
      shrinkRuns: shrunk?.runs ?? 0,
      reproduce: file === undefined ? again(seed, index) : runCommandLine(file, found.seed, []),
    };
  });
  const { runs, events, simulatedNs, hash, coverage } = report;
  const runsPerSecond = Math.round(runs / seconds);
  if (args.has("json")) {
    const { ingredients, source, receiver, repairer, element, told, dropped, unreached } = coverage;
    const counted = { ingredients, source, receiver, repairer, element, told, dropped, unreached };
    console.log(JSON.stringify({ seed, from, runs, failures, events, simulatedNs, hash, runsPerSecond, ...counted }));
    return;
  }
  for (const { run, verdict, checker, text, reproduce } of failures) {
    console.log(`FAILED run ${run}: ${verdict} (${checker}): ${text}`);
    console.log(`  the drawn scenario:  ${again(seed, run)}`);
    console.log(`  reproduce with:      ${reproduce}`);
  }
  if (failures.length > 0) console.log("");
  printCoverage(report);
  console.log(
    `${runs} runs from ${from} with seed ${seed}, ${failures.length} failed: ${events} events, ` +
      `${(simulatedNs / 1e9).toFixed(0)} s simulated, ${runsPerSecond} runs/s, hash ${hash}`,
  );
}

function again(seed: number, index: number): string {
  return `deno task sim swarm --seed ${seed} --from ${index} --runs 1`;
}

function printCoverage({ coverage, runs }: SwarmReport): void {
  const share = (count: number) => `${Math.round(count / runs * 100)}%`;
  printWrapped("drawn", Object.entries(coverage.ingredients).map(([name, count]) => `${name} ${share(count)}`));
  const totals = (counts: Readonly<Record<string, number>>) => {
    return Object.entries(counts).filter(([, count]) => count > 0).map(([name, count]) => `${name} ${count}`);
  };
  printWrapped("sources", totals(coverage.source));
  printWrapped("receivers", totals(coverage.receiver));
  printWrapped("sockets told", totals(coverage.told));
  printWrapped("repairers", totals(coverage.repairer));
  printWrapped("PGM routers", totals(coverage.element));
  printWrapped("dropped", totals(coverage.dropped));
  printWrapped("stayed 0", coverage.unreached);
}

function printWrapped(title: string, words: readonly string[]): void {
  if (words.length === 0) return;
  let line = `${title}:`;
  for (const [index, word] of words.entries()) {
    const next = index === words.length - 1 ? word : `${word},`;
    if (line.length + 1 + next.length > WIDTH) {
      console.log(line);
      line = " ";
    }
    line += ` ${next}`;
  }
  console.log(`${line}\n`);
}

/** How far the swarm is, on a terminal only. */
class Progress {
  readonly #runs: number;
  readonly #shows = Deno.stderr.isTerminal();
  #next = performance.now() + PROGRESS_MS;

  constructor(runs: number) {
    this.#runs = runs;
  }

  show({ runs, failures }: SwarmReport): void {
    if (!this.#shows || performance.now() < this.#next) return;
    this.#next = performance.now() + PROGRESS_MS;
    const of = this.#runs === MAX_RUNS ? "" : ` of ${this.#runs}`;
    this.#write(`\r${runs}${of} runs, ${failures.length} failed`);
  }

  clear(): void {
    if (this.#shows) this.#write("\r\x1b[K");
  }

  #write(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }
}
