/**
 * The search for repairers below the element (RFC 3208, section 9.5.3.1): PGM_POLL_DLR on every interface where the
 * session goes, whenever something is asked for upstream and no repairer is known, but not more often than `dlrPollIvl`.
 *
 * The polls are those of as_parent.ts: they share their numbers with the polls that count children, and wait for the end
 * of one that goes on.
 *
 * @module
 */

import type { Instant } from "../base/time.ts";
import { PollSubType } from "../wire/constants.ts";
import type { AsParent } from "./as_parent.ts";
import type { ElementConfig } from "./element_config.ts";
import type { SourcePath } from "./source_path.ts";

/** How many repairers are expected to reply. */
const EXPECTED = 1;

/** Has repairers polled for. */
export class RepairerSearch {
  readonly #config: ElementConfig;
  readonly #asParent: AsParent;

  constructor(config: ElementConfig, asParent: AsParent) {
    this.#config = config;
    this.#asParent = asParent;
  }

  /** No repairer of the session is known, and something is lost. */
  look(now: Instant, path: SourcePath): void {
    const { dlrPollIvl, dlrPollBoIvl: boIvl, followRedirects } = this.#config;
    if (!followRedirects || dlrPollIvl === 0) return;
    if (now < path.searchAgainAt) return;
    path.searchAgainAt = now + dlrPollIvl;
    this.#asParent.search(now, path, { subType: PollSubType.DLR, bits: 0, boIvl, expected: EXPECTED });
  }
}
