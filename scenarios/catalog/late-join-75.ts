/**
 * Who comes late gets what the sender's RM_LATEJOIN offers.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, listener, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "late-join-75",
  about:
    "RM_LATEJOIN: receivers that come in the middle ask for as much of the window as the sender offers, 75 % at most; of a " +
    "sender that offers nothing they get what follows.",
  rfc: ["9.6"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    generous: { role: "sockets", on: ["lan"] },
    plain: { role: "sockets", on: ["lan"] },
    early: { role: "sockets", on: ["lan"] },
    late: { role: "sockets", on: ["lan"] },
  },
  script: [
    ...calls("0s", "early", "in", ...listener("SOCK_RDM")),
    { at: "0s", read: { node: "early", socket: "in" } },
    ...calls(
      "0s",
      "generous",
      "out",
      ...sender(
        "SOCK_RDM",
        rateAndWindow(1000, 2000),
        {
          set: { option: "RM_LATEJOIN", value: 76 },
          fails: "WSAEINVAL",
        },
        { set: { option: "RM_LATEJOIN", value: 75 } },
        { get: { option: "RM_LATEJOIN", is: 75 } },
      ),
    ),
    ...calls(
      "0s",
      "plain",
      "out",
      ...sender("SOCK_RDM", rateAndWindow(1000, 2000), {
        get: { option: "RM_LATEJOIN", is: 0 },
      }),
    ),
    // All that was sent is in the window when the late receiver comes.
    { at: "0s", send: { from: "generous", socket: "out", messages: 61, bytes: 1000, every: "20ms" } },
    { at: "0s", send: { from: "plain", socket: "out", messages: 61, bytes: 1000, every: "20ms" } },
    // The next packet is number 40: three quarters of the 41 in the window are the 30 from number 11 on.
    ...calls("790ms", "late", "in", { open: { type: "SOCK_RDM" } }, { bind: { address: "group" } }, {
      listen: { backlog: 2 },
    }),
    { at: "790ms", read: { node: "late", socket: "in" } },
  ],
  expect: [
    { delivered: 122, to: "early" },
    { count: "NAK", from: "late", sqn: "0..10", exactly: 0 },
    { count: "RDATA", sqn: "11..39", from: "generous", atLeast: 29 },
    // 11 to 60 of one sender, 40 to 60 of the other.
    { delivered: 71, to: "late" },
    { delivered: "all", to: ["early", "late"] },
    { count: "ODATA", option: "JOIN", exactly: 61 },
  ],
});
