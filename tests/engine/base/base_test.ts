/**
 * The small things of engine/base: buffers, session identifiers, datagrams, durations, assertions.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { assert as check, AssertionError, unreachable } from "../../../engine/base/assert.ts";
import { Datagram } from "../../../engine/base/datagram.ts";
import type { Nla } from "../../../engine/base/nla.ts";
import { Slab } from "../../../engine/base/slab.ts";
import { formatDuration, ms, NEVER, seconds, us } from "../../../engine/base/time.ts";
import { formatGsi, formatTsi, parseGsi } from "../../../engine/base/tsi.ts";

Deno.test("Slab: buffers are zero-filled, of the length asked for, and never overlap", () => {
  const slab = new Slab();
  const buffers: Uint8Array[] = [];
  for (let i = 0; i < 2000; i++) {
    const buffer = slab.take(i % 1500);
    assertEquals(buffer.length, i % 1500);
    assert(buffer.every((octet) => octet === 0));
    buffers.push(buffer.fill(i & 0xff));
  }
  for (const [i, buffer] of buffers.entries()) assert(buffer.every((octet) => octet === (i & 0xff)), `buffer ${i}`);
  assert(new Set(buffers.map(({ buffer }) => buffer)).size > 3, "never more than one chunk");
});

Deno.test("Slab: a buffer is at most a chunk", () => {
  const slab = new Slab();
  assertEquals(slab.take(256 * 1024).length, 256 * 1024);
  assertEquals(slab.take(0).length, 0);
  assertThrows(() => slab.take(256 * 1024 + 1), AssertionError, "slab buffer");
  assertThrows(() => slab.take(-1), AssertionError, "slab buffer");
});

Deno.test("formatTsi, parseGsi: twelve digits and the port", () => {
  assertEquals(formatTsi({ gsi: 0x52aa_a6ae_cb1a, port: 4660 }), "52aaa6aecb1a.4660");
  assertEquals([formatGsi(0), formatGsi(0xffff_ffff_ffff)], ["000000000000", "ffffffffffff"]);
  for (const gsi of [0, 1, 0x52aa_a6ae_cb1a, 0xffff_ffff_ffff]) assertEquals(parseGsi(formatGsi(gsi)), gsi);
  assertEquals(parseGsi("52AAA6AECB1A"), 0x52aa_a6ae_cb1a);
  for (const text of ["", "52aaa6aecb1", "52aaa6aecb1a0", "52aaa6aecb1g", " 52aaa6aecb1"]) {
    assertThrows(() => parseGsi(text), AssertionError, "twelve hexadecimal digits");
  }
});

Deno.test("Datagram: the next hop has one less TTL and shares octets and memo", () => {
  const init = {
    source: "10.0.0.1" as Nla,
    destination: "239.1.2.3" as Nla,
    ttl: 16,
    routerAlert: true,
    bytes: new Uint8Array(4),
  };
  const datagram = new Datagram(init);
  const next = datagram.nextHop();
  assertEquals([datagram.ttl, next.ttl, next.routerAlert, next.multicast], [16, 15, true, true]);
  assertEquals([next.source, next.destination], [init.source, init.destination]);
  assertStrictEquals(next.bytes, init.bytes);
  assertStrictEquals(next.memo, datagram.memo);
  assert(new Datagram(init).memo !== datagram.memo);
  assertEquals(new Datagram({ ...init, destination: "10.0.0.2" as Nla }).multicast, false);
});

Deno.test("time: units are integer nanoseconds", () => {
  assertEquals([us(1), ms(1), seconds(1), ms(0.5), us(0.0001)], [1000, 1_000_000, 1_000_000_000, 500_000, 0]);
  assert(NEVER > seconds(9_000_000));
});

Deno.test("formatDuration: the shortest exact text", () => {
  const texts = [0, 250, 1500, 1_500_000, seconds(30), seconds(90.25), -ms(2), NEVER].map(formatDuration);
  assertEquals(texts, ["0ns", "250ns", "1.5us", "1.5ms", "30s", "90.25s", "-2ms", "never"]);
});

Deno.test("assert, unreachable: a broken invariant is an AssertionError with its message", () => {
  check(true, "holds");
  assertThrows(() => check(false, "broken"), AssertionError, "broken");
  assertThrows(() => unreachable("case" as never), AssertionError, "unreachable: case");
  assertNotEquals(new AssertionError("x").name, "Error");
});
