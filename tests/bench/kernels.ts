/**
 * The small things that every packet pays for, in ns each.
 *
 * @module
 */

import { Slab } from "../../engine/base/slab.ts";
import {
  Datagram,
  encodeData,
  PacketType,
  type PacketView,
  parseNla,
  pgmChecksum,
  prngFromSeed,
  viewPacket,
} from "../../engine/mod.ts";
import { EventQueue } from "../../netsim/event_queue.ts";

const PAYLOAD = new Uint8Array(1000).map((_, i) => i);
const ROUNDS = 5;

/** What the compiler must not remove. */
let kept: unknown = undefined;

/** Measures and prints them all. */
export function kernels(): void {
  const slab = new Slab();
  const fields = { type: PacketType.ODATA, gsi: 1, sourcePort: 2, destinationPort: 3, trail: 0, fragment: undefined };
  const packet = encodeData(slab, { ...fields, sqn: 7, payload: PAYLOAD });
  const small = encodeData(slab, { ...fields, sqn: 7, payload: PAYLOAD.subarray(0, 0) });
  const source = parseNla("10.0.0.1")!;
  const destination = parseNla("239.192.0.1")!;
  const wrap = (bytes: Uint8Array) => new Datagram({ source, destination, ttl: 16, routerAlert: false, bytes });
  const shared = wrap(packet);

  console.log("kernels, ns each (median of 5)");
  measure("decode a header (24 octets, with checksum)", 1_000_000, () => keep(viewPacket(wrap(small))));
  measure("decode a packet of 1024 octets (with checksum)", 200_000, () => keep(viewPacket(wrap(packet))));
  measure("decode a packet that another receiver decoded", 10_000_000, () => keep(readAll(viewPacket(shared))));
  measure("checksum of 1024 octets", 500_000, () => keep(pgmChecksum(packet)));
  measure(
    "encode ODATA with 1000 octets",
    200_000,
    () => keep(encodeData(slab, { ...fields, sqn: 8, payload: PAYLOAD })),
  );
  const random = prngFromSeed(1);
  measure("random number", 10_000_000, () => keep(random.u32()));
  measureQueue();
}

function readAll(view: PacketView): number {
  return view.type + view.sqn + view.trail + view.gsi + view.sessionPort + view.groupPort;
}

function keep(value: unknown): void {
  kept = value;
}

function measure(name: string, times: number, run: () => void): void {
  const perCall: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < times; i++) run();
    // The first round warms up.
    if (round > 0) perCall.push((performance.now() - start) * 1e6 / times);
  }
  print(name, perCall);
}

function print(name: string, values: number[]): void {
  const median = values.sort((a, b) => a - b)[values.length >> 1]!;
  console.log(`  ${name.padEnd(50)} ${median.toFixed(median < 100 ? 1 : 0).padStart(8)}`);
}

/** Push and pop with 1000 events waiting, each a random time ahead. */
function measureQueue(): void {
  const queue = new EventQueue(10_000);
  const random = prngFromSeed(2);
  const ahead = Float64Array.from({ length: 1 << 16 }, () => random.below(1_000_000));
  for (let i = 0; i < 1000; i++) queue.push(ahead[i]!, i, i);
  let i = 0;
  measure("event queue, push and pop at 1000 events", 2_000_000, () => {
    const time = queue.nextTime();
    queue.pop();
    queue.push(time + ahead[i & 0xffff]!, 1000 + i, i);
    i++;
  });
  if (kept === undefined) throw new Error("nothing was measured");
}
