/**
 * A session as the PGM child of its parent (RFC 3208, sections 14.5 and 15): it replies to polls, takes NAK_BO_IVL from
 * its parent, and asks for nothing while the parent cannot reach it by multicast.
 *
 * ```text
 *              NCF or SPM with OPT_NBR_UNREACH, from the parent
 *   ASKING -----------------------------------------------------> SILENT
 *      ^                 an SPM in sequence without it               |
 *      +-------------------------------------------------------------+
 * ```
 *
 * Most sessions never come to this: it is made when the first packet of the kind arrives.
 *
 * @module
 */

import type { Datagram } from "../base/datagram.ts";
import type { Host } from "../base/host.ts";
import type { Nla } from "../base/nla.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { formatTsi } from "../base/tsi.ts";
import { LearnedBackOff } from "../poll/learned_back_off.ts";
import { PollResponder, VERDICT_COUNTER } from "../poll/responder.ts";
import { PollSubType } from "../wire/constants.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { PollValue } from "../wire/values.ts";
import type { ReceiverConfig } from "./receiver_config.ts";
import { type AboutSession, copyNcf, sendPolr } from "./receiver_packets.ts";
import type { ReceiverStats } from "./receiver_stats.ts";

/** What a child works with. */
export interface ChildContext {
  readonly config: ReceiverConfig;
  readonly host: Host;
  /** RAND_NODE_ID. */
  readonly nodeId: number;
}

/** The parent, as the latest SPM in sequence named it. */
interface ParentOf {
  readonly nla: Nla;
  readonly iface: number;
}

/** One session's duties as a child. */
export class Child {
  readonly #context: ChildContext;
  readonly #session: AboutSession;
  readonly #stats: ReceiverStats;
  readonly #backOff: LearnedBackOff;
  #responder: PollResponder | undefined = undefined;
  #silent = false;

  constructor(context: ChildContext, session: AboutSession, stats: ReceiverStats) {
    this.#context = context;
    this.#session = session;
    this.#stats = stats;
    this.#backOff = new LearnedBackOff(context.config);
  }

  /** NAK_BO_IVL. */
  get nakBoIvl(): Instant {
    return this.#backOff.ivl;
  }

  /** Whether nothing may be asked for. */
  get silent(): boolean {
    return this.#silent;
  }

  /** When {@link expire} is due, or `NEVER`. */
  nextTimeout(): Instant {
    return this.#responder?.nextTimeout() ?? NEVER;
  }

  /** Sends the replies that are due. */
  expire(now: Instant): void {
    if (this.nextTimeout() > now) return;
    const { host, config } = this.#context;
    for (const polr of this.#responder!.expire(now)) {
      this.#stats.polrsSent++;
      sendPolr(host, config, this.#session, polr);
    }
  }

  /** A POLL. */
  poll(now: Instant, iface: number, view: PacketView): void {
    const stats = this.#stats;
    const responder = this.#responder ??= this.#makeResponder();
    const before = responder.cancelled;
    const counter = VERDICT_COUNTER[responder.take(now, iface, view.toValue() as PollValue)];
    if (counter !== undefined) stats[counter]++;
    stats.polrsCancelled += responder.cancelled - before;
  }

  /** The options of the parent's SPM, NCF or POLL: OPT_NAK_BO_RNG and OPT_NAK_BO_IVL. */
  learn(parent: ParentOf, view: PacketView): void {
    const range = view.option("NAK_BO_RNG");
    if (range !== undefined) this.#backOff.limit(range);
    const interval = view.option("NAK_BO_IVL");
    if (interval === undefined) return;
    const isCounted = (sqn: number) => this.#responder?.hasSeen(parent.nla, sqn) === true;
    if (this.#backOff.learn(interval, isCounted)) this.#stats.nakBoIvlLearned++;
    else this.#stats.nakBoIvlUncounted++;
  }

  /** The parent cannot reach its children by multicast; the NCF that says so goes on to the neighbours, if it is one. */
  silence(ncf?: { readonly datagram: Datagram; readonly iface: number }): void {
    this.#stats.unreachable++;
    this.#silent = true;
    if (ncf === undefined || ncf.datagram.multicast) return;
    this.#stats.ncfsCopied++;
    copyNcf(this.#context.host, this.#context.config, ncf);
  }

  /** A regular SPM: there is somebody to ask again. Gives whether that is news. */
  speak(): boolean {
    const wasSilent = this.#silent;
    this.#silent = false;
    return wasSilent;
  }

  #makeResponder(): PollResponder {
    const { host, nodeId } = this.#context;
    return new PollResponder(nodeId, [PollSubType.GENERAL], host.random.fork(`polr/${formatTsi(this.#session.tsi)}`));
  }
}
