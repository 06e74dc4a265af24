/**
 * NAKs from anywhere make state in a network element. There is a bound to it, and room is kept for others.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "spoofed-nak-flood",
  about:
    "A host sends thousands of NAKs a second, of random numbers and sessions: state keeps its bound, others their repairs.",
  rfc: ["7.6", "10"],
  params: {
    every: { value: "200us", about: "the time from one forged NAK to the next, of each of the three kinds" },
  },
  segments: { trunk: {}, lan: {}, stub: {} },
  nodes: {
    sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps", ambientSpmIvl: "500ms" } },
    near: {
      role: "router",
      pgm: true,
      on: ["trunk", "lan", "stub"],
      element: { maxRepairsPerInterface: 1000 },
    },
    member: { role: "receiver", on: ["lan"], count: 2 },
    flooder: { role: "host", on: ["stub"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 300, bytes: 1000, every: "10ms" } },
    { at: "20ms", impair: { to: "near", packet: "ODATA", loss: "5%" } },
    {
      at: "500ms",
      until: "2500ms",
      inject: {
        from: "flooder",
        session: "sender",
        to: "near",
        packet: { type: "NAK" },
        drawn: ["sqn"],
        count: 100000,
        every: "$every",
      },
    },
    {
      at: "500ms",
      until: "2500ms",
      inject: {
        from: "flooder",
        session: "sender",
        to: "near",
        packet: { type: "NAK" },
        drawn: ["sqn", "session"],
        count: 100000,
        every: "$every",
      },
    },
    // The worst: numbers that can be in the window.
    {
      at: "500ms",
      until: "2500ms",
      inject: {
        from: "flooder",
        session: "sender",
        to: "near",
        packet: { type: "NAK" },
        drawn: ["sqn"],
        upTo: 60000,
        count: 100000,
        every: "$every",
      },
    },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { lost: 0, by: "member" },
    { recovered: { atLeast: 5 }, by: "member" },
    { counter: "repairsPeak", of: "near", atLeast: 1000, atMost: 1020 },
    { counter: "naksShed", of: "near", atLeast: 100 },
    { counter: "naksOutOfWindow", of: "near", atLeast: 1000 },
    { counter: "naksWithoutPath", of: "near", atLeast: 1000 },
    { repairLatency: "median", atMost: "60ms", by: "member" },
    { repairLatency: "max", atMost: "150ms", by: "member" },
  ],
});
