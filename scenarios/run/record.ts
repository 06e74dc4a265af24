/**
 * Recordings of runs: the scenario, the seed and what the trace hash was after each event, so that a replay can tell at
 * which event another version, or another machine, goes a different way.
 *
 * @module
 */

import { ScenarioError } from "../language/errors.ts";

/** The format of the file; changes when the format does. */
const FORMAT = "pgmlab-recording-1";
/** Hashes that a recording holds at most; longer runs keep every second, fourth, ... event. */
const MAX_CHECKPOINTS = 2 ** 20;

/** A recording as it is written to a file. */
export interface Recording {
  readonly format: typeof FORMAT;
  /** The version of pgmlab that made it. */
  readonly version: string;
  /** The scenario as it was written. */
  readonly scenario: unknown;
  /** The `--set` values. */
  readonly overrides: readonly string[];
  readonly seed: number;
  readonly traceHash: string;
  readonly events: number;
  /** Events from one checkpoint to the next. */
  readonly stride: number;
  /** The low 32 bits of the trace hash after events `stride - 1`, `2 * stride - 1`, ...: base64, little-endian. */
  readonly checkpoints: string;
}

/** Takes down the hash after every event. */
export class Recorder {
  #hashes = new Uint32Array(1024);
  #count = 0;
  #stride = 1;

  /** Event `index` (from 0) left the trace hash at `hash`. */
  event(index: number, hash: number): void {
    if ((index + 1) % this.#stride !== 0) return;
    if (this.#count === MAX_CHECKPOINTS) {
      for (let i = 1; i < this.#count; i += 2) this.#hashes[i >> 1] = this.#hashes[i]!;
      this.#count >>= 1;
      this.#stride *= 2;
      if ((index + 1) % this.#stride !== 0) return;
    }
    if (this.#count === this.#hashes.length) {
      const grown = new Uint32Array(2 * this.#count);
      grown.set(this.#hashes);
      this.#hashes = grown;
    }
    this.#hashes[this.#count++] = hash;
  }

  /** The recording of a run that is over. */
  finish(run: Omit<Recording, "format" | "stride" | "checkpoints">): Recording {
    return {
      format: FORMAT,
      ...run,
      stride: this.#stride,
      checkpoints: toBase64(this.#hashes.subarray(0, this.#count)),
    };
  }
}

/** Where a replay leaves its recording. */
export interface Divergence {
  /** The first event (from 0) that may differ. */
  readonly first: number;
  /** The first event that certainly does; the same as `first` in recordings of up to a million events. */
  readonly last: number;
}

/** Holds a replay against its recording, event by event. */
export class Verifier {
  readonly #stride: number;
  readonly #hashes: Uint32Array;
  #divergence: Divergence | undefined = undefined;

  constructor(recording: Recording) {
    this.#stride = recording.stride;
    this.#hashes = fromBase64(recording.checkpoints);
  }

  /** Where the replay left the recording, if it did. */
  get divergence(): Divergence | undefined {
    return this.#divergence;
  }

  /** Event `index` left the trace hash at `hash`; gives false at the first difference. */
  event(index: number, hash: number): boolean {
    if (this.#divergence !== undefined || (index + 1) % this.#stride !== 0) return true;
    const checkpoint = (index + 1) / this.#stride - 1;
    if (checkpoint < this.#hashes.length && this.#hashes[checkpoint] === hash) return true;
    this.#divergence = { first: index + 1 - this.#stride, last: index };
    return false;
  }
}

/** Checks what a recording file holds; throws `ScenarioError` with one line if it is none. */
export function parseRecording(raw: unknown, path: string): Recording {
  const fail = (problem: string): never => {
    throw new ScenarioError(path, problem);
  };
  if (typeof raw !== "object" || raw === null) return fail("is not a recording: write one with run --record");
  const { format, version, overrides, seed, traceHash, events, stride, checkpoints } = raw as Record<string, unknown>;
  if (format !== FORMAT) fail(`is not a recording of this format: "format" must be "${FORMAT}"`);
  if (typeof version !== "string") fail(`"version" must be a string`);
  if (!Array.isArray(overrides) || !overrides.every((each) => typeof each === "string")) {
    fail(`"overrides" must be an array of strings`);
  }
  if (!isCount(seed)) fail(`"seed" must be an integer of at least 0`);
  if (typeof traceHash !== "string" || !/^[0-9a-f]{16}$/.test(traceHash)) {
    fail(`"traceHash" must be sixteen hexadecimal digits`);
  }
  if (!isCount(events)) fail(`"events" must be an integer of at least 0`);
  if (!isCount(stride) || stride === 0) fail(`"stride" must be an integer of at least 1`);
  if (typeof checkpoints !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(checkpoints) || checkpoints.length % 4 !== 0) {
    fail(`"checkpoints" must be base64`);
  }
  return raw as Recording;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function toBase64(words: Uint32Array): string {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
  return bytes.toBase64();
}

function fromBase64(text: string): Uint32Array {
  const bytes = Uint8Array.fromBase64(text);
  const view = new DataView(bytes.buffer);
  return Uint32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getUint32(4 * i, true));
}
