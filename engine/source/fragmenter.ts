/**
 * Cuts messages (APDUs) into the payloads of data packets (RFC 3208, section 9.2). Numbers are given on submission, so
 * that data is numbered in the order in which the application handed it over.
 *
 * @module
 */

import { type Sqn, sqnAdd } from "../base/sqn.ts";
import type { Fragment } from "../wire/packet_view.ts";

/** The payload of a data packet that waits to be sent. */
export interface Tsdu {
  readonly sqn: Sqn;
  readonly payload: Uint8Array;
  /** Present on the pieces of a message that did not fit one packet. */
  readonly fragment: Fragment | undefined;
}

/** Cuts `message` into payloads of at most `maxTsdu` octets, numbered from `firstSqn`. */
export function fragment(message: Uint8Array, firstSqn: Sqn, maxTsdu: number): Tsdu[] {
  if (message.length <= maxTsdu) return [{ sqn: firstSqn, payload: message, fragment: undefined }];
  const tsdus: Tsdu[] = [];
  for (let offset = 0; offset < message.length; offset += maxTsdu) {
    tsdus.push({
      sqn: sqnAdd(firstSqn, tsdus.length),
      payload: message.subarray(offset, offset + maxTsdu),
      fragment: { firstSqn, offset, apduLength: message.length },
    });
  }
  return tsdus;
}

/** Whether a message ends with this payload. */
export function isLastOfMessage({ payload, fragment }: Tsdu): boolean {
  return fragment === undefined || fragment.offset + payload.length === fragment.apduLength;
}
