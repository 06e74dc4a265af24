/**
 * What a network element says to its children by multicast does not reach them, and they go on asking.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "suppression-tree-broken",
  about:
    "A LAN behind two PGM routers hears data, but no NCF, repair or SPM: its router confirms by unicast, and one receiver tells the others.",
  rfc: ["15.3.1", "15.3.2"],
  params: {
    receivers: { value: 50, about: "receivers on the LAN" },
    duplicates: { value: 8, about: "DUP_NAK_MAX of the routers: 0 for NCFs by multicast alone" },
    naks: { value: 70, about: "the most NAKs that the LAN may send" },
  },
  segments: { wan: { delay: "10ms" }, trunk: { delay: "5ms" }, lan: { delay: "5ms" } },
  nodes: {
    sender: { role: "source", on: ["wan"], source: { ihbMin: "500ms", ihbMax: "500ms", ambientSpmIvl: "500ms" } },
    upper: { role: "router", on: ["wan", "trunk"], pgm: true, element: { dupNakMax: "$duplicates" } },
    lower: { role: "router", on: ["trunk", "lan"], pgm: true, element: { dupNakMax: "$duplicates" } },
    member: { role: "receiver", on: ["lan"], count: "$receivers", receiver: { nakBoIvl: "200ms" } },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 101, bytes: 500, every: "100ms" } },
    { at: "1.9s", drop: { from: "lower", on: "lan", packet: "ODATA", sqn: 20, count: "all" } },
    {
      at: "1.9s",
      drop: { from: "lower", on: "lan", packet: ["NCF", "RDATA", "SPM"], cast: "multicast", count: "all" },
      until: "6s",
    },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { count: "NAK", from: "member", atMost: "$naks" },
    { lost: 0, by: "member" },
  ],
});
