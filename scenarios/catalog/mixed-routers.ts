/**
 * Plain routers in front of, between and behind those that speak PGM, and hosts on several sides of them.
 *
 * ```text
 * north ==a== p-north =====================core== p-east ==x== dual
 *                                            |
 * south ==b== plain-1 ==west== p-south ======+=== plain-2 ==y== dual, lone, p-edge ==z== deep
 * ```
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "mixed-routers",
  about:
    "Two sources behind different PGM routers, plain routers in any order, a receiver on two networks: all get everything.",
  rfc: ["1.2.5", "3.5", "7.1", "7.3"],
  params: {
    loss: { value: "3%", about: "loss on the way to each receiver, and into the core", type: "share" },
  },
  segments: { a: {}, b: {}, west: {}, core: {}, x: {}, y: {}, z: {} },
  nodes: {
    north: { role: "source", on: ["a"], source: { rate: "4Mbps", ambientSpmIvl: "500ms" } },
    south: { role: "source", on: ["b"], source: { rate: "4Mbps", ambientSpmIvl: "500ms" } },
    "p-north": { role: "router", pgm: true, on: ["a", "core"] },
    "plain-1": { role: "router", on: ["b", "west"] },
    "p-south": { role: "router", pgm: true, on: ["west", "core"] },
    "p-east": { role: "router", pgm: true, on: ["core", "x"] },
    "plain-2": { role: "router", on: ["core", "y"] },
    "p-edge": { role: "router", pgm: true, on: ["y", "z"] },
    dual: { role: "receiver", on: ["x", "y"], receiver: { nakRptIvl: "200ms" } },
    lone: { role: "receiver", on: ["y"] },
    deep: { role: "receiver", on: ["z"] },
  },
  script: [
    { at: "20ms", impair: { to: ["dual", "lone", "deep", "p-north", "p-south"], packet: "ODATA", loss: "$loss" } },
    { at: "0s", send: { from: ["north", "south"], messages: 150, bytes: 1000, every: "10ms" } },
    // Half of what the two-legged one has: its parents change.
    { at: "700ms", down: { interface: "dual:x" } },
  ],
  expect: [
    { delivered: 300, to: ["dual", "lone", "deep"] },
    { lost: 0, by: ["dual", "lone", "deep"] },
    { recovered: { atLeast: 5 }, by: ["lone", "deep"] },
    { recovered: { atLeast: 1 }, by: "dual" },
    // Across plain routers, each is the parent of the next.
    { counter: "rdataForwarded", of: ["p-north", "p-south", "p-edge"], atLeast: 1 },
    { counter: "naksForwarded", of: ["p-north", "p-south", "p-edge"], atLeast: 1 },
    { counter: "pathChanges", of: ["p-north", "p-south", "p-east", "p-edge"], exactly: 0 },
  ],
});
