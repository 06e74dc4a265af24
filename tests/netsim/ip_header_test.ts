/**
 * IP headers: exact octets, the laws of encode and decode, and every way in which a packet can be wrong.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../engine/base/assert.ts";
import { prngFromSeed } from "../../engine/base/prng.ts";
import { decodeIp, encodeIp, ipLength, writeIp } from "../../netsim/ip_header.ts";
import { datagram4, datagram6, mutate, nla, randomDatagram, unhex, wireFields } from "./support.ts";

const PROTOCOL = 113;

Deno.test("encodeIp: IPv4, octet by octet", () => {
  const expected = unhex(`4500 0017 0000 4000 1071 70ab  0a09 0001 efc0 0001  010203`);
  assertEquals(encodeIp(datagram4(), PROTOCOL), expected);
});

Deno.test("encodeIp: IPv4 with Router Alert is what a Linux kernel sends, but for the identification", () => {
  const bytes = new Uint8Array(36);
  // The kernel sent identification f16d and checksum ea13, whose one's complement sum is db81.
  const header = unhex(`4600 003c 0000 4000 1071 db81  0a09 0001 efc0 0001  9404 0000`);
  assertEquals(encodeIp(datagram4({ routerAlert: true, bytes }), PROTOCOL), Uint8Array.of(...header, ...bytes));
});

Deno.test("encodeIp: IPv6, octet by octet", () => {
  const addresses = "fd000000000000000000000000090001 ff1e0000000000000000000000000007";
  assertEquals(encodeIp(datagram6(), PROTOCOL), unhex(`6000 0000 0003 71 10 ${addresses} 010203`));
  assertEquals(
    encodeIp(datagram6({ routerAlert: true }), PROTOCOL),
    unhex(`6000 0000 000b 00 10 ${addresses} 71 00 0502 0000 0100 010203`),
  );
});

Deno.test("encodeIp: every IPv4 header sums up to ffff", () => {
  const random = prngFromSeed(1);
  for (let i = 0; i < 200; i++) {
    const datagram = datagram4({
      ttl: random.below(256),
      routerAlert: i % 2 === 0,
      source: nla(`${random.below(256)}.${random.below(256)}.${random.below(256)}.1`),
    });
    const packet = encodeIp(datagram, random.below(256));
    let sum = 0;
    for (let at = 0; at < ipLength(datagram) - 3; at += 2) sum += packet[at]! * 256 + packet[at + 1]!;
    assertEquals(sum % 0xffff, 0);
    assert(sum > 0);
  }
});

Deno.test("encodeIp: a header checksum whose carry carries again", () => {
  const packet = encodeIp(datagram4({ source: nla("10.9.112.173") }), PROTOCOL);
  assertEquals([...packet.subarray(10, 12)], [0xff, 0xfe]);
});

Deno.test("ipLength: header, Router Alert and octets", () => {
  const lengths = [datagram4(), datagram4({ routerAlert: true }), datagram6(), datagram6({ routerAlert: true })];
  assertEquals(lengths.map(ipLength), [23, 27, 43, 51]);
});

Deno.test("encodeIp: the longest packet that fits, and the first that does not", () => {
  const most = (init: object, length: number) =>
    [length, length + 1].map((n) => ({ ...init, bytes: new Uint8Array(n) }));
  for (
    const [longest, tooLong] of [
      most({}, 65_515).map(datagram4),
      most({ routerAlert: true }, 65_511).map(datagram4),
      most({}, 65_535).map(datagram6),
      most({ routerAlert: true }, 65_527).map(datagram6),
    ]
  ) {
    const decoded = decodeIp(encodeIp(longest!, PROTOCOL));
    assert("datagram" in decoded);
    assertEquals(decoded.datagram.bytes.length, longest!.bytes.length);
    assertThrows(() => encodeIp(tooLong!, PROTOCOL), AssertionError, "must be at most 65535");
  }
});

Deno.test("encodeIp: mixed families and fields out of range are refused", () => {
  assertThrows(() => encodeIp(datagram4({ destination: nla("ff1e::7") }), PROTOCOL), AssertionError, "families");
  assertThrows(() => encodeIp(datagram6({ destination: nla("10.0.0.1") }), PROTOCOL), AssertionError, "families");
  for (const ttl of [-1, 256, 1.5, NaN]) {
    assertThrows(() => encodeIp(datagram4({ ttl }), PROTOCOL), AssertionError, "TTL");
  }
  for (const protocol of [-1, 256, 1.5]) {
    assertThrows(() => encodeIp(datagram4(), protocol), AssertionError, "protocol");
  }
  for (const ttl of [0, 255]) assertEquals(encodeIp(datagram4({ ttl }), PROTOCOL)[8], ttl);
});

Deno.test("writeIp: writes at an offset and not past the end", () => {
  const into = new Uint8Array(30);
  assertEquals(writeIp(datagram4(), PROTOCOL, into, 7), 23);
  assertEquals(into.subarray(7), encodeIp(datagram4(), PROTOCOL));
  assertEquals(into.subarray(0, 7), new Uint8Array(7));
  assertThrows(() => writeIp(datagram4(), PROTOCOL, into, 8), AssertionError, "do not fit");
});

Deno.test("decodeIp: gives back what was encoded, with or without padding behind it", () => {
  const random = prngFromSeed(2);
  for (let i = 0; i < 300; i++) {
    const datagram = randomDatagram(random);
    const packet = encodeIp(datagram, PROTOCOL);
    for (const bytes of [packet, Uint8Array.of(...packet, 0xff, 0xff)]) {
      const decoded = decodeIp(bytes);
      assert("datagram" in decoded, JSON.stringify(decoded));
      assertEquals(wireFields(decoded.datagram), wireFields(datagram));
      assertEquals(decoded.protocol, PROTOCOL);
    }
  }
});

Deno.test("decodeIp: shares the memory of the packet", () => {
  const packet = encodeIp(datagram4(), PROTOCOL);
  const decoded = decodeIp(packet);
  assert("datagram" in decoded);
  assert(decoded.datagram.bytes.buffer === packet.buffer);
});

Deno.test("decodeIp: every shorter piece of a packet is truncated", () => {
  for (const routerAlert of [false, true]) {
    for (const datagram of [datagram4({ routerAlert }), datagram6({ routerAlert })]) {
      const packet = encodeIp(datagram, PROTOCOL);
      for (let length = 0; length < packet.length; length++) {
        assertEquals(errorOf(packet.subarray(0, length))?.slice(0, 10), "truncated:", `${length}`);
      }
      assertEquals(errorOf(packet), undefined);
    }
  }
  assertEquals(errorOf(encodeIp(datagram4(), PROTOCOL).subarray(0, 22)), "truncated: 22 of 23 octets");
});

Deno.test("decodeIp: other versions are not IP", () => {
  for (let version = 0; version < 16; version++) {
    const packet = encodeIp(version === 6 ? datagram6() : datagram4(), PROTOCOL);
    packet[0] = (version << 4) | (packet[0]! & 0x0f);
    assertEquals(errorOf(packet), version === 4 || version === 6 ? undefined : "not IP");
  }
});

Deno.test("decodeIp: IPv4 lengths that cannot be", () => {
  const error = (at: number, value: number) => errorOf(changed(encodeIp(datagram4(), PROTOCOL), at, value));
  assertEquals(error(0, 0x44), "bad IPv4 length");
  assertEquals(error(0, 0x46), "bad IPv4 length");
  assertEquals(error(3, 19), "bad IPv4 length");
  assertEquals(error(3, 20), undefined);
});

Deno.test("decodeIp: IPv4 fragments are told from packets that must not be fragmented", () => {
  const error = (high: number, low: number) =>
    errorOf(changed(changed(encodeIp(datagram4(), PROTOCOL), 6, high), 7, low));
  assertEquals(error(0x40, 0), undefined);
  assertEquals(error(0x00, 0), undefined);
  assertEquals(error(0x20, 0), "IP fragment");
  assertEquals(error(0x00, 1), "IP fragment");
  assertEquals(error(0x1f, 0), "IP fragment");
});

Deno.test("decodeIp: IPv4 options are walked", () => {
  const alert = (options: string) => {
    const decoded = decodeIp(withIpv4Options(unhex(options)));
    return "error" in decoded ? decoded.error : decoded.datagram.routerAlert;
  };
  assertEquals(alert("01010101"), false);
  assertEquals(alert("01 94040000 000000"), true);
  assertEquals(alert("4404 0000 94040000"), true);
  assertEquals(alert("00 010101 94040000"), false);
  assertEquals(alert("9405 000000 000000"), false);
  assertEquals(alert("4408 0000 94040000"), false);
  for (const bad of ["44000000", "44010000", "44050000", "01010144"]) assertEquals(alert(bad), "bad IPv4 option");
});

Deno.test("decodeIp: IPv6 hop-by-hop and destination options are walked", () => {
  const outcome = (next: number, extensions: string) => {
    const decoded = decodeIp(withIpv6Extensions(next, unhex(extensions)));
    return "error" in decoded
      ? decoded.error
      : [decoded.protocol, decoded.datagram.routerAlert, decoded.datagram.bytes.length];
  };
  assertEquals(outcome(60, "71 00 0104 00000000"), [113, false, 3]);
  assertEquals(outcome(0, "71 00 0502 0000 0000"), [113, true, 3]);
  assertEquals(outcome(0, "71 01 c206 000000000000 0502 0000 0000"), [113, true, 3]);
  assertEquals(outcome(0, "3c 00 0502 0000 0100  71 00 0104 00000000"), [113, true, 3]);
  assertEquals(outcome(60, "71 00 0502 0000 0100"), [113, false, 3]);
  assertEquals(outcome(0, "71 00 0503 000000 00"), [113, false, 3]);
  assertEquals(outcome(60, "00 00 0104 00000000"), [0, false, 3]);
  assertEquals(outcome(0, "71 00 0105 00000000"), "bad IPv6 option");
  assertEquals(outcome(0, "71 00 000000000005"), "bad IPv6 option");
  assertEquals(outcome(60, "71 01 0104 00000000"), "bad IPv6 extension header");
  assertEquals(outcome(60, ""), "bad IPv6 extension header");
  assertEquals(outcome(44, "71 00 0001 00000000"), "IP fragment");
  assertEquals(outcome(60, "2c 00 0104 00000000 71 00 0001 00000000"), "IP fragment");
});

Deno.test("decodeIp: never throws, whatever the octets", () => {
  const random = prngFromSeed(3);
  for (let i = 0; i < 8_000; i++) {
    const decoded = decodeIp(mutate(encodeIp(randomDatagram(random), PROTOCOL), random));
    assert("error" in decoded ? decoded.error.length > 0 : decoded.datagram.ttl <= 255);
  }
});

function errorOf(bytes: Uint8Array): string | undefined {
  const decoded = decodeIp(bytes);
  return "error" in decoded ? decoded.error : undefined;
}

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  bytes[at] = value;
  return bytes;
}

/** An IPv4 packet of three octets with these options, whose length is a multiple of four. */
function withIpv4Options(options: Uint8Array): Uint8Array {
  const plain = encodeIp(datagram4(), PROTOCOL);
  const packet = Uint8Array.of(...plain.subarray(0, 20), ...options, ...plain.subarray(20));
  packet[0] = 0x45 + options.length / 4;
  packet[3] = packet.length;
  return packet;
}

/** An IPv6 packet of three octets with these extension headers, the first of which is of type `next`. */
function withIpv6Extensions(next: number, extensions: Uint8Array): Uint8Array {
  const plain = encodeIp(datagram6(), PROTOCOL);
  const packet = Uint8Array.of(...plain.subarray(0, 40), ...extensions, ...plain.subarray(40));
  packet[5] = extensions.length + 3;
  packet[6] = next;
  return packet;
}
