/**
 * Packets overtake each other by one place: that is not a loss.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "reordering",
  about: "Single packets are overtaken by the next one; the tolerance of two packets keeps every receiver quiet.",
  rfc: ["6.3"],
  params: {
    probability: { value: "10%", about: "packets that are held back", type: "share" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    member: { role: "receiver", on: ["lan"], count: 4 },
  },
  script: [
    { at: "0s", impair: { to: "member", packet: "ODATA", reorder: "$probability", reorderDelay: "7ms" } },
    { at: "0s", send: { from: "sender", messages: 500, bytes: 1000, every: "5ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { lost: 0, by: "member" },
    { count: "NAK", exactly: 0 },
  ],
});
