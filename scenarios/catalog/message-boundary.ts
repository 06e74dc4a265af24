/**
 * A message that several sends give, and that several receives take.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, listener, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "message-boundary",
  about:
    "RM_SET_MESSAGE_BOUNDARY: three sends are one message, which leaves when it is whole; recv with a smaller buffer fails " +
    "with WSAEMSGSIZE until the last part, and never gives octets of two messages.",
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    server: { role: "sockets", on: ["lan"] },
    client: { role: "sockets", on: ["lan"] },
  },
  script: [
    ...calls("0s", "client", "in", ...listener("SOCK_RDM")),
    ...calls("0s", "server", "out", ...sender("SOCK_RDM", rateAndWindow(10_000, 1000))),
    ...calls("10ms", "server", "out", { set: { option: "RM_SET_MESSAGE_BOUNDARY", value: 3000 } }, {
      send: { bytes: 1000 },
    }),
    ...calls("20ms", "server", "out", { send: { bytes: 1999 } }, {
      set: { option: "RM_SET_MESSAGE_BOUNDARY", value: 5 },
      fails: "WSAEINVAL",
    }, { send: { bytes: 2 }, fails: "WSAEMSGSIZE" }),
    // The last octet; then a message by itself.
    ...calls("30ms", "server", "out", { send: { bytes: 1 } }, { send: { bytes: 500 } }),
    ...calls("100ms", "client", "in", { accept: { as: "session" } }),
    ...calls(
      "100ms",
      "client",
      "session",
      { recv: { buffer: 2000, gives: 2000 }, fails: "WSAEMSGSIZE" },
      { recv: { buffer: 999, gives: 999 }, fails: "WSAEMSGSIZE" },
      { recv: { buffer: 2000, gives: 1 } },
      { recv: { buffer: 2000, gives: 500 } },
      { recv: { buffer: 2000, gives: 0 }, fails: "WSAEWOULDBLOCK" },
    ),
  ],
  expect: [
    { count: "ODATA", before: "30ms", exactly: 0 },
    // 1400, 1400 and 200 octets of the first message, and 500 of the second, at 10 Mbit/s.
    { times: "ODATA", are: ["30ms", "31114us", "31309us", "31728us"], within: "1us" },
    { count: "ODATA", option: "FRAGMENT", exactly: 3 },
    { delivered: 2, to: "client" },
    { delivered: "all", to: "client" },
  ],
});
