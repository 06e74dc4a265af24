/**
 * The little of WebAssembly's binary format that the packet kernel needs: instructions as octets, and a module of one
 * memory and some functions. Names are those of the text format.
 *
 * @module
 */

import { assert } from "../base/assert.ts";

/** Some instructions, encoded. */
export type Code = readonly number[];

const ValueType = { i32: 0x7f, v128: 0x7b } as const;

/** A function that returns nothing. */
export interface WasmFunction {
  /** Under this name the instance exports it. */
  readonly name: string;
  /** How many parameters it has, all of them i32: locals 0 and up. */
  readonly parameters: number;
  /** How many locals of type i32 follow the parameters. */
  readonly integers: number;
  /** How many locals of type v128 follow those. */
  readonly vectors: number;
  readonly body: Code;
}

/** Parameters and locals by index. */
export const local = {
  get: (index: number): Code => [0x20, ...unsigned(index)],
  set: (index: number): Code => [0x21, ...unsigned(index)],
  tee: (index: number): Code => [0x22, ...unsigned(index)],
};

/** Integers of 32 bits. */
export const i32 = {
  /** Of -64 to 63, which take one octet. */
  const: (value: number): Code => {
    assert(value >= -64 && value < 64, "the constant takes more than one octet");
    return [0x41, value & 0x7f];
  },
  add: [0x6a] as Code,
  ltU: [0x49] as Code,
};

/** `loop` ... `br_if` to its head ... `end`: runs `body` until `condition` leaves 0. */
export function loopWhile(body: Code, condition: Code): Code {
  return [0x03, 0x40, ...body, ...condition, 0x0d, 0x00, 0x0b];
}

/** Vectors of 128 bits. */
export const v128 = {
  /** From the address on the stack plus `offset`; that it is a multiple of 16 is a hint. */
  load: (offset: number): Code => [...simd(0x00), 0x04, ...unsigned(offset)],
  store: (offset: number): Code => [...simd(0x0b), 0x04, ...unsigned(offset)],
  and: simd(0x4e),
  xor: simd(0x51),
};

/** Sixteen lanes of 8 bits. The two swizzles agree where all indexes are below 16. */
export const i8x16 = { splat: simd(0x0f), swizzle: simd(0x0e), relaxedSwizzle: simd(0x100) };

/** Eight lanes of 16 bits. */
export const i16x8 = { shrU: simd(0x8d) };

/** The octets of a module that exports its memory, of `pages` pages at first, as "memory", and `functions`. */
export function assembleModule(pages: number, functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...vector(new Array<Code>(parameters).fill([ValueType.i32])),
    0,
  ]);
  const exports = functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]);
  const bodies = functions.map(({ integers, vectors, body }) => {
    const locals = vector([[...unsigned(integers), ValueType.i32], [...unsigned(vectors), ValueType.v128]]);
    return sized([...locals, ...body, 0x0b]);
  });
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(5, vector([[0x00, ...unsigned(pages)]])),
    ...section(7, vector([[...text("memory"), 0x02, 0], ...exports])),
    ...section(10, vector(bodies)),
  ]);
}

function simd(code: number): Code {
  return [0xfd, ...unsigned(code)];
}

function section(id: number, content: Code): Code {
  return [id, ...sized(content)];
}

function sized(content: Code): Code {
  return [...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(name: string): Code {
  return sized([...name].map((letter) => letter.charCodeAt(0)));
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...unsigned(value >>> 7)];
}
