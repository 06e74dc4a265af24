/**
 * The example of Appendix F, with a kilo of 1024 as its figures have it: 383 packets are the window, 54 the increment.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "appendix-f",
  about:
    "The RFC's own window: 1500-octet packets at 128 kbit/s, kept for 35 s, dropped 5 s at a time: 383 packets, of which 54.",
  rfc: ["16.1", "16.3"],
  // The IP header and Router Alert come on top of the 1500 octets.
  segments: { lan: { rate: "100Mbps", delay: "1ms", mtu: 1600 } },
  nodes: {
    sender: {
      role: "source",
      on: ["lan"],
      // Without bursts, the rate alone sets the pace. Ambient SPMs use a little of it.
      source: {
        rate: "16384B/s",
        burst: "1524B",
        maxTsdu: 1476,
        txwSecs: "35s",
        txwAdvSecs: "5s",
        ambientSpmIvl: "5s",
        syn: false,
      },
    },
    member: { role: "receiver", on: ["lan"] },
    host: { role: "host", on: ["lan"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 440, bytes: 1476 } },
    // They arrive a millisecond later: before the window advances, and after.
    { at: "34999700us", inject: { from: "host", session: "sender", packet: { type: "NAK", sqn: 0 } } },
    { at: "34999800us", inject: { from: "host", session: "sender", packet: { type: "NAK", sqn: 53 } } },
    { at: "34999900us", inject: { from: "host", session: "sender", packet: { type: "NAK", sqn: 54 } } },
  ],
  expect: [
    { delivered: 440, to: "member" },
    // Packet n waits for the octets of an SPM to be paid; the others follow 91.55 ms apart: 1500 / 16384 s.
    { times: "ODATA", sqn: "0..2", are: ["732us", "92285us", "183838us"] },
    // When n is 35 s old, n + 382 has just been sent: the window is full, and advances from n to n + 54.
    { times: "SPM", trail: 0, lead: 382, are: ["35s"] },
    { times: "RDATA", sqn: 0, trail: 0, are: ["35000707us"] },
    { count: "RDATA", sqn: 53, exactly: 0 },
    { times: "RDATA", sqn: 54, trail: 54, are: ["35000907us"] },
    { counter: "naksBehindTrail", of: "sender", exactly: 1 },
    { times: "ODATA", sqn: [382, 383], are: ["34987061us", "35080811us"] },
    { count: "ODATA", trail: 0, sqn: "0..382", exactly: 383 },
    // 5 s later it advances again.
    { count: "ODATA", trail: 54, sqn: "383..436", exactly: 54 },
    { times: "SPM", trail: 108, lead: 436, before: "40200ms", are: ["40s"] },
    { count: "ODATA", trail: 108, sqn: "437..439", exactly: 3 },
  ],
});
