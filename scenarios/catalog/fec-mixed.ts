/**
 * Both kinds of parity in one session.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "fec-mixed",
  about: "One parity packet follows each group; who loses more than that asks for the rest, and gets other parity.",
  rfc: ["11.1", "11.4", "11.5"],
  params: { loss: { value: "5%", about: "loss at each receiver", type: "share" } },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", fec: { groupSize: 16, proActive: 1 } } },
    member: { role: "receiver", on: ["lan"], count: 10 },
  },
  script: [
    { at: "0s", until: "3s", impair: { to: "member", loss: "$loss", packet: ["ODATA", "RDATA"] } },
    { at: "0s", send: { from: "sender", messages: 640, bytes: 1000, every: "3ms" } },
  ],
  expect: [
    { delivered: { atLeast: 630 }, to: "member" },
    { lost: 0, by: "member" },
    { counter: "parityRecovered", of: "member", atLeast: 10 },
    { count: "ODATA", parity: true, exactly: 40 },
    { count: "RDATA", parity: true, atLeast: 1 },
    // What leaves on demand is not what followed the group: index 0, whose number is the first of the group.
    { count: "RDATA", parity: true, sqn: [0, 16, 32, 48, 64, 80, 96, 112, 128, 144], exactly: 0 },
    { count: "RDATA", parity: true, sqn: "0..159", atLeast: 1 },
    { count: "RDATA", parity: false, exactly: 0 },
  ],
});
