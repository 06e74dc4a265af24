/**
 * TSDUs of several lengths in one group.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError, cutTsdu, padTsdu, prngFromSeed, ReedSolomon, TSDU_LENGTH_BYTES } from "../../../engine/mod.ts";
import { ascii, hex, octets } from "../../support/packets.ts";

/** What is encoded for each TSDU. */
function blocks(tsdus: readonly Uint8Array[]): Uint8Array[] {
  const longest = Math.max(...tsdus.map((tsdu) => tsdu.length));
  return tsdus.map((tsdu) => {
    const block = new Uint8Array(longest + TSDU_LENGTH_BYTES).fill(0xee);
    padTsdu(tsdu, block);
    return block;
  });
}

Deno.test("padTsdu: zeros up to the longest, then the length, high octet first [FEC-035]", () => {
  const data = blocks([ascii("A"), ascii("BC")]);
  assertEquals(data.map(hex), ["41000001", "42430002"]);
  const parity = [new Uint8Array(4), new Uint8Array(4)];
  new ReedSolomon(2).encode(data, 0, parity);
  assertEquals(parity.map(hex), ["47860007", "4d11000d"]);
  assertEquals(blocks([new Uint8Array(0x1234)]).map((block) => hex(block.subarray(0x1234))), ["1234"]);
});

Deno.test("padTsdu: what does not fit asserts", () => {
  padTsdu(new Uint8Array(3), new Uint8Array(5));
  padTsdu(new Uint8Array(0), new Uint8Array(2));
  padTsdu(new Uint8Array(0xffff), new Uint8Array(0x1_0001));
  for (const [tsdu, block] of [[4, 5], [0, 1], [0, 0], [0x1_0000, 0x1_0002]] as const) {
    assertThrows(() => padTsdu(new Uint8Array(tsdu), new Uint8Array(block)), AssertionError, "fits its block");
  }
});

Deno.test("cutTsdu: recovers the length of a lost packet with its octets [FEC-036]", () => {
  const random = prngFromSeed(1);
  for (let round = 0; round < 200; round++) {
    const k = 2 + random.below(9);
    const tsdus = Array.from({ length: k }, () => Uint8Array.from({ length: random.below(50) }, () => random.below(3)));
    const data = blocks(tsdus);
    const [parity, recovered] = [0, 1].map(() => [0, 1].map(() => new Uint8Array(data[0]!.length))) as [
      Uint8Array[],
      Uint8Array[],
    ];
    const code = new ReedSolomon(k);
    const first = random.below(code.maxParity - 1);
    code.encode(data, first, parity);
    code.decode([undefined, ...data.slice(1, -1), undefined], parity, [first, first + 1], recovered);
    assertEquals(recovered.map(cutTsdu), [tsdus[0], tsdus.at(-1)]);
  }
});

Deno.test("cutTsdu: what no source encoded is no TSDU: too long, padded with something, too short a block", () => {
  const cut = (block: string) => cutTsdu(octets(block));
  assertEquals(cut("41 42 0002"), octets("4142"));
  assertEquals(cut("41 42 0003"), undefined);
  assertEquals(cut("41 42 0102"), undefined);
  assertEquals(cut("41 00 0001"), octets("41"));
  assertEquals(cut("41 01 0001"), undefined);
  assertEquals(cut("0000"), octets(""));
  assertEquals(cut("0001"), undefined);
  assertEquals(cut("00"), undefined);
  assertEquals(cut(""), undefined);
});

Deno.test("cutTsdu: tells most of what was decoded with wrong parity, and not what is wrong in the TSDU alone", () => {
  const data = blocks([ascii("short"), ascii("longer"), ascii("the longest")]);
  const parity = [new Uint8Array(data[0]!.length)];
  const recovered = [new Uint8Array(data[0]!.length)];
  const code = new ReedSolomon(3);
  code.encode(data, 0, parity);
  const seen = parity[0]!.map((octet, at) => {
    parity[0]![at] = octet ^ 1;
    code.decode([undefined, ...data.slice(1)], parity, [0], recovered);
    parity[0]![at] = octet;
    return Number(cutTsdu(recovered[0]!) === undefined);
  });
  assertEquals([...seen.subarray(0, 5)], [0, 0, 0, 0, 0], "within the TSDU");
  assertEquals([...seen.subarray(5)], [1, 1, 1, 1, 1, 1, 1, 1], "in the padding and the length");
  assert(cutTsdu(recovered[0]!) === undefined);
});
