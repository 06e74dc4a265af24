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

/** Where the PGM header has the packet type. */
const TYPE_OCTET = 4;

/** Watches what receivers get and send. */
export class NakBeforeSpmChecker {
  readonly #violations: Violations;
  /** By node: the sessions of which it got an SPM. */
  readonly #heard = new Map<number, Set<string>>();
  /** The latest SPM, whose copies reach many nodes one after the other, and its session. */
  #latest: Datagram | undefined = undefined;
  #latestTsi = "";

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** A packet reached a receiver. */
  delivered(node: number, datagram: Datagram): void {
    // Data is what comes most: one octet tells it apart.
    if (datagram.bytes[TYPE_OCTET] !== PacketType.SPM) return;
    if (datagram !== this.#latest) {
      const view = viewPacket(datagram);
      if (view.error !== ParseError.None) return;
      this.#latest = datagram;
      this.#latestTsi = formatTsi({ gsi: view.gsi, port: view.sessionPort });
    }
    const sessions = this.#heard.get(node);
    if (sessions === undefined) this.#heard.set(node, new Set([this.#latestTsi]));
    else sessions.add(this.#latestTsi);
  }

  /** A receiver puts a packet of its own on the network. */
  sent(at: Instant, node: number, name: string, datagram: Datagram): void {
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None || view.type !== PacketType.NAK) return;
    const tsi = formatTsi({ gsi: view.gsi, port: view.sessionPort });
    if (this.#heard.get(node)?.has(tsi)) return;
    const text = `NAK ${view.sqn} for session ${tsi}, of which it has heard no SPM`;
    this.#violations.report({ checker: "NAK before SPM", at, node: name, text });
  }

  /** A receiver has no memory of a session any more, or of any. */
  forget(node: number, tsi?: Tsi): void {
    if (tsi === undefined) this.#heard.delete(node);
    else this.#heard.get(node)?.delete(formatTsi(tsi));
  }
}
