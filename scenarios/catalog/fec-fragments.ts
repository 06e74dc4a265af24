/**
 * Options that belong to the payload are recovered with it.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "fec-fragments",
  about: "Groups hold whole messages and fragments of others: a recovered fragment knows its place in its message.",
  rfc: ["9.2", "11.2"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", maxTsdu: 500, fec: { groupSize: 8 } } },
    member: { role: "receiver", on: ["lan"], count: 3 },
  },
  script: [
    { at: "2ms", until: "1s", impair: { to: "member", loss: "10%", packet: "ODATA" } },
    { at: "0s", send: { from: "sender", messages: 100, bytes: [100, 2500], every: "8ms" } },
    { at: "2s", close: { from: "sender" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { counter: "parityRecovered", of: "member", atLeast: 1 },
    { counter: "fragmentsContradictory", of: "member", exactly: 0 },
    { count: "RDATA", option: "FRAGMENT", parity: true, atLeast: 1 },
  ],
});
