/**
 * A repair serves everybody, whoever asked for it.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "rdata-completion",
  about: "The receiver's NAK is lost, a neighbour's is not: the repair that nobody here asked for ends the recovery.",
  rfc: ["6.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    member: { role: "receiver", on: ["lan"], receiver: { nakBoIvl: "1us", nakRptIvl: "500ms" } },
    neighbour: { role: "host", on: ["lan"] },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 3 } },
    { at: "0s", drop: { from: "member", packet: "NAK" } },
    // Without the NCF, the repair comes as a surprise.
    { at: "0s", drop: { to: "member", packet: "NCF" } },
    { at: "0s", send: { from: "sender", messages: 6, bytes: 1000, every: "10ms" } },
    { at: "200ms", inject: { from: "neighbour", session: "sender", packet: { type: "NAK", sqn: 3 } } },
  ],
  expect: [
    { times: "NAK", from: "member", are: ["51ms"], within: "200us" },
    { times: "RDATA", are: ["201ms"], within: "200us" },
    { recovered: 1, by: "member" },
    { delivered: 3, to: "member", before: "202ms" },
    { delivered: 6, to: "member", before: "203ms" },
    { suppressed: 0, by: "member" },
  ],
});
