/**
 * Both kernels give what the definition says, whatever they computed before.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { PacketKernel } from "../../../engine/fec/packet_kernel.ts";
import { packetKernel } from "../../../engine/fec/packet_kernel.ts";
import { SimdKernel } from "../../../engine/fec/simd_kernel.ts";
import { TableKernel } from "../../../engine/fec/table_kernel.ts";
import { i8x16 } from "../../../engine/fec/wasm_assembler.ts";
import { prngFromSeed } from "../../../engine/mod.ts";
import { hex } from "../../support/packets.ts";
import { plainProduct } from "../../support/vandermonde.ts";

function kernels(): [string, PacketKernel][] {
  const relaxed = SimdKernel.create([i8x16.relaxedSwizzle]);
  const strict = SimdKernel.create([i8x16.swizzle]);
  assert(relaxed !== undefined && strict !== undefined, "Deno has WebAssembly with SIMD");
  return [["relaxed", relaxed], ["strict", strict], ["table", new TableKernel()]];
}

/** Rows of random octets, of which an eighth is 0 and an eighth is 1. */
function rows(seed: number, count: number, length: number): Uint8Array[] {
  const random = prngFromSeed(seed);
  const octet = () => [0, 1][random.below(16) >> 1] ?? random.below(256);
  return Array.from({ length: count }, () => Uint8Array.from({ length }, octet));
}

function product(kernel: PacketKernel, matrix: Uint8Array[], inputs: Uint8Array[]): string[] {
  const outputs = matrix.map(() => new Uint8Array(inputs[0]!.length).fill(0xee));
  kernel.multiply(matrix, inputs, outputs);
  return outputs.map(hex);
}

Deno.test("PacketKernel.multiply: equals the sum of products, for every count of rows and columns", () => {
  for (const [name, kernel] of kernels()) {
    for (let height = 1; height <= 9; height++) {
      for (let width = 1; width <= 9; width++) {
        const matrix = rows(height, height, width);
        const inputs = rows(100 + width, width, 40);
        assertEquals(
          product(kernel, matrix, inputs),
          plainProduct(matrix, inputs).map(hex),
          `${name} ${height} ${width}`,
        );
      }
    }
  }
});

Deno.test("PacketKernel.multiply: equals the sum of products, for every length and every pair of octets", () => {
  for (const [name, kernel] of kernels()) {
    const matrix = rows(1, 3, 5);
    // Up and down: what a longer product left in memory must not show in a shorter one.
    for (const length of [...Array(70).keys(), 700, 3, 1400, 64, 20]) {
      const inputs = rows(length, 5, length);
      const expected = plainProduct(matrix, inputs);
      assertEquals(product(kernel, matrix, inputs), expected.map(hex), `${name} ${length}`);
    }
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const factors = Array.from(all, (factor) => Uint8Array.of(factor));
    assertEquals(product(kernel, factors, [all]), plainProduct(factors, [all]).map(hex), name);
  }
});

Deno.test("PacketKernel.multiply: the kernels agree on the largest products, after which small ones still hold", () => {
  const all = kernels();
  for (
    const [height, width, length] of [[1, 254, 10], [2, 3, 700], [254, 1, 700], [32, 223, 1400], [5, 9, 65_537], [
      2,
      2,
      3,
    ]] as const
  ) {
    const matrix = rows(3, height, width);
    const inputs = rows(4, width, length);
    const products = all.map(([, kernel]) => product(kernel, matrix, inputs).join());
    for (const each of products) assertEquals(each, products[0]);
  }
});

Deno.test("PacketKernel.multiply: no outputs, or nothing in them, is nothing to do", () => {
  for (const [, kernel] of kernels()) {
    kernel.multiply([], [Uint8Array.of(7)], []);
    assertEquals(product(kernel, [Uint8Array.of(7)], [new Uint8Array(0)]), [""]);
  }
});

Deno.test("packetKernel: WebAssembly where there is SIMD, which an instruction that nobody knows shows", () => {
  assert(packetKernel() instanceof SimdKernel);
  assert(packetKernel() === packetKernel());
  const unknown = [0xfd, 0xff, 0x7f];
  assertEquals(SimdKernel.create([unknown]), undefined);
  assert(SimdKernel.create([unknown, i8x16.swizzle]) !== undefined);
});
