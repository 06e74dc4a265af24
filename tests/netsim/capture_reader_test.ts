/**
 * From captured frames to datagrams: real captures against what tshark makes of them, and every link type.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Datagram } from "../../engine/base/datagram.ts";
import { type CapturedFrame, type CaptureOptions, readCapture } from "../../netsim/capture_reader.ts";
import { encodeIp } from "../../netsim/ip_header.ts";
import { join, pcapFile } from "./capture_files.ts";
import { datagram4, datagram6, unhex, wireFields } from "./support.ts";

const GOLDEN = new URL("../golden/captures/", import.meta.url);
const OPTIONS: CaptureOptions = { udpPorts: [3056], protocol: 113 };
const PACKETS = [datagram4(), datagram6(), datagram4({ routerAlert: true }), datagram6({ routerAlert: true })];

for (const entry of [...Deno.readDirSync(GOLDEN)].map(({ name }) => name).sort((a, b) => (a < b ? -1 : 1))) {
  if (!entry.endsWith(".pcap")) continue;
  Deno.test(`readCapture: ${entry} is what tshark sees in it`, () => {
    const { frames } = readCapture(Deno.readFileSync(new URL(entry, GOLDEN)), OPTIONS);
    const rows = tsharkRows(Deno.readTextFileSync(new URL(entry.replace(".pcap", ".tsv"), GOLDEN)));
    assert(rows.length > 0);
    assertEquals(frames.length, rows.length);
    for (const [i, frame] of frames.entries()) assertEquals(seenAsTshark(frame, rows[i]!), rows[i]!);
  });
}

Deno.test("readCapture: Router Alert is on SPM, NCF and RDATA of the real stack and on nothing else", () => {
  const bytes = Deno.readFileSync(new URL("02b-native-ip113-router-alert.pcap", GOLDEN));
  const types = new Map<number, Set<boolean>>();
  for (const { datagram } of readCapture(bytes, OPTIONS).frames) {
    const type = datagram!.bytes[4]!;
    types.set(type, (types.get(type) ?? new Set()).add(datagram!.routerAlert));
  }
  const sorted = [...types].sort(([a], [b]) => a - b).map(([type, alerts]) => [type, ...alerts]);
  assertEquals(sorted, [[0, true], [4, false], [5, true], [8, false], [10, true]]);
});

Deno.test("readCapture: times since the first frame and since 1970", () => {
  const ip = encodeIp(datagram4(), 113);
  const { frames } = readCapture(
    pcapFile([[1_700_000_000, 5, ip], [1_700_000_001, 4, ip], [1_699_999_999, 5, ip]]),
    OPTIONS,
  );
  assertEquals(frames.map(({ timeNs }) => timeNs), [0, 999_999_000, -1_000_000_000]);
  assertEquals(frames[1]!.epochNs, 1_700_000_001_000_004_000n);
  assertEquals(frames.map(({ number }) => number), [1, 2, 3]);
});

Deno.test("readCapture: Ethernet, with no, one and two VLAN tags, with padding", () => {
  const addresses = unhex("01005e400001 6a74a45e2664");
  for (const datagram of PACKETS) {
    const type = typeOf(datagram);
    const ip = encodeIp(datagram, 113);
    for (const tags of ["", "8100 0064", "88a8 0001 8100 0064", "8100 0001 8100 0064", "9100 0001 8100 0064"]) {
      assertSame(frameOf(1, join(addresses, unhex(tags), type, ip)), datagram);
      assertSame(frameOf(1, join(addresses, unhex(tags), type, ip, new Uint8Array(18))), datagram);
    }
    assertEquals(frameOf(1, join(addresses, unhex("8100 0001 8100 0002 8100 0003"), type, ip)).error, "not IP");
    assertEquals(frameOf(1, join(addresses, unhex("0806"), ip)).error, "not IP");
  }
  for (const length of [0, 12, 13]) {
    assertEquals(frameOf(1, new Uint8Array(length)).error, "truncated: no link-layer header");
  }
  assertEquals(frameOf(1, join(addresses, unhex("8100 0064"))).error, "truncated: no link-layer header");
});

Deno.test("readCapture: raw IP under each of its numbers", () => {
  for (const datagram of PACKETS) {
    for (const linkType of [101, 12, 14, datagram.source.includes(":") ? 229 : 228]) {
      assertSame(frameOf(linkType, encodeIp(datagram, 113)), datagram);
    }
  }
  assertEquals(frameOf(101, new Uint8Array(0)).error, "truncated: no IP header");
});

Deno.test("readCapture: Linux cooked headers, both versions", () => {
  for (const datagram of PACKETS) {
    const type = typeOf(datagram);
    const ip = encodeIp(datagram, 113);
    assertSame(frameOf(113, join(unhex("0000 0001 0006 6a74a45e26640000"), type, ip)), datagram);
    assertSame(frameOf(113, join(unhex("0000 0001 0006 6a74a45e26640000 8100 0064"), type, ip)), datagram);
    assertSame(frameOf(276, join(type, unhex("0000 00000002 0001 00 06 6a74a45e26640000"), ip)), datagram);
  }
  assertEquals(frameOf(113, new Uint8Array(15)).error, "truncated: no link-layer header");
  assertEquals(frameOf(276, new Uint8Array(19)).error, "truncated: no link-layer header");
  assertEquals(frameOf(113, join(new Uint8Array(14), unhex("0806"))).error, "not IP");
  assertEquals(frameOf(276, join(unhex("0806"), new Uint8Array(18))).error, "not IP");
});

Deno.test("readCapture: BSD loopback in both byte orders, with the address families of each system", () => {
  const families = (datagram: Datagram) => datagram.source.includes(":") ? [10, 24, 28, 30] : [2];
  for (const datagram of PACKETS) {
    for (const family of families(datagram)) {
      for (const linkType of [0, 108]) {
        assertSame(frameOf(linkType, Uint8Array.of(0, 0, 0, family, ...encodeIp(datagram, 113))), datagram);
        assertSame(frameOf(linkType, Uint8Array.of(family, 0, 0, 0, ...encodeIp(datagram, 113))), datagram);
      }
    }
  }
  assertEquals(frameOf(0, Uint8Array.of(7, 0, 0, 0, 0x45)).error, "not IP");
  assertEquals(frameOf(0, Uint8Array.of(2, 0, 0)).error, "truncated: no link-layer header");
});

Deno.test("readCapture: an unknown link type is told frame by frame", () => {
  assertEquals(frameOf(105, encodeIp(datagram4(), 113)).error, "link type 105 is not supported");
});

Deno.test("readCapture: a transport packet in UDP from or to one of the ports", () => {
  const payload = Uint8Array.of(9, 8, 7, 6);
  for (const base of [datagram4({ ttl: 3 }), datagram6({ ttl: 3 })]) {
    const frame = (source: number, destination: number, length = 12) =>
      frameOf(101, encodeIp(withBytes(base, udp(source, destination, length, payload)), 17));
    for (const [source, destination] of [[3056, 99], [99, 3056], [3056, 3056]]) {
      const { datagram, encapsulated, error } = frame(source!, destination!);
      assertEquals(wireFields(datagram!), wireFields(withBytes(base, payload)));
      assertEquals([encapsulated, error], ["udp", undefined]);
    }
    assertEquals(frame(3056, 99, 11).datagram!.bytes, payload.subarray(0, 3));
    assertEquals(frame(3056, 99, 8).datagram!.bytes.length, 0);
    assertEquals(frame(3056, 99, 7).error, "bad UDP length");
    assertEquals(frame(3056, 99, 13).error, "bad UDP length");
    assertEquals(frame(3055, 3057).error, "not protocol 113");
    assertEquals(frameOf(101, encodeIp(withBytes(base, new Uint8Array(7)), 17)).error, "not protocol 113");
  }
});

Deno.test("readCapture: other protocols, fragments and short frames are frames without a datagram", () => {
  const fragment = encodeIp(datagram4(), 113);
  fragment[6] = 0x20;
  const frames = [encodeIp(datagram4(), 6), fragment, encodeIp(datagram4(), 113).subarray(0, 21)].map((bytes) =>
    frameOf(101, bytes)
  );
  assertEquals(frames.map(({ datagram }) => datagram), [undefined, undefined, undefined]);
  assertEquals(frames.map(({ error }) => error), ["not protocol 113", "IP fragment", "truncated: 21 of 23 octets"]);
});

function frameOf(linkType: number, bytes: Uint8Array): CapturedFrame {
  const { frames } = readCapture(pcapFile([[0, 0, bytes]], { linkType }), OPTIONS);
  assertEquals(frames.length, 1);
  return frames[0]!;
}

function assertSame(frame: CapturedFrame, datagram: Datagram): void {
  assertEquals(frame.error, undefined);
  assertEquals(wireFields(frame.datagram!), wireFields(datagram));
  assertEquals(frame.encapsulated, "ip");
}

function typeOf(datagram: Datagram): Uint8Array {
  return unhex(datagram.source.includes(":") ? "86dd" : "0800");
}

function withBytes({ source, destination, ttl }: Datagram, bytes: Uint8Array): Datagram {
  return datagram4({ source, destination, ttl, bytes });
}

function udp(source: number, destination: number, length: number, payload: Uint8Array): Uint8Array {
  const u16 = (value: number) => [value >>> 8, value & 0xff];
  return Uint8Array.of(...u16(source), ...u16(destination), ...u16(length), 0, 0, ...payload);
}

/** The columns of tshark that do not need the protocol; those of the transport packet are blank if it gave up on it. */
const COLUMNS = [
  "frame.number",
  "frame.time_epoch",
  "ip.src",
  "ip.dst",
  "ip.ttl",
  "pgm.hdr.type",
  "pgm.hdr.sport",
  "pgm.hdr.dport",
  "pgm.hdr.gsi",
  "pgm.hdr.tsdulen",
];

function tsharkRows(tsv: string): string[][] {
  const [header, ...lines] = tsv.trimEnd().split("\n").map((line) => line.split("\t"));
  const indexes = COLUMNS.map((column) => header!.indexOf(column));
  assert(indexes.every((index) => index >= 0), `${header}`);
  return lines.map((line) => [...indexes.map((index) => line[index]!), line[header!.indexOf("udp.dstport")]!]);
}

/** The frame in the words of tshark; `row` tells whether tshark went into the transport packet. */
function seenAsTshark(frame: CapturedFrame, row: readonly string[]): string[] {
  const { source, destination, ttl, bytes } = frame.datagram!;
  const u16 = (at: number) => `${(bytes[at]! << 8) | bytes[at + 1]!}`;
  const seconds = frame.epochNs / 1_000_000_000n;
  const nanoseconds = `${frame.epochNs % 1_000_000_000n}`.padStart(9, "0");
  const gsi = [...bytes.subarray(8, 14)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  const transport = [`0x${bytes[4]!.toString(16).padStart(2, "0")}`, u16(0), u16(2), gsi, u16(14)];
  return [
    `${frame.number}`,
    `${seconds}.${nanoseconds}`,
    source,
    destination,
    `${ttl}`,
    ...(row[5] === "" ? row.slice(5, 10) : transport),
    frame.encapsulated === "udp" ? "3056" : "",
  ];
}
