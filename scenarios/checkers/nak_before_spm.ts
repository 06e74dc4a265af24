/**
 * A receiver asks for nothing before an SPM has told it whom to ask (RFC 3208, section 6.2).
 *
 * @module
 */

import {
  type Datagram,
  formatTsi,
  type Instant,
  PacketType,
  ParseError,
  type Tsi,
  viewPacket,
} from "../../engine/mod.ts";
import type { Violations } from "./violation.ts";

/** Watches what receivers get and send. */
export class NakBeforeSpmChecker {
  readonly #violations: Violations;
  /** By session: the nodes that got an SPM of it. */
  readonly #heard = new Map<string, Set<number>>();
  /** The latest SPM, whose copies reach many nodes one after the other, and its session. */
  #latest: Datagram | undefined = undefined;
  #latestTsi = "";

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** A packet, possibly an SPM, reached a receiver. */
  delivered(node: number, datagram: Datagram): void {
    if (datagram !== this.#latest) {
      const view = viewPacket(datagram);
      if (view.error !== ParseError.None || view.type !== PacketType.SPM) return;
      this.#latest = datagram;
      this.#latestTsi = formatTsi({ gsi: view.gsi, port: view.sessionPort });
    }
    const nodes = this.#heard.get(this.#latestTsi);
    if (nodes === undefined) this.#heard.set(this.#latestTsi, new Set([node]));
    else nodes.add(node);
  }

  /** A receiver puts a packet of its own on the network. */
  sent(at: Instant, node: number, name: string, datagram: Datagram): void {
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None || view.type !== PacketType.NAK) return;
    const tsi = formatTsi({ gsi: view.gsi, port: view.sessionPort });
    if (this.#heard.get(tsi)?.has(node)) return;
    const text = `NAK ${view.sqn} for session ${tsi}, of which it has heard no SPM`;
    this.#violations.report({ checker: "NAK before SPM", at, node: name, text });
  }

  /** A receiver has no memory of a session any more, or of any. */
  forget(node: number, tsi?: Tsi): void {
    if (tsi !== undefined) this.#heard.get(formatTsi(tsi))?.delete(node);
    else for (const nodes of this.#heard.values()) nodes.delete(node);
  }
}
