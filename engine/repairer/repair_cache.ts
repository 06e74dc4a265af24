/**
 * The packets of one session that a repairer keeps, to repair them: what is in the window of the source, within bounds
 * of its own. The octets are those that were received, so that a repair has all the options of the original: OPT_SYN on
 * the first packet of the session and OPT_FIN on the last (RFC 3208, sections 9.6.3 and 9.7.3).
 *
 * @module
 */

import { type Sqn, sqnAdd, sqnBefore, sqnDistance } from "../base/sqn.ts";
import type { RepairerConfig } from "./repairer_config.ts";

/** Packets by sequence number; the one that came first is the first to go. */
export class RepairCache {
  readonly #maxPackets: number;
  readonly #maxBytes: number;
  readonly #packets = new Map<Sqn, Uint8Array>();
  #bytes = 0;
  #trail: Sqn;

  /** An empty cache of a window that begins at `trail`. */
  constructor({ cachePackets, cacheBytes }: RepairerConfig, trail: Sqn) {
    this.#maxPackets = cachePackets;
    this.#maxBytes = cacheBytes;
    this.#trail = trail;
  }

  /** How many packets there are. */
  get size(): number {
    return this.#packets.size;
  }

  /** Their octets. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The packet with a number, or `undefined`. */
  get(sqn: Sqn): Uint8Array | undefined {
    return this.#packets.get(sqn);
  }

  /** Keeps a packet in the window, ODATA or RDATA, unless it is there already. */
  add(sqn: Sqn, packet: Uint8Array): void {
    if (this.#packets.has(sqn) || packet.length > this.#maxBytes || sqnBefore(sqn, this.#trail)) return;
    this.#packets.set(sqn, packet);
    this.#bytes += packet.length;
    for (const oldest of this.#packets.keys()) {
      if (this.#packets.size <= this.#maxPackets && this.#bytes <= this.#maxBytes) return;
      this.#drop(oldest);
    }
  }

  /** The window begins at `trail` now: what is older cannot be wanted any more. */
  dropBefore(trail: Sqn): void {
    if (!sqnBefore(this.#trail, trail)) return;
    if (sqnDistance(this.#trail, trail) < this.#packets.size) {
      for (let sqn = this.#trail; sqnBefore(sqn, trail); sqn = sqnAdd(sqn, 1)) this.#drop(sqn);
    } else {
      for (const sqn of this.#packets.keys()) if (sqnBefore(sqn, trail)) this.#drop(sqn);
    }
    this.#trail = trail;
  }

  #drop(sqn: Sqn): void {
    this.#bytes -= this.#packets.get(sqn)?.length ?? 0;
    this.#packets.delete(sqn);
  }
}
