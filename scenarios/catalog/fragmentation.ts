/**
 * Messages larger than a packet: lost fragments are repaired, messages come out whole.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "fragmentation",
  about: "Messages of up to 20 kB cross the LAN in fragments, some of which are lost; each comes out whole.",
  rfc: ["9.2"],
  params: {
    loss: { value: "3%", about: "loss at each receiver", type: "share" },
  },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "16Mbps", maxTsdu: 1400 } },
    member: { role: "receiver", on: ["lan"], count: 3 },
  },
  script: [
    { at: "5ms", until: "3s", impair: { to: "member", loss: "$loss" } },
    { at: "0s", send: { from: "sender", messages: 100, bytes: [100, "20kB"], every: "20ms" } },
  ],
  expect: [
    { delivered: 100, to: "member" },
    { lost: 0, by: "member" },
    { recovered: { atLeast: 1 }, by: "member" },
  ],
});
