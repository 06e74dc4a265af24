/**
 * The version of pgmlab, as captures and recordings state it.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** The version. */
export const VERSION: string = config.version;

/** What captures name as the program that wrote them. */
export const APPLICATION = `pgmlab ${VERSION}`;
