/**
 * A local repairer that serves parity, in a network without PGM routers.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "fec-repairer",
  about:
    "Two receivers lose different packets of a group, twice: the source repairs the first group, and a repairer near them " +
    "that has heard of it the second, with parity of its own; the source learns of that by a null NAK.",
  rfc: ["9.5.2", "9.5.4", "11.7"],
  segments: { trunk: { delay: "20ms" }, near: {}, leaf: {} },
  nodes: {
    sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps", fec: { groupSize: 8 } } },
    upper: { role: "router", on: ["trunk", "near"] },
    lower: { role: "router", on: ["near", "leaf"] },
    repairer: { role: "receiver", on: ["near"], repairer: { parity: true } },
    member: { role: "receiver", on: ["leaf"], count: 2, receiver: { followRedirects: true } },
  },
  script: [
    { at: "0s", drop: { to: "member-0", packet: "ODATA", sqn: [1, 33, 34], count: 3 } },
    { at: "0s", drop: { to: "member-1", packet: "ODATA", sqn: [2, 38, 39], count: 3 } },
    { at: "0s", send: { from: "sender", messages: 48, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: ["member", "repairer"] },
    { counter: "parityRecovered", of: "member", exactly: 3 },
    { count: "NAK", parity: false, exactly: 0 },
    // The first NCF provokes the offer: a POLR with OPT_PARITY.
    { count: "POLR", from: "repairer", option: "REDIRECT", parity: true, before: "200ms", exactly: 1 },
    { counter: "redirects", of: "member", exactly: 1 },
    { count: "RDATA", from: "sender", parity: true, sqn: "0..7", atLeast: 1 },
    // From then on it is the repairer that is asked.
    { count: "NAK", from: "member", parity: true, sqn: 33, cast: "unicast", atLeast: 1, atMost: 2 },
    { counter: "naksForParity", of: "repairer", atLeast: 1, atMost: 2 },
    { count: "NCF", from: "repairer", parity: true, sqn: 33, cast: "multicast", atLeast: 1 },
    // Two for each NAK: the members' may cross each other's NCF.
    { counter: "nnaksReceived", of: "sender", atLeast: 1, atMost: 2 },
    { count: "RDATA", from: "repairer", parity: true, option: "PARITY_GRP", atLeast: 2, atMost: 4 },
    { count: "RDATA", from: "sender", sqn: "32..39", exactly: 0 },
    { count: "RDATA", parity: false, exactly: 0 },
  ],
});
