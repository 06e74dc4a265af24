/**
 * A window that the application advances keeps every message until it is released.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "window-by-application",
  about:
    "The application releases three messages: a receiver that was away loses the one of them that it had not, and no more.",
  rfc: ["16.4"],
  params: {
    txwSecs: { value: "100ms", about: "TXW_SECS, which has no meaning to this strategy", type: "duration" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: {
      role: "source",
      on: ["lan"],
      source: {
        txwStrategy: "application",
        txwSecs: "$txwSecs",
        txwAdvSecs: "50ms",
        ambientSpmIvl: "500ms",
        ihbMin: "5s",
      },
    },
    away: { role: "receiver", on: ["lan"] },
    member: { role: "receiver", on: ["lan"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 6, bytes: 1000, every: "10ms" } },
    { at: "15ms", until: "900ms", down: { interface: "away:lan" } },
    { at: "800ms", release: { from: "sender", messages: 3 } },
    { at: "1800ms", release: { from: "sender", messages: 3 } },
  ],
  expect: [
    { times: "SPM", trail: 0, lead: 5, are: ["500ms"] },
    { times: "SPM", trail: 3, lead: 5, are: ["1s", "1500ms"] },
    { times: "SPM", trail: 6, lead: 5, before: "2200ms", are: ["2s"] },
    { delivered: 6, to: "member" },
    { delivered: 5, to: "away" },
    { lost: 1, by: "away" },
    { recovered: 3, by: "away" },
    { count: "NAK", sqn: 2, exactly: 0 },
  ],
});
