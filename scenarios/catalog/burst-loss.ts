/**
 * Loss that comes in bursts, as on radio links: a two-state Markov chain per receiver.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "burst-loss",
  about: "Receivers behind bursty links (Gilbert-Elliott) recover runs of lost packets.",
  rfc: ["6.3"],
  params: {
    receivers: { value: 5, about: "receivers, each with a loss process of its own" },
    messages: { value: 400, about: "messages sent" },
    burstLoss: { value: "50%", about: "loss while a link is in its bad state", type: "share" },
  },
  segments: { lan: { rate: "100Mbps", delay: "2ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    member: { role: "receiver", on: ["lan"], count: "$receivers" },
  },
  script: [
    {
      at: "100ms",
      until: "3s",
      impair: { to: "member", burst: { goodToBad: "4%", badToGood: "25%", lossInBad: "$burstLoss" } },
    },
    { at: "0s", send: { from: "sender", messages: "$messages", bytes: 1000, every: "5ms" } },
  ],
  expect: [
    { delivered: "$messages", to: "member" },
    { lost: 0, by: "member" },
    { recovered: { atLeast: 1 }, by: "member" },
  ],
});
