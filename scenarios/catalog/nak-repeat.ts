/**
 * A NAK that nobody confirms is asked again, and again.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "nak-repeat",
  about: "NAKs are lost on their way: without an NCF each is repeated NAK_RPT_IVL and a new back-off later.",
  rfc: ["6.3"],
  params: {
    lostNaks: {
      value: 3,
      about: "NAKs lost before one arrives, and NAK_NCF_RETRIES: the last permitted one gets through",
    },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    member: {
      role: "receiver",
      on: ["lan"],
      receiver: { nakRptIvl: "100ms", nakBoIvl: "20ms", nakNcfRetries: "$lostNaks" },
    },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 3 } },
    { at: "0s", drop: { from: "member", packet: "NAK", count: "$lostNaks" } },
    { at: "0s", send: { from: "sender", messages: 6, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { spacing: "NAK", from: "member", atLeast: "100ms", atMost: "120ms" },
    { counter: "naksReceived", of: "sender", exactly: 1 },
    { count: "NCF", exactly: 1 },
    { recovered: 1, by: "member" },
    { lost: 0, by: "member" },
    { delivered: "all", to: "member" },
  ],
});
