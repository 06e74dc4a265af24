/**
 * What was only late needs no repair.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "odata-completion",
  about: "ODATA arrives after its NAK was sent and lost: the recovery is over, and the NAK is not repeated.",
  rfc: ["6.3"],
  params: {
    delay: { value: "200ms", about: "how late the packet is; less than NAK_RPT_IVL, 500 ms", type: "duration" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    member: { role: "receiver", on: ["lan"], receiver: { nakBoIvl: "1us", nakRptIvl: "500ms" } },
  },
  script: [
    { at: "0s", impair: { to: "member", packet: "ODATA", sqn: 3, delay: "$delay" } },
    { at: "0s", drop: { from: "member", packet: "NAK" } },
    { at: "0s", send: { from: "sender", messages: 6, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { times: "NAK", are: ["51ms"], within: "200us" },
    { count: ["NCF", "RDATA"], exactly: 0 },
    { recovered: 1, by: "member" },
    { delivered: "all", to: "member" },
    { duplicates: 0, by: "member" },
    { repairLatency: "max", atMost: "$delay", by: "member" },
  ],
});
