/**
 * The field GF(2^8) over the polynomial x^8 + x^4 + x^3 + x^2 + 1 (0x11D), in which x, the octet 2, generates all
 * elements but 0. Addition and subtraction are `^`; multiplication adds logarithms modulo 255.
 *
 * @module
 */

const POLYNOMIAL = 0x11d;

/** The order of the multiplicative group: logarithms count modulo this. */
export const GF_ORDER = 255;

/** `GF_EXP[i]` is 2 to the power `i`, for 0 <= `i` <= 510: two logarithms can be added without reduction. */
export const GF_EXP: Readonly<Uint8Array> = powers();

/** `GF_LOG[a]` is the logarithm of `a` to the base 2; 0 has none, and its place holds 0. */
export const GF_LOG: Readonly<Uint8Array> = logarithms();

/** The product of two elements. */
export function gfMultiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : GF_EXP[GF_LOG[a]! + GF_LOG[b]!]!;
}

function powers(): Uint8Array {
  const exp = new Uint8Array(2 * GF_ORDER + 1);
  let power = 1;
  for (let i = 0; i < exp.length; i++) {
    exp[i] = power;
    power <<= 1;
    if (power > 0xff) power ^= POLYNOMIAL;
  }
  return exp;
}

function logarithms(): Uint8Array {
  const log = new Uint8Array(256);
  for (let i = 0; i < GF_ORDER; i++) log[GF_EXP[i]!] = i;
  return log;
}
