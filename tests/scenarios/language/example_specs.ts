/**
 * Scenarios that the tests of the scenario language share. Each is valid; tests change copies of them.
 *
 * @module
 */

import { defineScenario } from "../../../scenarios/language/spec.ts";

/** One idea on one LAN, written out. */
export const ncfSuppression = defineScenario({
  name: "ncf-suppression",
  about: "Fifty receivers on one LAN lose the same packet: one asks, the NCF silences the others.",
  rfc: ["5.2", "6.3"],
  params: { receivers: { value: 50, about: "receivers on the LAN" } },
  segments: { lan: { rate: "100Mbps", delay: "1ms" } },
  nodes: {
    sender: { role: "source", on: ["lan"], source: { rate: "8Mbps", txwSecs: "30s" } },
    member: { role: "receiver", on: ["lan"], count: "$receivers", receiver: { nakBoIvl: "50ms" } },
  },
  script: [
    { at: "0s", send: { from: "sender", messages: 20, bytes: 1000 } },
    { at: "0s", drop: { on: "lan", to: "member", packet: "ODATA", sqn: 7 } },
  ],
  expect: [
    { delivered: "all", to: "member" },
    { count: "NAK", from: "member", sqn: 7, atMost: 3 },
    { count: "RDATA", from: "sender", sqn: 7, exactly: 1 },
  ],
});

/** The same as the text of a JSON file. */
export const ncfSuppressionJson = `{
  "$schema": "../scenario.schema.json",
  "name": "ncf-suppression",
  "about": "Fifty receivers on one LAN lose the same packet: one asks, the NCF silences the others.",
  "rfc": ["5.2", "6.3"],
  "params": { "receivers": { "value": 50, "about": "receivers on the LAN" } },
  "segments": { "lan": { "rate": "100Mbps", "delay": "1ms" } },
  "nodes": {
    "sender": { "role": "source", "on": ["lan"], "source": { "rate": "8Mbps", "txwSecs": "30s" } },
    "member": { "role": "receiver", "on": ["lan"], "count": "$receivers", "receiver": { "nakBoIvl": "50ms" } }
  },
  "script": [
    { "at": "0s", "send": { "from": "sender", "messages": 20, "bytes": 1000 } },
    { "at": "0s", "drop": { "on": "lan", "to": "member", "packet": "ODATA", "sqn": 7 } }
  ],
  "expect": [
    { "delivered": "all", "to": "member" },
    { "count": "NAK", "from": "member", "sqn": 7, "atMost": 3 },
    { "count": "RDATA", "from": "sender", "sqn": 7, "exactly": 1 }
  ]
}
`;

/** The shortest scenario. */
export const minimal = defineScenario({
  name: "minimal",
  about: "A sender and a receiver.",
  topology: { kind: "lan", receivers: 1 },
});

/** Every kind of node, action and expectation. */
export const everything = defineScenario({
  name: "everything",
  about: "Two sources and two groups of receivers around a router; everything that can happen does.",
  rfc: ["7"],
  params: {
    receivers: { value: 3, about: "receivers on the far segment" },
    delay: { value: "5ms", about: "delay of the far segment" },
    loss: { value: 0.01, about: "share of packets lost" },
    bytes: { value: "1kB", about: "size of a message" },
    joined: { value: true, about: "whether the late receiver is there from the start" },
  },
  limits: { time: "1min", events: 1_000_000, settle: "500ms" },
  convergence: "50ms",
  family: 4,
  group: "239.1.2.3",
  port: 4000,
  topology: { kind: "star", receivers: 2, trunk: { rate: "1Gbps" }, source: { maxTsdu: 1000 } },
  segments: { near: { mtu: 9000, queue: "1MB" }, far: { rate: "10MB/s", delay: "$delay" } },
  nodes: {
    other: {
      role: "source",
      on: ["near", { segment: "far", cost: 5 }],
      sendOn: "far",
      source: { firstSqn: 4294967290 },
    },
    edge: { role: "router", on: ["trunk", { segment: "near", address: "192.168.1.1" }, "far"] },
    listener: { role: "receiver", on: ["far"], count: "$receivers" },
    late: { role: "receiver", on: ["near", "far"], joins: ["far"], joined: "$joined" },
    manual: { role: "source", on: ["trunk"], source: { txwStrategy: "application" } },
    intruder: { role: "host", on: ["trunk"] },
  },
  script: [
    { at: "0s", send: { from: ["sender", "other"], messages: 10, bytes: "$bytes", every: "10ms" } },
    { at: "1s", send: { from: "sender", messages: 10, bytes: [100, "2kB"], rate: "1Mbps" } },
    {
      at: "0s",
      drop: {
        to: "listener",
        on: "far",
        packet: ["ODATA", "RDATA"],
        sqn: [3, "7..9"],
        trail: "0..2",
        nth: 2,
        count: "all",
      },
    },
    { at: "0s", until: "2s", drop: { from: "sender", packet: "SPM", source: "sender" } },
    { at: "0s", until: "1s", impair: { on: "link-*", loss: "$loss", duplicate: "1%", reorder: 0.5 } },
    { at: "0s", impair: { to: "late", burst: { goodToBad: "1%", badToGood: "20%" }, jitter: "1ms" } },
    { at: "3s", until: "4s", down: { segment: "far" } },
    { at: "5s", down: { node: "edge" } },
    { at: "6s", up: { node: "edge" } },
    { at: "7s", down: { interface: ["edge:near", "listener:far"] } },
    { at: "8s", up: { interface: "*:near" } },
    { at: "9s", crash: "member-0" },
    { at: "10s", restart: "member-*" },
    { at: "11s", leave: { node: "late" } },
    { at: "12s", join: { node: "late", on: "near" } },
    { at: "13s", release: { from: "manual", messages: 2 } },
    { at: "14s", close: { from: "sender" } },
    { at: "15s", abort: { from: ["other", "manual"], code: 7, nakable: false } },
    {
      at: "16s",
      until: "17s",
      inject: {
        from: "intruder",
        on: "trunk",
        session: "sender",
        as: "hub",
        to: "239.1.2.3",
        packet: { type: "SPM", sqn: 9, trail: 3, lead: 20, path: "hub", options: [{ type: "RST", errorCode: 1 }] },
        count: 3,
        every: "500ms",
      },
    },
    { at: "18s", inject: { from: "intruder", session: "other", sourcePort: 4, ttl: 1, octets: "0a0B 0c" } },
    { at: "19s", route: { of: "edge", to: "sender", via: "hub", on: "trunk" } },
    { at: "20s", readdress: { interface: "edge:near", address: "192.168.1.2" } },
    {
      at: "21s",
      inject: {
        from: "intruder",
        session: "sender",
        packet: { type: "NAK", sqn: 5 },
        drawn: ["sqn", "session"],
        upTo: 9,
      },
    },
  ],
  expect: [
    { delivered: { atLeast: 5 }, to: ["member", "late"] },
    { delivered: 10, to: "listener" },
    { lost: 0, by: "listener" },
    { recovered: { atLeast: 1, atMost: 9 }, by: "listener" },
    { suppressed: { exactly: 2 }, by: "listener" },
    { duplicates: { atMost: 5 }, by: "member" },
    { count: ["NAK", "NCF"], sqn: "7..9", source: "other", after: "1s", before: "2s", atLeast: 1 },
    { repairLatency: "p99", atMost: "200ms", by: "listener" },
    { settled: { before: "30s" } },
    { ended: "rst", by: "member", source: "sender", code: 7, after: "15s", before: "20s" },
    { started: { atLeast: 1 }, by: "member" },
    {
      times: "SPM",
      from: "sender",
      cast: "multicast",
      option: ["FIN", "RST"],
      trail: "0..2",
      lead: 9,
      are: ["14s", "15s"],
      within: "1ms",
    },
    { spacing: ["SPM", "ODATA"], from: "sender", after: "1s", atLeast: "1ms", atMost: "1h" },
    { counter: "spm", of: ["sender", "member"], atLeast: 1 },
    { malformed: "Truncated", of: "late", atMost: 1 },
    { delivered: 3, to: "member", before: "2s" },
    { lost: { atMost: 4 }, by: "late", after: "1s", before: "20s" },
  ],
});

/** Every call of the socket API, right and wrong, and programs that write and read. */
export const programs = defineScenario({
  name: "programs",
  about: "Programs use sockets.",
  params: { kbits: { value: 800, about: "the rate, kbit/s" } },
  segments: { lan: {}, wan: {} },
  nodes: {
    writer: { role: "sockets", on: ["lan", "wan"] },
    reader: { role: "sockets", on: ["lan"], count: 2 },
  },
  script: [
    { at: "0s", call: { node: "reader", socket: "in", open: { type: "SOCK_RDM" } } },
    { at: "0s", call: { node: "reader", socket: "in", bind: { address: "group" } } },
    { at: "0s", call: { node: "reader", socket: "in", set: { option: "RM_ADD_RECEIVE_IF", interface: "lan" } } },
    {
      at: "0s",
      call: { node: "reader", socket: "in", set: { option: "RM_LATEJOIN", value: 1 }, fails: "WSAEOPNOTSUPP" },
    },
    { at: "0s", call: { node: "reader", socket: "in", listen: { backlog: null }, fails: "WSAEFAULT" } },
    { at: "0s", call: { node: "reader", socket: "in", listen: {} } },
    { at: "0s", call: { node: "writer", socket: "out", open: { type: 4, family: "AF_INET", protocol: 113 } } },
    { at: "0s", call: { node: "writer", socket: "out", ioctl: { argument: 1 } } },
    { at: "0s", call: { node: "writer", socket: "out", bind: { address: true }, fails: "WSAEFAULT" } },
    { at: "0s", call: { node: "writer", socket: "out", bind: { port: 65536 }, fails: "WSAEFAULT" } },
    { at: "0s", call: { node: "writer", socket: "out", bind: {} } },
    {
      at: "0s",
      call: {
        node: "writer",
        socket: "out",
        set: { option: "RM_RATE_WINDOW_SIZE", value: { RateKbitsPerSec: "$kbits", WindowSizeInMSecs: 1000 } },
      },
    },
    {
      at: "0s",
      call: {
        node: "writer",
        socket: "out",
        get: { option: 1001, is: { WindowSizeInBytes: 100_000, RateKbitsPerSec: "$kbits" } },
      },
    },
    { at: "0s", call: { node: "writer", socket: "out", connect: { group: "10.0.0.1" }, fails: "WSAEADDRNOTAVAIL" } },
    { at: "0s", call: { node: "writer", socket: "out", connect: {} } },
    { at: "0s", call: { node: "writer", socket: "out", connect: { group: "group", port: 1 }, fails: "any" } },
    { at: "1s", call: { node: "writer", socket: "out", send: { bytes: 1000 } } },
    { at: "2s", call: { node: "reader-0", socket: "in", accept: { as: "session" } } },
    {
      at: "2s",
      call: { node: "reader-0", socket: "session", recv: { buffer: 600, gives: 600 }, fails: "WSAEMSGSIZE" },
    },
    { at: "2s", call: { node: "reader-0", socket: "session", recv: { gives: 400 } } },
    { at: "2s", read: { node: "reader-0", socket: "session", buffer: "1kB", rate: "1Mbps" } },
    { at: "2s", read: { node: "reader-1", socket: "in" } },
    { at: "3s", send: { from: "writer", socket: "out", messages: 5, bytes: [2000, "3kB"], every: "100ms", parts: 3 } },
    { at: "5s", call: { node: "writer", socket: "out", shutdown: { how: "SD_SEND" } } },
    { at: "5s", call: { node: "writer", socket: "out", close: {} } },
  ],
  expect: [
    { delivered: "all", to: "reader" },
    { delivered: 6, to: "reader" },
    { told: "WSAEDISCON", by: "reader-1", socket: "in", after: "5s", before: "6s" },
    { told: "WSAECONNRESET", by: ["reader", "writer"], exactly: 0 },
  ],
});

/** Values by dotted path; `undefined` takes the key away. */
export type Edits = Readonly<Record<string, unknown>>;

/** A deep copy of a scenario with other values at some paths. */
export function edited(spec: unknown, edits: Edits): unknown {
  const copy = structuredClone(spec) as Record<string, unknown>;
  for (const [path, value] of Object.entries(edits)) {
    const keys = path.split(".");
    const last = keys.pop()!;
    let parent = copy;
    for (const key of keys) parent = parent[key] as Record<string, unknown>;
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return copy;
}
