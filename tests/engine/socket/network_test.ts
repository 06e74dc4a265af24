/**
 * What the sockets of a host share: the ports of its sessions, and the receiver of a group.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  AF_INET,
  IPPROTO_RM,
  ms,
  PgmSocket,
  type Prng,
  RM_RATE_WINDOW_SIZE,
  RM_RECEIVER_STATISTICS,
  RM_SET_SEND_IF,
  type RmReceiverStats,
  seconds,
  SOCK_RDM,
  type Source,
  Stack,
} from "../../../engine/mod.ts";
import { Network } from "../../../engine/socket/network.ts";
import { get, listeningReceiver, recv } from "../../support/receiver_sockets.ts";
import { DPORT, GROUP, GSI, nla, odata, only, Rig, SOURCE, spm } from "../../support/rig.ts";
import { SD_SEND, SECOND_IF, set, SMALL } from "../../support/senders.ts";
import { fails } from "../../support/winsock.ts";

Deno.test("connect: WSAENOBUFS when the host sends 60,000 sessions, and not before", () => {
  let network: Network | undefined;
  new Rig((host) => {
    network = new Network(host, { interfaces: 1 });
    return new Stack(host, { interfaces: 1 });
  });
  for (let port = 1024; network!.sources.size < 59_999; port++) network!.sources.set(port, {} as Source);
  const socket = () => {
    const made = new PgmSocket(network!, AF_INET, SOCK_RDM);
    made.bind("0.0.0.0", 0);
    return made;
  };
  socket().connect(0, GROUP, 7500);
  const late = socket();
  fails("WSAENOBUFS", () => late.connect(0, GROUP, 7500));
  network!.sources.delete(1024);
  late.connect(0, GROUP, 7500);
});

Deno.test("Stack: a port is used again after a thousand sessions, and not while one lasts; each is dropped by itself", () => {
  const same: Prng = { u32: () => 7, below: () => 7, chance: () => false, fork: () => same };
  const rig = new Rig((host) => new Stack({ ...host, random: same }, { interfaces: 2 }), {
    addresses: [SOURCE, SECOND_IF],
  });
  const connected = (address: string) => {
    const socket = rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
    socket.bind("0.0.0.0", 0);
    set(socket, RM_RATE_WINDOW_SIZE, SMALL);
    set(socket, RM_SET_SEND_IF, address);
    socket.connect(rig.now, GROUP, 7500);
    return socket;
  };
  const lasting = connected(SECOND_IF);
  const over = connected(SECOND_IF);
  const gone = connected(SOURCE);
  over.shutdown(0, SD_SEND);
  rig.at(seconds(10));
  rig.endpoint.interfaceDown(rig.now, 0);
  for (let i = 0; i < 999; i++) {
    const other = connected(SECOND_IF);
    assert(![lasting, over, gone].some((each) => each.getsockname().port === other.getsockname().port), `${i}`);
    other.closesocket(rig.now);
  }
  assertEquals(connected(SECOND_IF).getsockname().port, over.getsockname().port);
  const next = connected(SECOND_IF);
  assertEquals(next.getsockname().port, gone.getsockname().port);
  gone.closesocket(rig.now);
  rig.said();
  // The second waits for the rate.
  for (const bytes of [1400, 1399]) next.send(rig.now, new Uint8Array(bytes));
  assertEquals(only(rig.at(rig.now + seconds(1)).said(), "ODATA").map(({ payload }) => payload.length), [1400, 1399]);
});

Deno.test("bind: two groups on one port: each socket hears its own", () => {
  const { rig, socket } = listeningReceiver();
  const group = nla("239.1.2.4");
  const other = rig.endpoint.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  other.bind(group, DPORT);
  other.listen(0, 1);
  rig.hears(odata({ sqn: 0 }), { destination: group });
  assertEquals([socket.readiness(0).acceptable, other.readiness(0).acceptable], [false, true]);
  rig.hears({ ...odata({ sqn: 5 }), gsi: GSI + 1 });
  assertEquals([socket.accept(0).getpeername().firstSqn, other.accept(0).getpeername().firstSqn], [5, 0]);
});

Deno.test("closesocket: of a listener: nothing is asked for on behalf of a session that only SPMs announced", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears(odata({ sqn: 0 })).hears(spm({ sqn: 1, trail: 0, lead: 0 }));
  const session = socket.accept(0);
  const announced = { gsi: GSI + 1 };
  rig.hears({ ...spm({ sqn: 1, trail: 0, lead: 0 }), ...announced });
  socket.closesocket(0);
  for (const sqn of [0, 2, 4]) rig.hears({ ...odata({ sqn }), ...announced });
  rig.at(seconds(5)).saysNothing();
  rig.hears(odata({ sqn: 1 }));
  assertEquals([recv(session, rig.now), recv(session, rig.now)], [[0], [1]]);
});

Deno.test("recv: a window of more than 32,768 packets may be missing", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears(spm({ sqn: 1, trail: 0, lead: 0xffff_ffff })).hears(odata({ sqn: 0 }));
  const session = socket.accept(0);
  assertEquals(recv(session, 0), [0]);
  rig.hears(odata({ sqn: 40_000 })).hears(odata({ sqn: 40_001 })).at(ms(1));
  fails("WSAEWOULDBLOCK", () => recv(session, ms(1)));
  const stats = get(session, RM_RECEIVER_STATISTICS, ms(1)) as RmReceiverStats;
  assertEquals([stats.NumPendingNaks + stats.NumOutstandingNaks, stats.NumDataPacketsBuffered], [39_999, 2]);
});

Deno.test("recv: after hours of NAKs in vain the session is reset, between packets, and the next is a new one", () => {
  const { rig, socket } = listeningReceiver();
  rig.hears(odata({ sqn: 0 })).hears(spm({ sqn: 1, trail: 0, lead: 0 })).hears(odata({ sqn: 2 }));
  const session = socket.accept(0);
  recv(session, 0);
  const reset = () => session.readiness(rig.now).readable;
  while (!reset()) {
    // The source is there, and says the same again and again.
    rig.at(rig.now + seconds(20));
    if (!reset()) rig.hears(odata({ sqn: 2 }));
  }
  assert(rig.now > seconds(3600), `${rig.now}`);
  fails("WSAECONNRESET", () => recv(session, rig.now));
  rig.hears(odata({ sqn: 3 }));
  assertEquals(socket.accept(rig.now).getpeername().firstSqn, 3);
});
