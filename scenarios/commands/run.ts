/**
 * `run`: runs a scenario.
 *
 * @module
 */

import type { TraceObserver } from "../../netsim/mod.ts";
import { planScenario } from "../language/lower.ts";
import { CaptureWriter, TraceWriter } from "../run/observers.ts";
import { Recorder } from "../run/record.ts";
import { runPlan } from "../run/run.ts";
import { APPLICATION, VERSION } from "../version.ts";
import type { RunNetwork } from "../run/world.ts";
import { OutputFile } from "./files.ts";
import { findScenario, MAX_SEED, printResult, progressReporter, runCommandLine } from "./scenario.ts";
import type { Arguments, Command } from "./usage.ts";

/** The command. */
export const runCommand: Command = {
  name: "run",
  positional: "NAME|FILE",
  about: "Runs a scenario of the catalog, or of a .json or .ts file. Exit code 0: pass, 1: an expectation failed, " +
    "2: bad input, 3: safety, 4: liveness.",
  flags: [
    { name: "seed", value: "S", about: "seed of all randomness; 1 unless given" },
    {
      name: "set",
      value: "NAME=VALUE",
      about: "a parameter, or a dotted path such as segments.lan.delay=5ms",
      repeated: true,
    },
    { name: "ladder", about: "print who did what, when" },
    { name: "json", about: "print one JSON object with every figure" },
    { name: "pcap", value: "FILE", about: "write a pcapng capture of every interface, with the fate of each copy" },
    { name: "trace", value: "FILE", about: "write everything that happens, one JSON object a line" },
    { name: "record", value: "FILE", about: "write a recording that replay --verify holds a later run against" },
  ],
  async run(args) {
    const name = args.single("the name of a scenario, or its file,");
    const seed = args.integer("seed", 1, { min: 0, max: MAX_SEED });
    const overrides = args.texts("set");
    const scenario = await findScenario(name);
    const plan = planScenario(scenario, overrides);
    const outputs = new Outputs(args, `${plan.name} seed ${seed} pgmlab ${VERSION}`);
    try {
      const recorder = args.text("record") === undefined ? undefined : new Recorder();
      const result = runPlan(plan, {
        seed,
        onProgress: progressReporter(),
        observers: (network) => outputs.observers(network),
        ...(args.has("ladder") ? { ladder: args.has("json") ? console.error : console.log } : {}),
        ...(recorder === undefined ? {} : { onEvent: (index, hash) => recorder.event(index, hash) }),
      });
      if (recorder !== undefined) {
        const { traceHash, events } = result;
        outputs.record(recorder.finish({ version: VERSION, scenario, overrides, seed, traceHash, events }));
      }
      outputs.finish();
      if (args.has("ladder") && !args.has("json")) console.log("");
      return printResult(result, { json: args.has("json"), reproduce: runCommandLine(name, seed, overrides) });
    } catch (error) {
      outputs.discard();
      throw error;
    }
  },
};

/** The files that a run writes. All are opened before the run. */
class Outputs {
  readonly #pcap: OutputFile | undefined;
  readonly #trace: OutputFile | undefined;
  readonly #record: OutputFile | undefined;
  readonly #comment: string;
  #capture: CaptureWriter | undefined = undefined;
  readonly #open: OutputFile[] = [];

  constructor(args: Arguments, comment: string) {
    this.#comment = comment;
    try {
      this.#pcap = this.#openFile(args.text("pcap"));
      this.#trace = this.#openFile(args.text("trace"));
      this.#record = this.#openFile(args.text("record"));
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  observers(network: RunNetwork): TraceObserver[] {
    const observers: TraceObserver[] = [];
    const pcap = this.#pcap;
    if (pcap !== undefined) {
      this.#capture = new CaptureWriter(network, this.#comment, {
        application: APPLICATION,
        sink: (chunk) => pcap.write(chunk),
      });
      observers.push(this.#capture);
    }
    const trace = this.#trace;
    if (trace !== undefined) observers.push(new TraceWriter((line) => trace.write(line)));
    return observers;
  }

  record(recording: unknown): void {
    this.#record?.write(`${JSON.stringify(recording)}\n`);
  }

  finish(): void {
    this.#capture?.finish();
    for (const file of this.#open.splice(0)) file.finish();
  }

  discard(): void {
    for (const file of this.#open.splice(0)) file.discard();
  }

  #openFile(path: string | undefined): OutputFile | undefined {
    if (path === undefined) return undefined;
    const file = new OutputFile(path);
    this.#open.push(file);
    return file;
  }
}
