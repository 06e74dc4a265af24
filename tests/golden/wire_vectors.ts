/**
 * Packets in octets, as values, and in the words of `describePacket`. The octets were made without pgmlab: by hand
 * from the RFC's diagrams, by a script that knows only the checksum, and were accepted by Wireshark's dissector.
 *
 * @module
 */

import type { PacketValue } from "../../engine/wire/mod.ts";
import { ascii, DOWN, ncf, nak, nla, octets, odata, rdata, spm, UP } from "../support/packets.ts";

/** One packet in three forms. */
export interface WireVector {
  readonly bytes: string;
  readonly text: string;
  readonly value: PacketValue;
}

const path = nla("10.0.0.1");
const source6 = nla("2001:db8::1");
const group6 = nla("ff3e::8000:1");
const other6 = nla("2001:db8:0:9::9");
const nlas6 = { sourceNla: source6, groupNla: group6 };

/** The vectors of RFC 3208 features over IPv4 that every implementation should know. */
export const VECTORS: readonly WireVector[] = [
  {
    text: "SPM 1 trail 100 lead 105 path 10.0.0.1",
    bytes: "12341d4c 0000013c 52aaa6ae cb1a0000 00000001 00000064 00000069 00010000 0a000001",
    value: spm(),
  },
  {
    text: "SPM 2 trail 96 lead 105 path 10.0.0.1 PARITY_PRM(P,O,tgs 8)",
    bytes: "12341d4c 00037918 52aaa6ae cb1a0000 00000002 00000060 00000069 00010000 0a000001 0004000c 88080003 00000008",
    value: spm({ sqn: 2, trail: 96, options: [{ type: "PARITY_PRM", proActive: true, onDemand: true, tgSize: 8 }] }),
  },
  {
    text: "ODATA 106 trail 100 len 5",
    bytes: "12341d4c 0400c366 52aaa6ae cb1a0005 0000006a 00000064 68656c6c 6f",
    value: odata(),
  },
  {
    text: "ODATA 107 trail 100 len 4 FRAGMENT(first 107 off 0 of 10)",
    bytes: "12341d4c 0401c0d3 52aaa6ae cb1a0004 0000006b 00000064 00040014 81100000 0000006b 00000000 0000000a 61626364",
    value: odata({
      sqn: 107,
      payload: ascii("abcd"),
      options: [{ type: "FRAGMENT", firstSqn: 107, offset: 0, apduLength: 10 }],
    }),
  },
  {
    text: "NAK 104 src 10.0.0.1 grp 239.1.2.3",
    bytes: "1d4c1234 0800089c 52aaa6ae cb1a0000 00000068 00010000 0a000001 00010000 ef010203",
    value: nak(),
  },
  {
    text: "NCF 104 src 10.0.0.1 grp 239.1.2.3",
    bytes: "12341d4c 0a00069c 52aaa6ae cb1a0000 00000068 00010000 0a000001 00010000 ef010203",
    value: ncf(),
  },
  {
    text: "NAK 101 src 10.0.0.1 grp 239.1.2.3 NAK_LIST(102,104)",
    bytes: "1d4c1234 080385ad 52aaa6ae cb1a0000 00000065 00010000 0a000001 00010000 ef010203 00040010 820c0000 00000066 " +
      "00000068",
    value: nak({ sqn: 101, options: [{ type: "NAK_LIST", sqns: [102, 104] }] }),
  },
  {
    text: "NAK 4658 parity src 10.0.0.1 grp 239.1.2.3",
    bytes: "1d4c1234 0880f651 52aaa6ae cb1a0000 00001232 00010000 0a000001 00010000 ef010203",
    value: nak({ sqn: 0x1232, parity: true }),
  },
  {
    text: "SPMR",
    bytes: "1d4c1234 0c00000c 52aaa6ae cb1a0000",
    value: { type: "SPMR", ...UP, options: [] },
  },
  {
    text: "SPM 3 trail 100 lead 106 path 10.0.0.1 RST(N,code 5)",
    bytes: "12341d4c 000171e2 52aaa6ae cb1a0000 00000003 00000064 0000006a 00010000 0a000001 00040008 8f040045",
    value: spm({ sqn: 3, lead: 106, options: [{ type: "RST", noNaks: true, errorCode: 5 }] }),
  },
  {
    text: "POLL 7/0 type 1 path 10.0.0.1 ivl 250000us rand 0xa5a50000 mask 0x00000000",
    bytes: "12341d4c 01008ac8 52aaa6ae cb1a0000 00000007 00000001 00010000 0a000001 0003d090 a5a50000 00000000",
    value: {
      type: "POLL",
      ...DOWN,
      sqn: 7,
      round: 0,
      subType: 1,
      pathNla: path,
      boIvlUs: 250_000,
      rand: 0xa5a5_0000,
      mask: 0,
      options: [],
    },
  },
  {
    text: "POLR 7/0 REDIRECT(10.0.9.9)",
    bytes: "1d4c1234 02036fd7 52aaa6ae cb1a0000 00000007 00000000 00040010 870c0000 00010000 0a000909",
    value: { type: "POLR", ...UP, sqn: 7, round: 0, options: [{ type: "REDIRECT", nla: nla("10.0.9.9") }] },
  },
  {
    text: "NCF 104 src 10.0.0.1 grp 239.1.2.3 NBR_UNREACH PATH_NLA(10.0.0.2)",
    bytes: "12341d4c 0a036576 52aaa6ae cb1a0000 00000068 00010000 0a000001 00010000 ef010203 00040010 0b040000 8c080000 " +
      "0a000002",
    value: ncf({ options: [{ type: "NBR_UNREACH" }, { type: "PATH_NLA", nla: nla("10.0.0.2") }] }),
  },
];

/** IPv6, mixed families, the remaining types and options, odd lengths. */
export const MORE_VECTORS: readonly WireVector[] = [
  {
    text: "SPM 1 trail 100 lead 105 path 2001:db8::1",
    bytes: "12341d4c 0000dd81 52aaa6ae cb1a0000 00000001 00000064 00000069 00020000 20010db8 00000000 00000000 00000001",
    value: spm({ pathNla: source6 }),
  },
  {
    text: "NAK 104 src 2001:db8::1 grp ff3e::8000:1",
    bytes: "1d4c1234 080056a5 52aaa6ae cb1a0000 00000068 00020000 20010db8 00000000 00000000 00000001 00020000 ff3e0000 " +
      "00000000 00000000 80000001",
    value: nak(nlas6),
  },
  {
    text: "NAK 104 src 10.0.0.1 grp ff3e::8000:1",
    bytes: "1d4c1234 08007a5f 52aaa6ae cb1a0000 00000068 00010000 0a000001 00020000 ff3e0000 00000000 00000000 80000001",
    value: nak({ groupNla: group6 }),
  },
  {
    text: "NAK 104 src 2001:db8::1 grp 239.1.2.3",
    bytes: "1d4c1234 0800e4e1 52aaa6ae cb1a0000 00000068 00020000 20010db8 00000000 00000000 00000001 00010000 ef010203",
    value: nak({ sourceNla: source6 }),
  },
  {
    text: "POLL 7/2 type 0 path 2001:db8::1 ivl 4294967295us rand 0xa5a50000 mask 0xffff0000",
    bytes: "12341d4c 010037a1 52aaa6ae cb1a0000 00000007 00020000 00020000 20010db8 00000000 00000000 00000001 ffffffff " +
      "a5a50000 ffff0000",
    value: {
      type: "POLL",
      ...DOWN,
      sqn: 7,
      round: 2,
      subType: 0,
      pathNla: source6,
      boIvlUs: 0xffff_ffff,
      rand: 0xa5a5_0000,
      mask: 0xffff_0000,
      options: [],
    },
  },
  {
    text: "POLL 8/0 type 0 path 10.0.0.1 ivl 250000us rand 0x00000001 mask 0x00000000 NAK_BO_IVL(50000us,poll 7)",
    bytes: "12341d4c 0103e8f1 52aaa6ae cb1a0000 00000008 00000000 00010000 0a000001 0003d090 00000001 00000000 00040010 " +
      "840c0000 0000c350 00000007",
    value: {
      type: "POLL",
      ...DOWN,
      sqn: 8,
      round: 0,
      subType: 0,
      pathNla: path,
      boIvlUs: 250_000,
      rand: 1,
      mask: 0,
      options: [{ type: "NAK_BO_IVL", ivlUs: 50_000, pollSqn: 7 }],
    },
  },
  {
    text: "POLR 7/2",
    bytes: "1d4c1234 02000a03 52aaa6ae cb1a0000 00000007 00020000",
    value: { type: "POLR", ...UP, sqn: 7, round: 2, options: [] },
  },
  {
    text: "POLR 7/0 parity REDIRECT(2001:db8:0:9::9)",
    bytes: "1d4c1234 0283547c 52aaa6ae cb1a0000 00000007 00000000 0004001c 87180000 00020000 20010db8 00000009 00000000 " +
      "00000009",
    value: { type: "POLR", ...UP, parity: true, sqn: 7, round: 0, options: [{ type: "REDIRECT", nla: other6 }] },
  },
  {
    text: "NCF 104 src 2001:db8::1 grp ff3e::8000:1 NBR_UNREACH PATH_NLA(2001:db8::2)",
    bytes: "12341d4c 0a038fae 52aaa6ae cb1a0000 00000068 00020000 20010db8 00000000 00000000 00000001 00020000 ff3e0000 " +
      "00000000 00000000 80000001 0004001c 0b040000 8c140000 20010db8 00000000 00000000 00000002",
    value: ncf({ ...nlas6, options: [{ type: "NBR_UNREACH" }, { type: "PATH_NLA", nla: nla("2001:db8::2") }] }),
  },
  {
    text: "NCF 104 src 10.0.0.1 grp 239.1.2.3 NAK_BO_IVL(50000us,poll 0)",
    bytes: "12341d4c 0a03bf27 52aaa6ae cb1a0000 00000068 00010000 0a000001 00010000 ef010203 00040010 840c0000 0000c350 " +
      "00000000",
    value: ncf({ options: [{ type: "NAK_BO_IVL", ivlUs: 50_000, pollSqn: 0 }] }),
  },
  {
    text: "NCF 4658 parity src 10.0.0.1 grp 239.1.2.3",
    bytes: "12341d4c 0a80f451 52aaa6ae cb1a0000 00001232 00010000 0a000001 00010000 ef010203",
    value: ncf({ sqn: 0x1232, parity: true }),
  },
  {
    text: "NNAK 104 src 10.0.0.1 grp 239.1.2.3",
    bytes: "1d4c1234 0900079c 52aaa6ae cb1a0000 00000068 00010000 0a000001 00010000 ef010203",
    value: nak({ type: "NNAK" }),
  },
  {
    text: "NAK 104 src 10.0.0.1 grp 239.1.2.3 CR(lead 1000 L 0.00% R 10.00% worst 10.0.3.3)",
    bytes: "1d4c1234 08034dd5 52aaa6ae cb1a0000 00000068 00010000 0a000001 00010000 ef010203 0004001c 90180005 000003e8 " +
      "00000000 199a0000 00010000 0a000303",
    value: nak({
      options: [{ type: "CR", lead: 1000, neWorstLink: 0, receiverWorstPath: 0x199a, receiver: nla("10.0.3.3") }],
    }),
  },
  {
    text: "NAK 104 src 2001:db8::1 grp ff3e::8000:1 CR(lead 1000 L 0.00% P 0.00% R 0.00% worst 2001:db8:0:9::9)",
    bytes: "1d4c1234 0803948f 52aaa6ae cb1a0000 00000068 00020000 20010db8 00000000 00000000 00000001 00020000 ff3e0000 " +
      "00000000 00000000 80000001 00040028 90240007 000003e8 00010002 00030000 00020000 20010db8 00000009 00000000 " +
      "00000009",
    value: nak({
      ...nlas6,
      options: [
        { type: "CR", lead: 1000, neWorstLink: 1, neWorstPath: 2, receiverWorstPath: 3, receiver: other6 },
      ],
    }),
  },
  {
    text: "NAK 104 src 10.0.0.1 grp 239.1.2.3 PGMCC_FEEDBACK(ts 12345 loss 0.76% rcvr 10.0.3.3)",
    bytes: "1d4c1234 08013641 52aaa6ae cb1a0000 00000068 00010000 0a000001 00010000 ef010203 00040014 93100000 00003039 " +
      "000101f4 0a000303",
    value: nak({
      options: [
        { type: "PGMCC_FEEDBACK", timestamp: 12345, lossRate: 500, receiver: nla("10.0.3.3"), leaving: false },
      ],
    }),
  },
  {
    text: "SPM 4 trail 100 lead 106 path 10.0.0.1 CRQST(L,R) NAK_BO_RNG(10000us..2000000us) " +
      "NAK_BO_IVL(50000us,poll 0) FIN",
    bytes: "12341d4c 0003e9e7 52aaa6ae cb1a0000 00000004 00000064 0000006a 00010000 0a000001 00040024 11040005 050c0000 " +
      "001e8480 00002710 040c0000 0000c350 00000000 8e040000",
    value: spm({
      sqn: 4,
      lead: 106,
      options: [
        { type: "CRQST", neWorstLink: true, neWorstPath: false, receiverWorstPath: true },
        { type: "NAK_BO_RNG", maxUs: 2_000_000, minUs: 10_000 },
        { type: "NAK_BO_IVL", ivlUs: 50_000, pollSqn: 0 },
        { type: "FIN" },
      ],
    }),
  },
  {
    text: "SPM 5 trail 800 lead 1000 path 10.0.0.1 JOIN(min 900)",
    bytes: "12341d4c 0001745f 52aaa6ae cb1a0000 00000005 00000320 000003e8 00010000 0a000001 0004000c 83080000 00000384",
    value: spm({ sqn: 5, trail: 800, lead: 1000, options: [{ type: "JOIN", minSqn: 900 }] }),
  },
  {
    text: "SPM 6 trail 96 lead 100 path 10.0.0.1 PARITY_PRM(O,tgs 8) CURR_TGSIZE(5)",
    bytes: "12341d4c 00036f06 52aaa6ae cb1a0000 00000006 00000060 00000064 00010000 0a000001 00040014 08080001 00000008 " +
      "8a080000 00000005",
    value: spm({
      sqn: 6,
      trail: 96,
      lead: 100,
      options: [
        { type: "PARITY_PRM", proActive: false, onDemand: true, tgSize: 8 },
        { type: "CURR_TGSIZE", size: 5 },
      ],
    }),
  },
  {
    text: "SPM 6 trail 0 lead 2147483648 path 10.0.0.2 NBR_UNREACH",
    bytes: "12341d4c 0003f6ee 52aaa6ae cb1a0000 00000006 00000000 80000000 00010000 0a000002 00040008 8b040000",
    value: spm({ sqn: 6, trail: 0, lead: 0x8000_0000, pathNla: nla("10.0.0.2"), options: [{ type: "NBR_UNREACH" }] }),
  },
  {
    text: "SPM 7 trail 100 lead 105 path 10.0.0.1 OPT_0x55(5 octets) INVALID(0 octets)",
    bytes: "12341d4c 00019bfb 52aaa6ae cb1a0000 00000007 00000064 00000069 00010000 0a000001 00040011 55090215 01020304 " +
      "05ff0401 00",
    value: spm({
      sqn: 7,
      options: [
        { type: "UNKNOWN", code: 0x55, opx: 2, bits: 0x15, octets: octets("0102030405") },
        { type: "UNKNOWN", code: 0x7f, opx: 1, octets: octets("") },
      ],
    }),
  },
  {
    text: "ODATA 0 trail 0 len 5 SYN",
    bytes: "12341d4c 04012e18 52aaa6ae cb1a0005 00000000 00000000 00040008 8d040000 66697273 74",
    value: odata({ sqn: 0, trail: 0, payload: ascii("first"), options: [{ type: "SYN" }] }),
  },
  {
    text: "ODATA 18 trail 16 len 3 CURR_TGSIZE(3)",
    bytes: "12341d4c 04018b50 52aaa6ae cb1a0003 00000012 00000010 0004000c 8a080000 00000003 78797a",
    value: odata({ sqn: 18, trail: 16, payload: ascii("xyz"), options: [{ type: "CURR_TGSIZE", size: 3 }] }),
  },
  {
    text: "RDATA 18 trail 16 len 3 CURR_TGSIZE(3) FIN",
    bytes: "12341d4c 05037c46 52aaa6ae cb1a0003 00000012 00000010 00040010 0a080000 00000003 8e040000 78797a",
    value: rdata({
      sqn: 18,
      trail: 16,
      payload: ascii("xyz"),
      options: [{ type: "CURR_TGSIZE", size: 3 }, { type: "FIN" }],
    }),
  },
  {
    text: "RDATA 4659 parity varlen trail 4608 len 34 PARITY_GRP(2) ENCODED_FRAGMENT",
    bytes: "12341d4c 05c1c376 52aaa6ae cb1a0022 00001233 00001200 0004001c 09080000 00000002 8110049e 10111213 14151617 " +
      "18191a1b 00010203 04050607 08090a0b 0c0d0e0f 10111213 14151617 18191a1b 1c1d1e1f 2021",
    value: rdata({
      sqn: 0x1233,
      trail: 0x1200,
      parity: true,
      varPktlen: true,
      payload: Uint8Array.from({ length: 34 }, (_, i) => i),
      options: [
        { type: "PARITY_GRP", group: 2 },
        { type: "ENCODED_FRAGMENT", octets: octets("9e 10111213 14151617 18191a1b") },
      ],
    }),
  },
  {
    text: "ODATA 4657 parity trail 4608 len 4",
    bytes: "12341d4c 04809bc9 52aaa6ae cb1a0004 00001231 00001200 47860007",
    value: odata({ sqn: 0x1231, trail: 0x1200, parity: true, payload: octets("47860007") }),
  },
  {
    text: "ODATA 9 trail 1 len 4 PGMCC_DATA(ts 12345 acker 10.0.3.3)",
    bytes: "12341d4c 04015fd4 52aaa6ae cb1a0004 00000009 00000001 00040014 92100000 00003039 00010000 0a000303 64617461",
    value: odata({
      sqn: 9,
      trail: 1,
      payload: ascii("data"),
      options: [{ type: "PGMCC_DATA", timestamp: 12345, acker: nla("10.0.3.3") }],
    }),
  },
  {
    text: "ODATA 9 trail 1 len 4 PGMCC_DATA(ts 12345 acker ::)",
    bytes: "12341d4c 04016cbe 52aaa6ae cb1a0004 00000009 00000001 00040020 921c0000 00003039 00020000 00000000 00000000 " +
      "00000000 00000000 64617461",
    value: odata({
      sqn: 9,
      trail: 1,
      payload: ascii("data"),
      options: [{ type: "PGMCC_DATA", timestamp: 12345, acker: nla("::") }],
    }),
  },
  {
    text: "ACK 4294967295 bitmap 0x00000001 PGMCC_FEEDBACK(ts 12345 loss 100.00% rcvr 10.0.3.3)",
    bytes: "1d4c1234 0d012ea4 52aaa6ae cb1a0000 ffffffff 00000001 00040014 93100000 00003039 0001ffff 0a000303",
    value: {
      type: "ACK",
      ...UP,
      rxMax: 0xffff_ffff,
      bitmap: 1,
      options: [
        { type: "PGMCC_FEEDBACK", timestamp: 12345, lossRate: 0xffff, receiver: nla("10.0.3.3"), leaving: false },
      ],
    },
  },
  {
    text: "ACK 4 bitmap 0x0000000d PGMCC_FEEDBACK(ts 12345 loss 10.00% rcvr 2001:db8:0:9::9 leaving)",
    bytes: "1d4c1234 0d01f417 52aaa6ae cb1a0000 00000004 0000000d 00040020 931c0001 00003039 0002199a 20010db8 00000009 " +
      "00000000 00000009",
    value: {
      type: "ACK",
      ...UP,
      rxMax: 4,
      bitmap: 0xd,
      options: [
        { type: "PGMCC_FEEDBACK", timestamp: 12345, lossRate: 0x199a, receiver: other6, leaving: true },
      ],
    },
  },
];
