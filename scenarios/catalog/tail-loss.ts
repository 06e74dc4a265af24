/**
 * The last packet is lost: no later data can reveal it, the heartbeat SPM does.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "tail-loss",
  about: "The last message is lost; the first heartbeat SPM after it shows the gap, and it is repaired.",
  rfc: ["5.1.5", "6.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", ihbMin: "100ms", ihbMax: "1600ms" } },
    member: { role: "receiver", on: ["lan"], count: 2, receiver: { nakBoIvl: "50ms" } },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 9 } },
    { at: "0s", send: { from: "sender", messages: 10, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: 10, to: "member" },
    { recovered: 1, by: "member" },
    { count: "NAK", sqn: 9, before: "190ms", exactly: 0 },
    { count: "SPM", from: "sender", after: "190ms", before: "191ms", exactly: 1 },
    { settled: { before: "250ms" } },
  ],
});
