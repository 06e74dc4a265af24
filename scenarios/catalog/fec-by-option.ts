/**
 * Parity that a program asks for.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";
import { calls, listener, rateAndWindow, sender } from "../socket_calls.ts";

export default defineScenario({
  name: "fec-by-option",
  about: "RM_USE_FEC: one parity packet follows each group of eight, more comes on demand; the receiver follows.",
  rfc: ["11.4"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "sockets", on: ["lan"] },
    reader: { role: "sockets", on: ["lan"] },
  },
  script: [
    ...calls("0s", "reader", "in", ...listener("SOCK_RDM")),
    { at: "0s", read: { node: "reader", socket: "in" } },
    ...calls(
      "0s",
      "sender",
      "out",
      ...sender("SOCK_RDM", rateAndWindow(1000, 2000), {
        set: {
          option: "RM_USE_FEC",
          value: { FECBlockSize: 255, FECProActivePackets: 1, FECGroupSize: 8, fFECOnDemandParityEnabled: true },
        },
      }),
    ),
    { at: "0s", drop: { to: "reader", packet: "ODATA", parity: false, sqn: 3 } },
    { at: "0s", drop: { to: "reader", packet: "ODATA", parity: false, sqn: "9..11", count: 3 } },
    { at: "0s", send: { from: "sender", socket: "out", messages: 32, bytes: [100, 3000], every: "30ms" } },
    ...calls("3s", "reader", "in", {
      get: { option: "RM_RECEIVER_STATISTICS", is: { TotalParityNaksSent: 1, TotalSelectiveNaksSent: 0 } },
    }),
    ...calls("3s", "sender", "out", { close: {} }),
  ],
  expect: [
    { delivered: "all", to: "reader" },
    { count: "SPM", option: "PARITY_PRM", atLeast: 1 },
    { count: "ODATA", parity: true, atLeast: 4 },
    { count: "NAK", parity: true, exactly: 1 },
    { count: "NAK", parity: false, exactly: 0 },
    { count: "RDATA", parity: true, exactly: 2 },
  ],
});
