/**
 * A source keeps its rate, from the first packet to the last.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "odata-rate",
  about: "Fifty messages of 500 bytes are there at once; at 1500 bytes a second they leave every 349 ms.",
  rfc: ["5.1.1"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: {
      role: "source",
      on: ["lan"],
      // A burst of one packet: 500 bytes, a header of 24 and OPT_SYN. No later SPM takes of the rate.
      source: { rate: "1500B/s", maxTsdu: 500, burst: "600B", ihbMin: "30s", ambientSpmIvl: "30s" },
    },
    member: { role: "receiver", on: ["lan"] },
  },
  script: [{ at: "0s", send: { from: "sender", messages: 50, bytes: 500 } }],
  expect: [
    { count: "ODATA", exactly: 50 },
    // 524 / 1500 s; the second packet may leave a little sooner, with what is left of the burst.
    { spacing: "ODATA", sqn: "1..49", atLeast: "349333us", atMost: "349334us" },
    { count: "ODATA", before: "17s", atMost: 49 },
    { settled: { before: "17200ms" } },
    { delivered: "all", to: "member" },
  ],
});
