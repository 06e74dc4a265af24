/**
 * One NCF with a list confirms all of it, to everybody.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "ncf-list",
  about:
    "Three receivers lose the same four packets: the first asks with one list, and one NCF list silences the others.",
  rfc: ["5.2", "6.3", "9.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    hasty: { role: "receiver", on: ["lan"], receiver: { nakListMax: 63, nakBoIvl: "1us" } },
    // With so long a back-off, neither will ask within 3 ms.
    patient: { role: "receiver", on: ["lan"], count: 2, receiver: { nakBoIvl: "1h" } },
  },
  script: [
    { at: "0s", drop: { to: ["hasty", "patient"], packet: "ODATA", sqn: "3..6", count: "all" } },
    { at: "0s", send: { from: "sender", messages: 10, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    // The gap is a loss when ODATA 8 has come, at 81 ms.
    { times: "NAK", are: ["81ms"], within: "200us" },
    { times: "NCF", option: "NAK_LIST", are: ["82ms"], within: "200us" },
    { count: "NCF", exactly: 1 },
    { suppressed: 4, by: "patient" },
    { count: "RDATA", exactly: 4 },
    { recovered: 4, by: ["hasty", "patient"] },
    { settled: { before: "92ms" } },
  ],
});
