/**
 * What a false SPM can do to a network element: lead NAKs astray until a true one is believed again; and what it cannot.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "spoofed-spm",
  about: "SPMs in the source's name lead NAKs astray: one change of path in a while, then the next true SPM heals it.",
  rfc: ["7.1", "10"],
  segments: { trunk: {}, lan: {}, stub: {} },
  nodes: {
    sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps", ambientSpmIvl: "200ms" } },
    near: { role: "router", pgm: true, on: ["trunk", "lan", "stub"] },
    member: { role: "receiver", on: ["lan"], count: 2 },
    // One where the source is, one where it is not.
    forger: { role: "host", on: ["trunk"] },
    outsider: { role: "host", on: ["stub"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 300, bytes: 1000, every: "10ms" } },
    // The true ones are number 0 at 0 s, and one more each 200 ms.
    {
      at: "290ms",
      inject: {
        from: "outsider",
        session: "sender",
        packet: { type: "SPM", sqn: 1000, trail: 0, lead: 29, path: "outsider" },
        count: 10,
        every: "10ms",
      },
    },
    {
      at: "450ms",
      inject: {
        from: "forger",
        session: "sender",
        packet: { type: "SPM", sqn: 3, trail: 0, lead: 40, path: "forger" },
      },
    },
    // More of them, with another path each time.
    {
      at: "500ms",
      inject: {
        from: "forger",
        session: "sender",
        packet: { type: "SPM", sqn: 4, trail: 0, lead: 40, path: "10.9.9.1" },
      },
    },
    {
      at: "510ms",
      inject: {
        from: "forger",
        session: "sender",
        packet: { type: "SPM", sqn: 4, trail: 0, lead: 40, path: "10.9.9.2" },
      },
    },
    // A window of more than half the numbers, a path that is a group.
    {
      at: "520ms",
      inject: { from: "forger", session: "sender", packet: { type: "SPM", sqn: 5, trail: 0, lead: 2147483648 + 5 } },
    },
    { at: "0s", drop: { to: "near", packet: "ODATA", sqn: 52 } },
    { at: "0s", drop: { to: "near", packet: "ODATA", sqn: 150 } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { lost: 0, by: "member" },
    { recovered: 2, by: "member" },
    { counter: "pathChanges", of: "near", exactly: 2 },
    // Two of the forger's. The true number 3 seems old, 4 would change the path too soon; 5 heals.
    { counter: "spmDamped", of: "near", exactly: 3 },
    { counter: "spmOutOfSequence", of: "near", exactly: 1 },
    { counter: "spmContradictory", of: "near", exactly: 1 },
    // Until 1 s the NAK goes to the forger, once in 100 ms: NAK_RPT_IVL is longer. Then its next repeat gets there.
    { count: "NAK", from: "near", sqn: 52, after: "1s", exactly: 1 },
    { count: "RDATA", from: "sender", sqn: 52, before: "1s", exactly: 0 },
    { count: "NAK", from: "member", sqn: 52, exactly: 1 },
    { repairLatency: "max", atMost: "600ms", by: "member" },
  ],
});
