/**
 * Numbers for packets, to keep books by: making a text of each packet's session costs more than the books.
 *
 * @module
 */

import { formatTsi, type PacketView, type Sqn } from "../../engine/mod.ts";

const SQNS = 0x1_0000_0000;

/** Numbers packets of any sessions; sessions in the order in which they are met. */
export class PacketKeys {
  readonly #sessions = new Map<string, number>();
  #gsi = -1;
  #port = -1;
  #session = 0;

  /** The number of the packet `sqn` of the session that a packet belongs to. */
  of(view: PacketView, sqn: Sqn): number {
    // Most packets belong to the session of the one before.
    if (view.gsi !== this.#gsi || view.sessionPort !== this.#port) this.#find(view.gsi, view.sessionPort);
    return this.#session * SQNS + sqn;
  }

  #find(gsi: number, port: number): void {
    const tsi = formatTsi({ gsi, port });
    const known = this.#sessions.get(tsi);
    this.#session = known ?? this.#sessions.size;
    if (known === undefined) this.#sessions.set(tsi, this.#session);
    this.#gsi = gsi;
    this.#port = port;
  }
}
