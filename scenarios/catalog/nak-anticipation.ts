/**
 * An NCF that a network element overhears tells it that the repair is on its way: it need not ask again.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "nak-anticipation",
  about: "Two PGM routers on one LAN miss a packet; the NCF for the first one's NAK spares the second one's.",
  rfc: ["7.5"],
  segments: { lan: {}, west: {}, east: {} },
  nodes: {
    // The source gathers NAKs for longer than the receivers back off.
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", rdataDelay: "150ms" } },
    first: { role: "router", pgm: true, on: ["lan", "west"] },
    second: { role: "router", pgm: true, on: ["lan", "east"] },
    quick: { role: "receiver", on: ["west"], receiver: { nakBoIvl: "1us" } },
    // It asks at least as late as it notices the loss by two later packets: 10 ms after the quick one.
    slow: { role: "receiver", on: ["east"], receiver: { reorderPackets: 3, nakBoIvl: "100ms" } },
  },
  script: [
    { at: "0s", drop: { to: ["first", "second"], on: "lan", packet: "ODATA", sqn: 7 } },
    { at: "0s", send: { from: "sender", messages: 30, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: ["quick", "slow"] },
    { recovered: 1, by: ["quick", "slow"] },
    { counter: "naksSent", of: ["quick", "slow"], exactly: 1 },
    { counter: "naksForwarded", of: "first", exactly: 1 },
    { counter: "anticipated", of: "second", exactly: 1 },
    { counter: "naksEliminated", of: "second", exactly: 1 },
    { counter: "naksForwarded", of: "second", exactly: 0 },
    { counter: "rdataForwarded", of: ["first", "second"], exactly: 1 },
    { counter: "naksReceived", of: "sender", exactly: 1 },
    { count: "RDATA", from: "sender", exactly: 1 },
  ],
});
