/**
 * The case that network elements are made for: many receivers, each with a little loss of its own, and one loss of all.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "tree",
  about:
    "A tree of PGM routers, ten links down from each: what all receivers lose costs its source one NAK and one repair.",
  rfc: ["3.5", "7.2", "7.3", "7.8"],
  params: {
    receivers: { value: 100, about: "receivers, one at each leaf" },
    loss: { value: "1%", about: "loss on each last link", type: "share" },
  },
  topology: {
    kind: "tree",
    arity: 10,
    receivers: "$receivers",
    pgmRouters: "100%",
    // The repair waits until the last one has asked: it goes to those who have by then.
    source: { rate: "8Mbps", ambientSpmIvl: "500ms", rdataDelay: "100ms" },
  },
  script: [
    { at: "0s", drop: { to: "root", packet: "ODATA", sqn: 30 } },
    { at: "20ms", impair: { to: "member", packet: "ODATA", loss: "$loss" } },
    { at: "0s", send: { from: "sender", messages: 100, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { lost: 0, by: "member" },
    { recovered: { atLeast: 1 }, by: "member" },
    { count: "NAK", from: "root", sqn: 30, exactly: 1 },
    { count: "RDATA", from: "sender", sqn: 30, exactly: 1 },
    { repairLatency: "max", atMost: "250ms", by: "member" },
  ],
});
