/**
 * A session breaks off: OPT_RST, with or without the offer of repairs.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "session-abort",
  about:
    "Two sources abort with OPT_RST: one still repairs what a receiver misses, the other sets the N bit, and it is lost at once.",
  rfc: ["9.8"],
  params: {
    code: { value: 7, about: "the error code, 0 to 63" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    gentle: { role: "source", on: ["lan"], source: { txwSecs: "1s", txwAdvSecs: "200ms" } },
    harsh: { role: "source", on: ["lan"], source: { txwSecs: "1s", txwAdvSecs: "200ms" } },
    member: { role: "receiver", on: ["lan"], receiver: { nakBoIvl: "50ms" } },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", source: "gentle", sqn: 4 } },
    { at: "0s", drop: { to: "member", packet: "ODATA", source: "harsh", sqn: 4 } },
    { at: "0s", send: { from: ["gentle", "harsh"], messages: 10, bytes: 1000, every: "10ms" } },
    { at: "45ms", abort: { from: "gentle", code: "$code" } },
    { at: "45ms", abort: { from: "harsh", code: 13, nakable: false } },
  ],
  expect: [
    { count: "ODATA", from: "gentle", exactly: 5 },
    { count: "ODATA", from: "harsh", exactly: 5 },
    { times: "SPM", option: "RST", lead: 4, before: "50ms", are: ["45ms", "45ms"] },
    { ended: "rst", by: "member", source: "harsh", code: 13, after: "46ms", before: "47ms" },
    { lost: 1, by: "member" },
    { count: "NAK", source: "harsh", exactly: 0 },
    { ended: "rst", by: "member", source: "gentle", code: "$code", after: "48ms", before: "100ms" },
    { recovered: 1, by: "member" },
    { delivered: 9, to: "member" },
    // TXW_SECS after the abort.
    { count: ["SPM", "NCF", "RDATA"], from: ["gentle", "harsh"], after: "1045ms", before: "5s", exactly: 0 },
  ],
});
