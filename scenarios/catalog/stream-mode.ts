/**
 * A stream has no messages.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, listener, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "stream-mode",
  about:
    "SOCK_STREAM keeps no boundaries: recv gives whatever has come in order, across sends and packets, as much as fits the " +
    "buffer; octets behind a gap wait for its repair.",
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    server: { role: "sockets", on: ["lan"] },
    client: { role: "sockets", on: ["lan"] },
  },
  script: [
    ...calls("0s", "client", "in", ...listener("SOCK_STREAM")),
    ...calls("0s", "server", "out", ...sender("SOCK_STREAM", rateAndWindow(10_000, 4000)), {
      set: { option: "RM_SET_MESSAGE_BOUNDARY", value: 10 },
      fails: "WSAEOPNOTSUPP",
    }),
    // 100 octets, then 3000 in packets of 1400, 1400 and 200; the second of these is lost.
    ...calls("10ms", "server", "out", { send: { bytes: 100 } }, { send: { bytes: 3000 } }),
    { at: "0s", drop: { to: "client", packet: "ODATA", sqn: 2 } },
    { at: "0s", until: "500ms", drop: { to: "client", packet: "RDATA", count: "all" } },
    ...calls("100ms", "client", "in", { accept: { as: "session" } }),
    ...calls(
      "100ms",
      "client",
      "session",
      { recv: { buffer: 1000, gives: 1000 } },
      { recv: { buffer: 1000, gives: 500 } },
      { recv: {}, fails: "WSAEWOULDBLOCK" },
    ),
    { at: "2s", read: { node: "client", socket: "session", buffer: 7 } },
    ...calls("3s", "server", "out", { shutdown: { how: "SD_SEND" } }, { close: {} }),
  ],
  expect: [
    { count: "ODATA", option: "FRAGMENT", exactly: 0 },
    { count: "ODATA", exactly: 4 },
    { delivered: 2, to: "client", before: "500ms" },
    { delivered: "all", to: "client" },
    { told: "WSAEDISCON", by: "client", socket: "session", exactly: 1, after: "3001ms", before: "3002ms" },
  ],
});
