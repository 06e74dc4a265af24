/**
 * Who knows a session's TSI cannot go on in its source's name from another address.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "spoofed-source",
  about:
    "A host sends data, a repair and SPMs in the name of a live session, from its own address: they are counted and dropped.",
  rfc: ["3.1", "6.2"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"] },
    member: { role: "receiver", on: ["lan"] },
    intruder: { role: "host", on: ["lan"] },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", source: "sender", sqn: 4 } },
    { at: "0s", send: { from: "sender", messages: 8, bytes: 500, every: "20ms" } },
    // Data that is not yet sent, and a "repair" of what is missing.
    {
      at: "50ms",
      inject: { from: "intruder", as: "intruder", session: "sender", packet: { type: "ODATA", sqn: 3, bytes: 500 } },
    },
    {
      at: "81ms",
      inject: { from: "intruder", as: "intruder", session: "sender", packet: { type: "RDATA", sqn: 4, bytes: 500 } },
    },
    // NAKs would go to the intruder, and the window would leave all data behind.
    {
      at: "90ms",
      inject: {
        from: "intruder",
        as: "intruder",
        session: "sender",
        packet: { type: "SPM", sqn: 900, trail: 1000, lead: 1010, path: "intruder" },
        count: 3,
        every: "10ms",
      },
    },
    {
      at: "130ms",
      inject: {
        from: "intruder",
        as: "intruder",
        session: "sender",
        packet: { type: "SPM", sqn: 901, lead: 5, options: [{ type: "FIN" }] },
      },
    },
  ],
  expect: [
    { counter: "otherSource", of: "member", exactly: 6 },
    { delivered: "all", to: "member" },
    { delivered: 8, to: "member" },
    { recovered: 1, by: "member" },
    { lost: 0, by: "member" },
    { counter: "naksReceived", of: "sender", exactly: 1 },
    { count: "RDATA", from: "sender", sqn: 4, exactly: 1 },
  ],
});
