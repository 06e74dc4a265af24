/**
 * What fits the structures of Windows Sockets at all. What does not is a WSAEFAULT: there it would be a buffer that is
 * too short.
 *
 * @module
 */

import { WinsockError } from "./winsock_error.ts";

/** The fields of a structure. */
export function structure(what: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new WinsockError("WSAEFAULT", `${what} must be a structure`);
}

/** A value, in an error about it: one that is no text must not throw another. */
export function shown(value: unknown): string {
  return (typeof value === "object" && value !== null) || typeof value === "function"
    ? `(${typeof value})`
    : String(value);
}

/** An unsigned integer of at most `max`, which is what fits its place in a structure. */
export function unsigned(what: string, value: unknown, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new WinsockError("WSAEFAULT", `${what} ${shown(value)} must be an integer in 0 .. ${max}`);
}
