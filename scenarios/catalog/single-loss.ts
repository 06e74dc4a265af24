/**
 * The whole repair cycle once: gap, back-off, NAK, NCF, RDATA.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "single-loss",
  about: "One receiver of three loses one packet: it asks once, is confirmed, and everybody hears the repair.",
  rfc: ["5.2", "5.3", "6.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    member: { role: "receiver", on: ["lan"], count: 3 },
  },
  script: [
    { at: "0s", drop: { to: "member-1", packet: "ODATA", sqn: 7 } },
    { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { recovered: 1, by: "member-1" },
    { duplicates: 1, by: ["member-0", "member-2"] },
    { count: "NAK", from: "member-1", sqn: 7, exactly: 1 },
    { count: "NCF", from: "sender", sqn: 7, exactly: 1 },
    { count: "RDATA", from: "sender", sqn: 7, exactly: 1 },
    { repairLatency: "max", atMost: "85ms", by: "member-1" },
  ],
});
