/**
 * A source that dies says nothing: its silence ends the session, and only that.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "idle-source",
  about: "One of two sources dies; its session ends after the receiver's idle timeout, the other's goes on.",
  rfc: ["3.1", "6.1"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    mortal: { role: "source", on: ["lan"] },
    survivor: { role: "source", on: ["lan"], source: { ihbMin: "1s" } },
    member: { role: "receiver", on: ["lan"], receiver: { idleTimeout: "2s" } },
  },
  script: [
    { at: "0s", send: { from: "mortal", messages: 5, bytes: 1000, every: "10ms" } },
    { at: "0s", send: { from: "survivor", messages: 15, bytes: 1000, every: "200ms" } },
    { at: "50ms", crash: "mortal" },
  ],
  expect: [
    // The last packet of the session arrives 1.1 ms after 40 ms.
    { ended: "idle", by: "member", source: "mortal", after: "2041ms", before: "2042ms" },
    { delivered: 20, to: "member" },
    { lost: 0, by: "member" },
    { count: "ODATA", from: "survivor", after: "2042ms", atLeast: 4 },
  ],
});
