/**
 * Parity that nobody has to ask for.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "fec-proactive",
  about: "No packet of a receiver gets through to the source: two parity packets for each group repair what is lost.",
  rfc: ["11.1", "11.4", "11.5"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: {
      role: "source",
      on: ["lan"],
      source: { rate: "8Mbps", fec: { groupSize: 8, proActive: 2, onDemand: false } },
    },
    member: { role: "receiver", on: ["lan"], count: 3 },
  },
  script: [
    { at: "0s", drop: { to: "sender", count: "all" } },
    { at: "0s", drop: { to: "member-0", packet: "ODATA", parity: false, sqn: "9..10", count: 2 } },
    { at: "0s", drop: { to: "member-1", packet: "ODATA", parity: false, sqn: "14..15", count: 2 } },
    { at: "0s", drop: { to: "member-2", packet: "ODATA", parity: true, sqn: 8 } },
    { at: "0s", drop: { to: "member-2", packet: "ODATA", parity: false, sqn: 12 } },
    { at: "0s", send: { from: "sender", messages: 24, bytes: 1000, every: "2ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { lost: 0, by: "member" },
    { counter: "parityRecovered", of: "member", atLeast: 1 },
    { count: "NAK", exactly: 0 },
    { count: "ODATA", parity: true, exactly: 6 },
  ],
});
