/**
 * A full transmit window is back-pressure: new data waits, everything else goes on.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "window-full",
  about:
    "Five packets fill the window: the others wait until it advances after TXW_SECS; meanwhile SPMs and a repair are sent.",
  rfc: ["3.3", "16.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: {
      role: "source",
      on: ["lan"],
      source: { txwMaxSqns: 5, txwSecs: "500ms", txwAdvSecs: "100ms", ambientSpmIvl: "100ms", ihbMin: "1s" },
    },
    member: { role: "receiver", on: ["lan"] },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 4 } },
    { at: "0s", send: { from: "sender", messages: 10, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    {
      times: "ODATA",
      from: "sender",
      are: ["0s", "10ms", "20ms", "30ms", "40ms", "500ms", "500ms", "500ms", "500ms", "500ms"],
      within: "500us",
    },
    { times: "SPM", lead: 4, before: "450ms", are: ["100ms", "200ms", "300ms", "400ms"] },
    { count: "RDATA", sqn: 4, after: "100ms", before: "160ms", exactly: 1 },
    { delivered: 10, to: "member" },
    { lost: 0, by: "member" },
    { recovered: 1, by: "member" },
    { settled: { before: "503ms" } },
  ],
});
