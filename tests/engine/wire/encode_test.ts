/**
 * Packets as they are built: layouts, what is refused, and the law that decoding gives back what was encoded.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { AssertionError } from "../../../engine/base/assert.ts";
import { Slab } from "../../../engine/base/slab.ts";
import {
  dataHeaderLength,
  encodeData,
  EncodeError,
  encodePacket,
  encodeRepair,
  type OptionValue,
  PacketType,
  type PacketValue,
  ParseError,
} from "../../../engine/wire/mod.ts";
import {
  ALL_TYPES,
  ascii,
  DOWN,
  hex,
  nak,
  ncf,
  nla,
  octets,
  odata,
  packetOfType,
  rdata,
  roundTrip,
  spm,
  view,
} from "../../support/packets.ts";

const V6 = nla("2001:db8::1");

/** The octets `from .. to - 1` of an encoded packet. */
function part(packet: PacketValue, from: number, to?: number): string {
  return hex(encodePacket(packet).subarray(from, to));
}

function refused(packet: PacketValue, message: string): void {
  assertThrows(() => encodePacket(packet), EncodeError, message);
}

Deno.test("encodePacket: SPM, 36 octets for IPv4 and 48 for IPv6 [PKT-022, PKT-025]", () => {
  const packet = spm({ sqn: 0x0102_0304, trail: 0x0506_0708, lead: 0x090a_0b0c, pathNla: nla("1.2.3.4") });
  assertEquals(part(packet, 16), "0102030405060708090a0b0c0001000001020304");
  assertEquals(part(packet, 2, 5), "1d4c00");
  assertEquals(roundTrip(packet).toValue(), packet);
  const v6 = { ...packet, pathNla: V6 };
  assertEquals(part(v6, 28), "0002000020010db8000000000000000000000001");
  assertEquals([encodePacket(packet).length, encodePacket(v6).length], [36, 48]);
  assertEquals(roundTrip(v6).toValue(), v6);
});

Deno.test("encodePacket: ODATA 106 with trail 100 and payload hello is 29 octets [PKT-029]", () => {
  assertEquals(part(odata(), 16), "0000006a0000006468656c6c6f");
  assertEquals(encodePacket(odata()).length, 29);
  assertEquals(roundTrip(odata()).toValue(), odata());
});

Deno.test("encodePacket: ODATA and RDATA by their type octet [PKT-030]", () => {
  for (const [packet, type] of [[odata(), 0x04], [rdata(), 0x05]] as const) {
    assertEquals(encodePacket(packet)[4], type);
    assertEquals(roundTrip(packet).toValue().type, packet.type);
  }
});

Deno.test("encodePacket: NAK, NNAK and NCF by their type octet [PKT-037]", () => {
  for (const [type, octet] of [["NAK", 0x08], ["NNAK", 0x09], ["NCF", 0x0a]] as const) {
    assertEquals(encodePacket(nak({ type }))[4], octet);
    assertEquals(roundTrip(nak({ type })).toValue().type, type);
  }
});

Deno.test("encodePacket: SPMR is the common header alone, ports swapped [PKT-046]", () => {
  assertEquals(hex(encodePacket(packetOfType("SPMR"))), "1d4c12340c00000c52aaa6aecb1a0000");
});

Deno.test("encodePacket: POLL, 44 octets for IPv4 and 56 for IPv6 [PKT-049]", () => {
  const packet: PacketValue = {
    type: "POLL",
    ...DOWN,
    sqn: 0x0102_0304,
    round: 0x0506,
    subType: 0x0708,
    pathNla: nla("10.0.0.1"),
    boIvlUs: 0x1112_1314,
    rand: 0x2122_2324,
    mask: 0x3132_3334,
    options: [],
  };
  assertEquals(part(packet, 16), "010203040506070800010000" + "0a000001" + "111213142122232431323334");
  assertEquals(part({ ...packet, pathNla: V6 }, 44), "111213142122232431323334");
  assertEquals([part(packet, 0).length / 2, part({ ...packet, pathNla: V6 }, 0).length / 2], [44, 56]);
  assertEquals(roundTrip(packet).toValue(), packet);
});

Deno.test("encodePacket: POLL_BO_IVL is an unsigned number of microseconds [PKT-053]", () => {
  const poll = { ...packetOfType("POLL"), type: "POLL" } as Extract<PacketValue, { type: "POLL" }>;
  assertEquals(part({ ...poll, boIvlUs: 250_000 }, 32, 36), "0003d090");
  const longest = { ...poll, boIvlUs: 0xffff_ffff };
  assertEquals(roundTrip(longest).toValue(), longest);
  refused({ ...poll, boIvlUs: 0x1_0000_0000 }, "Cannot encode POLL: boIvlUs 4294967296 must be an integer in 0 ..");
});

Deno.test("encodePacket: POLL_RAND and POLL_MASK survive bit for bit [PKT-054]", () => {
  const value = roundTrip(packetOfType("POLL")).toValue();
  if (value.type !== "POLL") throw new Error(value.type);
  assertEquals([value.rand, value.mask], [0xa5a5_0000, 0xffff_0000]);
  assertEquals(((0xa5a5_a5a5 ^ value.rand) & value.mask) >>> 0, 0);
});

Deno.test("encodePacket: POLR is 24 octets without options [PKT-055]", () => {
  const packet = { ...packetOfType("POLR"), sqn: 0x0102_0304, round: 0x0506 } as PacketValue;
  assertEquals(part(packet, 16), "0102030405060000");
  assertEquals(part(packet, 4, 5), "02");
  assertEquals(roundTrip(packet).toValue(), packet);
});

Deno.test("encodePacket: ACK with RX_MAX, bitmap and ports in upstream order [PKT-061, CC-041]", () => {
  const packet: PacketValue = {
    ...packetOfType("ACK", [
      { type: "PGMCC_FEEDBACK", timestamp: 0xffff_fffe, lossRate: 65_535, receiver: nla("10.0.3.3"), leaving: false },
    ]),
    type: "ACK",
    rxMax: 0xffff_ffff,
    bitmap: 1,
  };
  assertEquals(part(packet, 0, 5), "1d4c12340d");
  assertEquals(part(packet, 16), "ffffffff00000001" + "00040014" + "93100000" + "fffffffe" + "0001ffff" + "0a000303");
  assertEquals(roundTrip(packet).toValue(), packet);
});

Deno.test("encodePacket: OPT_VAR_PKTLEN only with OPT_PARITY [PKT-011]", () => {
  assertEquals(encodePacket(rdata({ parity: true, varPktlen: true }))[5], 0xc0);
  refused(rdata({ varPktlen: true }), "OPT_VAR_PKTLEN must come with OPT_PARITY");
  const alone = encodePacket(rdata({ parity: true }));
  alone[5] = 0x40;
  alone.fill(0, 6, 8);
  assertEquals(view(alone).error === ParseError.None, false);
});

Deno.test("encodePacket: OPT_PARITY on data, NAK-like packets and POLR, OPT_VAR_PKTLEN on data alone", () => {
  const may = ["POLR", "ODATA", "RDATA", "NAK", "NNAK", "NCF"];
  for (const type of ALL_TYPES) {
    const packet: PacketValue = { ...packetOfType(type), parity: true };
    if (!may.includes(type)) refused(packet, "OPT_PARITY has no meaning here");
    else assertEquals([roundTrip(packet).parity, encodePacket(packet)[5]], [true, 0x80]);
    if (type.endsWith("DATA")) assertEquals(roundTrip({ ...packet, varPktlen: true }).varPktlen, true);
    else assertThrows(() => encodePacket({ ...packet, varPktlen: true }), EncodeError);
  }
});

Deno.test("encodePacket: bit 0 of the options octet is set exactly when there are extensions [PKT-012]", () => {
  assertEquals(encodePacket(spm())[5], 0x00);
  assertEquals(encodePacket(spm({ options: [{ type: "FIN" }] }))[5], 0x01);
  assertEquals(encodePacket(rdata({ parity: true }))[5], 0x80);
  assertEquals(encodePacket(rdata({ parity: true, options: [{ type: "FIN" }] }))[5], 0x81);
});

Deno.test("encodePacket: bit 1 of the options octet is set when an option is network-significant there [PKT-013]", () => {
  const prm: OptionValue = { type: "PARITY_PRM", proActive: true, onDemand: false, tgSize: 8 };
  const size: OptionValue = { type: "CURR_TGSIZE", size: 3 };
  const cases: [PacketValue, number][] = [
    [spm({ options: [{ type: "FIN" }] }), 0x01],
    [spm({ options: [prm] }), 0x03],
    [spm({ options: [{ type: "FIN" }, prm] }), 0x03],
    [odata({ options: [size] }), 0x01],
    [rdata({ options: [size] }), 0x03],
    [rdata({ parity: true, options: [size] }), 0x83],
    [spm({ options: [{ type: "UNKNOWN", code: 0x55, octets: octets("") }] }), 0x01],
  ];
  for (const [packet, octet] of cases) assertEquals(encodePacket(packet)[5], octet, JSON.stringify(packet.options));
});

Deno.test("encodePacket: extensions present and network-significant is 0x03, as the dissector reads it [PKT-010]", () => {
  // Frame 2 of tests/golden/captures/30-handcrafted-types.pcap, in which tshark finds both options.
  const packet = spm({
    sourcePort: 20001,
    gsi: 0x0102_0304_0506,
    sqn: 2,
    trail: 0,
    lead: 9,
    pathNla: nla("10.9.0.1"),
    options: [
      { type: "PARITY_PRM", proActive: true, onDemand: true, tgSize: 8 },
      { type: "CURR_TGSIZE", size: 5 },
    ],
  });
  assertEquals(
    part(packet, 0),
    "4e211d4c0003ef340102030405060000000000020000000000000009000100000a090001" +
      "0004001408080003000000088a08000000000005",
  );
});

Deno.test("encodePacket: network-significant options come first, otherwise in the order given [OPT-020]", () => {
  const prm: OptionValue = { type: "PARITY_PRM", proActive: true, onDemand: false, tgSize: 8 };
  const crqst: OptionValue = { type: "CRQST", neWorstLink: true, neWorstPath: false, receiverWorstPath: false };
  const join: OptionValue = { type: "JOIN", minSqn: 3 };
  const types = (options: OptionValue[]) => roundTrip(spm({ options })).options().map(({ type }) => type);
  assertEquals(types([prm, crqst, { type: "FIN" }, join]), ["PARITY_PRM", "CRQST", "FIN", "JOIN"]);
  assertEquals(types([join, crqst, { type: "FIN" }, prm]), ["CRQST", "PARITY_PRM", "JOIN", "FIN"]);
});

Deno.test("encodePacket: at most 16 options with OPT_LENGTH; 16 besides it are taken [OPT-006, OPT-007]", () => {
  const unknown = (code: number): OptionValue => ({ type: "UNKNOWN", code, octets: octets("") });
  const options = Array.from({ length: 15 }, (_, i) => unknown(0x40 + i));
  assertEquals(roundTrip(spm({ options })).toValue().options, options);
  refused(spm({ options: [...options, unknown(0x50)] }), "16 options: at most 16, OPT_LENGTH included");
  refused(spm({ options: [...options, unknown(0x50), unknown(0x51)] }), "at most 16");
  for (const [count, error] of [[16, ParseError.None], [17, ParseError.TooManyOptions]] as const) {
    const list = Array.from({ length: count }, (_, i) => (i === count - 1 ? "d5" : "55") + "040000").join("");
    const length = (4 + 4 * count).toString(16).padStart(4, "0");
    const bytes = octets(hex(encodePacket(spm())) + "0004" + length + list);
    bytes[5] = 1;
    bytes.fill(0, 6, 8);
    assertEquals(view(bytes).error, error, `${count} options`);
  }
});

Deno.test("encodePacket: fields out of range are refused by name", () => {
  const cases: [PacketValue, string][] = [
    [spm({ sourcePort: 65_536 }), "Cannot encode SPM: sourcePort 65536 must be an integer in 0 .. 65535"],
    [spm({ destinationPort: -1 }), "destinationPort -1"],
    [spm({ gsi: 0x1_0000_0000_0000 }), "gsi 281474976710656 must be an integer in 0 .. 281474976710655"],
    [spm({ sqn: 0.5 }), "sqn 0.5"],
    [spm({ trail: NaN }), "trail NaN"],
    [spm({ lead: 0x1_0000_0000 }), "lead 4294967296"],
    [ncf({ sqn: -1 }), "Cannot encode NCF: sqn -1"],
    [odata({ payload: new Uint8Array(65_536) }), "Cannot encode ODATA: payload length 65536"],
    [spm({ options: [{ type: "JOIN", minSqn: -1 }] }), "Cannot encode SPM: JOIN minSqn -1"],
  ];
  for (const [packet, message] of cases) refused(packet, message);
  assertEquals(roundTrip(odata({ payload: new Uint8Array(65_535) })).tsduLength, 65_535);
});

Deno.test("encodeData: the octets of encodePacket for every combination of options, wherever the slab puts them", () => {
  const slab = new Slab();
  for (const length of [1, 5, 99, 100, 1000, 1001]) {
    for (const type of ["ODATA", "RDATA"] as const) {
      for (let combination = 0; combination < 16; combination++) {
        const has = (bit: number) => (combination & bit) !== 0;
        const payload = Uint8Array.from({ length }, (_, i) => i * 7 + length);
        const fragment = has(1) ? { firstSqn: 0xffff_fffe, offset: 1000, apduLength: 5000 } : undefined;
        const join = has(2) ? 0xffff_fff0 + length % 16 : undefined;
        const options: OptionValue[] = [];
        if (fragment !== undefined) options.push({ type: "FRAGMENT", ...fragment });
        if (join !== undefined) options.push({ type: "JOIN", minSqn: join });
        if (has(4)) options.push({ type: "SYN" });
        if (has(8)) options.push({ type: "FIN" });
        const packet = odata({ type, sqn: 0xffff_ffff, trail: 0xffff_0000, payload, options });
        const data = { ...packet, type: PacketType[type], fragment, join, syn: has(4), fin: has(8) };
        const bytes = encodeData(slab, data);
        assertEquals(bytes, encodePacket(packet));
        assertEquals(dataHeaderLength(data), bytes.length - length);
      }
    }
  }
  const empty = { ...odata(), type: PacketType.ODATA, payload: octets(""), fragment: undefined };
  assertEquals(encodeData(slab, empty), encodePacket(odata({ payload: octets("") })));
  const long = { ...empty, payload: new Uint8Array(65_536) };
  assertThrows(() => encodeData(slab, long), AssertionError, "at most 65535");
});

Deno.test("encodeRepair: RDATA with another trailing edge, everything else as in the data", () => {
  const slab = new Slab();
  const fragment: OptionValue = { type: "FRAGMENT", firstSqn: 105, offset: 9, apduLength: 100 };
  for (const packet of [odata(), odata({ options: [fragment] }), odata({ options: [{ type: "SYN" }, fragment] })]) {
    const sent = encodePacket(packet);
    const before = hex(sent);
    const repair = encodeRepair(slab, sent, 103);
    assertEquals(repair, encodePacket({ ...packet, type: "RDATA", trail: 103 }));
    assertEquals(hex(sent), before);
    // A repairer may have nothing but the repair.
    assertEquals(encodeRepair(slab, repair, 104), encodePacket({ ...packet, type: "RDATA", trail: 104 }));
  }
  assertThrows(() => encodeRepair(slab, encodePacket(nak()), 103), AssertionError, "only data");
});

Deno.test("encodePacket: the value is not changed, and no octets are shared with it", () => {
  const payload = ascii("hello");
  const sqns = Object.freeze([109, 107]);
  const bytes = encodePacket(odata({ payload }));
  bytes.fill(0, 24);
  assertEquals(payload, ascii("hello"));
  encodePacket(Object.freeze(nak({ options: Object.freeze([{ type: "NAK_LIST", sqns }] as const) })));
  assertEquals(sqns, [109, 107]);
});
