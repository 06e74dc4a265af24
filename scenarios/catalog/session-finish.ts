/**
 * A session ends in good order: OPT_FIN, time for repairs, silence.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "session-finish",
  about:
    "The source closes: an SPM with OPT_FIN at once, repairs for TXW_SECS, then silence; each receiver ends when it has it all.",
  rfc: ["9.7"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: {
      role: "source",
      on: ["lan"],
      source: { txwSecs: "1s", txwAdvSecs: "200ms", ihbMin: "100ms", ihbMax: "1s" },
    },
    member: { role: "receiver", on: ["lan"] },
    unlucky: { role: "receiver", on: ["lan"], receiver: { nakBoIvl: "50ms" } },
    host: { role: "host", on: ["lan"] },
  },
  script: [
    { at: "0s", drop: { to: "unlucky", packet: "ODATA", sqn: 9 } },
    { at: "0s", send: { from: "sender", messages: 10, bytes: 1000, every: "10ms" } },
    { at: "95ms", close: { from: "sender" } },
    // While it lingers it repairs; later it does not even confirm.
    { at: "900ms", inject: { from: "host", session: "sender", packet: { type: "NAK", sqn: 8 } } },
    { at: "1100ms", inject: { from: "host", session: "sender", packet: { type: "NAK", sqn: 9 } } },
  ],
  expect: [
    { times: "SPM", option: "FIN", lead: 9, before: "100ms", are: ["95ms"] },
    { ended: "fin", by: "member", after: "96ms", before: "97ms" },
    { delivered: 10, to: ["member", "unlucky"] },
    { recovered: 1, by: "unlucky" },
    { ended: "fin", by: "unlucky", after: "97ms", before: "150ms" },
    { count: "SPM", option: "FIN", after: "95ms", before: "1095ms", atLeast: 3 },
    { times: "RDATA", after: "200ms", are: ["901ms"], within: "20us" },
    { count: ["SPM", "ODATA", "RDATA", "NCF"], from: "sender", after: "1095ms", before: "5s", exactly: 0 },
  ],
});
