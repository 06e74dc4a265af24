/**
 * A window that advances with data keeps the last TXW_BYTES, however long ago they were sent.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "window-by-data",
  about:
    "The source idles 75 times TXW_SECS and still repairs all; NAKs for the data to drop next hold the window for TXW_ADV_IVL.",
  rfc: ["16.1", "16.2"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: {
      role: "source",
      on: ["lan"],
      // Packets of 1000 octets: TXW_SECS are ten of them, TXW_ADV_SECS four, TXW_ADV_IVL two.
      source: {
        rate: "10kB/s",
        txwStrategy: "advanceWithData",
        txwSecs: "1s",
        txwAdvSecs: "400ms",
        txwAdvIvl: "200ms",
        ihbMin: "5s",
        ihbMax: "20s",
        syn: false,
      },
    },
    away: { role: "receiver", on: ["lan"] },
    member: { role: "receiver", on: ["lan"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 9, bytes: 976, every: "100ms" } },
    { at: "50ms", until: "70s", down: { interface: "away:lan" } },
    { at: "80s", send: { from: "sender", messages: 2, bytes: 976 } },
  ],
  expect: [
    { times: "SPM", trail: 0, lead: 8, before: "80s", are: ["5800ms", "15800ms", "35800ms", "55800ms", "75800ms"] },
    { recovered: 8, by: "away" },
    { delivered: 11, to: ["away", "member"] },
    // Sqn 1 to 3 of those that away asks for are dropped next.
    { counter: "advancesHeldOff", of: "sender", exactly: 3 },
    // Sqn 9 fills the window, sqn 10 waits until there were no such NAKs for TXW_ADV_IVL, half of which data took.
    { times: "ODATA", trail: 0, after: "1s", are: ["80s"] },
    { times: "ODATA", trail: 4, are: ["80100ms"] },
  ],
});
