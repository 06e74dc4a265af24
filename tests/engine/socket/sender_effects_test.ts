/**
 * What the options of a sender do on the wire, and every field of RM_SENDER_STATS.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  AF_INET6,
  type Instant,
  IPPROTO_RM,
  ms,
  type Nla,
  type PgmSocket,
  RM_LATEJOIN,
  RM_RATE_WINDOW_SIZE,
  RM_SEND_WINDOW_ADV_RATE,
  RM_SET_MCAST_TTL,
  RM_SET_SEND_IF,
  RM_USE_FEC,
  seconds,
  SOCK_RDM,
  Stack,
} from "../../../engine/mod.ts";
import { GROUP, nla, only, Rig, SOURCE } from "../../support/rig.ts";
import { asks, bench, connected, get, SD_SEND, SECOND_IF, set, stats } from "../../support/senders.ts";
import { fails } from "../../support/winsock.ts";

/** The payload of a packet of 100 octets, which 80 kbit/s send in 10 ms. */
const HUNDRED = 76;
/** The first packet has OPT_LENGTH and OPT_SYN, too. */
const SYN = 8;
const SPM = 36;

/** Sends a packet of 100 octets every 50 ms, until `end`. */
function sends({ rig, socket }: { rig: Rig<Stack>; socket: PgmSocket }, end: Instant): void {
  while (rig.now < end) {
    socket.send(rig.now, new Uint8Array(HUNDRED));
    rig.at(rig.now + ms(50));
  }
}

function trail(socket: PgmSocket, rig: Rig<Stack>): number {
  return stats(socket, rig.now).TrailingEdgeSeqId;
}

Deno.test("RM_SEND_WINDOW_ADV_RATE: an advance drops 1, 15 or 50 % of ten seconds, when they are over", () => {
  // What is sent whole within 100 ms, 1.5 s and 5 s of the trail, at one packet every 50 ms.
  const cases: [percent: number | undefined, each: number][] = [[1, 2], [15, 30], [undefined, 30], [50, 100]];
  for (const [percent, packets] of cases) {
    const sender = connected(SOCK_RDM, (socket) => {
      set(socket, RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 80, WindowSizeInMSecs: 10_000 });
      if (percent !== undefined) set(socket, RM_SEND_WINDOW_ADV_RATE, percent);
    });
    sends(sender, seconds(9));
    const { rig, socket } = sender;
    for (let advance = 0; advance * packets < 100; advance++) {
      const due = seconds(10) + advance * packets * ms(50);
      rig.at(due - 1);
      assertEquals(trail(socket, rig), advance * packets, `${percent} % at ${due} - 1`);
      rig.at(due);
      assertEquals(trail(socket, rig), (advance + 1) * packets, `${percent} % at ${due}`);
    }
  }
});

Deno.test("RM_SEND_WINDOW_ADV_RATE: with repairs pending the window advances as each goes out, and so does the room", () => {
  const { rig, socket } = connected(SOCK_RDM, (each) => set(each, RM_SEND_WINDOW_ADV_RATE, 50));
  for (let i = 0; i < 8; i++) {
    socket.send(rig.now, new Uint8Array(976));
    rig.at(rig.now + ms(100));
  }
  const [first] = rig.said();
  rig.at(seconds(1) - 1);
  for (const sqn of [0, 7, 1, 3]) asks(rig, first!, sqn);
  rig.said();
  // The increment is 0 .. 4, which goes before 7: 0 has left, the tokens for the second 1000 octets come after that for the first.
  const seen: [number, number][] = [];
  for (let at = seconds(1); at <= ms(1400); at += ms(1)) {
    const { TrailingEdgeSeqId, BufferSpaceAvailable } = stats(socket, rig.at(at).now);
    if (seen.at(-1)?.[0] !== TrailingEdgeSeqId) seen.push([TrailingEdgeSeqId, BufferSpaceAvailable]);
  }
  assertEquals(seen, [[1, 3000], [3, 5000], [5, 7000]]);
  assertEquals(only(rig.said(), "RDATA").map((packet) => [packet.sqn, packet.trail]), [[1, 1], [3, 3], [7, 5]]);
});

Deno.test("RM_LATEJOIN: SPMs and data offer that share of the window, or nothing", () => {
  for (const percent of [undefined, 0, 1, 50, 75]) {
    const sender = connected(SOCK_RDM, (socket) => {
      set(socket, RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 80, WindowSizeInMSecs: 10_000 });
      if (percent !== undefined) set(socket, RM_LATEJOIN, percent);
    });
    sends(sender, seconds(8));
    const { rig } = sender;
    const spms = only(rig.at(seconds(9)).said(), "SPM");
    const { trail, lead, options } = spms.at(-1)!;
    assertEquals([trail, lead], [0, 159]);
    const join = options.filter(({ type }) => type === "JOIN");
    const minSqn = 160 - Math.floor(160 * (percent ?? 0) / 100);
    assertEquals(join, minSqn === 160 ? [] : [{ type: "JOIN", minSqn }], `${percent} %`);
  }
});

Deno.test("RM_SET_MCAST_TTL: of all that is multicast: SPM, ODATA, NCF and RDATA; 255 unless set", () => {
  for (const ttl of [undefined, 1, 7, 255]) {
    const { rig, socket } = connected(SOCK_RDM, (each) => ttl !== undefined && set(each, RM_SET_MCAST_TTL, ttl));
    socket.send(0, new Uint8Array(HUNDRED));
    const said = rig.at(ms(100)).said();
    asks(rig, said[0]!, 0);
    said.push(...rig.at(ms(200)).said());
    assertEquals(new Set(said.map(({ value }) => value.type)), new Set(["SPM", "ODATA", "NCF", "RDATA"]));
    assertEquals(new Set(said.map(({ datagram }) => datagram.ttl)), new Set([ttl ?? 255]));
  }
});

Deno.test("RM_RATE_WINDOW_SIZE: SPM, ODATA and RDATA together keep the rate over every interval, and use it", () => {
  const { rig, socket } = connected(SOCK_RDM, (each) => {
    set(each, RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 80, WindowSizeInMSecs: 10_000 });
  });
  for (let i = 0; i < 80; i++) socket.send(0, new Uint8Array(976));
  const atOnce = rig.said();
  for (let t = 100; t < 6000; t += 100) {
    rig.at(ms(t));
    const { LeadingEdgeSeqId } = stats(socket, rig.now);
    asks(rig, atOnce[0]!, LeadingEdgeSeqId);
  }
  const said = [...atOnce, ...rig.at(seconds(6)).said()].filter(({ value }) => value.type !== "NCF");
  const counts = ["SPM", "ODATA", "RDATA"].map((type) => said.filter(({ value }) => value.type === type).length);
  assert(counts.every((count) => count > 1), `${counts}`);
  const size = said.map(({ datagram }) => datagram.bytes.length);
  for (let i = 0; i < said.length; i++) {
    let bytes = 0;
    for (let j = i; j < said.length; j++) {
      bytes += size[j]!;
      const most = 1500 + 10_000 * (said[j]!.at - said[i]!.at) / seconds(1);
      assert(bytes <= most, `${bytes} octets from ${said[i]!.at} to ${said[j]!.at}`);
    }
  }
  const total = size.reduce((sum, each) => sum + each, 0);
  assert(total > 60_000 - 1000 && total <= 61_500, `${total} octets in six seconds`);
  assertEquals(stats(socket, rig.now).TotalBytesSent, total);
});

Deno.test("RM_SET_SEND_IF: the last that succeeded counts, the first interface that is up if none did", () => {
  const cases: [before: (socket: PgmSocket, rig: Rig<Stack>) => void, shown: string, iface: number | undefined][] = [
    [() => {}, "0.0.0.0", 0],
    [(_, rig) => rig.endpoint.interfaceDown(0, 0), "0.0.0.0", 1],
    [(socket) => set(socket, RM_SET_SEND_IF, SECOND_IF), SECOND_IF, 1],
    [(socket) => [SECOND_IF, SOURCE].forEach((each) => set(socket, RM_SET_SEND_IF, each)), SOURCE, 0],
    [
      (socket) => {
        set(socket, RM_SET_SEND_IF, SECOND_IF);
        fails("WSAEADDRNOTAVAIL", () => set(socket, RM_SET_SEND_IF, nla("10.2.0.1")));
        fails("WSAEADDRNOTAVAIL", () => set(socket, RM_SET_SEND_IF, "0.0.0.0"));
      },
      SECOND_IF,
      1,
    ],
    [
      (socket, rig) => {
        rig.endpoint.interfaceDown(0, 1);
        fails("WSAEADDRNOTAVAIL", () => set(socket, RM_SET_SEND_IF, SECOND_IF));
      },
      "0.0.0.0",
      0,
    ],
    // It went away after it was set: there is no other to take its place.
    [
      (socket, rig) => {
        set(socket, RM_SET_SEND_IF, SECOND_IF);
        rig.endpoint.interfaceDown(0, 1);
      },
      SECOND_IF,
      undefined,
    ],
  ];
  for (const [before, shown, iface] of cases) {
    const { rig, socket } = bench();
    socket.bind("0.0.0.0", 0);
    before(socket, rig);
    assertEquals(get(socket, RM_SET_SEND_IF), shown);
    if (iface === undefined) {
      fails("WSAENETDOWN", () => socket.connect(0, GROUP, 7500));
      rig.endpoint.interfaceUp(rig.now, 1);
    }
    socket.connect(0, GROUP, 7500);
    socket.send(0, new Uint8Array(1));
    const said = rig.at(seconds(1)).said();
    const [address, on] = iface === 0 ? [SOURCE, 0] : [SECOND_IF, 1];
    assert(only(said, "ODATA").length === 1 && only(said, "SPM").length > 0);
    assertEquals(said.every((each) => each.iface === on && each.datagram.source === address), true);
    assertEquals(new Set(only(said, "SPM").map(({ pathNla }) => pathNla)), new Set([address]));
  }
});

Deno.test("RM_SENDER_STATISTICS: every field, number by number, as a session goes on", () => {
  const { rig, socket } = connected();
  // An SPM of 36 octets, then packets of 108 and 100: 1500 octets take fourteen of the sixteen.
  for (let i = 0; i < 16; i++) socket.send(0, new Uint8Array(HUNDRED));
  const [first] = rig.said();
  const atOnce = {
    DataBytesSent: 14 * HUNDRED,
    TotalBytesSent: SPM + SYN + 1400,
    NaksReceived: 0,
    NaksReceivedTooLate: 0,
    NumOutstandingNaks: 0,
    NumNaksAfterRData: 0,
    RepairPacketsSent: 0,
    // Packets that were sent count with their headers, what waits without.
    BufferSpaceAvailable: 10_000 - SYN - 1400 - 2 * HUNDRED,
    TrailingEdgeSeqId: 0,
    LeadingEdgeSeqId: 13,
    RateKBitsPerSecOverall: 0,
    RateKBitsPerSecLast: 0,
    TotalODataPacketsSent: 14,
  };
  assertEquals(stats(socket, 0), atOnce);
  // Five NAKs for three numbers: their repairs wait for tokens.
  rig.at(ms(3));
  for (const sqn of [3, 3, 3, 4, 5]) asks(rig, first!, sqn);
  const asked = stats(socket, rig.now);
  assertEquals([asked.NaksReceived, asked.NumOutstandingNaks, asked.RepairPacketsSent], [5, 3, 0]);
  rig.at(ms(500));
  asks(rig, first!, 5);
  const repaired = stats(socket, rig.now);
  const bytes = rig.said().filter(({ value }) => value.type !== "NCF")
    .reduce((sum, { datagram }) => sum + datagram.bytes.length, 0);
  assertEquals(repaired, {
    ...atOnce,
    DataBytesSent: 16 * HUNDRED,
    TotalBytesSent: atOnce.TotalBytesSent + bytes,
    NaksReceived: 6,
    NumNaksAfterRData: 1,
    RepairPacketsSent: 4,
    BufferSpaceAvailable: 10_000 - SYN - 1600,
    LeadingEdgeSeqId: 15,
    TotalODataPacketsSent: 16,
    RateKBitsPerSecOverall: Math.floor((atOnce.TotalBytesSent + bytes) * 8 / 500),
  });
  // Everything is of the increment of 150 ms, and it was sent within the first second.
  rig.at(seconds(1));
  asks(rig, first!, 5);
  const end = stats(socket, seconds(1));
  const later = rig.said().filter(({ value }) => value.type !== "NCF");
  assertEquals(later.every(({ value }) => value.type === "SPM"), true);
  const total = repaired.TotalBytesSent + later.reduce((sum, { datagram }) => sum + datagram.bytes.length, 0);
  assertEquals(end, {
    ...repaired,
    TotalBytesSent: total,
    NaksReceived: 7,
    NaksReceivedTooLate: 1,
    BufferSpaceAvailable: 10_000,
    TrailingEdgeSeqId: 16,
    RateKBitsPerSecOverall: Math.floor(total * 8 / 1000),
    RateKBitsPerSecLast: Math.floor(total * 8 / 1000),
  });
  // Nothing but heartbeats was sent in the second second.
  rig.at(seconds(2));
  const spms = rig.said().reduce((sum, { datagram }) => sum + datagram.bytes.length, 0);
  const { RateKBitsPerSecLast, RateKBitsPerSecOverall } = stats(socket, seconds(2));
  assertEquals(RateKBitsPerSecLast, Math.floor(spms * 8 / 1000));
  assertEquals(RateKBitsPerSecOverall, Math.floor((total + spms) * 8 / 2000));
});

Deno.test("RM_SENDER_STATISTICS: works before connect and after shutdown, and counts for its own socket", () => {
  const { rig, socket } = bench();
  socket.bind("0.0.0.0", 0);
  socket.setsockopt(IPPROTO_RM, RM_RATE_WINDOW_SIZE, { WindowSizeInBytes: 12_345 });
  assertEquals(stats(socket, 0).BufferSpaceAvailable, 12_345);
  socket.connect(0, GROUP, 7500);
  socket.send(0, new Uint8Array(HUNDRED));
  const other = rig.endpoint.socket(2, SOCK_RDM, IPPROTO_RM);
  other.bind("0.0.0.0", 0);
  other.connect(0, GROUP, 7500);
  socket.shutdown(0, 1);
  rig.at(seconds(1));
  assertEquals([stats(socket, rig.now), stats(other, rig.now)].map((each) => each.TotalODataPacketsSent), [1, 0]);
});

Deno.test("send: with IPv6 the largest packet, with every option and Router Alert, fits 1500 octets: parity has no octet to spare", () => {
  const [host, other, group] = ["2001:db8::1", "2001:db8::2", "ff05::1"].map(nla) as [Nla, Nla, Nla];
  const fec = { FECBlockSize: 20, FECProActivePackets: 0, FECGroupSize: 8, fFECOnDemandParityEnabled: true };
  for (const [parity, sqn, largest] of [[false, 0, 1496], [true, 2, 1500]] as const) {
    const rig = new Rig((host) => new Stack(host, { interfaces: 1 }), { addresses: [host] });
    const socket = rig.endpoint.socket(AF_INET6, SOCK_RDM, IPPROTO_RM);
    socket.bind("::", 0);
    set(socket, RM_LATEJOIN, 75);
    if (parity) set(socket, RM_USE_FEC, fec);
    socket.connect(0, group, 7500);
    // One group that is not full, of the first packet and the last.
    socket.send(0, new Uint8Array(6_000));
    socket.shutdown(0, SD_SEND);
    const { sourcePort, gsi } = rig.at(seconds(3)).said()[0]!.value;
    const nak = {
      type: "NAK",
      sourcePort: 7500,
      destinationPort: sourcePort,
      gsi,
      sourceNla: host,
      groupNla: group,
    } as const;
    // As often that the parity packets belong to a second parity group.
    for (let i = 0; i < 10; i++) {
      rig.hears({ ...nak, sqn, options: [], ...parity ? { parity } : {} }, { source: other, destination: host });
      rig.at(rig.now + seconds(1));
    }
    const repairs = rig.said().filter(({ value }) => value.type === "RDATA");
    assertEquals(
      repairs.every(({ datagram, value }) => datagram.routerAlert && value.parity === (parity || undefined)),
      true,
    );
    assertEquals(Math.max(...repairs.map(({ datagram }) => 40 + 8 + datagram.bytes.length)), largest);
  }
});

Deno.test("RM_USE_FEC: SPMs offer the parity, and as much as it says follows each group", () => {
  const info = { FECBlockSize: 20, FECProActivePackets: 2, FECGroupSize: 8, fFECOnDemandParityEnabled: false };
  const { rig, socket } = connected(SOCK_RDM, (socket) => set(socket, RM_USE_FEC, info));
  for (let i = 0; i < 9; i++) socket.send(0, new Uint8Array(10 + i));
  const said = rig.at(seconds(2)).said();
  assertEquals(only(said, "SPM")[0]!.options, [{ type: "PARITY_PRM", proActive: true, onDemand: false, tgSize: 8 }]);
  const parity = only(said, "ODATA").map((value) => value.parity === true);
  assertEquals(parity, [...new Array<boolean>(8).fill(false), true, true, false]);
});
