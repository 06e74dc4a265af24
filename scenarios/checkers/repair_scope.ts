/**
 * A network element forwards RDATA only to where it was asked for, and once (RFC 3208, section 7.8); parity as often as
 * was asked for at most (section 11.6). What it was asked is what NAKs reached it; the checker keeps books of its own,
 * which have all that the element knows, and what it has forgotten.
 *
 * @module
 */

import {
  type Datagram,
  type Instant,
  type Nla,
  OptionType,
  PacketType,
  packetTypeName,
  type PacketView,
  ParseError,
  type Sqn,
  viewPacket,
} from "../../engine/mod.ts";
import type { Node } from "../../netsim/mod.ts";
import { NO_KEY, PacketKeys } from "./packet_keys.ts";
import type { Violations } from "./violation.ts";

/** What one element was asked for. */
class Requests {
  /** How many packets each interface has asked for, by packet or group. */
  readonly asked = new Map<number, Map<number, number>>();
  /** By group, to how many packets of it that an interface has asked for parity has gone instead: which, is not known. */
  readonly stoodFor = new Map<number, Map<number, number>>();
  /** Whom NAKs name as the source of each session. */
  readonly sources = new Map<number, Nla>();
  /** Where the RDATA that is being forwarded may go, and whether it is off the books already. */
  forwarding = NO_KEY;
  allowed: ReadonlySet<number> = NOWHERE;
  spent = true;
}

const NOWHERE: ReadonlySet<number> = new Set();

/** Watches what reaches network elements, and what they forward. */
export class RepairScopeChecker {
  readonly #violations: Violations;
  readonly #requests = new Map<number, Requests>();
  readonly #keys = new PacketKeys();

  /** `elements` are the ids of the nodes. */
  constructor(violations: Violations, elements: Iterable<number>) {
    this.#violations = violations;
    for (const id of elements) this.#requests.set(id, new Requests());
  }

  /** A copy reached a node. */
  delivered(node: Node, iface: number, datagram: Datagram): void {
    const requests = this.#requests.get(node.id);
    if (requests === undefined) return;
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) return;
    if (view.type === PacketType.SPM) this.#keys.learn(view);
    else if (view.type === PacketType.NAK && !datagram.multicast) {
      requests.sources.set(this.#keys.session(view), view.sourceNla());
      for (const sqn of [view.sqn, ...view.nakList()]) {
        const key = this.#keys.of(view, sqn);
        const counts = requests.asked.get(key) ?? new Map<number, number>();
        if (key === NO_KEY) continue;
        if (!view.parity && counts.has(iface)) this.#wasOne(requests, view, sqn, iface);
        requests.asked.set(key, counts.set(iface, Math.max(counts.get(iface) ?? 0, this.#keys.count(view, sqn))));
      }
    } else if (view.type === PacketType.RDATA) {
      requests.forwarding = this.#keys.of(view, view.sqn);
      requests.allowed = this.#allowed(requests, view);
      requests.spent = false;
      // What a repairer has unicast may come too late to be used, what bears another address is no repair: then the
      // source's is yet to come.
      const isSources = datagram.source === requests.sources.get(this.#keys.session(view));
      if (datagram.multicast && isSources) this.#spend(requests, view);
    }
  }

  /** A node puts a copy on an interface. */
  forwarded(at: Instant, node: Node, iface: number, datagram: Datagram): void {
    const requests = this.#requests.get(node.id);
    if (requests === undefined) return;
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None || view.type !== PacketType.RDATA) return;
    const isThatOne = requests.forwarding !== NO_KEY && this.#keys.of(view, view.sqn) === requests.forwarding;
    if (isThatOne) this.#spend(requests, view);
    if (isThatOne && requests.allowed.has(iface)) return;
    const what = `${view.parity ? "parity " : ""}${packetTypeName(view.type)} ${view.sqn}`;
    const text = `forwarded ${what} to ${node.attachments[iface]!.name}, which has not asked for it`;
    this.#violations.report({ checker: "repair scope", at, node: node.name, text });
  }

  /** Where RDATA may go. */
  #allowed(requests: Requests, view: PacketView): ReadonlySet<number> {
    const key = this.#keys.of(view, view.sqn);
    if (key === NO_KEY) return NOWHERE;
    const allowed = new Set(requests.asked.get(key)?.keys());
    if (view.parity) { for (const iface of this.#askedByNumber(requests, view)) allowed.add(iface); }
    return allowed;
  }

  /** Where packets of a parity packet's group were asked for by number, and parity may come instead (section 11.1). */
  #askedByNumber({ asked, stoodFor }: Requests, view: PacketView): number[] {
    const left = new Map<number, number>();
    for (const member of this.#keys.membersOf(view)) {
      for (const iface of asked.get(member)?.keys() ?? []) left.set(iface, (left.get(iface) ?? 0) + 1);
    }
    const stood = stoodFor.get(this.#keys.of(view, view.sqn));
    return [...left].filter(([iface, count]) => count > (stood?.get(iface) ?? 0)).map(([iface]) => iface);
  }

  /** Takes the RDATA that is being forwarded off the books, once. */
  #spend(requests: Requests, view: PacketView): void {
    const { asked, stoodFor, forwarding: key } = requests;
    if (requests.spent || key === NO_KEY) return;
    requests.spent = true;
    const counts = asked.get(key) ?? new Map<number, number>();
    if (!view.parity) {
      for (const iface of counts.keys()) this.#wasOne(requests, view, view.sqn, iface);
      asked.delete(key);
      return;
    }
    for (const [iface, count] of counts) {
      if (count - 1 > this.#offset(view)) counts.set(iface, count - 1);
      else counts.delete(iface);
    }
    const stood = stoodFor.get(key) ?? new Map<number, number>();
    for (const iface of this.#askedByNumber(requests, view)) stood.set(iface, (stood.get(iface) ?? 0) + 1);
    stoodFor.set(key, stood);
  }

  /** A packet that an interface has asked for comes, or is asked for again: it may be one that parity has stood for. */
  #wasOne({ stoodFor }: Requests, view: PacketView, sqn: Sqn, iface: number): void {
    const stood = stoodFor.get(this.#keys.groupOf(view, sqn));
    const count = stood?.get(iface) ?? 0;
    if (count > 0) stood!.set(iface, count - 1);
  }

  /** By how many packets a parity packet says that its group is smaller than others. */
  #offset(view: PacketView): number {
    if (!view.hasOption(OptionType.CURR_TGSIZE)) return 0;
    return Math.max(0, this.#keys.groupSize(view) - view.option("CURR_TGSIZE")!.size);
  }
}
