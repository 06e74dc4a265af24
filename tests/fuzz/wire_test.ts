/**
 * A short run of the codec's fuzzer (tests/fuzz/wire_fuzz.ts), which must reach every outcome.
 *
 * @module
 */

import { assert } from "@std/assert";
import { packetTypeName, ParseError, parseErrorName } from "../../engine/wire/mod.ts";
import { PacketType } from "../../engine/wire/mod.ts";
import { fuzzWire } from "./wire_fuzz.ts";

Deno.test("fuzzWire: no octets make the codec throw, and what is encoded is decoded [PKT-059]", () => {
  const counts = fuzzWire(20011201, 15_000);
  const expected = [
    "law",
    ...Object.values(ParseError).filter((error) => error !== ParseError.None).map(parseErrorName),
    ...Object.values(PacketType).map((type) => `taken ${packetTypeName(type)}`),
  ];
  for (const outcome of expected) assert((counts.get(outcome) ?? 0) > 0, `never reached: ${outcome}`);
});
