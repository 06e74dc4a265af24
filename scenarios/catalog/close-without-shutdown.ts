/**
 * A program that only closes takes with it what it has sent.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, listener, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "close-without-shutdown",
  about:
    "A program closes its socket without shutdown: what waits is never sent, nothing is repaired, nobody is told. Its " +
    "receivers find out when it has been silent for too long: WSAECONNRESET.",
  rfc: ["9.7"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    server: { role: "sockets", on: ["lan"] },
    client: { role: "sockets", on: ["lan"] },
  },
  script: [
    ...calls("0s", "client", "in", ...listener("SOCK_RDM")),
    { at: "0s", read: { node: "client", socket: "in" } },
    ...calls("0s", "server", "out", ...sender("SOCK_RDM", rateAndWindow(80, 4000))),
    // As in shutdown-then-close.
    { at: "10ms", send: { from: "server", socket: "out", messages: 20, bytes: 1000 } },
    ...calls("1s", "server", "out", { close: {} }),
  ],
  expect: [
    { count: "ODATA", before: "1s", atLeast: 10, atMost: 11 },
    { count: ["SPM", "ODATA", "RDATA", "NCF"], from: "server", after: "1s", before: "300s", exactly: 0 },
    { delivered: { atLeast: 10, atMost: 11 }, to: "client" },
    { count: "SPM", option: ["FIN", "RST"], exactly: 0 },
    { told: "WSAECONNRESET", by: "client", after: "300900ms", before: "301100ms", exactly: 1 },
  ],
});
