/**
 * ODATA ahead of its turn: everything in between is missing.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "odata-jump",
  about: "ODATA jumps from 2 to 8: the receiver asks for every number in between, each once, and for no other.",
  rfc: ["6.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    member: { role: "receiver", on: ["lan"], receiver: { nakBoIvl: "1us" } },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: "3..7", count: "all" } },
    { at: "0s", send: { from: "sender", messages: 11, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    // ODATA 8 shows the gap, ODATA 9 that its packets are not merely late.
    { times: "NAK", are: ["91ms", "91ms", "91ms", "91ms", "91ms"], within: "200us" },
    { times: "NAK", sqn: 3, are: ["91ms"], within: "200us" },
    { times: "NAK", sqn: 7, are: ["91ms"], within: "200us" },
    { recovered: 5, by: "member" },
    { delivered: "all", to: "member" },
  ],
});
