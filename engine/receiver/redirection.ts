/**
 * The repairer that a session asks instead of its PGM parent (RFC 3208, section 9.5.4). Worth it only where the first
 * router knows nothing of PGM; and a repairer on the receiver's own subnet has probably lost the same.
 *
 * @module
 */

import type { Datagram } from "../base/datagram.ts";
import type { Host } from "../base/host.ts";
import { isIpv6, isMulticast, type Nla } from "../base/nla.ts";
import type { Sqn } from "../base/sqn.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { ReceiverConfig } from "./receiver_config.ts";
import type { ReceiverStats } from "./receiver_stats.ts";

/** Whom NAKs go to, and the interface towards it. */
interface Hop {
  readonly nla: Nla;
  readonly iface: number;
}

/** What a session knows of its source. */
interface Redirected {
  readonly sourceNla: Nla;
  /** The PGM parent, once an SPM was received. */
  readonly parent: Hop | undefined;
}

/** What a {@link Redirection} works with. */
export interface RedirectionContext {
  readonly config: ReceiverConfig;
  readonly host: Host;
}

/** Numbers asked of the repairer and not confirmed yet: beyond, the oldest is forgotten. */
const MAX_ASKED = 1_024;

/** Where the NAKs of one session go; made when the first POLR comes. */
export class Redirection {
  readonly #context: RedirectionContext;
  readonly #stats: ReceiverStats;
  #repairer: Nla | undefined = undefined;
  readonly #asked = new Set<Sqn>();

  constructor(context: RedirectionContext, stats: ReceiverStats) {
    this.#context = context;
    this.#stats = stats;
  }

  /** A POLR was heard: of interest is one of a repairer that offers itself on the way from the source. */
  take(iface: number, datagram: Datagram, view: PacketView, session: Redirected): void {
    const { multicast, source } = datagram;
    const here = multicast && source === session.sourceNla && iface === session.parent?.iface;
    const repairer = here && this.#context.config.followRedirects ? this.#offered(iface, view, source) : undefined;
    if (repairer === undefined) {
      this.#stats.redirectsIgnored++;
      return;
    }
    this.#stats.redirects++;
    if (this.#repairer !== repairer) this.#asked.clear();
    this.#repairer = repairer;
  }

  /** Whom to ask for these numbers: the parent, or the repairer, which is then expected to confirm them. */
  hopFor(sqns: readonly Sqn[], parent: Hop): Hop {
    if (this.#repairer === undefined) return parent;
    this.#stats.naksRedirected++;
    for (const sqn of sqns) {
      this.#asked.delete(sqn);
      this.#asked.add(sqn);
    }
    for (const oldest of this.#asked) {
      if (this.#asked.size <= MAX_ASKED) break;
      this.#asked.delete(oldest);
    }
    return { nla: this.#repairer, iface: parent.iface };
  }

  /** An NCF has come for a number. */
  confirmed(sqn: Sqn): void {
    this.#asked.delete(sqn);
  }

  /** No NCF came for a number within NAK_RPT_IVL. A repairer that was asked for it is not asked again. */
  unconfirmed(sqn: Sqn): void {
    if (!this.#asked.has(sqn)) return;
    this.#stats.repairersSilent++;
    this.#repairer = undefined;
    this.#asked.clear();
  }

  /** The address that a POLR offers to a receiver: `undefined` for none, or one that is of no use. */
  #offered(iface: number, view: PacketView, source: Nla): Nla | undefined {
    const nla = view.option("REDIRECT")?.nla;
    if (nla === undefined || isMulticast(nla) || isIpv6(nla) !== isIpv6(source)) return undefined;
    return this.#context.host.isLocal(iface, nla) ? undefined : nla;
  }
}
