/**
 * The gauges of a session: what its reception shows now, and what SPMs showed over time, the windows that they advertise
 * and the rate between two of them.
 *
 * @module
 */

import { sqnAdd } from "../base/sqn.ts";
import type { Instant } from "../base/time.ts";
import type { NakMachine } from "./nak_machine.ts";
import type { ReceiveWindow } from "./receive_window.ts";
import type { SessionGauges } from "./receiver_stats.ts";

/** What a reception shows of itself. */
export interface ReceptionState {
  readonly window: ReceiveWindow;
  readonly active: NakMachine | undefined;
  readonly bufferedPackets: number;
  readonly bufferedBytes: number;
}

/** Measures one session. Data does not touch it. */
export class SessionMeter {
  readonly #begunAt: Instant;
  /** When the latest SPM came, the octets received until then, and their rate since the SPM before. */
  #spmAt: Instant;
  #spmBytes = 0;
  #rateLast = 0;
  #windows = 0;
  #sum = 0;
  #min = 0;
  #max = 0;

  constructor(now: Instant) {
    this.#begunAt = now;
    this.#spmAt = now;
  }

  /** An SPM in sequence; `bytes` were received so far. */
  spm(now: Instant, bytes: number): void {
    this.#rateLast = perSecond(bytes - this.#spmBytes, now - this.#spmAt);
    this.#spmBytes = bytes;
    this.#spmAt = now;
  }

  /** A window of `size` numbers was advertised. */
  window(size: number): void {
    this.#min = this.#windows === 0 ? size : Math.min(this.#min, size);
    this.#max = Math.max(this.#max, size);
    this.#sum += size;
    this.#windows++;
  }

  /** The state at `now`; `bytes` were received so far. */
  gauges(now: Instant, reception: ReceptionState, bytes: number): SessionGauges {
    const { window, active } = reception;
    return {
      trail: window.trail,
      lead: sqnAdd(window.frontier, -1),
      missing: active?.size ?? 0,
      pendingNaks: active?.pending ?? 0,
      outstandingNaks: active?.outstanding ?? 0,
      firstNakSqn: active?.first,
      bufferedPackets: reception.bufferedPackets,
      bufferedBytes: reception.bufferedBytes,
      windowAverage: this.#windows === 0 ? 0 : this.#sum / this.#windows,
      windowMin: this.#min,
      windowMax: this.#max,
      rateOverall: perSecond(bytes, now - this.#begunAt),
      rateLast: this.#rateLast,
    };
  }
}

/** Octets per second, 0 over no time. */
function perSecond(bytes: number, time: Instant): number {
  return time > 0 ? bytes * 1e9 / time : 0;
}
