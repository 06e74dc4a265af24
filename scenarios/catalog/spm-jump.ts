/**
 * An SPM that is out of sequence tells nothing, whatever its leading edge. spm-jump2 is the same with a newer one.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "spm-jump",
  about: "Two packets at the end are lost; an old SPM with their numbers does not reveal it, the next heartbeat does.",
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
    {
      at: "500ms",
      inject: { from: "stranger", session: "sender", packet: { type: "SPM", sqn: 99, lead: 9 } },
    },
  ],
  expect: [
    { counter: "spmOutOfSequence", of: "member", exactly: 1 },
    // The heartbeat comes 1 s after the last data.
    { times: "NAK", from: "member", are: ["1091ms", "1091ms"], within: "200us" },
    { recovered: 2, by: "member" },
    { delivered: "all", to: "member" },
  ],
});
