/**
 * A stand-in for `@std/assert` where JSR cannot be reached: the functions that pgmlab uses, with the same
 * signatures, over `node:assert`.
 *
 * @module
 */

import nodeAssert from "node:assert";

export { AssertionError } from "node:assert";

/** Throws unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  nodeAssert.ok(expr, msg);
}

/** Throws unless the two are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  nodeAssert.deepStrictEqual(actual, expected, msg);
}

/** Throws if the two are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  nodeAssert.notDeepStrictEqual(actual, expected, msg);
}

/** Throws unless the two are the same value (`Object.is`). */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  nodeAssert.strictEqual(actual, expected, msg);
}

/** Throws unless `actual` matches the pattern. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  nodeAssert.match(actual, expected, msg);
}

/** Throws unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  nodeAssert.ok(actual.includes(expected), msg ?? `Expected actual: "${actual}" to contain: "${expected}".`);
}

// deno-lint-ignore no-explicit-any -- the signature of @std/assert
type ErrorClass<E> = abstract new (...args: any[]) => E;

/** Throws unless `fn` throws, an `ErrorClass` whose message includes `msgIncludes` where they are given. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E> = Error as unknown as ErrorClass<E>,
  msgIncludes = "",
): E {
  try {
    fn();
  } catch (error) {
    return check(error, ErrorClass, msgIncludes);
  }
  throw new nodeAssert.AssertionError({ message: "Expected function to throw." });
}

/** Rejects unless the promise of `fn` rejects, as {@link assertThrows} says. */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E> = Error as unknown as ErrorClass<E>,
  msgIncludes = "",
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    return check(error, ErrorClass, msgIncludes);
  }
  throw new nodeAssert.AssertionError({ message: "Expected function to reject." });
}

function check<E extends Error>(error: unknown, ErrorClass: ErrorClass<E>, msgIncludes: string): E {
  nodeAssert.ok(error instanceof ErrorClass, `Expected error to be instance of "${ErrorClass.name}", got ${error}`);
  nodeAssert.ok(
    error.message.includes(msgIncludes),
    `Expected error message to include "${msgIncludes}", but got "${error.message}".`,
  );
  return error;
}
