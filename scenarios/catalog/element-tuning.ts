/**
 * Each network element tunes the back-off of its own children.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

export default defineScenario({
  name: "element-tuning",
  about:
    "A PGM router with a crowded LAN and a lonely receiver counts those on both sides, and tells each side a back-off of its own.",
  rfc: ["14.3.1", "15.2.1", "15.2.3"],
  params: {
    receivers: { value: 100, about: "receivers on the crowded LAN" },
    advertised: { value: "NCF+SPM", about: 'packets with NAK_BO_IVL: "none" for no tuning, "NCF" or "NCF+SPM"' },
    polled: { value: "5s", about: "the time from one poll to the next; 0s for none" },
  },
  segments: { wan: { delay: "20ms" }, crowd: { delay: "20ms" }, lonely: { delay: "20ms" } },
  nodes: {
    sender: { role: "source", on: ["wan"], source: { nakBoIvlOn: "$advertised", nakBoIvl: "10ms" } },
    router: {
      role: "router",
      on: ["wan", "crowd", "lonely"],
      pgm: true,
      element: {
        nakBoIvlOn: "$advertised",
        nakBoIvl: "10ms",
        nakBoIvlMax: "10s",
        pollIvl: "$polled",
        pollBits: 3,
      },
    },
    member: {
      role: "receiver",
      on: ["crowd"],
      count: "$receivers",
      receiver: { nakBoIvl: "10ms", nakRptIvl: "1s", nakRdataIvl: "2s" },
    },
    hermit: { role: "receiver", on: ["lonely"], receiver: { nakBoIvl: "10ms", nakRptIvl: "1s", nakRdataIvl: "2s" } },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 400, bytes: 1000, every: "100ms" } },
    {
      at: "0s",
      drop: {
        from: "sender",
        on: "wan",
        packet: "ODATA",
        sqn: [200, 220, 240, 260, 280, 300, 320, 340, 360, 380],
        count: "all",
      },
    },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { delivered: "all", to: "hermit" },
    { counter: "pollsCounted", of: "router", atLeast: 2 },
    { counter: "nakBoIvlRaised", of: "router", atLeast: 1 },
    { counter: "polrsSent", of: "hermit", atLeast: 1 },
    { count: "NAK", from: "hermit", exactly: 10 },
    { lost: 0, by: "member" },
  ],
});
