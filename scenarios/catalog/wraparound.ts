/**
 * Sequence numbers are circular: nothing special happens where 2^32 - 1 is followed by 0.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "wraparound",
  about: "Data and SPM numbers cross 2^32 under loss and reordering.",
  rfc: ["3.2"],
  params: {
    firstSqn: { value: 4294967196, about: "the first data sequence number" },
    loss: { value: "5%", about: "loss at each receiver", type: "share" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: {
      role: "source",
      on: ["lan"],
      source: { rate: "8Mbps", firstSqn: "$firstSqn", firstSpmSqn: 4294967294, ambientSpmIvl: "200ms" },
    },
    member: { role: "receiver", on: ["lan"], count: 3 },
  },
  script: [
    { at: "15ms", until: "3s", impair: { to: "member", loss: "$loss", reorder: "5%", reorderDelay: "12ms" } },
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: [4294967295, 0] } },
    { at: "0s", send: { from: "sender", messages: 200, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: 200, to: "member" },
    { lost: 0, by: "member" },
    { recovered: { atLeast: 1 }, by: "member" },
    { count: "NAK", sqn: [4294967295, 0], atLeast: 1 },
  ],
});
