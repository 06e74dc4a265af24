/**
 * What a PGM parent does about its children on one interface (RFC 3208, sections 14 and 15): it counts them, and their
 * NAKs, tunes their NAK_BO_IVL, and presumes that they do not hear it when they go on asking.
 *
 * @module
 */

import type { Prng } from "../base/prng.ts";
import type { Sqn } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import type { OptionOf } from "../wire/values.ts";
import { BackOffTuner, type Tuning } from "./back_off_tuner.ts";
import { NakCounts } from "./nak_counts.ts";
import type { ParentConfig } from "./parent_config.ts";
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
  readonly #config: ParentConfig;
  readonly #tuner: BackOffTuner;
  readonly #counts: NakCounts;
  readonly #polls: PopulationPolls | undefined;
  #unreachable = false;

  /**
   * Polls begin `pollIvl` after `now`, if there are to be any; `random` is their stream. `isPending` tells whether the
   * repair of a number waits to be sent.
   */
  constructor(now: Instant, config: ParentConfig, random: Prng, isPending: (sqn: Sqn) => boolean) {
    this.#config = config;
    this.#tuner = new BackOffTuner(config);
    this.#counts = new NakCounts(config.repairStateIvl, isPending);
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

  /** A NAK for these numbers was received. */
  nak(now: Instant, sqns: readonly Sqn[]): NakNews {
    const counts = this.#counts.add(now, sqns);
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
