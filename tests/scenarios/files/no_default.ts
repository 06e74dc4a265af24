/**
 * A module that is no scenario.
 *
 * @module
 */

export const scenario = { name: "no-default", about: "The scenario is not the default export." };
