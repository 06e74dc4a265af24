/**
 * Our receiver hears real sessions with parity, of which other packets are lost than those that were
 * (tests/golden/captures/README.md).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { capturedPayload, replay, type Replayed } from "../../support/replay.ts";

const ZEROTH = capturedPayload(99, 64);

/** The messages in their order, with the octets that were sent; and the one that began the session. */
function delivers(got: Replayed, count: number, length: number, what: string): void {
  assertEquals(got.delivered.map(([sqn]) => sqn), [0xffff_ffff, ...Array(count).keys()], what);
  for (let m = 0; m < count; m++) assertEquals(got.messages[m + 1], capturedPayload(m, length), `${what}: ${m}`);
  assertEquals(got.lost, [], what);
}

/** All choices of at most `most` of some frames. */
function choices(frames: readonly number[], most: number): number[][] {
  if (most === 0 || frames.length === 0) return [[]];
  const [frame, ...others] = frames;
  return [...choices(others, most), ...choices(others, most - 1).map((rest) => [frame!, ...rest])];
}

Deno.test("captures: 20, on-demand parity: the NAK is the real one, octet for octet, and the packet is computed", () => {
  const got = replay("20-fec-ondemand-k4", { lost: [6] });
  assertEquals(got.real.length, 1);
  assertEquals(got.ours, got.real);
  assertEquals(got.messages, [...Array(8).keys()].map((m) => capturedPayload(m, 64)));
  // 2 and what waited behind it come with frame 11, parity 0.
  assertEquals(got.delivered.slice(1, 4).map(([, at]) => at), [5, 11, 11].map((frame) => got.times[frame]!));
  assertEquals(got.receiver.stats.parityRecovered, 1);
});

Deno.test("captures: 20, the one parity packet makes up for any packet of its group, octet for octet [FEC-001]", () => {
  for (const lost of choices([4, 5, 6, 7], 1)) {
    const got = replay("20-fec-ondemand-k4", { lost, before: ZEROTH, seed: 1 });
    delivers(got, 8, 64, `${lost} lost`);
    assertEquals(got.receiver.stats.parityRecovered, lost.length);
    assertEquals(got.receiver.stats.rdata, 1, "the parity, and nothing else");
  }
});

Deno.test("captures: 23, pro-active parity: any two of the ten packets of each group may be lost [FEC-001]", () => {
  const first = choices([4, 5, 6, 7, 8, 9, 10, 11, 12, 13], 2);
  const second = choices([14, 15, 16, 17, 18, 19, 20, 21, 22, 23], 2);
  assertEquals(first.length, 56);
  for (const [i, some] of first.entries()) {
    const others = second[(5 * i) % second.length]!;
    const lost = [...some, ...others];
    const got = replay("23-fec-proactive-k8-h2-odata", { lost, before: ZEROTH, seed: i });
    delivers(got, 16, 128, `${lost} lost`);
    const isData = (frame: number) => ![12, 13, 22, 23].includes(frame);
    assertEquals(got.receiver.stats.parityRecovered, lost.filter(isData).length, `${lost} lost`);
    assertEquals(got.ours, [], `${lost}: nobody is asked`);
  }
});

Deno.test("captures: 23, three lost of a group are asked for one by one: that parity comes on demand is not offered", () => {
  const got = replay("23-fec-proactive-k8-h2-odata", { lost: [14, 18, 21], before: ZEROTH, seed: 1 });
  assertEquals([...new Set(got.ours.map(({ text }) => text.split(" ", 2).join(" ")))].sort(), [
    "NAK 12",
    "NAK 15",
    "NAK 8",
  ]);
  assertEquals(got.lost.map(([range]) => range), ["8-8", "12-12", "15-15"]);
  assertEquals(got.receiver.stats.parityRecovered, 0);
});

Deno.test("captures: 19, broken parity is counted and dropped, and its packets are asked for one by one", () => {
  const got = replay("19-shipped-parity-rdata-broken", { lost: [5, 6], before: ZEROTH, seed: 1 });
  const { stats } = got.receiver;
  assertEquals([stats.malformed, stats.parityRecovered, stats.groupsDecoded], [1, 0, 0]);
  // Frame 14 has ports of another session, too: were its checksum right, it would still not be of this one.
  assertEquals([...new Set(got.ours.map(({ text }) => text.split(" ", 2).join(" ")))].sort(), ["NAK 1", "NAK 2"]);
  // In the capture, nobody answers these.
  assertEquals(got.lost.map(([range]) => range), ["1-2"]);
  assertEquals(got.delivered.map(([sqn]) => sqn), [0xffff_ffff, 0, 3, 4, 5, 6, 7]);
  for (const [i, m] of [0, 3, 4, 5, 6, 7].entries()) assertEquals(got.messages[i + 1], capturedPayload(m, 64));
});
