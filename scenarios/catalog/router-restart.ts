/**
 * Network elements may forget everything: what they know is short-lived by design, and receivers ask again.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "router-restart",
  about:
    "A PGM router crashes between NAK and repair and comes back empty: the repair stops there, the receiver asks again.",
  rfc: ["3.5", "7.3", "7.8"],
  topology: {
    kind: "chain",
    hops: 2,
    receivers: 2,
    pgmRouters: 1,
    // The repair leaves after the crash; SPMs tell the router its way again before the receivers ask again.
    source: { rate: "8Mbps", rdataDelay: "300ms", ambientSpmIvl: "500ms" },
    receiver: { nakBoIvl: "20ms", nakRdataIvl: "1s" },
  },
  script: [
    { at: "0s", drop: { to: "router-2", packet: "ODATA", sqn: 5 } },
    { at: "0s", send: { from: "sender", messages: 200, bytes: 1000, every: "10ms" } },
    { at: "200ms", crash: "router-1" },
    { at: "201ms", restart: "router-1" },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { lost: 0, by: "member" },
    { recovered: { atLeast: 1 }, by: "member" },
    { counter: "rdataUnwanted", of: "router-1", atLeast: 1 },
    // The first one for SQN 5 before the crash, the second a second later.
    { count: "NAK", from: "router-1", sqn: 5, atLeast: 2 },
    { count: "RDATA", from: "sender", sqn: 5, atLeast: 2 },
  ],
});
