/**
 * Addresses: one text for each, IPv4 and IPv6.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  isIpv6,
  isMulticast,
  type Nla,
  nlaFromBytes,
  nlaLength,
  parseNla,
  writeNla,
} from "../../../engine/base/nla.ts";
import { prngFromSeed } from "../../../engine/base/prng.ts";

Deno.test("parseNla: IPv4 in dotted decimal, and nothing like it", () => {
  for (const text of ["0.0.0.0", "10.0.0.1", "255.255.255.255"]) assertEquals(parseNla(text), text);
  for (
    const text of [
      "",
      "1",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.256",
      "01.2.3.4",
      "1.2.3.4 ",
      "1.2.3.-4",
      "1.2.3.0x4",
      "a.b.c.d",
    ]
  ) assertEquals(parseNla(text), undefined, text);
});

Deno.test("parseNla: IPv6 in the canonical form of RFC 5952", () => {
  const forms: [string, string][] = [
    ["::", "::"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["0:0:1:0:0:0:1:0", "0:0:1::1:0"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
    ["FF02::1", "ff02::1"],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
  ];
  for (const [text, canonical] of forms) {
    assertEquals(parseNla(text), canonical);
    assertEquals(parseNla(canonical), canonical);
  }
  for (
    const text of [
      ":",
      ":::",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1::2:3:4:5:6:7:8",
      "12345::",
      "g::",
      ":1:2:3:4:5:6:7",
      "1.2.3.4::",
      "::1.2.3",
      "::1.2.3.256",
      "1::1.2.3.4:5",
      "fe80::1%eth0",
    ]
  ) assertEquals(parseNla(text), undefined, text);
});

Deno.test("nlaFromBytes, writeNla: undo each other, at any offset", () => {
  const random = prngFromSeed(1).fork("nla");
  for (let i = 0; i < 2000; i++) {
    const length = random.below(2) === 0 ? 4 : 16;
    const octets = Uint8Array.from({ length: 20 }, () => random.below(3) === 0 ? random.below(256) : 0);
    const at = random.below(20 - length + 1);
    const nla = nlaFromBytes(octets, at, length);
    assertEquals(parseNla(nla), nla);
    assertEquals([nlaLength(nla), isIpv6(nla)], [length, length === 16]);
    const copy = octets.slice().fill(0xee, at, at + length);
    assertEquals(writeNla(nla, copy, at), length);
    assertEquals(copy, octets, nla);
  }
});

Deno.test("isMulticast: 224.0.0.0/4 and ff00::/8, to the last address on both sides", () => {
  const groups = ["224.0.0.0", "229.1.1.1", "230.0.0.1", "239.255.255.255", "ff00::", "ff02::1", "ffff::1"];
  for (const text of groups) assertEquals(isMulticast(text as Nla), true, text);
  const others = [
    "223.255.255.255",
    "240.0.0.0",
    "22.4.0.1",
    "2.40.0.1",
    "23.9.0.1",
    "255.255.255.255",
    "10.0.0.1",
    "feff::1",
    "ff::1",
    "fff::1",
    "::ff02",
    "2001:db8::ff02",
  ];
  for (const text of others) assertEquals(isMulticast(text as Nla), false, text);
  for (let first = 0; first < 256; first++) {
    assertEquals(isMulticast(`${first}.0.0.1` as Nla), first >= 224 && first < 240, `${first}.0.0.1`);
  }
});
