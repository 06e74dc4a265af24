/**
 * A receiver that has data but no SPM does not know whom to ask for repairs: it solicits an SPM.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "spmr",
  about:
    "The only SPM is lost: within SPMR_BO_IVL the receiver asks for another, its neighbours with TTL 1 and then the source.",
  rfc: ["13.1", "13.4"],
  params: {
    backOff: { value: "250ms", about: "SPMR_BO_IVL, up to the 250 ms that are expected", type: "duration" },
  },
  segments: {
    backbone: { rate: "100Mbps", delay: "1ms" },
    lan: { rate: "100Mbps", delay: "1ms" },
  },
  nodes: {
    sender: { role: "source", on: ["backbone"], source: { ambientSpmIvl: "1h" } },
    router: { role: "router", on: ["backbone", "lan"] },
    member: { role: "receiver", on: ["lan"], receiver: { spmrBoIvl: "$backOff" } },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "SPM" } },
    { at: "0s", send: { from: "sender", messages: 21, bytes: 1000, every: "20ms" } },
  ],
  expect: [
    { delivered: 21, to: "member" },
    // The first data is there after 2.2 ms.
    { count: "SPMR", from: "member", cast: "multicast", after: "2ms", before: "253ms", exactly: 1 },
    { count: "SPMR", from: "member", cast: "unicast", after: "2ms", before: "253ms", exactly: 1 },
    { count: "SPMR", exactly: 2 },
    // The request crosses two segments, and the SPM leaves at once.
    { spacing: ["SPMR", "SPM"], after: "1ms", before: "400ms", atMost: "2100us" },
    { count: "SPM", from: "sender", before: "400ms", exactly: 2 },
    { counter: "spmrsReceived", of: "sender", exactly: 1 },
    { counter: "spmrsSent", of: "member", exactly: 1 },
  ],
});
