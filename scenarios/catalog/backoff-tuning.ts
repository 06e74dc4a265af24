/**
 * Duplicate NAKs tell a source that its receivers ask too soon.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "backoff-tuning",
  about:
    "A LAN far away loses the same packets at all receivers: with each duplicate NAK the back-off grows, until few ask.",
  rfc: ["15.2.1", "15.2.2"],
  params: {
    receivers: { value: 50, about: "receivers on the LAN" },
    advertised: { value: "NCF", about: 'packets with NAK_BO_IVL: "none" for no tuning, "NCF" or "NCF+SPM"' },
  },
  segments: {
    wan: { rate: "100Mbps", delay: "20ms" },
    lan: { rate: "100Mbps", delay: "1ms" },
  },
  nodes: {
    sender: {
      role: "source",
      on: ["wan"],
      source: {
        rate: "8Mbps",
        nakBoIvlOn: "$advertised",
        nakBoIvl: "10ms",
        nakBoIvlMin: "10ms",
        nakBoIvlMax: "10s",
        nakBoRng: true,
      },
    },
    router: { role: "router", on: ["wan", "lan"] },
    // The NCF takes 42 ms to silence those who have not asked: with 10 ms to choose from, all of them have.
    member: {
      role: "receiver",
      on: ["lan"],
      count: "$receivers",
      receiver: { nakBoIvl: "10ms", nakRptIvl: "1s", nakRdataIvl: "2s" },
    },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 320, bytes: 1000, every: "100ms" } },
    {
      at: "0s",
      drop: {
        from: "router",
        on: "lan",
        packet: "ODATA",
        sqn: [10, 30, 50, 70, 90, 110, 130, 150, 200, 250, 300],
        count: "all",
      },
    },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { count: "NAK", from: "member", sqn: 10, exactly: "$receivers" },
    { count: "NAK", from: "member", sqn: 300, atLeast: 1, atMost: 10 },
    { counter: "nakBoIvlRaised", of: "sender", atLeast: 5 },
    { counter: "nakBoIvlLowered", of: "sender", atMost: 1 },
    { counter: "nakBoIvlLearned", of: "member", atLeast: 10 },
    { lost: 0, by: "member" },
  ],
});
