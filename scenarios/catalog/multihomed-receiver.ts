/**
 * One receive window fed by two interfaces; NAKs leave towards the parent of the latest SPM.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "multihomed-receiver",
  about: "A receiver on two networks with independent loss; one of its interfaces goes down in mid-stream.",
  rfc: ["6.2", "6.3"],
  params: {
    loss: { value: "5%", about: "loss on each of the two networks", type: "share" },
  },
  segments: {
    backbone: { rate: "100Mbps", delay: "1ms" },
    north: { rate: "100Mbps", delay: "2ms" },
    south: { rate: "100Mbps", delay: "5ms" },
  },
  nodes: {
    sender: { role: "source", on: ["backbone"], source: { rate: "8Mbps", ambientSpmIvl: "500ms" } },
    router: { role: "router", on: ["backbone", "north", "south"] },
    dual: { role: "receiver", on: ["north", "south"], receiver: { nakRptIvl: "200ms" } },
    single: { role: "receiver", on: ["north"] },
  },
  script: [
    { at: "20ms", impair: { to: ["dual", "single"], on: "north", loss: "$loss" } },
    { at: "20ms", impair: { to: "dual", on: "south", loss: "$loss" } },
    { at: "0s", send: { from: "sender", messages: 300, bytes: 1000, every: "10ms" } },
    { at: "1s", down: { interface: "dual:north" } },
  ],
  expect: [
    { delivered: 300, to: ["dual", "single"] },
    { lost: 0, by: ["dual", "single"] },
    { duplicates: { atLeast: 50 }, by: "dual" },
    { recovered: { atLeast: 1 }, by: "dual" },
  ],
});
