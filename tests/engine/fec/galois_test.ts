/**
 * GF(2^8) against its definition.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { GF_EXP, GF_LOG, GF_ORDER, gfMultiply } from "../../../engine/fec/galois.ts";
import { plainMultiply } from "../../support/vandermonde.ts";

Deno.test("gfMultiply: every product is that of polynomials modulo 0x11D", () => {
  for (let a = 0; a < 256; a++) {
    for (let b = 0; b < 256; b++) {
      if (gfMultiply(a, b) !== plainMultiply(a, b)) assertEquals(gfMultiply(a, b), plainMultiply(a, b), `${a} * ${b}`);
    }
  }
});

Deno.test("GF_EXP, GF_LOG: powers of 2, and their logarithms below 255", () => {
  assertEquals(GF_LOG[0], 0);
  let power = 1;
  for (let i = 0; i <= 2 * GF_ORDER; i++) {
    assertEquals(GF_EXP[i], power);
    assertEquals(GF_LOG[power], i % GF_ORDER);
    power = plainMultiply(power, 2);
  }
});
