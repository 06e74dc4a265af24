/**
 * Actions that the swarm can draw as soon as the scenario language has them.
 *
 * @module
 */

/** Script actions that are not in the scenario language yet: nothing that needs one of them is drawn. */
export const PENDING: ReadonlySet<string> = new Set(["close", "abort", "release", "inject"]);
