/**
 * RDATA ahead of its turn: everything in between is missing, too.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "rdata-jump",
  about: "A repair that a neighbour asked for lies ahead of everything received: it reveals the numbers in between.",
  rfc: ["6.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", ihbMin: "1s" } },
    member: { role: "receiver", on: ["lan"], receiver: { nakBoIvl: "1us" } },
    neighbour: { role: "host", on: ["lan"] },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: "3..8", count: "all" } },
    { at: "0s", drop: { to: "member", packet: "NCF", sqn: 8 } },
    { at: "0s", send: { from: "sender", messages: 9, bytes: 1000, every: "10ms" } },
    { at: "200ms", inject: { from: "neighbour", session: "sender", packet: { type: "NAK", sqn: 8 } } },
  ],
  expect: [
    // RDATA 8 is there at 202 ms; for 20 ms the numbers before it may be merely late.
    { times: "NAK", from: "member", are: ["222ms", "222ms", "222ms", "222ms", "222ms"], within: "300us" },
    { count: "NAK", from: "member", sqn: "3..7", exactly: 5 },
    { counter: "spm", of: "member", exactly: 2 },
    { recovered: 5, by: "member" },
    { delivered: 3, to: "member", before: "222ms" },
    { settled: { before: "226ms" } },
  ],
});
