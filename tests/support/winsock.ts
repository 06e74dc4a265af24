/**
 * Asserts how calls of the socket API fail.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { WinsockError, WSA, type WsaName } from "../../engine/mod.ts";

/** Asserts that a call fails with a code. */
export function fails(name: WsaName, call: () => unknown, what = ""): void {
  let thrown: unknown = "nothing";
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  assert(thrown instanceof WinsockError, `${what} ${name} expected, threw ${thrown}`);
  assertEquals([thrown.name, thrown.code], [name, WSA[name]], `${what} ${thrown.message}`);
}
