/**
 * Who cannot live with a gap ends the session at the first loss.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "loss-reset",
  about: "A packet cannot be repaired: one receiver ends its session with that loss, the other goes on behind the gap.",
  rfc: ["6.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    strict: {
      role: "receiver",
      on: ["lan"],
      receiver: { lossPolicy: "reset", nakBoIvl: "1us", nakRdataIvl: "100ms", nakDataRetries: 0 },
    },
    lenient: {
      role: "receiver",
      on: ["lan"],
      receiver: { lossPolicy: "continue", nakBoIvl: "1us", nakRdataIvl: "100ms", nakDataRetries: 0 },
    },
  },
  script: [
    { at: "0s", drop: { to: ["strict", "lenient"], packet: ["ODATA", "RDATA"], sqn: 3, count: "all" } },
    { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    // Asked for at 51 ms, confirmed at 53 ms, given up 100 ms later.
    { lost: 1, by: ["strict", "lenient"], after: "153ms", before: "154ms" },
    { lost: 1, by: ["strict", "lenient"] },
    { ended: "loss", by: "strict", after: "153ms", before: "154ms" },
    { delivered: 3, to: "strict" },
    { counter: "afterEnd", of: "strict", atLeast: 4 },
    { delivered: 19, to: "lenient" },
    { times: "NAK", after: "100ms", are: [] },
  ],
});
