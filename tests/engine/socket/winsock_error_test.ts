/**
 * Errors of the socket API.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { WinsockError, WSA, type WsaName } from "../../../engine/mod.ts";

/** The codes that a caller meets, by the Windows documentation, and those of `socket` itself. */
const NUMBERS: Record<WsaName, number> = {
  WSA_OPERATION_ABORTED: 995,
  WSAEINVAL: 10022,
  WSAEWOULDBLOCK: 10035,
  WSAENOTSOCK: 10038,
  WSAEMSGSIZE: 10040,
  WSAENOPROTOOPT: 10042,
  WSAEPROTONOSUPPORT: 10043,
  WSAESOCKTNOSUPPORT: 10044,
  WSAEOPNOTSUPP: 10045,
  WSAEAFNOSUPPORT: 10047,
  WSAEADDRINUSE: 10048,
  WSAEADDRNOTAVAIL: 10049,
  WSAENETDOWN: 10050,
  WSAECONNRESET: 10054,
  WSAENOBUFS: 10055,
  WSAEISCONN: 10056,
  WSAENOTCONN: 10057,
  WSAESHUTDOWN: 10058,
  WSAEDISCON: 10101,
  WSAEFAULT: 10014,
};

Deno.test("WinsockError: every code has the number of Windows, and an error says both", () => {
  assertEquals(Object.keys(WSA).sort(), Object.keys(NUMBERS).sort());
  for (const [name, number] of Object.entries(NUMBERS) as [WsaName, number][]) {
    const error = new WinsockError(name, "why");
    assertEquals([WSA[name], error.code, error.name, error.message, `${error}`], [
      number,
      number,
      name,
      "why",
      `${name}: why`,
    ]);
    assertEquals(error instanceof Error, true);
  }
});
