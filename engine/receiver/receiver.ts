/**
 * A PGM receiver (RFC 3208, section 6): finds the session of each packet and hands the packet to it.
 *
 * @module
 */

import { Datagram } from "../base/datagram.ts";
import type { Endpoint, Host } from "../base/host.ts";
import type { Sqn } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { PacketType } from "../wire/constants.ts";
import { encodePacket } from "../wire/encode.ts";
import { type PacketView, ParseError, viewPacket } from "../wire/packet_view.ts";
import { assertReceiverConfig, type ReceiverConfig } from "./receiver_config.ts";
import { ReceiverStats } from "./receiver_stats.ts";
import { type Parent, type ReceiverListener, Session, type SessionContext } from "./session.ts";

/** TTL of unicast NAKs. */
const NAK_TTL = 64;

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
  /** What was counted since the start, over all sessions. */
  readonly stats = new ReceiverStats();
  /** The session of the packet before: most packets come from the same source as the one before. */
  #latest: Session | undefined = undefined;
  readonly #config: ReceiverConfig;
  #next: Instant = NEVER;
  readonly #host: Host;
  readonly #listener: ReceiverListener;
  readonly #context: SessionContext;
  readonly #sessions: Session[] = [];

  /**
   * `host` and `listener` are called by the receiver only from within its own methods.
   *
   * @throws {AssertionError} if a parameter is out of its range
   */
  constructor(host: Host, config: ReceiverConfig, listener: ReceiverListener) {
    assertReceiverConfig(config);
    this.#host = host;
    this.#config = config;
    this.#listener = listener;
    this.#context = {
      config,
      host,
      listener,
      stats: this.stats,
      sendNak: (session, parent, sqn) => this.#sendNak(session, parent, sqn),
    };
  }

  /** The parameters that it was given. */
  get config(): ReceiverConfig {
    return this.#config;
  }

  /** The sessions that are alive, in the order in which they were first heard. */
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

  /** Fires what is due: NAKs, losses to report, sessions to forget. */
  handleTimeout(now: Instant): void {
    if (now < this.#next) return;
    for (const session of this.#sessions.slice()) {
      if (session.nextTimeout() > now || session.handleTimeout(now)) continue;
      this.#sessions.splice(this.#sessions.indexOf(session), 1);
      if (this.#latest === session) this.#latest = undefined;
      this.#listener.onEnd?.(now, session, "idle", 0);
    }
    this.#findNext();
  }

  /** Takes a packet in. Whatever is wrong with it is counted, never thrown. */
  handleDatagram(now: Instant, iface: number, datagram: Datagram): void {
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) {
      this.stats.malformed++;
      return;
    }
    const type = view.type;
    const downstream = type === PacketType.ODATA || type === PacketType.RDATA || type === PacketType.SPM;
    if (view.groupPort !== this.#config.port || (downstream && datagram.destination !== this.#config.group)) {
      this.stats.foreign++;
      return;
    }
    const session = this.#find(view) ?? (downstream ? this.#open(now, datagram, view) : undefined);
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

  #dispatch(now: Instant, iface: number, datagram: Datagram, session: Session, view: PacketView): void {
    const stats = this.stats;
    switch (view.type) {
      case PacketType.ODATA:
      case PacketType.RDATA:
        if (view.type === PacketType.ODATA) stats.odata++;
        else stats.rdata++;
        if (view.parity) stats.parity++;
        else session.onData(now, view);
        return;
      case PacketType.SPM:
        stats.spm++;
        if (!session.onSpm(now, iface, datagram.source, view)) stats.spmOutOfSequence++;
        return;
      case PacketType.NCF:
      case PacketType.NAK:
        if (view.parity) stats.parity++;
        else this.#onNakOrNcf(now, session, view);
        return;
      default:
        stats.ignored++;
    }
  }

  #onNakOrNcf(now: Instant, session: Session, view: PacketView): void {
    const ncf = view.type === PacketType.NCF;
    if (ncf) this.stats.ncf++;
    else this.stats.nak++;
    this.#heard(now, session, view.sqn, ncf);
    const list = view.nakList();
    for (let i = 0; i < list.length; i++) this.#heard(now, session, list[i]!, ncf);
  }

  #heard(now: Instant, session: Session, sqn: Sqn, ncf: boolean): void {
    const wanted = ncf ? session.onNcf(now, sqn) : session.onNak(now, sqn);
    if (!wanted) this.stats.ncfUnwanted++;
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

  #open(now: Instant, datagram: Datagram, view: PacketView): Session | undefined {
    if (this.#sessions.length >= this.#config.maxSessions) {
      this.stats.tooManySessions++;
      return undefined;
    }
    const session = new Session(this.#context, { gsi: view.gsi, port: view.sessionPort }, datagram.source, now);
    this.#sessions.push(session);
    this.#latest = session;
    this.#next = Math.min(this.#next, session.nextTimeout());
    return session;
  }

  #findNext(): void {
    let next = NEVER;
    for (const session of this.#sessions) next = Math.min(next, session.nextTimeout());
    this.#next = next;
  }

  #sendNak(session: Session, parent: Parent, sqn: Sqn): void {
    const bytes = encodePacket({
      type: "NAK",
      sourcePort: this.#config.port,
      destinationPort: session.tsi.port,
      gsi: session.tsi.gsi,
      sqn,
      sourceNla: session.sourceNla,
      groupNla: this.#config.group,
      options: [],
    });
    this.#host.transmit(
      parent.iface,
      new Datagram({
        source: this.#host.address(parent.iface),
        destination: parent.nla,
        ttl: NAK_TTL,
        routerAlert: false,
        bytes,
      }),
    );
  }
}
