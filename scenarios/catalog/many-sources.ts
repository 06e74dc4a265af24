/**
 * Every source of a group is a session of its own, with its own losses and repairs.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "many-sources",
  about:
    "Four sources talk at once in one group with the same sequence numbers; each repairs what was lost of it, and nothing else.",
  rfc: ["1", "3.1", "6.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    talker: { role: "source", on: ["lan"], count: 4 },
    member: { role: "receiver", on: ["lan"] },
    other: { role: "receiver", on: ["lan"] },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", source: "talker-0", sqn: 2 } },
    { at: "0s", drop: { to: "member", packet: "ODATA", source: "talker-1", sqn: 2 } },
    { at: "0s", drop: { to: "member", packet: "ODATA", source: "talker-2", sqn: [3, 5], count: "all" } },
    { at: "0s", send: { from: "talker", messages: 8, bytes: 1000, every: "20ms" } },
  ],
  expect: [
    { delivered: "all", to: ["member", "other"] },
    { delivered: 32, to: ["member", "other"] },
    { recovered: 4, by: "member" },
    { duplicates: 4, by: "other" },
    { count: "NAK", from: "member", source: "talker-0", sqn: 2, exactly: 1 },
    { count: "NAK", from: "member", source: "talker-1", sqn: 2, exactly: 1 },
    { count: "NAK", from: "member", source: "talker-2", sqn: [3, 5], exactly: 2 },
    { count: "NAK", exactly: 4 },
    { count: "RDATA", from: ["talker-0", "talker-1"], sqn: 2, exactly: 2 },
    { count: "RDATA", from: "talker-2", sqn: [3, 5], exactly: 2 },
    { count: ["RDATA", "NCF"], from: "talker-3", exactly: 0 },
    { counter: "foreign", of: "talker", exactly: 0 },
  ],
});
