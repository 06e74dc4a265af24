/**
 * A network element as the PGM child of the hop above it (RFC 3208, sections 14.5 and 15.3.2): it replies to polls, and
 * passes it on when that hop cannot reach its children by multicast.
 *
 * ```text
 *                NCF with OPT_NBR_UNREACH and OPT_PATH_NLA of the parent: a special SPM on all interfaces below
 *                SPM with OPT_NBR_UNREACH and SPM_PATH of the parent: forwarded
 *   FORWARDING --------------------------------------------------------------------------------> SILENT: NAKs are
 *        ^                                                                                    |  confirmed and listed,
 *        +------------------------------------ a regular SPM ---------------------------------+  none is sent up
 * ```
 *
 * What it says to its parent has nothing to do with the polls that it sends itself, see as_parent.ts.
 *
 * @module
 */

import type { Host } from "../base/host.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { formatTsi } from "../base/tsi.ts";
import { PollResponder, VERDICT_COUNTER } from "../poll/responder.ts";
import { PollSubType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { PollValue } from "../wire/values.ts";
import { Alarms } from "./alarms.ts";
import type { ElementConfig } from "./element_config.ts";
import { sendPolr, specialSpm } from "./element_packets.ts";
import type { ElementStats } from "./element_stats.ts";
import type { Hop } from "./hop.ts";
import type { SourcePath } from "./source_path.ts";

/** What is known of the parent of one session. */
interface Childhood {
  /** Owned by the alarms: the next reply. */
  slot: number;
  readonly path: SourcePath;
  readonly responder: PollResponder;
}

/** All parents of an element. */
export class AsChild {
  readonly #host: Host;
  readonly #config: ElementConfig;
  readonly #stats: ElementStats;
  /** RAND_NODE_ID. */
  readonly #nodeId: number;
  readonly #childhoods = new Map<SourcePath, Childhood>();
  readonly #alarms = new Alarms<Childhood>();

  constructor(host: Host, config: ElementConfig, stats: ElementStats) {
    this.#host = host;
    this.#config = config;
    this.#stats = stats;
    this.#nodeId = host.random.fork("node-id").u32();
  }

  /** A POLL; `path` is that of its session, if there is one. */
  onPoll(now: Instant, from: Hop, view: PacketView, path: SourcePath | undefined): void {
    const stats = this.#stats;
    stats.polls++;
    if (path === undefined || from.iface !== path.iface || from.nla !== path.sourceNla) {
      stats.pollsElsewhere++;
      return;
    }
    const childhood = this.#childhoods.get(path) ?? this.#open(path);
    const { responder } = childhood;
    const before = responder.cancelled;
    const counter = VERDICT_COUNTER[responder.take(now, path.iface, view.toValue() as PollValue)];
    if (counter !== undefined) stats[counter]++;
    stats.polrsCancelled += responder.cancelled - before;
    this.#schedule(childhood);
  }

  /** An NCF with OPT_NBR_UNREACH for the session of `path`; gives whether it is the parent's, and to be heeded. */
  unreachable(now: Instant, path: SourcePath, view: PacketView): boolean {
    if (view.option("PATH_NLA")?.nla !== path.upstream) {
      this.#stats.unreachableForeign++;
      return false;
    }
    this.silence(path);
    if (now < path.silencedAt + this.#config.ncfRepeatIvl) return true;
    path.silencedAt = now;
    this.#stats.specialSpms += path.downstream.length;
    for (const iface of path.downstream) {
      this.#host.transmit(iface, specialSpm(path, this.#host.address(iface)));
    }
    return true;
  }

  /** No NAKs of the session go up until the next regular SPM. */
  silence(path: SourcePath): void {
    if (!path.silent) this.#stats.silenced++;
    path.silent = true;
  }

  /** Forgets the parent of a session. */
  forget(path: SourcePath): void {
    const childhood = this.#childhoods.get(path);
    if (childhood === undefined) return;
    this.#alarms.clear(childhood);
    this.#childhoods.delete(path);
  }

  /** When {@link handleTimeout} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#alarms.next();
  }

  /** Sends the replies that are due. */
  handleTimeout(now: Instant): void {
    for (let due = this.#alarms.due(now); due !== undefined; due = this.#alarms.due(now)) {
      for (const polr of due.responder.expire(now)) {
        this.#stats.polrsSent++;
        sendPolr(this.#host, due.path, polr);
      }
      this.#schedule(due);
    }
  }

  #open(path: SourcePath): Childhood {
    const random = this.#host.random.fork(`polr/${formatTsi(path.tsi)}`);
    const childhood = { slot: -1, path, responder: new PollResponder(this.#nodeId, [PollSubType.GENERAL], random) };
    this.#childhoods.set(path, childhood);
    return childhood;
  }

  #schedule(childhood: Childhood): void {
    const next = childhood.responder.nextTimeout();
    if (next === NEVER) this.#alarms.clear(childhood);
    else this.#alarms.set(childhood, next);
  }
}
