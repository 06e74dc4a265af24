/**
 * A false NCF ends what a network element does for a repair; the receiver asks again. Repairs with another address than
 * the source's, and false POLRs, do nothing.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "spoofed-repairs",
  about:
    "False NCFs, repairs and poll responses meet a PGM router: an NCF delays a repair by NAK_RDATA_IVL, the rest does nothing.",
  rfc: ["7.2", "7.7", "7.8", "10"],
  segments: { trunk: {}, lan: {} },
  nodes: {
    sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps", rdataDelay: "100ms" } },
    near: { role: "router", pgm: true, on: ["trunk", "lan"] },
    member: { role: "receiver", on: ["lan"], receiver: { nakBoIvl: "10ms", nakRdataIvl: "400ms" } },
    forger: { role: "host", on: ["trunk", "lan"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 300, bytes: 1000, every: "10ms" } },
    // A false NCF silences the NAK for 10, which has not arrived.
    { at: "0s", drop: { to: "near", packet: "ODATA", sqn: 10 } },
    { at: "0s", drop: { to: "sender", packet: "NAK", sqn: 10, count: 1 } },
    { at: "160ms", inject: { from: "forger", session: "sender", packet: { type: "NCF", sqn: 10 } } },
    // From below it does not: the NAK for 70 is repeated.
    { at: "0s", drop: { to: "near", packet: "ODATA", sqn: 70 } },
    { at: "0s", drop: { to: "sender", packet: "NAK", sqn: 70, count: 1 } },
    { at: "760ms", inject: { from: "forger", on: "lan", session: "sender", packet: { type: "NCF", sqn: 70 } } },
    // False RDATA, from an address that is not the source's: from above, then from below, with repair state; then without.
    { at: "0s", drop: { to: "near", packet: "ODATA", sqn: 130 } },
    {
      at: "1380ms",
      inject: { from: "forger", as: "forger", session: "sender", packet: { type: "RDATA", sqn: 130, bytes: 9 } },
    },
    {
      at: "1390ms",
      inject: {
        from: "forger",
        on: "lan",
        as: "forger",
        session: "sender",
        packet: { type: "RDATA", sqn: 130, bytes: 9 },
      },
    },
    {
      at: "2300ms",
      inject: { from: "forger", as: "forger", session: "sender", packet: { type: "RDATA", sqn: 20, bytes: 9 } },
    },
    // A redirection to the forger.
    {
      at: "2s",
      inject: {
        from: "forger",
        session: "sender",
        to: "near",
        packet: { type: "POLR", sqn: 1, options: [{ type: "REDIRECT", nla: "10.0.0.3" }] },
        count: 5,
        every: "10ms",
      },
    },
    { at: "0s", drop: { to: "near", packet: "ODATA", sqn: 202 } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { lost: 0, by: "member" },
    { recovered: 4, by: "member" },
    // 10: the router does not repeat its NAK, the receiver asks again 400 ms later. 70: it does, 100 ms later.
    { count: "NAK", from: "member", sqn: 10, exactly: 2 },
    { count: "NAK", from: "near", sqn: 10, exactly: 2 },
    { count: "NAK", from: "member", sqn: [70, 130, 202], exactly: 3 },
    { count: "NAK", from: "near", sqn: 70, exactly: 2 },
    { spacing: "NAK", from: "member", sqn: 10, atLeast: "400ms", atMost: "430ms" },
    { spacing: "NAK", from: "near", sqn: 70, atLeast: "100ms", atMost: "100ms" },
    // The false repairs of 130 and 20 go nowhere; the member hears the one that was sent on its own LAN.
    { counter: "otherSource", of: "member", exactly: 1 },
    { counter: "rdataUnwanted", of: "near", exactly: 3 },
    { counter: "rdataForwarded", of: "near", exactly: 4 },
    { counter: "redirectsIgnored", of: "near", exactly: 5 },
    { counter: "pathChanges", of: "near", exactly: 0 },
    { repairLatency: "max", atMost: "600ms", by: "member" },
  ],
});
