/**
 * A local repairer between two PGM routers: it offers itself after the first loss below and repairs from then on.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "dlr-upstream",
  about:
    "A repairer hears the NCF for the first loss below it and offers itself to the router there, which then asks it and " +
    "not the source; the source learns of the second loss by a null NAK and has nothing to repair.",
  rfc: ["3.6.3.2", "9.5.2.1", "9.5.3"],
  segments: { trunk: { delay: "20ms" }, middle: {}, a: {} },
  nodes: {
    sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps" } },
    above: { role: "router", pgm: true, on: ["trunk", "middle"] },
    below: { role: "router", pgm: true, on: ["middle", "a"] },
    repairer: { role: "receiver", on: ["middle"], repairer: {} },
    unlucky: { role: "receiver", on: ["a"], receiver: { nakBoIvl: "20ms" } },
  },
  script: [
    { at: "0s", drop: { to: "below", packet: "ODATA", sqn: [5, 40], count: 2 } },
    { at: "0s", send: { from: "sender", messages: 60, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: ["unlucky", "repairer"] },
    { counter: "naksForwarded", of: "below", exactly: 2 },
    // The first NAK provokes the offer, which the source's address and Router Alert carry down the tree.
    { count: "NAK", from: ["below", "above"], sqn: 5, exactly: 2 },
    {
      count: "POLR",
      from: "repairer",
      option: "REDIRECT",
      cast: "multicast",
      after: "60ms",
      before: "160ms",
      exactly: 1,
    },
    { counter: "redirects", of: "below", exactly: 1 },
    { counter: "redirectsIgnored", of: "unlucky", exactly: 0 },
    // The second goes to the repairer, which confirms it, tells the source, and repairs.
    { counter: "naksRedirected", of: "below", exactly: 1 },
    { count: "NAK", from: "above", sqn: 40, exactly: 0 },
    { counter: "naksFromBelow", of: "repairer", exactly: 1 },
    { count: "NCF", from: "repairer", sqn: 40, cast: "multicast", exactly: 1 },
    { counter: "nnaksReceived", of: "sender", exactly: 1 },
    { counter: "naksReceived", of: "sender", exactly: 1 },
    { count: "RDATA", from: "sender", exactly: 1 },
    { count: "RDATA", from: "repairer", sqn: 40, cast: "multicast", after: "400ms", before: "500ms", exactly: 1 },
    // The trunk alone would take 40 ms.
    { repairLatency: "median", atMost: "50ms", by: "unlucky" },
  ],
});
