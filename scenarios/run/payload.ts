/**
 * The payloads of simulated messages: a function of the source, the number of the message and its length, so that
 * every receiver's octets can be checked without keeping what was sent.
 *
 * @module
 */

/** The octets of message `index` of stream `stream`. */
export function payload(stream: number, index: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let word = scramble(stream, index);
  for (let i = 0; i < length; i++) {
    if ((i & 3) === 0) {
      word ^= word << 13;
      word ^= word >>> 17;
      word ^= word << 5;
    }
    bytes[i] = word >>> ((i & 3) << 3);
  }
  return bytes;
}

/** The length of message `index` of stream `stream`, spread over `min ..= max`. */
export function payloadLength(stream: number, index: number, min: number, max: number): number {
  return min + (scramble(stream, index) >>> 0) % (max - min + 1);
}

/** Never 0, which would stay 0 in the generator above. */
function scramble(stream: number, index: number): number {
  let h = Math.imul(stream + 1, 0x9e37_79b1) ^ Math.imul(index + 1, 0x85eb_ca77);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b_3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a_2d39);
  h ^= h >>> 15;
  return h === 0 ? 1 : h;
}
