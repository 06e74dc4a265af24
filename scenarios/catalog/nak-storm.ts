/**
 * When suppression fails, the source protects itself.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "nak-storm",
  about: "Thirty receivers do not back off and all ask for the same packet: one NCF and one repair answer them all.",
  rfc: ["5.2", "5.3"],
  params: {
    receivers: { value: 30, about: "receivers on the LAN; all of them ask" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: {
      role: "source",
      on: ["lan"],
      source: { rate: "8Mbps", ncfRepeatIvl: "20ms", rdataDelay: "2ms" },
    },
    member: { role: "receiver", on: ["lan"], count: "$receivers", receiver: { nakBoIvl: "1us" } },
  },
  script: [
    { at: "0s", drop: { to: "member", on: "lan", packet: "ODATA", sqn: 3 } },
    { at: "0s", send: { from: "sender", messages: 6, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { count: "NAK", from: "member", sqn: 3, exactly: "$receivers" },
    { counter: "naksReceived", of: "sender", exactly: "$receivers" },
    { times: "NCF", are: ["52ms"], within: "200us" },
    { times: "RDATA", are: ["54ms"], within: "200us" },
    { recovered: 1, by: "member" },
    { settled: { before: "60ms" } },
  ],
});
