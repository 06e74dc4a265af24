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
 * roles can be played at once. Where `parity` is on and the source offers parity on demand, its POLRs have OPT_PARITY, and
 * it does the same for parity NAKs: of a transmission group it has all data packets or it lacks it (section 11.7). NCF,
 * NNAK, NAK and RDATA have OPT_PARITY then; other parity NAKs are not taken.
 *
 * @module
 */

import type { Datagram } from "../base/datagram.ts";
import type { Endpoint, Host } from "../base/host.ts";
import type { Instant } from "../base/time.ts";
import { formatTsi } from "../base/tsi.ts";
import { PollResponder } from "../poll/responder.ts";
import { Receiver } from "../receiver/receiver.ts";
import type { ReceiverConfig } from "../receiver/receiver_config.ts";
import type { ReceiverListener, Session } from "../receiver/session.ts";
import { PacketType, PollSubType } from "../wire/constants.ts";
import { type PacketView, ParseError, viewPacket } from "../wire/packet_view.ts";
import type { PollValue } from "../wire/values.ts";
import { RepairService } from "./repair_service.ts";
import { assertRepairerConfig, type RepairerConfig } from "./repairer_config.ts";
import { type Asked, type Offer, RepairerPackets, type Way } from "./repairer_packets.ts";
import { type RepairerGauges, RepairerStats } from "./repairer_stats.ts";
import { ServedSession } from "./served_session.ts";

/** The round of a POLR that answers no poll (the RFC does not say). */
const NO_POLL: Omit<Offer, "parity"> = { sqn: 0, round: 0 };

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
  readonly #service: RepairService;
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
    const kept = (session: Session) => this.#served.find((served) => served.session === session);
    this.receiver = new Receiver(this.#listeningHost(), receiver, listener, {
      recovered: (session, packet) => kept(session)?.recovered(packet),
      skipped: (session, first) => kept(session)?.skipped(first),
    });
    this.#packets = new RepairerPackets(host, receiver);
    this.#service = new RepairService(repairer, this.#packets, this.stats);
    this.#nodeId = host.random.fork("node-id").u32();
  }

  /** The state in numbers. */
  get gauges(): RepairerGauges {
    const sum = (of: (served: ServedSession) => number) => this.#served.reduce((total, each) => total + of(each), 0);
    return {
      served: sum(({ serves }) => Number(serves)),
      cachedPackets: sum(({ packets }) => packets),
      cachedBytes: sum(({ bytes }) => bytes),
      parityGroups: sum(({ groups }) => groups),
      waitingRepairs: this.#service.waiting,
      upstreamOf: sum(({ upstream }) => Number(upstream)),
      offTreeOf: sum(({ offTree }) => Number(offTree)),
    };
  }

  /** When {@link DesignatedRepairer.handleTimeout} is due, or `NEVER`. */
  nextTimeout(): Instant {
    let next = Math.min(this.receiver.nextTimeout(), this.#service.nextTimeout());
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
        this.#offer(served, { iface, to }, { sqn, round });
      }
    }
    this.#service.send(now);
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
        if (view.type === PacketType.NAK) this.#of(view)?.asks(askedBy(view));
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
    const served = new ServedSession(session, {
      config: this.config,
      responder: new PollResponder(this.#nodeId, [PollSubType.DLR], random),
      random: this.#host.random.fork(`dlr-parity/${formatTsi(session.tsi)}`),
    });
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
    if (served === undefined || (view.parity && served.parity === undefined)) return;
    const own = served.confirmed(askedBy(view));
    if (!this.config.answerNcfs || !offers(served, iface) || datagram.source !== served.session.sourceNla) return;
    if (own) this.stats.ncfsForOwnNaks++;
    else if (now < served.redirectAgainAt) this.stats.redirectsHeldBack++;
    else {
      served.redirectAgainAt = now + this.config.redirectIvl;
      served.upstream = true;
      this.stats.redirectsToGroup++;
      this.#offer(served, { iface, to: undefined }, NO_POLL);
    }
  }

  /** Offers the repairer, and the parity that it can serve (section 9.5.2). */
  #offer(served: ServedSession, way: Way, poll: typeof NO_POLL): void {
    const parity = served.parity !== undefined;
    if (parity) this.stats.redirectsForParity++;
    this.#packets.redirect(served.session, way, { ...poll, parity });
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
    if (view.parity && served.parity === undefined) {
      stats.naksForParityRefused++;
      return;
    }
    if (view.parity) stats.naksForParity++;
    const { nla } = session.parent!;
    if (datagram.source === nla) {
      stats.naksFromParent++;
      this.#service.fromParent(now, { served, way: { iface, to: nla } }, askedBy(view));
    } else {
      stats.naksFromBelow++;
      this.#service.fromBelow(now, { served, way: { iface, to: undefined } }, askedBy(view));
    }
    this.#service.send(now);
  }
}

/** Whether there is something to offer to those who hear the parent on an interface. */
function offers(served: ServedSession, iface: number): boolean {
  return served.serves && served.packets > 0 && served.session.parent!.iface === iface;
}

function askedBy(view: PacketView): Asked {
  return { sqns: [view.sqn, ...view.nakList()], parity: view.parity };
}
