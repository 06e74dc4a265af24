/**
 * Parity of packets that differ in length.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "fec-variable-length",
  about: "Messages of 1 to 1000 bytes share groups: what is recovered has its own length again.",
  rfc: ["11.2"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", fec: { groupSize: 8 } } },
    member: { role: "receiver", on: ["lan"], count: 3 },
  },
  script: [
    { at: "2ms", until: "1s", impair: { to: "member", loss: "10%", packet: "ODATA" } },
    { at: "0s", send: { from: "sender", messages: 160, bytes: [1, 1000], every: "5ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { counter: "parityRecovered", of: "member", atLeast: 1 },
    { count: "RDATA", parity: false, exactly: 0 },
  ],
});
