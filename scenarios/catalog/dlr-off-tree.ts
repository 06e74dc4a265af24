/**
 * A local repairer beside the loss: the router above polls for it, and forwards what it gets from it.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "dlr-off-tree",
  about:
    "After the first loss on its left, a PGM router polls for repairers and finds one on its right; the second loss is " +
    "repaired from there. What both sides have lost is asked of the source.",
  rfc: ["9.5.2.2", "9.5.3", "14"],
  segments: { trunk: { delay: "20ms" }, left: {}, right: {} },
  nodes: {
    sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps" } },
    root: { role: "router", pgm: true, on: ["trunk", "left", "right"], element: { dlrPollIvl: "10s" } },
    unlucky: { role: "receiver", on: ["left"], receiver: { nakBoIvl: "20ms" } },
    // It is slow to notice losses of its own: the router's NAK comes first.
    repairer: {
      role: "receiver",
      on: ["right"],
      receiver: { reorderPackets: 30, reorderTimeout: "200ms" },
      repairer: {},
    },
  },
  script: [
    { at: "0s", drop: { to: "unlucky", packet: "ODATA", sqn: [5, 40], count: 2 } },
    // The third loss is on the link of both: the trunk.
    { at: "0s", drop: { to: "root", packet: "ODATA", sqn: 80 } },
    { at: "0s", send: { from: "sender", messages: 100, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: ["unlucky", "repairer"] },
    // The search: one poll on each interface below, one reply to the router itself.
    { count: "POLL", from: "root", exactly: 2 },
    { count: "POLR", from: "repairer", option: "REDIRECT", cast: "unicast", exactly: 1 },
    { counter: "redirects", of: "root", exactly: 1 },
    // The second loss: unicast from the repairer to the router, multicast from there, and nothing of the source.
    { count: "NCF", from: "repairer", sqn: 40, cast: "unicast", exactly: 1 },
    { count: "RDATA", from: "repairer", sqn: 40, cast: "unicast", exactly: 1 },
    { counter: "rdataFromRepairer", of: "root", exactly: 1 },
    { count: "RDATA", from: "root", sqn: 40, cast: "multicast", after: "400ms", before: "500ms", exactly: 1 },
    { count: ["RDATA", "NCF"], from: "sender", sqn: 40, exactly: 0 },
    { counter: "nnaksReceived", of: "sender", exactly: 1 },
    // The third: the repairer confirms, and asks back.
    { count: "NCF", from: "repairer", sqn: 80, cast: "unicast", exactly: 1 },
    { counter: "naksReturned", of: "repairer", exactly: 1 },
    { counter: "repairersRefused", of: "root", exactly: 1 },
    { count: "NAK", from: "root", sqn: 80, exactly: 2 },
    { count: "RDATA", from: "sender", sqn: 80, exactly: 1 },
    { counter: "naksReceived", of: "sender", exactly: 2 },
  ],
});
