/**
 * Code points and directions of packet types.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  encodePacket,
  isUpstream,
  OptionType,
  optionTypeName,
  packetRange,
  PacketType,
  packetTypeName,
  ParseError,
  PollSubType,
} from "../../../engine/wire/mod.ts";
import { ALL_TYPES, GSI, packetOfType, patched, roundTrip, view } from "../../support/packets.ts";

Deno.test("PacketType: the codes of the RFC; no other type octet is taken [PKT-008, PKT-060]", () => {
  const codes = { SPM: 0, POLL: 1, POLR: 2, ODATA: 4, RDATA: 5, NAK: 8, NNAK: 9, NCF: 0xa, SPMR: 0xc, ACK: 0xd };
  assertEquals({ ...PacketType }, codes);
  for (const name of ALL_TYPES) {
    assertEquals(packetTypeName(PacketType[name]), name);
    assertEquals(encodePacket(packetOfType(name))[4], codes[name]);
  }
  const known = Object.values(codes);
  for (let nibble = 0; nibble < 16; nibble++) {
    const packet = patched(encodePacket(packetOfType("SPMR")), 4, [nibble]);
    assertEquals(view(packet).error === ParseError.UnknownType, !known.includes(nibble), `type ${nibble}`);
  }
});

Deno.test("packetRange: the four ranges of the type nibble [PKT-006]", () => {
  const ranges = Array.from({ length: 16 }, (_, nibble) => packetRange(nibble));
  assertEquals(ranges.slice(0, 4), Array(4).fill("SPM-like"));
  assertEquals(ranges.slice(4, 8), Array(4).fill("DATA-like"));
  assertEquals(ranges.slice(8, 12), Array(4).fill("NAK-like"));
  assertEquals(ranges.slice(12), Array(4).fill("SPMR-like"));
});

Deno.test("isUpstream: a property of the type, not of its range [PKT-007]", () => {
  const upstream = ALL_TYPES.filter((name) => isUpstream(PacketType[name]));
  assertEquals(upstream, ["POLR", "NAK", "NNAK", "SPMR", "ACK"]);
  assertEquals([packetRange(PacketType.POLL), packetRange(PacketType.POLR)], ["SPM-like", "SPM-like"]);
  assertEquals([packetRange(PacketType.NAK), packetRange(PacketType.NCF)], ["NAK-like", "NAK-like"]);
});

Deno.test("PacketView: the TSI is GSI and source port downstream, GSI and destination port upstream, for all types [PKT-004, PKT-024, PKT-033, PKT-038, PKT-047, PKT-050, PKT-056]", () => {
  for (const name of ALL_TYPES) {
    const packet = roundTrip(packetOfType(name));
    assertEquals([packet.gsi, packet.sessionPort, packet.groupPort], [GSI, 0x1234, 7500], name);
    const first = isUpstream(PacketType[name]) ? [0x1d, 0x4c, 0x12, 0x34] : [0x12, 0x34, 0x1d, 0x4c];
    assertEquals([...packet.bytes.subarray(0, 4)], first, name);
  }
});

Deno.test("OptionType: names and codes; 0x06 is not assigned", () => {
  assertEquals(Object.keys(OptionType).length, 20);
  for (const [name, code] of Object.entries(OptionType)) assertEquals(optionTypeName(code), name);
  for (const code of [0x06, 0x14, 0x55, 0x7e]) assertEquals(optionTypeName(code), undefined);
});

Deno.test("PollSubType: a general poll is sent with 0000, one for repairers with 0001 [POLL-030]", () => {
  const poll = packetOfType("POLL");
  for (const [subType, field] of [[PollSubType.GENERAL, [0, 0]], [PollSubType.DLR, [0, 1]]] as const) {
    assertEquals([...encodePacket({ ...poll, subType } as typeof poll).subarray(22, 24)], [...field]);
  }
});
