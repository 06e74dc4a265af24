/**
 * The checksum of PGM packets (RFC 3208, section 8): the one's complement of the one's complement sum of all 16-bit
 * words, an odd length padded with a zero octet; no pseudo-header.
 *
 * One's complement addition is addition modulo 65535, so the words may be added in any grouping and reduced once.
 * Swapping the octets of every word swaps those of the sum, that is multiplies it by 256 modulo 65535: hence whole
 * machine words can be added, whatever the byte order of the machine and the alignment of the packet.
 *
 * @module
 */

import { readU16 } from "./octets.ts";

/** Where the checksum stands in the header. */
export const CHECKSUM_AT = 6;

/** Below this length the view over whole words costs more than it saves. */
const SHORT = 96;
/** Words per block: the two sums of a block stay below 2^31. */
const BLOCK = 32_768;
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The word view of the buffer that was summed last: packets in a row lie in the same slab chunk. */
let words: Int32Array = new Int32Array(0);
let wordsBuffer = words.buffer;

/**
 * The checksum of a packet, with its checksum field taken as 0. In `1 .. 0xffff`: a result of 0 is transmitted as
 * 0xffff, because 0 says that no checksum was generated.
 */
export function pgmChecksum(bytes: Uint8Array): number {
  const sum = bytes.length < SHORT ? sumOctets(bytes, 0, bytes.length) : sumWords(bytes);
  return 0xffff - (sum + 0xffff - readU16(bytes, CHECKSUM_AT)) % 0xffff;
}

/** The checksum after one 16-bit word of the packet, at an even offset, changed (RFC 1624). */
export function updateChecksum(checksum: number, from: number, to: number): number {
  return 0xffff - (0xffff - checksum + 0xffff - from + to) % 0xffff;
}

/** The sum of the octets `from .. to - 1` as parts of the packet's 16-bit words. */
function sumOctets(bytes: Uint8Array, from: number, to: number): number {
  let high = 0;
  let low = 0;
  for (let at = from; at < to; at++) {
    if ((at & 1) === 0) high += bytes[at]!;
    else low += bytes[at]!;
  }
  return high * 256 + low;
}

/** The sum of all 16-bit words, reduced modulo 65535. */
function sumWords(bytes: Uint8Array): number {
  if (bytes.buffer !== wordsBuffer) {
    wordsBuffer = bytes.buffer;
    words = new Int32Array(wordsBuffer, 0, wordsBuffer.byteLength >> 2);
  }
  const start = bytes.byteOffset;
  const first = (start + 3) >> 2;
  const end = (start + bytes.length) >> 2;
  let sum = 0;
  for (let at = first; at < end; at += BLOCK) sum += sumBlock(at, Math.min(at + BLOCK, end));
  const head = first * 4 - start;
  if (((head & 1) === 0) === LITTLE_ENDIAN) sum = sum % 0xffff * 256;
  return (sum + sumOctets(bytes, 0, head) + sumOctets(bytes, end * 4 - start, bytes.length)) % 0xffff;
}

/** The sum of the 16-bit halves of `words[from .. to - 1]`, in the machine's byte order. */
function sumBlock(from: number, to: number): number {
  const block = words;
  let high = 0;
  let low = 0;
  let at = from;
  // "| 0" tells the compiler that the sums fit 32 bits; they do, see BLOCK.
  for (; at + 3 < to; at = (at + 4) | 0) {
    const w0 = block[at]!;
    const w1 = block[at + 1]!;
    const w2 = block[at + 2]!;
    const w3 = block[at + 3]!;
    high = (high + (w0 >>> 16) + (w1 >>> 16) + (w2 >>> 16) + (w3 >>> 16)) | 0;
    low = (low + (w0 & 0xffff) + (w1 & 0xffff) + (w2 & 0xffff) + (w3 & 0xffff)) | 0;
  }
  for (; at < to; at++) {
    high += block[at]! >>> 16;
    low += block[at]! & 0xffff;
  }
  return high + low;
}
