/**
 * A reader of half the sending rate is reset when the arithmetic of the window says so, and not with twice the window.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { seconds } from "../../../engine/mod.ts";
import { reader, sender, SocketNetwork } from "../../support/stacks.ts";

/** Twice what 100 packets of 1000 octets a second take: the window never holds the sender up. */
const RATE = { RateKbitsPerSec: 1600 };
const PER_SECOND = 100;
const PAYLOAD = 976;

/** Sends for `sending` seconds through a window of `window` seconds to a reader of half the rate. */
function slow(window: number, sending: number, perSecond: number) {
  const network = new SocketNetwork(1);
  const [source, member] = [network.host(0), network.host(0)];
  const reading = reader(network, member, { perSecond });
  const socket = sender(source, { ...RATE, WindowSizeInMSecs: window * 1000 });
  for (let i = 0; i < sending * PER_SECOND; i++) {
    network.at(Math.round(i * seconds(1) / PER_SECOND), source, (now) => socket.send(now, new Uint8Array(PAYLOAD)));
  }
  network.at(seconds(sending), source, (now) => socket.shutdown(now, 1));
  network.run(seconds(5 * sending));
  return { ...reading, ends: reading.ends.map(({ at, ...end }) => ({ ...end, second: at / seconds(1) })) };
}

Deno.test("a reader of half the rate: WSAECONNRESET after two windows, when it is one window behind", () => {
  const window = 4;
  const { ends, messages } = slow(window, 12, PER_SECOND / 2);
  assertEquals(ends.map(({ name }) => name), ["WSAECONNRESET", "WSAEDISCON"]);
  // One window behind at half the rate takes two windows; a read is at most 20 ms later, a packet 10 ms.
  const expected = 2 * window;
  assertEquals(Math.abs(ends[0]!.second - expected) < 0.1, true, `${ends[0]!.second} s`);
  // It had read half of what was sent by then.
  assertEquals(Math.abs(ends[0]!.messages - expected * PER_SECOND / 2) <= 2, true, `${ends[0]!.messages}`);
  // The session was accepted anew: it read all that was sent from then on.
  const rest = (12 - expected) * PER_SECOND;
  assertEquals(Math.abs(messages - ends[0]!.messages - rest) <= 5, true, `${messages}`);
});

Deno.test("a reader of half the rate: with twice the window it reads all of it", () => {
  assertEquals(slow(8, 12, PER_SECOND / 2), {
    octets: 12 * PER_SECOND * PAYLOAD,
    messages: 12 * PER_SECOND,
    ends: [{ name: "WSAEDISCON", messages: 1200, second: 24.02108704 }],
  });
});

Deno.test("a reader of nearly the rate: the smaller the difference, the later", () => {
  // At nine tenths of the rate, one window behind is ten windows of time.
  const { ends } = slow(1, 12, 0.9 * PER_SECOND);
  assertEquals(ends[0]!.name, "WSAECONNRESET");
  assertEquals(Math.abs(ends[0]!.second - 10) < 0.3, true, `${ends[0]!.second} s`);
});
