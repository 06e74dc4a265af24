/**
 * A PGM source (RFC 3208, section 5): multicasts data inside its transmit window at a bounded rate, interleaves SPMs,
 * answers NAKs with NCFs at once and with repairs as the rate allows, and announces its end.
 *
 * @module
 */

import { assert } from "../base/assert.ts";
import type { Datagram } from "../base/datagram.ts";
import type { Endpoint, Host } from "../base/host.ts";
import { RateMeter } from "../base/rate_meter.ts";
import type { Nla } from "../base/nla.ts";
import type { Sqn } from "../base/sqn.ts";
import { type Instant, NEVER } from "../base/time.ts";
import { PacketType } from "../wire/constants.ts";
import { MalformedCounts } from "../wire/malformed_counts.ts";
import type { OptionValue } from "../wire/values.ts";
import { type PacketView, ParseError, viewPacket } from "../wire/packet_view.ts";
import { Egress, type EgressClass, type EgressHeads } from "./egress.ts";
import { Fifo } from "../base/fifo.ts";
import { FirstHop } from "./first_hop.ts";
import { isLastOfMessage } from "./fragmenter.ts";
import { type Abort, LifeCycle, type SourceState } from "./life_cycle.ts";
import { NakService } from "./nak_service.ts";
import { SendQueue } from "./send_queue.ts";
import { assertSourceConfig, type SourceConfig } from "./source_config.ts";
import type { SendResult, SourceListener } from "./source_listener.ts";
import { type OdataFlags, SourcePackets } from "./source_packets.ts";
import { countSent, type SourceGauges, SourceStats } from "./source_stats.ts";
import { SourceParity } from "./source_parity.ts";
import { SpmSchedule } from "./spm_schedule.ts";
import { TransmitWindow } from "./transmit_window.ts";
import { type WindowAdvance, windowAdvance } from "./window_advance.ts";

export type { Abort, SourceState } from "./life_cycle.ts";
export type { SendResult, SourceListener } from "./source_listener.ts";

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
  readonly #life: LifeCycle;
  readonly #window: TransmitWindow;
  readonly #advance: WindowAdvance;
  readonly #packets: SourcePackets;
  readonly #schedule: SpmSchedule;
  readonly #egress: Egress;
  readonly #naks: NakService;
  readonly #firstHop: FirstHop;
  readonly #queue: SendQueue;
  readonly #parity: SourceParity | undefined;
  readonly #malformed = new MalformedCounts();
  /** With `txwStrategy` "application", the last packets of the messages in the window. */
  readonly #sentMessages = new Fifo<Sqn>();
  #meter: RateMeter | undefined = undefined;
  #egressAt: Instant = NEVER;
  #writableAt: Instant = NEVER;

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
    this.#life = new LifeCycle(config.txwSecs);
    const window = new TransmitWindow(config.firstSqn, config.txwAdvSecs, config.txwMaxRte);
    this.#window = window;
    this.#advance = windowAdvance(window, config);
    this.#packets = new SourcePackets(host, config, window);
    this.#schedule = new SpmSchedule(config);
    this.#egress = new Egress(config);
    const firstHop = new FirstHop(config, host, this.stats, (sqn) => this.#naks.repairs.has(sqn));
    this.#firstHop = firstHop;
    const { parity, rdataDelay } = config;
    this.#parity = parity === undefined ? undefined : new SourceParity(parity, rdataDelay, this.stats);
    const parts = { window, advance: this.#advance, firstHop, stats: this.stats, parity: this.#parity };
    this.#naks = new NakService(config, parts);
    this.#queue = new SendQueue(config);
  }

  /** Where the session is in its life. */
  get state(): SourceState {
    return this.#life.state;
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
    return this.#queue.size;
  }

  /** The sequence number that the next message will begin with. */
  get nextSqn(): Sqn {
    return this.#queue.nextSqn;
  }

  /** Malformed packets by cause; `stats.malformed` is their sum. */
  get malformed(): ReadonlyMap<ParseError, number> {
    return this.#malformed.byCause;
  }

  /** The state of the session now. */
  gauges(now: Instant): SourceGauges {
    return {
      trail: this.#window.trail,
      lead: this.#window.lead,
      windowPackets: this.#window.size,
      windowBytes: this.#window.bytes,
      waitingPackets: this.#queue.size,
      waitingBytes: this.#queue.bytes,
      bufferSpace: this.#queue.room,
      outstandingNaks: this.#naks.waiting,
      nakBoIvl: this.#firstHop.nakBoIvl,
      population: this.#firstHop.population,
      rateOverall: this.#meter?.overall(now) ?? 0,
      rateLast: this.#meter?.last(now) ?? 0,
    };
  }

  /**
   * Submits a message of any length; what is longer than `maxTsdu` is fragmented (section 9.2). The octets belong to
   * the source from now on: the caller must not change them.
   */
  send(now: Instant, message: Uint8Array): SendResult {
    if (this.state !== "open") return "closed";
    if (!this.#queue.push(message)) return "would-block";
    this.stats.messages++;
    this.stats.messageBytes += message.length;
    this.#expire(now);
    this.#pump(now);
    return "accepted";
  }

  /**
   * Moves TXW_TRAIL past the last fragment of the oldest `messages` messages that were sent in whole and are still in
   * the window (section 16.4); gives how many there were.
   *
   * @throws {AssertionError} unless `txwStrategy` is "application"
   */
  release(now: Instant, messages = 1): number {
    assert(this.config.txwStrategy === "application", 'only the txwStrategy "application" releases messages');
    assert(messages >= 0, "the number of messages to release must not be negative");
    this.#expire(now);
    const released = this.state === "closed" ? 0 : Math.min(messages, this.#sentMessages.size);
    if (released === 0) return 0;
    let last = this.#window.trail;
    for (let i = 0; i < released; i++) last = this.#sentMessages.shift()!;
    this.#window.dropThrough(last);
    this.#naks.dropExpired();
    this.#pump(now);
    return released;
  }

  /**
   * Ends the session gracefully (section 9.7): all that was submitted is still sent, OPT_FIN goes with the last of it
   * or at once with an SPM. The second close, and one after {@link Source.abort}, does nothing.
   */
  close(now: Instant): void {
    this.#expire(now);
    if (!this.#life.close()) return;
    this.#forgetRefusal();
    if (this.waiting === 0) {
      this.#truncate();
      this.#schedule.announce();
    }
    this.#pump(now);
  }

  /**
   * Ends the session at once with OPT_RST (section 9.8): data that waits is dropped. It may come after
   * {@link Source.close}; the second abort does nothing.
   *
   * @throws {AssertionError} if the error code is not in 0 .. 63
   */
  abort(now: Instant, abort: Abort): void {
    const { errorCode } = abort;
    assert(Number.isInteger(errorCode) && errorCode >= 0 && errorCode <= 63, "errorCode must be in 0 .. 63");
    this.#expire(now);
    if (!this.#life.abort(abort)) return;
    this.#forgetRefusal();
    this.stats.messagesAborted += this.#queue.drop();
    this.#parity?.stop();
    if (!this.#life.servesNaks) this.#naks.clear(now);
    this.#schedule.announce();
    this.#pump(now);
  }

  /**
   * When {@link Source.handleTimeout} is due: data may leave, an SPM is owed, the window advances, there is room again,
   * or the session has lingered long enough.
   */
  nextTimeout(): Instant {
    if (this.state === "closed") return NEVER;
    const timers = Math.min(this.#schedule.nextTimeout(), this.#advance.nextTimeout(), this.#life.nextTimeout());
    const truncateAt = this.#parity === undefined ? NEVER : this.#parity.truncateAt;
    return Math.min(this.#egressAt, this.#writableAt, this.#firstHop.nextTimeout(), timers, truncateAt);
  }

  /** Sends what may leave now. */
  handleTimeout(now: Instant): void {
    this.#expire(now);
    this.#pump(now);
    if (this.#writableAt > now) return;
    this.#forgetRefusal();
    this.#listener.onWritable?.(now);
  }

  /** Takes a packet in: NAKs and SPMRs are answered, everything else is counted; nothing is thrown. */
  handleDatagram(now: Instant, iface: number, datagram: Datagram): void {
    if (this.#life.nextTimeout() <= now) this.#expire(now);
    if (this.state === "closed") {
      this.stats.ignored++;
      return;
    }
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) {
      this.stats.malformed++;
      this.#malformed.count(view.error);
      return;
    }
    const { tsi, port } = this.config;
    if (view.gsi !== tsi.gsi || view.sessionPort !== tsi.port || view.groupPort !== port) {
      this.stats.foreign++;
      return;
    }
    const { type } = view;
    if (type === PacketType.SPMR) this.#onSpmr(now);
    else if (type === PacketType.POLR) this.#onPolr(now, datagram.source, view);
    else if (type !== PacketType.NAK && type !== PacketType.NNAK) this.stats.ignored++;
    else if (!this.#isNamed(view)) this.stats.foreign++;
    // A repairer has served it already (section 3.6.3.2): neither a confirmation nor a repair is due.
    else if (type === PacketType.NNAK) this.stats.nnaksReceived++;
    else if (view.parity && this.config.parity?.onDemand !== true) this.stats.ignored++;
    else this.#onNak(now, iface, datagram.source, view);
  }

  /** Whether a NAK or NNAK names this source and its group. */
  #isNamed(view: PacketView): boolean {
    return view.sourceNla() === this.#packets.nla && view.groupNla() === this.config.group;
  }

  /** An SPM answers at once; surplus SPMRs are dropped, for whoever sent them hears that SPM, too (section 13.4). */
  #onSpmr(now: Instant): void {
    this.stats.spmrsReceived++;
    this.#expire(now);
    if (this.#schedule.solicit(now)) this.#pump(now);
    else this.stats.spmrsHeldBack++;
  }

  /** One reply too many has the poll aborted at once. */
  #onPolr(now: Instant, child: Nla, view: PacketView): void {
    this.#expire(now);
    this.#firstHop.polr(child, view);
    if (this.#firstHop.pollDue) this.#pump(now);
  }

  #onNak(now: Instant, iface: number, child: Nla, view: PacketView): void {
    this.#expire(now);
    this.stats.naksReceived++;
    if (!this.#life.servesNaks) {
      this.stats.naksAfterAbort++;
      return;
    }
    const isUnicast = view.parity
      ? this.#naks.takeParity(now, iface, child, view)
      : this.#naks.take(now, iface, child, view);
    if (isUnicast) this.#schedule.solicit(now);
    this.#pump(now);
  }

  /** Fires every timer that is due but that of the egress. */
  #expire(now: Instant): void {
    if (this.#life.expire(now)) {
      this.#naks.clear(now);
      this.#egressAt = NEVER;
      this.#listener.onClosed?.(now);
    }
    this.#naks.expire(now);
    if (this.#parity !== undefined && this.#parity.truncateAt <= now) this.#pause();
    this.#schedule.expire(now, this.#advance.clock(now));
    if (this.state === "open" || this.state === "closing") this.#firstHop.expire(now);
    else this.#firstHop.stop();
  }

  /** No data has come for a while: the transmission group ends, unless data waits for the window. */
  #pause(): void {
    if (this.waiting > 0) this.#parity!.keepOpen();
    else this.#truncate();
  }

  /** Ends a transmission group that is not full: its parity says so or, where none is due, an SPM (section 11.4). */
  #truncate(): void {
    const next = this.#parity?.truncate(this.#window.trail);
    if (next === undefined) return;
    this.#queue.skipTo(next);
    if (!this.#parity!.owes) this.#schedule.announce();
  }

  #forgetRefusal(): void {
    this.#queue.forgetRefusal();
    this.#writableAt = NEVER;
  }

  /** Sends whatever may leave now, and finds out when the rest may. */
  #pump(now: Instant): void {
    if (this.state === "closed") return;
    for (;;) {
      const heads = this.#heads(now);
      const turn = this.#egress.next(now, heads);
      if (turn === undefined || turn.at > now) {
        this.#egressAt = Math.min(turn?.at ?? NEVER, this.#naks.readyAfter(now));
        break;
      }
      const bytes = this.#sendNext(now, turn.class);
      assert(turn.class !== "SPM" || bytes === heads.spm, "the egress was asked for an SPM of another size");
      assert(turn.class !== "ODATA" || bytes === heads.odata, "the egress was asked for ODATA of another size");
      this.#egress.sent(now, turn.class, bytes, heads.rdata !== undefined && heads.odata !== undefined);
    }
    this.#advance.waits(now, this.waiting > 0);
    if (this.#queue.isWritableAgain) this.#writableAt = now;
  }

  #heads(now: Instant): EgressHeads {
    return {
      ncf: this.#naks.ncfs.size > 0,
      poll: this.#firstHop.pollDue,
      spm: this.#schedule.due ? this.#packets.spmBytes(this.#spmOptions()) : undefined,
      rdata: this.#naks.repairBytes(now),
      odata: this.#odataBytes(),
    };
  }

  /** Pro-active parity of a group goes before the data of the next. */
  #odataBytes(): number | undefined {
    const parityBytes = this.#parity?.proActiveBytes();
    if (parityBytes !== undefined) return parityBytes;
    const tsdu = this.#advance.full ? undefined : this.#queue.first;
    return tsdu === undefined ? undefined : this.#packets.odataBytes(tsdu, this.#flags(tsdu.sqn));
  }

  /** What else the next data packet says. */
  #flags(sqn: Sqn): OdataFlags {
    const fin = this.#isLast();
    const ends = fin || (this.waiting === 1 && this.config.parity?.truncateAfter === 0);
    return { syn: this.#isFirst(), fin, currTgSize: ends ? this.#parity?.sizeIfLast(sqn) : undefined };
  }

  #spmOptions(): OptionValue[] {
    const options = this.#firstHop.spmOptions();
    if (this.#parity !== undefined) options.push(...this.#parity.spmOptions());
    const end = this.#life.spmOption(this.waiting > 0);
    return end === undefined ? options : [...options, end];
  }

  /** Whether the next ODATA is the first, and says so. */
  #isFirst(): boolean {
    return this.config.syn && this.stats.odata === 0;
  }

  /** Whether the next ODATA is the last, and known to be. */
  #isLast(): boolean {
    return this.waiting === 1 && this.#life.isFinal;
  }

  /** Sends what is first in line in its class; gives its octets. */
  #sendNext(now: Instant, kind: EgressClass): number {
    switch (kind) {
      case "NCF": {
        const ncf = this.#naks.ncfs.shift()!;
        if (ncf.to !== undefined) this.stats.ncfsUnicast++;
        const options = this.#firstHop.ncfOptions(now, ncf.iface, ncf.to !== undefined);
        return this.#transmit(now, kind, this.#packets.ncf(ncf, options), ncf);
      }
      case "POLL":
        return this.#transmit(now, kind, this.#packets.poll(this.#firstHop.shiftPoll(now)));
      case "SPM": {
        const options = this.#spmOptions();
        if (this.#life.spmOption(this.waiting > 0) !== undefined) this.#life.announced(now);
        if (this.#schedule.timed) this.#firstHop.refreshed();
        this.#schedule.spmSent(now);
        return this.#transmit(now, kind, this.#packets.spm(options));
      }
      case "RDATA":
        return this.#sendRdata(now);
      case "ODATA":
        return this.#sendOdata(now);
    }
  }

  #sendRdata(now: Instant): number {
    const sqn = this.#naks.repairs.first(now);
    this.#schedule.dataSent(now);
    if (sqn === undefined) {
      return this.#transmit(now, "RDATA", this.#parity!.shiftOnDemand(now, this.#packets.parityHead("RDATA")));
    }
    const bytes = this.#transmit(now, "RDATA", this.#packets.rdata(sqn));
    this.#naks.repaired(now, sqn);
    return bytes;
  }

  #sendOdata(now: Instant): number {
    if (this.#parity?.owes) {
      this.#schedule.dataSent(now);
      return this.#transmit(now, "ODATA", this.#parity.shiftProActive(this.#packets.parityHead("ODATA")));
    }
    const flags = this.#flags(this.#queue.first!.sqn);
    const tsdu = this.#queue.shift()!;
    if (this.#parity !== undefined) {
      this.#window.skipTo(tsdu.sqn, this.#advance.clock(now));
      this.#parity.sent(now, tsdu, flags);
      if (flags.currTgSize !== undefined) this.#queue.skipTo(this.#parity.nextGroup);
    }
    const bytes = this.#packets.odata(tsdu, flags);
    this.stats.dataBytes += tsdu.payload.length;
    if (flags.fin) this.#life.announced(now);
    if (this.config.txwStrategy === "application" && isLastOfMessage(tsdu)) this.#sentMessages.push(tsdu.sqn);
    this.#window.append(this.#advance.clock(now), bytes);
    this.#advance.sent(now, bytes.length);
    this.#schedule.dataSent(now);
    this.#transmit(now, "ODATA", bytes);
    // Data moves the clock of a window that advances with data.
    this.#expire(now);
    return bytes.length;
  }

  #transmit(now: Instant, kind: EgressClass, bytes: Uint8Array, where: { iface?: number; to?: Nla | undefined } = {}) {
    countSent(this.stats, kind, bytes.length);
    // What Windows counts as sent: NCFs and POLLs are not part of it.
    if (kind !== "NCF" && kind !== "POLL") (this.#meter ??= new RateMeter(now)).add(now, bytes.length);
    this.#host.transmit(where.iface ?? this.config.iface, this.#packets.datagram(kind, bytes, where.to));
    return bytes.length;
  }
}
