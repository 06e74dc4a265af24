/**
 * The file formats: byte orders, time resolutions, sections, and what is wrong with broken files.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { prngFromSeed } from "../../engine/base/prng.ts";
import { type Capture, CaptureError, readCapture } from "../../netsim/capture_reader.ts";
import { encodeIp } from "../../netsim/ip_header.ts";
import { PcapngWriter } from "../../netsim/pcapng.ts";
import { ascii, join, pcapFile, pcapngBlocks } from "./capture_files.ts";
import { datagram4, mutate, randomDatagram } from "./support.ts";

const IP = encodeIp(datagram4(), 113);
const BOTH = [true, false];

Deno.test("readCapture: pcap in both byte orders, micro- and nanoseconds", () => {
  for (const little of BOTH) {
    for (const [magic, epochNs] of [[0xa1b2_c3d4, 7_000_005_000n], [0xa1b2_3c4d, 7_000_000_005n]] as const) {
      const { frames } = read(pcapFile([[7, 5, IP], [0xffff_ffff, 999_999, IP]], { little, magic }));
      assertEquals(frames.length, 2);
      assertEquals([frames[0]!.epochNs, frames[0]!.datagram?.bytes.length], [epochNs, 3]);
      assertEquals(frames[1]!.epochNs / 1_000_000_000n, 0xffff_ffffn);
    }
  }
});

Deno.test("readCapture: a pcap link type may come with the length of a frame check sequence", () => {
  assertEquals(read(pcapFile([[0, 0, IP]], { linkType: 0x2400_0065 })).frames[0]!.error, undefined);
});

Deno.test("readCapture: captures without frames", () => {
  assertEquals(read(pcapFile([])).frames, []);
  assertEquals(read(pcapngBlocks(true).section()).frames, []);
});

Deno.test("readCapture: octets in the midst of a larger buffer", () => {
  const { section, iface, packet } = pcapngBlocks(true);
  for (const file of [pcapFile([[1, 2, IP]]), join(section(), iface(101), packet(0, [0, 1], IP))]) {
    const buffer = join(new Uint8Array(5), file, new Uint8Array(7));
    assertEquals(read(buffer.subarray(5, 5 + file.length)).frames[0]!.datagram!.bytes, Uint8Array.of(1, 2, 3));
  }
});

Deno.test("readCapture: pcapng in both byte orders, with names and comments", () => {
  for (const little of BOTH) {
    const { section, iface, packet, option } = pcapngBlocks(little);
    const comments = join(option(2, [1, 0, 0, 0]), option(1, ascii("one")), option(1, ascii("two")), option(0, []));
    const { frames } = read(join(
      section(),
      iface(101, join(option(2, ascii("eth0")), option(0, []))),
      iface(105),
      packet(0, [1, 2], IP, comments),
      packet(1, [1, 3], IP),
    ));
    assertEquals(frames.map(({ interfaceName }) => interfaceName), ["eth0", undefined]);
    assertEquals(frames.map(({ comment }) => comment), ["one\ntwo", undefined]);
    assertEquals(frames.map(({ error }) => error), [undefined, "link type 105 is not supported"]);
    assertEquals(frames.map(({ epochNs }) => epochNs), [4_294_967_298_000n, 4_294_967_299_000n]);
  }
});

Deno.test("readCapture: options behind the end-of-options mark do not count", () => {
  const { section, iface, packet, option } = pcapngBlocks(true);
  const hidden = join(option(0, []), option(1, ascii("hidden")));
  assertEquals(read(join(section(), iface(101), packet(0, [0, 0], IP, hidden))).frames[0]!.comment, undefined);
});

Deno.test("readCapture: if_tsresol in powers of 10 and of 2, and if_tsoffset", () => {
  for (const little of BOTH) {
    const { section, iface, packet, option, i64 } = pcapngBlocks(little);
    const time = (resolution: number, low: number, offset = 0n) => {
      const options = join(option(9, [resolution]), option(14, i64(offset)));
      return read(join(section(), iface(101, options), packet(0, [0, low], IP))).frames[0]!.epochNs;
    };
    assertEquals(time(0, 3), 3_000_000_000n);
    assertEquals(time(3, 3), 3_000_000n);
    assertEquals(time(9, 3), 3n);
    assertEquals(time(12, 3_999), 3n);
    assertEquals(time(127, 0xffff_ffff), 0n);
    assertEquals(time(0x80, 3), 3_000_000_000n);
    assertEquals(time(0x8a, 512), 500_000_000n);
    assertEquals(time(0xff, 0xffff_ffff), 0n);
    assertEquals(time(9, 3, 1_700_000_000n), 1_700_000_000_000_000_003n);
    assertEquals(time(9, 3, -1n), -999_999_997n);
  }
});

Deno.test("readCapture: simple packets have the time of the frame before and obey the snap length", () => {
  for (const little of BOTH) {
    const { section, iface, packet, simplePacket } = pcapngBlocks(little);
    const { frames } = read(join(
      section(),
      iface(101, undefined, 22),
      packet(0, [0, 9], IP),
      simplePacket(23, IP.subarray(0, 22)),
      section(),
      iface(101),
      simplePacket(23, IP),
    ));
    assertEquals(frames.map(({ epochNs }) => epochNs), [9_000n, 9_000n, 9_000n]);
    assertEquals(frames.map(({ error }) => error), [undefined, "truncated: 22 of 23 octets", undefined]);
  }
});

Deno.test("readCapture: sections of different byte orders, each with its own interfaces", () => {
  const [a, b] = [pcapngBlocks(true), pcapngBlocks(false)];
  const { frames } = read(join(
    a.section(),
    a.iface(101, a.option(2, ascii("a"))),
    a.packet(0, [0, 1], IP),
    b.section(),
    b.iface(105, b.option(2, ascii("b"))),
    b.packet(0, [0, 2], IP),
  ));
  assertEquals(frames.map(({ number, interfaceName }) => [number, interfaceName]), [[1, "a"], [2, "b"]]);
  const orphan = join(a.section(), a.iface(101), b.section(), b.packet(0, [0, 1], IP));
  refused(orphan, "frame 1 at byte 76 is of interface 0, but the section describes 0 interfaces so far");
});

Deno.test("readCapture: unknown blocks are skipped", () => {
  const { section, iface, packet, block } = pcapngBlocks(true);
  const unknown = [4, 5, 10, 0xbad, 0x8000_0001].map((type) => block(type, ascii("whatever")));
  const file = join(section(), ...unknown, iface(101), ...unknown, packet(0, [0, 1], IP), ...unknown);
  assertEquals(read(file).frames.length, 1);
});

Deno.test("readCapture: what is no capture is told so", () => {
  refused(new Uint8Array(0), "it has 0 octets, a pcap or pcapng file has at least 24");
  refused(Uint8Array.of(0xd4, 0xc3, 0xb2), "it has 3 octets");
  refused(
    ascii("#!/usr/bin/env"),
    "it begins with 0x23212f75; a pcap file begins with 0xa1b2c3d4 or 0xa1b23c4d, pcapng with 0x0a0d0d0a",
  );
  refused(pcapFile([]).subarray(0, 23), "it has 23 octets, the header of a pcap file has 24");
  refused(changed(pcapFile([]), 4, 3), "the pcap version at byte 4 is 3, it must be 2");
  refused(pcapngBlocks(true).section(2), "the pcapng version at byte 12 is 2, it must be 1");
  refused(changed(pcapngBlocks(true).section(), 8, 0), "the byte-order magic at byte 8 is 0x1a2b3c00, it must be");
});

Deno.test("readCapture: a pcap file that ends within a frame", () => {
  const file = pcapFile([[0, 0, IP], [0, 0, IP]]);
  const second = 24 + 16 + IP.length;
  refused(file.subarray(0, -1), `frame 2 at byte ${second} needs 39 octets, but the file ends after 38 of them`);
  refused(
    file.subarray(0, second + 16),
    `frame 2 at byte ${second} needs 39 octets, but the file ends after 16 of them`,
  );
  refused(
    file.subarray(0, second + 15),
    `frame 2 at byte ${second} needs 16 octets, but the file ends after 15 of them`,
  );
  refused(file.subarray(0, second + 1), `frame 2 at byte ${second} needs 16 octets, but the file ends after 1 of them`);
  assertEquals(read(file.subarray(0, second)).frames.length, 1);
});

Deno.test("readCapture: a pcapng file that ends within a block", () => {
  const { section, iface, packet } = pcapngBlocks(true);
  const file = join(section(), iface(101), packet(0, [0, 0], IP), packet(0, [0, 0], IP));
  const second = 28 + 20 + 56;
  refused(file.subarray(0, -1), `frame 2 at byte ${second} needs 56 octets, but the file ends after 55 of them`);
  refused(
    file.subarray(0, second + 12),
    `frame 2 at byte ${second} needs 56 octets, but the file ends after 12 of them`,
  );
  refused(file.subarray(0, second + 11), `the block at byte ${second}, after frame 1, needs 12 octets`);
  refused(file.subarray(0, 30), "the block at byte 28, after frame 0, needs 12 octets");
  refused(file.subarray(0, 40), "block 0x00000001 at byte 28 needs 20 octets");
  refused(file.subarray(0, 13), "block 0x0a0d0d0a at byte 0 needs 28 octets");
  assertEquals(read(file.subarray(0, second)).frames.length, 1);
});

Deno.test("readCapture: pcapng lengths that cannot be", () => {
  const { section, iface, packet, option, block } = pcapngBlocks(true);
  const frame = packet(0, [0, 0], IP);
  const file = (last: Uint8Array) => join(section(), iface(101), last);
  refused(
    file(changed(frame, 4, 8)),
    "frame 1 at byte 48 has the length 8, it must be a multiple of 4 and at least 32",
  );
  refused(file(changed(frame, 4, 0)), "frame 1 at byte 48 has the length 0");
  refused(file(changed(frame, 4, 54)), "frame 1 at byte 48 has the length 54, it must be a multiple of 4");
  refused(
    file(changed(frame, 4, 52)),
    "frame 1 at byte 48 has the length 52, but 197121 at its end: they must be equal",
  );
  refused(file(changed(frame, frame.length - 4, 60)), "has the length 56, but 60 at its end");
  refused(file(changed(frame, 20, 25)), "frame 1 at byte 48 claims 25 captured octets, but its block has room for 24");
  assertEquals(read(file(changed(frame, 20, 24))).frames.length, 1);
  refused(file(changed(frame, 8, 1)), "frame 1 at byte 48 is of interface 1, but the section describes 1 interfaces");
  refused(join(section(), block(1, new Uint8Array(4))), "block 0x00000001 at byte 28 has the length 16");
  const overrun = changed(option(1, ascii("abcd")), 2, 5);
  refused(
    file(packet(0, [0, 0], IP, overrun)),
    "frame 1 at byte 48 has an option of 5 octets at byte 100, but only 4 are left",
  );
  refused(join(section(), iface(101, option(9, [9, 9]))), "has an if_tsresol of 2 octets, it must have 1");
  refused(join(section(), iface(101, option(14, [0]))), "has an if_tsoffset of 1 octets, it must have 8");
});

Deno.test("readCapture: broken files throw CaptureError and nothing else, and end", () => {
  const random = prngFromSeed(4);
  const [a, b] = [pcapngBlocks(true), pcapngBlocks(false)];
  const writer = new PcapngWriter({ protocol: 113, interfaces: [{ name: "n" }], comment: "c", application: "x" });
  for (let i = 0; i < 5; i++) {
    writer.write(0, i, randomDatagram(random), { direction: "inbound", comment: "dropped" });
  }
  const options = join(b.option(2, ascii("b")), b.option(9, [0x8a]), b.option(14, b.i64(5n)));
  const ethernet = join(new Uint8Array(12), Uint8Array.of(8, 0), IP);
  const seeds = [
    writer.finish(),
    pcapFile([[1, 2, ethernet], [3, 4, ethernet]], { linkType: 1 }),
    pcapFile([[1, 2, IP], [3, 4, IP]], { little: false, magic: 0xa1b2_3c4d }),
    join(b.section(), b.iface(101, options), b.packet(0, [0, 1], IP, b.option(1, ascii("hm"))), b.simplePacket(23, IP)),
    join(a.section(), a.iface(276), a.packet(0, [0, 1], ethernet), b.section(), b.iface(0), b.packet(0, [0, 1], IP)),
  ];
  let refusals = 0;
  for (let i = 0; i < 10_000; i++) {
    const file = mutate(seeds[i % seeds.length]!, random);
    try {
      const { frames } = read(file);
      assert(frames.every(({ datagram, error }) => (datagram === undefined) !== (error === undefined)));
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      assert(/^Cannot read the capture: [^\n]+$/.test(error.message), error.message);
      refusals++;
    }
  }
  assert(refusals > 1_000 && refusals < 9_900, `${refusals} refused`);
});

function read(bytes: Uint8Array): Capture {
  return readCapture(bytes, { udpPorts: [3056], protocol: 113 });
}

function refused(bytes: Uint8Array, message: string): void {
  assertThrows(() => read(bytes), CaptureError, message);
}

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}
