/**
 * How a source names its session: the GSI of its host's name, and a port that no other session of the host has.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { drawSourcePort, gsiFromHostname } from "../../../engine/base/gsi.ts";
import { AssertionError } from "../../../engine/base/assert.ts";
import { md5 } from "../../../engine/base/md5.ts";
import { prngFromSeed } from "../../../engine/base/prng.ts";
import { parseGsi } from "../../../engine/base/tsi.ts";

function reference(message: Uint8Array): string {
  return createHash("md5").update(message).digest("hex");
}

Deno.test("md5: the digests of RFC 1321, section A.5", () => {
  const suite: [string, string][] = [
    ["", "d41d8cd98f00b204e9800998ecf8427e"],
    ["a", "0cc175b9c0f1b6a831c399e269772661"],
    ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
    ["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
  ];
  for (const [text, digest] of suite) assertEquals(md5(new TextEncoder().encode(text)).toHex(), digest);
});

Deno.test("md5: as node:crypto has it, for every length around the ends of a block and far beyond", () => {
  const random = prngFromSeed(1);
  const lengths = [...Array.from({ length: 260 }, (_, length) => length), 1000, 4095, 4096, 65_537];
  for (const length of lengths) {
    const message = Uint8Array.from({ length }, () => random.u32() & 0xff);
    assertEquals(md5(message).toHex(), reference(message), `${length} octets`);
  }
});

Deno.test("gsiFromHostname: the last six octets of the MD5 digest of the name [SRC-040]", () => {
  assertEquals(gsiFromHostname("pgm.example.com"), 0x52aa_a6ae_cb1a);
  for (const name of ["sender", "a.b.c.example", "x".repeat(255), "münchen.example"]) {
    assertEquals(gsiFromHostname(name), parseGsi(reference(new TextEncoder().encode(name)).slice(20)), name);
  }
  assertNotEquals(gsiFromHostname("a.example"), gsiFromHostname("b.example"));
});

Deno.test("drawSourcePort: random, in 1024 .. 65535, never a taken one, the same by seed", () => {
  const draw = (seed: number, count: number) => {
    const random = prngFromSeed(seed);
    const taken = new Set<number>();
    for (let i = 0; i < count; i++) {
      const port = drawSourcePort(random, taken);
      assert(port >= 1024 && port <= 65_535 && !taken.has(port), `draw ${i}: port ${port}`);
      taken.add(port);
    }
    return [...taken];
  };
  assertEquals(draw(1, 1500), draw(1, 1500));
  assertNotEquals(draw(1, 3), draw(2, 3));
});

Deno.test("drawSourcePort: the last free port is found wherever it is; with none left it asserts", () => {
  const random = prngFromSeed(1);
  for (const last of [1024, 1025, 30_000, 65_534, 65_535]) {
    // Ports outside the range do not count.
    const taken = new Set([0, 80, 1023, 65_536]);
    for (let port = 65_535; port >= 1024; port--) if (port !== last) taken.add(port);
    assertEquals(drawSourcePort(random, taken), last);
    taken.add(last);
    assertThrows(() => drawSourcePort(random, taken), AssertionError, "every data-source port of the host is taken");
  }
});

Deno.test("drawSourcePort: every free port is equally likely", () => {
  const random = prngFromSeed(3);
  const free = [1024, 1026, 40_000, 65_535];
  const taken = new Set(Array.from({ length: 64_512 }, (_, i) => 1024 + i).filter((port) => !free.includes(port)));
  const counts = new Map(free.map((port) => [port, 0]));
  for (let i = 0; i < 400; i++) {
    const port = drawSourcePort(random, taken);
    counts.set(port, counts.get(port)! + 1);
  }
  // 100 expected of each; five standard deviations.
  for (const [port, count] of counts) assert(count > 57 && count < 143, `port ${port}: ${count}`);
});
