/**
 * A PGM source (RFC 3208, section 5): multicasts data inside its transmit window at a bounded rate, interleaves SPMs,
 * answers NAKs with NCFs at once and with repairs as the rate allows.
 *
 * @module
 */

import { Datagram } from "../base/datagram.ts";
import type { Endpoint, Host } from "../base/host.ts";
import { isIpv6 } from "../base/nla.ts";
import { Slab } from "../base/slab.ts";
import { type Sqn, sqnAdd, sqnBefore } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { PacketType } from "../wire/constants.ts";
import { encodeData, encodePacket, encodeRepair } from "../wire/encode.ts";
import { type PacketView, ParseError, viewPacket } from "../wire/packet_view.ts";
import { Egress, type EgressClass, type EgressHeads } from "./egress.ts";
import { Fifo } from "./fifo.ts";
import { fragment, type Tsdu } from "./fragmenter.ts";
import { RepairQueue } from "./repair_queue.ts";
import { assertSourceConfig, type SourceConfig } from "./source_config.ts";
import { SourceStats } from "./source_stats.ts";
import { SpmSchedule } from "./spm_schedule.ts";
import { TransmitWindow } from "./transmit_window.ts";

/**
 * What became of a message handed to {@link Source.send}: `accepted` will be sent; `would-block` was not taken, because
 * too much waits already: try again after {@link SourceListener.onWritable}; `closed` was not taken, because the
 * session was closed or aborted.
 */
export type SendResult = "accepted" | "would-block" | "closed";

/**
 * Where a session is in its life: `open` for data; `closing` while data that was submitted before
 * {@link Source.close} still waits; `lingering` for TXW_SECS after OPT_FIN or OPT_RST was first sent, still announcing
 * the end and serving NAKs; then `closed` and silent.
 */
export type SourceState = "open" | "closing" | "lingering" | "closed";

/** How a session is aborted (section 9.8). */
export interface Abort {
  /** OPT_RST's error code, 0 .. 63; 0 for an unknown cause. */
  readonly errorCode: number;
  /** Whether NAKs are still served while the session lingers; otherwise OPT_RST has the N bit. */
  readonly nakable: boolean;
}

/** What a source tells its application. */
export interface SourceListener {
  /** There is room again after a message was refused. May call {@link Source.send}. */
  onWritable?(now: Instant): void;
  /** The session has lingered long enough after its end: it is silent from now on. */
  onClosed?(now: Instant): void;
}

/** The NCFs that wait: never more than NAKs can arrive while the egress is closed. */
const MAX_WAITING_NCFS = 65_536;
const SPM_BYTES = { ipv4: 36, ipv6: 48 } as const;
const DATA_HEADER_BYTES = 24;
const FRAGMENT_OPTION_BYTES = 20;

interface Ncf {
  readonly sqn: Sqn;
  readonly list: readonly Sqn[];
}

/**
 * Sends one session's data to its group and repairs what receivers ask for (RFC 3208, section 5). Whoever runs it calls
 * {@link Source.handleDatagram} for what arrives and {@link Source.handleTimeout} when {@link Source.nextTimeout} says
 * so.
 *
 * @example A source announces itself with an SPM and sends a message in two fragments
 * ```ts
 * import {
 *   type Datagram, describePacket, ms, parseNla, prngFromSeed, Source, SOURCE_DEFAULTS, viewPacket,
 * } from "@pgmlab/pgmlab";
 *
 * const sent: string[] = [];
 * const host = {
 *   random: prngFromSeed(1),
 *   address: () => parseNla("10.0.0.1")!,
 *   isLocal: () => true,
 *   transmit: (_iface: number, datagram: Datagram) => sent.push(describePacket(viewPacket(datagram))),
 *   joinGroup: () => {},
 *   leaveGroup: () => {},
 *   note: () => {},
 * };
 * const source = new Source(host, {
 *   ...SOURCE_DEFAULTS,
 *   tsi: { gsi: 0x0a0b0c, port: 4000 },
 *   group: parseNla("239.192.0.1")!,
 *   port: 7500,
 *   iface: 0,
 * });
 * source.send(0, new Uint8Array(2000));
 * while (source.nextTimeout() < ms(50)) source.handleTimeout(source.nextTimeout());
 *
 * const types = sent.map((packet) => packet.split(" ")[0]).join();
 * if (types !== "SPM,ODATA,ODATA") throw new Error(sent.join("; "));
 * ```
 */
export class Source implements Endpoint {
  /** What was counted since the start. */
  readonly stats = new SourceStats();
  /** The parameters, as given. */
  readonly config: SourceConfig;
  readonly #host: Host;
  readonly #listener: SourceListener;
  readonly #slab = new Slab();
  readonly #window: TransmitWindow;
  readonly #schedule: SpmSchedule;
  readonly #egress: Egress;
  readonly #repairs: RepairQueue;
  readonly #ncfs = new Fifo<Ncf>();
  readonly #waiting = new Fifo<Tsdu>();
  #waitingBytes = 0;
  #refused = false;
  #nextSqn: Sqn;
  #spmSqn: Sqn;
  #egressAt: Instant = NEVER;

  /**
   * `host` and `listener` are called by the source only from within its own methods.
   *
   * @throws {AssertionError} if a parameter is out of its range
   */
  constructor(host: Host, config: SourceConfig, listener: SourceListener = {}) {
    assertSourceConfig(config);
    this.#host = host;
    this.config = config;
    this.#listener = listener;
    this.#window = new TransmitWindow(config.firstSqn, config.txwMaxSqns, config.txwSecs, config.txwAdvSecs);
    this.#schedule = new SpmSchedule(config.ambientSpmIvl, config.ihbMin, config.ihbMax);
    this.#egress = new Egress(config);
    this.#repairs = new RepairQueue(config.rdataDelay);
    this.#nextSqn = config.firstSqn;
    this.#spmSqn = config.firstSpmSqn;
  }

  /** TXW_TRAIL. */
  get trail(): Sqn {
    return this.#window.trail;
  }

  /** TXW_LEAD: the newest packet sent; `trail - 1` when the window is empty. */
  get lead(): Sqn {
    return this.#window.lead;
  }

  /** Data packets that wait to be sent for the first time. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The sequence number that the next message will begin with. */
  get nextSqn(): Sqn {
    return this.#nextSqn;
  }

  /**
   * Submits a message of any length; what is longer than `maxTsdu` is fragmented (section 9.2). The octets belong to
   * the source from now on: the caller must not change them.
   */
  send(now: Instant, message: Uint8Array): SendResult {
    if (this.waiting > 0 && this.#waitingBytes + message.length > this.config.sendBufferBytes) {
      this.#refused = true;
      return "would-block";
    }
    const tsdus = fragment(message, this.#nextSqn, this.config.maxTsdu);
    for (const tsdu of tsdus) this.#waiting.push(tsdu);
    this.#nextSqn = sqnAdd(this.#nextSqn, tsdus.length);
    this.#waitingBytes += message.length;
    this.stats.messages++;
    this.stats.messageBytes += message.length;
    this.#advanceWindow(now);
    this.#schedule.expire(now);
    this.#pump(now);
    return "accepted";
  }

  /** When {@link Source.handleTimeout} is due: data may leave, an SPM is owed, or the window advances. */
  nextTimeout(): Instant {
    return Math.min(this.#egressAt, this.#schedule.nextTimeout(), this.#window.nextAdvance());
  }

  /** Sends what may leave now. */
  handleTimeout(now: Instant): void {
    this.#advanceWindow(now);
    this.#schedule.expire(now);
    this.#pump(now);
    if (this.#refused && this.#waitingBytes * 2 <= this.config.sendBufferBytes) {
      this.#refused = false;
      this.#listener.onWritable?.(now);
    }
  }

  /** Takes a packet in: NAKs are answered, everything else is counted; nothing is thrown. */
  handleDatagram(now: Instant, _iface: number, datagram: Datagram): void {
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) {
      this.stats.malformed++;
      return;
    }
    const { tsi, port } = this.config;
    if (view.gsi !== tsi.gsi || view.sessionPort !== tsi.port || view.groupPort !== port) {
      this.stats.foreign++;
      return;
    }
    const { type } = view;
    if (type !== PacketType.NAK && type !== PacketType.NNAK) this.stats.ignored++;
    else if (!this.#isNamed(view)) this.stats.foreign++;
    // A repairer has served it already (section 3.6.3.2): neither a confirmation nor a repair is due.
    else if (type === PacketType.NNAK) this.stats.nnaksReceived++;
    else if (view.parity) this.stats.ignored++;
    else this.#onNak(now, view);
  }

  /** Whether a NAK or NNAK names this source and its group. */
  #isNamed(view: PacketView): boolean {
    return view.sourceNla() === this.#host.address(this.config.iface) && view.groupNla() === this.config.group;
  }

  #onNak(now: Instant, view: PacketView): void {
    this.#advanceWindow(now);
    this.stats.naksReceived++;
    const list = view.nakList();
    this.#queueNcf(now, view.sqn, list);
    this.#queueRepair(now, view.sqn);
    for (const sqn of list) this.#queueRepair(now, sqn);
    this.#pump(now);
  }

  /** The first NCF for a packet leaves at once, repeats no closer together than `ncfRepeatIvl`. */
  #queueNcf(now: Instant, sqn: Sqn, list: readonly Sqn[]): void {
    const since = now - this.#window.confirmedAt(sqn);
    if ((list.length === 0 && since < this.config.ncfRepeatIvl) || this.#ncfs.size >= MAX_WAITING_NCFS) {
      this.stats.ncfsHeldBack++;
      return;
    }
    this.#window.confirm(now, sqn);
    for (const listed of list) this.#window.confirm(now, listed);
    this.#ncfs.push({ sqn, list });
  }

  #queueRepair(now: Instant, sqn: Sqn): void {
    if (sqnBefore(sqn, this.#window.trail)) this.stats.naksBehindTrail++;
    else if (this.#window.packet(sqn) === undefined) this.stats.naksBeyondLead++;
    else if (!this.#repairs.add(now, sqn)) this.stats.naksMerged++;
  }

  #advanceWindow(now: Instant): void {
    if (this.#window.nextAdvance() > now) return;
    this.#window.advance(now);
    this.stats.repairsExpired += this.#repairs.dropBefore(this.#window.trail);
  }

  /** Sends whatever may leave now, and finds out when the rest may. */
  #pump(now: Instant): void {
    for (;;) {
      const heads = this.#heads(now);
      const turn = this.#egress.next(now, heads);
      if (turn === undefined || turn.at > now) {
        this.#egressAt = Math.min(turn?.at ?? NEVER, this.#repairsReadyAfter(now));
        return;
      }
      const bytes = this.#encode(now, turn.class);
      this.#egress.sent(now, turn.class, bytes.length, heads.rdata !== undefined && heads.odata !== undefined);
      this.#transmit(turn.class, bytes);
    }
  }

  #heads(now: Instant): EgressHeads {
    const ipv6 = isIpv6(this.config.group);
    const repair = this.#repairs.readyAt() <= now ? this.#window.packet(this.#repairs.first()!) : undefined;
    const tsdu = this.#window.full ? undefined : this.#waiting.first;
    return {
      ncf: this.#ncfs.size > 0,
      spm: this.#schedule.due ? (ipv6 ? SPM_BYTES.ipv6 : SPM_BYTES.ipv4) : undefined,
      rdata: repair?.length,
      odata: tsdu === undefined
        ? undefined
        : DATA_HEADER_BYTES + (tsdu.fragment === undefined ? 0 : FRAGMENT_OPTION_BYTES) + tsdu.payload.length,
    };
  }

  #repairsReadyAfter(now: Instant): Instant {
    const at = this.#repairs.readyAt();
    return at > now ? at : NEVER;
  }

  #encode(now: Instant, kind: EgressClass): Uint8Array {
    switch (kind) {
      case "NCF":
        return this.#encodeNcf(this.#ncfs.shift()!);
      case "SPM":
        this.#schedule.spmSent(now);
        return this.#encodeSpm();
      case "RDATA": {
        const sqn = this.#repairs.first()!;
        this.#repairs.remove(sqn);
        this.#schedule.dataSent(now);
        return encodeRepair(this.#slab, this.#window.packet(sqn)!, this.#window.trail);
      }
      case "ODATA":
        this.#schedule.dataSent(now);
        return this.#encodeOdata(now);
    }
  }

  #encodeNcf(ncf: Ncf): Uint8Array {
    const { tsi, port, group, iface } = this.config;
    return encodePacket({
      type: "NCF",
      sourcePort: tsi.port,
      destinationPort: port,
      gsi: tsi.gsi,
      sqn: ncf.sqn,
      sourceNla: this.#host.address(iface),
      groupNla: group,
      options: ncf.list.length === 0 ? [] : [{ type: "NAK_LIST", sqns: [...ncf.list] }],
    });
  }

  #encodeSpm(): Uint8Array {
    const { tsi, port, iface } = this.config;
    const sqn = this.#spmSqn;
    this.#spmSqn = sqnAdd(sqn, 1);
    return encodePacket({
      type: "SPM",
      sourcePort: tsi.port,
      destinationPort: port,
      gsi: tsi.gsi,
      sqn,
      trail: this.#window.trail,
      lead: this.#window.lead,
      pathNla: this.#host.address(iface),
      options: [],
    });
  }

  #encodeOdata(now: Instant): Uint8Array {
    const tsdu = this.#waiting.shift()!;
    this.#waitingBytes -= tsdu.payload.length;
    const bytes = encodeData(this.#slab, {
      type: PacketType.ODATA,
      gsi: this.config.tsi.gsi,
      sourcePort: this.config.tsi.port,
      destinationPort: this.config.port,
      sqn: tsdu.sqn,
      // An empty window's trail is the packet that is sent now.
      trail: this.#window.trail,
      fragment: tsdu.fragment,
      payload: tsdu.payload,
    });
    this.#window.append(now, bytes);
    return bytes;
  }

  #transmit(kind: EgressClass, bytes: Uint8Array): void {
    const stats = this.stats;
    if (kind === "NCF") stats.ncf++;
    else if (kind === "SPM") stats.spm++;
    else if (kind === "RDATA") stats.rdata++;
    else stats.odata++;
    stats.bytes += bytes.length;
    const { iface, group, ttl } = this.config;
    this.#host.transmit(
      iface,
      // SPM, NCF and RDATA are for network elements too (section 4); ODATA is merely switched.
      new Datagram({
        source: this.#host.address(iface),
        destination: group,
        ttl,
        routerAlert: kind !== "ODATA",
        bytes,
      }),
    );
  }
}
