/**
 * Fuzzes the codec: octets of every kind must be taken or named malformed without a throw, and packets that may be
 * sent must survive encoding and decoding.
 *
 * ```sh
 * deno run tests/fuzz/wire_fuzz.ts --iterations 1000000 --seed 1
 * ```
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli";
import { parseNla } from "../../engine/base/nla.ts";
import { type Prng, prngFromSeed } from "../../engine/base/prng.ts";
import {
  describePacket,
  EncodeError,
  encodePacket,
  OptionType,
  PacketType,
  packetTypeName,
  PacketView,
  ParseError,
  parseErrorName,
} from "../../engine/wire/mod.ts";
import { codeOfOption } from "../../engine/wire/options.ts";
import { hex, withChecksum } from "../support/packets.ts";
import { disordered, pick, randomOctets, randomPacket, uint } from "./random_packets.ts";

/** How often each outcome came about: causes of malformation, `taken ...`, `law ...`. */
export type FuzzCounts = ReadonlyMap<string, number>;

/** Why a packet that was taken may not be sent again: a closed list, counted by name. */
const REFUSALS: readonly [name: string, message: RegExp][] = [
  ["ignored option", /may not be sent uninterpreted here$/],
  ["reserved OPX", /with the reserved OPX 3$/],
  ["stray F or U", /with OP_ENCODED or OP_ENCODED_NULL/],
  ["stray OPT_PARITY", /OPT_PARITY has no meaning here$/],
  ["stray OPT_VAR_PKTLEN", /OPT_VAR_PKTLEN must be on data packets$/],
  ["16 options", /16 options: at most 16, OPT_LENGTH included$/],
];

/** Runs iterations; throws with the octets and how to come back to them as soon as something is wrong. */
export function fuzzWire(seed: number, iterations: number): FuzzCounts {
  const root = prngFromSeed(seed).fork("wire");
  const counts = new Map<string, number>();
  const count = (outcome: string) => counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const random = root.fork(`${iteration}`);
    try {
      if (random.below(4) === 0) count(checkLaw(random));
      else count(checkOctets(randomPacketOctets(random)));
    } catch (error) {
      throw new Error(`iteration ${iteration} of seed ${seed}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Octets of a kind: noise, a good header before noise or loose options, a packet with some damage. */
function randomPacketOctets(random: Prng): Uint8Array {
  let bytes: Uint8Array;
  switch (random.below(12)) {
    case 0:
      bytes = randomOctets(random, random.below(40));
      break;
    case 1:
      bytes = randomOctets(random, 16 + random.below(60));
      bytes[4] = pick(random, Object.values(PacketType));
      bytes.fill(0, 14, 16);
      break;
    case 2:
    case 3:
    case 4:
    case 5:
      bytes = withLooseOptions(random);
      break;
    default:
      bytes = encodePacket(randomPacket(random));
      for (let damage = random.below(4); damage > 0; damage--) bytes = damaged(random, bytes);
  }
  if (bytes.length < 16) return bytes;
  // Nearly always with a right checksum: what lies behind it is to be reached.
  switch (random.below(16)) {
    case 0:
      return bytes;
    case 1:
      return bytes.fill(0, 6, 8);
    default:
      return withChecksum(bytes);
  }
}

/** A packet with a list of options that follows the grammar more or less. */
function withLooseOptions(random: Prng): Uint8Array {
  const bare = encodePacket({ ...randomPacket(random), options: [] });
  const headerLength = bare.length - ((bare[14]! << 8) | bare[15]!);
  const count = random.below(6) === 0 ? 15 + random.below(4) : 1 + random.below(4);
  const list = Array.from({ length: count }, (_, i) => looseOption(random, i === count - 1)).flat();
  const total = 4 + list.length + (random.below(16) === 0 ? random.below(9) - 4 : 0);
  bare[5]! |= 0x01 | (random.below(8) === 0 ? 0x80 : 0);
  const rest = bare.subarray(headerLength);
  return Uint8Array.from([...bare.subarray(0, headerLength), 0, 4, total >> 8, total & 0xff, ...list, ...rest]);
}

/** Lengths of the options by type, from 0x01 on; 0 for the one that is not assigned. */
const LENGTHS = [16, 12, 8, 12, 12, 0, 12, 8, 8, 8, 4, 8, 4, 4, 4, 24, 4, 16, 16];

/** An option of any type, mostly of a length that it can have, with a value near 0. */
function looseOption(random: Prng, last: boolean): number[] {
  const code = random.below(8) === 0 ? random.below(0x80) : 1 + random.below(LENGTHS.length);
  const length = random.below(8) === 0 ? random.below(30) : LENGTHS[code - 1] || 4 * (1 + random.below(6));
  const bound = 1 + random.below(4);
  const value = Array.from({ length: Math.max(0, length - 4) }, (_, i) => i % 4 < 3 ? 0 : random.below(bound));
  const end = random.below(32) === 0 ? !last : last;
  return [code | (end ? 0x80 : 0), length, random.below(4) === 0 ? random.below(256) : 0, random.below(256), ...value];
}

/** One thing done to the octets. */
function damaged(random: Prng, bytes: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  const copy = bytes.slice();
  switch (random.below(7)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      return Uint8Array.from([
        ...copy.subarray(0, at),
        ...randomOctets(random, 1 + random.below(8)),
        ...copy.subarray(at),
      ]);
    case 2:
      return Uint8Array.from([
        ...copy.subarray(0, at),
        ...copy.subarray(Math.min(copy.length, at + 1 + random.below(8))),
      ]);
    case 3:
      copy.set(randomOctets(random, Math.min(4, copy.length - at)), at);
      return copy;
    case 4:
      if (copy.length > 4) copy[random.below(2) === 0 ? 4 : 5] = uint(random, 0xff);
      return copy;
    default:
      if (at < copy.length) copy[at] = copy[at]! ^ (1 << random.below(8));
      return copy;
  }
}

/** Looks at octets in every way there is; gives what became of them. */
function checkOctets(bytes: Uint8Array): string {
  const before = bytes.slice();
  const packet = new PacketView(bytes);
  const text = describePacket(packet);
  assert(text !== "" && !text.includes("\n") && !text.includes("undefined"), text);
  if (packet.error !== ParseError.None) {
    const cause = parseErrorName(packet.error);
    assertEquals(text.startsWith(`malformed: ${cause}`), true, text);
    return cause;
  }
  checkAccessors(packet);
  const outcome = checkAgain(packet);
  assertEquals(hex(bytes), hex(before), "the octets were changed");
  return outcome;
}

function checkAccessors(packet: PacketView): void {
  const name = packetTypeName(packet.type);
  assertEquals(packet.payload().length, packet.tsduLength);
  if (name === "SPM" || name === "POLL") checkNla(packet.pathNla());
  if (name === "NAK" || name === "NNAK" || name === "NCF") [packet.sourceNla(), packet.groupNla()].forEach(checkNla);
  let newest = 0;
  for (const sqn of packet.nakList()) {
    const distance = (sqn - packet.sqn) | 0;
    assert(distance > newest, "NAK list does not ascend");
    newest = distance;
  }
  const fragment = packet.fragment();
  if (fragment !== undefined) {
    assert(fragment.offset + packet.tsduLength <= fragment.apduLength, "fragment beyond its APDU");
    assertEquals(fragment.offset === 0, fragment.firstSqn === packet.sqn);
  }
  const interpreted = new Set(packet.options().filter(({ type }) => type !== "UNKNOWN").map(codeOfOption));
  for (const code of Object.values(OptionType)) {
    if (code === OptionType.LENGTH) assertEquals(packet.hasOption(code), packet.hasOptions);
    else if (code !== OptionType.INVALID) assertEquals(packet.hasOption(code), interpreted.has(code));
  }
  const size = packet.option("CURR_TGSIZE")?.size ?? 0;
  assert(size <= (packet.option("PARITY_PRM")?.tgSize ?? size), "transmission group larger than the session's");
}

function checkNla(nla: string): void {
  assertEquals(parseNla(nla), nla);
}

/** Encodes what was taken. What comes out must be taken for the same, or there is a name for why nothing does. */
function checkAgain(packet: PacketView): string {
  let again: Uint8Array;
  try {
    again = encodePacket(packet.toValue());
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error;
    const refusal = REFUSALS.find(([, message]) => message.test(error.message));
    assert(refusal !== undefined, error.message);
    return `taken, not sent again: ${refusal[0]}`;
  }
  const second = new PacketView(again);
  assertEquals(second.error, ParseError.None);
  assertEquals(hex(encodePacket(second.toValue())), hex(again));
  assertEquals(second.options().length, packet.options().length);
  return `taken ${packetTypeName(packet.type)}`;
}

/** Decoding gives back what was encoded; disorder is mended. */
function checkLaw(random: Prng): string {
  const value = randomPacket(random);
  const bytes = encodePacket(value);
  const packet = new PacketView(bytes);
  assertEquals(packet.error, ParseError.None, hex(bytes));
  assertEquals(packet.toValue(), value);
  assertEquals(packet.ignoredOptions, 0);
  assertEquals(hex(encodePacket(disordered(random, value))), hex(bytes));
  checkOctets(bytes);
  return "law";
}

function main(): void {
  const args = parseArgs(Deno.args, { string: ["iterations", "seed"] });
  const iterations = Number(args.iterations ?? 100_000);
  const seed = Number(args.seed ?? 1);
  const counts = fuzzWire(seed, iterations);
  const outcomes = [...counts].map(([outcome, count]) => `${outcome} ${count}`).join(", ");
  console.log(`wire fuzz: seed ${seed}, ${iterations} iterations: ${outcomes}`);
}

if (import.meta.main) main();
