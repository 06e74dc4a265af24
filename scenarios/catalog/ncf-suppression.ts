/**
 * The reason for NCFs: one shared loss, one question, one answer, however many receivers.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "ncf-suppression",
  about:
    "Fifty receivers on one LAN lose the same packet: one asks, the NCF silences the others, one repair serves all.",
  rfc: ["5.2", "6.3"],
  params: {
    receivers: { value: 50, about: "receivers on the LAN" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", rdataDelay: "2ms" } },
    member: { role: "receiver", on: ["lan"], count: "$receivers", receiver: { nakBoIvl: "200ms" } },
  },
  script: [
    { at: "0s", drop: { to: "member", on: "lan", packet: "ODATA", sqn: 7 } },
    { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { recovered: 1, by: "member" },
    { count: "NAK", from: "member", sqn: 7, atLeast: 1, atMost: 5 },
    { count: "RDATA", from: "sender", sqn: 7, atLeast: 1, atMost: 2 },
    { lost: 0, by: "member" },
  ],
});
