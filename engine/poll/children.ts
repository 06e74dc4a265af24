/**
 * What a PGM parent does about its children on one interface (RFC 3208, sections 14 and 15): it counts them, and their
 * NAKs, tunes their NAK_BO_IVL, and presumes that they do not hear it when they go on asking.
 *
 * @module
 */

import type { Prng } from "../base/prng.ts";
import { type Instant, NEVER } from "../base/time.ts";
import type { OptionOf } from "../wire/values.ts";
import { BackOffTuner, type Tuning } from "./back_off_tuner.ts";
import type { ChildrenConfig } from "./parent_config.ts";
import type { PollRequest } from "./poller.ts";
import { type Census, PopulationPolls } from "./population.ts";

/** What a NAK means beyond what it asks for. */
export interface NakNews {
  /** Whether it asks for a number that another NAK has asked for. */
  readonly duplicate: boolean;
  /** What it did to NAK_BO_IVL. */
  readonly tuning: Tuning;
  /** Whether it is the one that shows the children to be out of reach. */
  readonly lost: boolean;
}

/** The children on one interface. */
export class Children {
  readonly #config: ChildrenConfig;
  readonly #random: Prng;
  readonly #tuner: BackOffTuner;
  #polls: PopulationPolls | undefined;
  #unreachable = false;

  /** Polls that count them begin `pollIvl` after `now`, if there are to be any; `random` is the stream of all polls. */
  constructor(now: Instant, config: ChildrenConfig, random: Prng) {
    this.#config = config;
    this.#random = random;
    this.#tuner = new BackOffTuner(config);
    this.#polls = config.pollIvl > 0 ? new PopulationPolls(now, config, random) : undefined;
  }

  /** What polls them, if they are polled. */
  get polls(): PopulationPolls | undefined {
    return this.#polls;
  }

  /** NAK_BO_IVL as it is tuned. */
  get nakBoIvl(): Instant {
    return this.#tuner.ivl;
  }

  /** Whether multicast is presumed not to reach them: NCFs are unicast. */
  get unreachable(): boolean {
    return this.#unreachable;
  }

  /** OPT_NAK_BO_IVL for NCFs on the interface, if it is advertised. */
  ncfOption(): OptionOf<"NAK_BO_IVL"> | undefined {
    return this.#config.nakBoIvlOn === "none" ? undefined : this.#tuner.option();
  }

  /** OPT_NAK_BO_IVL for SPMs on the interface, if it is advertised there: always, once polls have a part in it. */
  spmOption(): OptionOf<"NAK_BO_IVL"> | undefined {
    const { nakBoIvlOn } = this.#config;
    const advertised = nakBoIvlOn === "NCF+SPM" || (nakBoIvlOn === "NCF" && this.#tuner.polled);
    return advertised ? this.#tuner.option() : undefined;
  }

  /** OPT_NAK_BO_IVL in place of one that is there: whether it is tuned or not, it is not the parent's. */
  ownOption(): OptionOf<"NAK_BO_IVL"> {
    return this.#tuner.option();
  }

  /**
   * Looks for children of some kind by a specific poll: at once, or when the poll that counts them is over. A search
   * that still waits is replaced.
   */
  search(now: Instant, request: PollRequest): void {
    this.#polls ??= new PopulationPolls(now, this.#config, this.#random);
    this.#polls.search(request);
  }

  /** A NAK was received; `counts` are how many NAKs have asked for each of its numbers by now. */
  nak(counts: readonly number[]): NakNews {
    const { dupNakMax, nakBoIvlOn } = this.#config;
    const lost = dupNakMax > 0 && !this.#unreachable && counts.some((count) => count > dupNakMax);
    this.#unreachable ||= lost;
    const tuning = nakBoIvlOn === "none" ? "unchanged" : this.#tuner.nak(counts);
    return { duplicate: counts.some((count) => count > 1), tuning, lost };
  }

  /** A regular SPM goes out: what was presumed is to be shown anew. */
  refreshed(): void {
    this.#unreachable = false;
  }

  /** When {@link expire} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#polls?.nextTimeout() ?? NEVER;
  }

  /** Begins and ends what is due of polls; gives the children that one has counted. */
  expire(now: Instant): Census | undefined {
    const census = this.#polls?.expire(now, this.#tuner.ivl);
    if (census !== undefined && this.#config.nakBoIvlOn !== "none") {
      this.#tuner.census(census.sqn, census.population);
    }
    return census;
  }
}
