/**
 * Nothing is lost: data flows, SPMs keep time, nobody asks for anything.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "lossless",
  about: "A perfect LAN: every receiver gets every message, and not one NAK is sent.",
  rfc: ["2.1", "5.1"],
  params: {
    receivers: { value: 10, about: "receivers on the LAN" },
    messages: { value: 100, about: "messages sent" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    member: { role: "receiver", on: ["lan"], count: "$receivers" },
  },
  script: [{ at: "0s", send: { from: "sender", messages: "$messages", bytes: 1000, every: "5ms" } }],
  expect: [
    { delivered: "$messages", to: "member" },
    { lost: 0, by: "member" },
    { count: "NAK", exactly: 0 },
    { count: "RDATA", exactly: 0 },
    { count: "ODATA", from: "sender", exactly: "$messages" },
  ],
});
