/**
 * What the sockets of one group and port share: a receiver, its sessions, and the backlog of those that wait to be
 * accepted.
 *
 * ```text
 *   first packet            ODATA, and room in the backlog             accept
 *   -------------> opened ---------------------------------> waiting ---------> accepted
 *                    |  ODATA, and no room: forgotten           |                   |
 *                    +------------------------------------------+--- socket closed, +--> forgotten: the next packet
 *                                                   loss, interface gone, too slow       opens it anew
 * ```
 *
 * Sessions that end in another way (OPT_FIN, OPT_RST, silence) are left to the receiver, which remembers them for a
 * while: late packets of theirs do not open them again.
 *
 * @module
 */

import type { Datagram } from "../base/datagram.ts";
import type { Nla } from "../base/nla.ts";
import type { Sqn } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import { Receiver } from "../receiver/receiver.ts";
import { RECEIVER_DEFAULTS, type ReceiverConfig } from "../receiver/receiver_config.ts";
import type { ReceiverListener, Session } from "../receiver/session.ts";
import type { SessionEnd } from "../receiver/session_listener.ts";
import type { PacketView } from "../wire/packet_view.ts";
import type { BoundGroup, Network } from "./network.ts";
import { MAX_MESSAGE_BYTES } from "./rm_options.ts";
import { SessionInbox } from "./session_inbox.ts";

/**
 * How sockets receive. The window of the source decides what is lost, not the number of repeats, be it of NAKs that
 * nobody confirms or of repairs that do not come. Repairs do not begin a session: after a reset, those that are still on
 * their way would begin it in the past, to be reset again.
 */
const CONFIG: Omit<ReceiverConfig, "group" | "port"> = {
  ...RECEIVER_DEFAULTS,
  lossPolicy: "reset",
  rdataBegins: false,
  nakNcfRetries: 10_000,
  nakDataRetries: 10_000,
  rxwMaxSqns: 0x100_0000,
  maxApdu: MAX_MESSAGE_BYTES,
  // A message of the largest size that is put together, and as much behind gaps.
  bufferBytes: 2 * MAX_MESSAGE_BYTES,
};

/** Receives a group and port for the sockets of a host. */
export class GroupReceiver implements ReceiverListener, BoundGroup {
  /** The engine. */
  readonly receiver: Receiver;
  /** The group. */
  readonly group: Nla;
  /** The data-destination port. */
  readonly port: number;
  readonly #network: Network;
  /** The interfaces on which the group was joined. */
  #interfaces: readonly number[] = [];
  /** How many sessions may wait to be accepted; 0 before `listen` and after the listening socket was closed. */
  #room = 0;
  /** Those that have not ended. */
  readonly #inboxes = new Map<Session, SessionInbox>();
  /** Those of which no ODATA was received yet. */
  #opened: SessionInbox[] = [];
  /** Those that wait to be accepted. */
  #waiting: SessionInbox[] = [];
  /** How many sessions sockets hold. */
  #accepted = 0;
  /** What the receiver is to forget once it is not busy. */
  #over: Session[] = [];

  /** `group` and `port` are bound by no other. */
  constructor(network: Network, group: Nla, port: number) {
    this.#network = network;
    this.group = group;
    this.port = port;
    this.receiver = new Receiver(network.host, { ...CONFIG, group, port }, this);
    network.groups.add(this);
  }

  /** Whether a session waits to be accepted. */
  get acceptable(): boolean {
    return this.#waiting.length > 0;
  }

  /** Begins to receive on some interfaces; `backlog` sessions may wait to be accepted. */
  listen(interfaces: readonly number[], backlog: number): void {
    this.#interfaces = interfaces;
    this.#room = backlog;
    for (const iface of interfaces) this.#network.join(iface, this.group);
  }

  /** The session that waits longest, or `undefined`. It is to be given back to {@link leave}. */
  accept(): SessionInbox | undefined {
    const inbox = this.#waiting.shift();
    if (inbox !== undefined) this.#accepted++;
    return inbox;
  }

  /** The socket of an accepted session is closed. */
  leave(inbox: SessionInbox): void {
    this.#accepted--;
    this.#abandon(inbox);
    this.#releaseIfUnused();
  }

  /** The listening socket is closed: sessions that were accepted go on, no other begins. */
  close(): void {
    this.#room = 0;
    for (const inbox of [...this.#opened, ...this.#waiting]) this.#abandon(inbox);
    this.#opened = [];
    this.#waiting = [];
    this.#releaseIfUnused();
  }

  /** Whether a packet is for this group and port: a multicast, or an NCF that comes by unicast and names the group. */
  takes(datagram: Datagram, view: PacketView): boolean {
    if (this.#interfaces.length === 0 || view.groupPort !== this.port) return false;
    return (datagram.multicast ? datagram.destination : view.groupNla()) === this.group;
  }

  /** A packet that it takes. */
  handleDatagram(now: Instant, iface: number, datagram: Datagram): void {
    this.receiver.handleDatagram(now, iface, datagram);
    if (this.#opened.length > 0) this.#admit(iface);
    this.#forgetOver();
  }

  /** Fires everything that is due. */
  handleTimeout(now: Instant): void {
    this.receiver.handleTimeout(now);
    this.#forgetOver();
  }

  /** An interface has gone: the sessions that came in on it are disconnected. */
  interfaceDown(iface: number): void {
    for (const inbox of this.#inboxes.values()) {
      if (inbox.iface !== iface) continue;
      inbox.finish("WSAECONNRESET");
      this.#abandon(inbox);
    }
  }

  /** {@link ReceiverListener}: the first packet of a session. */
  onOpen(_now: Instant, session: Session): void {
    const inbox = new SessionInbox(session);
    this.#inboxes.set(session, inbox);
    this.#opened.push(inbox);
  }

  /** {@link ReceiverListener}: a message. */
  onMessage(_now: Instant, session: Session, message: Uint8Array, firstSqn: Sqn): void {
    const inbox = this.#inboxes.get(session);
    if (inbox === undefined || inbox.push(message, firstSqn)) return;
    inbox.overrun();
    this.#inboxes.delete(session);
    this.#over.push(session);
  }

  /** {@link ReceiverListener}: a loss ends the session, or is of a message that began before the session. */
  onLoss(): void {}

  /** {@link ReceiverListener}: the end of a session. */
  onEnd(_now: Instant, session: Session, end: SessionEnd): void {
    const inbox = this.#inboxes.get(session);
    if (inbox === undefined) return;
    inbox.finish(end === "fin" ? "WSAEDISCON" : "WSAECONNRESET");
    this.#inboxes.delete(session);
    if (end === "loss") this.#over.push(session);
  }

  /** Only ODATA makes a session acceptable, and only if there is room; it comes in on `iface`. */
  #admit(iface: number): void {
    const opened = this.#opened;
    this.#opened = [];
    for (const inbox of opened) {
      const { session } = inbox;
      if (session.stats.odata === 0 || session.next === undefined) {
        if (inbox.end === undefined) this.#opened.push(inbox);
      } else if (this.#waiting.length >= this.#room) this.#abandon(inbox);
      else {
        inbox.iface = iface;
        this.#waiting.push(inbox);
      }
    }
  }

  /** Nobody wants the session any more. */
  #abandon({ session }: SessionInbox): void {
    if (this.#inboxes.delete(session)) this.receiver.forget(session);
  }

  /** A session that fell silent is gone from the receiver already. */
  #forgetOver(): void {
    for (const session of this.#over) {
      if (this.receiver.sessions.includes(session)) this.receiver.forget(session);
    }
    this.#over = [];
  }

  #releaseIfUnused(): void {
    if (this.#room > 0 || this.#accepted > 0) return;
    for (const iface of this.#interfaces) this.#network.leave(iface, this.group);
    this.#interfaces = [];
    this.#network.groups.delete(this);
  }
}
