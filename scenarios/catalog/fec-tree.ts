/**
 * Parity and network elements together: the elements count packets, and a parity packet goes where one is missing.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "fec-tree",
  about:
    "Behind a tree of PGM routers three of four receivers lose four packets of a group, all different: two parity " +
    "packets repair them, the second goes only to the one that lost two.",
  rfc: ["11.2", "11.4", "11.6"],
  nodes: {
    // The parity waits until the last one has asked.
    sender: {
      role: "source",
      on: ["trunk"],
      source: { rate: "8Mbps", rdataDelay: "150ms", fec: { groupSize: 8 } },
    },
    root: { role: "router", pgm: true, on: ["trunk", "to-left", "to-right"] },
    left: { role: "router", pgm: true, on: ["to-left", "a", "b"] },
    right: { role: "router", pgm: true, on: ["to-right", "c", "d"] },
    "lost-one": { role: "receiver", on: ["a"] },
    "lost-two": { role: "receiver", on: ["b"] },
    cousin: { role: "receiver", on: ["c"] },
    lucky: { role: "receiver", on: ["d"] },
  },
  segments: { trunk: {}, "to-left": {}, "to-right": {}, a: {}, b: {}, c: {}, d: {} },
  script: [
    { at: "0s", drop: { to: "lost-one", packet: "ODATA", sqn: 9 } },
    { at: "0s", drop: { to: "lost-two", packet: "ODATA", sqn: 10 } },
    { at: "0s", drop: { to: "lost-two", packet: "ODATA", sqn: 15 } },
    { at: "0s", drop: { to: "cousin", packet: "ODATA", sqn: 12 } },
    { at: "0s", send: { from: "sender", messages: 24, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: ["lost-one", "lost-two", "cousin", "lucky"] },
    { count: "NAK", parity: false, exactly: 0 },
    // One for one packet, unless the one for two is there first: what a router has asked for already it does not ask for.
    { count: "NAK", parity: true, from: "left", atLeast: 1, atMost: 2 },
    { count: "NAK", parity: true, from: "right", exactly: 1 },
    { count: "NAK", parity: true, from: "root", atLeast: 1, atMost: 2 },
    { count: "NAK", parity: true, from: "root", sqn: 9, exactly: 1 },
    { count: "RDATA", parity: true, from: "sender", exactly: 2 },
    { count: "RDATA", parity: false, exactly: 0 },
    { counter: "parityForwarded", of: ["root", "left"], exactly: 2 },
    { counter: "parityForwarded", of: "right", exactly: 1 },
    { counter: "rdataUnwanted", of: ["root", "left", "right"], exactly: 0 },
    { counter: "rdata", of: ["lost-one", "cousin"], exactly: 1 },
    { counter: "rdata", of: "lost-two", exactly: 2 },
    { counter: "rdata", of: "lucky", exactly: 0 },
    { counter: "parityRecovered", of: ["lost-one", "cousin"], exactly: 1 },
    { counter: "parityRecovered", of: "lost-two", exactly: 2 },
  ],
});
