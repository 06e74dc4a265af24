/**
 * What is lost together is asked for together.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "nak-list",
  about: "Ten packets in a row are lost: one NAK asks for eight of them, with OPT_NAK_LIST, the next for the rest.",
  rfc: ["6.3", "9.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    // One number in the header and seven in the list, of the 62 that fit.
    member: { role: "receiver", on: ["lan"], receiver: { nakListMax: 8, nakBoIvl: "20ms" } },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: "3..12", count: "all" } },
    { at: "0s", send: { from: "sender", messages: 15, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { count: "NAK", exactly: 2 },
    { count: "NAK", sqn: 3, option: "NAK_LIST", exactly: 1 },
    { count: "NAK", sqn: 11, option: "NAK_LIST", exactly: 1 },
    { counter: "sqnsRequested", of: "member", exactly: 10 },
    // A loss when ODATA 14 has come, at 141 ms; the back-off is drawn once for all of it.
    { count: "NAK", after: "141ms", before: "162ms", exactly: 2 },
    { spacing: "NAK", atMost: "0s" },
    { count: "NCF", option: "NAK_LIST", exactly: 2 },
    { count: "RDATA", exactly: 10 },
    { recovered: 10, by: "member" },
  ],
});
