/**
 * What on-demand parity is for: one packet repairs what differs from receiver to receiver.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "fec-on-demand",
  about: "Eight receivers lose one packet of a group each, all of them different: one parity packet repairs them all.",
  rfc: ["11.2", "11.4", "11.5"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", rdataDelay: "10ms", fec: { groupSize: 8 } } },
    member: { role: "receiver", on: ["lan"], count: 8 },
  },
  script: [
    { at: "0s", drop: { to: "member-0", packet: "ODATA", sqn: 8 } },
    { at: "0s", drop: { to: "member-1", packet: "ODATA", sqn: 9 } },
    { at: "0s", drop: { to: "member-2", packet: "ODATA", sqn: 10 } },
    { at: "0s", drop: { to: "member-3", packet: "ODATA", sqn: 11 } },
    { at: "0s", drop: { to: "member-4", packet: "ODATA", sqn: 12 } },
    { at: "0s", drop: { to: "member-5", packet: "ODATA", sqn: 13 } },
    { at: "0s", drop: { to: "member-6", packet: "ODATA", sqn: 14 } },
    { at: "0s", drop: { to: "member-7", packet: "ODATA", sqn: 15 } },
    { at: "0s", send: { from: "sender", messages: 24, bytes: 1000, every: "1ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { count: "NAK", parity: true, sqn: 8, atLeast: 1, atMost: 4 },
    { count: "NAK", parity: false, exactly: 0 },
    { count: "RDATA", parity: true, exactly: 1 },
    { count: "RDATA", parity: false, exactly: 0 },
    { counter: "parityRecovered", of: "member", exactly: 1 },
  ],
});
