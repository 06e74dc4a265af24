/**
 * The MD5 digest of RFC 1321, for names only: the GSI of a source is recommended to be part of one (RFC 3208, section
 * 8). It protects nothing.
 *
 * @module
 */

/** The 16 octets of the digest of `message`, which may have up to 2^29 octets. */
export function md5(message: Uint8Array): Uint8Array {
  const state = new Int32Array([0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]);
  const words = new Int32Array(16);
  const padded = pad(message);
  for (let at = 0; at < padded.byteLength; at += 64) {
    for (let i = 0; i < 16; i++) words[i] = padded.getInt32(at + 4 * i, true);
    digestBlock(state, words);
  }
  const digest = new Uint8Array(16);
  const view = new DataView(digest.buffer);
  for (let i = 0; i < 4; i++) view.setInt32(4 * i, state[i]!, true);
  return digest;
}

/** The message, one bit, zeros and its length in bits, in whole blocks of 64 octets. */
function pad(message: Uint8Array): DataView {
  const padded = new Uint8Array((Math.floor((message.length + 8) / 64) + 1) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, message.length * 8, true);
  return view;
}

function digestBlock(state: Int32Array, words: Int32Array): void {
  let a = state[0]!, b = state[1]!, c = state[2]!, d = state[3]!;
  for (let step = 0; step < 64; step++) {
    const round = step >> 4;
    const mixed = MIX[round]!(b, c, d);
    const [factor, offset] = WORD_ORDER[round]!;
    const sum = (a + mixed | 0) + (words[(factor * step + offset) & 15]! + SINES[step]! | 0) | 0;
    const turn = TURNS[4 * round + (step & 3)]!;
    a = d;
    d = c;
    c = b;
    b = b + ((sum << turn) | (sum >>> (32 - turn))) | 0;
  }
  state[0]! += a;
  state[1]! += b;
  state[2]! += c;
  state[3]! += d;
}

/** How the four rounds mix three words of the state. */
const MIX: readonly ((b: number, c: number, d: number) => number)[] = [
  (b, c, d) => (b & c) | (~b & d),
  (b, c, d) => (b & d) | (c & ~d),
  (b, c, d) => b ^ c ^ d,
  (b, c, d) => c ^ (b | ~d),
];

/** Each round takes word `factor * step + offset`, modulo 16. */
const WORD_ORDER: readonly (readonly [factor: number, offset: number])[] = [[1, 0], [5, 1], [3, 5], [7, 0]];

/** Bits to rotate by: four of each round, used in turn. */
const TURNS: readonly number[] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];

/** The integer part of 2^32 * |sin(i + 1)|; written out because V8 may approximate a sine differently tomorrow. */
// deno-fmt-ignore
const SINES = new Int32Array([
  0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
  0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
  0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
  0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
  0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
  0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
  0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
  0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
]);
