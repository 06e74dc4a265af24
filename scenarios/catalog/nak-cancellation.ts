/**
 * Nobody confirms: after NAK_NCF_RETRIES the receiver stops asking.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "nak-cancellation",
  about: "The source hears no NAK: after NAK_NCF_RETRIES repeats the loss is reported, once, and asked for no more.",
  rfc: ["6.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    member: {
      role: "receiver",
      on: ["lan"],
      // The back-off is next to nothing, so that the instants are exact.
      receiver: { nakBoIvl: "1us", nakRptIvl: "100ms", nakNcfRetries: 3 },
    },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 3 } },
    { at: "0s", drop: { from: "member", packet: "NAK", count: "all" } },
    { at: "0s", send: { from: "sender", messages: 6, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    // Missed when ODATA 5 has come, at 51 ms.
    { times: "NAK", from: "member", are: ["51ms", "151ms", "251ms", "351ms"], within: "200us" },
    { delivered: 3, to: "member", before: "451ms" },
    { lost: 1, by: "member", after: "451ms", before: "452ms" },
    { lost: 1, by: "member" },
    { delivered: 5, to: "member" },
  ],
});
