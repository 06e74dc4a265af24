/**
 * A network element as the PGM parent of the children one hop below it (RFC 3208, sections 14 and 15), on each interface
 * that a session goes to: it polls them, counts their NAKs, tunes their NAK_BO_IVL, and confirms by unicast while
 * multicast does not reach them.
 *
 * There is nothing of a session and interface before the first SPM has gone there, and nothing any more once the session
 * has no members there, or is forgotten. All polls of a session on an interface, also those that look for repairers, go
 * through the one poller of its {@link Children}.
 *
 * @module
 */

import type { Host } from "../base/host.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { formatTsi } from "../base/tsi.ts";
import { TUNING_COUNTER } from "../poll/back_off_tuner.ts";
import { Children } from "../poll/children.ts";
import { type PollRequest, POLR_COUNTER, type PolrOutcome } from "../poll/poller.ts";
import { OptionType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { OptionOf, OptionValue, PolrValue } from "../wire/values.ts";
import { Alarms } from "./alarms.ts";
import type { ElementConfig } from "./element_config.ts";
import { pollFor } from "./element_packets.ts";
import type { ElementStats } from "./element_stats.ts";
import type { Hop } from "./hop.ts";
import type { SourcePath } from "./source_path.ts";

/** The children of one session on one interface. */
interface Brood {
  /** Owned by the alarms: the next thing to do about polls. */
  slot: number;
  readonly path: SourcePath;
  readonly iface: number;
  readonly children: Children;
}

/** What became of a POLR, and whether it answers a {@link AsParent.search}. */
export interface PolrNews {
  readonly outcome: PolrOutcome;
  readonly searched: boolean;
}

/** All children of an element. */
export class AsParent {
  readonly #host: Host;
  readonly #config: ElementConfig;
  readonly #stats: ElementStats;
  readonly #broods = new Map<SourcePath, Map<number, Brood>>();
  readonly #alarms = new Alarms<Brood>();

  constructor(host: Host, config: ElementConfig, stats: ElementStats) {
    this.#host = host;
    this.#config = config;
    this.#stats = stats;
  }

  /** How many children the polls of all sessions have counted, and on how many interfaces NCFs are unicast. */
  get gauges(): { readonly children: number; readonly unreachable: number } {
    let children = 0;
    let unreachable = 0;
    for (const byIface of this.#broods.values()) {
      for (const brood of byIface.values()) {
        children += brood.children.polls?.population ?? 0;
        if (brood.children.unreachable) unreachable++;
      }
    }
    return { children, unreachable };
  }

  /** A regular SPM is believed: `path.downstream` is where it goes to. */
  refreshed(now: Instant, path: SourcePath): void {
    const byIface = this.#broods.get(path);
    for (const brood of byIface?.values() ?? []) {
      if (path.downstream.includes(brood.iface)) brood.children.refreshed();
      else this.#leave(brood);
    }
    if (this.#config.pollIvl > 0) { for (const iface of path.downstream) this.#open(now, path, iface); }
  }

  /** OPT_NAK_BO_IVL for the copy of an SPM on an interface, if it is to have one. */
  spmOption(now: Instant, path: SourcePath, iface: number, view: PacketView): OptionOf<"NAK_BO_IVL"> | undefined {
    const isThere = view.hasOption(OptionType.NAK_BO_IVL);
    if (!isThere && this.#config.nakBoIvlOn === "none") return undefined;
    const { children } = this.#open(now, path, iface);
    return isThere ? children.ownOption() : children.spmOption();
  }

  /** A NAK came in: `counts` is for each of its numbers how many NAKs it was. Gives whether its NCF must be unicast. */
  nak(now: Instant, path: SourcePath, iface: number, counts: readonly number[]): boolean {
    const stats = this.#stats;
    if (counts.some((count) => count > 1)) stats.naksDuplicate++;
    const { nakBoIvlOn, dupNakMax } = this.#config;
    if (nakBoIvlOn === "none" && dupNakMax === 0) return false;
    const { children } = this.#open(now, path, iface);
    const { tuning, lost } = children.nak(counts);
    const counter = TUNING_COUNTER[tuning];
    if (counter !== undefined) stats[counter]++;
    if (lost) stats.unreachable++;
    return children.unreachable;
  }

  /** The options of an NCF on an interface: OPT_NAK_BO_IVL, and what says why it is unicast, if it is. */
  ncfOptions(now: Instant, path: SourcePath, iface: number, isUnicast: boolean): OptionValue[] {
    const { nakBoIvlOn } = this.#config;
    const interval = nakBoIvlOn === "none" ? undefined : this.#open(now, path, iface).children.ncfOption();
    const options: OptionValue[] = interval === undefined ? [] : [interval];
    if (isUnicast) options.push({ type: "NBR_UNREACH" }, { type: "PATH_NLA", nla: this.#host.address(iface) });
    return options;
  }

  /** Looks for children of some kind on every interface that a session goes to: see {@link Children.search}. */
  search(now: Instant, path: SourcePath, request: PollRequest): void {
    for (const iface of path.downstream) {
      const brood = this.#open(now, path, iface);
      brood.children.search(now, request);
      this.#look(now, brood);
    }
  }

  /** A POLR came from a hop below; `path` is that of its session, if there is one. */
  onPolr(now: Instant, from: Hop, view: PacketView, path: SourcePath | undefined): PolrNews {
    const brood = path === undefined ? undefined : this.#broods.get(path)?.get(from.iface);
    const { sqn, round } = view.toValue() as PolrValue;
    const polls = brood?.children.polls;
    const searched = polls?.searching === true;
    const outcome = polls === undefined ? "late" : polls.reply(from.nla, sqn, round);
    this.#stats[POLR_COUNTER[outcome]]++;
    if (outcome === "aborted") {
      this.#stats.pollsAborted++;
      this.#look(now, brood!);
    }
    return { outcome, searched: searched && outcome === "counted" };
  }

  /** Forgets the children of a session. */
  forget(path: SourcePath): void {
    for (const brood of this.#broods.get(path)?.values() ?? []) this.#leave(brood);
    this.#broods.delete(path);
  }

  /** When {@link handleTimeout} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#alarms.next();
  }

  /** Begins and ends what is due of polls. */
  handleTimeout(now: Instant): void {
    for (let brood = this.#alarms.due(now); brood !== undefined; brood = this.#alarms.due(now)) {
      if (brood.children.expire(now) !== undefined) this.#stats.pollsCounted++;
      this.#look(now, brood);
    }
  }

  /** Sends a POLL if one waits, and sees when to look again. */
  #look(now: Instant, brood: Brood): void {
    const { children, path, iface } = brood;
    const { polls } = children;
    if (polls === undefined) return;
    if (polls.poller.due) {
      this.#stats.pollsSent++;
      if (polls.searching) this.#stats.dlrPolls++;
      this.#host.transmit(iface, pollFor(path, this.#host.address(iface), polls.poller.shift(now)));
    }
    const next = polls.nextTimeout();
    if (next === NEVER) this.#alarms.clear(brood);
    else this.#alarms.set(brood, next);
  }

  #open(now: Instant, path: SourcePath, iface: number): Brood {
    let byIface = this.#broods.get(path);
    if (byIface === undefined) this.#broods.set(path, byIface = new Map());
    const known = byIface.get(iface);
    if (known !== undefined) return known;
    const random = this.#host.random.fork(`poll/${formatTsi(path.tsi)}/${iface}/${now}`);
    // POLL_SQN begins anywhere: what begins again must not repeat the numbers of its life before.
    const children = new Children(now, { ...this.#config, firstPollSqn: random.u32() }, random);
    const brood: Brood = { slot: -1, path, iface, children };
    byIface.set(iface, brood);
    this.#look(now, brood);
    return brood;
  }

  #leave(brood: Brood): void {
    this.#alarms.clear(brood);
    this.#broods.get(brood.path)!.delete(brood.iface);
  }
}
