/**
 * The packet kernel in TypeScript alone. A table for each input holds what an octet of it contributes to four outputs,
 * packed into one word, so that one look-up does four multiplications; four inputs are summed up in one pass.
 *
 * @module
 */

import { gfMultiply } from "./galois.ts";

/** Outputs in a word, inputs in a pass. */
const LANES = 4;

/** What {@link TableKernel} multiplies with; `packet_kernel.ts` says what kernels do. */
export class TableKernel {
  /** What an octet of 0 contributes is never written: it is 0. */
  readonly #tables = new Int32Array(LANES * 256);
  #sums = new Int32Array(0);

  /** See `PacketKernel`. */
  multiply(matrix: readonly Uint8Array[], inputs: readonly Uint8Array[], outputs: readonly Uint8Array[]): void {
    const length = outputs[0]?.length ?? 0;
    if (this.#sums.length < length) this.#sums = new Int32Array(length);
    for (let row = 0; row < outputs.length; row += LANES) {
      const rows = Math.min(LANES, outputs.length - row);
      this.#sums.fill(0, 0, length);
      for (let column = 0; column < inputs.length; column += LANES) {
        for (let lane = 0; lane < LANES; lane++) this.#fillTable(matrix, row, rows, column + lane);
        // Past the last input the tables hold zeros: any packet does.
        const last = inputs.length - 1;
        this.#addPass(
          inputs[column]!,
          inputs[Math.min(column + 1, last)]!,
          inputs[Math.min(column + 2, last)]!,
          inputs[Math.min(column + 3, last)]!,
        );
      }
      for (let lane = 0; lane < rows; lane++) unpack(this.#sums, 8 * lane, outputs[row + lane]!);
    }
  }

  /** What each octet of input `column` contributes to `rows` outputs from `row` on. */
  #fillTable(matrix: readonly Uint8Array[], row: number, rows: number, column: number): void {
    const tables = this.#tables;
    const base = column % LANES * 256;
    for (let bit = 1; bit < 256; bit <<= 1) {
      let word = 0;
      for (let lane = 0; lane < rows; lane++) word |= gfMultiply(matrix[row + lane]![column] ?? 0, bit) << (8 * lane);
      for (let low = 0; low < bit; low++) tables[base + bit + low] = tables[base + low]! ^ word;
    }
  }

  #addPass(a: Uint8Array, b: Uint8Array, c: Uint8Array, d: Uint8Array): void {
    const tables = this.#tables;
    const sums = this.#sums;
    for (let i = 0; i < a.length; i++) {
      sums[i]! ^= tables[a[i]!]! ^ tables[256 + b[i]!]! ^ tables[512 + c[i]!]! ^ tables[768 + d[i]!]!;
    }
  }
}

function unpack(sums: Int32Array, shift: number, output: Uint8Array): void {
  for (let i = 0; i < output.length; i++) output[i] = sums[i]! >>> shift;
}
