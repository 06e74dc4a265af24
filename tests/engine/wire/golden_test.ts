/**
 * The codec against octets that were made without it (tests/golden/wire_vectors.ts).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { describePacket, encodePacket, ParseError } from "../../../engine/wire/mod.ts";
import { MORE_VECTORS, VECTORS, type WireVector } from "../../golden/wire_vectors.ts";
import { hex, octets, view } from "../../support/packets.ts";

function check(vectors: readonly WireVector[]): void {
  for (const { bytes, text, value } of vectors) {
    const packet = octets(bytes);
    assertEquals(hex(encodePacket(value)), hex(packet), text);
    const decoded = view(packet);
    assertEquals(decoded.error, ParseError.None, text);
    assertEquals(decoded.toValue(), value, text);
    assertEquals(decoded.ignoredOptions, 0, text);
    assertEquals(describePacket(decoded), text);
  }
}

Deno.test("encodePacket, viewPacket: the 13 IPv4 vectors, to the octet", () => {
  assertEquals(VECTORS.length, 13);
  check(VECTORS);
});

Deno.test("encodePacket, viewPacket: every packet type and option, IPv4, IPv6 and mixed, to the octet [PKT-003]", () => {
  check(MORE_VECTORS);
  const all = [...VECTORS, ...MORE_VECTORS].map(({ value }) => value);
  assertEquals(new Set(all.map(({ type }) => type)).size, 10);
  assertEquals(new Set(all.flatMap((value) => value.options.map(({ type }) => type))).size, 20);
});
