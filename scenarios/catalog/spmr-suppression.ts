/**
 * SPMRs are heard by the neighbours, whatever their number: one of them asks.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "spmr-suppression",
  about:
    "Ten receivers on a LAN far from the source have missed the SPM: one asks, and the others, which hear it, do not.",
  rfc: ["13.1", "13.3"],
  params: {
    receivers: { value: 10, about: "receivers on the LAN" },
  },
  segments: {
    // The answer takes longer than the longest back-off: it is not what keeps the others quiet.
    wan: { rate: "100Mbps", delay: "200ms" },
    lan: { rate: "1Gbps", delay: "10us" },
  },
  nodes: {
    sender: { role: "source", on: ["wan"], source: { ambientSpmIvl: "1h" } },
    router: { role: "router", on: ["wan", "lan"] },
    member: { role: "receiver", on: ["lan"], count: "$receivers", receiver: { spmrBoIvl: "250ms", spmrSpmIvl: "1s" } },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "SPM" } },
    { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "50ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    // Two of them only if they draw nearly the same microsecond.
    { count: "SPMR", from: "member", cast: "unicast", atLeast: 1, atMost: 2 },
    { count: "SPMR", from: "member", cast: "multicast", atLeast: 1, atMost: 2 },
    { count: "SPM", from: "sender", before: "950ms", exactly: 2 },
  ],
});
