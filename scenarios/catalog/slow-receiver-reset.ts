/**
 * A reader that cannot follow is told so, when it is one window behind.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, listener, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "slow-receiver-reset",
  about:
    "A program reads at half the sender's rate: when it is one window behind, which takes two windows of time, it is told " +
    "WSAECONNRESET. With twice the window the same program gets everything; one that follows is never told.",
  params: {
    window: { value: 2000, about: "the window of the first sender, ms; the second has 4000 (WindowSizeInMSecs)" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    server: { role: "sockets", on: ["lan"] },
    patient: { role: "sockets", on: ["lan"] },
    slow: { role: "sockets", on: ["lan"] },
    lucky: { role: "sockets", on: ["lan"] },
    quick: { role: "sockets", on: ["lan"] },
  },
  script: [
    ...calls("0s", "slow", "in", ...listener("SOCK_RDM")),
    ...calls("0s", "quick", "in", ...listener("SOCK_RDM")),
    ...calls("0s", "lucky", "in", { open: { type: "SOCK_RDM" } }, { bind: { address: "group", port: 7501 } }, {
      listen: {},
    }),
    { at: "0s", read: { node: ["slow", "lucky"], socket: "in", rate: "400kbps" } },
    { at: "0s", read: { node: "quick", socket: "in" } },
    ...calls(
      "0s",
      "server",
      "out",
      ...sender("SOCK_RDM", {
        set: { option: "RM_RATE_WINDOW_SIZE", value: { RateKbitsPerSec: 1600, WindowSizeInMSecs: "$window" } },
      }),
    ),
    ...calls("0s", "patient", "out", { open: { type: "SOCK_RDM" } }, { bind: {} }, rateAndWindow(1600, 4000), {
      connect: { port: 7501 },
    }),
    // 800 kbit/s for six seconds.
    { at: "0s", send: { from: ["server", "patient"], socket: "out", messages: 600, bytes: 1000, every: "10ms" } },
    ...calls("6500ms", "server", "out", { shutdown: { how: "SD_SEND" } }, { close: {} }),
    ...calls("6500ms", "patient", "out", { shutdown: { how: "SD_SEND" } }, { close: {} }),
  ],
  expect: [
    { told: "WSAECONNRESET", by: "slow", before: "3900ms", exactly: 0 },
    { told: "WSAECONNRESET", by: "slow", after: "3900ms", before: "4100ms", exactly: 1 },
    { delivered: 600, to: ["lucky", "quick"] },
    { told: "WSAECONNRESET", by: ["lucky", "quick"], exactly: 0 },
    { told: "WSAEDISCON", by: "lucky", after: "11900ms", before: "12100ms" },
    { told: "WSAEDISCON", by: "quick", after: "6500ms", before: "6600ms" },
  ],
});
