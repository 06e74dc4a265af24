/**
 * PGM needs no router that speaks it, and takes help from every one that does.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "partial-deployment",
  about: "A tree in which some routers speak PGM and some do not: nobody notices, but for fewer NAKs and repairs.",
  rfc: ["1.2.5", "3.5", "7.1", "7.3"],
  params: {
    pgmRouters: { value: "50%", about: "the share of the routers that speak PGM", type: "share" },
    loss: { value: "2%", about: "loss on each last link", type: "share" },
    duplicates: {
      value: 60,
      about: "the most repairs that one receiver may get for others: 70 to 100 if no router helps",
    },
  },
  topology: {
    kind: "tree",
    arity: 3,
    receivers: 27,
    pgmRouters: "$pgmRouters",
    source: { rate: "8Mbps", ambientSpmIvl: "500ms", rdataDelay: "20ms" },
  },
  script: [
    { at: "20ms", impair: { to: "member", loss: "$loss" } },
    // What is lost here, everyone below asks for.
    { at: "20ms", impair: { to: "root", on: "link-root", packet: "ODATA", loss: "$loss" } },
    { at: "0s", send: { from: "sender", messages: 200, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { lost: 0, by: "member" },
    { recovered: { atLeast: 1 }, by: "member" },
    { duplicates: { atMost: "$duplicates" }, by: "member" },
  ],
});
