/**
 * A stand-in for `@std/testing/snapshot` where JSR cannot be reached, over Deno's own `t.assertSnapshot`.
 *
 * @module
 */

/** Compares `actual` with the recorded snapshot of the running test. */
export async function assertSnapshot(context: Deno.TestContext, actual: unknown): Promise<void> {
  await (context as unknown as { assertSnapshot(actual: unknown): Promise<void> }).assertSnapshot(actual);
}
