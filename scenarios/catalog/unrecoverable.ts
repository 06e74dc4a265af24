/**
 * What cannot be repaired is reported, once, and the stream goes on.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "unrecoverable",
  about: "A packet and all its repairs are lost: the receiver gives up after its retries, says so once, and goes on.",
  rfc: ["6.3"],
  params: {
    retries: { value: 3, about: "NAK_DATA_RETRIES of the receivers" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    unlucky: { role: "receiver", on: ["lan"], receiver: { nakDataRetries: "$retries", nakRdataIvl: "100ms" } },
    other: { role: "receiver", on: ["lan"] },
  },
  script: [
    { at: "0s", drop: { to: "unlucky", packet: ["ODATA", "RDATA"], sqn: 2, count: "all" } },
    { at: "0s", send: { from: "sender", messages: 12, bytes: 500, every: "10ms" } },
  ],
  expect: [
    { delivered: 11, to: "unlucky" },
    { lost: 1, by: "unlucky" },
    { delivered: 12, to: "other" },
    { lost: 0, by: "other" },
    { count: "NAK", from: "unlucky", sqn: 2, exactly: 4 },
    { settled: { before: "800ms" } },
  ],
});
