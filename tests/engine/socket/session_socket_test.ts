/**
 * Sockets that were accepted: reading messages and streams, how sessions end, slow readers, interfaces, statistics.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  type Instant,
  ms,
  MSG_PARTIAL,
  type PgmSocket,
  RM_HIGH_SPEED_INTRANET_OPT,
  RM_LATEJOIN,
  RM_RECEIVER_STATISTICS,
  type RmReceiverStats,
  SD_RECEIVE,
  seconds,
  SOCK_RDM,
  SOCK_STREAM,
} from "../../../engine/mod.ts";
import { acceptedSession, boundReceiver, get, listeningReceiver, recv, set } from "../../support/receiver_sockets.ts";
import { DPORT, ncf, nla, odata, only, rdata, RECEIVER, SOURCE, spm } from "../../support/rig.ts";
import { fails } from "../../support/winsock.ts";

const OTHER_SOURCE = nla("10.0.0.2");

/** Octets `from`, `from + 1`, ... */
function run(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => from + i);
}

/** A fragment of a message of 250 octets, each as large as its number says. */
function fragment(sqn: number, firstSqn: number) {
  const offset = (sqn - firstSqn) * 100;
  return odata({
    sqn,
    payload: run(offset, Math.min(100, 250 - offset)),
    options: [{ type: "FRAGMENT", firstSqn, offset, apduLength: 250 }],
  });
}

function stats(socket: PgmSocket, now: Instant): RmReceiverStats {
  return get(socket, RM_RECEIVER_STATISTICS, now) as RmReceiverStats;
}

Deno.test("recv: gives octets of one message only, however large the buffer", () => {
  const { rig, session } = acceptedSession();
  rig.hears(odata({ sqn: 1, payload: run(1, 3) })).hears(odata({ sqn: 2, payload: run(9, 2) }));
  assertEquals([recv(session, 0), recv(session, 0), recv(session, 0)], [[0], [1, 2, 3], [9, 10]]);
  fails("WSAEWOULDBLOCK", () => recv(session, 0));
});

Deno.test("recv: a message that is larger than the buffer comes in parts, WSAEMSGSIZE on all but the last", () => {
  for (const room of [1, 99, 100, 125, 249, 250, 251]) {
    const { rig, session } = acceptedSession();
    recv(session, 0);
    [1, 2, 3].forEach((sqn) => rig.hears(fragment(sqn, 1)));
    rig.hears(odata({ sqn: 4, payload: run(7, 1) }));
    const octets: number[] = [];
    const buffer = new Uint8Array(room);
    for (let parts = Math.ceil(250 / room); parts > 1; parts--) {
      fails("WSAEMSGSIZE", () => session.recv(0, buffer), `${room}`);
      octets.push(...buffer);
    }
    octets.push(...buffer.subarray(0, session.recv(0, buffer)));
    assertEquals(octets, [...run(0, 250)], `${room}`);
    assertEquals(recv(session, 0, room), [7]);
  }
});

Deno.test("wsaRecv: says MSG_PARTIAL instead", () => {
  const { rig, session } = acceptedSession();
  recv(session, 0);
  [1, 2, 3].forEach((sqn) => rig.hears(fragment(sqn, 1)));
  const buffer = new Uint8Array(200);
  assertEquals(session.wsaRecv(0, buffer), { bytes: 200, flags: MSG_PARTIAL });
  assertEquals(buffer, run(0, 200));
  assertEquals(session.wsaRecv(0, buffer), { bytes: 50, flags: 0 });
  assertEquals(buffer.subarray(0, 50), run(200, 50));
});

Deno.test("recv: a stream has no boundaries: reads join messages and split them", () => {
  const { rig, session } = acceptedSession(SOCK_STREAM);
  rig.hears(odata({ sqn: 1, payload: run(1, 3) })).hears(odata({ sqn: 2, payload: run(4, 4) }));
  assertEquals([recv(session, 0, 3), recv(session, 0, 1), recv(session, 0)], [[0, 1, 2], [3], [4, 5, 6, 7]]);
  fails("WSAEWOULDBLOCK", () => recv(session, 0));
});

Deno.test("recv: an empty message does not read as an end", () => {
  const { rig, session } = acceptedSession();
  rig.hears(odata({ sqn: 1, payload: new Uint8Array(0) })).hears(odata({ sqn: 2 }));
  assertEquals([recv(session, 0), recv(session, 0)], [[0], [2]]);
});

Deno.test("recv: octets come in sequence, contiguous and once, whatever order packets come in", () => {
  const { rig, session } = acceptedSession();
  rig.hears(odata({ sqn: 2 })).hears(odata({ sqn: 0 })).hears(odata({ sqn: 3 })).hears(odata({ sqn: 2 }));
  assertEquals(recv(session, 0), [0]);
  fails("WSAEWOULDBLOCK", () => recv(session, 0));
  rig.hears(rdata({ sqn: 1 })).hears(odata({ sqn: 1 }), { iface: 1 });
  assertEquals([recv(session, 0), recv(session, 0), recv(session, 0)], [[1], [2], [3]]);
  fails("WSAEWOULDBLOCK", () => recv(session, 0));
});

Deno.test("recv: WSAEDISCON once the source has finished and everything was read, and ever after", () => {
  const { rig, session } = acceptedSession();
  rig.hears(odata({ sqn: 2, options: [{ type: "FIN" }] }));
  assertEquals(recv(session, 0), [0]);
  fails("WSAEWOULDBLOCK", () => recv(session, 0), "a packet is missing");
  rig.hears(rdata({ sqn: 1 }));
  assertEquals([session.readiness(0).readable, recv(session, 0), recv(session, 0)], [true, [1], [2]]);
  for (let i = 0; i < 2; i++) fails("WSAEDISCON", () => recv(session, 0));
  assertEquals(session.readiness(0).readable, true);
});

Deno.test("accept: a session that has finished meanwhile is read all the same, and does not come again", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears(odata({ sqn: 0, options: [{ type: "FIN" }] }));
  const session = socket.accept(0);
  assertEquals(recv(session, 0), [0]);
  fails("WSAEDISCON", () => recv(session, 0));
  session.closesocket(0);
  rig.hears(odata({ sqn: 0, options: [{ type: "FIN" }] }));
  fails("WSAEWOULDBLOCK", () => socket.accept(0));
});

Deno.test("recv: WSAECONNRESET after what came before a loss; the session is accepted anew behind it", () => {
  const { rig, socket, session } = acceptedSession();
  rig.hears(odata({ sqn: 1 })).hears(odata({ sqn: 3 }));
  assertEquals(recv(session, 0), [0]);
  // The window of the source passes 2: it cannot be repaired.
  rig.hears(odata({ sqn: 4, trail: 3 }));
  assertEquals(recv(session, 0), [1]);
  for (let i = 0; i < 2; i++) fails("WSAECONNRESET", () => recv(session, 0));
  fails("WSAEWOULDBLOCK", () => socket.accept(0));
  rig.hears(odata({ sqn: 5, trail: 3 }));
  const again = socket.accept(0);
  assertEquals([again.getpeername().firstSqn, recv(again, 0)], [5, [5]]);
  session.closesocket(0);
  rig.hears(odata({ sqn: 6, trail: 3 }));
  assertEquals(recv(again, 0), [6]);
});

Deno.test("recv: WSAECONNRESET after the source aborted; late packets do not bring the session back", () => {
  const { rig, socket, session } = acceptedSession();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0, options: [{ type: "RST", noNaks: true, errorCode: 3 }] }));
  assertEquals(recv(session, 0), [0]);
  fails("WSAECONNRESET", () => recv(session, 0));
  rig.hears(odata({ sqn: 0 }));
  fails("WSAEWOULDBLOCK", () => socket.accept(0));
});

Deno.test("recv: WSAECONNRESET after a silence of 300 s", () => {
  const { rig, session } = acceptedSession();
  recv(session, 0);
  rig.at(seconds(300) - 1);
  fails("WSAEWOULDBLOCK", () => recv(session, rig.now));
  rig.at(seconds(300));
  fails("WSAECONNRESET", () => recv(session, rig.now));
  assertEquals(rig.endpoint.nextTimeout(), Infinity);
});

Deno.test("recv: a silence that ends with a gap is told once, and does not trouble the host", () => {
  const { rig, socket, session } = acceptedSession();
  rig.hears(odata({ sqn: 2 }));
  recv(session, 0);
  rig.at(seconds(400));
  fails("WSAECONNRESET", () => recv(session, rig.now));
  rig.hears(odata({ sqn: 3 }));
  assertEquals(recv(socket.accept(rig.now), rig.now), [3]);
});

Deno.test("recv: the window of the source decides about a loss, not the number of NAKs", () => {
  for (const confirmed of [true, false]) {
    const { rig, session } = acceptedSession();
    recv(session, 0);
    rig.hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 2 }));
    let naks = 0;
    for (let tick = 1; tick <= 1000; tick++) {
      const asked = only(rig.at(ms(100 * tick)).said(), "NAK");
      naks += asked.length;
      if (confirmed && asked.length > 0) rig.hears(ncf({ sqn: 1 }));
    }
    assertEquals(naks > 50, true, `${naks} NAKs`);
    fails("WSAEWOULDBLOCK", () => recv(session, rig.now));
    rig.hears(rdata({ sqn: 1 }));
    assertEquals([recv(session, rig.now), recv(session, rig.now)], [[1], [2]]);
  }
});

/** Hears ODATA until the session is reset, as the source's window of `window` packets moves; gives the first refused. */
function resetAt(
  read: (session: PgmSocket, sqn: number) => void,
  { window = 100, until = 1000, iface = 0 } = {},
): number {
  const { rig, session } = acceptedSession();
  for (let sqn = 1; sqn < until; sqn++) {
    rig.at(ms(sqn)).hears(odata({ sqn, trail: Math.max(0, sqn - window + 1) }), { iface });
    if (stats(session, rig.now).NumDataPacketsBuffered === 0 && session.readiness(rig.now).readable) {
      fails("WSAECONNRESET", () => recv(session, rig.now));
      return sqn;
    }
    read(session, sqn);
  }
  return until;
}

Deno.test("recv: a reader that is a window behind is reset at once: it does not read what waits", () => {
  // Numbers 0 to 99 are the window. Number 100 is one more, which makes number 101 too many.
  assertEquals(resetAt(() => {}), 101);
  assertEquals(resetAt(() => {}, { window: 10 }), 65, "a small window");
  // Half the rate: after two windows of packets, one window waits.
  assertEquals(resetAt((session, sqn) => void (sqn % 2 === 0 && recv(session, 0))), 200);
  assertEquals(resetAt((session, sqn) => void (sqn % 2 === 0 && recv(session, 0)), { window: 200 }), 400);
  assertEquals(resetAt((session) => void recv(session, 0)), 1000, "a reader that keeps up");
});

Deno.test("recv: a reader that is too slow costs no more; its session is accepted anew", () => {
  const { rig, socket, session } = acceptedSession();
  for (let sqn = 1; sqn <= 65; sqn++) rig.hears(odata({ sqn, trail: sqn }));
  fails("WSAECONNRESET", () => recv(session, 0));
  rig.hears(odata({ sqn: 66, trail: 66 }));
  fails("WSAECONNRESET", () => recv(session, 0));
  assertEquals(recv(socket.accept(0), 0), [66]);
});

Deno.test("recv: a reader of a session that begins anywhere may be as far behind as any other", () => {
  const { rig, socket } = listeningReceiver();
  const first = 0xffff_ff00;
  for (let i = 0; i <= 65; i++) rig.hears(odata({ sqn: first + i, trail: first + i }));
  fails("WSAECONNRESET", () => recv(socket.accept(0), 0));
});

Deno.test("recv: 128 MiB are the most that waits for a reader, however large the window", () => {
  const { rig, session } = acceptedSession();
  const payload = new Uint8Array(65_000);
  const most = Math.floor((128 * 1024 * 1024) / (payload.length + 256));
  for (let sqn = 1; sqn <= most; sqn++) rig.hears(odata({ sqn, payload }));
  assertEquals(stats(session, 0).NumDataPacketsBuffered, most + 1);
  rig.hears(odata({ sqn: most + 1, payload }));
  fails("WSAECONNRESET", () => recv(session, 0));
});

Deno.test("recv: a reader that pauses while nothing is sent is not too slow, however far the window moves", () => {
  const { rig, session } = acceptedSession();
  for (let sqn = 1; sqn < 64; sqn++) rig.hears(odata({ sqn }));
  rig.hears(spm({ sqn: 1, trail: 64, lead: 63 }));
  for (let sqn = 0; sqn < 64; sqn++) assertEquals(recv(session, 0), [sqn]);
});

Deno.test("recv: a message that is larger than the window is not too much by itself", () => {
  const { rig, session } = acceptedSession();
  recv(session, 0);
  const apduLength = 300;
  for (let offset = 0; offset < apduLength; offset++) {
    const sqn = 1 + offset;
    const options = [{ type: "FRAGMENT", firstSqn: 1, offset, apduLength }] as const;
    rig.hears(odata({ sqn, trail: Math.max(1, sqn - 10), payload: run(0, 1), options }));
  }
  assertEquals(recv(session, 0, 400).length, apduLength);
});

Deno.test("interfaceDown: the session that came in on it is disconnected; what came before is read first", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears(odata({ sqn: 0 }), { iface: 1 });
  rig.hears({ ...odata({ sqn: 0 }), sourcePort: 9 }, { source: OTHER_SOURCE });
  const [gone, stays] = [socket.accept(0), socket.accept(0)];
  rig.hears(odata({ sqn: 1 }), { iface: 0 });
  rig.endpoint.interfaceDown(0, 1);
  assertEquals([recv(gone, 0), recv(gone, 0), recv(stays, 0)], [[0], [1], [0]]);
  fails("WSAECONNRESET", () => recv(gone, 0));
  fails("WSAEWOULDBLOCK", () => recv(stays, 0));
  rig.hears(odata({ sqn: 2 }), { iface: 0 });
  assertEquals(recv(socket.accept(0), 0), [2], "anew, on the other interface");
});

Deno.test("a session: an SPM on one interface does not tie it to that; its first ODATA does", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0 }), { iface: 1 }).hears(odata({ sqn: 1 }), { iface: 0 });
  const session = socket.accept(0);
  rig.endpoint.interfaceDown(0, 1);
  assertEquals(recv(session, 0), [1]);
  fails("WSAEWOULDBLOCK", () => recv(session, 0));
  rig.endpoint.interfaceDown(0, 0);
  fails("WSAECONNRESET", () => recv(session, 0));
});

Deno.test("a session: an NCF that comes by unicast, for multicast does not, stops its NAKs until an SPM", () => {
  const unreachable = ncf({ sqn: 1, options: [{ type: "NBR_UNREACH" }, { type: "PATH_NLA", nla: SOURCE }] });
  const bench = () => acceptedSession().rig.hears(spm({ sqn: 1, trail: 0, lead: 2 })).hears(odata({ sqn: 2 }));
  const asks = bench().at(seconds(2));
  assert(only(asks.said(), "NAK").length > 0);
  const silenced = bench().hears(unreachable, { destination: RECEIVER }).says("NCF 1").at(seconds(2)).saysNothing();
  silenced.hears(spm({ sqn: 2, trail: 0, lead: 2 })).at(silenced.now + ms(50)).says("NAK 1");
  assertEquals(silenced.endpoint.unclaimed, 0);
  // Of another group, another port, or when nobody listens, it is nobody's.
  const elsewhere = { ...unreachable, groupNla: nla("239.1.2.4") } as typeof unreachable;
  silenced.hears(elsewhere, { destination: RECEIVER }).hears(elsewhere);
  silenced.hears({ ...unreachable, destinationPort: DPORT + 1 }, { destination: RECEIVER });
  assertEquals(silenced.endpoint.unclaimed, 2);
  const { rig } = boundReceiver();
  rig.hears(unreachable, { destination: RECEIVER });
  assertEquals(rig.endpoint.unclaimed, 1);
});

Deno.test("shutdown: a session that is shut down reads nothing more, and can be accepted anew", () => {
  const { rig, socket, session } = acceptedSession();
  recv(session, 0);
  session.shutdown(0, SD_RECEIVE);
  fails("WSAESHUTDOWN", () => recv(session, 0));
  assertEquals(session.readiness(0).readable, true);
  rig.hears(odata({ sqn: 1 }));
  const again = socket.accept(0);
  session.closesocket(0);
  socket.closesocket(0);
  rig.hears(odata({ sqn: 2 }));
  assertEquals([recv(again, 0), recv(again, 0)], [[1], [2]]);
});

Deno.test("onReadiness: a socket that is closed is not told anything, whatever is called", () => {
  const { session } = acceptedSession();
  session.recv(0, new Uint8Array(9));
  session.onReadiness = () => {
    throw new Error("told");
  };
  session.closesocket(0);
  fails("WSAENOTSOCK", () => session.send(0, new Uint8Array(1)));
});

Deno.test("options of a session: those of receivers can be read, none can be set", () => {
  const { rig, socket } = listeningReceiver({ before: (each) => set(each, RM_HIGH_SPEED_INTRANET_OPT, 1) });
  rig.hears(odata({ sqn: 0 }));
  const session = socket.accept(0);
  assertEquals(get(session, RM_HIGH_SPEED_INTRANET_OPT), 1);
  fails("WSAEINVAL", () => set(session, RM_HIGH_SPEED_INTRANET_OPT, 0));
  fails("WSAEOPNOTSUPP", () => set(session, RM_LATEJOIN, 0));
  fails("WSAEOPNOTSUPP", () => get(session, RM_LATEJOIN));
});

Deno.test("RM_RECEIVER_STATISTICS: of a session, each field", () => {
  const { rig, session } = acceptedSession();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 3 }));
  rig.at(ms(100)).hears(odata({ sqn: 5, trail: 1 })).hears(odata({ sqn: 5, trail: 1 })).hears(
    rdata({ sqn: 1, trail: 1 }),
  );
  const naks = only(rig.at(ms(900)).said(), "NAK").length;
  rig.at(seconds(1)).hears(spm({ sqn: 2, trail: 1, lead: 5 }));
  const bytes = 3 * (24 + 1) + (24 + 1) + 2 * 36;
  assertEquals(stats(session, seconds(2)), {
    NumODataPacketsReceived: 3,
    NumRDataPacketsReceived: 1,
    NumDuplicateDataPackets: 1,
    DataBytesReceived: 3,
    TotalBytesReceived: bytes,
    RateKBitsPerSecOverall: Math.floor(bytes / 2 / 125),
    RateKBitsPerSecLast: Math.floor((bytes - 25 - 36) / 125),
    TrailingEdgeSeqId: 1,
    LeadingEdgeSeqId: 5,
    AverageSequencesInWindow: 4,
    MinSequencesInWindow: 4,
    MaxSequencesInWindow: 5,
    FirstNakSequenceNumber: 2,
    NumPendingNaks: 0,
    NumOutstandingNaks: 3,
    NumDataPacketsBuffered: 3,
    TotalSelectiveNaksSent: naks,
    TotalParityNaksSent: 0,
  });
  assertEquals(naks > 3, true, `${naks}`);
  recv(session, rig.now);
  assertEquals(stats(session, rig.now).NumDataPacketsBuffered, 2);
});

Deno.test("recv: 64 MiB in one message, and in one buffer", () => {
  const { rig, session } = acceptedSession(SOCK_RDM);
  recv(session, 0);
  const apduLength = 64 * 1024 * 1024;
  const payload = new Uint8Array(65_000);
  for (let offset = 0, sqn = 1; offset < apduLength; offset += payload.length, sqn++) {
    const octets = payload.subarray(0, apduLength - offset);
    octets[0] = sqn;
    rig.hears(odata({ sqn, payload: octets, options: [{ type: "FRAGMENT", firstSqn: 1, offset, apduLength }] }));
  }
  const buffer = new Uint8Array(apduLength);
  assertEquals(session.recv(0, buffer), apduLength);
  assertEquals([buffer[0], buffer[65_000], buffer[650_000]], [1, 2, 11]);
});
