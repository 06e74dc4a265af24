/**
 * Data alone lets a late joiner ask for an SPM, and so for repairs, long before the next ambient one.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "spmr-from-odata",
  about:
    "A late joiner hears nothing but data and loses a packet of it; an SPMR brings the SPM that it needs before it may ask.",
  rfc: ["6.2", "13.1"],
  params: {
    ambient: { value: "10s", about: "the period of ambient SPMs: what a receiver waits for that does not solicit" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { ambientSpmIvl: "$ambient" } },
    member: { role: "receiver", on: ["lan"] },
    late: { role: "receiver", on: ["lan"], joined: false },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 25, bytes: 1000, every: "50ms" } },
    { at: "510ms", join: { node: "late" } },
    { at: "510ms", drop: { to: "late", packet: "ODATA", sqn: 12 } },
  ],
  expect: [
    { delivered: 25, to: "member" },
    // From sqn 11 on.
    { delivered: 14, to: "late" },
    { recovered: 1, by: "late" },
    // Sqn 11 arrives at 551 ms; SPMR_BO_IVL is 250 ms.
    { count: "SPMR", from: "late", cast: "unicast", after: "551ms", before: "802ms", exactly: 1 },
    { count: "SPM", from: "sender", after: "1ms", before: "900ms", exactly: 1 },
    { count: "NAK", from: "late", sqn: 12, before: "900ms", exactly: 1 },
    { repairLatency: "max", atMost: "260ms", by: "late" },
  ],
});
