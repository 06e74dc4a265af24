/**
 * Option extensions one by one: octets, lengths, and the values that each may have.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  encodePacket,
  OptionType,
  type OptionValue,
  type PacketValue,
  ParseError,
  reportFromShare,
  shareFromReport,
} from "../../../engine/wire/mod.ts";
import { optionOctets, refused, refuses, smuggled } from "../../support/options.ts";
import { hex, nak, ncf, nla, octets, odata, packetOfType, rdata, roundTrip, spm, view } from "../../support/packets.ts";

const V4 = nla("10.0.9.9");
const V6 = nla("2001:db8::9");

Deno.test("options: FRAGMENT is 16 octets on data packets [OPT-022]", () => {
  const options = [{ type: "FRAGMENT", firstSqn: 107, offset: 0, apduLength: 10 }] as const;
  const packet = odata({ sqn: 107, options });
  assertEquals(optionOctets(packet), "811000000000006b000000000000000a");
  assertEquals(encodePacket(packet)[5], 0x01);
  assertEquals(roundTrip(packet).fragment(), { firstSqn: 107, offset: 0, apduLength: 10 });
  refused(spm({ options }), "Cannot encode SPM: OPT_FRAGMENT may not be on it");
});

Deno.test("options: FRAGMENT is sent with length 16, 12 is malformed [OPT-023]", () => {
  assertEquals(view(smuggled(odata(), "81100000 0000006a 00000000 0000000a")).error, ParseError.None);
  assertEquals(view(smuggled(odata(), "810c0000 0000006a 00000000")).error, ParseError.BadOptionLength);
});

Deno.test("options: FRAGMENT that cannot be is malformed, and is not sent", () => {
  const cases: [firstSqn: number, offset: number, apduLength: number, possible: boolean][] = [
    [106, 0, 5, true],
    [106, 0, 4, false],
    [105, 1, 6, true],
    [105, 1, 5, false],
    [105, 0, 5, false],
    [106, 1, 6, false],
    [104, 2, 7, true],
    [104, 1, 7, false],
    [107, 5, 20, false],
    [105, 0xffff_fffa, 0xffff_ffff, true],
    [105, 0xffff_fffb, 0xffff_ffff, false],
  ];
  for (const [firstSqn, offset, apduLength, possible] of cases) {
    const packet = odata({ options: [{ type: "FRAGMENT", firstSqn, offset, apduLength }] });
    const fields = [firstSqn, offset, apduLength].map((value) => value.toString(16).padStart(8, "0")).join("");
    const error = view(smuggled(odata(), `81100000${fields}`)).error;
    assertEquals(error, possible ? ParseError.None : ParseError.FragmentContradiction, fields);
    assertEquals(refuses(packet), !possible, fields);
  }
  const empty = odata({
    payload: octets(""),
    options: [{ type: "FRAGMENT", firstSqn: 106, offset: 0, apduLength: 9 }],
  });
  refused(empty, "0 octets with sqn 106 cannot be at 0 of an APDU of 9 octets from sqn 106 on");
});

Deno.test("options: FRAGMENT on parity packets is encoded and not interpreted", () => {
  const encoded = octets("9e ffffffff ffffffff 00000000");
  const packet = rdata({ parity: true, options: [{ type: "ENCODED_FRAGMENT", octets: encoded }] });
  const received = roundTrip(packet);
  assertEquals([received.hasOption(OptionType.FRAGMENT), received.fragment()], [true, undefined]);
  assertEquals(received.option("ENCODED_FRAGMENT")!.octets, encoded);
  const plain = view(smuggled(rdata({ parity: true }), "81100000 0000006a 00000000 00000000"));
  assertEquals([plain.error, plain.hasOption(OptionType.FRAGMENT), plain.ignoredOptions], [ParseError.None, false, 1]);
  refused(rdata({ parity: true, options: [{ type: "FRAGMENT", firstSqn: 106, offset: 0, apduLength: 9 }] }), "must be");
});

Deno.test("encodePacket: OPT_NAK_LIST holds 1 to 62 entries [OPT-030]", () => {
  const list = (count: number) =>
    nak({ options: [{ type: "NAK_LIST", sqns: Array.from({ length: count }, (_, i) => 105 + i) }] });
  assertEquals(octets(optionOctets(list(1)))[1], 8);
  assertEquals(octets(optionOctets(list(62)))[1], 252);
  assertEquals(roundTrip(list(62)).nakList().length, 62);
  assertEquals(encodePacket(list(62))[5], 0x03);
  refused(list(63), "NAK_LIST of 63 must have 1 .. 62 entries");
  refused(list(0), "NAK_LIST of 0");
  for (const option of ["82040000", "82070000000000", "82090000 00000069 00", "820a0000 00000069 0000"]) {
    assertEquals(view(smuggled(nak(), option)).error, ParseError.BadOptionLength);
  }
});

Deno.test("encodePacket: OPT_NAK_LIST is sorted in circular order and free of duplicates [OPT-032]", () => {
  const packet = nak({ sqn: 0xffff_fffe, options: [{ type: "NAK_LIST", sqns: [2, 0xffff_ffff, 0, 2, 0] }] });
  assertEquals(roundTrip(packet).nakList(), [0xffff_ffff, 0, 2]);
  for (const list of ["0000006a 00000069", "00000069 00000069", "00000069 80000068", "00000069 ffffffff"]) {
    assertEquals(view(smuggled(nak(), `820c0000 ${list}`)).error, ParseError.NakListOrder, list);
  }
  assertEquals(view(smuggled(nak(), "820c0000 00000069 80000067")).error, ParseError.None);
  // Selective or parity is a property of the packet: the entries cannot be mixed.
  assertEquals(roundTrip({ ...packet, parity: true }).nakList(), [0xffff_ffff, 0, 2]);
});

Deno.test("options: OPT_NAK_LIST continues after the sequence number in the header [OPT-033]", () => {
  const packet = nak({ sqn: 5, options: [{ type: "NAK_LIST", sqns: [6, 9, 12] }] });
  assertEquals(optionOctets(packet), "82100000" + "00000006" + "00000009" + "0000000c");
  assertEquals(roundTrip(packet).nakList(), [6, 9, 12]);
  refused(nak({ sqn: 5, options: [{ type: "NAK_LIST", sqns: [5, 6] }] }), "NAK_LIST entry 5 must come after sqn 5");
  refused(nak({ sqn: 5, options: [{ type: "NAK_LIST", sqns: [4] }] }), "NAK_LIST entry 4");
  assertEquals(view(smuggled(nak({ sqn: 5 }), "82080000 00000005")).error, ParseError.NakListOrder);
  assertEquals(view(smuggled(ncf({ sqn: 5 }), "82080000 00000004")).error, ParseError.NakListOrder);
});

Deno.test("options: JOIN is 8 octets on ODATA, RDATA and SPM [OPT-037]", () => {
  const options = [{ type: "JOIN", minSqn: 900 }] as const;
  for (const packet of [odata({ options }), rdata({ options }), spm({ options })]) {
    assertEquals(optionOctets(packet), "8308000000000384");
    assertEquals(encodePacket(packet)[5], 0x01);
    assertEquals(roundTrip(packet).option("JOIN")!.minSqn, 900);
  }
  refused(nak({ options }), "Cannot encode NAK: OPT_JOIN may not be on it");
  assertEquals(view(smuggled(spm(), "83040000")).error, ParseError.BadOptionLength);
});

Deno.test("options: REDIRECT names the repairer after AFI and reserved octets [OPT-041]", () => {
  const packet = packetOfType("POLR", [{ type: "REDIRECT", nla: V4 }]);
  assertEquals(optionOctets(packet), "870c0000" + "00010000" + "0a000909");
  assertEquals(encodePacket(packet)[5], 0x03);
});

Deno.test("options: REDIRECT is 12 octets for IPv4 and 24 for IPv6 [OPT-042]", () => {
  const polr = (address: typeof V4) => packetOfType("POLR", [{ type: "REDIRECT", nla: address }]);
  for (const [address, length] of [[V4, 12], [V6, 24]] as const) {
    assertEquals(octets(optionOctets(polr(address)))[1], length);
    assertEquals(roundTrip(polr(address)).option("REDIRECT")!.nla, address);
  }
  for (const option of ["87080000 0a000909", "870c0000 00020000 0a000909", "87100000 00010000 0a000909 00000000"]) {
    assertEquals(view(smuggled(polr(V4), option)).error, ParseError.BadOptionLength, option);
  }
});

Deno.test("options: SYN is 4 octets and on data alone [OPT-043]", () => {
  for (const packet of [odata({ options: [{ type: "SYN" }] }), rdata({ options: [{ type: "SYN" }] })]) {
    assertEquals([optionOctets(packet), encodePacket(packet)[5]], ["8d040000", 0x01]);
  }
  refused(spm({ options: [{ type: "SYN" }] }), "Cannot encode SPM: OPT_SYN may not be on it");
});

Deno.test("options: FIN is 4 octets and not network-significant [OPT-046]", () => {
  for (const packet of [spm(), odata(), rdata(), rdata({ parity: true })]) {
    const fin: PacketValue = { ...packet, options: [{ type: "FIN" }] };
    assertEquals([optionOctets(fin), encodePacket(fin)[5]! & 0x03], ["8e040000", 0x01]);
  }
  refused(ncf({ options: [{ type: "FIN" }] }), "Cannot encode NCF: OPT_FIN may not be on it");
  assertEquals(view(smuggled(spm(), "8e080000 00000000")).error, ParseError.BadOptionLength);
});

Deno.test("options: RST has N at 0x40 of octet 3 and the error code below [OPT-054, OPT-060]", () => {
  const rst = (noNaks: boolean, errorCode: number) => spm({ options: [{ type: "RST", noNaks, errorCode }] });
  assertEquals(optionOctets(rst(true, 5)), "8f040045");
  assertEquals(optionOctets(rst(false, 63)), "8f04003f");
  assertEquals(roundTrip(rst(true, 5)).option("RST"), { type: "RST", noNaks: true, errorCode: 5 });
  assertEquals(view(smuggled(spm(), "8f04003f")).option("RST"), { type: "RST", noNaks: false, errorCode: 63 });
  refused(rst(false, 64), "RST errorCode 64 must be an integer in 0 .. 63");
  refused(odata({ options: [{ type: "RST", noNaks: true, errorCode: 0 }] }), "OPT_RST may not be on it");
});

function prm(proActive: boolean, onDemand: boolean, tgSize: number): OptionValue {
  return { type: "PARITY_PRM", proActive, onDemand, tgSize };
}

Deno.test("options: PARITY_PRM has P at 0x02 and O at 0x01 of octet 3, then the group size [OPT-061, OPT-063]", () => {
  const octetsOf = (proActive: boolean, onDemand: boolean) =>
    optionOctets(spm({ options: [prm(proActive, onDemand, 8)] }));
  assertEquals(octetsOf(true, true), "8808000300000008");
  assertEquals(octetsOf(true, false), "8808000200000008");
  assertEquals(octetsOf(false, true), "8808000100000008");
  assertEquals(encodePacket(spm({ options: [prm(true, true, 8)] }))[5], 0x03);
  assertEquals(roundTrip(spm({ options: [prm(false, true, 8)] })).option("PARITY_PRM"), prm(false, true, 8));
});

Deno.test("options: PARITY_PRM with neither P nor O is refused, and ignored on receipt [OPT-062]", () => {
  refused(spm({ options: [prm(false, false, 8)] }), "PARITY_PRM must offer a kind of parity");
  const packet = view(smuggled(spm(), "88080000 00000008"));
  assertEquals([packet.error, packet.hasOption(OptionType.PARITY_PRM)], [ParseError.None, false]);
  assertEquals([packet.ignoredOptions, packet.option("PARITY_PRM")], [1, undefined]);
});

Deno.test("options: PARITY_PRM with a size that is no power of two is refused, and ignored on receipt", () => {
  for (const [size, possible] of [[0, false], [1, true], [6, false], [128, true], [0x8000_0000, true]] as const) {
    assertEquals(refuses(spm({ options: [prm(true, false, size)] })), !possible);
    const packet = view(smuggled(spm(), "88080002" + size.toString(16).padStart(8, "0")));
    assertEquals([packet.error, packet.hasOption(OptionType.PARITY_PRM)], [ParseError.None, possible], `${size}`);
  }
});

Deno.test("options: PARITY_GRP is 8 octets and on parity packets alone [OPT-064]", () => {
  const options = [{ type: "PARITY_GRP", group: 2 }] as const;
  assertEquals(optionOctets(rdata({ parity: true, options })), "8908000000000002");
  assertEquals(encodePacket(odata({ parity: true, options }))[5], 0x81);
  refused(rdata({ options }), "Cannot encode RDATA: OPT_PARITY_GRP may not be on it");
});

Deno.test("options: PARITY_GRP 0 is refused, and malformed on receipt [OPT-076]", () => {
  refused(rdata({ parity: true, options: [{ type: "PARITY_GRP", group: 0 }] }), "PARITY_GRP must not be 0");
  assertEquals(view(smuggled(rdata({ parity: true }), "89080000 00000000")).error, ParseError.ParityGroupZero);
  assertEquals(view(smuggled(rdata({ parity: true }), "89080000 00000001")).error, ParseError.None);
});

Deno.test("options: CURR_TGSIZE is at most the group size beside it; on ODATA not network-significant [OPT-065]", () => {
  const size = (size: number): OptionValue => ({ type: "CURR_TGSIZE", size });
  assertEquals(optionOctets(odata({ options: [size(3)] })), "8a08000000000003");
  assertEquals(encodePacket(odata({ options: [size(3)] }))[5], 0x01);
  assertEquals(encodePacket(rdata({ options: [size(3)] }))[5], 0x03);
  assertEquals(encodePacket(spm({ options: [size(3)] }))[5], 0x03);
  assertEquals(roundTrip(spm({ options: [prm(true, false, 8), size(8)] })).option("CURR_TGSIZE"), size(8));
  refused(
    spm({ options: [size(9), prm(true, false, 8)] }),
    "CURR_TGSIZE 9 must be at most the size in PARITY_PRM",
  );
  refused(odata({ options: [size(0)] }), "CURR_TGSIZE must not be 0");
  assertEquals(view(smuggled(odata(), "8a080000 00000000")).hasOption(OptionType.CURR_TGSIZE), false);
});

Deno.test("PacketView: CURR_TGSIZE above the group size beside it is ignored and counted [OPT-077]", () => {
  for (const list of ["08080002 00000008 8a080000 00000009", "0a080000 00000009 88080002 00000008"]) {
    const packet = view(smuggled(spm(), list));
    assertEquals([packet.error, packet.ignoredOptions], [ParseError.None, 1]);
    assertEquals([packet.hasOption(OptionType.CURR_TGSIZE), packet.option("CURR_TGSIZE")], [false, undefined]);
    assertEquals(packet.option("PARITY_PRM"), prm(true, false, 8));
  }
  const hidden = view(smuggled(spm(), "0a080000 00000000 0a080000 00000009 88080002 00000008"));
  assertEquals([hidden.ignoredOptions, hidden.option("CURR_TGSIZE")], [2, undefined]);
  const fits = view(smuggled(spm(), "08080002 00000008 8a080000 00000008"));
  assertEquals([fits.ignoredOptions, fits.option("CURR_TGSIZE")?.size], [0, 8]);
});

Deno.test("options: CR is 24 octets for IPv4 and 36 for IPv6 [OPT-066]", () => {
  const report = (receiver: typeof V4): OptionValue => ({
    type: "CR",
    lead: 1000,
    neWorstLink: 0,
    receiverWorstPath: 0x199a,
    receiver,
  });
  const packet = nak({ options: [report(nla("10.0.3.3"))] });
  assertEquals(optionOctets(packet), "90180005" + "000003e8" + "00000000" + "199a0000" + "00010000" + "0a000303");
  assertEquals(encodePacket(packet)[5], 0x03);
  assertEquals(octets(optionOctets(nak({ options: [report(V6)] })))[1], 36);
  assertEquals(roundTrip(nak({ options: [report(V6)] })).option("CR"), report(V6));
});

Deno.test("options: a report without its bit is not made: sent as 0, not read [CC-003]", () => {
  const onlyR: OptionValue = { type: "CR", lead: 1000, receiverWorstPath: 7, receiver: V4 };
  assertEquals(optionOctets(nak({ options: [onlyR] })).slice(0, 32), "90180001" + "000003e8" + "00000000" + "00070000");
  const packet = view(smuggled(nak(), "90180001 000003e8 11112222 00070000 00010000 0a000909"));
  assertEquals(packet.option("CR"), onlyR);
});

Deno.test("reportFromShare: 0xffff is 100 %, with an error of at most 1/65535 [CC-002]", () => {
  const cases = [[0, 0], [0.1, 0x199a], [0.5, 0x8000], [1, 0xffff]] as const;
  for (const [share, report] of cases) {
    assertEquals(reportFromShare(share), report);
    assertEquals(Math.abs(shareFromReport(report) - share) <= 1 / 65535, true);
  }
});

Deno.test("options: CRQST asks by L 0x04, P 0x02, R 0x01, on SPMs alone [OPT-067]", () => {
  const crqst = (neWorstLink: boolean, neWorstPath: boolean, receiverWorstPath: boolean): OptionValue => ({
    type: "CRQST",
    neWorstLink,
    neWorstPath,
    receiverWorstPath,
  });
  assertEquals(optionOctets(spm({ options: [crqst(true, false, true)] })), "91040005");
  assertEquals(optionOctets(spm({ options: [crqst(false, true, false)] })), "91040002");
  assertEquals(roundTrip(spm({ options: [crqst(true, false, true)] })).option("CRQST"), crqst(true, false, true));
  refused(odata({ options: [crqst(true, false, true)] }), "Cannot encode ODATA: OPT_CRQST may not be on it");
});

Deno.test("options: NAK_BO_IVL in microseconds, then the poll it derives from [OPT-068]", () => {
  const packet = ncf({ options: [{ type: "NAK_BO_IVL", ivlUs: 50_000, pollSqn: 0 }] });
  assertEquals(optionOctets(packet), "840c0000" + "0000c350" + "00000000");
  assertEquals(encodePacket(packet)[5], 0x03);
});

Deno.test("options: NAK_BO_RNG has the maximum first, both in microseconds [OPT-069]", () => {
  const range = (maxUs: number, minUs: number) => spm({ options: [{ type: "NAK_BO_RNG", maxUs, minUs }] });
  assertEquals(optionOctets(range(2_000_000, 10_000)), "850c0000" + "001e8480" + "00002710");
  assertEquals(roundTrip(range(2_000_000, 10_000)).toValue(), range(2_000_000, 10_000));
  // A range that nothing can be clamped to is neither sent nor taken.
  for (const [maxUs, minUs, possible] of [[5, 5, true], [1, 1, true], [4, 5, false], [5, 0, false]] as const) {
    assertEquals(refuses(range(maxUs, minUs)), !possible);
    const packet = view(smuggled(spm(), `850c0000 0000000${maxUs} 0000000${minUs}`));
    assertEquals([packet.error, packet.hasOption(OptionType.NAK_BO_RNG)], [ParseError.None, possible]);
    assertEquals(packet.ignoredOptions, possible ? 0 : 1);
  }
});

Deno.test("options: NBR_UNREACH is 4 octets on SPM and NCF alone [OPT-070]", () => {
  const options = [{ type: "NBR_UNREACH" }] as const;
  for (const packet of [spm({ options }), ncf({ options })]) {
    assertEquals([optionOctets(packet), encodePacket(packet)[5]], ["8b040000", 0x03]);
  }
  for (const packet of [nak({ options }), odata({ options })]) refused(packet, "OPT_NBR_UNREACH may not be on it");
});

Deno.test("options: PATH_NLA is an NLA without AFI, on NCF alone [OPT-071]", () => {
  const options = [{ type: "PATH_NLA", nla: nla("10.0.0.2") }] as const;
  assertEquals(optionOctets(ncf({ options })), "8c0800000a000002");
  assertEquals(encodePacket(ncf({ options }))[5], 0x03);
  for (const packet of [nak({ options }), spm({ options })]) refused(packet, "OPT_PATH_NLA may not be on it");
});

Deno.test("options: lengths that the RFC leaves to its diagrams; all others are malformed [OPT-072]", () => {
  const lengths: [PacketValue, string, number[]][] = [
    [spm(), "84", [12]],
    [spm(), "85", [12]],
    [spm(), "8b", [4]],
    [ncf(), "8c", [8, 20]],
  ];
  for (const [packet, code, good] of lengths) {
    for (let length = 4; length <= 40; length++) {
      const option = code + length.toString(16).padStart(2, "0") + "00".repeat(length - 2);
      const expected = good.includes(length) ? ParseError.None : ParseError.BadOptionLength;
      assertEquals(view(smuggled(packet, option)).error, expected, option);
    }
  }
  const sent: [PacketValue, number][] = [
    [spm({ options: [{ type: "NAK_BO_IVL", ivlUs: 1, pollSqn: 0 }] }), 12],
    [spm({ options: [{ type: "NAK_BO_RNG", maxUs: 1, minUs: 1 }] }), 12],
    [spm({ options: [{ type: "NBR_UNREACH" }] }), 4],
    [ncf({ options: [{ type: "PATH_NLA", nla: V4 }] }), 8],
    [ncf({ options: [{ type: "PATH_NLA", nla: V6 }] }), 20],
  ];
  for (const [packet, length] of sent) assertEquals(octets(optionOctets(packet))[1], length);
});

Deno.test("PacketView: the family of PATH_NLA follows from its length [OPT-073]", () => {
  const v4 = view(smuggled(ncf(), "8c080000 0a000909"));
  const v6 = view(smuggled(ncf(), "8c140000 20010db8 00000000 00000000 00000009"));
  assertEquals([v4.option("PATH_NLA")!.nla, v6.option("PATH_NLA")!.nla], [V4, V6]);
});

Deno.test("options: PGMCC_DATA and PGMCC_FEEDBACK, 12 octets and the NLA, not network-significant [OPT-075]", () => {
  const data = (acker: typeof V4): PacketValue =>
    odata({ options: [{ type: "PGMCC_DATA", timestamp: 0x01020304, acker }] });
  const feedback = (receiver: typeof V4): OptionValue => ({
    type: "PGMCC_FEEDBACK",
    timestamp: 0x01020304,
    lossRate: 0x0506,
    receiver,
    leaving: false,
  });
  assertEquals(optionOctets(data(V4)), "92100000" + "01020304" + "00010000" + "0a000909");
  assertEquals(optionOctets(nak({ options: [feedback(V4)] })), "93100000" + "01020304" + "00010506" + "0a000909");
  assertEquals(octets(optionOctets(data(V6)))[1], 28);
  for (const packet of [data(V4), data(V6), nak({ options: [feedback(V6)] }), packetOfType("ACK", [feedback(V4)])]) {
    assertEquals(encodePacket(packet)[5], 0x01);
    assertEquals(roundTrip(packet).toValue(), packet);
  }
  const leaving = packetOfType("ACK", [{ ...feedback(V4), leaving: true } as OptionValue]);
  assertEquals(hex(octets(optionOctets(leaving)).subarray(0, 4)), "93100001");
});
