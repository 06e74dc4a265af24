/**
 * An SPM in sequence whose leading edge is ahead shows what was lost. spm-jump is the same with an old one.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "spm-jump2",
  about: "Two packets at the end are lost; a newer SPM with a larger leading edge reveals both at once.",
  rfc: ["6.1", "6.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", firstSpmSqn: 100, ihbMin: "1s" } },
    member: { role: "receiver", on: ["lan"], receiver: { nakBoIvl: "1us" } },
    stranger: { role: "host", on: ["lan"] },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: "8..9", count: "all" } },
    { at: "0s", send: { from: "sender", messages: 10, bytes: 1000, every: "10ms" } },
    { at: "500ms", inject: { from: "stranger", session: "sender", packet: { type: "SPM", sqn: 101, lead: 9 } } },
  ],
  expect: [
    { times: "NAK", from: "member", are: ["501ms", "501ms"], within: "200us" },
    { recovered: 2, by: "member" },
    { settled: { before: "504ms" } },
  ],
});
