/**
 * RM_SEND_WINDOW: Rate = Bytes / MSecs * 8, whatever is given.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { checkSendWindow, DEFAULT_SEND_WINDOW, type RmSendWindow } from "../../../engine/socket/send_window.ts";
import { fails } from "../../support/winsock.ts";

function window(RateKbitsPerSec: number, WindowSizeInMSecs: number, WindowSizeInBytes: number): RmSendWindow {
  return { RateKbitsPerSec, WindowSizeInMSecs, WindowSizeInBytes };
}

Deno.test("checkSendWindow: the default is 56 kbit/s and 10,000,000 octets, which is 1428 s", () => {
  assertEquals(DEFAULT_SEND_WINDOW, window(56, 1_428_571, 10_000_000));
  assertEquals(checkSendWindow(DEFAULT_SEND_WINDOW, window(1, 1, 1)), DEFAULT_SEND_WINDOW);
});

Deno.test("checkSendWindow: any two fix the third", () => {
  const all = window(1000, 8000, 1_000_000);
  for (
    const given of [
      all,
      { RateKbitsPerSec: 1000, WindowSizeInMSecs: 8000 },
      { RateKbitsPerSec: 1000, WindowSizeInBytes: 1_000_000 },
      { WindowSizeInMSecs: 8000, WindowSizeInBytes: 1_000_000 },
      window(0, 8000, 1_000_000),
      window(1000, 0, 1_000_000),
      window(1000, 8000, 0),
    ]
  ) assertEquals(checkSendWindow(given, DEFAULT_SEND_WINDOW), all, JSON.stringify(given));
});

Deno.test("checkSendWindow: one alone: the rate keeps the octets, a window keeps the rate", () => {
  const current = window(1000, 8000, 1_000_000);
  assertEquals(checkSendWindow({ RateKbitsPerSec: 2000 }, current), window(2000, 4000, 1_000_000));
  assertEquals(checkSendWindow({ WindowSizeInMSecs: 4000 }, current), window(1000, 4000, 500_000));
  assertEquals(checkSendWindow({ WindowSizeInBytes: 500_000 }, current), window(1000, 4000, 500_000));
});

Deno.test("checkSendWindow: what is read back can be set again, whatever was rounded", () => {
  for (const given of [window(7, 0, 10_000_001), window(1000, 0, 1001), window(0, 333, 77_777), window(31, 1001, 0)]) {
    const once = checkSendWindow(given, DEFAULT_SEND_WINDOW);
    assertEquals(checkSendWindow(once, DEFAULT_SEND_WINDOW), once);
  }
});

Deno.test("checkSendWindow: contradictions, nothing given, and nothing left are refused", () => {
  assertEquals(checkSendWindow(window(1000, 8000, 1_000_999), DEFAULT_SEND_WINDOW), window(1000, 8000, 1_000_999));
  const refused = [
    window(1000, 8000, 1_001_000),
    window(1001, 8000, 1_000_000),
    window(0, 0, 0),
    {},
    // Less than 1 kbit/s, 1 ms, 1 octet; more than a ULONG of octets.
    { WindowSizeInMSecs: 8001, WindowSizeInBytes: 1000 },
    { RateKbitsPerSec: 8001, WindowSizeInBytes: 1000 },
    { RateKbitsPerSec: 1, WindowSizeInMSecs: 7 },
    { RateKbitsPerSec: 0xffff_ffff, WindowSizeInMSecs: 9 },
  ];
  for (const given of refused) {
    fails("WSAEINVAL", () => checkSendWindow(given, DEFAULT_SEND_WINDOW), JSON.stringify(given));
  }
  assertEquals(
    checkSendWindow({ WindowSizeInMSecs: 8000, WindowSizeInBytes: 1000 }, DEFAULT_SEND_WINDOW),
    window(1, 8000, 1000),
  );
  assertEquals(checkSendWindow({ RateKbitsPerSec: 1, WindowSizeInMSecs: 8 }, DEFAULT_SEND_WINDOW), window(1, 8, 1));
});

Deno.test("checkSendWindow: what is no ULONG, and no structure", () => {
  for (const RateKbitsPerSec of [-1, 1.5, 0x1_0000_0000, "56", null]) {
    fails("WSAEFAULT", () => checkSendWindow({ RateKbitsPerSec }, DEFAULT_SEND_WINDOW), `${RateKbitsPerSec}`);
  }
  for (const value of [undefined, null, 56]) fails("WSAEFAULT", () => checkSendWindow(value, DEFAULT_SEND_WINDOW));
});
