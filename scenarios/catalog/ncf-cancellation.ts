/**
 * Confirmed and never repaired: after NAK_DATA_RETRIES the receiver stops asking.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "ncf-cancellation",
  about: "NCFs come, repairs do not: after NAK_DATA_RETRIES waits of NAK_RDATA_IVL the loss is reported, once.",
  rfc: ["6.3"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps" } },
    member: {
      role: "receiver",
      on: ["lan"],
      // Every NAK is confirmed: that none may be repeated for want of an NCF makes no difference.
      receiver: { nakBoIvl: "1us", nakRdataIvl: "200ms", nakDataRetries: 3, nakNcfRetries: 0 },
    },
  },
  script: [
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 3 } },
    { at: "0s", drop: { from: "sender", packet: "RDATA", count: "all" } },
    { at: "0s", send: { from: "sender", messages: 6, bytes: 1000, every: "10ms" } },
  ],
  expect: [
    // From one to the next, 2 ms until the NCF and 200 ms without data.
    { times: "NAK", from: "member", are: ["51ms", "253ms", "455ms", "657ms"], within: "400us" },
    { count: "NCF", from: "sender", sqn: 3, exactly: 4 },
    { lost: 1, by: "member", after: "859ms", before: "860ms" },
    { lost: 1, by: "member" },
    { delivered: 5, to: "member" },
  ],
});
