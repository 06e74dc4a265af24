/**
 * Sockets that send: every call in every state, every option, the window, and what is on the wire.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  AF_INET,
  AF_INET6,
  type Instant,
  IPPROTO_RM,
  ms,
  type Prng,
  RM_FLUSHCACHE,
  RM_HIGH_SPEED_INTRANET_OPT,
  RM_LATEJOIN,
  RM_RATE_WINDOW_SIZE,
  RM_SEND_WINDOW_ADV_RATE,
  RM_SENDER_STATISTICS,
  RM_SENDER_WINDOW_ADVANCE_METHOD,
  RM_SET_MCAST_TTL,
  RM_SET_MESSAGE_BOUNDARY,
  RM_SET_SEND_IF,
  RM_USE_FEC,
  seconds,
  SOCK_RDM,
  SOCK_STREAM,
  Stack,
} from "../../../engine/mod.ts";
import { GROUP, only, Rig, SOURCE } from "../../support/rig.ts";
import {
  asks,
  bench,
  connected,
  get,
  payloads,
  SD_SEND,
  SECOND_IF,
  set,
  SMALL,
  stats,
  ZEROS,
} from "../../support/senders.ts";
import { fails } from "../../support/winsock.ts";

Deno.test("Stack.socket: what is no family, type or protocol of reliable multicast", () => {
  const { rig } = bench();
  for (const family of [AF_INET, AF_INET6]) {
    for (const type of [SOCK_RDM, SOCK_STREAM]) rig.endpoint.socket(family, type, IPPROTO_RM);
  }
  fails("WSAEAFNOSUPPORT", () => rig.endpoint.socket(1, SOCK_RDM, IPPROTO_RM));
  fails("WSAESOCKTNOSUPPORT", () => rig.endpoint.socket(AF_INET, 2, IPPROTO_RM));
  fails("WSAEPROTONOSUPPORT", () => rig.endpoint.socket(AF_INET, SOCK_RDM, 6));
});

Deno.test("PgmSocket: every call in every wrong state, and the socket works afterwards", () => {
  const { rig, socket } = bench();
  const message = new Uint8Array(10);
  fails("WSAEINVAL", () => socket.connect(0, GROUP, 7500));
  fails("WSAENOTCONN", () => socket.send(0, message));
  fails("WSAENOTCONN", () => socket.shutdown(0, SD_SEND));
  fails("WSAEINVAL", () => socket.getsockname());
  fails("WSAEINVAL", () => set(socket, RM_LATEJOIN, 5));
  fails("WSAEINVAL", () => get(socket, RM_LATEJOIN));
  for (const address of ["", "0.0.0", "::", "fe80::1"]) fails("WSAEFAULT", () => socket.bind(address, 0));
  for (const port of [-1, 65_536, 1.5]) fails("WSAEFAULT", () => socket.bind("0.0.0.0", port));
  for (const wrong of [7, true, null, {}]) fails("WSAEFAULT", () => socket.bind(wrong as never, 0));
  fails("WSAEADDRNOTAVAIL", () => socket.bind("10.9.9.9", 0));
  socket.bind("0.0.0.0", 65_535);
  fails("WSAEINVAL", () => socket.bind("0.0.0.0", 0));
  fails("WSAENOTCONN", () => socket.send(0, message));
  fails("WSAENOTCONN", () => socket.shutdown(0, SD_SEND));
  for (const group of ["", "ff02::1"]) fails("WSAEFAULT", () => socket.connect(0, group, 7500));
  for (const port of [-1, 65_536]) fails("WSAEFAULT", () => socket.connect(0, GROUP, port));
  for (const wrong of [7, true, null, {}]) fails("WSAEFAULT", () => socket.connect(0, wrong as never, 7500));
  fails("WSAEADDRNOTAVAIL", () => socket.connect(0, GROUP, 0));
  fails("WSAEADDRNOTAVAIL", () => socket.connect(0, "10.0.0.9", 7500));
  fails("WSAEINVAL", () => socket.getsockname());
  socket.connect(0, GROUP, 65_535);
  fails("WSAEISCONN", () => socket.connect(0, GROUP, 7500));
  for (const how of [3, 0xffff_ffff]) fails("WSAEINVAL", () => socket.shutdown(0, how));
  fails("WSAEFAULT", () => socket.shutdown(0, -1));
  fails("WSAEOPNOTSUPP", () => socket.shutdown(0, 0));
  fails("WSAEINVAL", () => socket.send(0, new Uint8Array(0)));
  assertEquals(socket.send(0, message), 10);
  rig.at(seconds(1));
  assertEquals(payloads(rig.said()), [10]);
  socket.shutdown(rig.now, SD_SEND);
  socket.shutdown(rig.now, SD_SEND);
  fails("WSAESHUTDOWN", () => socket.send(rig.now, message));
  socket.closesocket(rig.now);
  for (
    const call of [
      () => socket.bind("0.0.0.0", 0),
      () => socket.connect(0, GROUP, 7500),
      () => socket.send(0, message),
      () => socket.shutdown(0, SD_SEND),
      () => socket.closesocket(0),
      () => get(socket, RM_LATEJOIN),
      () => set(socket, RM_LATEJOIN, 1),
      () => socket.readiness(0),
    ]
  ) fails("WSAENOTSOCK", call);
});

Deno.test("setsockopt: each option of a sender: default, both ends of its range, and beyond", () => {
  const fec = { FECBlockSize: 255, FECProActivePackets: 0, FECGroupSize: 16, fFECOnDemandParityEnabled: true };
  const off = { FECBlockSize: 255, FECProActivePackets: 0, FECGroupSize: 0, fFECOnDemandParityEnabled: false };
  const rows: [number, unknown, unknown[], unknown[]][] = [
    [RM_SENDER_WINDOW_ADVANCE_METHOD, 1, [1], [0, 2, 3]],
    [RM_LATEJOIN, 0, [0, 75], [76]],
    [RM_SEND_WINDOW_ADV_RATE, 15, [1, 50], [0, 51]],
    [RM_SET_MCAST_TTL, undefined, [1, 255], [0, 256]],
    [RM_SET_MESSAGE_BOUNDARY, undefined, [1, 64 * 1024 * 1024], [0, 64 * 1024 * 1024 + 1]],
    [RM_USE_FEC, off, [fec], [off]],
  ];
  for (const [option, initial, good, bad] of rows) {
    const { socket } = bench();
    socket.bind("0.0.0.0", 0);
    if (initial !== undefined) assertEquals(get(socket, option), initial);
    else fails("WSAENOPROTOOPT", () => get(socket, option));
    for (const value of good) {
      set(socket, option, value);
      if (initial !== undefined) assertEquals(get(socket, option), value);
    }
    for (const value of bad) fails("WSAEINVAL", () => set(socket, option, value), `${option}`);
    for (const value of ["1", undefined, -1]) fails("WSAEFAULT", () => set(socket, option, value), `${option}`);
    if (initial !== undefined) assertEquals(get(socket, option), good.at(-1));
    socket.connect(0, GROUP, 7500);
    if (option === RM_SET_MESSAGE_BOUNDARY) set(socket, option, 10);
    else fails("WSAEINVAL", () => set(socket, option, good[0]), `${option}`);
  }
  const { socket } = bench();
  socket.bind("0.0.0.0", 0);
  fails("WSAENOPROTOOPT", () => set(socket, RM_FLUSHCACHE, 1));
  fails("WSAENOPROTOOPT", () => set(socket, RM_SENDER_STATISTICS, 1));
  fails("WSAEOPNOTSUPP", () => set(socket, RM_HIGH_SPEED_INTRANET_OPT, 1));
  fails("WSAENOPROTOOPT", () => socket.setsockopt(6, RM_LATEJOIN, 1));
});

Deno.test("setsockopt: rate and window act: 10,000 octets per second, packet by packet", () => {
  const { rig, socket } = connected();
  assertEquals(get(socket, RM_RATE_WINDOW_SIZE), { ...SMALL, WindowSizeInBytes: 10_000 });
  for (let i = 0; i < 9; i++) socket.send(0, new Uint8Array(976));
  rig.at(ms(900));
  const bytes = rig.said().reduce((sum, { datagram }) => sum + datagram.bytes.length, 0);
  assertEquals(bytes <= 1500 + 9000 && bytes > 9000 - 1000, true, `${bytes}`);
});

Deno.test("setsockopt: late join, TTL and interface act on the wire", () => {
  const { rig, socket } = connected(SOCK_RDM, (each) => {
    set(each, RM_LATEJOIN, 75);
    set(each, RM_SET_MCAST_TTL, 7);
    set(each, RM_SET_SEND_IF, SOURCE);
    set(each, RM_SET_SEND_IF, SECOND_IF);
    fails("WSAEADDRNOTAVAIL", () => set(each, RM_SET_SEND_IF, "10.9.9.9"));
    assertEquals(get(each, RM_SET_SEND_IF), SECOND_IF);
  });
  socket.send(0, new Uint8Array(10));
  const said = rig.at(ms(500)).said();
  assertEquals(said.every(({ iface, datagram }) => iface === 1 && datagram.ttl === 7), true);
  assertEquals(only(said, "ODATA")[0]!.options.some(({ type }) => type === "JOIN"), true);
});

Deno.test("send: the window fills to the octet, would block, and is writable again once it advances", () => {
  const { rig, socket } = connected();
  const told: [Instant, boolean][] = [];
  socket.onReadiness = (now, { writable }) => told.push([now, writable]);
  assertEquals(get(socket, RM_SENDER_STATISTICS, 0), {
    ...ZEROS,
    BufferSpaceAvailable: 10_000,
    LeadingEdgeSeqId: 2 ** 32 - 1,
  });
  for (let i = 0; i < 9; i++) socket.send(0, new Uint8Array(1000));
  const { BufferSpaceAvailable } = stats(socket, 0);
  fails("WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(BufferSpaceAvailable + 1)));
  assertEquals(told, [[0, false]]);
  socket.send(0, new Uint8Array(BufferSpaceAvailable));
  fails("WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(500)));
  rig.at(seconds(1) - 1);
  assertEquals(socket.readiness(rig.now).writable, false);
  // The first packet is one second old: the window advances past 15 % of it.
  rig.at(seconds(1));
  assertEquals(told.at(-1), [seconds(1), true]);
  assertEquals(socket.send(rig.now, new Uint8Array(500)), 500);
});

Deno.test("send: a message larger than the window leaves as the window advances, once nothing waits", () => {
  const { rig, socket } = connected();
  assertEquals(socket.send(0, new Uint8Array(50_000)), 50_000);
  fails("WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(50_000)));
  rig.at(seconds(6));
  assertEquals(payloads(rig.said()).reduce((a, b) => a + b), 50_000);
  assertEquals(socket.send(rig.now, new Uint8Array(50_000)), 50_000);
});

Deno.test("send: so does a piece of a stream that is larger than the window: no octet of it is dropped", () => {
  const { rig, socket } = connected(SOCK_STREAM);
  assertEquals(socket.send(0, new Uint8Array(50_000)), 50_000);
  fails("WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(50_000)));
  rig.at(seconds(6));
  assertEquals(payloads(rig.said()).reduce((a, b) => a + b), 50_000);
});

Deno.test("send: 64 Mi octets are a message, one more is not", () => {
  const { socket } = connected();
  fails("WSAEMSGSIZE", () => socket.send(0, new Uint8Array(64 * 1024 * 1024 + 1)));
  assertEquals(socket.send(0, new Uint8Array(64 * 1024 * 1024)), 64 * 1024 * 1024);
});

Deno.test("send: RM_SET_MESSAGE_BOUNDARY makes one message of several calls, and the next is ordinary", () => {
  const { rig, socket } = connected();
  set(socket, RM_SET_MESSAGE_BOUNDARY, 100);
  const part = new Uint8Array(60).fill(1);
  socket.send(0, part);
  part.fill(9);
  fails("WSAEINVAL", () => set(socket, RM_SET_MESSAGE_BOUNDARY, 10));
  fails("WSAEMSGSIZE", () => socket.send(0, new Uint8Array(41)));
  assertEquals(payloads(rig.at(ms(100)).said()), []);
  socket.send(rig.now, new Uint8Array(40).fill(2));
  socket.send(rig.now, new Uint8Array(7));
  const said = only(rig.at(seconds(1)).said(), "ODATA");
  assertEquals(said.map(({ payload }) => [payload.length, payload[0], payload[59]]), [[100, 1, 1], [7, 0, undefined]]);
  const stream = connected(SOCK_STREAM).socket;
  fails("WSAEOPNOTSUPP", () => set(stream, RM_SET_MESSAGE_BOUNDARY, 10));
});

Deno.test("send: a message of several packets is fragmented in message mode, and not in stream mode", () => {
  for (const type of [SOCK_RDM, SOCK_STREAM]) {
    const { rig, socket } = connected(type);
    socket.send(0, new Uint8Array(3000));
    const data = only(rig.at(seconds(1)).said(), "ODATA");
    assertEquals(data.map(({ payload }) => payload.length), [1400, 1400, 200]);
    const fragments = data.map(({ options }) => options.some((option) => option.type === "FRAGMENT"));
    assertEquals(fragments, new Array(3).fill(type === SOCK_RDM));
  }
});

Deno.test("closesocket: after shutdown repairs go on for a window's time, without it nothing does", () => {
  for (const graceful of [true, false]) {
    const { rig, socket } = connected();
    socket.send(0, new Uint8Array(10));
    rig.at(ms(10));
    const [first] = rig.said();
    socket.send(rig.now, new Uint8Array(2000));
    if (graceful) socket.shutdown(rig.now, SD_SEND);
    socket.closesocket(rig.now);
    rig.at(ms(400));
    assertEquals(payloads(rig.said()).reduce((a, b) => a + b, 0), graceful ? 2000 : 1400);
    asks(rig, first!, 0);
    rig.at(ms(500));
    assertEquals(only(rig.said(), "RDATA").length, graceful ? 1 : 0);
    assertEquals(rig.endpoint.unclaimed, graceful ? 0 : 1);
    rig.at(seconds(5)).said();
    assertEquals(rig.endpoint.nextTimeout(), Infinity);
  }
});

Deno.test("interfaceDown: the sender that uses it is disconnected, another is not, and none is left to connect", () => {
  const { rig, socket } = connected();
  const other = rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  other.bind("0.0.0.0", 0);
  set(other, RM_SET_SEND_IF, SECOND_IF);
  other.connect(0, GROUP, 7500);
  rig.endpoint.interfaceDown(0, 0);
  fails("WSAECONNRESET", () => socket.send(0, new Uint8Array(1)));
  fails("WSAEISCONN", () => socket.connect(0, GROUP, 7500));
  assertEquals(other.send(0, new Uint8Array(1)), 1);
  const third = rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  third.bind("0.0.0.0", 0);
  rig.endpoint.interfaceDown(0, 1);
  fails("WSAENETDOWN", () => third.connect(0, GROUP, 7500));
  rig.endpoint.interfaceUp(0, 0);
  third.connect(0, GROUP, 7500);
  rig.said();
  third.send(0, new Uint8Array(1));
  assertEquals(rig.at(ms(500)).said().every(({ iface }) => iface === 0), true);
});

Deno.test("Stack: two senders have sessions of their own, and what is for neither is counted", () => {
  const { rig, socket } = connected();
  const other = rig.endpoint.socket(AF_INET, SOCK_STREAM, IPPROTO_RM);
  other.bind("0.0.0.0", 0);
  other.connect(0, GROUP, 7500);
  socket.send(0, new Uint8Array(1));
  other.send(0, new Uint8Array(1));
  const sessions = rig.at(ms(500)).said().map(({ value }) => `${value.gsi}.${value.sourcePort}`);
  assertEquals(new Set(sessions).size, 2);
  rig.hears(new Uint8Array(3), { destination: SOURCE });
  assertEquals([rig.endpoint.malformed, rig.endpoint.unclaimed], [1, 0]);
});

Deno.test("Stack: no two sessions have one port, whatever is drawn", () => {
  const same: Prng = { u32: () => 7, below: () => 7, chance: () => false, fork: () => same };
  const rig = new Rig((host) => new Stack({ ...host, random: same }, { interfaces: 1 }), { addresses: [SOURCE] });
  for (let i = 0; i < 3; i++) {
    const socket = rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
    socket.bind("0.0.0.0", 0);
    socket.connect(0, GROUP, 7500);
    socket.send(0, new Uint8Array(1));
  }
  assertEquals(new Set(rig.at(ms(500)).said().map(({ value }) => value.sourcePort)).size, 3);
});

Deno.test("getsockname: the session that connect has chosen, as its packets show it", () => {
  const { rig, socket } = connected(SOCK_RDM, (each) => set(each, RM_SET_SEND_IF, SECOND_IF));
  socket.send(0, new Uint8Array(10));
  const [odata] = only(rig.said(), "ODATA");
  const { address, port, tsi, firstSqn } = socket.getsockname();
  const { sourcePort, gsi, sqn } = odata!;
  assertEquals([address, port, tsi, firstSqn], [SECOND_IF, sourcePort, { gsi, port: sourcePort }, sqn]);
  socket.shutdown(0, SD_SEND);
  assertEquals(socket.getsockname().tsi, tsi);
});

Deno.test("onReadiness: who waits for room in the window is told when the sender is shut down, or its interface goes", () => {
  for (const end of ["shutdown", "interface"]) {
    const { rig, socket } = connected();
    const told: boolean[] = [];
    socket.send(0, new Uint8Array(9_000));
    fails("WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(9_000)));
    socket.onReadiness = (_now, { writable }) => told.push(writable);
    if (end === "shutdown") socket.shutdown(0, SD_SEND);
    else rig.endpoint.interfaceDown(0, 0);
    assertEquals([told, socket.readiness(0).writable], [[true], true], end);
  }
});
