/**
 * A local repairer that is gone: the router below waits NAK_RPT_IVL for its NCF and goes back to the source.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "dlr-dies",
  about:
    "A repairer crashes after it has offered itself: the next NAK is repeated to it in vain for NAK_RPT_IVL, then goes " +
    "to the source, and so do all later ones.",
  rfc: ["9.5.3.2"],
  segments: { trunk: {}, middle: {}, a: {} },
  nodes: {
    sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps" } },
    above: { role: "router", pgm: true, on: ["trunk", "middle"] },
    below: { role: "router", pgm: true, on: ["middle", "a"], element: { nakRptIvl: "400ms", nakRptRte: 10 } },
    repairer: { role: "receiver", on: ["middle"], repairer: {} },
    unlucky: { role: "receiver", on: ["a"], receiver: { nakBoIvl: "20ms", nakRdataIvl: "2s" } },
  },
  script: [
    { at: "0s", drop: { to: "below", packet: "ODATA", sqn: [5, 40, 120], count: 3 } },
    { at: "0s", send: { from: "sender", messages: 150, bytes: 1000, every: "10ms" } },
    { at: "300ms", crash: "repairer" },
  ],
  expect: [
    { delivered: "all", to: "unlucky" },
    { counter: "redirects", of: "below", exactly: 1 },
    { counter: "repairersSilent", of: "below", exactly: 1 },
    // Four copies to the repairer, at 10 a second for 400 ms; the fifth goes to the source.
    { count: "NAK", from: "below", sqn: 40, before: "800ms", exactly: 4 },
    { spacing: "NAK", from: "below", sqn: 40, atLeast: "100ms", atMost: "100ms" },
    { count: "NAK", from: "below", sqn: 40, after: "800ms", before: "850ms", exactly: 1 },
    { count: "RDATA", from: "sender", sqn: 40, after: "800ms", before: "850ms", exactly: 1 },
    // The repairer is forgotten: one copy, to the source.
    { count: "NAK", from: "below", sqn: 120, exactly: 1 },
    { count: "RDATA", from: "sender", sqn: 120, before: "1300ms", exactly: 1 },
    { counter: "naksRedirected", of: "below", exactly: 1 },
    { count: "NNAK", exactly: 0 },
  ],
});
