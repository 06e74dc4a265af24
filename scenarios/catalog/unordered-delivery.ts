/**
 * Who does not care for order need not wait behind a gap.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "unordered-delivery",
  about:
    "Two receivers lose one packet, whose repair takes half a second; one waits for it, the other goes on without.",
  rfc: ["6.1"],
  params: {
    rdataDelay: { value: "500ms", about: "how long the source waits with the repair", type: "duration" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", rdataDelay: "$rdataDelay" } },
    orderly: { role: "receiver", on: ["lan"], receiver: { ordered: true } },
    eager: { role: "receiver", on: ["lan"], receiver: { ordered: false } },
  },
  script: [
    { at: "0s", drop: { to: ["orderly", "eager"], packet: "ODATA", sqn: 3 } },
    { at: "0s", send: { from: "sender", messages: 10, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    // ODATA 9 is there at 91 ms, RDATA 3 half a second after the NAK at the earliest.
    { delivered: 3, to: "orderly", before: "500ms" },
    { delivered: 9, to: "eager", before: "92ms" },
    { delivered: 0, to: ["orderly", "eager"], after: "92ms", before: "500ms" },
    { delivered: 7, to: "orderly", after: "500ms" },
    { delivered: 1, to: "eager", after: "500ms" },
    { recovered: 1, by: ["orderly", "eager"] },
    { lost: 0, by: ["orderly", "eager"] },
  ],
});
