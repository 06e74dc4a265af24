/**
 * pcapng files: exact octets, chunks, and that the reader finds again what was written.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../engine/base/assert.ts";
import { prngFromSeed } from "../../engine/base/prng.ts";
import { readCapture } from "../../netsim/capture_reader.ts";
import { type PcapngOptions, type PcapngPacketInfo, PcapngWriter } from "../../netsim/pcapng.ts";
import { datagram4, datagram6, randomDatagram, unhex, wireFields } from "./support.ts";

const PROTOCOL = 113;
const READ = { udpPorts: [], protocol: PROTOCOL };
const PLAIN: PcapngOptions = {
  protocol: PROTOCOL,
  interfaces: [{ name: "a:0" }, { name: "b:0" }],
  comment: "seed 7",
  application: "x",
};
const OUT: PcapngPacketInfo = { direction: "outbound" };

Deno.test("PcapngWriter: a file, octet by octet", () => {
  const writer = new PcapngWriter({
    protocol: PROTOCOL,
    interfaces: [{ name: "n:0", description: "lan" }, { name: "long" }],
    comment: "seed 7",
    hardware: "none",
    application: "x",
  });
  writer.write(1, 0x1_2345_6789, datagram4(), { direction: "inbound", comment: "dropped" });
  writer.write(0, 5, datagram4({ bytes: new Uint8Array(0) }), OUT);
  const expected = unhex(`
    0a0d0d0a 3c000000  4d3c2b1a 0100 0000 ffffffff ffffffff
      0100 0600 73656564 20370000  0200 0400 6e6f6e65  0400 0100 78000000  0000 0000  3c000000
    01000000 30000000  6500 0000 00000000
      0200 0300 6e3a3000  0300 0300 6c616e00  0900 0100 09000000  0000 0000  30000000
    01000000 28000000  6500 0000 00000000
      0200 0400 6c6f6e67  0900 0100 09000000  0000 0000  28000000
    06000000 50000000  01000000 01000000 89674523 17000000 17000000
      45000017 00004000 107170ab 0a090001 efc00001 01020300
      0200 0400 01000000  0100 0700 64726f70 70656400  0000 0000  50000000
    06000000 40000000  00000000 00000000 05000000 14000000 14000000
      45000014 00004000 107170ae 0a090001 efc00001
      0200 0400 02000000  0000 0000  40000000
  `);
  assertEquals(writer.finish(), expected);
});

Deno.test("PcapngWriter: the reader finds datagrams, times, names and comments again", () => {
  const random = prngFromSeed(1);
  const epochNs = 1_700_000_000_123_456_789n;
  const writer = new PcapngWriter({ ...PLAIN, epochNs });
  const written = Array.from({ length: 300 }, (_, i) => ({
    iface: random.below(2),
    time: i * 4_000_000_000_123 + random.below(1_000),
    datagram: randomDatagram(random),
    info: random.below(2) === 0 ? OUT : { direction: "inbound" as const, comment: "é".repeat(random.below(9)) },
  }));
  for (const { iface, time, datagram, info } of written) writer.write(iface, time, datagram, info);
  const { frames } = readCapture(writer.finish(), READ);
  assertEquals(frames.length, written.length);
  for (const [i, frame] of frames.entries()) {
    const { iface, time, datagram, info } = written[i]!;
    assertEquals(wireFields(frame.datagram!), wireFields(datagram));
    assertEquals([frame.number, frame.epochNs], [i + 1, epochNs + BigInt(time)]);
    assertEquals(frame.timeNs, time - written[0]!.time);
    assertEquals([frame.interfaceName, frame.comment], [["a:0", "b:0"][iface], info.comment]);
    assertEquals([frame.error, frame.encapsulated], [undefined, "ip"]);
  }
});

Deno.test("PcapngWriter: time stamps carry from the low half into the high half", () => {
  const epochNs = (5n << 32n) + 0xffff_ffffn;
  const times = [0, 1, 0xffff_ffff, 0x1_0000_0000, 0x1_0000_0001, Number.MAX_SAFE_INTEGER];
  const writer = new PcapngWriter({ ...PLAIN, epochNs });
  for (const time of times) writer.write(0, time, datagram4(), OUT);
  const { frames } = readCapture(writer.finish(), READ);
  assertEquals(frames.map((frame) => frame.epochNs), times.map((time) => epochNs + BigInt(time)));
});

Deno.test("PcapngWriter: a sink gets the same file in chunks, and no chunk is kept", () => {
  const random = prngFromSeed(2);
  const datagrams = Array.from({ length: 400 }, () => datagram6({ bytes: new Uint8Array(random.below(1_500)) }));
  const whole = new PcapngWriter(PLAIN);
  const got: Uint8Array[] = [];
  const sinking = new PcapngWriter({ ...PLAIN, sink: (chunk) => got.push(chunk) });
  for (const [i, datagram] of datagrams.entries()) {
    whole.write(0, i, datagram, OUT);
    sinking.write(0, i, datagram, OUT);
    assert(sinking.chunks().length <= 1);
  }
  assertEquals(sinking.finish().length, 0);
  assertEquals(sinking.chunks(), []);
  assert(got.length > 3 && got.every((chunk) => chunk.length > 0 && chunk.length <= 64 * 1024));
  const parts = whole.chunks();
  const file = whole.finish();
  assertEquals(concatenate(got), file);
  assertEquals(concatenate(parts), file);
});

Deno.test("PcapngWriter: chunks without packets hold the headers", () => {
  const writer = new PcapngWriter(PLAIN);
  const file = concatenate(writer.chunks());
  assertEquals(writer.finish(), file);
  assertEquals(readCapture(file, READ).frames, []);
});

Deno.test("PcapngWriter: a packet longer than a chunk, and packets of every padding", () => {
  const writer = new PcapngWriter(PLAIN);
  const lengths = [65_515, 0, 1, 2, 3, 4, 65_515, 5];
  for (const length of lengths) {
    writer.write(0, 0, datagram4({ bytes: new Uint8Array(length).fill(0xa5) }), {
      ...OUT,
      comment: "c".repeat(length % 7),
    });
  }
  const { frames } = readCapture(writer.finish(), READ);
  assertEquals(frames.map((frame) => frame.datagram?.bytes.length), lengths);
  assert(frames.every((frame) => frame.datagram!.bytes.every((octet) => octet === 0xa5)));
});

Deno.test("PcapngWriter: texts up to 65535 octets of UTF-8, none longer", () => {
  const writer = new PcapngWriter({ ...PLAIN, comment: "x".repeat(65_535) });
  writer.write(0, 0, datagram4(), { ...OUT, comment: "y".repeat(65_535) });
  const tooLong = { ...OUT, comment: "é".repeat(32_768) };
  assertThrows(() => writer.write(0, 0, datagram4(), tooLong), AssertionError, "65536 octets must be at most 65535");
  assertEquals(readCapture(writer.finish(), READ).frames[0]?.comment, "y".repeat(65_535));
  assertThrows(() => new PcapngWriter({ ...PLAIN, application: "x".repeat(65_536) }), AssertionError);
});

Deno.test("PcapngWriter: a refused packet leaves no trace in the file", () => {
  const [writer, same] = [new PcapngWriter(PLAIN), new PcapngWriter(PLAIN)];
  const mixed = datagram4({ destination: datagram6().destination });
  assertThrows(() => writer.write(0, 0, mixed, OUT), AssertionError, "families");
  assertThrows(() => writer.write(0, 0, datagram4({ bytes: new Uint8Array(65_516) }), OUT), AssertionError, "65535");
  for (const each of [writer, same]) each.write(0, 1, datagram4(), OUT);
  assertEquals(writer.finish(), same.finish());
});

Deno.test("PcapngWriter: interfaces, times and epochs out of range are refused, and all after finish", () => {
  const writer = new PcapngWriter(PLAIN);
  for (const iface of [-1, 2, 0.5, NaN]) {
    assertThrows(() => writer.write(iface, 0, datagram4(), OUT), AssertionError, "no interface");
  }
  for (const time of [-1, 0.5, NaN, Infinity]) {
    assertThrows(() => writer.write(0, time, datagram4(), OUT), AssertionError, "time");
  }
  for (const epochNs of [-1n, 1n << 63n]) {
    assertThrows(() => new PcapngWriter({ ...PLAIN, epochNs }), AssertionError, "epoch");
  }
  writer.finish();
  assertThrows(() => writer.write(0, 0, datagram4(), OUT), AssertionError, "after finish");
  assertThrows(() => writer.finish(), AssertionError, "after finish");
});

function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
}
