/**
 * The same as one_loss.json.
 *
 * @module
 */

import { defineScenario } from "../../../scenarios/language/spec.ts";

export default defineScenario({
  name: "one-loss",
  about: "One receiver loses one packet and gets it back.",
  topology: { kind: "lan", receivers: 1 },
  script: [
    { at: "0s", send: { from: "sender", messages: 20, bytes: 1000, every: "10ms" } },
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 7 } },
  ],
  expect: [{ delivered: "all", to: "member" }],
});
