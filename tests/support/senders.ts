/**
 * Sockets that send, on a {@link Rig} with two interfaces.
 *
 * @module
 */

import {
  AF_INET,
  type Instant,
  IPPROTO_RM,
  type PgmSocket,
  RM_RATE_WINDOW_SIZE,
  RM_SENDER_STATISTICS,
  type RmSenderStats,
  SOCK_RDM,
  Stack,
} from "../../engine/mod.ts";
import { GROUP, nla, only, RECEIVER, Rig, type Said, SOURCE } from "./rig.ts";

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
