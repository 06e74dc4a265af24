/**
 * Sockets that listen: every call in every state, the options of receivers, what makes a session acceptable, the backlog.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  AF_INET,
  AF_INET6,
  FIONBIO,
  IPPROTO_RM,
  ms,
  type PgmSocket,
  type Readiness,
  RM_ADD_RECEIVE_IF,
  RM_DEL_RECEIVE_IF,
  RM_HIGH_SPEED_INTRANET_OPT,
  RM_LATEJOIN,
  RM_OPTIONSBASE,
  RM_RECEIVER_STATISTICS,
  type RmReceiverStats,
  SD_BOTH,
  SD_RECEIVE,
  SD_SEND,
  seconds,
  SOCK_RDM,
  SOCK_STREAM,
  Stack,
} from "../../../engine/mod.ts";
import { boundReceiver, get, listeningReceiver, recv, SECOND_IF, set } from "../../support/receiver_sockets.ts";
import { DPORT, GROUP, GSI, nla, odata, only, rdata, RECEIVER, Rig, SOURCE, spm, SPORT } from "../../support/rig.ts";
import { fails } from "../../support/winsock.ts";

/** ODATA of another session than the bench's: `port` is its data-source port. */
function odataFrom(port: number, sqn: number) {
  return { ...odata({ sqn }), sourcePort: port };
}

function joins(rig: Rig<Stack>): string[] {
  return rig.joined.map(({ iface, group, join }) => `${join ? "+" : "-"}${iface} ${group}`);
}

Deno.test("bind: a group and port make a receiver; what is neither a group nor INADDR_ANY fails", () => {
  const rig = new Rig((host) => new Stack(host, { interfaces: 1 }));
  const socket = rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  for (const address of ["", "239.1.2", "ff02::1"]) fails("WSAEFAULT", () => socket.bind(address, DPORT));
  for (const port of [-1, 65_536, 1.5]) fails("WSAEFAULT", () => socket.bind(GROUP, port));
  fails("WSAEADDRNOTAVAIL", () => socket.bind(GROUP, 0));
  for (const address of [RECEIVER, "240.0.0.1", "223.255.255.255"]) {
    fails("WSAEADDRNOTAVAIL", () => socket.bind(address, DPORT));
  }
  socket.bind(GROUP, 65_535);
  fails("WSAEINVAL", () => socket.bind(GROUP, 65_535));
  fails("WSAEINVAL", () => socket.bind("0.0.0.0", 0));
  socket.listen(0, 1);
});

Deno.test("bind: a group and port belong to one socket of the host, until the last session of it is closed", () => {
  const { rig, socket } = listeningReceiver();
  const other = rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  fails("WSAEADDRINUSE", () => other.bind(GROUP, DPORT));
  other.bind(GROUP, DPORT + 1);
  rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM).bind("239.1.2.4", DPORT);
  rig.hears(odata({ sqn: 0 }));
  const session = socket.accept(0);
  socket.closesocket(0);
  const third = rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  fails("WSAEADDRINUSE", () => third.bind(GROUP, DPORT));
  session.closesocket(0);
  third.bind(GROUP, DPORT);
  third.closesocket(0);
  rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM).bind(GROUP, DPORT);
});

Deno.test("a receiver: every call in every wrong state, and it works afterwards", () => {
  const rig = new Rig((host) => new Stack(host, { interfaces: 2 }), { addresses: [RECEIVER, SECOND_IF] });
  const socket = rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  const buffer = new Uint8Array(10);
  fails("WSAEINVAL", () => socket.listen(0, 1), "unbound");
  fails("WSAEINVAL", () => socket.accept(0), "unbound");
  fails("WSAENOTCONN", () => socket.recv(0, buffer), "unbound");
  fails("WSAENOTCONN", () => socket.getpeername(), "unbound");
  socket.bind(GROUP, DPORT);
  const wrong = () => {
    fails("WSAEOPNOTSUPP", () => socket.send(0, buffer));
    fails("WSAENOTCONN", () => socket.recv(0, buffer));
    fails("WSAENOTCONN", () => socket.wsaRecv(0, buffer));
    fails("WSAENOTCONN", () => socket.getpeername());
    fails("WSAEOPNOTSUPP", () => socket.getsockname());
    for (const how of [SD_RECEIVE, SD_SEND, SD_BOTH]) fails("WSAENOTCONN", () => socket.shutdown(0, how));
  };
  wrong();
  fails("WSAEOPNOTSUPP", () => socket.connect(0, GROUP, DPORT));
  fails("WSAEINVAL", () => socket.accept(0), "bound");
  for (const backlog of [-1, 0.5, NaN]) fails("WSAEFAULT", () => socket.listen(0, backlog));
  socket.listen(0, 0);
  wrong();
  fails("WSAEINVAL", () => socket.connect(0, GROUP, DPORT), "listening");
  fails("WSAEWOULDBLOCK", () => socket.accept(0));
  rig.hears(odata({ sqn: 0 }));
  const session = socket.accept(0);
  fails("WSAEWOULDBLOCK", () => socket.accept(0));
  for (const call of ["bind", "connect"] as const) {
    fails(call === "bind" ? "WSAEINVAL" : "WSAEOPNOTSUPP", () => session[call](0 as never, GROUP as never, DPORT));
  }
  fails("WSAEOPNOTSUPP", () => session.listen(0, 1));
  fails("WSAEOPNOTSUPP", () => session.accept(0));
  fails("WSAEOPNOTSUPP", () => session.getsockname());
  fails("WSAEOPNOTSUPP", () => session.send(0, buffer));
  fails("WSAEINVAL", () => session.recv(0, new Uint8Array(0)));
  for (const wrong of [undefined, 100, [1, 2]]) fails("WSAEFAULT", () => session.recv(0, wrong as never));
  fails("WSAEOPNOTSUPP", () => session.shutdown(0, SD_SEND));
  fails("WSAEINVAL", () => session.shutdown(0, 3));
  fails("WSAEFAULT", () => session.shutdown(0, -1));
  assertEquals(recv(session, 0), [0]);
  session.shutdown(0, SD_RECEIVE);
  session.shutdown(0, SD_BOTH);
  fails("WSAESHUTDOWN", () => session.recv(0, buffer));
  session.closesocket(0);
  for (const closed of [session, socket]) {
    if (closed === socket) socket.closesocket(0);
    for (
      const call of [
        () => closed.listen(0, 1),
        () => closed.accept(0),
        () => closed.recv(0, buffer),
        () => closed.wsaRecv(0, buffer),
        () => closed.getsockname(),
        () => closed.getpeername(),
        () => closed.ioctlsocket(FIONBIO, 1),
        () => closed.closesocket(0),
      ]
    ) fails("WSAENOTSOCK", call);
  }
});

Deno.test("a sender: neither listens nor accepts nor receives", () => {
  const { rig } = boundReceiver();
  const sender = rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  sender.bind("0.0.0.0", 0);
  const wrong = () => {
    fails("WSAEOPNOTSUPP", () => sender.listen(0, 1));
    fails("WSAEOPNOTSUPP", () => sender.accept(0));
    fails("WSAEOPNOTSUPP", () => sender.recv(0, new Uint8Array(10)));
    fails("WSAEOPNOTSUPP", () => sender.wsaRecv(0, new Uint8Array(10)));
    fails("WSAEOPNOTSUPP", () => sender.getpeername());
  };
  wrong();
  sender.connect(0, GROUP, DPORT);
  wrong();
  assertEquals(sender.send(0, new Uint8Array(10)), 10);
});

Deno.test("listen: the first interface that is up, or those that were added; and what packets come in", () => {
  const plain = listeningReceiver();
  assertEquals(joins(plain.rig), [`+0 ${GROUP}`]);
  plain.socket.listen(0, 7);
  assertEquals(joins(plain.rig), [`+0 ${GROUP}`], "listening already");
  plain.socket.closesocket(0);
  assertEquals(joins(plain.rig), [`+0 ${GROUP}`, `-0 ${GROUP}`]);
  const added = listeningReceiver({ before: (socket) => set(socket, RM_ADD_RECEIVE_IF, SECOND_IF) });
  assertEquals(joins(added.rig), [`+1 ${GROUP}`]);
  const both = listeningReceiver({
    before: (socket) => [SECOND_IF, RECEIVER, SECOND_IF].forEach((each) => set(socket, RM_ADD_RECEIVE_IF, each)),
  });
  assertEquals(joins(both.rig), [`+1 ${GROUP}`, `+0 ${GROUP}`]);
  both.socket.closesocket(0);
  assertEquals(joins(both.rig).slice(2), [`-1 ${GROUP}`, `-0 ${GROUP}`]);
});

Deno.test("bind: a socket that does not listen yet takes no packets", () => {
  const { rig, socket } = boundReceiver();
  rig.hears(odata({ sqn: 0 }));
  assertEquals(rig.endpoint.unclaimed, 1);
  socket.listen(0, 1);
  rig.hears(odata({ sqn: 1 }));
  assertEquals(socket.accept(0).getpeername().firstSqn, 1);
});

Deno.test("listen: two ports of a group share the membership of an interface", () => {
  const { rig, socket } = listeningReceiver();
  const other = rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  other.bind(GROUP, DPORT + 1);
  other.listen(0, 1);
  rig.hears(odata({ sqn: 0 }));
  assertEquals([socket.readiness(0).acceptable, other.readiness(0).acceptable], [true, false]);
  rig.hears({ ...odata({ sqn: 0 }), destinationPort: DPORT + 2 });
  assertEquals(rig.endpoint.unclaimed, 1);
  socket.closesocket(0);
  assertEquals(joins(rig), [`+0 ${GROUP}`]);
  other.closesocket(0);
  assertEquals(joins(rig), [`+0 ${GROUP}`, `-0 ${GROUP}`]);
});

Deno.test("bind and listen: without an interface that is up", () => {
  const { rig, socket } = boundReceiver();
  rig.endpoint.interfaceDown(0, 0);
  rig.endpoint.interfaceDown(0, 1);
  fails("WSAENETDOWN", () => rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM).bind(GROUP, DPORT + 1));
  fails("WSAENETDOWN", () => rig.endpoint.socket(AF_INET6, SOCK_RDM, IPPROTO_RM).bind("ff05::1", DPORT));
  fails("WSAENETDOWN", () => socket.listen(0, 1));
  rig.endpoint.interfaceUp(0, 1);
  socket.listen(0, 1);
  assertEquals(joins(rig), [`+1 ${GROUP}`]);
  const lost = boundReceiver();
  set(lost.socket, RM_ADD_RECEIVE_IF, SECOND_IF);
  lost.rig.endpoint.interfaceDown(0, 1);
  fails("WSAENETDOWN", () => lost.socket.listen(0, 1));
});

Deno.test("setsockopt: the options of receivers: values, roles and times", () => {
  const { socket } = boundReceiver();
  assertEquals(get(socket, RM_HIGH_SPEED_INTRANET_OPT), 0);
  for (const value of [1, 0, 1]) {
    set(socket, RM_HIGH_SPEED_INTRANET_OPT, value);
    assertEquals(get(socket, RM_HIGH_SPEED_INTRANET_OPT), value);
  }
  fails("WSAEINVAL", () => set(socket, RM_HIGH_SPEED_INTRANET_OPT, 2));
  for (const value of [-1, 0.5, "1", undefined, true]) {
    fails("WSAEFAULT", () => set(socket, RM_HIGH_SPEED_INTRANET_OPT, value));
  }
  fails("WSAEINVAL", () => set(socket, RM_DEL_RECEIVE_IF, RECEIVER), "not added");
  for (const option of [RM_ADD_RECEIVE_IF, RM_DEL_RECEIVE_IF]) {
    for (const value of [undefined, 1, "", "10.0.0", "::1"]) fails("WSAEFAULT", () => set(socket, option, value));
    fails("WSAENOPROTOOPT", () => get(socket, option));
  }
  for (const address of ["10.9.9.9", "0.0.0.0", GROUP]) {
    fails("WSAEADDRNOTAVAIL", () => set(socket, RM_ADD_RECEIVE_IF, address));
  }
  fails("WSAENOPROTOOPT", () => set(socket, RM_RECEIVER_STATISTICS, 1));
  fails("WSAEOPNOTSUPP", () => set(socket, RM_LATEJOIN, 1));
  fails("WSAEOPNOTSUPP", () => get(socket, RM_LATEJOIN));
  fails("WSAENOPROTOOPT", () => set(socket, RM_OPTIONSBASE, 1));
  socket.listen(0, 1);
  fails("WSAEINVAL", () => set(socket, RM_ADD_RECEIVE_IF, SECOND_IF), "late");
  fails("WSAEINVAL", () => set(socket, RM_DEL_RECEIVE_IF, SECOND_IF), "late");
  fails("WSAEINVAL", () => set(socket, RM_HIGH_SPEED_INTRANET_OPT, 0), "late");
  assertEquals(get(socket, RM_HIGH_SPEED_INTRANET_OPT), 1);
  const unbound = new Rig((host) => new Stack(host, { interfaces: 1 })).endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  for (const option of [RM_ADD_RECEIVE_IF, RM_DEL_RECEIVE_IF, RM_HIGH_SPEED_INTRANET_OPT]) {
    fails("WSAEINVAL", () => set(unbound, option, 1), "before bind");
  }
  fails("WSAEINVAL", () => get(unbound, RM_RECEIVER_STATISTICS), "before bind");
});

Deno.test("RM_DEL_RECEIVE_IF: what was added and dropped is not listened on; the first interface counts when all are", () => {
  const one = listeningReceiver({
    before: (socket) => {
      set(socket, RM_ADD_RECEIVE_IF, RECEIVER);
      set(socket, RM_ADD_RECEIVE_IF, SECOND_IF);
      set(socket, RM_DEL_RECEIVE_IF, RECEIVER);
      fails("WSAEINVAL", () => set(socket, RM_DEL_RECEIVE_IF, RECEIVER), "dropped already");
    },
  });
  assertEquals(joins(one.rig), [`+1 ${GROUP}`]);
  const none = listeningReceiver({
    before: (socket) => {
      set(socket, RM_ADD_RECEIVE_IF, SECOND_IF);
      set(socket, RM_DEL_RECEIVE_IF, SECOND_IF);
    },
  });
  assertEquals(joins(none.rig), [`+0 ${GROUP}`]);
});

Deno.test("accept: only ODATA makes a session acceptable, and begins it", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 3 }));
  fails("WSAEWOULDBLOCK", () => socket.accept(0), "SPM");
  rig.hears(rdata({ sqn: 3 }));
  fails("WSAEWOULDBLOCK", () => socket.accept(0), "RDATA");
  rig.hears({ ...odata({ sqn: 0, trail: 1 }), sourcePort: 9 });
  fails("WSAEWOULDBLOCK", () => socket.accept(0), "ODATA that contradicts itself");
  assertEquals(socket.readiness(0).acceptable, false);
  rig.hears(odata({ sqn: 4 }));
  assertEquals(socket.readiness(0).acceptable, true);
  const session = socket.accept(0);
  assertEquals(session.getpeername(), { address: SOURCE, port: SPORT, tsi: { gsi: GSI, port: SPORT }, firstSqn: 4 });
  assertEquals(recv(session, 0), [4]);
});

Deno.test("accept: a session whose first ODATA is a fragment is acceptable, and has nothing to read", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears(odata({ sqn: 0, options: [{ type: "FRAGMENT", firstSqn: 0, offset: 0, apduLength: 2 }] }));
  const session = socket.accept(0);
  assertEquals(session.getpeername().firstSqn, undefined);
  fails("WSAEWOULDBLOCK", () => recv(session, 0));
});

Deno.test("listen: the backlog holds that many sessions; a further one is refused until there is room", () => {
  const { rig, socket } = listeningReceiver({ backlog: 2 });
  for (const port of [1, 2, 3]) rig.hears(odataFrom(port, 0));
  const first = socket.accept(0);
  rig.hears(odataFrom(3, 1));
  rig.hears(odataFrom(4, 0));
  const accepted = [first, socket.accept(0), socket.accept(0)];
  assertEquals(accepted.map((each) => [each.getpeername().port, recv(each, 0)]), [[1, [0]], [2, [0]], [3, [1]]]);
  fails("WSAEWOULDBLOCK", () => socket.accept(0));
});

Deno.test("accept: sessions are accepted in the order in which they became acceptable", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears({ ...spm({ sqn: 1, trail: 0, lead: 0 }), sourcePort: 2 });
  rig.hears(odataFrom(1, 0));
  rig.hears(odataFrom(2, 1));
  assertEquals([socket.accept(0), socket.accept(0)].map((each) => each.getpeername().port), [1, 2]);
});

Deno.test("closesocket: of a listener: accepted sessions go on, waiting ones are gone, no new one begins", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears(odataFrom(1, 0));
  const session = socket.accept(0);
  rig.hears(odataFrom(2, 0)).hears({ ...spm({ sqn: 1, trail: 0, lead: 1 }), sourcePort: 2 });
  socket.closesocket(0);
  rig.hears(odataFrom(3, 0)).hears(odataFrom(1, 1));
  assertEquals([recv(session, 0), recv(session, 0)], [[0], [1]]);
  assertEquals(only(rig.at(seconds(1)).said(), "NAK"), [], "what waited is forgotten");
  assertEquals(joins(rig), [`+0 ${GROUP}`]);
  session.closesocket(0);
  assertEquals(joins(rig), [`+0 ${GROUP}`, `-0 ${GROUP}`]);
  rig.hears(odataFrom(1, 2));
  assertEquals([rig.endpoint.unclaimed, rig.endpoint.nextTimeout()], [1, Infinity]);
});

Deno.test("closesocket: of a session that goes on: it can be accepted anew, from the next ODATA on", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears(odata({ sqn: 0 }));
  socket.accept(0).closesocket(0);
  fails("WSAEWOULDBLOCK", () => socket.accept(0));
  rig.hears(odata({ sqn: 1 }));
  assertEquals(recv(socket.accept(0), 0), [1]);
});

Deno.test("onReadiness: is told when a session can be accepted, and when none can any more", () => {
  const { rig, socket } = listeningReceiver();
  const told: string[] = [];
  const note = (name: string) => (now: number, readiness: Readiness) => {
    told.push(`${name} ${now / 1e6} ${Object.entries(readiness).filter(([, ready]) => ready).map(([what]) => what)}`);
  };
  socket.onReadiness = note("listener");
  rig.at(ms(5)).hears(odata({ sqn: 0 }));
  rig.at(ms(6)).hears(odata({ sqn: 1 }));
  const session = socket.accept(rig.now);
  session.onReadiness = note("session");
  rig.at(ms(7)).hears(odata({ sqn: 2 }));
  for (let i = 0; i < 3; i++) recv(session, rig.now);
  assertEquals(told, ["listener 5 acceptable", "listener 6 ", "session 7 readable", "session 7 "]);
});

Deno.test("ioctlsocket: FIONBIO is kept, and inherited by sessions", () => {
  const { rig, socket } = listeningReceiver();
  assertEquals(socket.nonBlocking, false);
  fails("WSAEOPNOTSUPP", () => socket.ioctlsocket(1, 1));
  for (const argument of [-1, 0.5, 2 ** 32]) fails("WSAEFAULT", () => socket.ioctlsocket(FIONBIO, argument));
  socket.ioctlsocket(FIONBIO, 1);
  rig.hears(odata({ sqn: 0 }));
  const session = socket.accept(0);
  assertEquals([socket.nonBlocking, session.nonBlocking], [true, true]);
  session.ioctlsocket(FIONBIO, 0);
  assertEquals([socket.nonBlocking, session.nonBlocking], [true, false]);
});

Deno.test("RM_RECEIVER_STATISTICS: of a listener, all its sessions, those that are gone included", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears(odataFrom(1, 0)).hears(odataFrom(2, 0)).hears(odataFrom(2, 0)).hears({
    ...rdata({ sqn: 1 }),
    sourcePort: 1,
  });
  socket.accept(0).closesocket(0);
  const stats = get(socket, RM_RECEIVER_STATISTICS, seconds(1)) as RmReceiverStats;
  const { NumODataPacketsReceived, NumRDataPacketsReceived, NumDuplicateDataPackets, DataBytesReceived } = stats;
  assertEquals([NumODataPacketsReceived, NumRDataPacketsReceived, NumDuplicateDataPackets, DataBytesReceived], [
    3,
    1,
    1,
    3,
  ]);
  assertEquals([stats.TrailingEdgeSeqId, stats.NumDataPacketsBuffered, stats.RateKBitsPerSecOverall], [0, 0, 0]);
});

Deno.test("Stack: SOCK_STREAM and AF_INET6 receive as well; malformed packets are counted", () => {
  const rig = new Rig((host) => new Stack(host, { interfaces: 1 }), { addresses: [nla("2001:db8::9")] });
  const socket: PgmSocket = rig.endpoint.socket(AF_INET6, SOCK_STREAM, IPPROTO_RM);
  fails("WSAEFAULT", () => socket.bind(GROUP, DPORT));
  socket.bind("ff05::1", DPORT);
  socket.listen(0, 1);
  const how = { source: nla("2001:db8::1"), destination: nla("ff05::1") };
  rig.hears(odata({ sqn: 0 }), how).hears(odata({ sqn: 1 }), how).hears(new Uint8Array(10), how);
  assertEquals(recv(socket.accept(0), 0), [0, 1]);
  assertEquals(rig.endpoint.malformed, 1);
});
