/**
 * An SPM that comes before the SPMR is sent makes it unnecessary.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "spmr-after-spm",
  about: "A late joiner backs off before it asks for an SPM; the ambient SPM comes first, and it never asks.",
  rfc: ["13.1", "13.3"],
  params: {
    backOff: { value: "5s", about: "SPMR_BO_IVL: the SPMR waits for a random time up to this", type: "duration" },
  },
  limits: { settle: "6s" },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { ambientSpmIvl: "500ms" } },
    late: { role: "receiver", on: ["lan"], joined: false, receiver: { spmrBoIvl: "$backOff" } },
  },
  script: [
    // The SPM at 500 ms follows the data packet before it so closely that both arrive within 25 us.
    { at: "99900us", send: { from: "sender", messages: 11, bytes: 1000, every: "50ms" } },
    { at: "480ms", join: { node: "late" } },
  ],
  expect: [
    { delivered: 3, to: "late" },
    { times: "SPM", from: "sender", before: "550ms", are: ["0s", "500ms"] },
    { count: "SPMR", exactly: 0 },
    { counter: "spmrsSuppressed", of: "late", exactly: 1 },
  ],
});
