/**
 * The product of a matrix and packets, which is all the work of the code. Two kernels do it: `simd_kernel.ts` where
 * WebAssembly has SIMD, `table_kernel.ts` elsewhere. Both give the same octets.
 *
 * @module
 */

import { SimdKernel } from "./simd_kernel.ts";
import { TableKernel } from "./table_kernel.ts";

/** Multiplies a matrix over GF(2^8) with packets. */
export interface PacketKernel {
  /**
   * Writes into `outputs[r]` the sum over c of `matrix[r][c] * inputs[c]`, octet by octet. All packets have one length;
   * `matrix` has a row for each output, or more, and a column for each input. Outputs may not overlap inputs.
   */
  multiply(matrix: readonly Uint8Array[], inputs: readonly Uint8Array[], outputs: readonly Uint8Array[]): void;
}

let kernel: PacketKernel | undefined = undefined;

/**
 * The fastest kernel of this platform, made when first asked for. There is one for all: it keeps nothing from one call
 * to the next, and the address space that a WebAssembly memory reserves is too large for one in each of ten thousand
 * receivers.
 */
export function packetKernel(): PacketKernel {
  return kernel ??= SimdKernel.create() ?? new TableKernel();
}
