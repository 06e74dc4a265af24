/**
 * A network element sends a NAK up only if it names a number that it has not asked for lately: unconfirmed NAKs keep to
 * NAK_RPT_RTE, confirmed ones wait for NAK_ELIM_IVL (RFC 3208, sections 7.3 and 7.4). RDATA and NAK_RDATA_IVL end what is
 * known of a number. Of a transmission group, a NAK for more packets is news, and an NCF for fewer confirms nothing
 * (section 11.6).
 *
 * @module
 */

import {
  type Datagram,
  type ElementConfig,
  type Instant,
  type Nla,
  OptionType,
  PacketType,
  type PacketView,
  ParseError,
  viewPacket,
} from "../../engine/mod.ts";
import type { Node } from "../../netsim/mod.ts";
import { PacketKeys } from "./packet_keys.ts";
import type { Violations } from "./violation.ts";

/** One number or group that an element has asked for. */
interface Request {
  readonly iface: number;
  /** Who was asked. */
  readonly to: Nla;
  /** For how many packets: 1, or more of a group. */
  readonly count: number;
  /** The first NAK since the latest NCF, and the latest NAK. */
  readonly first: Instant;
  readonly latest: Instant;
  /** When the latest NCF came after that, or -1. */
  readonly confirmed: Instant;
  /**
   * Whether the element may have refused the NCF, as it may refuse one that came before any NAK (section 7.5); or may have
   * got what it asked for.
   */
  readonly anticipated: boolean;
}

/** Watches the NAKs that network elements send, and the NCFs and RDATA that reach them. */
export class NakEliminationChecker {
  readonly #violations: Violations;
  readonly #elements: ReadonlyMap<number, ElementConfig>;
  readonly #requests = new Map<number, Map<number, Request>>();
  /** The interfaces that SPMs of each session have come by, by the id of the node. */
  readonly #ways = new Map<number, Map<number, Set<number>>>();
  readonly #keys = new PacketKeys();

  /** `elements` are by the id of the node. */
  constructor(violations: Violations, elements: ReadonlyMap<number, ElementConfig>) {
    this.#violations = violations;
    this.#elements = elements;
    for (const id of elements.keys()) this.#requests.set(id, new Map());
  }

  /** A node crashes, and forgets what it has asked for. */
  forget(node: number): void {
    this.#requests.get(node)?.clear();
    this.#ways.delete(node);
  }

  /** A node sends a packet of its own. */
  sent(at: Instant, node: Node, iface: number, datagram: Datagram): void {
    const requests = this.#requests.get(node.id);
    const view = viewPacket(datagram);
    if (requests === undefined || view.error !== ParseError.None || view.type !== PacketType.NAK) return;
    const config = this.#elements.get(node.id)!;
    const sqns = [view.sqn, ...view.nakList()];
    const news = sqns.filter((sqn) => {
      const request = requests.get(this.#keys.of(view, sqn));
      if (isNews(request, at, config) || this.#keys.count(view, sqn) > request!.count) return true;
      // A repairer that was asked is silent: the hop upstream is asked at once.
      return request!.confirmed < 0 && request!.to !== datagram.destination;
    });
    if (news.length === 0) {
      const text = `sent ${view.parity ? "parity " : ""}NAK ${
        sqns.join(", ")
      } again too early: that is asked for already`;
      this.#violations.report({ checker: "NAK elimination", at, node: node.name, text });
    }
    for (const sqn of news) {
      const before = requests.get(this.#keys.of(view, sqn));
      // A list goes up whole: what is in it besides its news is asked for when its NCF was long ago.
      if (sqns.length > 1 && before?.anticipated && at < before.confirmed + config.nakElimIvl) continue;
      const goesOn = before !== undefined && before.confirmed < 0 && at < before.first + config.nakRptIvl &&
        at < before.latest + config.nakRdataIvl;
      const first = goesOn ? before.first : at;
      const asked = { to: datagram.destination, count: this.#keys.count(view, sqn) };
      requests.set(this.#keys.of(view, sqn), { iface, ...asked, first, latest: at, confirmed: -1, anticipated: false });
    }
  }

  /** A copy reached a node. */
  delivered(at: Instant, node: Node, iface: number, datagram: Datagram): void {
    const requests = this.#requests.get(node.id);
    const view = viewPacket(datagram);
    if (requests === undefined || view.error !== ParseError.None) return;
    if (view.type === PacketType.SPM) this.#spmCame(node.id, iface, view);
    if (view.type === PacketType.RDATA && !view.parity) requests.delete(this.#keys.of(view, view.sqn));
    if (view.type === PacketType.RDATA && view.parity) {
      const keys = [this.#keys.of(view, view.sqn), ...this.#keys.membersOf(view)];
      for (const key of keys) loosen(requests, key, this.#elements.get(node.id)!);
    }
    const ncf = view.type === PacketType.NCF;
    if (!ncf && (view.type !== PacketType.NAK || datagram.multicast)) return;
    for (const sqn of [view.sqn, ...view.nakList()]) {
      const key = this.#keys.of(view, sqn);
      const request = requests.get(key);
      const count = this.#keys.count(view, sqn);
      if (ncf && request !== undefined && count < request.count) continue;
      const known = isOver(request, at, this.#elements.get(node.id)!) ? undefined : request;
      if (ncf && this.#mayBeRefused(node.id, iface, datagram, view, known)) {
        const { to, first, latest } = request ?? { to: datagram.source, first: at, latest: at };
        requests.set(key, { iface, to, count, first, latest, confirmed: at, anticipated: true });
      } else if (request === undefined || request.iface !== iface) continue;
      // A repairer below was asked, and its side asks back: another has to be asked at once (section 9.5.3.2).
      else if (!ncf) requests.delete(key);
      else if (datagram.multicast || request.to === datagram.source) {
        requests.set(key, { ...request, count, confirmed: at });
      }
    }
  }

  /**
   * Whether an NCF may be heeded or not, by what the element knows: then a NAK is in order, and that it waits is, too.
   * So it is with those that nobody asked for, those of an unreachable hop, and all where the path has ever changed: which
   * SPM was the last to be heeded is not known.
   */
  #mayBeRefused(node: number, iface: number, { multicast }: Datagram, view: PacketView, request?: Request): boolean {
    if (view.hasOption(OptionType.NBR_UNREACH)) return true;
    if (!multicast) return false;
    const ways = this.#ways.get(node)?.get(this.#keys.session(view));
    const isElsewhere = ways !== undefined && (ways.size > 1 || !ways.has(iface));
    return request === undefined || request.iface !== iface || isElsewhere;
  }

  #spmCame(node: number, iface: number, view: PacketView): void {
    this.#keys.learn(view);
    const sessions = this.#ways.get(node) ?? new Map<number, Set<number>>();
    const session = this.#keys.session(view);
    const ways = sessions.get(session) ?? new Set();
    this.#ways.set(node, sessions.set(session, ways.add(iface)));
  }
}

/**
 * Parity has come for a group, or in place of one of its packets: whether that was all of it is the element's to know. A
 * NAK is in order, and that it waits is, too, for as long as it may.
 */
function loosen(requests: Map<number, Request>, key: number, { nakRptIvl, nakElimIvl }: ElementConfig): void {
  const request = requests.get(key);
  if (request === undefined) return;
  const { first, confirmed } = request;
  const latest = confirmed >= 0 ? confirmed : first + nakRptIvl - nakElimIvl;
  requests.set(key, { ...request, confirmed: latest, anticipated: true });
}

/** Whether what an element knew of a number has ended by itself. */
function isOver(request: Request | undefined, at: Instant, { nakRptIvl, nakRdataIvl }: ElementConfig): boolean {
  if (request === undefined) return true;
  return at >= (request.confirmed < 0 ? request.first + nakRptIvl : request.confirmed + nakRdataIvl);
}

/** Whether a NAK may go for a number. */
function isNews(request: Request | undefined, at: Instant, config: ElementConfig): boolean {
  if (request === undefined || request.anticipated) return true;
  if (request.confirmed >= 0) return at >= request.confirmed + config.nakElimIvl;
  // A NAK that is repeated so slowly is forgotten in between: what comes then is another.
  const patience = Math.min(1_000_000_000 / config.nakRptRte, config.nakRdataIvl);
  return at >= request.latest + patience || at >= request.first + config.nakRptIvl;
}
