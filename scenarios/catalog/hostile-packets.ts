/**
 * What is malformed, contradicts itself or is replayed is counted under its own name and does nothing else.
 *
 * @module
 */

import { defineScenario } from "../language/spec.ts";

/** The beginning of an SPM of no session: ports 4660 and 7500, type 0. */
const PORTS = "1234 1d4c";
/** Its checksum (none), GSI and TSDU length. */
const REST = "0000 0000 0000 0001 0000";
/** SPM_SQN, trail, lead, and SPM_PATH 10.0.0.1. */
const SPM = "00000000 00000000 00000000 00010000 0a000001";
/** SQN 5, source 10.0.0.1, group 239.192.0.1, and OPT_NAK_LIST with 9 and 8. */
const LIST = "00000005 00010000 0a000001 00010000 efc00001 00040010 820c0000 00000009 00000008";

export default defineScenario({
  name: "hostile-packets",
  about:
    "A host throws malformed, contradictory and replayed packets at a live session: each is counted, nothing is lost by it.",
  rfc: ["8", "9.1"],
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"] },
    member: { role: "receiver", on: ["lan"] },
    host: { role: "host", on: ["lan"] },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 10, bytes: 1000, every: "20ms" } },
    { at: "0s", drop: { to: "member", packet: "ODATA", sqn: 5 } },
    // It ends within its header.
    { at: "10ms", inject: { from: "host", session: "sender", octets: `${PORTS} 00 00 0000` } },
    // A checksum that does not verify; a TSDU length where there is no TSDU.
    {
      at: "20ms",
      inject: { from: "host", session: "sender", octets: `${PORTS} 00 00 beef 0000 0000 0001 0000 ${SPM}` },
    },
    {
      at: "30ms",
      inject: { from: "host", session: "sender", octets: `${PORTS} 00 00 0000 0000 0000 0001 0005 ${SPM}` },
    },
    // OPT_LENGTH says 65535 octets.
    {
      at: "40ms",
      inject: { from: "host", session: "sender", octets: `${PORTS} 00 01 ${REST} ${SPM} 0004ffff 8e040000` },
    },
    // An NCF to the receiver and a NAK to the source with lists that descend.
    { at: "50ms", inject: { from: "host", session: "sender", octets: `${PORTS} 0a 03 ${REST} ${LIST}` } },
    { at: "60ms", inject: { from: "host", session: "sender", octets: `1d4c 1234 08 03 ${REST} ${LIST}` } },
    // Well-formed, in the name of the session and from its address: more than half the numbers as a window.
    {
      at: "70ms",
      inject: { from: "host", session: "sender", packet: { type: "SPM", sqn: 9, trail: 10, lead: 2147483658 } },
    },
    // Well-formed, too: an old SPM_SQN with an end that the source never announced.
    {
      at: "80ms",
      inject: {
        from: "host",
        session: "sender",
        packet: { type: "SPM", sqn: 0, trail: 0, lead: 3, options: [{ type: "FIN" }] },
      },
    },
  ],
  expect: [
    { malformed: "Truncated", of: "member", exactly: 1 },
    { malformed: "BadChecksum", of: "member", exactly: 1 },
    { malformed: "TsduLength", of: "member", exactly: 1 },
    { malformed: "OptionsOverrun", of: "member", exactly: 1 },
    { malformed: "NakListOrder", of: ["member", "sender"], exactly: 1 },
    { counter: "malformed", of: "member", exactly: 5 },
    { counter: "malformed", of: "sender", exactly: 1 },
    { counter: "spmContradictory", of: "member", exactly: 1 },
    { counter: "spmOutOfSequence", of: "member", exactly: 1 },
    { delivered: 10, to: "member" },
    { recovered: 1, by: "member" },
    { lost: 0, by: "member" },
    { count: "NCF", from: "sender", exactly: 1 },
  ],
});
