/**
 * Sockets that wait: what each call waits for, in which order calls end, and how waiting is cut short.
 *
 * @module
 */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AF_INET,
  type AsyncSocket,
  FIONBIO,
  IPPROTO_RM,
  ms,
  MSG_PARTIAL,
  RM_HIGH_SPEED_INTRANET_OPT,
  RM_SET_MESSAGE_BOUNDARY,
  SD_RECEIVE,
  SD_SEND,
  seconds,
  SOCK_RDM,
  SOCK_STREAM,
  WinsockError,
  type WsaName,
} from "../../../engine/mod.ts";
import { asyncBench, asyncListener, asyncSender, asyncSession, Endings } from "../../support/async_sockets.ts";
import { DPORT, GROUP, GSI, odata, only, RECEIVER, spm } from "../../support/rig.ts";
import { fails } from "../../support/winsock.ts";

/** Asserts that a promise rejects with a code. */
async function rejects(name: WsaName, promise: Promise<unknown>): Promise<void> {
  assertEquals((await assertRejects(() => promise, WinsockError)).name, name);
}

const FIN = [{ type: "FIN" }] as const;

Deno.test("accept: waits for ODATA, and several calls give sessions in the order in which they were made", async () => {
  const { rig, socket, changes } = asyncListener();
  const endings = new Endings();
  const session = async (promise: Promise<AsyncSocket>) => (await promise).getpeername().tsi.gsi - GSI;
  endings.of("first", session(socket.accept()));
  endings.of("second", session(socket.accept()));
  rig.hears(spm({ sqn: 0, trail: 0, lead: -1 >>> 0 }));
  assertEquals(await endings.since(), []);
  const before = changes();
  rig.hears(odata({ sqn: 0 }));
  assertEquals(changes(), before + 1, "the clock is told that a call has ended");
  assertEquals(await endings.since(), ["first: 0"]);
  rig.hears({ ...odata({ sqn: 9 }), gsi: GSI + 1 });
  assertEquals(await endings.since(), ["second: 1"]);
});

Deno.test("accept: sessions wait as their listener does, and inherit FIONBIO and the mode", async () => {
  const { rig, socket } = asyncListener(SOCK_STREAM);
  socket.ioctlsocket(FIONBIO, 1);
  await rejects("WSAEWOULDBLOCK", socket.accept());
  rig.hears(odata({ sqn: 0 }));
  const session = await socket.accept();
  assertEquals([socket.nonBlocking, session.nonBlocking], [true, true]);
  session.readable;
  await session.recv(new Uint8Array(9));
  await rejects("WSAEWOULDBLOCK", session.recv(new Uint8Array(9)));
  await rejects("WSAEWOULDBLOCK", session.wsaRecv(new Uint8Array(9)));
  await rejects("WSAEWOULDBLOCK", session.receive());
  session.ioctlsocket(FIONBIO, 0);
  const endings = new Endings();
  endings.of("recv", session.recv(new Uint8Array(9)));
  assertEquals(await endings.since(), []);
  rig.hears(odata({ sqn: 1 }));
  assertEquals(await endings.since(), ["recv: 1"]);
});

Deno.test("send: waits for the window, and not a nanosecond longer", async () => {
  const { rig, socket, changes } = asyncSender();
  const endings = new Endings();
  endings.of("all of the window", socket.send(new Uint8Array(10_000)));
  assertEquals(await endings.since(), ["all of the window: 10000"]);
  endings.of("one octet", socket.send(new Uint8Array(1)));
  rig.at(seconds(1) - 1);
  assertEquals(await endings.since(), []);
  const before = changes();
  rig.at(seconds(1));
  assertEquals(changes(), before + 1);
  assertEquals(await endings.since(), ["one octet: 1"]);
});

Deno.test("send: calls end in the order in which they were made, also where a later one would fit", async () => {
  const { rig, socket } = asyncSender();
  await socket.send(new Uint8Array(9_000));
  const endings = new Endings();
  endings.of("large", socket.send(new Uint8Array(5_000).fill(2)));
  endings.of("small", socket.send(new Uint8Array(100).fill(3)));
  assertEquals(await endings.since(), []);
  rig.at(seconds(9));
  assertEquals(await endings.since(), ["large: 5000", "small: 100"]);
  const payloads = only(rig.said(), "ODATA").flatMap(({ payload }) => [...payload]);
  assertEquals(payloads, [...new Uint8Array(9_000), ...Array(5_000).fill(2), ...Array(100).fill(3)]);
});

Deno.test("send: a non-blocking socket fails at once, and never overtakes what waits", async () => {
  const { rig, socket } = asyncSender();
  socket.ioctlsocket(FIONBIO, 1);
  await socket.send(new Uint8Array(9_000));
  await rejects("WSAEWOULDBLOCK", socket.send(new Uint8Array(5_000)));
  await socket.send(new Uint8Array(1));
  socket.ioctlsocket(FIONBIO, 0);
  const endings = new Endings();
  endings.of("waits", socket.send(new Uint8Array(5_000)));
  socket.ioctlsocket(FIONBIO, 1);
  endings.of("would fit", socket.send(new Uint8Array(1)));
  assertEquals(await endings.since(), ["would fit: WSAEWOULDBLOCK"]);
  rig.at(seconds(9));
  assertEquals(await endings.since(), ["waits: 5000"]);
});

Deno.test("recv: waits; several calls get messages in order, and parts as they fit", async () => {
  const { rig, session, changes } = await asyncSession();
  const buffers = [new Uint8Array(2), new Uint8Array(2), new Uint8Array(4)];
  const endings = new Endings();
  endings.of("first", session.recv(buffers[0]!));
  endings.of("second", session.recv(buffers[1]!));
  const third = session.wsaRecv(buffers[2]!);
  endings.of("third", third);
  endings.of("whole", session.receive());
  assertEquals(await endings.since(), []);
  const before = changes();
  rig.hears(odata({ sqn: 1, payload: new Uint8Array([1, 2, 3]) }));
  assertEquals(changes(), before + 2);
  assertEquals(await endings.since(), ["first: WSAEMSGSIZE", "second: 1"]);
  assertEquals(buffers.map((buffer) => [...buffer]), [[1, 2], [3, 0], [0, 0, 0, 0]]);
  rig.hears(odata({ sqn: 2, payload: new Uint8Array([4, 5, 6, 7, 8]) }));
  assertEquals(await endings.since(), ["third: [object Object]", "whole: [8]"]);
  assertEquals(await third, { bytes: 4, flags: MSG_PARTIAL });
  assertEquals([...buffers[2]!], [4, 5, 6, 7]);
});

Deno.test("receive: gives all of a message, however many parts, and an array of its own", async () => {
  for (const length of [1, 65_535, 65_536, 65_537, 200_000]) {
    const { rig, session } = await asyncSession();
    const message = Uint8Array.from({ length }, (_, i) => i % 251);
    const waits = session.receive();
    const size = Math.min(1_000, length);
    for (let offset = 0, sqn = 1; offset < length; offset += size, sqn++) {
      const payload = message.subarray(offset, offset + size);
      const options = [{ type: "FRAGMENT", firstSqn: 1, offset, apduLength: length }] as const;
      rig.hears(odata({ sqn, payload, options: length === 1 ? [] : options }));
    }
    const received = await waits;
    assertEquals(received.length, length);
    assertEquals(received.every((octet, i) => octet === message[i]), true);
    assertEquals(received.byteLength, received.buffer.byteLength);
  }
});

Deno.test("receive: in stream mode gives what there is of the stream", async () => {
  const { rig, session } = await asyncSession(SOCK_STREAM);
  rig.hears(odata({ sqn: 1, payload: new Uint8Array([1, 2]) })).hears(odata({ sqn: 2, payload: new Uint8Array([3]) }));
  assertEquals([...await session.receive()], [1, 2, 3]);
});

Deno.test("for await: gives messages until the source has finished, also on a non-blocking socket", async () => {
  const { rig, session } = await asyncSession();
  session.ioctlsocket(FIONBIO, 1);
  const endings = new Endings();
  const read: number[][] = [];
  endings.of(
    "loop",
    (async () => {
      for await (const message of session) read.push([...message]);
    })(),
  );
  rig.hears(odata({ sqn: 1 }));
  assertEquals(await endings.since(), []);
  rig.hears(odata({ sqn: 2 })).hears(odata({ sqn: 3, options: FIN }));
  assertEquals(await endings.since(), ["loop: undefined"]);
  assertEquals(read, [[1], [2], [3]]);
  await rejects("WSAEDISCON", session.receive());
});

Deno.test("for await: throws the reset, after what came before it; leaving the loop leaves the socket open", async () => {
  const { rig, session } = await asyncSession();
  rig.hears(odata({ sqn: 1 })).hears(odata({ sqn: 2 }));
  for await (const message of session) {
    assertEquals([...message], [1]);
    break;
  }
  assertEquals(session.closed, false);
  rig.hears(spm({ sqn: 9, trail: 0, lead: 2, options: [{ type: "RST", noNaks: false, errorCode: 1 }] }));
  const read: number[][] = [];
  await rejects(
    "WSAECONNRESET",
    (async () => {
      for await (const message of session) read.push([...message]);
    })(),
  );
  assertEquals(read[0], [2]);
});

Deno.test("closesocket: what waits fails with WSA_OPERATION_ABORTED, later calls with WSAENOTSOCK", async () => {
  const listener = asyncListener();
  const { session } = await asyncSession();
  const sender = asyncSender();
  await sender.socket.send(new Uint8Array(10_000));
  const endings = new Endings();
  endings.of("accept", listener.socket.accept());
  endings.of("recv", session.recv(new Uint8Array(1)));
  endings.of("receive", session.receive());
  endings.of("send", sender.socket.send(new Uint8Array(1)));
  endings.of("shutdown", sender.socket.shutdown(SD_SEND));
  assertEquals(await endings.since(), []);
  for (const socket of [listener.socket, session, sender.socket]) {
    socket.closesocket();
    assertEquals(socket.closed, true);
    fails("WSAENOTSOCK", () => socket.closesocket());
    await rejects("WSAENOTSOCK", socket.accept());
    await rejects("WSAENOTSOCK", socket.recv(new Uint8Array(1)));
    await rejects("WSAENOTSOCK", socket.send(new Uint8Array(1)));
  }
  assertEquals(
    (await endings.since()).sort(),
    ["accept", "receive", "recv", "send", "shutdown"].map((call) => `${call}: WSA_OPERATION_ABORTED`),
  );
});

Deno.test("signal: ends the waiting with its reason, and what waits behind goes on", async () => {
  const { rig, socket, changes } = asyncSender();
  await socket.send(new Uint8Array(9_000));
  const [large, late] = [new AbortController(), new AbortController()];
  const endings = new Endings();
  endings.of("large", socket.send(new Uint8Array(5_000).fill(2), { signal: large.signal }));
  endings.of("small", socket.send(new Uint8Array(100).fill(3), { signal: late.signal }));
  const before = changes();
  large.abort("too long");
  assertEquals(changes() > before, true, "the clock is told");
  assertEquals(await endings.since(), ["large: too long", "small: 100"]);
  late.abort();
  endings.of("at once", socket.send(new Uint8Array(1), { signal: late.signal }));
  assertEquals(await endings.since(), ["at once: AbortError: The signal has been aborted"]);
  rig.at(seconds(9));
  const sent = only(rig.said(), "ODATA").reduce((bytes, { payload }) => bytes + payload.length, 0);
  assertEquals(sent, 9_100, "what was aborted was not sent");
});

Deno.test("signal: of accept, recv, wsaRecv and receive", async () => {
  const { rig, socket, session, changes } = await asyncSession();
  const controller = new AbortController();
  const { signal } = controller;
  const endings = new Endings();
  endings.of("accept", socket.accept({ signal }));
  endings.of("recv", session.recv(new Uint8Array(1), { signal }));
  endings.of("wsaRecv", session.wsaRecv(new Uint8Array(1), { signal }));
  endings.of("receive", session.receive({ signal }));
  endings.of("stays", session.receive());
  controller.abort("enough");
  const cut = ["accept: enough", "recv: enough", "wsaRecv: enough", "receive: enough"];
  assertEquals(await endings.since(), cut);
  rig.hears(odata({ sqn: 1 }));
  assertEquals(await endings.since(), ["stays: [1]"]);
  const late = new AbortController();
  endings.of("over", session.receive({ signal: late.signal }));
  rig.hears(odata({ sqn: 2 }));
  const before = changes();
  late.abort();
  assertEquals([changes(), await endings.since()], [before, ["over: [2]"]]);
});

Deno.test("shutdown: comes after what waits to be sent, and before what is sent later", async () => {
  const { rig, socket } = asyncSender();
  socket.ioctlsocket(FIONBIO, 0);
  await socket.send(new Uint8Array(10_000));
  const endings = new Endings();
  endings.of("send", socket.send(new Uint8Array(2_000).fill(2)));
  socket.ioctlsocket(FIONBIO, 1);
  endings.of("shutdown", socket.shutdown(SD_SEND));
  socket.ioctlsocket(FIONBIO, 0);
  endings.of("late", socket.send(new Uint8Array(1)));
  assertEquals(await endings.since(), []);
  rig.at(seconds(9));
  assertEquals(await endings.since(), ["send: 2000", "shutdown: undefined", "late: WSAESHUTDOWN"]);
  const packets = only(rig.said(), "ODATA");
  assertEquals(packets.reduce((bytes, { payload }) => bytes + payload.length, 0), 12_000);
});

Deno.test("shutdown: of a session ends what waits to be received; a wrong one rejects", async () => {
  const { session } = await asyncSession();
  await rejects("WSAEOPNOTSUPP", session.shutdown(SD_SEND));
  await rejects("WSAEINVAL", session.shutdown(3));
  const endings = new Endings();
  endings.of("recv", session.recv(new Uint8Array(1)));
  await session.shutdown(SD_RECEIVE);
  assertEquals(await endings.since(), ["recv: WSAESHUTDOWN"]);
});

Deno.test("using: closes the socket once, whether it is closed or not", async () => {
  const { rig, socket, session } = await asyncSession();
  {
    using listener = socket;
    await using reader = session;
    assertEquals([listener.closed, reader.closed], [false, false]);
  }
  assertEquals([socket.closed, session.closed], [true, true]);
  assertEquals(rig.joined.at(-1)?.join, false);
  socket[Symbol.dispose]();
  await session[Symbol.asyncDispose]();
});

Deno.test("calls that do not wait are those of the core", () => {
  const { rig, stack } = asyncBench();
  const socket = stack.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  fails("WSAEINVAL", () => socket.listen(1));
  socket.bind(GROUP, DPORT);
  socket.setsockopt(IPPROTO_RM, RM_HIGH_SPEED_INTRANET_OPT, 1);
  assertEquals(socket.getsockopt(IPPROTO_RM, RM_HIGH_SPEED_INTRANET_OPT), 1);
  fails("WSAENOTCONN", () => socket.getpeername());
  socket.listen(1);
  assertEquals(rig.joined.length, 1);
  fails("WSAEPROTONOSUPPORT", () => stack.socket(AF_INET, SOCK_RDM, 6));
});

Deno.test("the clock is told of every call that may move a timeout", async () => {
  const { rig, stack, changes } = asyncBench();
  const told = async (what: string, call: () => unknown) => {
    const before = changes();
    await call();
    assertEquals(changes() > before, true, what);
  };
  const sender = stack.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  sender.bind("0.0.0.0", 0);
  await told("connect", () => sender.connect(GROUP, DPORT));
  assertEquals(sender.getsockname().address, RECEIVER);
  await told("send", () => sender.send(new Uint8Array(1)));
  await told("shutdown", () => sender.shutdown(SD_SEND));
  await told("closesocket of a sender", () => sender.closesocket());
  const listener = stack.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  listener.bind(GROUP, DPORT);
  await told("listen", () => listener.listen(1));
  rig.hears(odata({ sqn: 0 }));
  let session: AsyncSocket | undefined;
  await told("accept", async () => session = await listener.accept());
  await told("recv", () => session!.recv(new Uint8Array(1)));
  await told("closesocket of a session", () => session!.closesocket());
});

Deno.test("setsockopt: a message boundary takes several sends", async () => {
  const { rig, socket } = asyncSender();
  socket.setsockopt(IPPROTO_RM, RM_SET_MESSAGE_BOUNDARY, 3);
  await socket.send(new Uint8Array([1, 2]));
  rig.at(ms(100));
  assertEquals(only(rig.said(), "ODATA"), []);
  await socket.send(new Uint8Array([3]));
  rig.at(ms(200));
  assertEquals(only(rig.said(), "ODATA").map(({ payload }) => [...payload]), [[1, 2, 3]]);
});

Deno.test("recv: an interface that goes ends what waits on its sessions", async () => {
  const { rig, session } = await asyncSession();
  const endings = new Endings();
  endings.of("recv", session.recv(new Uint8Array(1)));
  rig.endpoint.interfaceDown(0, 1);
  assertEquals(await endings.since(), []);
  rig.endpoint.interfaceDown(0, 0);
  assertEquals(await endings.since(), ["recv: WSAECONNRESET"]);
});

Deno.test("streams: are for stream mode", async () => {
  const { session } = await asyncSession();
  assertThrows(() => session.readable, WinsockError, "stream mode");
  assertThrows(() => session.writable, WinsockError, "stream mode");
});
