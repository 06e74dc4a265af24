/**
 * RM_SEND_WINDOW: the rate and the window of a sender, of which any two fix the third.
 *
 * ```text
 *   RateKbitsPerSec = WindowSizeInBytes / WindowSizeInMSecs * 8
 * ```
 *
 * The fields are integers: what follows from two others is rounded down, and three agree when one of them follows from
 * the other two.
 *
 * @module
 */

import { structure, unsigned } from "./option_values.ts";
import { WinsockError } from "./winsock_error.ts";

const ULONG = 0xffff_ffff;

/** RM_SEND_WINDOW. In `setsockopt`, a field that is 0 or absent is not given. */
export interface RmSendWindow {
  /** The rate that ODATA, RDATA and SPMs share, kbit/s. */
  readonly RateKbitsPerSec: number;
  /** How long data can be repaired, ms. */
  readonly WindowSizeInMSecs: number;
  /** How much data is kept for repairs, octets. */
  readonly WindowSizeInBytes: number;
}

/** The rate and window of a sender that sets none: 56 kbit/s and 10 MB. */
export const DEFAULT_SEND_WINDOW: RmSendWindow = {
  RateKbitsPerSec: 56,
  WindowSizeInMSecs: 1_428_571,
  WindowSizeInBytes: 10_000_000,
};

/**
 * RM_RATE_WINDOW_SIZE. If only the rate is given, the octets stay as they are; if only the window is, in either measure,
 * the rate does.
 */
export function checkSendWindow(value: unknown, current: RmSendWindow): RmSendWindow {
  const given = structure("RM_SEND_WINDOW", value);
  const rate = field(given, "RateKbitsPerSec");
  const msecs = field(given, "WindowSizeInMSecs");
  const bytes = field(given, "WindowSizeInBytes");
  if (rate === 0 && msecs === 0 && bytes === 0) throw new WinsockError("WSAEINVAL", "RM_SEND_WINDOW gives no field");
  if (rate !== 0 && msecs !== 0 && bytes !== 0) return agreed(rate, msecs, bytes);
  if (msecs === 0) {
    const octets = bytes === 0 ? current.WindowSizeInBytes : bytes;
    const kbits = rate === 0 ? current.RateKbitsPerSec : rate;
    return sendWindow(kbits, Math.floor(octets * 8 / kbits), octets);
  }
  if (bytes !== 0) return sendWindow(Math.floor(bytes * 8 / msecs), msecs, bytes);
  const kbits = rate === 0 ? current.RateKbitsPerSec : rate;
  return sendWindow(kbits, msecs, Math.floor(kbits * msecs / 8));
}

function agreed(rate: number, msecs: number, bytes: number): RmSendWindow {
  const agree = rate === Math.floor(bytes * 8 / msecs) || msecs === Math.floor(bytes * 8 / rate) ||
    bytes === Math.floor(rate * msecs / 8);
  if (agree) return sendWindow(rate, msecs, bytes);
  throw new WinsockError("WSAEINVAL", `${rate} kbit/s is not ${bytes} octets in ${msecs} ms`);
}

function sendWindow(rate: number, msecs: number, bytes: number): RmSendWindow {
  for (const each of [rate, msecs, bytes]) {
    if (each >= 1 && each <= ULONG) continue;
    throw new WinsockError("WSAEINVAL", `a window of ${rate} kbit/s, ${msecs} ms, ${bytes} octets is out of range`);
  }
  return { RateKbitsPerSec: rate, WindowSizeInMSecs: msecs, WindowSizeInBytes: bytes };
}

function field(given: Record<string, unknown>, name: keyof RmSendWindow): number {
  return given[name] === undefined ? 0 : unsigned(name, given[name], ULONG);
}
