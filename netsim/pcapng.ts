/**
 * Simulated traffic as a pcapng file (draft-ietf-opsawg-pcapng) that Wireshark opens. The same calls give the same
 * octets on every machine.
 *
 * ```text
 *   Section Header Block          byte order, comment, hardware, application
 *   Interface Description Block   one per simulated interface: name, raw IP, nanoseconds
 *   Enhanced Packet Block         one per write(): time, IP packet, direction, comment
 *   ...
 * ```
 *
 * Every block is `type, total length, body, total length`; numbers are little-endian, all is padded to 4 octets.
 * {@link PcapngWriter} is the public part; capture_reader.ts reads the files back.
 *
 * @module
 */

import { assert } from "../engine/base/assert.ts";
import type { Datagram } from "../engine/base/datagram.ts";
import type { Instant } from "../engine/base/time.ts";
import { ipLength, writeIp } from "./ip_header.ts";

const SECTION_HEADER_BLOCK = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION_BLOCK = 1;
const ENHANCED_PACKET_BLOCK = 6;
const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
const UNKNOWN_SECTION_LENGTH = 0xffff_ffff;
/** Packets begin with the IP header, of either version. */
const LINKTYPE_RAW = 101;
const TWO_TO_32 = 0x1_0000_0000;

const OPT_ENDOFOPT = 0;
const OPT_COMMENT = 1;
const SHB_HARDWARE = 2;
const SHB_USERAPPL = 4;
const IF_NAME = 2;
const IF_DESCRIPTION = 3;
const IF_TSRESOL = 9;
const EPB_FLAGS = 2;
/** if_tsresol: units of 10^-9 s. */
const NANOSECONDS = Uint8Array.of(9);
const FLAGS = {
  unknown: Uint8Array.of(0, 0, 0, 0),
  inbound: Uint8Array.of(1, 0, 0, 0),
  outbound: Uint8Array.of(2, 0, 0, 0),
} as const;

/** Bytes of a block around its body, and of an enhanced packet block around its packet and options. */
const BLOCK_FRAME = 12;
const PACKET_BLOCK_FRAME = BLOCK_FRAME + 20;
/** Where the packet starts in its block. */
const PACKET_OFFSET = 28;
const END_OF_OPTIONS = 4;
const CHUNK_BYTES = 64 * 1024;

/** A simulated interface as the file names it. */
export interface PcapngInterface {
  /** if_name. */
  readonly name: string;
  /** if_description. */
  readonly description?: string;
}

/** What {@link PcapngWriter} is built from. Texts are at most 65535 octets of UTF-8. */
export interface PcapngOptions {
  /** The IP protocol number of the transport packets. */
  readonly protocol: number;
  /** In the order of the indexes that `write` takes. */
  readonly interfaces: readonly PcapngInterface[];
  /** What the file shows, such as scenario, seed and version. */
  readonly comment: string;
  /** What the file was captured on; left out unless given. */
  readonly hardware?: string;
  /** The name and version of the program that writes. */
  readonly application: string;
  /** The time of instant 0, ns since 1970; 0 unless given. */
  readonly epochNs?: bigint;
  /** Takes each full chunk of the file, in order; without it the writer keeps them. */
  readonly sink?: (chunk: Uint8Array) => void;
}

/** What {@link PcapngWriter.write} is told about a packet. */
export interface PcapngPacketInfo {
  /** Seen from the node that owns the interface; absent when it is not known. */
  readonly direction?: "inbound" | "outbound";
  /** What Wireshark shows beside the packet: its fate. At most 65535 octets of UTF-8. */
  readonly comment?: string;
}

/**
 * Writes one pcapng section. With a sink it never holds more than the chunk it fills.
 *
 * @example
 * ```ts
 * import { Datagram, encodePacket, IP_PROTOCOL_PGM, ms, parseNla, PcapngWriter, readCapture } from "@pgmlab/pgmlab";
 *
 * const writer = new PcapngWriter({
 *   protocol: IP_PROTOCOL_PGM,
 *   interfaces: [{ name: "member:lan" }],
 *   comment: "one SPM request",
 *   application: "example",
 * });
 * const bytes = encodePacket({ type: "SPMR", sourcePort: 7500, destinationPort: 4000, gsi: 0x0a0b0c, options: [] });
 * const header = { source: parseNla("10.0.0.2")!, destination: parseNla("239.192.0.1")!, ttl: 1, routerAlert: false };
 * writer.write(0, ms(5), new Datagram({ ...header, bytes }), { direction: "outbound" });
 * const file = writer.finish();
 *
 * const { frames } = readCapture(file, { protocol: IP_PROTOCOL_PGM, udpPorts: [] });
 * if (frames.length !== 1 || frames[0]!.interfaceName !== "member:lan") throw new Error("another file");
 * ```
 */
export class PcapngWriter {
  readonly #protocol: number;
  readonly #interfaces: number;
  readonly #epochLow: number;
  readonly #epochHigh: number;
  readonly #sink: ((chunk: Uint8Array) => void) | undefined;
  readonly #chunks: Uint8Array[] = [];
  #chunk = new Uint8Array(CHUNK_BYTES);
  #view = new DataView(this.#chunk.buffer);
  #used = 0;
  #finished = false;

  /**
   * Begins the section: its header and the interfaces.
   *
   * @throws {AssertionError} if the epoch or the length of a text is out of its range
   */
  constructor(options: PcapngOptions) {
    const epoch = options.epochNs ?? 0n;
    assert(epoch >= 0n && epoch < 1n << 63n, `epoch ${epoch} must be in 0 .. 2^63 - 1`);
    this.#protocol = options.protocol;
    this.#interfaces = options.interfaces.length;
    this.#epochLow = Number(epoch & 0xffff_ffffn);
    this.#epochHigh = Number(epoch >> 32n);
    this.#sink = options.sink;
    this.#writeSectionHeader(options);
    for (const each of options.interfaces) this.#writeInterface(each);
  }

  /**
   * Appends a datagram that passed interface number `iface` at `time`.
   *
   * @throws {AssertionError} after `finish`, or if an argument is out of its range
   */
  write(iface: number, time: Instant, datagram: Datagram, info: PcapngPacketInfo): void {
    assert(!this.#finished, "write after finish");
    assert(Number.isInteger(iface) && iface >= 0 && iface < this.#interfaces, `no interface ${iface}`);
    assert(Number.isSafeInteger(time) && time >= 0, `time ${time} must be an integer of at least 0`);
    const comment = info.comment === undefined ? undefined : utf8(info.comment);
    const packetBytes = ipLength(datagram);
    const optionBytes = optionLength(FLAGS.unknown) + (comment === undefined ? 0 : optionLength(comment)) +
      END_OF_OPTIONS;
    const length = PACKET_BLOCK_FRAME + padded(packetBytes) + optionBytes;
    const low = this.#epochLow + time % TWO_TO_32;
    const high = this.#epochHigh + Math.floor(time / TWO_TO_32) + (low >= TWO_TO_32 ? 1 : 0);

    // The packet comes first: if its fields are refused, nothing of the block is there.
    this.#reserve(length);
    writeIp(datagram, this.#protocol, this.#chunk, this.#used + PACKET_OFFSET);
    this.#begin(ENHANCED_PACKET_BLOCK, length);
    this.#u32(iface);
    this.#u32(high);
    this.#u32(low);
    this.#u32(packetBytes);
    this.#u32(packetBytes);
    this.#used += padded(packetBytes);
    this.#option(EPB_FLAGS, FLAGS[info.direction ?? "unknown"]);
    if (comment !== undefined) this.#option(OPT_COMMENT, comment);
    this.#end(length);
  }

  /** The parts of the file so far, in order; with a sink, what it was not given yet. */
  chunks(): readonly Uint8Array[] {
    return this.#used === 0 ? this.#chunks : [...this.#chunks, this.#chunk.subarray(0, this.#used)];
  }

  /**
   * Ends the file and gives it whole; with a sink, gives the rest to the sink and an empty array back.
   *
   * @throws {AssertionError} if called again
   */
  finish(): Uint8Array {
    assert(!this.#finished, "finish after finish");
    this.#finished = true;
    if (this.#sink !== undefined) {
      this.#flush();
      return new Uint8Array(0);
    }
    const chunks = this.chunks();
    const file = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let at = 0;
    for (const chunk of chunks) {
      file.set(chunk, at);
      at += chunk.length;
    }
    return file;
  }

  #writeSectionHeader({ comment, hardware, application }: PcapngOptions): void {
    const options: [number, Uint8Array][] = [[OPT_COMMENT, utf8(comment)]];
    if (hardware !== undefined) options.push([SHB_HARDWARE, utf8(hardware)]);
    options.push([SHB_USERAPPL, utf8(application)]);
    const length = BLOCK_FRAME + 16 + optionsLength(options);
    this.#begin(SECTION_HEADER_BLOCK, length);
    this.#u32(BYTE_ORDER_MAGIC);
    this.#u16(1);
    this.#u16(0);
    this.#u32(UNKNOWN_SECTION_LENGTH);
    this.#u32(UNKNOWN_SECTION_LENGTH);
    for (const [code, value] of options) this.#option(code, value);
    this.#end(length);
  }

  #writeInterface({ name, description }: PcapngInterface): void {
    const options: [number, Uint8Array][] = [[IF_NAME, utf8(name)]];
    if (description !== undefined) options.push([IF_DESCRIPTION, utf8(description)]);
    options.push([IF_TSRESOL, NANOSECONDS]);
    const length = BLOCK_FRAME + 8 + optionsLength(options);
    this.#begin(INTERFACE_DESCRIPTION_BLOCK, length);
    this.#u16(LINKTYPE_RAW);
    this.#u16(0);
    this.#u32(0);
    for (const [code, value] of options) this.#option(code, value);
    this.#end(length);
  }

  #begin(type: number, length: number): void {
    this.#reserve(length);
    this.#u32(type);
    this.#u32(length);
  }

  #end(length: number): void {
    this.#u16(OPT_ENDOFOPT);
    this.#u16(0);
    this.#u32(length);
  }

  #option(code: number, value: Uint8Array): void {
    this.#u16(code);
    this.#u16(value.length);
    this.#chunk.set(value, this.#used);
    this.#used += padded(value.length);
  }

  #u16(value: number): void {
    this.#view.setUint16(this.#used, value, true);
    this.#used += 2;
  }

  /** Writes `value` modulo 2^32. */
  #u32(value: number): void {
    this.#view.setUint32(this.#used, value, true);
    this.#used += 4;
  }

  /** Makes room for a block of `length` octets, which never straddles two chunks. */
  #reserve(length: number): void {
    if (this.#used + length <= this.#chunk.length) return;
    this.#flush();
    this.#chunk = new Uint8Array(Math.max(CHUNK_BYTES, length));
    this.#view = new DataView(this.#chunk.buffer);
  }

  /** Hands the octets of the chunk over. */
  #flush(): void {
    if (this.#used > 0) {
      const full = this.#chunk.subarray(0, this.#used);
      if (this.#sink === undefined) this.#chunks.push(full);
      else this.#sink(full);
    }
    this.#used = 0;
  }
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function optionLength(value: Uint8Array): number {
  return 4 + padded(value.length);
}

/** The octets of the options and of the end-of-options mark. */
function optionsLength(options: readonly (readonly [number, Uint8Array])[]): number {
  return options.reduce((sum, [, value]) => sum + optionLength(value), END_OF_OPTIONS);
}

function utf8(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  assert(bytes.length <= 0xffff, `a pcapng text of ${bytes.length} octets must be at most 65535`);
  return bytes;
}
