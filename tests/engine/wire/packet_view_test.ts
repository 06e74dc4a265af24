/**
 * What a view shows of well-formed packets, and the cause of every malformed one.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/base/assert.ts";
import {
  encodePacket,
  OptionType,
  PacketType,
  ParseError,
  parseErrorName,
  viewPacket,
} from "../../../engine/wire/mod.ts";
import {
  ALL_TYPES,
  ascii,
  datagram,
  hex,
  nak,
  ncf,
  nla,
  octets,
  odata,
  packetOfType,
  patched,
  rdata,
  roundTrip,
  spliced,
  spm,
  view,
  withChecksum,
} from "../../support/packets.ts";

/** The cause for which octets are malformed, checksum put right. */
function causeOf(bytes: Uint8Array): string {
  return parseErrorName(view(withChecksum(bytes)).error);
}

Deno.test("viewPacket: one view for all copies of a datagram", () => {
  const first = datagram(encodePacket(odata()));
  const view = viewPacket(first);
  assertStrictEquals(viewPacket(first), view);
  assertStrictEquals(viewPacket(first.nextHop()), view);
  assertStrictEquals(view.bytes, first.bytes);
  assert(viewPacket(datagram(encodePacket(odata()))) !== view);
});

Deno.test("PacketView: the fields of each type", () => {
  const fields = ALL_TYPES.map((type) => {
    const { sqn, trail, lead, tsduLength, parity, varPktlen, hasOptions } = roundTrip(packetOfType(type));
    return [type, sqn, trail, lead, tsduLength, parity, varPktlen, hasOptions];
  });
  assertEquals(fields, [
    ["SPM", 1, 100, 105, 0, false, false, false],
    ["POLL", 7, 0, 0, 0, false, false, false],
    ["POLR", 7, 0, 0, 0, false, false, false],
    ["ODATA", 106, 100, 0, 5, false, false, false],
    ["RDATA", 106, 100, 0, 5, false, false, false],
    ["NAK", 104, 0, 0, 0, false, false, false],
    ["NNAK", 104, 0, 0, 0, false, false, false],
    ["NCF", 104, 0, 0, 0, false, false, false],
    ["SPMR", 0, 0, 0, 0, false, false, false],
    ["ACK", 106, 0, 0, 0, false, false, false],
  ]);
  const wide = roundTrip(spm({ gsi: 0xffff_ffff_ffff, sqn: 0xffff_ffff, trail: 0x8000_0000, lead: 0xffff_fffe }));
  assertEquals([wide.gsi, wide.sqn, wide.trail, wide.lead], [0xffff_ffff_ffff, 0xffff_ffff, 0x8000_0000, 0xffff_fffe]);
});

Deno.test("PacketView: what is read when asked for is the same object at each call", () => {
  const fragment = { firstSqn: 106, offset: 0, apduLength: 10 };
  const data = roundTrip(odata({ options: [{ type: "SYN" }, { type: "FRAGMENT", ...fragment }] }));
  assertEquals(data.payload(), ascii("hello"));
  assertStrictEquals(data.payload(), data.payload());
  assertEquals(data.fragment(), fragment);
  assertStrictEquals(data.fragment(), data.fragment());
  const list = roundTrip(nak({ options: [{ type: "NAK_LIST", sqns: [105, 107] }] }));
  assertEquals(list.nakList(), [105, 107]);
  assertStrictEquals(list.nakList(), list.nakList());
  assertStrictEquals(list.options(), list.options());
  assertEquals([list.sourceNla(), list.groupNla()], [nla("10.0.0.1"), nla("239.1.2.3")]);
  assertEquals(list.payload().length, 0);
  const bare = roundTrip(nak());
  assertEquals([bare.fragment(), bare.nakList(), bare.options()], [undefined, [], []]);
});

Deno.test("PacketView: an address that the type does not have is misuse", () => {
  assertThrows(() => roundTrip(nak()).pathNla(), AssertionError, "NAK has no path NLA");
  assertThrows(() => roundTrip(spm()).sourceNla(), AssertionError, "SPM has no source");
  assertThrows(() => roundTrip(odata()).groupNla(), AssertionError, "ODATA has no source");
});

Deno.test("PacketView: the two address families of a NAK are read independently [PKT-036]", () => {
  const v4 = nla("10.0.0.1");
  const v6 = nla("2001:db8::1");
  for (const [sourceNla, groupNla, length] of [[v4, v4, 36], [v4, v6, 48], [v6, v4, 48], [v6, v6, 60]] as const) {
    const packet = roundTrip(nak({ sourceNla, groupNla }));
    assertEquals(packet.bytes.length, length);
    assertEquals([packet.sourceNla(), packet.groupNla()], [sourceNla, groupNla]);
  }
});

Deno.test("PacketView: a parity NAK or NCF is told apart by OPT_PARITY [FEC-010]", () => {
  for (const packet of [nak(), ncf()]) {
    assertEquals(roundTrip(packet).parity, false);
    assertEquals(roundTrip({ ...packet, parity: true }).parity, true);
  }
});

Deno.test("viewPacket: version and reserved bits of the type octet must be 0 [PKT-005]", () => {
  const bytes = encodePacket(spm());
  assertEquals(bytes[4]! >> 4, 0);
  for (const high of [0x10, 0x20, 0x40, 0x80, 0xf0]) {
    assertEquals(view(patched(bytes, 4, [high])).error, ParseError.BadVersion);
  }
});

Deno.test("viewPacket: unassigned bits of the options octet are ignored [PKT-009]", () => {
  const bytes = encodePacket(odata());
  assertEquals(bytes[5], 0);
  for (const bit of [0x04, 0x08, 0x10, 0x20]) {
    const packet = view(patched(bytes, 5, [bit]));
    assertEquals(packet.error, ParseError.None);
    assertEquals(packet.toValue(), odata());
  }
  const assigned: [number, keyof typeof packet][] = [[0x80, "parity"], [0xc0, "varPktlen"]];
  const packet = view(bytes);
  for (const [octet, field] of assigned) assertEquals(view(patched(bytes, 5, [octet]))[field], true);
  const extended = encodePacket(spm({ options: [{ type: "NBR_UNREACH" }] }));
  assertEquals([extended[5], view(extended).hasOptions], [0x03, true]);
});

Deno.test("viewPacket: reserved fields are sent as 0 and ignored on receipt [PKT-058]", () => {
  const reserved: [Uint8Array, number[]][] = [
    [encodePacket(spm()), [30, 31]],
    [encodePacket(nak()), [22, 23, 30, 31]],
    [encodePacket(packetOfType("POLL")), [26, 27]],
    [encodePacket(packetOfType("POLR")), [22, 23]],
    [encodePacket(packetOfType("POLR", [{ type: "REDIRECT", nla: nla("10.0.9.9") }])), [34, 35]],
    [encodePacket(nak({ options: [{ type: "CR", lead: 1, receiver: nla("10.0.3.3") }] })), [54, 55, 58, 59]],
  ];
  for (const [bytes, offsets] of reserved) {
    const value = view(bytes).toValue();
    for (const at of offsets) {
      assertEquals(bytes[at], 0, `${value.type} octet ${at}`);
      const packet = view(patched(bytes, at, [0xff]));
      assertEquals([packet.error, packet.toValue()], [ParseError.None, value], `${value.type} octet ${at}`);
    }
  }
});

Deno.test("viewPacket: octets cut off anywhere or added are malformed, without a throw or a trace [PKT-059]", () => {
  for (const type of ALL_TYPES) {
    const options = type === "NAK" ? [{ type: "NAK_LIST", sqns: [105] }] as const : [];
    const whole = encodePacket(packetOfType(type, options));
    for (let length = 0; length < whole.length; length++) {
      const cut = withChecksum(whole.subarray(0, Math.max(length, 8))).subarray(0, length);
      const before = hex(cut);
      const packet = view(cut);
      assert(packet.error !== ParseError.None, `${type} of ${length} octets`);
      assertStrictEquals(packet.bytes, cut);
      assertEquals(hex(cut), before);
    }
    assert(view(spliced(whole, whole.length, [0])).error !== ParseError.None, `${type} and an octet`);
  }
  for (const type of ALL_TYPES.filter((type) => !type.endsWith("DATA"))) {
    const whole = encodePacket(packetOfType(type));
    for (let length = 16; length < whole.length; length++) {
      assertEquals(causeOf(whole.subarray(0, length)), "truncated", `${type} of ${length} octets`);
    }
  }
  assertEquals(causeOf(encodePacket(odata()).subarray(0, 23)), "truncated");
  assertEquals(causeOf(encodePacket(spm({ pathNla: nla("::1") })).subarray(0, 36)), "truncated");
  assertEquals(causeOf(encodePacket(odata()).subarray(0, 28)), "wrong TSDU length");
});

Deno.test("viewPacket: octets after a packet without payload are malformed [PKT-001]", () => {
  for (const type of ALL_TYPES.filter((type) => !type.endsWith("DATA"))) {
    const bytes = encodePacket(packetOfType(type));
    assertEquals(view(bytes).error, ParseError.None);
    assertEquals(view(spliced(bytes, bytes.length, [1])).error, ParseError.TrailingOctets, type);
  }
  assertThrows(() => encodePacket({ ...spm(), payload: ascii("x") } as never), Error, "only ODATA and RDATA");
});

Deno.test("viewPacket: the TSDU length is that of the payload, options not counted [PKT-019]", () => {
  const options = [{ type: "FRAGMENT", firstSqn: 106, offset: 0, apduLength: 1000 }] as const;
  const bytes = encodePacket(odata({ payload: new Uint8Array(100), options }));
  assertEquals([(bytes[14]! << 8) | bytes[15]!, bytes.length], [100, 144]);
  assertEquals(view(bytes).payload().length, 100);
  for (const wrong of [99, 101, 120]) {
    assertEquals(view(patched(bytes, 14, [0, wrong])).error, ParseError.TsduLength);
  }
});

Deno.test("viewPacket: the TSDU length of packets without payload is 0 [PKT-020]", () => {
  for (const type of ALL_TYPES.filter((type) => !type.endsWith("DATA"))) {
    const bytes = encodePacket(packetOfType(type));
    assertEquals([...bytes.subarray(14, 16)], [0, 0], type);
    assertEquals(view(patched(bytes, 14, [0, 1])).error, ParseError.TsduLength, type);
  }
});

Deno.test("viewPacket: address families are 1 and 2, all others malformed [PKT-021]", () => {
  for (const [packet, at] of [[spm(), 28], [packetOfType("POLL"), 24], [nak(), 20], [ncf(), 28]] as const) {
    const bytes = encodePacket(packet);
    assertEquals([...bytes.subarray(at, at + 2)], [0, 1]);
    for (const afi of [[0, 0], [0, 3], [1, 1], [0xff, 0xff]]) {
      assertEquals(view(patched(bytes, at, afi)).error, ParseError.UnknownAfi, `${packet.type} AFI ${afi}`);
    }
  }
  const redirect = encodePacket(packetOfType("POLR", [{ type: "REDIRECT", nla: nla("10.0.9.9") }]));
  assertEquals(view(patched(redirect, 32, [0, 3])).error, ParseError.UnknownAfi);
  assertEquals(view(patched(redirect, 32, [0, 2])).error, ParseError.BadOptionLength);
  const v6 = roundTrip(spm({ pathNla: nla("2001:db8::1") }));
  assertEquals([hex(v6.bytes.subarray(28, 30)), v6.pathNla()], ["0002", nla("2001:db8::1")]);
});

Deno.test("viewPacket: OPT_VAR_PKTLEN without OPT_PARITY is malformed", () => {
  const bytes = encodePacket(rdata());
  assertEquals(view(patched(bytes, 5, [0x40])).error, ParseError.VarPktlenWithoutParity);
  assertEquals(view(patched(bytes, 5, [0xc0])).error, ParseError.None);
});

/** An SPM whose option list is the given octets. */
function spmWithList(list: string): Uint8Array {
  const bytes = encodePacket(spm());
  return patched(spliced(bytes, bytes.length, [...octets(list)]), 5, [1]);
}

Deno.test("viewPacket: the option list must begin with OPT_LENGTH and end where it says [OPT-018, OPT-021]", () => {
  const lists: [string, string][] = [
    ["00040008 8e040000", "well-formed"],
    ["", "OPT_LENGTH missing"],
    ["000400", "OPT_LENGTH missing"],
    ["8e040000", "OPT_LENGTH missing"],
    ["0e040000 80040008", "OPT_LENGTH missing"],
    ["80040004", "OPT_LENGTH missing"],
    ["00050008 8e040000", "OPT_LENGTH missing"],
    ["00040004", "OPT_LENGTH without options"],
    ["00040000 8e040000", "OPT_LENGTH without options"],
    ["00040009 8e040000", "OPT_LENGTH beyond the packet"],
    ["0004000c 00040008 8e040000", "OPT_LENGTH repeated"],
    ["00040008 8e040000 00", "trailing octets"],
  ];
  for (const [list, cause] of lists) assertEquals(causeOf(spmWithList(list)), cause, list);
  const fragment = encodePacket(odata({
    options: [{ type: "FRAGMENT", firstSqn: 106, offset: 0, apduLength: 10 }],
  }));
  assertEquals(hex(fragment.subarray(24, 28)), "00040014");
});

Deno.test("viewPacket: OPT_END is on the last option and only there [OPT-003]", () => {
  const lists: [string, string][] = [
    ["0004000c 0e040000 8f040001", "well-formed"],
    ["0004000c 8e040000 8f040001", "OPT_END before the last option"],
    ["0004000c 0e040000 0f040001", "OPT_END missing"],
    ["00040008 0e040000", "OPT_END missing"],
  ];
  for (const [list, cause] of lists) assertEquals(causeOf(spmWithList(list)), cause, list);
  const two = encodePacket(spm({ options: [{ type: "FIN" }, { type: "RST", noNaks: false, errorCode: 1 }] }));
  assertEquals(hex(two.subarray(36)), "0004000c0e0400008f040001");
});

Deno.test("viewPacket: options that are too short or too long for the list are malformed and end the search", () => {
  const lists: [string, string][] = [
    ["00040008 8e000000", "option shorter than its header"],
    ["00040008 8e010000", "option shorter than its header"],
    ["00040008 8e030000", "option shorter than its header"],
    ["00040008 55000000", "option shorter than its header"],
    ["00040008 8e050000", "option beyond OPT_LENGTH"],
    ["00040008 8eff0000", "option beyond OPT_LENGTH"],
    ["0004000a 0e040000 8e04", "option beyond OPT_LENGTH"],
    ["00040009 d5050000 01", "well-formed"],
  ];
  for (const [list, cause] of lists) assertEquals(causeOf(spmWithList(list)), cause, list);
});

Deno.test("PacketView: options that were invalidated on the way are passed over, OPT_END kept [OPT-014]", () => {
  const packet = view(spmWithList("00040014 7f080000 00000001 0e040000 ff040100"));
  assertEquals(packet.error, ParseError.None);
  assertEquals([packet.hasOption(OptionType.FIN), packet.hasOption(OptionType.INVALID)], [true, true]);
  assertEquals(packet.hasOption(OptionType.PARITY_PRM), false);
  assertEquals(packet.ignoredOptions, 0);
  const { options } = packet.toValue();
  assertEquals(options, [
    { type: "UNKNOWN", code: 0x7f, octets: octets("00000001") },
    { type: "FIN" },
    { type: "UNKNOWN", code: 0x7f, opx: 1, octets: octets("") },
  ]);
});

Deno.test("PacketView: options of unknown type are passed over, whatever their OPX", () => {
  for (const [opx, flag] of [["00", undefined], ["01", 1], ["02", 2], ["03", 3]] as const) {
    const packet = view(spmWithList(`0004000c 5504${opx}00 8e040000`));
    assertEquals([packet.error, packet.hasOption(OptionType.FIN), packet.ignoredOptions], [ParseError.None, true, 0]);
    const flags = flag === undefined ? {} : { opx: flag };
    assertEquals(packet.options()[0], { type: "UNKNOWN", ...flags, code: 0x55, octets: octets("") });
  }
});

Deno.test("PacketView: undefined option-specific bits are ignored on receipt and sent as 0 [OPT-004]", () => {
  const packet = view(spmWithList("0004000c 0e04007f 910400f8"));
  const crqst = { type: "CRQST", neWorstLink: false, neWorstPath: false, receiverWorstPath: false } as const;
  assertEquals(packet.options(), [{ type: "FIN" }, { ...crqst, encodedNull: true }]);
  assertEquals(hex(encodePacket(spm({ options: [crqst, { type: "FIN" }] })).subarray(40)), "110400008e040000");
});

Deno.test("PacketView: the first of several options of a type counts", () => {
  const packet = view(spmWithList("00040014 03080000 00000005 83080000 00000006"));
  assertEquals(packet.option("JOIN"), { type: "JOIN", minSqn: 5 });
  assertEquals(packet.options().length, 2);
});

Deno.test("PacketView: ODATA and ACK have no fields but those of the RFC and the draft [CC-080, SEC-011]", () => {
  const payload = ascii("payload");
  const data = encodePacket(odata({ payload }));
  assertEquals([data.length, hex(data.subarray(24))], [24 + payload.length, hex(payload)]);
  const ack = encodePacket({ ...packetOfType("ACK"), type: "ACK", rxMax: 4, bitmap: 0xd });
  assertEquals([ack.length, ack[4], hex(ack.subarray(16))], [24, PacketType.ACK, "000000040000000d"]);
});
