/**
 * How many receivers there are, found out by asking few of them.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "poll-population",
  about:
    "A source counts its receivers with polls to which few reply, and has them back off for long before the first loss.",
  rfc: ["14.3.1", "14.4", "15.2.3"],
  params: {
    receivers: { value: 100, about: "receivers from the start" },
    latecomers: { value: 300, about: "receivers that join silently after 12 s" },
  },
  segments: {
    wan: { rate: "1Gbps", delay: "10ms" },
    lan: { rate: "1Gbps", delay: "1ms" },
  },
  nodes: {
    sender: {
      role: "source",
      on: ["wan"],
      source: {
        rate: "8Mbps",
        nakBoIvlOn: "NCF+SPM",
        nakBoIvl: "50ms",
        nakBoIvlMax: "2s",
        pollIvl: "5s",
        pollBits: 10,
        pollReplies: 32,
        pollAbort: 128,
        pollWait: "100ms",
        ihbMax: "1s",
      },
    },
    router: { role: "router", on: ["wan", "lan"] },
    member: { role: "receiver", on: ["lan"], count: "$receivers" },
    late: { role: "receiver", on: ["lan"], count: "$latecomers", joined: false },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 41, bytes: 1000, every: "1s" } },
    { at: "12s", join: { node: "late" } },
    // The first loss of all: everyone misses the last but one message.
    { at: "38.5s", drop: { to: ["member", "late"], on: "lan", packet: "ODATA", sqn: 39 } },
  ],
  expect: [
    { delivered: "all", to: ["member", "late"] },
    // The first poll: one in 1024 replies, then one in 128, each round over the longest back-off.
    { times: "POLL", before: "8s", are: ["5s", "7.1s"], within: "1us" },
    { counter: "pollsCounted", of: "sender", atLeast: 3 },
    // A poll is aborted when its replies are far more than it aimed at: those of the latecomers may be.
    { counter: "pollsAborted", of: "sender", atMost: 1 },
    { count: "POLR", atMost: 600 },
    // With NAK_BO_IVL_DEFAULT nearly half of all would ask within the 22 ms that the NCF takes to silence them.
    { count: "NAK", sqn: 39, atLeast: 1, atMost: 16 },
    { count: "RDATA", sqn: 39, atLeast: 1 },
    { lost: 0, by: ["member", "late"] },
  ],
});
