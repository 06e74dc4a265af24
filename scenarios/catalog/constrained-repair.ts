/**
 * What network elements are for: a repair goes to those who asked for it, and to nobody else.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "constrained-repair",
  about: "One receiver of four loses a packet; its repair travels only on the three links between it and the source.",
  rfc: ["3.5", "7.1", "7.2", "7.3", "7.8"],
  nodes: {
    sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps" } },
    root: { role: "router", pgm: true, on: ["trunk", "to-left", "to-right"] },
    left: { role: "router", pgm: true, on: ["to-left", "a", "b"] },
    right: { role: "router", pgm: true, on: ["to-right", "c", "d"] },
    unlucky: { role: "receiver", on: ["a"] },
    sibling: { role: "receiver", on: ["b"] },
    cousin: { role: "receiver", on: ["c"] },
    niece: { role: "receiver", on: ["d"] },
  },
  segments: { trunk: {}, "to-left": {}, "to-right": {}, a: {}, b: {}, c: {}, d: {} },
  script: [
    { at: "0s", drop: { to: "unlucky", packet: "ODATA", sqn: 7 } },
    { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: ["unlucky", "sibling", "cousin", "niece"] },
    { recovered: 1, by: "unlucky" },
    { counter: "rdata", of: ["sibling", "cousin", "niece"], exactly: 0 },
    { counter: "ncf", of: ["sibling", "cousin", "niece"], exactly: 0 },
    { counter: "naksReceived", of: "sender", exactly: 1 },
    { counter: "naksForwarded", of: ["root", "left"], exactly: 1 },
    { counter: "rdataForwarded", of: ["root", "left"], exactly: 1 },
    { counter: "rdataCopiesSpared", of: ["root", "left"], exactly: 1 },
    // No repair comes near it.
    { counter: "rdataUnwanted", of: "right", exactly: 0 },
    { counter: "naksReceived", of: "right", exactly: 0 },
  ],
});
