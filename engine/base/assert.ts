/**
 * Assertions of arguments and invariants. They stay on in every build: a broken invariant must stop the run
 * where it happens and not some thousand packets later.
 *
 * @module
 */

/** Thrown when an invariant of pgmlab itself is broken. Never thrown for bad input. */
export class AssertionError extends Error {
  /** Tells it from other errors across realms. */
  override readonly name = "AssertionError";
}

/**
 * Throws {@link AssertionError} unless `condition` holds. The message is built at every call: on hot paths it is a
 * fixed text.
 */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Closes an exhaustive `switch`: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}
