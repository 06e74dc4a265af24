/**
 * OPT_SYN tells a receiver that it has missed nothing of a session.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "session-start",
  about:
    "The first data packet has OPT_SYN: who gets it knows that nothing came before; a late joiner, or who loses it, does not.",
  rfc: ["6.1", "9.6"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    // OPT_JOIN is on every packet, and offers nothing: that data has options is not enough.
    sender: { role: "source", on: ["lan"], source: { lateJoin: "1%" } },
    member: { role: "receiver", on: ["lan"] },
    unlucky: { role: "receiver", on: ["lan"] },
    late: { role: "receiver", on: ["lan"], joined: false },
  },
  script: [
    { at: "0s", drop: { to: "unlucky", packet: "ODATA", option: "SYN" } },
    { at: "50ms", send: { from: "sender", messages: 5, bytes: 1000, every: "10ms" } },
    { at: "75ms", join: { node: "late" } },
  ],
  expect: [
    { times: "ODATA", option: "SYN", are: ["50ms"] },
    { started: 1, by: "member" },
    { delivered: 5, to: "member" },
    // Reception begins with the first data that is heard: nothing older is asked for.
    { started: 0, by: ["unlucky", "late"] },
    { delivered: 4, to: "unlucky" },
    { delivered: 2, to: "late" },
    { lost: 0, by: ["unlucky", "late"] },
    { count: "NAK", exactly: 0 },
  ],
});
