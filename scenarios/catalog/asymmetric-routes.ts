/**
 * Unicast need not go back the way that multicast came. NAKs do: hop by hop, to whoever the last SPM came from.
 * Only between one PGM hop and the next must unicast arrive where the tree leaves, or repairs go nowhere.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "asymmetric-routes",
  about:
    "Unicast to the source leaves the tree at every hop: NAKs follow the tree all the same, and find their repairs.",
  rfc: ["3.5", "7.1", "7.2"],
  segments: { trunk: {}, tree: {}, detour: {}, lan: {} },
  nodes: {
    sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps" } },
    near: { role: "router", pgm: true, on: ["trunk", "tree"] },
    far: { role: "router", pgm: true, on: ["tree", "lan", "detour"] },
    // No tree comes this way: multicast does not count as unicast does.
    around: { role: "router", on: ["lan", "detour", { segment: "trunk", cost: 9 }] },
    member: { role: "receiver", on: ["lan"], count: 2 },
    // It asks the source itself, as one without an SPM might.
    asker: { role: "host", on: ["lan"] },
  },
  script: [
    { at: "0s", route: { of: "member-0", to: "sender", via: "around" } },
    { at: "0s", route: { of: "member-1", to: "sender", via: "around" } },
    { at: "0s", route: { of: "asker", to: "sender", via: "around" } },
    { at: "0s", route: { of: "far", to: "sender", via: "around", on: "detour" } },
    { at: "0s", drop: { to: "far", packet: "ODATA", sqn: 5 } },
    { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
    { at: "100ms", inject: { from: "asker", session: "sender", packet: { type: "NAK", sqn: 3 } } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { recovered: 1, by: "member" },
    { count: "NAK", from: ["near", "far"], sqn: 5, exactly: 2 },
    // The NAK that left the tree arrives, too. The source's NCF for it is anticipated; its repair goes to nobody.
    { counter: "naksReceived", of: "sender", exactly: 2 },
    { counter: "anticipated", of: "near", exactly: 1 },
    { counter: "rdataForwarded", of: "near", exactly: 1 },
    { counter: "rdata", of: "member", exactly: 1 },
  ],
});
