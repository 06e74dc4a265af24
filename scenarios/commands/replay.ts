/**
 * `replay`: runs a recording again.
 *
 * @module
 */

import { type Datagram, describePacket, type Instant, viewPacket } from "../../engine/mod.ts";
import type { Node, TraceKind, TraceObserver } from "../../netsim/mod.ts";
import { parseJson } from "../language/json_text.ts";
import { planScenario } from "../language/lower.ts";
import { parseRecording, type Recording, Verifier } from "../run/record.ts";
import { runPlan } from "../run/run.ts";
import { VERSION } from "../version.ts";
import { readFile } from "./files.ts";
import { printResult, progressReporter } from "./scenario.ts";
import type { Command } from "./usage.ts";

/** The exit code of a replay that goes another way than its recording. */
const DIVERGED = 3;

/** The command. */
export const replayCommand: Command = {
  name: "replay",
  positional: "FILE",
  about: "Runs the scenario of a recording again, with its seed.",
  flags: [
    { name: "verify", about: "compare with the recorded trace hashes; name the first event that differs" },
    { name: "ladder", about: "print who did what, when" },
    { name: "json", about: "print one JSON object with every figure" },
  ],
  run(args) {
    const path = args.single("the name of a recording");
    const recording = parseRecording(parseJson(new TextDecoder().decode(readFile(path)), path), path);
    const plan = planScenario(recording.scenario, recording.overrides);
    const verifier = args.has("verify") ? new Verifier(recording) : undefined;
    const latest = new LatestEvent();
    let diverged = "";
    const result = runPlan(plan, {
      seed: recording.seed,
      onProgress: progressReporter(),
      observers: () => verifier === undefined ? [] : [latest],
      ...(args.has("ladder") ? { ladder: args.has("json") ? console.error : console.log } : {}),
      ...(verifier === undefined ? {} : {
        onEvent: (index, hash) => {
          if (!verifier.event(index, hash)) diverged = latest.describe();
          latest.clear();
        },
      }),
    });
    const reproduce = `deno task sim replay ${path}`;
    const code = printResult(result, { json: args.has("json"), reproduce });
    if (verifier === undefined) return Promise.resolve(code);
    const difference = compare(recording, verifier, result, diverged);
    if (difference === "") {
      console.error(`verified: ${result.events} events, trace hash ${result.traceHash}, as recorded`);
      return Promise.resolve(code);
    }
    console.error(`${difference}; recorded with pgmlab ${recording.version}, this is ${VERSION}`);
    return Promise.resolve(DIVERGED);
  },
};

function compare(
  recording: Recording,
  verifier: Verifier,
  result: { readonly events: number; readonly traceHash: string },
  diverged: string,
): string {
  const divergence = verifier.divergence;
  if (divergence !== undefined) {
    const { first, last } = divergence;
    const where = first === last ? `event ${first}` : `an event in ${first} .. ${last}`;
    return `the replay differs from the recording at ${where}: ${diverged}`;
  }
  if (result.events !== recording.events) {
    return `the replay has ${result.events} events, the recording ${recording.events}`;
  }
  if (result.traceHash !== recording.traceHash) {
    return `the replay's trace hash is ${result.traceHash}, the recording's ${recording.traceHash}`;
  }
  return "";
}

/** Remembers what the event at hand did. */
class LatestEvent implements TraceObserver {
  #at: Instant = 0;
  readonly #records: string[] = [];

  record(kind: TraceKind, time: Instant, node: Node, _iface: number, datagram: Datagram, detail: string): void {
    this.#at = time;
    if (this.#records.length >= 4) return;
    const reason = detail === "" ? "" : ` (${detail})`;
    this.#records.push(`${node.name} ${kind} ${describePacket(viewPacket(datagram))}${reason}`);
  }

  clear(): void {
    this.#records.length = 0;
  }

  /** What happened, in words. */
  describe(): string {
    if (this.#records.length === 0) return "a timer or an action of the script that sent nothing";
    return `at ${this.#at / 1e6} ms, ${this.#records.join("; ")}`;
  }
}
