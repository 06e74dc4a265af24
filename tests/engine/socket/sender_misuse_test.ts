/**
 * What senders refuse: by which code, and that nothing has changed afterwards.
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
  type PgmSocket,
  seconds,
  SOCK_RDM,
  SOCK_STREAM,
  Stack,
  type WsaName,
} from "../../../engine/mod.ts";
import { GROUP, nla, only, Rig, SOURCE } from "../../support/rig.ts";
import { asks, bench, connected, get, payloads, SD_SEND, SECOND_IF, set, stats } from "../../support/senders.ts";
import { fails } from "../../support/winsock.ts";

const SD_BOTH = 2;
const { MAX_MESSAGE_BYTES } = rm;

/** The options of a sender, with a value that is not the default. */
const VALUES: [option: number, value: unknown][] = [
  [rm.RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 800, WindowSizeInMSecs: 500, WindowSizeInBytes: 50_000 }],
  [rm.RM_SENDER_WINDOW_ADVANCE_METHOD, rm.E_WINDOW_ADVANCE_BY_TIME],
  [rm.RM_LATEJOIN, 40],
  [rm.RM_SET_SEND_IF, SECOND_IF],
  [rm.RM_SEND_WINDOW_ADV_RATE, 30],
  [rm.RM_USE_FEC, { FECBlockSize: 20, FECProActivePackets: 4, FECGroupSize: 16, fFECOnDemandParityEnabled: false }],
  [rm.RM_SET_MCAST_TTL, 9],
];
const GETTABLE = VALUES.map(([option]) => option).filter((option) => option !== rm.RM_SET_MCAST_TTL);

type Sender = { rig: Rig<Stack>; socket: PgmSocket };

/**
 * Asserts that a call of a bound socket fails with a code, and that whatever can be seen of the socket stays; one that
 * would block is not writable until it would not.
 */
function refused({ rig, socket }: Sender, name: WsaName, call: () => unknown, what = ""): void {
  const state = () => [
    GETTABLE.map((option) => get(socket, option)),
    stats(socket, rig.now),
    name === "WSAEWOULDBLOCK" ? 0 : socket.readiness(rig.now),
    rig.endpoint.nextTimeout(),
    rig.said(),
    socket.closed,
  ];
  rig.said();
  const before = state();
  fails(name, call, what);
  assertEquals(state(), before, `${what} ${name}`);
  if (name === "WSAEWOULDBLOCK") assertEquals(socket.readiness(rig.now).writable, false);
}

/** A socket that is bound. */
function bound(type = SOCK_RDM): Sender {
  const sender = bench(type);
  sender.socket.bind("0.0.0.0", 0);
  return sender;
}

/** Asserts that a connected sender still sends. */
function works({ rig, socket }: Sender): void {
  rig.said();
  assertEquals(socket.send(rig.now, new Uint8Array(33)), 33);
  assertEquals(payloads(rig.at(rig.now + seconds(1)).said()), [33]);
}

Deno.test("setsockopt: every option of a sender: only between bind and connect", () => {
  for (const [option, value] of VALUES) {
    const name = rm.RM_OPTIONS.get(option)!.name;
    const early = bench();
    fails("WSAEINVAL", () => set(early.socket, option, value), name);
    fails("WSAEINVAL", () => get(early.socket, option), name);
    const sender = bound();
    const initial = GETTABLE.includes(option) ? get(sender.socket, option) : undefined;
    set(sender.socket, option, value);
    if (GETTABLE.includes(option)) assertEquals(get(sender.socket, option), value, name);
    else refused(sender, "WSAENOPROTOOPT", () => get(sender.socket, option), name);
    sender.socket.connect(0, GROUP, 7500);
    refused(sender, "WSAEINVAL", () => set(sender.socket, option, initial ?? 1), name);
    works(sender);
    sender.socket.shutdown(sender.rig.now, SD_SEND);
    refused(sender, "WSAEINVAL", () => set(sender.socket, option, initial ?? 1), name);
    if (GETTABLE.includes(option)) assertEquals(get(sender.socket, option), value, name);
  }
});

Deno.test("setsockopt: options of receivers, those that cannot be set or read, other levels", () => {
  for (const sender of [bound(), connected(), connected(SOCK_STREAM)]) {
    const { socket } = sender;
    for (const option of [rm.RM_ADD_RECEIVE_IF, rm.RM_DEL_RECEIVE_IF]) {
      refused(sender, "WSAEOPNOTSUPP", () => set(socket, option, SOURCE));
      refused(sender, "WSAENOPROTOOPT", () => get(socket, option));
    }
    refused(sender, "WSAEOPNOTSUPP", () => set(socket, rm.RM_HIGH_SPEED_INTRANET_OPT, 1));
    refused(sender, "WSAEOPNOTSUPP", () => get(socket, rm.RM_HIGH_SPEED_INTRANET_OPT));
    refused(sender, "WSAENOPROTOOPT", () => set(socket, rm.RM_RECEIVER_STATISTICS, 1));
    refused(sender, "WSAEOPNOTSUPP", () => get(socket, rm.RM_RECEIVER_STATISTICS));
    refused(sender, "WSAENOPROTOOPT", () => set(socket, rm.RM_SENDER_STATISTICS, {}));
    for (const option of [rm.RM_FLUSHCACHE, rm.RM_OPTIONSBASE, 1015]) {
      refused(sender, "WSAENOPROTOOPT", () => set(socket, option, 1));
      refused(sender, "WSAENOPROTOOPT", () => get(socket, option));
    }
    refused(sender, "WSAENOPROTOOPT", () => get(socket, rm.RM_SET_MCAST_TTL));
    refused(sender, "WSAENOPROTOOPT", () => get(socket, rm.RM_SET_MESSAGE_BOUNDARY));
    for (const level of [0, 6, 112, 114, 0xffff]) {
      refused(sender, "WSAENOPROTOOPT", () => socket.setsockopt(level, rm.RM_LATEJOIN, 1));
      refused(sender, "WSAENOPROTOOPT", () => socket.getsockopt(0, level, rm.RM_LATEJOIN));
    }
  }
});

Deno.test("setsockopt: values of another type, structures that are too short: WSAEFAULT, and the old value stays", () => {
  const numbers = [rm.RM_SENDER_WINDOW_ADVANCE_METHOD, rm.RM_LATEJOIN, rm.RM_SEND_WINDOW_ADV_RATE, rm.RM_SET_MCAST_TTL];
  const misfits: [options: number[], values: unknown[]][] = [
    [[...numbers, rm.RM_SET_MESSAGE_BOUNDARY], ["1", "", null, undefined, true, -1, 1.5, NaN, 2 ** 32, [], {}, 1n]],
    [[rm.RM_RATE_WINDOW_SIZE], [undefined, null, 56, "56", true, () => {}]],
    [[rm.RM_RATE_WINDOW_SIZE], [{ RateKbitsPerSec: "56" }, { WindowSizeInMSecs: -1 }, { WindowSizeInBytes: 2 ** 32 }]],
    [[rm.RM_RATE_WINDOW_SIZE], [{ RateKbitsPerSec: 56, WindowSizeInMSecs: 1.5 }, { WindowSizeInBytes: null }]],
    [[rm.RM_SET_SEND_IF], [undefined, null, 0, 0x0a000001, "", "10.0.0", "10.0.0.1 ", "fe80::1", "::", {}, [SOURCE]]],
    [[rm.RM_USE_FEC], [undefined, null, 20, "fec", {}, []]],
  ];
  for (const [options, values] of misfits) {
    for (const option of options) {
      const sender = bound();
      if (option !== rm.RM_SET_MESSAGE_BOUNDARY) {
        set(
          sender.socket,
          option,
          VALUES.find(([each]) => each === option)![1],
        );
      }
      for (const value of values) {
        refused(sender, "WSAEFAULT", () => set(sender.socket, option, value), `${option} ${String(value)}`);
      }
    }
  }
  const fec = VALUES.find(([option]) => option === rm.RM_USE_FEC)![1] as Record<string, unknown>;
  for (const field of Object.keys(fec)) {
    const sender = bound();
    const { [field]: _, ...short } = fec;
    refused(sender, "WSAEFAULT", () => set(sender.socket, rm.RM_USE_FEC, short), field);
    set(sender.socket, rm.RM_USE_FEC, fec);
  }
});

Deno.test("setsockopt: values that fit and are out of range: WSAEINVAL, and the old value stays", () => {
  const cases: [option: number, good: unknown[], bad: unknown[]][] = [
    [rm.RM_SENDER_WINDOW_ADVANCE_METHOD, [1], [0, rm.E_WINDOW_USE_AS_DATA_CACHE, 3]],
    [rm.RM_LATEJOIN, [0, 1, 75], [76, 100, 0xffff_ffff]],
    [rm.RM_SEND_WINDOW_ADV_RATE, [1, 2, 49, 50], [0, 51, 100]],
    [rm.RM_SET_MCAST_TTL, [1, 255], [0, 256]],
    [rm.RM_SET_MESSAGE_BOUNDARY, [1, MAX_MESSAGE_BYTES], [0, MAX_MESSAGE_BYTES + 1, 0xffff_ffff]],
    // No field, nothing that is left of one, and three that contradict each other.
    [rm.RM_RATE_WINDOW_SIZE, [{ RateKbitsPerSec: 1 }, { WindowSizeInMSecs: 1000 }, { WindowSizeInBytes: 1000 }], [
      {},
      [],
      { RateKbitsPerSec: 0, WindowSizeInMSecs: 0, WindowSizeInBytes: 0 },
      { RateKbitsPerSec: 1, WindowSizeInMSecs: 7 },
      { RateKbitsPerSec: 80, WindowSizeInMSecs: 1000, WindowSizeInBytes: 11_000 },
    ]],
  ];
  for (const [option, good, bad] of cases) {
    const sender = bound();
    for (const value of good) {
      set(sender.socket, option, value);
      for (const wrong of bad) {
        refused(sender, "WSAEINVAL", () => set(sender.socket, option, wrong), `${option} ${JSON.stringify(wrong)}`);
      }
    }
    sender.socket.connect(0, GROUP, 7500);
  }
  const sender = bound();
  for (const address of ["10.0.0.2", "0.0.0.0", "127.0.0.1", GROUP]) {
    refused(sender, "WSAEADDRNOTAVAIL", () => set(sender.socket, rm.RM_SET_SEND_IF, address), address);
  }
});

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
  const fresh = connected();
  assertEquals(fresh.socket.send(0, new Uint8Array(10_000)), 10_000);
});

Deno.test("readiness: a sender is writable when what was refused last fits, and for one octet otherwise", () => {
  const { rig, socket } = connected();
  assertEquals(socket.readiness(0), { readable: false, writable: true, acceptable: false });
  socket.send(0, new Uint8Array(9000));
  fails("WSAEWOULDBLOCK", () => socket.send(0, new Uint8Array(5000)));
  assertEquals(socket.readiness(0).writable, false);
  socket.send(0, new Uint8Array(100));
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
  assertEquals(socket.readiness(rig.now).writable, false);
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
  works(sender);
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
  rig.endpoint.interfaceDown(0, 0);
  rig.said();
  assertEquals(socket.readiness(0).writable, true);
  refused(sender, "WSAECONNRESET", () => socket.send(0, new Uint8Array(1)));
  refused(sender, "WSAEINVAL", () => set(socket, rm.RM_LATEJOIN, 1));
  refused(sender, "WSAEISCONN", () => socket.connect(0, GROUP, 7500));
  refused(sender, "WSAECONNRESET", () => socket.shutdown(0, SD_SEND));
  rig.endpoint.interfaceUp(0);
  refused(sender, "WSAECONNRESET", () => socket.send(0, new Uint8Array(1)));
  asks(rig, said[0]!, 0);
  socket.closesocket(0);
  assertEquals([rig.at(seconds(5)).said(), rig.endpoint.nextTimeout()], [[], Infinity]);
});
