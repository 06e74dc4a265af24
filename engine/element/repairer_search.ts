/**
 * The search for repairers below the element (RFC 3208, section 9.5.3.1): PGM_POLL_DLR on every interface where the
 * session goes, whenever something is lost and no repairer is known, but not more often than `dlrPollIvl`.
 *
 * @module
 */

import type { Host } from "../base/host.ts";
import type { Prng } from "../base/prng.ts";
import type { Sqn } from "../base/sqn.ts";
import { type Instant, ms } from "../base/time.ts";
import { formatTsi } from "../base/tsi.ts";
import { Poller } from "../poll/poller.ts";
import { PollSubType } from "../wire/constants.ts";
import { Alarms } from "./alarms.ts";
import type { ElementConfig } from "./element_config.ts";
import { pollFor } from "./element_packets.ts";
import type { ElementStats } from "./element_stats.ts";
import type { Hop } from "./hop.ts";
import type { SourcePath } from "./source_path.ts";

/** How long after POLL_BO_IVL replies still count. */
const POLR_WAIT: Instant = ms(500);
/** How many repairers are expected to reply, and how many replies end a poll. */
const EXPECTED = 1;
const ABORT_AT = 64;

/** The search for the repairers of one session. */
interface Search {
  /** Owned by the alarms: when the replies of the polls count no more. */
  slot: number;
  /** By interface. */
  readonly pollers: Map<number, Poller>;
  /** When the next search may begin. */
  againAt: Instant;
}

/** Polls for repairers. */
export class RepairerSearch {
  readonly #host: Host;
  readonly #config: ElementConfig;
  readonly #stats: ElementStats;
  readonly #searches = new Map<SourcePath, Search>();
  readonly #alarms = new Alarms<Search>();

  constructor(host: Host, config: ElementConfig, stats: ElementStats) {
    this.#host = host;
    this.#config = config;
    this.#stats = stats;
  }

  /** No repairer of the session is known, and something is lost. */
  look(now: Instant, path: SourcePath): void {
    const { dlrPollIvl, dlrPollBoIvl, followRedirects } = this.#config;
    if (!followRedirects || dlrPollIvl === 0) return;
    const search = this.#searches.get(path) ?? { slot: -1, pollers: new Map<number, Poller>(), againAt: now };
    if (now < search.againAt) return;
    search.againAt = now + dlrPollIvl;
    this.#searches.set(path, search);
    for (const iface of path.downstream) {
      const poller = search.pollers.get(iface) ?? newPoller(this.#random(path, iface));
      search.pollers.set(iface, poller);
      poller.start({ subType: PollSubType.DLR, bits: 0, boIvl: dlrPollBoIvl, expected: EXPECTED });
      this.#host.transmit(iface, pollFor(path, this.#host.address(iface), poller.shift(now)));
      this.#stats.dlrPolls++;
      this.#alarms.set(search, poller.nextTimeout());
    }
  }

  /** A POLR from a hop; gives whether it answers a poll that goes on. */
  answers(path: SourcePath, from: Hop, sqn: Sqn, round: number): boolean {
    const poller = this.#searches.get(path)?.pollers.get(from.iface);
    return poller?.reply(from.nla, sqn, round) === "counted";
  }

  /** Forgets what is known of a path. */
  forget(path: SourcePath): void {
    const search = this.#searches.get(path);
    if (search === undefined) return;
    this.#alarms.clear(search);
    this.#searches.delete(path);
  }

  /** When {@link handleTimeout} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#alarms.next();
  }

  /** Ends the polls that are over. */
  handleTimeout(now: Instant): void {
    for (let search = this.#alarms.due(now); search !== undefined; search = this.#alarms.due(now)) {
      for (const poller of search.pollers.values()) poller.stop();
    }
  }

  #random(path: SourcePath, iface: number): Prng {
    return this.#host.random.fork(`dlr-poll/${formatTsi(path.tsi)}/${iface}`);
  }
}

/** A poller whose numbers begin anywhere: an element that restarts does not repeat those of its life before. */
function newPoller(random: Prng): Poller {
  return new Poller({ abortAt: ABORT_AT, wait: POLR_WAIT, firstSqn: random.u32() }, random);
}
