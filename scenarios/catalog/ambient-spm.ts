/**
 * While data flows, SPMs come at a fixed period and at no other time.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "ambient-spm",
  about:
    "While data flows, ambient SPMs come every 200 ms; each data packet puts the heartbeat off, so that none is sent.",
  rfc: ["5.1.3", "5.1.5"],
  params: {
    every: { value: "50ms", about: "time between messages; from IHB_MIN (100 ms) on, heartbeats come in between" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { ambientSpmIvl: "200ms", ihbMin: "100ms", ihbMax: "1600ms" } },
    member: { role: "receiver", on: ["lan"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 21, bytes: 1000, every: "$every" } },
  ],
  expect: [
    { delivered: 21, to: "member" },
    {
      times: "SPM",
      from: "sender",
      before: "1050ms",
      are: ["0s", "200ms", "400ms", "600ms", "800ms", "1s"],
    },
    { count: ["NAK", "SPMR"], exactly: 0 },
  ],
});
