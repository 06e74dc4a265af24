/**
 * The sockets of a host, for programs that wait: promises instead of WSAEWOULDBLOCK.
 *
 * @module
 */

import { AsyncSocket } from "./async_socket.ts";
import type { SocketClock } from "./async_calls.ts";
import { SOCK_STREAM } from "./rm_options.ts";
import type { Stack } from "./stack.ts";

/**
 * A {@link Stack} whose sockets wait. It owns no timer: it is told the time by its clock, and tells it of every change.
 *
 * @example Two programs in simulated time
 * ```ts
 * import {
 *   AF_INET, AsyncStack, IPPROTO_RM, ms, type Node, parseNla, RM_RATE_WINDOW_SIZE, SD_SEND, seconds, simulatePrograms,
 *   Simulation, SOCK_RDM, Stack,
 * } from "@pgmlab/pgmlab";
 *
 * const network = new Simulation({ seed: 1 });
 * const lan = network.addSegment("lan", { bitsPerSecond: 100_000_000, delay: ms(1), queueBytes: 262_144, mtu: 1500 });
 * const host = (name: string, address: string): { node: Node; stack: Stack } => {
 *   const node = network.addNode(name, { forwards: false });
 *   network.attach(node, lan, { address: parseNla(address)!, cost: 1 });
 *   let stack: Stack | undefined;
 *   node.run((host) => stack = new Stack(host, { interfaces: 1 }));
 *   return { node, stack: stack! };
 * };
 * const here = host("here", "10.0.0.1");
 * const there = host("there", "10.0.0.2");
 *
 * const heard: number[] = [];
 * await simulatePrograms(network, [
 *   {
 *     node: there.node,
 *     async main(time) {
 *       using listener = new AsyncStack(there.stack, time).socket(AF_INET, SOCK_RDM, IPPROTO_RM);
 *       listener.bind("239.192.0.1", 7500);
 *       listener.listen(5);
 *       using session = await listener.accept();
 *       for await (const message of session) heard.push(message.length);
 *     },
 *   },
 *   {
 *     node: here.node,
 *     async main(time) {
 *       using socket = new AsyncStack(here.stack, time).socket(AF_INET, SOCK_RDM, IPPROTO_RM);
 *       socket.bind("0.0.0.0", 0);
 *       socket.setsockopt(IPPROTO_RM, RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 1000, WindowSizeInMSecs: 5000 });
 *       socket.connect("239.192.0.1", 7500);
 *       for (const length of [100, 200]) await socket.send(new Uint8Array(length));
 *       await socket.shutdown(SD_SEND);
 *     },
 *   },
 * ], { until: seconds(10), maxEvents: 10_000 });
 *
 * if (heard.join() !== "100,200") throw new Error(heard.join());
 * ```
 */
export class AsyncStack {
  readonly #stack: Stack;
  readonly #clock: SocketClock;

  /** The clock is that of the program that calls the sockets. */
  constructor(stack: Stack, clock: SocketClock) {
    this.#stack = stack;
    this.#clock = clock;
  }

  /**
   * A new socket.
   *
   * @throws {WinsockError} as {@link Stack.socket}
   */
  socket(family: number, type: number, protocol: number): AsyncSocket {
    return new AsyncSocket(this.#stack.socket(family, type, protocol), this.#clock, type === SOCK_STREAM);
  }
}
