/**
 * An NCF for what is not missing, or cannot be, is no reason to do anything.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "outofwindow-ncf",
  about: "NCFs for numbers delivered before, and before and beyond the window, are counted and lead to nothing.",
  rfc: ["6.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", firstSqn: 100 } },
    member: {
      role: "receiver",
      on: ["lan"],
      receiver: { rxwMaxSqns: 1000, nakRdataIvl: "100ms", nakDataRetries: 2 },
    },
    stranger: { role: "host", on: ["lan"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 10, bytes: 1000, every: "10ms" } },
    // Numbers 100 to 109 are there; at most 1000 more may be missing: 110 to 1109.
    { at: "200ms", inject: { from: "stranger", session: "sender", packet: { type: "NCF", sqn: 99 } } },
    { at: "210ms", inject: { from: "stranger", session: "sender", packet: { type: "NCF", sqn: 105 } } },
    { at: "220ms", inject: { from: "stranger", session: "sender", packet: { type: "NCF", sqn: 1110 } } },
  ],
  expect: [
    { counter: "ncf", of: "member", exactly: 3 },
    { counter: "ncfUnwanted", of: "member", exactly: 3 },
    { suppressed: 0, by: "member" },
    { times: "NAK", from: "member", are: [] },
    { lost: 0, by: "member" },
    { delivered: 10, to: "member" },
  ],
});
