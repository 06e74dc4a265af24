/**
 * Where the parent is far away, its NCF comes too late to silence neighbours: a copy of the NAK does it.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "multicast-nak",
  about:
    "The source is 51 ms away, beyond a router: a copy of the first NAK with TTL 1 silences the neighbours in time.",
  rfc: ["6.3"],
  params: {
    multicastNak: { value: true, about: "whether the first NAK is also multicast; try false" },
    neighbours: { value: 3, about: "receivers beside the one that asks first" },
  },
  segments: {
    far: { rate: "100Mbps", delay: "50ms" },
    near: { rate: "100Mbps", delay: "1ms" },
  },
  nodes: {
    sender: { role: "source", on: ["far"], source: { rate: "8Mbps" } },
    // It hears no NAK: the copy stays on its subnet.
    beyond: { role: "receiver", on: ["far"] },
    router: { role: "router", on: ["far", "near"] },
    // It is the first to notice, and asks at once.
    first: {
      role: "receiver",
      on: ["near"],
      receiver: { multicastNak: "$multicastNak", reorderPackets: 1, nakBoIvl: "1us" },
    },
    neighbour: { role: "receiver", on: ["near"], count: "$neighbours", receiver: { nakBoIvl: "20ms" } },
  },
  script: [
    { at: "0s", drop: { to: ["first", "neighbour"], packet: "ODATA", sqn: 3 } },
    { at: "0s", send: { from: "sender", messages: 8, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    // ODATA 4 is there at 91 ms.
    { times: "NAK", cast: "multicast", from: "first", are: ["91ms"], within: "400us" },
    { times: "NAK", cast: "unicast", from: "first", are: ["91ms"], within: "400us" },
    { times: "NAK", from: "neighbour", are: [] },
    { suppressed: 1, by: "neighbour" },
    { counter: "nak", of: "neighbour", exactly: 1 },
    { counter: "nak", of: "beyond", exactly: 0 },
    { counter: "naksReceived", of: "sender", exactly: 1 },
    { times: "RDATA", are: ["142ms"], within: "500us" },
    { recovered: 1, by: ["first", "neighbour"] },
    { delivered: "all", to: ["first", "neighbour"] },
  ],
});
