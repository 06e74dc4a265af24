/**
 * How far back a late joiner may go is for the source to say: OPT_JOIN.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "late-join",
  about:
    "Two receivers join late, side by side: one asks for the half of the window that OPT_JOIN offers, one takes what comes.",
  rfc: ["6.1", "9.4"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { lateJoin: "50%" } },
    member: { role: "receiver", on: ["lan"] },
    curious: { role: "receiver", on: ["lan"], joined: false, receiver: { lateJoin: true } },
    content: { role: "receiver", on: ["lan"], joined: false, receiver: { lateJoin: false } },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "50ms" } },
    { at: "510ms", join: { node: ["curious", "content"] } },
  ],
  expect: [
    { delivered: 20, to: "member" },
    // Both first hear sqn 11, the twelfth packet: half of the window are 6 to 11.
    { delivered: 14, to: "curious" },
    { recovered: 5, by: "curious" },
    { count: "NAK", from: "curious", sqn: "6..10", exactly: 5 },
    { count: "RDATA", from: "sender", sqn: "6..10", exactly: 5 },
    { delivered: 9, to: "content" },
    { recovered: 0, by: "content" },
    { count: "NAK", exactly: 5 },
    { counter: "outsideWindow", of: "content", exactly: 5 },
    { count: "ODATA", option: "JOIN", exactly: 20 },
  ],
});
