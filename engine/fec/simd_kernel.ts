/**
 * The packet kernel in WebAssembly with 128-bit SIMD. An octet is multiplied by a constant with two look-ups, one for
 * each half, and a swizzle looks sixteen of them up at once. The functions below are assembled when a
 * kernel is made.
 *
 * ```text
 *   memory   0       tables: 256 constants, 16 products with low halves and 16 with high halves each
 *            8192    inputs: LANES packets, copied in
 *            ...     outputs: as many as are asked for, copied out at the end
 * ```
 *
 * @module
 */

import { gfMultiply } from "./galois.ts";
import {
  assembleModule,
  type Code,
  i16x8,
  i32,
  i8x16,
  local,
  loopWhile,
  v128,
  type WasmFunction,
} from "./wasm_assembler.ts";

/** Inputs that one call of a function takes. */
const LANES = 4;
const VECTOR_BYTES = 16;
const TABLE_BYTES = 2 * VECTOR_BYTES;
const INPUTS = 256 * TABLE_BYTES;
const PAGE_BYTES = 65_536;

/** `(output, input, stride, tables...)`: adds LANES inputs, each times its constant, to one or two outputs. */
type AddProducts = (output: number, input: number, stride: number, ...tables: number[]) => void;

/** What WebAssembly multiplies with; `packet_kernel.ts` says what kernels do. */
export class SimdKernel {
  readonly #memory: WebAssembly.Memory;
  readonly #addToOne: AddProducts;
  readonly #addToTwo: AddProducts;
  #octets: Uint8Array;
  /** Views of the outputs in memory, all of one length, made when first needed. */
  readonly #views: Uint8Array[] = [];

  private constructor(module: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(module);
    this.#memory = exports.memory as WebAssembly.Memory;
    this.#addToOne = exports.addToOne as AddProducts;
    this.#addToTwo = exports.addToTwo as AddProducts;
    this.#octets = new Uint8Array(this.#memory.buffer);
    for (let constant = 0; constant < 256; constant++) {
      const at = constant * TABLE_BYTES;
      for (let half = 0; half < 16; half++) {
        this.#octets[at + half] = gfMultiply(constant, half);
        this.#octets[at + VECTOR_BYTES + half] = gfMultiply(constant, half << 4);
      }
    }
  }

  /**
   * A kernel with the first of `swizzles` that this platform knows, or `undefined` if it knows none. Indexes here are
   * halves of octets, for which both give the same; the relaxed one does not check them and is faster by half.
   */
  static create(swizzles: readonly Code[] = [i8x16.relaxedSwizzle, i8x16.swizzle]): SimdKernel | undefined {
    if (typeof WebAssembly === "undefined") return undefined;
    for (const swizzle of swizzles) {
      const octets = assembleModule(1, [addProducts("addToOne", 1, swizzle), addProducts("addToTwo", 2, swizzle)]);
      if (WebAssembly.validate(octets)) return new SimdKernel(new WebAssembly.Module(octets));
    }
    return undefined;
  }

  /** See `PacketKernel`. */
  multiply(matrix: readonly Uint8Array[], inputs: readonly Uint8Array[], outputs: readonly Uint8Array[]): void {
    const length = outputs[0]?.length ?? 0;
    if (length === 0) return;
    const stride = Math.ceil(length / VECTOR_BYTES) * VECTOR_BYTES;
    const start = INPUTS + LANES * stride;
    this.#reserve(start + outputs.length * stride, length);
    this.#octets.fill(0, start, start + outputs.length * stride);
    for (let column = 0; column < inputs.length; column += LANES) {
      const lanes = Math.min(LANES, inputs.length - column);
      for (let lane = 0; lane < lanes; lane++) this.#octets.set(inputs[column + lane]!, INPUTS + lane * stride);
      this.#addLanes(matrix, column, outputs.length, stride);
    }
    for (let row = 0; row < outputs.length; row++) {
      const view = this.#views[row] ??= this.#octets.subarray(start + row * stride, start + row * stride + length);
      outputs[row]!.set(view);
    }
  }

  /** Adds what is in the lanes, from input `column` on, to `rows` outputs. */
  #addLanes(matrix: readonly Uint8Array[], column: number, rows: number, stride: number): void {
    const start = INPUTS + LANES * stride;
    for (let row = 0; row < rows; row += 2) {
      const one = matrix[row]!;
      const a = table(one, column), b = table(one, column + 1), c = table(one, column + 2), d = table(one, column + 3);
      const output = start + row * stride;
      if (row + 1 === rows) {
        this.#addToOne(output, INPUTS, stride, a, b, c, d);
        break;
      }
      const two = matrix[row + 1]!;
      const e = table(two, column), f = table(two, column + 1), g = table(two, column + 2), h = table(two, column + 3);
      this.#addToTwo(output, INPUTS, stride, a, b, c, d, e, f, g, h);
    }
  }

  /** Sees that the memory has `bytes` octets, and forgets views that are not of `length`: none is once it has grown. */
  #reserve(bytes: number, length: number): void {
    const missing = bytes - this.#octets.length;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
      this.#octets = new Uint8Array(this.#memory.buffer);
    }
    if (this.#views[0]?.length !== length) this.#views.length = 0;
  }
}

/** The address of the table of a constant; past the last column it is 0, whatever the lane may hold. */
function table(row: Uint8Array, column: number): number {
  return (row[column] ?? 0) * TABLE_BYTES;
}

/**
 * The function that adds LANES inputs, each times its constant, to `rows` outputs. Its tables come row by row. Inputs
 * and outputs each follow each other at a distance of `stride`, a multiple of 16 that is not 0.
 */
function addProducts(name: string, rows: number, swizzle: Code): WasmFunction {
  const products = rows * LANES;
  const parameters = 3 + products;
  let locals = parameters;
  const take = (count: number) => Array.from({ length: count }, () => locals++);
  const [end] = take(1) as [number];
  const outputs = [0, ...take(rows - 1)];
  const inputs = [1, ...take(LANES - 1)];
  const integers = locals - parameters;
  const lows = take(products);
  const highs = take(products);
  const sums = take(rows);
  const [low, high, mask] = take(3) as [number, number, number];

  const each = (items: readonly number[], code: (item: number, index: number) => Code) => items.flatMap(code);
  const isAt = (pointers: readonly number[]) => (pointer: number, i: number): Code =>
    i === 0 ? [] : [...local.get(pointers[i - 1]!), ...local.get(2), ...i32.add, ...local.set(pointer)];
  const loadAll = (tables: readonly number[], offset: number) =>
    each(tables, (vector, i) => [...local.get(3 + i), ...v128.load(offset), ...local.set(vector)]);
  const addTo = (sum: number, product: number): Code => [
    ...[...local.get(lows[product]!), ...local.get(low), ...swizzle],
    ...[...local.get(highs[product]!), ...local.get(high), ...swizzle],
    ...[...v128.xor, ...local.get(sum), ...v128.xor, ...local.set(sum)],
  ];
  const advance = (pointer: number): Code => [...local.get(pointer), ...i32.const(VECTOR_BYTES), ...i32.add];

  return {
    name,
    parameters,
    integers,
    vectors: locals - parameters - integers,
    body: [
      ...[...i32.const(0x0f), ...i8x16.splat, ...local.set(mask)],
      ...[...local.get(0), ...local.get(2), ...i32.add, ...local.set(end)],
      ...[...each(outputs, isAt(outputs)), ...each(inputs, isAt(inputs))],
      ...[...loadAll(lows, 0), ...loadAll(highs, VECTOR_BYTES)],
      ...loopWhile([
        ...each(sums, (sum, row) => [...local.get(outputs[row]!), ...v128.load(0), ...local.set(sum)]),
        ...each(inputs, (input, lane) => [
          ...[...local.get(input), ...v128.load(0), ...local.tee(high), ...local.get(mask), ...v128.and],
          ...[...local.set(low), ...local.get(high), ...i32.const(4), ...i16x8.shrU, ...local.get(mask), ...v128.and],
          ...[...local.set(high), ...each(sums, (sum, row) => addTo(sum, row * LANES + lane))],
        ]),
        ...each(sums, (sum, row) => [...local.get(outputs[row]!), ...local.get(sum), ...v128.store(0)]),
        ...each([...outputs.slice(1), ...inputs], (pointer) => [...advance(pointer), ...local.set(pointer)]),
      ], [...advance(0), ...local.tee(0), ...local.get(end), ...i32.ltU]),
    ],
  };
}
