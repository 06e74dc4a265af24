/**
 * A source answers SPMRs at a bounded rate, however many come.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "spmr-rate",
  about: "A host floods the source with SPMRs, every 10 ms; it answers at once, but not again within IHB_MIN (100 ms).",
  rfc: ["13.4"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { ambientSpmIvl: "1h", ihbMin: "100ms" } },
    member: { role: "receiver", on: ["lan"] },
    intruder: { role: "host", on: ["lan"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 10, bytes: 1000, every: "50ms" } },
    { at: "10ms", inject: { from: "intruder", session: "sender", packet: { type: "SPMR" }, count: 40, every: "10ms" } },
  ],
  expect: [
    { delivered: 10, to: "member" },
    // A millisecond is the way to the source.
    {
      times: "SPM",
      from: "sender",
      after: "1ms",
      before: "500ms",
      are: ["11ms", "111ms", "211ms", "311ms"],
      within: "10us",
    },
    { counter: "spmrsReceived", of: "sender", exactly: 40 },
    { counter: "spmrsHeldBack", of: "sender", exactly: 36 },
  ],
});
