/**
 * A socket that sends.
 *
 * ```text
 *   bound --connect--> connected --shutdown--> shut down     close of these two: the source lingers, repairs go on
 *     options            |   \
 *                        |    +--close: the source is gone at once, repairs are not served
 *                        +--interface gone--> broken: send fails with WSAECONNRESET
 * ```
 *
 * The window holds what was sent within its time, and what waits to be sent. `send` would block when the message does
 * not fit the rest of it; one that is larger than the whole window is taken once nothing waits, and leaves as the window
 * advances. It advances by RM_SEND_WINDOW_ADV_RATE when its oldest packet is as old as the window is long, and goes on
 * repair by repair where some wait then (docs/decisions/0007-held-advance.md).
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import { isIpv6, isMulticast, type Nla } from "../base/nla.ts";
import { MAX_WINDOW_SQNS } from "../base/sqn.ts";
import { type Instant, ms, NEVER } from "../base/time.ts";
import { Source } from "../source/source.ts";
import type { ParityConfig } from "../source/parity_config.ts";
import { SOURCE_DEFAULTS, type SourceConfig } from "../source/source_config.ts";
import { MessageBoundary } from "./message_boundary.ts";
import type { Network } from "./network.ts";
import { unsigned } from "./option_values.ts";
import * as rm from "./rm_options.ts";
import { senderStats } from "./rm_stats.ts";
import { NOT_READY, type Readiness, Role, type SentSession } from "./role.ts";
import { checkSendWindow, DEFAULT_SEND_WINDOW } from "./send_window.ts";
import { SD_BOTH, SD_RECEIVE } from "./winsock.ts";
import { WinsockError } from "./winsock_error.ts";

/** One packet: what leaves at one instant. The rate holds from packet to packet. */
const BURST_BYTES = 1_500;
/** What fits a packet of 1500 octets with all headers and options, RDATA with Router Alert included. */
const MAX_TSDU = { ipv4: 1_400, ipv6: 1_392 };
/** The same with parity: it has more options, and two octets more. */
const MAX_TSDU_FEC = { ipv4: 1_400, ipv6: 1_382 };
const OCTETS_PER_KBIT = 125;

/** The role of a socket that is bound to INADDR_ANY. */
export class SenderSocket extends Role {
  readonly #network: Network;
  readonly #any: Nla;
  readonly #stream: boolean;
  #window = DEFAULT_SEND_WINDOW;
  #method = rm.E_WINDOW_ADVANCE_BY_TIME;
  #advancePercent = rm.DEFAULT_ADVANCE_PERCENT;
  #lateJoinPercent = 0;
  #ttl = rm.MAX_MCAST_TTL;
  #sendIf: Nla | undefined = undefined;
  #fec = rm.FEC_OFF;
  #source: Source | undefined = undefined;
  /** Whether its interface is gone: the source stays, and sends no more. */
  #broken = false;
  readonly #boundary = new MessageBoundary();
  /** The octets that `send` refused last: it is writable again when they fit. */
  #refused = 1;

  /** `any` is INADDR_ANY of the socket's family. */
  constructor(network: Network, any: Nla, stream: boolean) {
    super({});
    this.#network = network;
    this.#any = any;
    this.#stream = stream;
  }

  override readiness(now: Instant): Readiness {
    const source = this.#source;
    if (source === undefined) return NOT_READY;
    // Who waits for room is told when there never will be any.
    const over = this.#broken || source.state !== "open";
    return { ...NOT_READY, writable: over || this.#fits(now, source, this.#refused) };
  }

  override connect(_now: Instant, group: string, port: number): void {
    if (this.#source !== undefined) throw new WinsockError("WSAEISCONN", "the sender is connected");
    const nla = rm.checkAddress("the group", group, this.#any);
    if (unsigned("port", port, 65_535) === 0) throw new WinsockError("WSAEADDRNOTAVAIL", "port 0 cannot be sent to");
    if (!isMulticast(nla)) throw new WinsockError("WSAEADDRNOTAVAIL", `${group} is not a multicast group`);
    const iface = this.#sendIf === undefined ? this.#network.first(isIpv6(nla)) : this.#network.find(this.#sendIf);
    if (iface === undefined) throw new WinsockError("WSAENETDOWN", "no interface to send on is up");
    const tsi = this.#network.drawTsi();
    if (tsi === undefined) throw new WinsockError("WSAENOBUFS", "the host sends as many sessions as it can");
    this.#source = new Source(this.#network.host, { ...this.#config(), tsi, group: nla, port, iface });
    this.#network.sources.set(tsi.port, this.#source);
  }

  override getsockname(): SentSession {
    if (this.#source === undefined) throw new WinsockError("WSAEINVAL", "the sender is not connected");
    const { tsi, iface, firstSqn, maxTsdu } = this.#source.config;
    return { address: this.#network.host.address(iface), port: tsi.port, tsi, firstSqn, maxTsdu };
  }

  override send(now: Instant, octets: Uint8Array): number {
    this.#assertWhole();
    const source = this.#source;
    if (source === undefined) throw new WinsockError("WSAENOTCONN", "the sender is not connected");
    if (source.state !== "open") throw new WinsockError("WSAESHUTDOWN", "the sender was shut down");
    if (!(octets instanceof Uint8Array)) throw new WinsockError("WSAEFAULT", "octets must be a Uint8Array");
    if (octets.length === 0) throw new WinsockError("WSAEINVAL", "a message of no octets would read as an end");
    if (octets.length > rm.MAX_MESSAGE_BYTES) {
      throw new WinsockError("WSAEMSGSIZE", `${octets.length} octets are more than ${rm.MAX_MESSAGE_BYTES}`);
    }
    const completed = this.#boundary.with(octets.length);
    if (completed !== undefined) this.#take(now, source, completed);
    const message = this.#boundary.add(octets);
    if (message !== undefined) this.#submit(now, source, message);
    return octets.length;
  }

  override shutdown(now: Instant, how: number): void {
    if (unsigned("how", how, 0xffff_ffff) > SD_BOTH) {
      throw new WinsockError("WSAEINVAL", `how ${how} must be in 0 .. 2`);
    }
    this.#assertWhole();
    if (this.#source === undefined) throw new WinsockError("WSAENOTCONN", "the sender is not connected");
    if (how === SD_RECEIVE) throw new WinsockError("WSAEOPNOTSUPP", "a sender receives nothing");
    this.#source.close(now);
  }

  override close(): void {
    const source = this.#source;
    if (source?.state === "open" && !this.#broken) this.#network.sources.delete(source.config.tsi.port);
  }

  override interfaceDown(_now: Instant, iface: number): void {
    if (this.#source?.config.iface === iface) this.#broken = true;
  }

  override getOption(now: Instant, level: number, option: number): unknown {
    rm.checkOptionUse({ level, option, use: "get", role: "sender", late: false });
    switch (option) {
      case rm.RM_RATE_WINDOW_SIZE:
        return this.#window;
      case rm.RM_SENDER_WINDOW_ADVANCE_METHOD:
        return this.#method;
      case rm.RM_SEND_WINDOW_ADV_RATE:
        return this.#advancePercent;
      case rm.RM_LATEJOIN:
        return this.#lateJoinPercent;
      case rm.RM_SET_SEND_IF:
        return this.#sendIf ?? this.#any;
      case rm.RM_USE_FEC:
        return this.#fec;
      default:
        return senderStats(this.#source, now, this.#space(now));
    }
  }

  override setOption(level: number, option: number, value: unknown): void {
    rm.checkOptionUse({ level, option, use: "set", role: "sender", late: this.#source !== undefined });
    switch (option) {
      case rm.RM_RATE_WINDOW_SIZE:
        this.#window = checkSendWindow(value, this.#window);
        return;
      case rm.RM_SENDER_WINDOW_ADVANCE_METHOD:
        this.#method = rm.checkAdvanceMethod(value);
        return;
      case rm.RM_SEND_WINDOW_ADV_RATE:
        this.#advancePercent = rm.checkNumber("the advance", value, { from: 1, to: rm.MAX_ADVANCE_PERCENT });
        return;
      case rm.RM_LATEJOIN:
        this.#lateJoinPercent = rm.checkNumber("the late-join share", value, { from: 0, to: rm.MAX_LATE_JOIN_PERCENT });
        return;
      case rm.RM_SET_MCAST_TTL:
        this.#ttl = rm.checkNumber("the TTL", value, { from: 1, to: rm.MAX_MCAST_TTL });
        return;
      case rm.RM_SET_SEND_IF:
        this.#sendIf = this.#local(rm.checkAddress("the interface", value, this.#any));
        return;
      case rm.RM_USE_FEC:
        this.#fec = rm.checkFec(value);
        return;
      default:
        this.#setBoundary(value);
    }
  }

  #assertWhole(): void {
    if (this.#broken) throw new WinsockError("WSAECONNRESET", "the interface that it sent on is gone");
  }

  #setBoundary(value: unknown): void {
    if (this.#stream) throw new WinsockError("WSAEOPNOTSUPP", "RM_SET_MESSAGE_BOUNDARY is for message mode");
    const bytes = rm.checkNumber("the message", value, { from: 1, to: rm.MAX_MESSAGE_BYTES });
    this.#boundary.set(bytes);
  }

  #local(address: Nla): Nla {
    if (this.#network.find(address) !== undefined) return address;
    throw new WinsockError("WSAEADDRNOTAVAIL", `${address} is not the address of an interface that is up`);
  }

  #config(): Omit<SourceConfig, "tsi" | "group" | "port" | "iface"> {
    const txwSecs = ms(this.#window.WindowSizeInMSecs);
    const parity = parityConfig(this.#fec);
    const maxTsdu = parity === undefined ? MAX_TSDU : MAX_TSDU_FEC;
    return {
      ...SOURCE_DEFAULTS,
      ttl: this.#ttl,
      txwMaxRte: this.#window.RateKbitsPerSec * OCTETS_PER_KBIT,
      rateCoversRdata: true,
      burstBytes: BURST_BYTES,
      peakRte: Infinity,
      txwSecs,
      txwAdvSecs: Math.floor(txwSecs * this.#advancePercent / 100),
      incrementRepairsFirst: true,
      holdForRepairs: true,
      txwMaxSqns: MAX_WINDOW_SQNS,
      maxTsdu: isIpv6(this.#any) ? maxTsdu.ipv6 : maxTsdu.ipv4,
      parity,
      lateJoin: this.#lateJoinPercent / 100,
      // The window decides what is taken: a message that is larger than it must not be refused in the middle.
      sendBufferBytes: this.#window.WindowSizeInBytes + rm.MAX_MESSAGE_BYTES,
    };
  }

  /** Throws unless the window takes `bytes` more. */
  #take(now: Instant, source: Source, bytes: number): void {
    this.#refused = bytes;
    if (!this.#fits(now, source, bytes)) throw new WinsockError("WSAEWOULDBLOCK", "the send window is full");
    this.#refused = 1;
  }

  #fits(now: Instant, source: Source, bytes: number): boolean {
    if (bytes > this.#window.WindowSizeInBytes) return source.waiting === 0;
    return bytes <= this.#space(now);
  }

  /** The octets of the window that are free. */
  #space(now: Instant): number {
    const gauges = this.#source?.gauges(now);
    const used = gauges === undefined ? 0 : gauges.windowBytes + gauges.waitingBytes;
    return Math.max(0, this.#window.WindowSizeInBytes - used);
  }

  /** In stream mode each packet is a message of its own: a receiver need not wait for the rest of a `send`. */
  #submit(now: Instant, source: Source, message: Uint8Array): void {
    const step = this.#stream ? source.config.maxTsdu : message.length;
    for (let at = 0; at < message.length; at += step) {
      const result = source.send(now, message.subarray(at, at + step));
      assert(result === "accepted", `the source refused what the window takes: ${result}`);
    }
  }
}

/** Groups have one size: of one that is not full, packets are repaired one by one. */
function parityConfig(fec: rm.RmFecInfo): ParityConfig | undefined {
  if (fec.FECGroupSize === 0) return undefined;
  return {
    groupSize: fec.FECGroupSize,
    proActive: fec.FECProActivePackets,
    onDemand: fec.fFECOnDemandParityEnabled,
    truncateAfter: NEVER,
  };
}
