/**
 * The frames of a capture file as the file holds them: pcap (both byte orders, microseconds and nanoseconds) and pcapng
 * (draft-ietf-opsawg-pcapng). Read {@link captureRecords} first; capture_reader.ts makes datagrams of the frames.
 *
 * @module
 */

/** The file is no capture, or breaks the format. The message says what, where, and what would be right. */
export class CaptureError extends Error {
  /** Tells it from other errors across realms. */
  override readonly name = "CaptureError";
}

/** A frame as the file holds it. */
export interface CaptureRecord {
  /** The LINKTYPE_ number of the interface: what `captured` begins with. */
  readonly linkType: number;
  /** What was kept of the frame; a view of the file. */
  readonly captured: Uint8Array;
  /** Time since 1970, ns. */
  readonly epochNs: bigint;
  /** if_name of the interface. */
  readonly interfaceName: string | undefined;
  /** The comments on the frame, one a line. */
  readonly comment: string | undefined;
}

const SECTION_HEADER_BLOCK = 0x0a0d_0d0a;

/**
 * The frames of a pcap or pcapng file, in the order of the file.
 *
 * @throws {CaptureError} here or while iterating, if the octets are no capture, or break the format, or end within a frame
 */
export function captureRecords(bytes: Uint8Array): Iterable<CaptureRecord> {
  if (bytes.length < 4) fail(`it has ${bytes.length} octets, a pcap or pcapng file has at least 24`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0, false);
  switch (magic) {
    case 0xa1b2_c3d4:
      return pcapRecords(view, false, 1_000n);
    case 0xd4c3_b2a1:
      return pcapRecords(view, true, 1_000n);
    case 0xa1b2_3c4d:
      return pcapRecords(view, false, 1n);
    case 0x4d3c_b2a1:
      return pcapRecords(view, true, 1n);
    case SECTION_HEADER_BLOCK:
      return pcapngRecords(view);
    default:
      fail(`it begins with ${hex(magic)}; a pcap file begins with 0xa1b2c3d4 or 0xa1b23c4d, pcapng with 0x0a0d0d0a`);
  }
}

// ---- pcap: a header of 24 octets, then records of (seconds, fraction, captured length, original length, octets).

const PCAP_HEADER = 24;
const PCAP_RECORD_HEADER = 16;

function* pcapRecords(view: DataView, little: boolean, fractionNs: bigint): Generator<CaptureRecord> {
  const end = view.byteLength;
  if (end < PCAP_HEADER) fail(`it has ${end} octets, the header of a pcap file has ${PCAP_HEADER}`);
  const major = view.getUint16(4, little);
  if (major !== 2) fail(`the pcap version at byte 4 is ${major}, it must be 2`);
  // The upper half tells of a frame check sequence, which ends up as padding behind the IP packet.
  const linkType = view.getUint32(20, little) & 0xffff;
  let number = 1;
  for (let at = PCAP_HEADER; at < end; number++) {
    const frame = `frame ${number} at byte ${at}`;
    if (at + PCAP_RECORD_HEADER > end) fail(cut(frame, PCAP_RECORD_HEADER, end - at));
    const length = view.getUint32(at + 8, little);
    if (at + PCAP_RECORD_HEADER + length > end) fail(cut(frame, PCAP_RECORD_HEADER + length, end - at));
    yield {
      linkType,
      captured: octets(view, at + PCAP_RECORD_HEADER, length),
      epochNs: BigInt(view.getUint32(at, little)) * 1_000_000_000n +
        BigInt(view.getUint32(at + 4, little)) * fractionNs,
      interfaceName: undefined,
      comment: undefined,
    };
    at += PCAP_RECORD_HEADER + length;
  }
}

// ---- pcapng: blocks of (type, total length, body, total length), in sections that have their own byte order.

const INTERFACE_DESCRIPTION_BLOCK = 1;
const SIMPLE_PACKET_BLOCK = 3;
const ENHANCED_PACKET_BLOCK = 6;
/** The fewest octets of each block that is read. */
const BLOCK_MINIMUM = new Map([
  [SECTION_HEADER_BLOCK, 28],
  [INTERFACE_DESCRIPTION_BLOCK, 20],
  [SIMPLE_PACKET_BLOCK, 16],
  [ENHANCED_PACKET_BLOCK, 32],
]);
const BLOCK_FRAME = 12;

const OPT_ENDOFOPT = 0;
const OPT_COMMENT = 1;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;

interface CaptureInterface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly name: string | undefined;
  readonly unitsPerSecond: bigint;
  /** What is added to every time stamp, ns. */
  readonly offsetNs: bigint;
}

/** A block whose length is right: `view` covers all of it. */
interface Block {
  readonly type: number;
  readonly at: number;
  readonly view: DataView;
  readonly little: boolean;
  /** What errors call it. */
  readonly title: string;
}

function* pcapngRecords(file: DataView): Generator<CaptureRecord> {
  let interfaces: CaptureInterface[] = [];
  let little = true;
  let number = 1;
  let epochNs = 0n;
  for (let at = 0; at < file.byteLength;) {
    if (at + BLOCK_FRAME <= file.byteLength && file.getUint32(at, little) === SECTION_HEADER_BLOCK) {
      little = sectionIsLittle(file, at);
      interfaces = [];
    }
    const block = readBlock(file, at, little, number);
    at += block.view.byteLength;
    if (block.type === INTERFACE_DESCRIPTION_BLOCK) {
      interfaces.push(readInterface(block));
    } else if (block.type === ENHANCED_PACKET_BLOCK || block.type === SIMPLE_PACKET_BLOCK) {
      const record = readPacket(block, interfaces, epochNs);
      epochNs = record.epochNs;
      number++;
      yield record;
    }
  }
}

/** The byte order of the section whose header is at `at`. */
function sectionIsLittle(file: DataView, at: number): boolean {
  const magic = file.getUint32(at + 8, true);
  if (magic !== 0x1a2b_3c4d && magic !== 0x4d3c_2b1a) {
    fail(`the byte-order magic at byte ${at + 8} is ${hex(magic)}, it must be 0x1a2b3c4d in either byte order`);
  }
  const little = magic === 0x1a2b_3c4d;
  if (at + 14 <= file.byteLength) {
    const major = file.getUint16(at + 12, little);
    if (major !== 1) fail(`the pcapng version at byte ${at + 12} is ${major}, it must be 1`);
  }
  return little;
}

function readBlock(file: DataView, at: number, little: boolean, number: number): Block {
  const left = file.byteLength - at;
  if (left < BLOCK_FRAME) fail(cut(`the block at byte ${at}, after frame ${number - 1},`, BLOCK_FRAME, left));
  const type = file.getUint32(at, little);
  const packet = type === ENHANCED_PACKET_BLOCK || type === SIMPLE_PACKET_BLOCK;
  const title = packet ? `frame ${number} at byte ${at}` : `block ${hex(type)} at byte ${at}`;
  const length = file.getUint32(at + 4, little);
  const least = BLOCK_MINIMUM.get(type) ?? BLOCK_FRAME;
  if (length < least || length % 4 !== 0) {
    fail(`${title} has the length ${length}, it must be a multiple of 4 and at least ${least}`);
  }
  if (length > left) fail(cut(title, length, left));
  const again = file.getUint32(at + length - 4, little);
  if (again !== length) fail(`${title} has the length ${length}, but ${again} at its end: they must be equal`);
  return { type, at, view: new DataView(file.buffer, file.byteOffset + at, length), little, title };
}

function readInterface(block: Block): CaptureInterface {
  const { view, little, title } = block;
  let name: string | undefined;
  let resolution = 6;
  let offsetNs = 0n;
  for (const [code, at, length] of readOptions(block, 16)) {
    if (code === IF_NAME) name = text(view, at, length);
    if (code === IF_TSRESOL) {
      if (length !== 1) fail(`${title} has an if_tsresol of ${length} octets, it must have 1`);
      resolution = view.getUint8(at);
    }
    if (code === IF_TSOFFSET) {
      if (length !== 8) fail(`${title} has an if_tsoffset of ${length} octets, it must have 8`);
      offsetNs = view.getBigInt64(at, little) * 1_000_000_000n;
    }
  }
  return {
    linkType: view.getUint16(8, little),
    snapLength: view.getUint32(12, little),
    name,
    unitsPerSecond: unitsPerSecond(resolution),
    offsetNs,
  };
}

/** What an if_tsresol says: the highest bit chooses between powers of 2 and of 10. */
function unitsPerSecond(resolution: number): bigint {
  if (resolution >= 0x80) return 1n << BigInt(resolution - 0x80);
  let units = 1n;
  for (let i = 0; i < resolution; i++) units *= 10n;
  return units;
}

/** Reads a packet block. A simple one has no time of its own: it gets `lastNs`, that of the frame before. */
function readPacket(block: Block, interfaces: readonly CaptureInterface[], lastNs: bigint): CaptureRecord {
  const { view, little, title } = block;
  const simple = block.type === SIMPLE_PACKET_BLOCK;
  const index = simple ? 0 : view.getUint32(8, little);
  const owner = interfaces[index];
  if (owner === undefined) {
    fail(`${title} is of interface ${index}, but the section describes ${interfaces.length} interfaces so far`);
  }
  const start = simple ? 12 : 28;
  const room = view.byteLength - start - 4;
  let length = view.getUint32(simple ? 8 : 20, little);
  if (simple && owner.snapLength !== 0) length = Math.min(length, owner.snapLength);
  if (length > room) fail(`${title} claims ${length} captured octets, but its block has room for ${room}`);
  let epochNs = lastNs;
  const comments: string[] = [];
  if (!simple) {
    const stamp = (BigInt(view.getUint32(12, little)) << 32n) | BigInt(view.getUint32(16, little));
    epochNs = stamp * 1_000_000_000n / owner.unitsPerSecond + owner.offsetNs;
    for (const [code, at, size] of readOptions(block, start + ((length + 3) & ~3))) {
      if (code === OPT_COMMENT) comments.push(text(view, at, size));
    }
  }
  return {
    linkType: owner.linkType,
    captured: octets(view, start, length),
    epochNs,
    interfaceName: owner.name,
    comment: comments.length === 0 ? undefined : comments.join("\n"),
  };
}

/** The options of a block from octet `at` on, as (code, where its value is, length of the value). */
function* readOptions(block: Block, at: number): Generator<[number, number, number]> {
  const end = block.view.byteLength - 4;
  while (at + 4 <= end) {
    const code = block.view.getUint16(at, block.little);
    const length = block.view.getUint16(at + 2, block.little);
    if (code === OPT_ENDOFOPT) return;
    if (at + 4 + length > end) {
      fail(
        `${block.title} has an option of ${length} octets at byte ${block.at + at}, but only ${end - at - 4} are left`,
      );
    }
    yield [code, at + 4, length];
    at += 4 + ((length + 3) & ~3);
  }
}

// ---- Shared by both formats.

function octets(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

function text(view: DataView, at: number, length: number): string {
  return new TextDecoder().decode(octets(view, at, length));
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

function cut(what: string, needed: number, left: number): string {
  return `${what} needs ${needed} octets, but the file ends after ${left} of them`;
}

function fail(why: string): never {
  throw new CaptureError(`Cannot read the capture: ${why}`);
}
