/**
 * Without order, too, a message comes whole: one that a gap cuts in two waits for its repair, those behind it do not.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "unordered-fragments",
  about: "A message in three fragments loses one; the messages behind it are delivered first, fragmented as they are.",
  rfc: ["6.1", "9.2"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "16Mbps", maxTsdu: 1000, rdataDelay: "500ms" } },
    member: { role: "receiver", on: ["lan"], receiver: { ordered: false } },
  },
  script: [
    // Message 1 is in packets 3 to 5.
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 4 } },
    { at: "0s", send: { from: "sender", messages: 5, bytes: 2500, every: "10ms" } },
  ],
  expect: [
    { count: "ODATA", option: "FRAGMENT", exactly: 15 },
    { delivered: 1, to: "member", before: "20ms" },
    { delivered: 3, to: "member", after: "20ms", before: "42ms" },
    { delivered: 0, to: "member", after: "42ms", before: "500ms" },
    { delivered: 1, to: "member", after: "500ms" },
    { recovered: 1, by: "member" },
    { lost: 0, by: "member" },
  ],
});
