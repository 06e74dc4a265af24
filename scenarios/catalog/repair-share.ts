/**
 * Repairs and new data share the rate; neither can starve the other.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "repair-share",
  about: "NAKs without end while data waits: of ten packets a second, one in four is a repair, the rest are new.",
  rfc: ["5.1.2", "5.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: {
      role: "source",
      on: ["lan"],
      source: {
        rate: "5240B/s",
        rateCovers: "ODATA+RDATA",
        rdataShare: "25%",
        maxTsdu: 500,
        burst: "600B",
        ihbMin: "10s",
      },
    },
    member: { role: "receiver", on: ["lan"] },
    greedy: { role: "host", on: ["lan"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 40, bytes: 500 } },
    {
      at: "500ms",
      inject: {
        from: "greedy",
        session: "sender",
        packet: { type: "NAK", sqn: 1, options: [{ type: "NAK_LIST", sqns: [2, 3, 4] }] },
        count: 8,
        every: "500ms",
      },
    },
  ],
  expect: [
    // 40 packets in 4 s.
    { count: "ODATA", after: "500ms", before: "4500ms", atLeast: 29, atMost: 31 },
    { count: "RDATA", after: "500ms", before: "4500ms", atLeast: 9, atMost: 11 },
    { spacing: "ODATA", after: "500ms", before: "4500ms", atLeast: "99ms", atMost: "201ms" },
    { spacing: "RDATA", after: "500ms", before: "4500ms", atLeast: "399ms", atMost: "401ms" },
    { delivered: "all", to: "member" },
  ],
});
