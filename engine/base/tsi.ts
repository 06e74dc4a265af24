/**
 * Transport session identifiers: the 6-octet GSI and the data-source port (RFC 3208, section 3.1).
 *
 * @module
 */

import { assert } from "./assert.ts";

/** A transport session identifier. */
export interface Tsi {
  /** The globally unique source identifier as a 48-bit integer. */
  readonly gsi: number;
  /** The data-source port, `0 .. 65535`. */
  readonly port: number;
}

/** The GSI as twelve hexadecimal digits: `52aaa6aecb1a`. */
export function formatGsi(gsi: number): string {
  return gsi.toString(16).padStart(12, "0");
}

/** The TSI as text: `52aaa6aecb1a.4660`. */
export function formatTsi(tsi: Tsi): string {
  return `${formatGsi(tsi.gsi)}.${tsi.port}`;
}

/**
 * A GSI from its twelve hexadecimal digits.
 *
 * @throws {AssertionError} for any other text
 */
export function parseGsi(text: string): number {
  assert(/^[0-9a-f]{12}$/i.test(text), `GSI "${text}" must be twelve hexadecimal digits`);
  return parseInt(text, 16);
}
