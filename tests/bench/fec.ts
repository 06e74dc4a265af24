/**
 * The erasure code, in MB of source data a second.
 *
 * @module
 */

import { type PacketKernel, packetKernel } from "../../engine/fec/packet_kernel.ts";
import { SimdKernel } from "../../engine/fec/simd_kernel.ts";
import { TableKernel } from "../../engine/fec/table_kernel.ts";
import { ReedSolomon } from "../../engine/mod.ts";

const PACKET_BYTES = 1400;
const ROUNDS = 5;
/** How long a round takes at least. */
const ROUND_MS = 200;

/** Groups of `k` data packets with `h` of parity, and the MB/s of the reference C stack on this class of machine. */
const CODES = [{ k: 8, h: 2, reference: 1255 }, { k: 223, h: 32, reference: 78 }] as const;

/** Measures and prints encoding and decoding with all parity in use, and the kernels alone. */
export function fec(): void {
  const simd = packetKernel() instanceof SimdKernel;
  console.log(
    `fec, packets of ${PACKET_BYTES} octets, ${simd ? "WebAssembly SIMD" : "TypeScript alone"}, MB/s of source`,
  );
  console.log(
    `data (median of ${ROUNDS}), and how many times the ${CODES.map((c) => c.reference).join(" and ")} MB/s of OpenPGM`,
  );
  for (const { k, h, reference } of CODES) {
    const name = `RS(${k + h},${k})`;
    const data = packets(k);
    const parity = packets(h);
    const code = new ReedSolomon(k);
    measure(`${name} encode`, k, reference, () => code.encode(data, 0, parity));
    const indexes = parity.map((_, index) => index);
    const holes = data.map((packet, i) => i < h ? undefined : packet);
    const recovered = packets(h);
    measure(`${name} decode, ${h} lost`, k, reference, () => code.decode(holes, parity, indexes, recovered));
    const one = parity.slice(0, 1);
    measure(`${name} encode one parity packet`, k, undefined, () => code.encode(data, h - 1, one));
    const matrix = parity.map((_, row) => Uint8Array.from(data, (_, column) => 1 + (row * 31 + column * 7) % 255));
    const table: PacketKernel = new TableKernel();
    measure(`${name} TypeScript kernel`, k, reference, () => table.multiply(matrix, data, parity));
  }
}

function packets(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => Uint8Array.from({ length: PACKET_BYTES }, (_, j) => i * 29 + j * 7));
}

function measure(name: string, k: number, reference: number | undefined, run: () => void): void {
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    let times = 0;
    let elapsed = 0;
    for (; elapsed < ROUND_MS; elapsed = performance.now() - start) {
      for (let i = 0; i < 10; i++) run();
      times += 10;
    }
    // The first round warms up.
    if (round > 0) rates.push(times * k * PACKET_BYTES / elapsed / 1000);
  }
  const median = rates.sort((a, b) => a - b)[rates.length >> 1]!;
  const ratio = reference === undefined ? "" : (median / reference).toFixed(1);
  console.log(`  ${name.padEnd(40)} ${median.toFixed(0).padStart(8)} ${ratio.padStart(6)}`);
}
