/**
 * A sender lives as long as its interface.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, listener, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "send-interface-lost",
  about:
    "The interface that RM_SET_SEND_IF chose goes away: the next send fails with WSAECONNRESET, for good; a socket that " +
    "sends on the other interface does not notice, and a new one takes what is left.",
  segments: { red: { rate: "100Mbps", delay: "1ms" }, blue: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    server: { role: "sockets", on: ["red", "blue"] },
    redClient: { role: "sockets", on: ["red"] },
    blueClient: { role: "sockets", on: ["blue"] },
  },
  script: [
    ...["redClient", "blueClient"].flatMap((node) => calls("0s", node, "in", ...listener("SOCK_RDM"))),
    { at: "0s", read: { node: ["redClient", "blueClient"], socket: "in" } },
    ...["red", "blue"].flatMap((segment) =>
      calls(
        "0s",
        "server",
        segment,
        ...sender("SOCK_RDM", rateAndWindow(1000, 1000), { set: { option: "RM_SET_SEND_IF", interface: segment } }),
      )
    ),
    { at: "0s", send: { from: "server", socket: "red", messages: 20, bytes: 1000, every: "50ms" } },
    { at: "0s", send: { from: "server", socket: "blue", messages: 20, bytes: 1000, every: "50ms" } },
    { at: "510ms", until: "2s", down: { interface: "server:red" } },
    ...calls("600ms", "server", "red", { connect: {}, fails: "WSAEISCONN" }, { close: {} }),
    // While red is down it cannot be chosen; a socket that chooses nothing takes the first that is up.
    ...calls(
      "700ms",
      "server",
      "new",
      { open: { type: "SOCK_RDM" } },
      { bind: {} },
      rateAndWindow(1000, 1000),
      {
        set: { option: "RM_SET_SEND_IF", interface: "red" },
        fails: "WSAEADDRNOTAVAIL",
      },
      { connect: {} },
      { send: { bytes: 1000 } },
    ),
    ...calls("2s", "server", "again", ...sender("SOCK_RDM", { set: { option: "RM_SET_SEND_IF", interface: "red" } }), {
      send: { bytes: 1000 },
    }),
  ],
  expect: [
    { told: "WSAECONNRESET", by: "server", socket: "red", exactly: 1, after: "510ms", before: "551ms" },
    { told: "WSAECONNRESET", by: "server", socket: "blue", exactly: 0 },
    { delivered: 11, to: "redClient", before: "2s" },
    { delivered: 12, to: "redClient" },
    { delivered: 21, to: "blueClient" },
  ],
});
