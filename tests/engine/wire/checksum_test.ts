/**
 * The checksum against a second, plain implementation, and against what the RFC says of 0.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { prngFromSeed } from "../../../engine/base/prng.ts";
import { Slab } from "../../../engine/base/slab.ts";
import {
  encodeData,
  encodePacket,
  encodeRepair,
  PacketType,
  ParseError,
  pgmChecksum,
  updateChecksum,
  viewPacket,
} from "../../../engine/wire/mod.ts";
import {
  ALL_TYPES,
  ascii,
  datagram,
  nla,
  odata,
  packetOfType,
  patched,
  rdata,
  spm,
  view,
} from "../../support/packets.ts";
import { Datagram } from "../../../engine/base/datagram.ts";

/** RFC 1071 word by word. */
function plainChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    if (at !== 6) sum += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return sum === 0xffff ? 0xffff : 0xffff - sum;
}

Deno.test("pgmChecksum: a known packet, odd and even lengths, zero octets as padding [PKT-014]", () => {
  assertEquals(pgmChecksum(encodePacket(spm())), 0x013c);
  assertEquals(pgmChecksum(encodePacket(odata())), 0xc366);
  const odd = odata({ payload: ascii("hello") });
  const padded = odata({ payload: Uint8Array.of(...ascii("hello"), 0) });
  // The TSDU length is all that differs for the sum.
  assertEquals(pgmChecksum(encodePacket(odd)), pgmChecksum(encodePacket(padded)) + 1);
  // No pseudo-header: the addresses of the datagram have no part in it.
  const bytes = encodePacket(odata());
  const translated = new Datagram({
    source: nla("192.0.2.1"),
    destination: nla("233.252.0.1"),
    ttl: 1,
    routerAlert: true,
    bytes,
  });
  assertEquals([viewPacket(datagram(bytes)).error, viewPacket(translated).error], [ParseError.None, ParseError.None]);
});

Deno.test("pgmChecksum: equals the plain sum for every length, alignment and buffer", () => {
  const random = prngFromSeed(1).fork("checksum");
  const buffer = Uint8Array.from({ length: 2200 }, () => random.below(256));
  for (let length = 16; length < 330; length++) {
    for (let start = 0; start < 9; start++) {
      const bytes = buffer.subarray(start, start + length);
      assertEquals(pgmChecksum(bytes), plainChecksum(bytes), `${length} octets at ${start}`);
    }
    const own = buffer.slice(3, 3 + length);
    assertEquals(pgmChecksum(own), plainChecksum(own), `${length} octets in a buffer of their own`);
  }
  for (const length of [1000, 1499, 1500, 2001]) {
    for (const start of [0, 1, 2, 3]) {
      const bytes = buffer.subarray(start, start + length);
      assertEquals(pgmChecksum(bytes), plainChecksum(bytes), `${length} octets at ${start}`);
    }
  }
});

Deno.test("pgmChecksum: the largest sums do not overflow", () => {
  for (const length of [65_535, 65_536, 262_144, 400_001]) {
    const bytes = new Uint8Array(length).fill(0xff);
    assertEquals(pgmChecksum(bytes), plainChecksum(bytes), `${length} octets of 0xff`);
  }
});

Deno.test("pgmChecksum: a result of 0 is sent as 0xffff, and 0 is not verified on packets other than data [PKT-015]", () => {
  const plain = encodePacket(packetOfType("SPMR"));
  // Ports and GSI are chosen so that the words sum to 0xffff.
  const sum = 0xffff - pgmChecksum(plain);
  const bytes = encodePacket({ ...packetOfType("SPMR"), sourcePort: 7500 + 0xffff - sum });
  assertEquals([bytes[6], bytes[7]], [0xff, 0xff]);
  assertEquals(view(bytes).error, ParseError.None);
  for (const type of ALL_TYPES.filter((type) => !type.endsWith("DATA"))) {
    const unchecked = encodePacket(packetOfType(type));
    unchecked.fill(0, 6, 8);
    assertEquals(view(unchecked).error, ParseError.None, type);
  }
});

Deno.test("viewPacket: data without a checksum is malformed; no data leaves without one [PKT-016]", () => {
  for (const packet of [odata(), rdata()]) {
    const bytes = encodePacket(packet);
    assertNotEquals((bytes[6]! << 8) | bytes[7]!, 0);
    bytes.fill(0, 6, 8);
    assertEquals(view(bytes).error, ParseError.ChecksumMissing);
  }
  // A payload for which the checksum comes out as 0.
  const bare = odata({ payload: Uint8Array.of(0, 0) });
  const sum = 0xffff - pgmChecksum(encodePacket(bare));
  const rest = 0xffff - sum;
  const packet = odata({ payload: Uint8Array.of(rest >> 8, rest & 0xff) });
  const data = { ...packet, type: PacketType.ODATA, fragment: undefined };
  for (const bytes of [encodePacket(packet), encodeData(new Slab(), data)]) {
    assertEquals([bytes[6], bytes[7]], [0xff, 0xff]);
  }
});

Deno.test("viewPacket: every single flipped bit is noticed [PKT-018]", () => {
  for (const packet of [odata(), spm(), packetOfType("NAK"), packetOfType("POLL")]) {
    const bytes = encodePacket(packet);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
      assertEquals(view(flipped).error, ParseError.BadChecksum, `${packet.type} bit ${bit}`);
    }
  }
});

Deno.test("encodePacket: the checksum covers the option bits of the header [OPT-019]", () => {
  const bytes = encodePacket(spm({ options: [{ type: "NBR_UNREACH" }] }));
  assertEquals(bytes[5], 0x03);
  assertEquals((bytes[6]! << 8) | bytes[7]!, plainChecksum(bytes));
  assertNotEquals(pgmChecksum(patched(bytes, 5, [0])), pgmChecksum(bytes));
});

Deno.test("updateChecksum: the same as computing it anew", () => {
  const random = prngFromSeed(2).fork("update");
  const bytes = Uint8Array.from({ length: 40 }, () => random.below(256));
  for (let step = 0; step < 2000; step++) {
    const before = pgmChecksum(bytes);
    const at = [0, 4, 20, 22, 38][random.below(5)]!;
    const from = (bytes[at]! << 8) | bytes[at + 1]!;
    const to = [random.below(0x1_0000), 0, 0xffff, from][random.below(4)]!;
    bytes[at] = to >> 8;
    bytes[at + 1] = to;
    assertEquals(updateChecksum(before, from, to), pgmChecksum(bytes));
  }
});

Deno.test("encodeRepair: the checksum is right for every trailing edge", () => {
  const slab = new Slab();
  const original = encodePacket(odata());
  const random = prngFromSeed(3).fork("repair");
  for (const trail of [0, 100, 0xffff_ffff, ...Array.from({ length: 500 }, () => random.u32())]) {
    const repair = encodeRepair(slab, original, trail);
    assertEquals(repair, encodePacket(rdata({ trail })));
    assert(view(repair).error === ParseError.None);
  }
});
