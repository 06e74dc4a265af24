/**
 * Hosts with several interfaces, on networks: the same group on several of them, routers in between, interfaces that go.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  ms,
  type PgmSocket,
  RM_ADD_RECEIVE_IF,
  RM_DEL_RECEIVE_IF,
  RM_SET_SEND_IF,
  seconds,
  SOCK_RDM,
} from "../../../engine/mod.ts";
import { BernoulliLoss } from "../../../netsim/mod.ts";
import { set } from "../../support/receiver_sockets.ts";
import { reader, sender, type SocketHost, SocketNetwork, STACK_GROUP, STACK_PORT } from "../../support/stacks.ts";
import { fails } from "../../support/winsock.ts";

const WINDOW = { RateKbitsPerSec: 1000, WindowSizeInMSecs: 10_000 };
const COUNT = 50;

/** Sends 50 messages of 100 octets, one each 20 ms from 10 ms on, and shuts down. */
function sends(network: SocketNetwork, host: SocketHost, socket: PgmSocket): void {
  for (let i = 0; i < COUNT; i++) {
    network.at(ms(10 + 20 * i), host, (now) => socket.send(now, new Uint8Array(100).fill(i)));
  }
  network.at(ms(10 + 20 * COUNT), host, (now) => socket.shutdown(now, 1));
}

const ends = (reading: { ends: readonly { name: string }[] }) => reading.ends.map(({ name }) => name);

Deno.test("receiver on two interfaces: the same group on both comes once, and a loss on one costs nothing", () => {
  // Two routers lead from the sender's segment to the two segments of the receiver.
  const network = new SocketNetwork(3);
  const source = network.host(0);
  network.router(0, 1);
  network.router(0, 2);
  const member = network.host(1, 2);
  const reading = reader(network, member, {
    before: (socket) => ["10.1.0.4", "10.2.0.4"].forEach((address) => set(socket, RM_ADD_RECEIVE_IF, address)),
  });
  member.node.attachments[0]!.addImpairment("in", new BernoulliLoss(network.simulation.random.fork("loss"), 0.3));
  let naks = 0;
  network.simulation.observe({ record: (_kind, _at, node) => void (node === member.node && naks++), note: () => {} }, [
    "send",
  ]);
  sends(network, source, sender(source, WINDOW));
  network.run(seconds(20));
  assertEquals([reading.messages, ends(reading), naks], [COUNT, ["WSAEDISCON"], 0]);
});

Deno.test("receiver on two interfaces: without options it listens on the first alone", () => {
  const network = new SocketNetwork(2);
  const [source, member] = [network.host(1), network.host(0, 1)];
  const reading = reader(network, member);
  sends(network, source, sender(source, WINDOW));
  network.run(seconds(20));
  assertEquals(reading.messages, 0);
});

Deno.test("RM_DEL_RECEIVE_IF: an interface that was added and dropped hears nothing", () => {
  for (const dropped of [0, 1]) {
    const network = new SocketNetwork(2);
    const [source, member] = [network.host(1), network.host(0, 1)];
    const addresses = ["10.0.0.2", "10.1.0.2"];
    const reading = reader(network, member, {
      before: (socket) => {
        for (const address of addresses) set(socket, RM_ADD_RECEIVE_IF, address);
        set(socket, RM_DEL_RECEIVE_IF, addresses[dropped]);
      },
    });
    sends(network, source, sender(source, WINDOW));
    network.run(seconds(20));
    assertEquals(reading.messages, dropped === 0 ? COUNT : 0);
  }
});

Deno.test("sender on two interfaces: the first unless RM_SET_SEND_IF says otherwise, the last that could be set", () => {
  const heard = (before: (socket: PgmSocket) => void) => {
    const network = new SocketNetwork(2);
    const source = network.host(0, 1);
    const readings = [network.host(0), network.host(1)].map((host) => reader(network, host));
    const socket = source.stack.socket(2, SOCK_RDM, 113);
    socket.bind("0.0.0.0", 0);
    before(socket);
    socket.connect(0, STACK_GROUP, STACK_PORT);
    network.at(ms(1), source, (now) => socket.send(now, new Uint8Array(10)));
    network.run(seconds(1));
    return readings.map(({ messages }) => messages);
  };
  assertEquals(heard(() => {}), [1, 0]);
  assertEquals(heard((socket) => set(socket, RM_SET_SEND_IF, "10.1.0.1")), [0, 1]);
  const twice = heard((socket) => {
    set(socket, RM_SET_SEND_IF, "10.0.0.1");
    set(socket, RM_SET_SEND_IF, "10.1.0.1");
    fails("WSAEADDRNOTAVAIL", () => set(socket, RM_SET_SEND_IF, "10.1.0.2"));
  });
  assertEquals(twice, [0, 1]);
});

Deno.test("two senders and two receivers: each receiver reads each sender's messages once, in the order of that sender", () => {
  const network = new SocketNetwork(1, 3);
  const sources = [network.host(0), network.host(0)];
  const readings = [network.host(0), network.host(0)].map((host) => reader(network, host));
  for (const source of sources) sends(network, source, sender(source, WINDOW));
  network.run(seconds(20));
  for (const reading of readings) {
    assertEquals([reading.messages, ends(reading)], [2 * COUNT, ["WSAEDISCON", "WSAEDISCON"]]);
  }
});

Deno.test("an interface that goes: its session is reset, and comes anew on the other one", () => {
  const network = new SocketNetwork(3);
  const source = network.host(0);
  network.router(0, 1);
  network.router(0, 2);
  const member = network.host(1, 2);
  const reading = reader(network, member, {
    before: (socket) => ["10.1.0.4", "10.2.0.4"].forEach((address) => set(socket, RM_ADD_RECEIVE_IF, address)),
  });
  sends(network, source, sender(source, WINDOW));
  // Both copies of the first ODATA come at one instant: that of the first interface is first.
  network.at(ms(500), member, (now) => member.stack.interfaceDown(now, 0));
  network.run(seconds(20));
  assertEquals(reading.ends, [
    { name: "WSAECONNRESET", at: ms(500), messages: 25 },
    { name: "WSAEDISCON", at: reading.ends[1]!.at, messages: COUNT },
  ]);
});
