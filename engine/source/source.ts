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
import { type Sqn, sqnAdd } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { PacketType } from "../wire/constants.ts";
import { encodeData, encodePacket, encodeRepair } from "../wire/encode.ts";
import { type PacketView, ParseError, viewPacket } from "../wire/packet_view.ts";
import { Egress, type EgressClass, type EgressHeads } from "./egress.ts";
import { fragment, type Tsdu } from "./fragmenter.ts";
import { RepairQueue } from "./repair_queue.ts";
import { assertSourceConfig, type SourceConfig } from "./source_config.ts";
import { SourceStats } from "./source_stats.ts";
import { SpmSchedule } from "./spm_schedule.ts";
import { TransmitWindow } from "./transmit_window.ts";

/** What became of a message handed to {@link Source.send}. */
export type SendResult =
  /** It will be sent. */
  | "accepted"
  /** Too much waits already: try again after `onWritable`. */
  | "would-block";

/** What a source tells its application. */
export interface SourceListener {
  /** There is room again after a message was refused. May call {@link Source.send}. */
  onWritable?(now: Instant): void;
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

/** Sends one session's data to its group. */
export class Source implements Endpoint {
  readonly stats = new SourceStats();
  readonly config: SourceConfig;
  readonly #host: Host;
  readonly #listener: SourceListener;
  readonly #slab = new Slab();
  readonly #window: TransmitWindow;
  readonly #schedule: SpmSchedule;
  readonly #egress: Egress;
  readonly #repairs: RepairQueue;
  #ncfs: Ncf[] = [];
  #waiting: Tsdu[] = [];
  #waitingHead = 0;
  #waitingBytes = 0;
  #refused = false;
  #nextSqn: Sqn;
  #spmSqn: Sqn;
  #egressAt: Instant = NEVER;

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
    return this.#waiting.length - this.#waitingHead;
  }

  /** The sequence number that the next message will begin with. */
  get nextSqn(): Sqn {
    return this.#nextSqn;
  }

  /** Submits a message. The octets belong to the source from now on. */
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

  nextTimeout(): Instant {
    return Math.min(this.#egressAt, this.#schedule.nextTimeout(), this.#window.nextAdvance());
  }

  handleTimeout(now: Instant): void {
    this.#advanceWindow(now);
    this.#schedule.expire(now);
    this.#pump(now);
    if (this.#refused && this.#waitingBytes * 2 <= this.config.sendBufferBytes) {
      this.#refused = false;
      this.#listener.onWritable?.(now);
    }
  }

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
    if (view.type === PacketType.NAK && !view.parity) this.#onNak(now, view);
    else this.stats.ignored++;
  }

  #onNak(now: Instant, view: PacketView): void {
    if (view.sourceNla() !== this.#host.address(this.config.iface) || view.groupNla() !== this.config.group) {
      this.stats.foreign++;
      return;
    }
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
    if ((list.length === 0 && since < this.config.ncfRepeatIvl) || this.#ncfs.length >= MAX_WAITING_NCFS) {
      this.stats.ncfsHeldBack++;
      return;
    }
    this.#window.confirm(now, sqn);
    this.#ncfs.push({ sqn, list });
  }

  #queueRepair(now: Instant, sqn: Sqn): void {
    if (this.#window.packet(sqn) === undefined) this.stats.naksOutsideWindow++;
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
    const tsdu = this.#window.full ? undefined : this.#waiting[this.#waitingHead];
    return {
      ncf: this.#ncfs.length > 0,
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
    const tsdu = this.#waiting[this.#waitingHead]!;
    this.#waitingHead++;
    this.#waitingBytes -= tsdu.payload.length;
    if (this.#waitingHead >= 1024 && this.#waitingHead * 2 >= this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#waitingHead);
      this.#waitingHead = 0;
    }
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
