/**
 * A source that waits a little before it repairs does so once for near and far.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "repair-delay",
  about: "A packet is lost for near and far: the repair waits for the NAK from afar, and one RDATA serves both.",
  rfc: ["5.3"],
  params: {
    rdataDelay: {
      value: "82ms",
      about: "how long a repair waits: twice the way to the far receiver; try 0s",
      type: "duration",
    },
  },
  segments: {
    near: { rate: "100Mbps", delay: "1ms" },
    far: { rate: "100Mbps", delay: "40ms" },
  },
  nodes: {
    sender: { role: "source", on: ["near"], source: { rate: "8Mbps", rdataDelay: "$rdataDelay" } },
    router: { role: "router", on: ["near", "far"] },
    close: { role: "receiver", on: ["near"], receiver: { nakBoIvl: "1us" } },
    distant: { role: "receiver", on: ["far"], receiver: { nakBoIvl: "1us" } },
  },
  script: [
    { at: "0s", drop: { from: "sender", packet: "ODATA", sqn: 3 } },
    { at: "0s", send: { from: "sender", messages: 6, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { times: "NAK", from: "close", are: ["51ms"], within: "300us" },
    { times: "NAK", from: "distant", are: ["91ms"], within: "500us" },
    { counter: "naksMerged", of: "sender", exactly: 1 },
    // 82 ms after the first NAK came, at 52 ms.
    { times: "RDATA", are: ["134ms"], within: "300us" },
    { recovered: 1, by: ["close", "distant"] },
    { duplicates: 0, by: ["close", "distant"] },
  ],
});
