/**
 * What becomes of a group when the source has nothing to send.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "fec-truncated-group",
  about:
    "A source pauses after three packets of a group of eight: it ends the group, so that a loss in it can be repaired.",
  rfc: ["11.2", "11.4", "11.5"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", fec: { groupSize: 8, truncateAfter: "20ms" } } },
    member: { role: "receiver", on: ["lan"], count: 3 },
  },
  script: [
    { at: "0s", drop: { to: "member-0", packet: "ODATA", sqn: 2 } },
    { at: "0s", drop: { to: "member-1", packet: "ODATA", sqn: 1 } },
    { at: "0s", send: { from: "sender", messages: 3, bytes: 1000, every: "2ms" } },
    { at: "1s", send: { from: "sender", messages: 8, bytes: 1000, every: "2ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { lost: 0, by: "member" },
    { counter: "parityRecovered", of: ["member-0", "member-1"], exactly: 1 },
    { count: "SPM", option: "CURR_TGSIZE", atLeast: 1 },
    { count: "NAK", parity: true, sqn: 5, atLeast: 1 },
    { count: "RDATA", option: "CURR_TGSIZE", parity: true, atLeast: 1, atMost: 2 },
    { count: "ODATA", sqn: "3..7", exactly: 0 },
    { count: "ODATA", sqn: "8..15", exactly: 8 },
    { settled: { before: "1100ms" } },
  ],
});
