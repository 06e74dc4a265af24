/**
 * A window that advances with time keeps data for TXW_SECS, whether or not somebody still needs it.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "window-by-time",
  about:
    "The window keeps the last second, in steps of 200 ms: a receiver that was away loses what is older and gets the rest.",
  rfc: ["3.3", "6.3", "16.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: {
      role: "source",
      on: ["lan"],
      source: { txwSecs: "1s", txwAdvSecs: "200ms", ambientSpmIvl: "100ms", ihbMin: "1s" },
    },
    away: { role: "receiver", on: ["lan"], receiver: { nakBoIvl: "50ms" } },
    member: { role: "receiver", on: ["lan"] },
  },
  script: [
    // Sqn N is sent at 50 + 100 N ms.
    { at: "50ms", send: { from: "sender", messages: 10, bytes: 1000, every: "100ms" } },
    { at: "100ms", until: "1260ms", down: { interface: "away:lan" } },
  ],
  expect: [
    // Two packets a step, from the first one's age of a second on; the last step leaves the window empty.
    { times: "SPM", trail: 0, lead: 9, are: ["1s"] },
    { times: "SPM", trail: 2, are: ["1100ms", "1200ms"] },
    { times: "SPM", trail: 4, are: ["1300ms", "1400ms"] },
    { times: "SPM", trail: 6, are: ["1500ms", "1600ms"] },
    { times: "SPM", trail: 8, are: ["1700ms", "1800ms"] },
    { times: "SPM", trail: 10, lead: 9, before: "2050ms", are: ["1900ms", "2s"] },
    { delivered: 10, to: "member" },
    { delivered: 7, to: "away" },
    { lost: 3, by: "away" },
    { recovered: 6, by: "away" },
    { count: "NAK", sqn: "1..3", exactly: 0 },
    { count: "RDATA", sqn: "4..9", exactly: 6 },
  ],
});
