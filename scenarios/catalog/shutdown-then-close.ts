/**
 * What a program has sent survives it, if it says shutdown first.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, listener, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "shutdown-then-close",
  about:
    "A program sends two seconds of data at once, says shutdown, closes its socket and is gone: everything leaves at its " +
    "rate, OPT_FIN follows, losses are repaired for a window's time, then there is silence.",
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
    { at: "10ms", send: { from: "server", socket: "out", messages: 20, bytes: 1000 } },
    ...calls("10ms", "server", "out", { shutdown: { how: "SD_BOTH" } }, { close: {} }),
    ...calls("10ms", "server", "out", { send: { bytes: 1 }, fails: "WSAENOTSOCK" }),
    { at: "0s", drop: { to: "client", packet: "ODATA", sqn: 19 } },
  ],
  expect: [
    { count: "ODATA", after: "10ms", exactly: 20 },
    { times: "ODATA", option: "FIN", are: ["1974400us"], within: "1ms" },
    { count: "RDATA", sqn: 19, after: "1900ms", exactly: 1 },
    { delivered: 20, to: "client" },
    { told: "WSAEDISCON", by: "client", after: "1900ms", before: "3s" },
    { count: ["SPM", "ODATA", "RDATA", "NCF"], from: "server", after: "6500ms", before: "10s", exactly: 0 },
  ],
});
