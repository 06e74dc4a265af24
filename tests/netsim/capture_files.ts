/**
 * Builds capture files of every kind, right and wrong, in both byte orders: {@link pcapFile} and the blocks of pcapng.
 *
 * @module
 */

/** Appends numbers of one byte order. */
class Octets {
  readonly #little: boolean;
  readonly #list: number[] = [];

  constructor(little: boolean) {
    this.#little = little;
  }

  u16(...values: number[]): this {
    return this.#numbers(values, 2);
  }

  u32(...values: number[]): this {
    return this.#numbers(values, 4);
  }

  raw(bytes: ArrayLike<number>): this {
    this.#list.push(...Array.from(bytes));
    return this;
  }

  /** Zeros up to a multiple of four octets. */
  pad(): this {
    while (this.#list.length % 4 !== 0) this.#list.push(0);
    return this;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#list);
  }

  #numbers(values: readonly number[], size: number): this {
    for (const value of values) {
      for (let i = 0; i < size; i++) {
        const shift = 8 * (this.#little ? i : size - 1 - i);
        this.#list.push((value >>> shift) & 0xff);
      }
    }
    return this;
  }
}

/** A frame of a pcap file: seconds, fraction, octets. */
export type PcapFrame = readonly [seconds: number, fraction: number, bytes: Uint8Array];

/** What a pcap file says of itself. */
export interface PcapHeader {
  readonly little?: boolean;
  readonly magic?: number;
  readonly linkType?: number;
}

/** A pcap file: little-endian, microseconds, raw IP, but for what is given. */
export function pcapFile(frames: readonly PcapFrame[], header: PcapHeader = {}): Uint8Array {
  const { little = true, magic = 0xa1b2_c3d4, linkType = 101 } = header;
  const file = new Octets(little).u32(magic).u16(2, 4).u32(0, 0, 65_535, linkType);
  for (const [seconds, fraction, bytes] of frames) {
    file.u32(seconds, fraction, bytes.length, bytes.length).raw(bytes);
  }
  return file.done();
}

/** The blocks of pcapng in one byte order. */
export interface Blocks {
  /** Any block; `body` is padded. */
  block(type: number, body: Uint8Array): Uint8Array;
  section(major?: number): Uint8Array;
  iface(linkType: number, options?: Uint8Array, snapLength?: number): Uint8Array;
  /** An enhanced packet block whose time stamp is `high * 2^32 + low` units. */
  packet(
    iface: number,
    time: readonly [high: number, low: number],
    bytes: Uint8Array,
    options?: Uint8Array,
  ): Uint8Array;
  simplePacket(originalLength: number, bytes: Uint8Array): Uint8Array;
  option(code: number, value: ArrayLike<number>): Uint8Array;
  /** A signed 64-bit integer. */
  i64(value: bigint): Uint8Array;
}

/** The builders of pcapng blocks in one byte order. */
export function pcapngBlocks(little: boolean): Blocks {
  const octets = () => new Octets(little);
  const block = (type: number, body: Uint8Array) => {
    const padded = octets().raw(body).pad().done();
    const length = padded.length + 12;
    return octets().u32(type, length).raw(padded).u32(length).done();
  };
  return {
    block,
    section: (major = 1) =>
      block(0x0a0d_0d0a, octets().u32(0x1a2b_3c4d).u16(major, 0).u32(0xffff_ffff, 0xffff_ffff).done()),
    iface: (linkType, options = new Uint8Array(0), snapLength = 0) =>
      block(1, octets().u16(linkType, 0).u32(snapLength).raw(options).done()),
    packet: (iface, [high, low], bytes, options = new Uint8Array(0)) =>
      block(6, octets().u32(iface, high, low, bytes.length, bytes.length).raw(bytes).pad().raw(options).done()),
    simplePacket: (originalLength, bytes) => block(3, octets().u32(originalLength).raw(bytes).done()),
    option: (code, value) => octets().u16(code, value.length).raw(value).pad().done(),
    i64: (value) => {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigInt64(0, value, little);
      return bytes;
    },
  };
}

/** The octets of all, one after the other. */
export function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** The octets of an ASCII text. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
