/**
 * A host with two interfaces and a socket that receives, on a {@link Rig}.
 *
 * @module
 */

import { AF_INET, type Instant, IPPROTO_RM, type PgmSocket, SOCK_RDM, Stack } from "../../engine/mod.ts";
import { DPORT, GROUP, nla, odata, RECEIVER, Rig } from "./rig.ts";

/** The address of the second interface of the host. */
export const SECOND_IF = nla("10.1.0.9");

/** A socket that is bound to the group of the bench. */
export function boundReceiver(type = SOCK_RDM): { rig: Rig<Stack>; socket: PgmSocket } {
  const rig = new Rig((host) => new Stack(host, { interfaces: 2 }), { addresses: [RECEIVER, SECOND_IF] });
  const socket = rig.endpoint.socket(AF_INET, type, IPPROTO_RM);
  socket.bind(GROUP, DPORT);
  return { rig, socket };
}

/** The same, listening; `before` sets options. */
export function listeningReceiver(
  { type = SOCK_RDM, backlog = 5, before = () => {} }: {
    type?: number;
    backlog?: number;
    before?: (socket: PgmSocket) => void;
  } = {},
): { rig: Rig<Stack>; socket: PgmSocket } {
  const { rig, socket } = boundReceiver(type);
  before(socket);
  socket.listen(0, backlog);
  return { rig, socket };
}

/** A session of the bench's source that began with ODATA 0 of one octet, 0, and was accepted. */
export function acceptedSession(type = SOCK_RDM): { rig: Rig<Stack>; socket: PgmSocket; session: PgmSocket } {
  const { rig, socket } = listeningReceiver({ type });
  rig.hears(odata({ sqn: 0 }));
  return { rig, socket, session: socket.accept(0) };
}

/** What `recv` gives with a buffer of `room` octets. */
export function recv(socket: PgmSocket, now: Instant, room = 100): number[] {
  const buffer = new Uint8Array(room);
  return [...buffer.subarray(0, socket.recv(now, buffer))];
}

/** Setting any option to anything. */
export function set(socket: PgmSocket, option: number, value: unknown): void {
  socket.setsockopt(IPPROTO_RM, option as never, value as never);
}

/** Reading any option. */
export function get(socket: PgmSocket, option: number, now: Instant = 0): unknown {
  return socket.getsockopt(now, IPPROTO_RM, option as never);
}
