import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/mod.ts";
import { childrenPerReply, matchesPoll, pollMask } from "../../../engine/poll/random_match.ts";

Deno.test("matchesPoll: the vectors", () => {
  assertEquals(matchesPoll(0xa5a5_a5a5, 0xa5a5_0000, 0xffff_0000), true);
  assertEquals(matchesPoll(0xa5a5_a5a5, 0xa5a5_0000, 0x0000_ffff), false);
  assertEquals(matchesPoll(0xa5a5_a5a5, 0x1234_5678, 0), true);
  assertEquals(matchesPoll(0xffff_ffff, 0xffff_ffff, 0xffff_ffff), true);
  assertEquals(matchesPoll(0x7fff_ffff, 0xffff_ffff, 0xffff_ffff), false);
});

Deno.test("pollMask, childrenPerReply: so many bits, so many children for each reply", () => {
  for (let bits = 0; bits <= 32; bits++) {
    const mask = pollMask(bits);
    assertEquals(mask >= 0 && mask <= 0xffff_ffff, true);
    assertEquals([...mask.toString(2)].filter((bit) => bit === "1").length, bits);
    assertEquals(childrenPerReply(bits), 2 ** bits);
  }
  for (const bits of [-1, 33, 1.5]) {
    assertThrows(() => pollMask(bits), AssertionError);
    assertThrows(() => childrenPerReply(bits), AssertionError);
  }
});
