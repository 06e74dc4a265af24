/**
 * The calls of senders: what they refuse, by which code, that nothing has changed afterwards, and what they do at the
 * edges.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import * as rm from "../../../engine/socket/rm_options.ts";
import {
  AF_INET6,
  type Instant,
  IPPROTO_RM,
  ms,
  seconds,
  SOCK_RDM,
  SOCK_STREAM,
  Stack,
  type WsaName,
} from "../../../engine/mod.ts";
import { GROUP, nla, only, Rig } from "../../support/rig.ts";
import { asks, bench, bound, connected, get, refused, SD_SEND, set, stats, works } from "../../support/senders.ts";
import { fails } from "../../support/winsock.ts";

const SD_BOTH = 2;
const { MAX_MESSAGE_BYTES } = rm;

Deno.test("connect: groups and ports, on both sides of each end", () => {
  const cases: [group: string, port: unknown, error: WsaName | undefined][] = [
    ["224.0.0.0", 1, undefined],
    ["239.255.255.255", 65_535, undefined],
    ["223.255.255.255", 7500, "WSAEADDRNOTAVAIL"],
    ["240.0.0.0", 7500, "WSAEADDRNOTAVAIL"],
    ["0.0.0.0", 7500, "WSAEADDRNOTAVAIL"],
    ["10.0.0.9", 7500, "WSAEADDRNOTAVAIL"],
    [GROUP, 0, "WSAEADDRNOTAVAIL"],
    [GROUP, 65_536, "WSAEFAULT"],
    [GROUP, -1, "WSAEFAULT"],
    [GROUP, 7500.5, "WSAEFAULT"],
    [GROUP, "7500", "WSAEFAULT"],
    [GROUP, undefined, "WSAEFAULT"],
    ["", 7500, "WSAEFAULT"],
    ["239.1.2", 7500, "WSAEFAULT"],
    ["239.1.2.256", 7500, "WSAEFAULT"],
    ["ff02::1", 7500, "WSAEFAULT"],
    [undefined as never, 7500, "WSAEFAULT"],
    [7 as never, 7500, "WSAEFAULT"],
  ];
  for (const [group, port, error] of cases) {
    const sender = bound();
    const connect = () => sender.socket.connect(0, group, port as number);
    if (error === undefined) connect();
    else {
      refused(sender, error, connect, `${group} ${port}`);
      sender.socket.connect(0, GROUP, 7500);
    }
    refused(sender, "WSAEISCONN", () => sender.socket.connect(0, GROUP, 7500));
    works(sender);
  }
});

Deno.test("connect: nothing goes on the wire for it but SPMs, to the group and port, from a port of the transport's", () => {
  const { rig, socket } = bound();
  assertEquals([rig.said(), rig.endpoint.nextTimeout()], [[], Infinity]);
  socket.connect(0, GROUP, 7501);
  const said = rig.at(seconds(2)).said();
  assertEquals(only(said, "SPM").length, said.length);
  assertEquals(said.length > 0, true);
  for (const { datagram, value } of said) assertEquals([datagram.destination, value.destinationPort], [GROUP, 7501]);
  assertEquals(new Set(said.map(({ value }) => value.sourcePort)).size, 1);
});

Deno.test("connect: an IPv6 sender takes the first interface of its family, or none", () => {
  const mixed = ["10.0.0.1", "fe80::1", "fe80::2"].map(nla);
  const rig = new Rig((host) => new Stack(host, { interfaces: 3 }), { addresses: mixed });
  const make = () => {
    const socket = rig.endpoint.socket(AF_INET6, SOCK_RDM, IPPROTO_RM);
    socket.bind("::", 0);
    return socket;
  };
  const first = make();
  assertEquals(get(first, rm.RM_SET_SEND_IF), "::");
  for (const address of ["10.0.0.1", "0.0.0.0"]) fails("WSAEFAULT", () => set(first, rm.RM_SET_SEND_IF, address));
  fails("WSAEADDRNOTAVAIL", () => set(first, rm.RM_SET_SEND_IF, "fe80::3"));
  fails("WSAEFAULT", () => first.connect(0, GROUP, 7500));
  fails("WSAEADDRNOTAVAIL", () => first.connect(0, "fe80::9", 7500));
  first.connect(0, "ff02::99", 7500);
  first.send(0, new Uint8Array(5));
  const second = make();
  set(second, rm.RM_SET_SEND_IF, "FE80:0::2");
  assertEquals(get(second, rm.RM_SET_SEND_IF), "fe80::2");
  second.connect(0, "ff02::99", 7500);
  second.send(0, new Uint8Array(5));
  const ifaces = rig.at(seconds(1)).said().filter(({ value }) => value.type === "ODATA").map(({ iface }) => iface);
  assertEquals(ifaces.sort((a, b) => a - b), [1, 2]);
  rig.endpoint.interfaceDown(rig.now, 1);
  rig.endpoint.interfaceDown(rig.now, 2);
  fails("WSAENETDOWN", () => make().connect(rig.now, "ff02::99", 7500));
});

Deno.test("send: buffers of 0 octets, 64 Mi and one more, and what is no buffer", () => {
  for (const type of [SOCK_RDM, SOCK_STREAM]) {
    const sender = connected(type);
    const { socket } = sender;
    refused(sender, "WSAEINVAL", () => socket.send(0, new Uint8Array(0)));
    refused(sender, "WSAEMSGSIZE", () => socket.send(0, new Uint8Array(MAX_MESSAGE_BYTES + 1)));
    for (const value of ["octets", undefined, null, 7, [1, 2], new ArrayBuffer(8), new Uint16Array(4)]) {
      refused(sender, "WSAEFAULT", () => socket.send(0, value as never), String(value));
    }
    works(sender);
    assertEquals(socket.send(sender.rig.now, new Uint8Array(MAX_MESSAGE_BYTES)), MAX_MESSAGE_BYTES);
    refused(sender, "WSAEWOULDBLOCK", () => socket.send(sender.rig.now, new Uint8Array(1)));
  }
});

Deno.test("send: a window to the octet: what fits is taken, one octet more would block, larger than it waits for nothing", () => {
  const sender = connected();
  const { socket } = sender;
  socket.send(0, new Uint8Array(4000));
  const { BufferSpaceAvailable } = stats(socket, 0);
  refused(sender, "WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(BufferSpaceAvailable + 1)));
  // As large as the window is not larger than it: it would have to be empty.
  refused(sender, "WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(10_000)));
  refused(sender, "WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(10_001)));
  assertEquals(socket.send(0, new Uint8Array(BufferSpaceAvailable)), BufferSpaceAvailable);
  assertEquals(stats(socket, 0).BufferSpaceAvailable, 0);
  // One packet waits; then nothing does any more, but the window is not empty.
  const sparse = connected();
  for (let i = 0; i < 2; i++) sparse.socket.send(0, new Uint8Array(1000));
  refused(sparse, "WSAEWOULDBLOCK", () => sparse.socket.send(0, new Uint8Array(10_001)));
  sparse.rig.at(ms(200));
  refused(sparse, "WSAEWOULDBLOCK", () => sparse.socket.send(ms(200), new Uint8Array(10_000)));
  assertEquals(sparse.socket.send(ms(200), new Uint8Array(10_001)), 10_001);
  assertEquals(stats(sparse.socket, ms(200)).BufferSpaceAvailable, 0);
  const fresh = connected();
  assertEquals(fresh.socket.send(0, new Uint8Array(10_000)), 10_000);
});

Deno.test("readiness: a sender is writable when what was refused last fits, and for one octet otherwise", () => {
  const { rig, socket } = connected();
  assertEquals(socket.readiness(0), { readable: false, writable: true, acceptable: false });
  socket.send(0, new Uint8Array(9000));
  fails("WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(5000)));
  assertEquals(socket.readiness(0).writable, false);
  socket.send(0, new Uint8Array(stats(socket, 0).BufferSpaceAvailable - 1));
  assertEquals(socket.readiness(0).writable, true);
  fails("WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(5000)));
  const free = (
    at: Instant,
  ) => [stats(socket, rig.at(at).now).BufferSpaceAvailable >= 5000, socket.readiness(at).writable];
  const seen = new Set<string>();
  for (let at = 0; at < 3000; at += 10) {
    const [fits, writable] = free(ms(at));
    assertEquals(writable, fits, `${at} ms`);
    seen.add(`${fits}`);
  }
  assertEquals(seen.size, 2);
  for (const unready of [bench().socket, bound().socket]) assertEquals(unready.readiness(0).writable, false);
  socket.shutdown(rig.now, SD_SEND);
  assertEquals(socket.readiness(rig.now).writable, true);
});

Deno.test("RM_SET_MESSAGE_BOUNDARY: parts that do not fit are refused and can be given again; the last part needs the room", () => {
  const sender = connected();
  const { rig, socket } = sender;
  socket.send(0, new Uint8Array(6000));
  set(socket, rm.RM_SET_MESSAGE_BOUNDARY, 50);
  set(socket, rm.RM_SET_MESSAGE_BOUNDARY, 5000);
  assertEquals(socket.send(0, new Uint8Array(2500).fill(1)), 2500);
  refused(sender, "WSAEMSGSIZE", () => socket.send(0, new Uint8Array(2501)));
  refused(sender, "WSAEINVAL", () => set(socket, rm.RM_SET_MESSAGE_BOUNDARY, 7));
  refused(sender, "WSAEINVAL", () => socket.send(0, new Uint8Array(0)));
  fails("WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(2500).fill(2)));
  rig.at(ms(1500)).said();
  assertEquals(socket.readiness(rig.now).writable, true);
  assertEquals(socket.send(rig.now, new Uint8Array(2500).fill(2)), 2500);
  const parts = only(rig.at(seconds(3)).said(), "ODATA").map(({ payload }) => [...payload]).flat();
  assertEquals([parts.length, parts.indexOf(2), parts.lastIndexOf(1)], [5000, 2500, 2499]);
  // One octet is half a message already.
  set(socket, rm.RM_SET_MESSAGE_BOUNDARY, 2);
  socket.send(rig.now, new Uint8Array(1));
  refused(sender, "WSAEINVAL", () => set(socket, rm.RM_SET_MESSAGE_BOUNDARY, 2));
  assertEquals(socket.send(rig.now, new Uint8Array(1)), 1);
  works(sender);
});

/** Its slice() is a view, as that of Node's Buffer is. */
class Sliced extends Uint8Array {
  override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
    return this.subarray(start, end) as Uint8Array<ArrayBuffer>;
  }
}

Deno.test("RM_SET_MESSAGE_BOUNDARY: one after the other, and octets are copied with it and without", () => {
  const { rig, socket } = connected();
  // What follows waits for the rate.
  socket.send(0, new Uint8Array(1400));
  const octets = new Sliced(30);
  const give = (value: number, count = 30) => {
    socket.send(0, octets.fill(value).subarray(0, count));
    octets.fill(99);
  };
  for (const value of [1, 3]) {
    set(socket, rm.RM_SET_MESSAGE_BOUNDARY, 40);
    give(value);
    give(value + 1, 10);
    give(value + 4);
  }
  const data = only(rig.at(seconds(1)).said(), "ODATA").slice(1).map(({ payload }) => [...payload]);
  const run = (value: number, count: number) => new Array<number>(count).fill(value);
  assertEquals(data, [[...run(1, 30), ...run(2, 10)], run(5, 30), [...run(3, 30), ...run(4, 10)], run(7, 30)]);
});

Deno.test("shutdown: all that was sent leaves, half a message does not, SD_SEND and SD_BOTH alike", () => {
  for (const how of [SD_SEND, SD_BOTH]) {
    const { rig, socket } = connected();
    socket.send(0, new Uint8Array(3000));
    set(socket, rm.RM_SET_MESSAGE_BOUNDARY, 100);
    socket.send(0, new Uint8Array(99));
    socket.shutdown(0, how);
    socket.shutdown(0, how);
    fails("WSAESHUTDOWN", () => socket.send(0, new Uint8Array(1)));
    const said = rig.at(ms(990)).said();
    const data = only(said, "ODATA");
    assertEquals(data.map(({ payload }) => payload.length), [1400, 1400, 200]);
    assertEquals(data.map(({ options }) => options.some(({ type }) => type === "FIN")), [false, false, true]);
    assertEquals(only(said, "SPM").at(-1)!.options.some(({ type }) => type === "FIN"), true);
  }
});

Deno.test("shutdown: repairs are served until the window has passed the last packet, to the nanosecond", () => {
  const { rig, socket } = connected();
  socket.send(0, new Uint8Array(10));
  const said = rig.at(ms(400)).said();
  socket.shutdown(rig.now, SD_SEND);
  socket.closesocket(rig.now);
  rig.at(seconds(1) - 1).said();
  asks(rig, said[0]!, 0);
  assertEquals(only(rig.said(), "RDATA").length, 1);
  rig.at(seconds(1));
  asks(rig, said[0]!, 0);
  assertEquals(only(rig.said(), "RDATA").length, 0);
  // The session ends a window's time after OPT_FIN.
  rig.at(ms(1400) - 1);
  assertEquals(rig.endpoint.nextTimeout(), ms(1400));
  rig.at(ms(1400)).said();
  assertEquals(rig.endpoint.nextTimeout(), Infinity);
});

Deno.test("shutdown: the repairs of a closed socket end with its interface, not with another", () => {
  for (const iface of [0, 1]) {
    const { rig, socket } = connected();
    socket.send(0, new Uint8Array(10));
    const said = rig.said();
    socket.shutdown(0, SD_SEND);
    socket.closesocket(0);
    rig.at(ms(300)).said();
    rig.endpoint.interfaceDown(rig.now, iface);
    asks(rig, said[0]!, 0);
    assertEquals(only(rig.at(ms(900)).said(), "RDATA").length, iface);
    assertEquals(rig.endpoint.nextTimeout() === Infinity, iface === 0);
  }
});

Deno.test("shutdown: how is checked before anything else, connect before that a sender receives nothing", () => {
  const sender = bound();
  for (const how of [3, 0xffff_ffff]) refused(sender, "WSAEINVAL", () => sender.socket.shutdown(0, how));
  for (const how of [-1, 1.5, "1", undefined]) {
    refused(sender, "WSAEFAULT", () => sender.socket.shutdown(0, how as number));
  }
  for (const how of [0, 1, 2]) refused(sender, "WSAENOTCONN", () => sender.socket.shutdown(0, how));
  sender.socket.connect(0, GROUP, 7500);
  refused(sender, "WSAEOPNOTSUPP", () => sender.socket.shutdown(0, 0));
  works(sender);
});

Deno.test("interfaceDown: a broken sender is silent for good, whatever is called, and takes no other with it", () => {
  const sender = connected();
  const { rig, socket } = sender;
  socket.send(0, new Uint8Array(5000));
  const said = rig.said();
  rig.endpoint.interfaceDown(0, 1);
  assertEquals(socket.send(0, new Uint8Array(1)), 1);
  fails("WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(6000)));
  assertEquals(socket.readiness(0).writable, false);
  rig.endpoint.interfaceDown(0, 0);
  rig.said();
  // There is news of the end.
  assertEquals(socket.readiness(0).writable, true);
  refused(sender, "WSAECONNRESET", () => socket.send(0, new Uint8Array(1)));
  refused(sender, "WSAEINVAL", () => set(socket, rm.RM_LATEJOIN, 1));
  refused(sender, "WSAEISCONN", () => socket.connect(0, GROUP, 7500));
  refused(sender, "WSAECONNRESET", () => socket.shutdown(0, SD_SEND));
  rig.endpoint.interfaceUp(rig.now, 0);
  refused(sender, "WSAECONNRESET", () => socket.send(0, new Uint8Array(1)));
  asks(rig, said[0]!, 0);
  socket.closesocket(0);
  assertEquals([rig.at(seconds(5)).said(), rig.endpoint.nextTimeout()], [[], Infinity]);
});
