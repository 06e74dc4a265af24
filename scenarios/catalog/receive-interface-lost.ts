/**
 * A session lives as long as the interface that it came in on.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "receive-interface-lost",
  about:
    "A receiver's interface goes away: the reader gets what had come in order, then WSAECONNRESET; its other session, on " +
    "another interface, goes on. When the interface is back, the next data makes a new session acceptable.",
  segments: { red: { rate: "100Mbps", delay: "1ms" }, blue: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    redServer: { role: "sockets", on: ["red"] },
    blueServer: { role: "sockets", on: ["blue"] },
    client: { role: "sockets", on: ["red", "blue"] },
  },
  script: [
    ...calls(
      "0s",
      "client",
      "in",
      { open: { type: "SOCK_RDM" } },
      { bind: { address: "group" } },
      { set: { option: "RM_ADD_RECEIVE_IF", interface: "red" } },
      { set: { option: "RM_ADD_RECEIVE_IF", interface: "blue" } },
      { listen: { backlog: 2 } },
    ),
    ...["redServer", "blueServer"].flatMap((node) =>
      calls("0s", node, "out", ...sender("SOCK_RDM", rateAndWindow(1000, 1000)))
    ),
    { at: "5ms", send: { from: "redServer", socket: "out", messages: 40, bytes: 1000, every: "50ms" } },
    { at: "20ms", send: { from: "blueServer", socket: "out", messages: 40, bytes: 1000, every: "50ms" } },
    ...calls("50ms", "client", "in", { accept: { as: "fromRed" } }),
    { at: "50ms", read: { node: "client", socket: "in" } },
    // The eleventh packet of red, at 505 ms, is still on its way.
    { at: "506ms", until: "1s", down: { interface: "client:red" } },
    ...calls("600ms", "client", "fromRed", ...Array.from({ length: 10 }, () => ({ recv: { gives: 1000 } })), {
      recv: {},
      fails: "WSAECONNRESET",
    }, { close: {} }),
    ...calls("3s", "redServer", "out", { shutdown: { how: "SD_SEND" } }, { close: {} }),
    ...calls("3s", "blueServer", "out", { shutdown: { how: "SD_SEND" } }, { close: {} }),
  ],
  expect: [
    { told: "WSAECONNRESET", by: "client", socket: "fromRed", exactly: 1 },
    { told: "WSAECONNRESET", by: "client", socket: "in", exactly: 0 },
    // 10 and 20 of red, 40 of blue.
    { delivered: 70, to: "client" },
    { told: "WSAEDISCON", by: "client", socket: "in", exactly: 2 },
  ],
});
