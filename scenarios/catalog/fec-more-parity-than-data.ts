/**
 * A code has more parity than a group has numbers.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "fec-more-parity-than-data",
  about:
    "Six in ten packets are lost: groups of four need more than four parity packets, which say their parity group.",
  rfc: ["11.2", "11.8.2"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", fec: { groupSize: 4 } } },
    member: { role: "receiver", on: ["lan"], count: 6, receiver: { nakRdataIvl: "100ms", nakDataRetries: 50 } },
  },
  script: [
    { at: "2ms", until: "4s", impair: { to: "member", loss: "60%", packet: ["ODATA", "RDATA"] } },
    { at: "0s", send: { from: "sender", messages: 80, bytes: 500, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { lost: 0, by: "member" },
    { count: "RDATA", option: "PARITY_GRP", atLeast: 1 },
    { counter: "parityContradictory", of: "member", exactly: 0 },
  ],
});
