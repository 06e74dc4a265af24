/**
 * However many links below a network element ask for a packet, one NAK goes up.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "nak-elimination",
  about:
    "A packet is lost on the trunk: every receiver asks its router at the end of its own link, the source hears one.",
  rfc: ["7.2", "7.4"],
  params: {
    receivers: { value: 40, about: "receivers, each on a link of its own, where no NCF silences the others" },
  },
  topology: {
    kind: "star",
    receivers: "$receivers",
    pgmRouters: 1,
    // The source gathers NAKs for longer than the receivers back off.
    source: { rate: "8Mbps", rdataDelay: "100ms" },
  },
  script: [
    { at: "0s", drop: { to: "hub", on: "trunk", packet: "ODATA", sqn: 7 } },
    { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { recovered: 1, by: "member" },
    { counter: "naksSent", of: "member", exactly: 1 },
    { counter: "ncf", of: "member", exactly: 1 },
    { counter: "naksForwarded", of: "hub", exactly: 1 },
    { counter: "naksReceived", of: "sender", exactly: 1 },
    { counter: "rdataForwarded", of: "hub", exactly: 1 },
    { count: "RDATA", from: "sender", exactly: 1 },
  ],
});
