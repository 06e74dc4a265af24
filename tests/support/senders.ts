/**
 * Sockets that send, on a {@link Rig} with two interfaces.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import * as rm from "../../engine/socket/rm_options.ts";
import {
  AF_INET,
  type Instant,
  IPPROTO_RM,
  type PgmSocket,
  RM_RATE_WINDOW_SIZE,
  RM_SENDER_STATISTICS,
  type RmSenderStats,
  seconds,
  SOCK_RDM,
  Stack,
  type WsaName,
} from "../../engine/mod.ts";
import { GROUP, nla, only, RECEIVER, Rig, type Said, SOURCE } from "./rig.ts";
import { fails } from "./winsock.ts";

/** The address of the second interface; SOURCE is that of the first. */
export const SECOND_IF = nla("10.1.0.1");
/** `shutdown` of sending. */
export const SD_SEND = 1;
/** 80 kbit/s are 10,000 octets/s: a window of one second. */
export const SMALL = { RateKbitsPerSec: 80, WindowSizeInMSecs: 1000 };

/** A socket of a host with two interfaces. */
export function bench(type = SOCK_RDM): { rig: Rig<Stack>; socket: PgmSocket } {
  const rig = new Rig((host) => new Stack(host, { interfaces: 2 }), { addresses: [SOURCE, SECOND_IF] });
  return { rig, socket: rig.endpoint.socket(AF_INET, type, IPPROTO_RM) };
}

/** A sender of a small window that is connected to the group, after `before` has set options. */
export function connected(type = SOCK_RDM, before: (socket: PgmSocket) => void = () => {}) {
  const { rig, socket } = bench(type);
  socket.bind("0.0.0.0", 0);
  socket.setsockopt(IPPROTO_RM, RM_RATE_WINDOW_SIZE, SMALL);
  before(socket);
  socket.connect(0, GROUP, 7500);
  return { rig, socket };
}

/** Sets an option, to whatever value. */
export function set(socket: PgmSocket, option: number, value: unknown): void {
  socket.setsockopt(IPPROTO_RM, option as never, value as never);
}

/** The value of an option. */
export function get(socket: PgmSocket, option: number, now: Instant = 0): unknown {
  return socket.getsockopt(now, IPPROTO_RM, option as never);
}

/** The octets of each ODATA packet. */
export function payloads(said: readonly Said[]): number[] {
  return only(said, "ODATA").map(({ payload }) => payload.length);
}

/** A NAK for a packet of the session that was said, which `source` sends. */
export function asks(rig: Rig<Stack>, said: Said, sqn: number, source = SOURCE): void {
  const { sourcePort, gsi } = said.value as { sourcePort: number; gsi: number };
  rig.hears({
    type: "NAK",
    sourcePort: 7500,
    destinationPort: sourcePort,
    gsi,
    sqn,
    sourceNla: source,
    groupNla: GROUP,
    options: [],
  }, { source: RECEIVER, destination: source });
}

/** What the socket counts. */
export function stats(socket: PgmSocket, now: Instant): RmSenderStats {
  return get(socket, RM_SENDER_STATISTICS, now) as RmSenderStats;
}

/** Nothing happened yet. */
export const ZEROS: RmSenderStats = {
  DataBytesSent: 0,
  TotalBytesSent: 0,
  NaksReceived: 0,
  NaksReceivedTooLate: 0,
  NumOutstandingNaks: 0,
  NumNaksAfterRData: 0,
  RepairPacketsSent: 0,
  BufferSpaceAvailable: 0,
  TrailingEdgeSeqId: 0,
  LeadingEdgeSeqId: 0,
  RateKBitsPerSecOverall: 0,
  RateKBitsPerSecLast: 0,
  TotalODataPacketsSent: 0,
};

/** The options of a sender, with a value that is not the default. */
export const VALUES: [option: number, value: unknown][] = [
  [rm.RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 800, WindowSizeInMSecs: 500, WindowSizeInBytes: 50_000 }],
  [rm.RM_SENDER_WINDOW_ADVANCE_METHOD, rm.E_WINDOW_ADVANCE_BY_TIME],
  [rm.RM_LATEJOIN, 40],
  [rm.RM_SET_SEND_IF, SECOND_IF],
  [rm.RM_SEND_WINDOW_ADV_RATE, 30],
  [rm.RM_USE_FEC, { FECBlockSize: 20, FECProActivePackets: 4, FECGroupSize: 16, fFECOnDemandParityEnabled: false }],
  [rm.RM_SET_MCAST_TTL, 9],
];
/** Those that can be read. */
export const GETTABLE = VALUES.map(([option]) => option).filter((option) => option !== rm.RM_SET_MCAST_TTL);

/** A socket and what it is on. */
export type Sender = { rig: Rig<Stack>; socket: PgmSocket };

/**
 * Asserts that a call of a bound socket fails with a code, and that whatever can be seen of the socket stays; one that
 * would block is not writable until it would not.
 */
export function refused({ rig, socket }: Sender, name: WsaName, call: () => unknown, what = ""): void {
  const state = () => [
    GETTABLE.map((option) => get(socket, option)),
    stats(socket, rig.now),
    name === "WSAEWOULDBLOCK" ? 0 : socket.readiness(rig.now),
    rig.endpoint.nextTimeout(),
    rig.said(),
    socket.closed,
  ];
  rig.said();
  const before = state();
  fails(name, call, what);
  assertEquals(state(), before, `${what} ${name}`);
  if (name === "WSAEWOULDBLOCK") assertEquals(socket.readiness(rig.now).writable, false);
}

/** A socket that is bound. */
export function bound(type = SOCK_RDM): Sender {
  const sender = bench(type);
  sender.socket.bind("0.0.0.0", 0);
  return sender;
}

/** Asserts that a connected sender still sends. */
export function works({ rig, socket }: Sender): void {
  rig.said();
  assertEquals(socket.send(rig.now, new Uint8Array(33)), 33);
  assertEquals(payloads(rig.at(rig.now + seconds(1)).said()), [33]);
}
