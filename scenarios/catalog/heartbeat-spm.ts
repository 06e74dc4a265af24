/**
 * When data stops, heartbeat SPMs take over: ever less often, up to a limit.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "heartbeat-spm",
  about:
    "After the last data, heartbeat SPMs come after IHB_MIN (100 ms), then at intervals that double up to IHB_MAX (1600 ms).",
  rfc: ["5.1.5"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { ambientSpmIvl: "1h", ihbMin: "100ms", ihbMax: "1600ms" } },
    member: { role: "receiver", on: ["lan"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 6, bytes: 1000, every: "20ms" } },
  ],
  expect: [
    { delivered: 6, to: "member" },
    { times: "ODATA", from: "sender", sqn: 5, are: ["100ms"] },
    // 100, 300, 700, 1500, 3100, 4700 and 6300 ms after it: the interval does not grow any more.
    {
      times: "SPM",
      from: "sender",
      after: "1ms",
      before: "8s",
      are: ["200ms", "400ms", "800ms", "1600ms", "3200ms", "4800ms", "6400ms"],
    },
    { times: "SPM", from: "sender", lead: 5, after: "6s", before: "8s", are: ["6400ms"] },
  ],
});
