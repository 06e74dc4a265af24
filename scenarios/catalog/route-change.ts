/**
 * The tree moves while repairs are asked for: SPMs tell the new way, and NAKs that went astray are repeated along it.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "route-change",
  about:
    "A link of the tree fails under load and comes back: SPMs set up the path on the other side, NAKs in flight take it.",
  rfc: ["3.5", "5.1.4", "7.1", "7.2"],
  segments: { trunk: {}, "up-left": {}, "up-right": {}, "down-left": {}, "down-right": {}, lan: {} },
  nodes: {
    sender: { role: "source", on: ["trunk"], source: { rate: "8Mbps", ambientSpmIvl: "400ms" } },
    top: { role: "router", pgm: true, on: ["trunk", "up-left", "up-right"] },
    left: { role: "router", pgm: true, on: ["up-left", "down-left"] },
    right: { role: "router", pgm: true, on: ["up-right", "down-right"] },
    // Both ways are as short; the left is cheaper.
    bottom: { role: "router", pgm: true, on: ["down-left", { segment: "down-right", cost: 2 }, "lan"] },
    member: { role: "receiver", on: ["lan"], count: 3 },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 400, bytes: 1000, every: "10ms" } },
    // Routing follows 100 ms later. SPMs leave at 400 ms, 800 ms, ...
    { at: "500ms", down: { segment: "down-left" }, until: "2500ms" },
    // Lost on the left before the change, and on the right after it.
    { at: "0s", drop: { to: "bottom", packet: "ODATA", sqn: [48, 49, 70] } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { lost: 0, by: "member" },
    // There and back.
    { counter: "pathChanges", of: "bottom", exactly: 2 },
    { counter: "pathChanges", of: ["top", "left", "right"], exactly: 0 },
    { counter: "naksReceived", of: "right", atLeast: 10 },
    // No NAK for 70 gets to the right side before the SPM of 800 ms has; the repeats get there within 100 ms.
    { count: "NAK", from: "right", sqn: 70, before: "800ms", exactly: 0 },
    { count: "NAK", from: "right", sqn: 70, after: "800ms", before: "910ms", exactly: 1 },
    { counter: "naksRepeated", of: "bottom", atLeast: 10 },
    { counter: "naksUnconfirmed", of: "bottom", exactly: 0 },
    { repairLatency: "max", atMost: "420ms", by: "member" },
  ],
});
