/**
 * Two sources in one group are two sessions: separate sequence spaces, windows and repairs.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "two-sources",
  about: "Two sources share a group and overlapping sequence numbers; receivers keep the sessions apart.",
  rfc: ["1", "3.1"],
  params: {
    loss: { value: "4%", about: "loss at each receiver", type: "share" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    alpha: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    beta: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    member: { role: "receiver", on: ["lan"], count: 3 },
  },
  script: [
    { at: "15ms", until: "3s", impair: { to: "member", loss: "$loss" } },
    { at: "0s", send: { from: ["alpha", "beta"], messages: 150, bytes: 800, every: "10ms" } },
  ],
  expect: [
    { delivered: 300, to: "member" },
    { lost: 0, by: "member" },
    { recovered: { atLeast: 1 }, by: "member" },
  ],
});
