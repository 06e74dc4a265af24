/**
 * Programs that move 10 MB through a lossy network, octet by octet, in message and in stream mode.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  AF_INET,
  AsyncStack,
  IPPROTO_RM,
  ms,
  type PgmSocket,
  prngFromSeed,
  RM_ADD_RECEIVE_IF,
  RM_RATE_WINDOW_SIZE,
  RM_RECEIVER_STATISTICS,
  type RmReceiverStats,
  SD_SEND,
  seconds,
  SOCK_RDM,
  SOCK_STREAM,
  WinsockError,
} from "../../../engine/mod.ts";
import { type Program, simulatePrograms } from "../../../netsim/mod.ts";
import { RECEIVE_IFS, socketNetwork } from "../../support/programs.ts";

const GROUP = "239.192.0.1";
const PORT = 7500;
const BOUNDS = { until: seconds(60), maxEvents: 2_000_000 };
/** A fourth of what is sent is kept for repairs. */
const WINDOW = { RateKbitsPerSec: 40_000, WindowSizeInMSecs: 500 };

/** `length` octets that repeat nowhere. */
function content(length: number): Uint8Array {
  const random = prngFromSeed(7);
  const words = Uint32Array.from({ length: Math.ceil(length / 4) }, () => random.u32());
  return new Uint8Array(words.buffer, 0, length);
}

const CONTENT = content(10_000_000);

function sameOctets(actual: Uint8Array, expected: Uint8Array): boolean {
  return actual.length === expected.length && actual.every((octet, i) => octet === expected[i]);
}

/** Sends and receives the content; gives what came, the figures of the receiver, and the hash of the run. */
async function transfer(
  type: typeof SOCK_RDM | typeof SOCK_STREAM,
  { seed = 1, bytes = 10_000_000, loss = 0.05 } = {},
) {
  const { network, sender, receiver } = socketNetwork({ seed, loss });
  const received: Uint8Array[] = [];
  let stats: RmReceiverStats | undefined;
  const sends: Program = {
    node: sender.node,
    async main(time) {
      using socket = new AsyncStack(sender.stack, time).socket(AF_INET, type, IPPROTO_RM);
      socket.bind("0.0.0.0", 0);
      socket.setsockopt(IPPROTO_RM, RM_RATE_WINDOW_SIZE, WINDOW);
      socket.connect(GROUP, PORT);
      if (type === SOCK_STREAM) {
        await new Blob([CONTENT.slice(0, bytes)]).stream().pipeTo(socket.writable);
        return;
      }
      for (let at = 0, size = 1; at < bytes; at += size, size = size * 7 % 99_991) {
        await socket.send(CONTENT.subarray(at, Math.min(at + size, bytes)));
      }
      await socket.shutdown(SD_SEND);
    },
  };
  const receives: Program = {
    node: receiver.node,
    async main(time) {
      using listener = new AsyncStack(receiver.stack, time).socket(AF_INET, type, IPPROTO_RM);
      listener.bind(GROUP, PORT);
      for (const address of RECEIVE_IFS) listener.setsockopt(IPPROTO_RM, RM_ADD_RECEIVE_IF, address);
      listener.listen(1);
      using session = await listener.accept();
      if (type === SOCK_STREAM) { for await (const chunk of session.readable) received.push(chunk); }
      else for await (const message of session) received.push(message);
      stats = session.getsockopt(IPPROTO_RM, RM_RECEIVER_STATISTICS);
    },
  };
  assertEquals(await simulatePrograms(network, [receives, sends], BOUNDS), "finished");
  return { received, stats: stats!, hash: network.traceHash(), now: network.now };
}

Deno.test("sockets: 10 MB of messages pass 5 % loss, octet by octet, to a receiver with two interfaces", async () => {
  const { received, stats } = await transfer(SOCK_RDM);
  let at = 0;
  for (let i = 0, size = 1; at < CONTENT.length; i++, at += size, size = size * 7 % 99_991) {
    const expected = CONTENT.subarray(at, Math.min(at + size, CONTENT.length));
    assertEquals(sameOctets(received[i]!, expected), true, `message ${i} of ${expected.length} octets`);
  }
  assertEquals(received.reduce((bytes, { length }) => bytes + length, 0), CONTENT.length);
  assertEquals(stats.DataBytesReceived >= CONTENT.length, true);
  // Both interfaces brought packets, and what both lost was repaired.
  assertEquals(stats.NumDuplicateDataPackets > 5_000, true);
  assertEquals(stats.NumRDataPacketsReceived > 10, true);
});

Deno.test("sockets: 10 MB of a stream pass 5 % loss, octet by octet, to a receiver with two interfaces", async () => {
  const { received, stats } = await transfer(SOCK_STREAM);
  const whole = new Uint8Array(await new Blob(received.map((chunk) => chunk.slice())).arrayBuffer());
  assertEquals(sameOctets(whole, CONTENT), true);
  assertEquals(stats.NumRDataPacketsReceived > 10, true);
});

Deno.test("sockets: the same programs and the same seed give the same run, another seed another", async () => {
  for (const type of [SOCK_RDM, SOCK_STREAM] as const) {
    const [first, again, other] = await Promise.all(
      [1, 1, 2].map((seed) => transfer(type, { seed, bytes: 500_000 })),
    );
    assertEquals([again!.hash, again!.now], [first!.hash, first!.now]);
    assertEquals(other!.hash === first!.hash, false);
  }
});

Deno.test("sockets: programs that wait leave the same trace as the same calls in callbacks", async () => {
  const { hash, now } = await transfer(SOCK_RDM, { bytes: 2_000_000 });
  const { network, sender, receiver } = socketNetwork({ loss: 0.05 });
  const listener = receiver.stack.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  listener.bind(GROUP, PORT);
  for (const address of RECEIVE_IFS) listener.setsockopt(IPPROTO_RM, RM_ADD_RECEIVE_IF, address);
  listener.listen(0, 1);
  let ended = false;
  listener.onReadiness = (now, { acceptable }) => {
    if (!acceptable) return;
    const session = listener.accept(now);
    const buffer = new Uint8Array(100_000);
    const read = (now: number) => {
      ended ||= drained(() => session.recv(now, buffer)) === "WSAEDISCON";
      if (!ended || session.closed) return;
      session.closesocket(now);
      listener.closesocket(now);
    };
    session.onReadiness = read;
    read(now);
  };
  const socket = sender.stack.socket(AF_INET, SOCK_RDM, IPPROTO_RM);
  socket.bind("0.0.0.0", 0);
  socket.setsockopt(IPPROTO_RM, RM_RATE_WINDOW_SIZE, WINDOW);
  socket.connect(0, GROUP, PORT);
  const write = writer(socket, 2_000_000);
  socket.onReadiness = (now, { writable }) => writable && write(now);
  write(0);
  network.poke(receiver.node);
  network.poke(sender.node);
  network.run({ ...BOUNDS, stop: () => ended });
  assertEquals([network.traceHash(), network.now], [hash, now]);
});

/** Sends `bytes` of the content as the program does, as far as the window takes it whenever it is called. */
function writer(socket: PgmSocket, bytes: number): (now: number) => void {
  let at = 0;
  let size = 1;
  let writing = false;
  return (now) => {
    if (writing || at >= bytes) return;
    writing = true;
    drained(() => {
      if (at >= bytes) throw new WinsockError("WSAEWOULDBLOCK", "all is sent");
      socket.send(now, CONTENT.subarray(at, Math.min(at + size, bytes)));
      at += size;
      size = size * 7 % 99_991;
    });
    writing = false;
    if (at < bytes) return;
    socket.shutdown(now, SD_SEND);
    socket.closesocket(now);
  };
}

/** Calls until it fails; gives how. */
function drained(call: () => unknown): string {
  for (;;) {
    try {
      call();
    } catch (error) {
      if (error instanceof WinsockError) return error.name;
      throw error;
    }
  }
}

Deno.test("sockets: a program may give up after a time of its own, in simulated time", async () => {
  const { network, receiver } = socketNetwork();
  const waits: Program = {
    node: receiver.node,
    async main(time) {
      using listener = new AsyncStack(receiver.stack, time).socket(AF_INET, SOCK_RDM, IPPROTO_RM);
      listener.bind(GROUP, PORT);
      listener.listen(1);
      const timeout = new AbortController();
      time.sleep(ms(1_500)).then(() => timeout.abort("nobody sends"));
      assertEquals(await listener.accept({ signal: timeout.signal }).catch((reason) => reason), "nobody sends");
      assertEquals(time.now(), ms(1_500));
    },
  };
  assertEquals(await simulatePrograms(network, [waits], BOUNDS), "finished");
});
