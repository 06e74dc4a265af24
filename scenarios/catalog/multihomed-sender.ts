/**
 * On which interface a sender sends.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, listener, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "multihomed-sender",
  about:
    "A host with two interfaces: a sender uses the first that is up, or the last that RM_SET_SEND_IF chose; its packets " +
    "are on that segment alone, with the address of that interface.",
  segments: { red: { rate: "100Mbps", delay: "1ms" }, blue: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    server: { role: "sockets", on: ["red", "blue"] },
    redClient: { role: "sockets", on: ["red"] },
    blueClient: { role: "sockets", on: ["blue"] },
  },
  script: [
    ...["redClient", "blueClient"].flatMap((node) => calls("0s", node, "in", ...listener("SOCK_RDM"))),
    { at: "0s", read: { node: ["redClient", "blueClient"], socket: "in" } },
    ...calls(
      "0s",
      "server",
      "first",
      ...sender("SOCK_RDM", rateAndWindow(1000, 1000), {
        get: { option: "RM_SET_SEND_IF", is: "0.0.0.0" },
      }),
    ),
    ...calls(
      "0s",
      "server",
      "chosen",
      ...sender(
        "SOCK_RDM",
        rateAndWindow(1000, 1000),
        { set: { option: "RM_SET_SEND_IF", interface: "red" } },
        { set: { option: "RM_SET_SEND_IF", value: "10.99.0.1" }, fails: "WSAEADDRNOTAVAIL" },
        { set: { option: "RM_SET_SEND_IF", interface: "blue" } },
      ),
      { set: { option: "RM_SET_SEND_IF", interface: "red" }, fails: "WSAEINVAL" },
    ),
    { at: "10ms", send: { from: "server", socket: "first", messages: 10, bytes: 1000, every: "20ms" } },
    { at: "10ms", send: { from: "server", socket: "chosen", messages: 15, bytes: 1000, every: "20ms" } },
    // A repair is asked for, and comes, on the interface of its session.
    { at: "0s", drop: { to: "blueClient", packet: "ODATA", sqn: 4 } },
    // The first interface is the first that is up.
    { at: "500ms", down: { interface: "server:red" } },
    ...calls("600ms", "server", "later", ...sender("SOCK_RDM", rateAndWindow(1000, 1000)), { send: { bytes: 100 } }),
    { at: "700ms", down: { interface: "server:blue" } },
    ...calls("800ms", "server", "none", { open: { type: "SOCK_RDM" } }, { bind: {} }, {
      connect: {},
      fails: "WSAENETDOWN",
    }, { close: {} }),
  ],
  expect: [
    { delivered: 10, to: "redClient" },
    { delivered: 16, to: "blueClient" },
    { count: "NAK", sqn: 4, from: "blueClient", exactly: 1 },
    { count: ["NAK", "NCF", "RDATA"], exactly: 3 },
  ],
});
