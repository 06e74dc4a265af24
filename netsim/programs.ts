/**
 * Programs in simulated time: asynchronous code that uses the software of nodes, as a user of a host would.
 *
 * ```text
 *   programs run until all of them wait -> nodes that they used are poked -> events, until one of them need not wait
 *        ^                                                                                                   |
 *        +---------------------------------------------------------------------------------------------------+
 * ```
 *
 * While programs run, simulated time stands still. They have run when no promise has a reaction left to do: all that
 * were queued are done before the next macrotask. So a run is a function of its programs and its seed, as long as
 * programs wait for nothing but each other and the simulation: no file, no timer, no real network.
 *
 * @module
 */

import { formatDuration, type Instant } from "../engine/base/time.ts";
import type { RunOptions, Simulation } from "./simulation.ts";
import type { Node } from "./topology.ts";

/** What a program is given: the time of its node. */
export interface ProgramTime {
  /** The current instant of the simulation. */
  now(): Instant;
  /** To be called when the program has used the software of its node, and when something ends its waiting. */
  changed(): void;
  /** Waits for `duration` ns of simulated time. */
  sleep(duration: Instant): Promise<void>;
}

/** Asynchronous code that runs on a node. */
export interface Program {
  /** Whose software it uses. */
  readonly node: Node;
  /** What errors call it; the name of the node unless given. */
  readonly name?: string;
  /** Called once, in the order of the programs. What it throws or rejects with ends the run. */
  readonly main: (time: ProgramTime) => Promise<unknown>;
}

/** Why {@link simulatePrograms} ended: all programs have, `until` is over, or `maxEvents` were handled. */
export type ProgramsEnd = "finished" | "time" | "events";

/** Nothing is left to happen, and programs wait. */
export class ProgramsStuck extends Error {
  /** The class of the error. */
  override readonly name = "ProgramsStuck";
  /** Which programs wait. */
  readonly waiting: readonly string[];

  /** `waiting` wait at `now`. */
  constructor(now: Instant, waiting: readonly string[]) {
    super(`Nothing is left to happen at ${formatDuration(now)}, but programs wait: ${waiting.join(", ")}`);
    this.waiting = waiting;
  }
}

/**
 * Runs programs and the simulation until all programs have ended, or a bound is reached: then those that have not are
 * left where they wait. What is still on its way in the network stays there, for {@link Simulation.run}.
 *
 * @throws what a program throws or rejects with, at the instant at which it does
 * @throws {ProgramsStuck} if nothing is left to happen and programs wait
 *
 * @example One program wakes another
 * ```ts
 * import { ms, NEVER, simulatePrograms, Simulation } from "@pgmlab/pgmlab";
 *
 * const simulation = new Simulation({ seed: 1 });
 * const node = simulation.addNode("host", { forwards: false });
 * const { promise, resolve } = Promise.withResolvers<string>();
 * const said: string[] = [];
 * await simulatePrograms(simulation, [
 *   { node, name: "waits", main: async (time) => said.push(`${await promise} at ${time.now()} ns`) },
 *   { node, name: "wakes", main: async (time) => resolve(await time.sleep(ms(5)).then(() => "awake")) },
 * ], { until: NEVER, maxEvents: 100 });
 *
 * if (said.join() !== "awake at 5000000 ns") throw new Error(said.join());
 * ```
 */
export async function simulatePrograms(
  simulation: Simulation,
  programs: readonly Program[],
  { until, maxEvents }: Pick<RunOptions, "until" | "maxEvents">,
): Promise<ProgramsEnd> {
  const running = new Running(simulation, programs);
  const lastEvent = simulation.events + maxEvents;
  for (;;) {
    if (await running.settled()) return "finished";
    running.woken = false;
    const end = simulation.run({ until, maxEvents: lastEvent - simulation.events, stop: () => running.woken });
    if (end === "stopped") continue;
    // Something may have ended the waiting of a program without telling.
    if (await running.settled()) return "finished";
    if (end !== "idle") return end;
    if (!running.woken) throw new ProgramsStuck(simulation.now, running.waiting);
  }
}

/** The programs of a run. */
class Running {
  /** Whether a program may have something to do: its waiting has ended, or it has used its node. */
  woken = false;
  readonly #simulation: Simulation;
  /** The names of those that have not ended, by their place in the order. */
  readonly #waiting = new Map<number, string>();
  /** The nodes whose software was used since they were poked last. */
  readonly #used = new Set<Node>();
  #failed: { readonly error: unknown } | undefined = undefined;

  constructor(simulation: Simulation, programs: readonly Program[]) {
    this.#simulation = simulation;
    for (const [index, program] of programs.entries()) this.#start(index, program);
  }

  /** The names of the programs that have not ended. */
  get waiting(): string[] {
    return [...this.#waiting.values()];
  }

  /** Lets programs run until all of them wait. Gives whether all have ended; throws what one has thrown. */
  async settled(): Promise<boolean> {
    await allReactions();
    if (this.#failed !== undefined) throw this.#failed.error;
    for (const node of this.#used) this.#simulation.poke(node);
    this.#used.clear();
    return this.#waiting.size === 0;
  }

  async #start(index: number, { node, name = node.name, main }: Program): Promise<void> {
    this.#waiting.set(index, name);
    try {
      await main(this.#timeOf(node));
    } catch (error) {
      this.#failed ??= { error };
    }
    this.#waiting.delete(index);
  }

  #timeOf(node: Node): ProgramTime {
    const simulation = this.#simulation;
    return {
      now: () => simulation.now,
      changed: () => {
        this.#used.add(node);
        this.woken = true;
      },
      sleep: (duration) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        simulation.at(simulation.now + duration, () => {
          this.woken = true;
          resolve();
        });
        return promise;
      },
    };
  }
}

/** Resolves when no promise has a reaction left to do, those of Web Streams included. */
function allReactions(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
