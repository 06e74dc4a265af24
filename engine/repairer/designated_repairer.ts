/**
 * A designated local repairer, DLR (RFC 3208, section 9.5): an ordinary receiver that keeps what it receives, offers it
 * to its neighbours among the PGM hops, and serves their NAKs.
 *
 * ```text
 *   it hears                        what it does
 *   NCF of its parent               POLR with OPT_REDIRECT to the group, unless it was for its own NAK
 *   PGM_POLL_DLR of its parent      POLR with OPT_REDIRECT to the parent
 *   NAK from below (upstream DLR)   has it: NCF to the group, NNAK to the parent, RDATA to the group
 *                                   lacks it: NAK to the parent
 *   NAK from its parent (off-tree)  has it: NCF, NNAK and then RDATA to the parent
 *                                   lacks it: NCF and a NAK back to the parent
 * ```
 *
 * Who sent a NAK is told by its network source: the parent is the SPM_PATH of the latest SPM (section 9.5.2.3). Both
 * roles can be played at once. Repairs are no parity: NAKs for it are not taken.
 *
 * @module
 */

import type { Datagram } from "../base/datagram.ts";
import type { Endpoint, Host } from "../base/host.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import { formatTsi } from "../base/tsi.ts";
import { PollResponder } from "../poll/responder.ts";
import { Receiver } from "../receiver/receiver.ts";
import type { ReceiverConfig } from "../receiver/receiver_config.ts";
import type { Parent, ReceiverListener } from "../receiver/session.ts";
import { PacketType, PollSubType } from "../wire/constants.ts";
import { type PacketView, ParseError, viewPacket } from "../wire/packet_view.ts";
import type { PollValue } from "../wire/values.ts";
import { RepairLine } from "./repair_line.ts";
import { assertRepairerConfig, type RepairerConfig } from "./repairer_config.ts";
import { RepairerPackets, type Way } from "./repairer_packets.ts";
import { type RepairerGauges, RepairerStats } from "./repairer_stats.ts";
import { ServedSession } from "./served_session.ts";

/** The round of a POLR that answers no poll (the RFC does not say). */
const NO_POLL = { sqn: 0, round: 0 } as const;

/** What a repairer is made of. */
export interface DesignatedRepairerInit {
  /** How it serves others. */
  readonly repairer: RepairerConfig;
  /** How it receives. */
  readonly receiver: ReceiverConfig;
  /** Who gets the messages that it receives. */
  readonly listener: ReceiverListener;
}

/**
 * Receives one group and port as {@link Receiver} does, and repairs it for others; needs `receiver.join` to hear
 * anything.
 *
 * @example A repairer offers itself after an NCF, and serves the NAK that follows
 * ```ts
 * import {
 *   Datagram, describePacket, DesignatedRepairer, encodePacket, ms, type PacketValue, parseNla, prngFromSeed,
 *   RECEIVER_DEFAULTS, REPAIRER_DEFAULTS, viewPacket,
 * } from "@pgmlab/pgmlab";
 *
 * const [source, group, parent, own, below] = ["10.0.0.1", "239.192.0.1", "10.0.1.1", "10.0.1.2", "10.0.1.3"]
 *   .map((text) => parseNla(text)!);
 * const said: string[] = [];
 * const repairer = new DesignatedRepairer({
 *   random: prngFromSeed(1),
 *   address: () => own!,
 *   isLocal: () => true,
 *   transmit: (_iface: number, datagram: Datagram) => {
 *     said.push(`${describePacket(viewPacket(datagram)).split(" ")[0]} to ${datagram.destination}`);
 *   },
 *   joinGroup: () => {},
 *   leaveGroup: () => {},
 *   note: () => {},
 * }, {
 *   repairer: REPAIRER_DEFAULTS,
 *   receiver: { ...RECEIVER_DEFAULTS, group: group!, port: 7500 },
 *   listener: { onMessage: () => {}, onLoss: () => {} },
 * });
 * repairer.receiver.join(0);
 *
 * const arrives = (value: PacketValue, from = source!, to = group!) => {
 *   const bytes = encodePacket(value);
 *   repairer.handleDatagram(0, 0, new Datagram({ source: from, destination: to, ttl: 64, routerAlert: false, bytes }));
 * };
 * const down = { gsi: 0x0a0b0c, sourcePort: 4000, destinationPort: 7500, options: [] };
 * const up = { gsi: 0x0a0b0c, sourcePort: 7500, destinationPort: 4000, options: [] };
 * const nlas = { sourceNla: source!, groupNla: group! };
 * arrives({ type: "ODATA", ...down, sqn: 0, trail: 0, payload: new Uint8Array(10) });
 * arrives({ type: "SPM", ...down, sqn: 0, trail: 0, lead: 0, pathNla: parent! });
 * arrives({ type: "NCF", ...down, sqn: 0, ...nlas });
 * if (said.join() !== "POLR to 239.192.0.1") throw new Error(said.join());
 *
 * said.length = 0;
 * arrives({ type: "NAK", ...up, sqn: 0, ...nlas }, below!, own!);
 * if (said.join() !== "NCF to 239.192.0.1,NNAK to 10.0.1.1,RDATA to 239.192.0.1") throw new Error(said.join());
 * ```
 */
export class DesignatedRepairer implements Endpoint {
  /** What was counted since the start, besides what the receiver counts. */
  readonly stats = new RepairerStats();
  /** How it serves others, as given. */
  readonly config: RepairerConfig;
  /** The receiver that it is as well: to join and leave, and for its sessions and counters. */
  readonly receiver: Receiver;
  readonly #host: Host;
  readonly #packets: RepairerPackets;
  readonly #line: RepairLine;
  readonly #served: ServedSession[] = [];
  /** RAND_NODE_ID. */
  readonly #nodeId: number;

  /**
   * `host` and the listener are called only from within its own methods.
   *
   * @throws {AssertionError} if a parameter is out of its range
   */
  constructor(host: Host, { repairer, receiver, listener }: DesignatedRepairerInit) {
    assertRepairerConfig(repairer);
    this.config = repairer;
    this.#host = host;
    this.receiver = new Receiver(this.#listeningHost(), receiver, listener);
    this.#packets = new RepairerPackets(host, receiver);
    this.#line = new RepairLine(repairer);
    this.#nodeId = host.random.fork("node-id").u32();
  }

  /** The state in numbers. */
  get gauges(): RepairerGauges {
    const sum = (of: (served: ServedSession) => number) => this.#served.reduce((total, each) => total + of(each), 0);
    return {
      served: sum(({ serves }) => Number(serves)),
      cachedPackets: sum(({ packets }) => packets),
      cachedBytes: sum(({ bytes }) => bytes),
      waitingRepairs: this.#line.size,
      upstreamOf: sum(({ upstream }) => Number(upstream)),
      offTreeOf: sum(({ offTree }) => Number(offTree)),
    };
  }

  /** When {@link DesignatedRepairer.handleTimeout} is due, or `NEVER`. */
  nextTimeout(): Instant {
    let next = Math.min(this.receiver.nextTimeout(), this.#line.nextTimeout());
    for (const { responder } of this.#served) next = Math.min(next, responder.nextTimeout());
    return next;
  }

  /** Fires what is due: what the receiver has to do, replies to polls, repairs. */
  handleTimeout(now: Instant): void {
    this.receiver.handleTimeout(now);
    this.#forget();
    for (const served of this.#served) {
      if (served.responder.nextTimeout() > now) continue;
      for (const { path: to, iface, sqn, round } of served.responder.expire(now)) {
        served.offTree = true;
        this.stats.redirectsToParent++;
        this.#packets.redirect(served.session, { iface, to }, { sqn, round });
      }
    }
    this.#sendRepairs(now);
  }

  /** Takes a packet in. Whatever is wrong with it is counted, never thrown. */
  handleDatagram(now: Instant, iface: number, datagram: Datagram): void {
    const view = viewPacket(datagram);
    const ours = view.error === ParseError.None && view.groupPort === this.receiver.config.port;
    if (ours && !datagram.multicast && view.type === PacketType.NAK) return this.#onNak(now, iface, datagram, view);
    if (ours && datagram.multicast) {
      if (view.type === PacketType.NCF) this.#onNcf(now, iface, datagram, view);
      else if (view.type === PacketType.POLL) this.#onPoll(now, iface, datagram, view);
    }
    this.receiver.handleDatagram(now, iface, datagram);
    if (!ours || datagram.destination !== this.receiver.config.group) return;
    const data = view.type === PacketType.ODATA || view.type === PacketType.RDATA;
    const served = data || view.type === PacketType.SPM ? this.#of(view) : undefined;
    if (!data) served?.follow();
    else if (served === undefined) this.stats.dataNotKept++;
    else served.onData(datagram.source, view);
  }

  /** The host of the receiver: what the receiver asks for, the repairer knows. */
  #listeningHost(): Host {
    const host = this.#host;
    return {
      random: host.random,
      address: (iface) => host.address(iface),
      isLocal: (iface, nla) => host.isLocal(iface, nla),
      joinGroup: (iface, group) => host.joinGroup(iface, group),
      leaveGroup: (iface, group) => host.leaveGroup(iface, group),
      note: (mark, a, b) => host.note(mark, a, b),
      transmit: (iface, datagram) => {
        const view = viewPacket(datagram);
        if (view.type === PacketType.NAK) {
          const served = this.#of(view);
          for (const sqn of sqnsOf(view)) served?.asks(sqn);
        }
        host.transmit(iface, datagram);
      },
    };
  }

  /** The session of a packet, if the receiver follows it and there is room for it. */
  #of(view: PacketView): ServedSession | undefined {
    const known = this.#served.find(({ session }) => session.matches(view));
    if (known !== undefined) return known;
    const session = this.receiver.sessions.find((each) => each.matches(view));
    if (session === undefined || this.#served.length >= this.config.maxServed) return undefined;
    const random = this.#host.random.fork(`dlr-poll/${formatTsi(session.tsi)}`);
    const served = new ServedSession(session, this.config, new PollResponder(this.#nodeId, [PollSubType.DLR], random));
    this.#served.push(served);
    return served;
  }

  /** Sessions that the receiver has forgotten are not served any more. */
  #forget(): void {
    const { sessions } = this.receiver;
    for (let i = this.#served.length - 1; i >= 0; i--) {
      if (!sessions.includes(this.#served[i]!.session)) this.#served.splice(i, 1);
    }
  }

  /** An NCF of the parent is answered with an offer, unless it confirms the repairer's own NAK (section 9.5.2.1). */
  #onNcf(now: Instant, iface: number, datagram: Datagram, view: PacketView): void {
    const served = this.#of(view);
    if (served === undefined || view.parity) return;
    let own = false;
    for (const sqn of sqnsOf(view)) own = served.confirmed(sqn) || own;
    if (!this.config.answerNcfs || !offers(served, iface) || datagram.source !== served.session.sourceNla) return;
    if (own) this.stats.ncfsForOwnNaks++;
    else if (now < served.redirectAgainAt) this.stats.redirectsHeldBack++;
    else {
      served.redirectAgainAt = now + this.config.redirectIvl;
      served.upstream = true;
      this.stats.redirectsToGroup++;
      this.#packets.redirect(served.session, { iface, to: undefined }, NO_POLL);
    }
  }

  /** A search of the parent for repairers: replies wait for a random time. */
  #onPoll(now: Instant, iface: number, datagram: Datagram, view: PacketView): void {
    const poll = view.toValue() as PollValue;
    if (poll.subType !== PollSubType.DLR) return;
    const served = this.#of(view);
    const mayAnswer = served !== undefined && offers(served, iface) && datagram.source === served.session.sourceNla &&
      poll.pathNla === served.session.parent!.nla;
    if (!mayAnswer || served.responder.take(now, iface, poll) !== "scheduled") this.stats.dlrPollsUnanswered++;
  }

  /** A NAK that is directed to this node. */
  #onNak(now: Instant, iface: number, datagram: Datagram, view: PacketView): void {
    const { stats } = this;
    const served = this.#of(view);
    if (served === undefined || !served.serves) {
      stats.naksUnserved++;
      return;
    }
    const { session } = served;
    if (view.sourceNla() !== session.sourceNla || view.groupNla() !== this.receiver.config.group) {
      stats.naksMisnamed++;
      return;
    }
    if (view.parity) {
      stats.naksForParity++;
      return;
    }
    const { nla } = session.parent!;
    if (datagram.source === nla) {
      stats.naksFromParent++;
      this.#serveParent(now, served, { iface, to: nla }, sqnsOf(view));
    } else {
      stats.naksFromBelow++;
      this.#serveBelow(now, served, { iface, to: undefined }, sqnsOf(view));
    }
    this.#sendRepairs(now);
  }

  /** As an upstream repairer: a source for what it has, a network element for the rest (section 9.5.2.1). */
  #serveBelow(now: Instant, served: ServedSession, way: Way, sqns: readonly Sqn[]): void {
    const { stats } = this;
    const held = sqns.filter((sqn) => served.packet(sqn) !== undefined);
    if (held.length > 0) {
      if (this.#line.confirms(now, served, way, held)) {
        stats.ncfsToGroup++;
        this.#packets.ncf(served.session, way, held);
      } else stats.ncfsNotRepeated++;
    }
    for (const sqn of held) this.#takeOn(served, way, sqn);
    const lacking = sqns.filter((sqn) => served.packet(sqn) === undefined);
    if (lacking.length === 0) return;
    stats.naksPassedOn++;
    // The NCF that comes back confirms the NAK of those below as well: they hear it on the same subnet.
    this.#ask(served, lacking);
  }

  /** As an off-tree repairer: all is confirmed; what it lacks, it asks its parent for (section 9.5.2.2). */
  #serveParent(now: Instant, served: ServedSession, way: Way, sqns: readonly Sqn[]): void {
    const { stats } = this;
    if (this.#line.confirms(now, served, way, sqns)) {
      stats.ncfsToParent++;
      this.#packets.ncf(served.session, way, sqns);
    } else stats.ncfsNotRepeated++;
    const lacking = sqns.filter((sqn) => served.packet(sqn) === undefined);
    for (const sqn of sqns) if (!lacking.includes(sqn)) this.#takeOn(served, way, sqn);
    if (lacking.length === 0) return;
    stats.naksReturned++;
    this.#ask(served, lacking);
  }

  /** A repair is to be sent; the source is told that it need not. */
  #takeOn(served: ServedSession, way: Way, sqn: Sqn): void {
    const { stats } = this;
    switch (this.#line.add({ served, way, sqn })) {
      case "merged":
        stats.repairsMerged++;
        return;
      case "full":
        stats.repairsShed++;
        return;
      case "new":
        stats.nnaksSent++;
        this.#packets.nnak(served.session, towards(served.session.parent!), sqn);
    }
  }

  #ask(served: ServedSession, sqns: readonly Sqn[]): void {
    for (const sqn of sqns) served.asks(sqn);
    this.#packets.nak(served.session, towards(served.session.parent!), sqns);
  }

  /** Sends the repairs that may leave now. */
  #sendRepairs(now: Instant): void {
    for (let repair = this.#line.shift(now); repair !== undefined; repair = this.#line.shift(now)) {
      const { served, way, sqn } = repair;
      const packet = served.serves ? served.packet(sqn) : undefined;
      if (packet === undefined) {
        this.stats.repairsOutOfWindow++;
        continue;
      }
      const bytes = this.#packets.repair(packet, served.trail);
      this.#line.sent(now, bytes.length);
      if (way.to === undefined) this.stats.repairsToGroup++;
      else this.stats.repairsToParent++;
      this.#packets.rdata(served.session, way, bytes);
    }
  }
}

/** Whether there is something to offer to those who hear the parent on an interface. */
function offers(served: ServedSession, iface: number): boolean {
  return served.serves && served.packets > 0 && served.session.parent!.iface === iface;
}

function towards({ iface, nla: to }: Parent): Way {
  return { iface, to };
}

/** The numbers that a NAK or an NCF names. */
function sqnsOf(view: PacketView): Sqn[] {
  return [view.sqn, ...view.nakList()];
}
