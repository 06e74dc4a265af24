/**
 * What a swarm exercised: how many of its runs had each ingredient, and what the engines and the network counted in all
 * of them together. A counter that stays 0 is something that the swarm does not reach.
 *
 * @module
 */

import { ElementStats, ReceiverStats, RepairerStats, SourceStats } from "../../engine/mod.ts";
import type { RunResult } from "../run/result.ts";

/** Totals by name. */
export type Totals = Readonly<Record<string, number>>;

/** Adds up over the runs of a swarm. */
export class Coverage {
  readonly #ingredients = new Map<string, number>();
  readonly #source = zeros(new SourceStats());
  readonly #receiver = zeros(new ReceiverStats());
  readonly #repairer = zeros(new RepairerStats());
  readonly #element = zeros(new ElementStats());
  readonly #dropped = new Map<string, number>();
  readonly #told = new Map<string, number>();

  /** A run was drawn with these ingredients. */
  drawn(ingredients: readonly string[]): void {
    for (const name of ingredients) add(this.#ingredients, name, 1);
  }

  /** A run came to its end. */
  ran(result: RunResult): void {
    for (const { counters } of Object.values(result.sources)) addAll(this.#source, counters);
    for (const { counters, repairer } of Object.values(result.receivers)) {
      addAll(this.#receiver, counters);
      if (repairer !== null) addAll(this.#repairer, repairer.counters);
    }
    for (const sockets of Object.values(result.sockets)) {
      for (const { failures } of Object.values(sockets)) {
        for (const { code } of failures) add(this.#told, code, 1);
      }
    }
    for (const { counters } of Object.values(result.elements)) addAll(this.#element, counters);
    for (const { dropped } of Object.values(result.segments)) {
      // The parameters of a loss rule are not another reason.
      for (const [reason, count] of Object.entries(dropped)) {
        add(this.#dropped, reason.replace(/ [\d.]+%.*$/, ""), count);
      }
    }
  }

  /** Runs that had each ingredient, by name. */
  get ingredients(): Totals {
    return byName(this.#ingredients);
  }

  /** The counters of all sources. */
  get source(): Totals {
    return Object.fromEntries(this.#source);
  }

  /** The counters of all receivers. */
  get receiver(): Totals {
    return Object.fromEntries(this.#receiver);
  }

  /** The counters of all receivers that repair for others. */
  get repairer(): Totals {
    return Object.fromEntries(this.#repairer);
  }

  /** The counters of all routers that speak PGM. */
  get element(): Totals {
    return Object.fromEntries(this.#element);
  }

  /** Copies that the network dropped, by reason. */
  get dropped(): Totals {
    return byName(this.#dropped);
  }

  /** Calls of sockets that failed, by code. */
  get told(): Totals {
    return byName(this.#told);
  }

  /** The counters that stayed 0. */
  get unreached(): string[] {
    const idle = (prefix: string, totals: ReadonlyMap<string, number>) => {
      return [...totals].filter(([, count]) => count === 0).map(([name]) => `${prefix}.${name}`);
    };
    return [
      ...idle("source", this.#source),
      ...idle("receiver", this.#receiver),
      ...idle("repairer", this.#repairer),
      ...idle("element", this.#element),
    ];
  }
}

function byName(totals: ReadonlyMap<string, number>): Totals {
  return Object.fromEntries([...totals].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function zeros(stats: object): Map<string, number> {
  return new Map(Object.keys(stats).map((name) => [name, 0]));
}

function addAll(totals: Map<string, number>, counts: object): void {
  for (const [name, count] of Object.entries(counts as Totals)) add(totals, name, count);
}

function add(totals: Map<string, number>, name: string, count: number): void {
  totals.set(name, (totals.get(name) ?? 0) + count);
}
