/**
 * Sockets in stream mode as Web Streams: octets, backpressure, ends.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { FIONBIO, seconds, SOCK_STREAM, WinsockError } from "../../../engine/mod.ts";
import { asyncSender, asyncSession, Endings } from "../../support/async_sockets.ts";
import { odata, only, spm } from "../../support/rig.ts";

const FIN = [{ type: "FIN" }] as const;

Deno.test("readable: gives the octets and ends with the source, also on a non-blocking socket", async () => {
  const { rig, session } = await asyncSession(SOCK_STREAM);
  session.ioctlsocket(FIONBIO, 1);
  const chunks: number[][] = [];
  const endings = new Endings();
  const sink = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push([...chunk]) });
  endings.of("pipe", session.readable.pipeTo(sink));
  assertEquals(await endings.since(), []);
  rig.hears(odata({ sqn: 1, payload: new Uint8Array([1, 2]) }));
  await endings.since();
  rig.hears(odata({ sqn: 2, payload: new Uint8Array([3]) })).hears(odata({ sqn: 3, options: FIN }));
  assertEquals(await endings.since(), ["pipe: undefined"]);
  assertEquals(chunks.flat(), [1, 2, 3, 3]);
  assertEquals(chunks[0], [1, 2]);
  assertEquals(session.closed, false);
  assertEquals(session.readable, session.readable);
});

Deno.test("readable: reads nothing that nobody asked for, and into the buffer that it is given", async () => {
  const { rig, session } = await asyncSession(SOCK_STREAM);
  const reader = session.readable.getReader({ mode: "byob" });
  rig.hears(odata({ sqn: 1, payload: new Uint8Array([1, 2, 3]) }));
  await new Endings().since();
  assertEquals(await session.recv(new Uint8Array(1)), 1);
  const first = await reader.read(new Uint8Array(1));
  assertEquals([...first.value!], [2]);
  const second = await reader.read(new Uint8Array(9));
  assertEquals([...second.value!], [3]);
  rig.hears(odata({ sqn: 2, options: FIN }));
  await reader.read(new Uint8Array(9));
  assertEquals((await reader.read(new Uint8Array(9))).done, true);
});

Deno.test("readable: errors with the reset, after what came before it", async () => {
  const { rig, session } = await asyncSession(SOCK_STREAM);
  rig.hears(odata({ sqn: 1 }));
  rig.hears(spm({ sqn: 9, trail: 0, lead: 1, options: [{ type: "RST", noNaks: false, errorCode: 1 }] }));
  const reader = session.readable.getReader();
  assertEquals([...(await reader.read()).value!], [1]);
  const error = await assertRejects(() => reader.read(), WinsockError);
  assertEquals(error.name, "WSAECONNRESET");
});

Deno.test("readable: cancelling closes the socket, also while it waits", async () => {
  const { session } = await asyncSession(SOCK_STREAM);
  const reader = session.readable.getReader();
  const endings = new Endings();
  endings.of("read", reader.read().then(({ done }) => done));
  await endings.since();
  endings.of("cancel", reader.cancel("enough"));
  assertEquals((await endings.since()).sort(), ["cancel: undefined", "read: true"]);
  assertEquals(session.closed, true);
});

Deno.test("writable: a chunk is written once the window has taken all of it, piece by piece", async () => {
  const { rig, socket } = asyncSender(SOCK_STREAM);
  socket.ioctlsocket(FIONBIO, 1);
  const writer = socket.writable.getWriter();
  const endings = new Endings();
  endings.of("first", writer.write(new Uint8Array(10_000).fill(1)));
  endings.of("nothing", writer.write(new Uint8Array(0)));
  endings.of("second", writer.write(new Uint8Array(100).fill(2)));
  assertEquals(await endings.since(), ["first: undefined", "nothing: undefined"]);
  assertEquals(writer.desiredSize! <= 0, true);
  rig.at(seconds(1) - 1);
  assertEquals(await endings.since(), []);
  rig.at(seconds(1));
  assertEquals(await endings.since(), ["second: undefined"]);
  assertEquals(writer.desiredSize, 1);
  endings.of("pieces", writer.write(new Uint8Array(131_073).fill(3)));
  for (let second = 2; second < 60; second++) {
    rig.at(seconds(second));
    await endings.since();
  }
  endings.of("close", writer.close());
  assertEquals(await endings.since(), ["close: undefined"]);
  rig.at(seconds(90));
  const octets = only(rig.said(), "ODATA").flatMap(({ payload }) => [...payload]);
  assertEquals(octets, [...Array(10_000).fill(1), ...Array(100).fill(2), ...Array(131_073).fill(3)]);
  await assertRejects(() => socket.send(new Uint8Array(1)), WinsockError, "shut down");
  assertEquals(socket.closed, false);
});

Deno.test("writable: aborting closes the socket, and does not wait for the window", async () => {
  const { socket } = asyncSender(SOCK_STREAM);
  const writer = socket.writable.getWriter();
  const endings = new Endings();
  endings.of("fits", writer.write(new Uint8Array(10_000)));
  endings.of("waits", writer.write(new Uint8Array(1)));
  assertEquals(await endings.since(), ["fits: undefined"]);
  endings.of("abort", writer.abort("enough"));
  assertEquals((await endings.since()).sort(), ["abort: undefined", "waits: enough"]);
  assertEquals(socket.closed, true);
});

Deno.test("writable: errors as send does", async () => {
  const { rig, socket } = asyncSender(SOCK_STREAM);
  const writer = socket.writable.getWriter();
  writer.closed.catch(() => {});
  rig.endpoint.interfaceDown(0, 0);
  const error = await assertRejects(() => writer.write(new Uint8Array(1)), WinsockError);
  assertEquals(error.name, "WSAECONNRESET");
});
