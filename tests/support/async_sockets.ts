/**
 * Sockets that wait, on a bench: a host with two interfaces whose time the test moves.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  AF_INET,
  type AsyncSocket,
  AsyncStack,
  IPPROTO_RM,
  RM_RATE_WINDOW_SIZE,
  SOCK_RDM,
  Stack,
  WinsockError,
} from "../../engine/mod.ts";
import { SECOND_IF } from "./receiver_sockets.ts";
import { DPORT, GROUP, odata, RECEIVER, Rig } from "./rig.ts";

/** A bench, its stack, and how often the clock was told of a change. */
export interface AsyncBench {
  readonly rig: Rig<Stack>;
  readonly stack: AsyncStack;
  readonly changes: () => number;
}

/** A host with sockets that wait. */
export function asyncBench(): AsyncBench {
  const rig = new Rig((host) => new Stack(host, { interfaces: 2 }), { addresses: [RECEIVER, SECOND_IF] });
  let changes = 0;
  const stack = new AsyncStack(rig.endpoint, { now: () => rig.now, changed: () => changes++ });
  return { rig, stack, changes: () => changes };
}

/** A connected sender with a window of 10,000 octets in a second, which is 80 kbit/s. */
export function asyncSender(type = SOCK_RDM): AsyncBench & { readonly socket: AsyncSocket } {
  const bench = asyncBench();
  const socket = bench.stack.socket(AF_INET, type, IPPROTO_RM);
  socket.bind("0.0.0.0", 0);
  socket.setsockopt(IPPROTO_RM, RM_RATE_WINDOW_SIZE, { RateKbitsPerSec: 80, WindowSizeInMSecs: 1000 });
  socket.connect(GROUP, DPORT);
  return { ...bench, socket };
}

/** A listening receiver. */
export function asyncListener(type = SOCK_RDM): AsyncBench & { readonly socket: AsyncSocket } {
  const bench = asyncBench();
  const socket = bench.stack.socket(AF_INET, type, IPPROTO_RM);
  socket.bind(GROUP, DPORT);
  socket.listen(5);
  return { ...bench, socket };
}

/** A session that began with ODATA 0, whose one octet, 0, was read. */
export async function asyncSession(
  type = SOCK_RDM,
): Promise<AsyncBench & { readonly socket: AsyncSocket; readonly session: AsyncSocket }> {
  const bench = asyncListener(type);
  bench.rig.hears(odata({ sqn: 0 }));
  const session = await bench.socket.accept();
  assertEquals(await session.receive(), new Uint8Array(1));
  return { ...bench, session };
}

/** Writes down how promises end, in the order in which they do: their values, or the names of their errors. */
export class Endings {
  readonly #ended: string[] = [];

  /** Watches a promise. */
  of(name: string, promise: Promise<unknown>): void {
    promise.then(
      (value) => this.#ended.push(`${name}: ${value instanceof Uint8Array ? `[${value}]` : value}`),
      (error) => this.#ended.push(`${name}: ${error instanceof WinsockError ? error.name : error}`),
    );
  }

  /** Those that have ended since the last look. */
  async since(): Promise<string[]> {
    await new Promise((resolve) => setTimeout(resolve));
    return this.#ended.splice(0);
  }
}
