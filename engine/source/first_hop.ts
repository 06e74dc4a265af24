/**
 * A source as the PGM parent of the children one hop away (RFC 3208, sections 14 and 15), on each of its interfaces: it
 * polls those on the interface that it sends on, and answers NAKs on the interface that they come in on.
 *
 * @module
 */

import type { Host } from "../base/host.ts";
import type { Nla } from "../base/nla.ts";
import type { Sqn } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { TUNING_COUNTER } from "../poll/back_off_tuner.ts";
import { Children } from "../poll/children.ts";
import { NakCounts } from "../poll/nak_counts.ts";
import { type Poll, POLR_COUNTER } from "../poll/poller.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { OptionValue } from "../wire/values.ts";
import type { SourceConfig } from "./source_config.ts";
import type { SourceStats } from "./source_stats.ts";

/** The children of one source. */
export class FirstHop {
  readonly #config: SourceConfig;
  readonly #host: Host;
  readonly #stats: SourceStats;
  readonly #isPending: (sqn: Sqn) => boolean;
  readonly #byIface = new Map<number, Children>();
  readonly #counts = new Map<number, NakCounts>();

  /** `isPending` tells whether the repair of a number waits to be sent. */
  constructor(config: SourceConfig, host: Host, stats: SourceStats, isPending: (sqn: Sqn) => boolean) {
    this.#config = config;
    this.#host = host;
    this.#stats = stats;
    this.#isPending = isPending;
  }

  /** NAK_BO_IVL as it is advertised on the interface that the source sends on. */
  get nakBoIvl(): Instant {
    return this.#sendingOn?.nakBoIvl ?? this.#config.nakBoIvl;
  }

  /** How many children polls have counted there; `undefined` while that is unknown. */
  get population(): number | undefined {
    return this.#sendingOn?.polls?.population;
  }

  /** Whether a POLL waits to be sent. */
  get pollDue(): boolean {
    return this.#sendingOn?.polls?.poller.due === true;
  }

  /** Takes out the POLL that waits, at the instant at which it leaves. */
  shiftPoll(now: Instant): Poll {
    return this.#sendingOn!.polls!.poller.shift(now);
  }

  /** When {@link expire} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#sendingOn?.nextTimeout() ?? NEVER;
  }

  /** Begins and ends what is due of polls. The first call begins the time to the first. */
  expire(now: Instant): void {
    if (this.#config.pollIvl === 0) return;
    if (this.#on(now, this.#config.iface).expire(now) !== undefined) this.#stats.pollsCounted++;
  }

  /** No more polls: the session ends. */
  stop(): void {
    this.#sendingOn?.polls?.stop();
  }

  /** OPT_NAK_BO_RNG and OPT_NAK_BO_IVL for the next SPM. */
  spmOptions(): OptionValue[] {
    const { nakBoRng, nakBoIvlMax, nakBoIvlMin, nakBoIvlOn } = this.#config;
    const options: OptionValue[] = [];
    if (nakBoRng) options.push({ type: "NAK_BO_RNG", maxUs: wholeUs(nakBoIvlMax), minUs: wholeUs(nakBoIvlMin) });
    const interval = nakBoIvlOn === "none" ? undefined : this.#on(0, this.#config.iface).spmOption();
    if (interval !== undefined) options.push(interval);
    return options;
  }

  /** The options of an NCF on an interface: OPT_NAK_BO_IVL, and what says why it is unicast, if it is. */
  ncfOptions(now: Instant, iface: number, isUnicast: boolean): OptionValue[] {
    const options: OptionValue[] = [];
    const interval = this.#on(now, iface).ncfOption();
    if (interval !== undefined) options.push(interval);
    if (isUnicast) options.push({ type: "NBR_UNREACH" }, { type: "PATH_NLA", nla: this.#host.address(iface) });
    return options;
  }

  /** A NAK for numbers in the window came in on an interface; gives whether its NCF must be unicast (section 15.3.2). */
  nak(now: Instant, iface: number, sqns: readonly Sqn[]): boolean {
    const children = this.#on(now, iface);
    const { duplicate, tuning, lost } = children.nak(this.#counts.get(iface)!.add(now, sqns));
    const counter = TUNING_COUNTER[tuning];
    if (counter !== undefined) this.#stats[counter]++;
    if (duplicate) this.#stats.naksDuplicate++;
    if (lost) this.#stats.unreachable++;
    return children.unreachable;
  }

  /** A regular SPM goes out, by its own timer: whether the children are out of reach is to be shown anew. */
  refreshed(): void {
    for (const children of this.#byIface.values()) children.refreshed();
  }

  /** A POLR came from the address `child`. */
  polr(child: Nla, view: PacketView): void {
    const polls = this.#sendingOn?.polls;
    const value = view.toValue();
    const outcome = polls === undefined || value.type !== "POLR" ? "late" : polls.reply(child, value.sqn, value.round);
    this.#stats[POLR_COUNTER[outcome]]++;
    if (outcome === "aborted") this.#stats.pollsAborted++;
  }

  get #sendingOn(): Children | undefined {
    return this.#byIface.get(this.#config.iface);
  }

  #on(now: Instant, iface: number): Children {
    const known = this.#byIface.get(iface);
    if (known !== undefined) return known;
    const made = new Children(now, this.#config, this.#host.random.fork(`poll/${iface}`));
    this.#counts.set(iface, new NakCounts(this.#config.repairStateIvl, this.#isPending));
    this.#byIface.set(iface, made);
    return made;
  }
}

function wholeUs(duration: Instant): number {
  return Math.floor(duration / 1_000);
}
