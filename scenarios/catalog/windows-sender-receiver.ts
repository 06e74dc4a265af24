/**
 * The two sides of Windows Reliable Multicast, call by call, over a lossy packet.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, listener, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "windows-sender-receiver",
  about:
    "Windows sockets: the sender connects to the group, the receiver binds, listens and accepts, once data has come; after " +
    "the sender's shutdown the last recv fails with WSAEDISCON.",
  rfc: ["6.1", "9.7"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    server: { role: "sockets", on: ["lan"] },
    client: { role: "sockets", on: ["lan"] },
    member: { role: "receiver", on: ["lan"] },
  },
  script: [
    ...calls("0s", "client", "in", ...listener("SOCK_RDM"), { accept: { as: "none" }, fails: "WSAEWOULDBLOCK" }),
    ...calls("10ms", "server", "out", ...sender("SOCK_RDM", rateAndWindow(1000, 1000))),
    // The SPM of the new session has arrived: that is no session to accept yet.
    ...calls("50ms", "client", "in", { accept: { as: "none" }, fails: "WSAEWOULDBLOCK" }),
    { at: "100ms", send: { from: "server", socket: "out", messages: 20, bytes: 1000, every: "10ms" } },
    { at: "0s", drop: { to: "client", packet: "ODATA", sqn: 7 } },
    ...calls("150ms", "client", "in", { accept: { as: "session" } }, {
      accept: { as: "none" },
      fails: "WSAEWOULDBLOCK",
    }),
    { at: "150ms", read: { node: "client", socket: "session" } },
    // No role does what is the other's.
    ...calls("150ms", "client", "session", { send: { bytes: 10 }, fails: "WSAEOPNOTSUPP" }),
    ...calls("150ms", "server", "out", { recv: {}, fails: "WSAEOPNOTSUPP" }),
    ...calls("500ms", "server", "out", { shutdown: { how: "SD_SEND" } }, {
      send: { bytes: 10 },
      fails: "WSAESHUTDOWN",
    }),
    ...calls("500ms", "server", "out", { close: {} }),
    ...calls("600ms", "client", "session", { close: {} }),
    ...calls("600ms", "client", "in", { close: {} }),
  ],
  expect: [
    { times: "SPM", before: "100ms", are: ["10ms"] },
    { times: "ODATA", before: "105ms", are: ["100ms"] },
    { count: "NAK", sqn: 7, exactly: 1 },
    { count: "RDATA", sqn: 7, exactly: 1 },
    { delivered: 20, to: ["client", "member"] },
    { delivered: "all", to: ["client", "member"] },
    { told: "WSAEDISCON", by: "client", socket: "session", exactly: 1, after: "501ms", before: "502ms" },
    { ended: "fin", by: "member" },
  ],
});
