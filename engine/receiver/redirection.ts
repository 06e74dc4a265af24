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

/** Where NAKs go: SPM_PATH of the latest SPM in sequence, and the interface that it came in on. */
export interface Parent {
  /** SPM_PATH: the interface of the last network element, or of the source, before this receiver. */
  readonly nla: Nla;
  /** The index of the receiver's own interface. */
  readonly iface: number;
}

/** What a session knows of its source. */
interface Redirected {
  readonly sourceNla: Nla;
  /** The PGM parent, once an SPM was received. */
  readonly parent: Parent | undefined;
}

/** What a {@link Redirection} works with. */
export interface RedirectionContext {
  readonly config: ReceiverConfig;
  readonly host: Host;
}

/** Numbers and groups asked of the repairer and not confirmed yet: beyond, the oldest is forgotten. */
const MAX_ASKED = 1_024;

/** A transmission group that is asked for parity, by its TG_SQN, among the numbers that are asked for. */
export function askedGroup(first: Sqn): number {
  return 0x1_0000_0000 + first;
}

/** Where the NAKs of one session go; made when the first POLR comes. */
export class Redirection {
  readonly #context: RedirectionContext;
  readonly #stats: ReceiverStats;
  #repairer: Nla | undefined = undefined;
  /** Whether the repairer has said that it serves parity. */
  #servesParity = false;
  readonly #asked = new Set<number>();

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
    this.#servesParity = view.parity;
  }

  /**
   * Whom to ask for these numbers or, with parity, groups: the parent, or the repairer, which is then expected to confirm
   * them. One that has not said that it serves parity is not asked for any.
   */
  hopFor(asked: readonly number[], parity: boolean, parent: Parent): Parent {
    if (this.#repairer === undefined || (parity && !this.#servesParity)) return parent;
    this.#stats.naksRedirected++;
    for (const each of asked) {
      this.#asked.delete(each);
      this.#asked.add(each);
    }
    for (const oldest of this.#asked) {
      if (this.#asked.size <= MAX_ASKED) break;
      this.#asked.delete(oldest);
    }
    return { nla: this.#repairer, iface: parent.iface };
  }

  /** An NCF has come for a number or group. */
  confirmed(asked: number): void {
    this.#asked.delete(asked);
  }

  /** No NCF came for a number or group within NAK_RPT_IVL. A repairer that was asked for it is not asked again. */
  unconfirmed(asked: number): void {
    if (!this.#asked.has(asked)) return;
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
