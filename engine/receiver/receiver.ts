/**
 * A PGM receiver (RFC 3208, section 6): finds the session of each packet and hands the packet to it.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Datagram } from "../base/datagram.ts";
import type { Endpoint, Host } from "../base/host.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { OptionType, PacketType } from "../wire/constants.ts";
import { MalformedCounts } from "../wire/malformed_counts.ts";
import { type PacketView, ParseError, viewPacket } from "../wire/packet_view.ts";
import { ReceiveBudget } from "./receive_budget.ts";
import { assertReceiverConfig, type ReceiverConfig } from "./receiver_config.ts";
import { addReceiverStats, ReceiverStats } from "./receiver_stats.ts";
import type { ReceptionWitness } from "./reception_owner.ts";
import { type ReceiverListener, Session, type SessionContext } from "./session.ts";

/**
 * Receives every source that sends to one group and port (RFC 3208, section 6); needs {@link Receiver.join} to hear
 * anything. Whoever runs it calls {@link Receiver.handleDatagram} for what arrives and {@link Receiver.handleTimeout}
 * when {@link Receiver.nextTimeout} says so.
 *
 * @example A receiver misses packet 1 and asks for it
 * ```ts
 * import {
 *   Datagram, describePacket, encodePacket, ms, type PacketValue, parseNla, prngFromSeed, Receiver, RECEIVER_DEFAULTS,
 *   viewPacket,
 * } from "@pgmlab/pgmlab";
 *
 * const [source, member, group] = ["10.0.0.1", "10.0.0.2", "239.192.0.1"].map((text) => parseNla(text)!);
 * const asked: string[] = [];
 * const host = {
 *   random: prngFromSeed(1),
 *   address: () => member!,
 *   isLocal: () => true,
 *   transmit: (_iface: number, datagram: Datagram) => asked.push(describePacket(viewPacket(datagram))),
 *   joinGroup: () => {},
 *   leaveGroup: () => {},
 *   note: () => {},
 * };
 * const heard: number[] = [];
 * const receiver = new Receiver(host, { ...RECEIVER_DEFAULTS, group: group!, port: 7500 }, {
 *   onMessage: (_now, _session, _message, firstSqn) => heard.push(firstSqn),
 *   onLoss: (_now, _session, first, last) => console.log(`lost: ${first} to ${last}`),
 * });
 * receiver.join(0);
 *
 * const common = { gsi: 0x0a0b0c, sourcePort: 4000, destinationPort: 7500, options: [] };
 * const arrives = (packet: PacketValue) => {
 *   const bytes = encodePacket(packet);
 *   const datagram = new Datagram({ source: source!, destination: group!, ttl: 64, routerAlert: false, bytes });
 *   receiver.handleDatagram(0, 0, datagram);
 * };
 * const payload = new Uint8Array(100);
 * arrives({ type: "ODATA", ...common, sqn: 0, trail: 0, payload });
 * arrives({ type: "ODATA", ...common, sqn: 2, trail: 0, payload });
 * arrives({ type: "SPM", ...common, sqn: 0, trail: 0, lead: 2, pathNla: source! });
 * while (receiver.nextTimeout() < ms(100)) receiver.handleTimeout(receiver.nextTimeout());
 *
 * if (heard.join() !== "0") throw new Error(`heard ${heard}`);
 * if (asked.join() !== "NAK 1 src 10.0.0.1 grp 239.192.0.1") throw new Error(`asked ${asked}`);
 * ```
 */
export class Receiver implements Endpoint {
  /** The session of the packet before: most packets come from the same source as the one before. */
  #latest: Session | undefined = undefined;
  readonly #config: ReceiverConfig;
  #next: Instant = NEVER;
  readonly #host: Host;
  readonly #context: SessionContext;
  readonly #sessions: Session[] = [];
  /** What was counted for sessions that are forgotten, and for packets that belong to none. */
  #otherStats: ReceiverStats | undefined = undefined;
  readonly #malformed = new MalformedCounts();

  /**
   * `host`, `listener` and, if there is one, `witness` are called by the receiver only from within its own methods.
   *
   * @throws {AssertionError} if a parameter is out of its range
   */
  constructor(host: Host, config: ReceiverConfig, listener: ReceiverListener, witness?: ReceptionWitness<Session>) {
    assertReceiverConfig(config);
    this.#host = host;
    this.#config = config;
    const budget = new ReceiveBudget(config.bufferBytes, config.maxMissing);
    this.#context = { config, host, listener, budget, nodeId: host.random.fork("node-id").u32(), witness };
  }

  /** The parameters that it was given. */
  get config(): ReceiverConfig {
    return this.#config;
  }

  /** What was counted since the start, over all sessions: a copy. */
  get stats(): ReceiverStats {
    const sum = new ReceiverStats();
    if (this.#otherStats !== undefined) addReceiverStats(sum, this.#otherStats);
    for (const session of this.#sessions) addReceiverStats(sum, session.stats);
    return sum;
  }

  /** How many malformed packets came in, by cause. */
  get malformed(): ReadonlyMap<ParseError, number> {
    return this.#malformed.byCause;
  }

  /** The sessions that are known, in the order in which they were first heard; those that ended for a while. */
  get sessions(): readonly Session[] {
    return this.#sessions;
  }

  /** Starts to receive the group on an interface. */
  join(iface: number): void {
    this.#host.joinGroup(iface, this.#config.group);
  }

  /** Stops receiving the group on an interface. Sessions live on: another interface may feed them. */
  leave(iface: number): void {
    this.#host.leaveGroup(iface, this.#config.group);
  }

  /** When {@link Receiver.handleTimeout} is due; `NEVER` without a session. */
  nextTimeout(): Instant {
    return this.#next;
  }

  /** Fires what is due: NAKs, SPMRs, losses to report, sessions to end or forget. */
  handleTimeout(now: Instant): void {
    if (now < this.#next) return;
    for (const session of this.#sessions.slice()) {
      if (session.nextTimeout() > now || session.handleTimeout(now)) continue;
      this.#remove(session);
    }
    this.#findNext();
  }

  /**
   * Ends a session for the application's own reasons: what waits is dropped and nothing is told of it any more. The next
   * SPM or data of its source opens a new one. Not from within a call of the listener.
   *
   * @throws {AssertionError} if the receiver does not know the session
   */
  forget(session: Session): void {
    assert(this.#sessions.includes(session), "only a session that is known can be forgotten");
    session.drop();
    this.#remove(session);
    this.#findNext();
  }

  /** Takes a packet in. Whatever is wrong with it is counted, never thrown. */
  handleDatagram(now: Instant, iface: number, datagram: Datagram): void {
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) {
      this.#others.malformed++;
      this.#malformed.count(view.error);
      return;
    }
    const type = view.type;
    const toGroup = type === PacketType.ODATA || type === PacketType.RDATA || type === PacketType.SPM ||
      type === PacketType.POLL;
    if (view.groupPort !== this.#config.port || (toGroup && datagram.destination !== this.#config.group)) {
      this.#others.foreign++;
      return;
    }
    const session = this.#find(view) ?? this.#open(now, datagram, view);
    if (session === undefined) return;
    if (!session.active) {
      this.#dispatch(now, iface, datagram, session, view);
      if (session.active) this.#next = Math.min(this.#next, session.nextTimeout());
      return;
    }
    const before = session.nextTimeout();
    this.#dispatch(now, iface, datagram, session, view);
    const after = session.nextTimeout();
    if (after < this.#next) this.#next = after;
    else if (after !== before && before === this.#next) this.#findNext();
  }

  #remove(session: Session): void {
    this.#sessions.splice(this.#sessions.indexOf(session), 1);
    addReceiverStats(this.#others, session.stats);
    if (this.#latest === session) this.#latest = undefined;
  }

  /** Most receivers never count anything here: a thousand of them would not need a thousand of these. */
  get #others(): ReceiverStats {
    return this.#otherStats ??= new ReceiverStats();
  }

  #dispatch(now: Instant, iface: number, datagram: Datagram, session: Session, view: PacketView): void {
    switch (view.type) {
      case PacketType.ODATA:
      case PacketType.RDATA:
        return session.onData(now, iface, datagram.source, view);
      case PacketType.SPM:
        return session.onSpm(now, iface, datagram.source, view);
      case PacketType.NCF:
      case PacketType.NAK:
        return this.#onNcfOrNak(now, iface, datagram, session, view);
      case PacketType.POLL:
        return session.onPoll(now, iface, datagram.source, view);
      case PacketType.SPMR:
        return session.onSpmr(now);
      case PacketType.POLR:
        return session.onPolr(now, iface, datagram, view);
      default:
        this.#others.ignored++;
    }
  }

  #onNcfOrNak(now: Instant, iface: number, datagram: Datagram, session: Session, view: PacketView): void {
    const { type } = view;
    if (!session.heard(now, datagram.source, view)) return;
    if (type === PacketType.NCF) {
      session.stats.ncf++;
      if (view.hasOptions && !session.onNcfOptions(now, iface, datagram, view)) return;
    } else session.stats.nak++;
    const list = view.nakList();
    if (view.parity) {
      session.stats.parity++;
      for (const sqn of [view.sqn, ...list]) session.onParityRequest(now, type, sqn);
      return;
    }
    session.onNcfOrNak(now, type, view.sqn);
    for (let i = 0; i < list.length; i++) session.onNcfOrNak(now, type, list[i]!);
  }

  #find(view: PacketView): Session | undefined {
    const latest = this.#latest;
    if (latest !== undefined && latest.matches(view)) return latest;
    for (const session of this.#sessions) {
      if (session.matches(view)) {
        this.#latest = session;
        return session;
      }
    }
    return undefined;
  }

  /** Data and SPMs begin a session; an SPM that announces the end of one has nothing to begin. */
  #open(now: Instant, datagram: Datagram, view: PacketView): Session | undefined {
    const { type } = view;
    const data = type === PacketType.ODATA || type === PacketType.RDATA;
    const over = view.hasOption(OptionType.FIN) || view.hasOption(OptionType.RST);
    if (!data && (type !== PacketType.SPM || over)) {
      this.#others.withoutSession++;
      return undefined;
    }
    if (this.#sessions.length >= this.#config.maxSessions) {
      this.#others.tooManySessions++;
      return undefined;
    }
    const session = new Session(this.#context, { gsi: view.gsi, port: view.sessionPort }, datagram.source, now);
    this.#sessions.push(session);
    this.#latest = session;
    this.#next = Math.min(this.#next, session.nextTimeout());
    this.#context.listener.onOpen?.(now, session);
    return session;
  }

  #findNext(): void {
    let next = NEVER;
    for (const session of this.#sessions) next = Math.min(next, session.nextTimeout());
    this.#next = next;
  }
}
