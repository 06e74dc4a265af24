/**
 * A source that has said that its session ends stands by it (RFC 3208, sections 9.7 and 9.8): no ODATA follows OPT_FIN
 * or OPT_RST, and every later SPM repeats it. A session that finished may still be aborted, not the other way round.
 *
 * @module
 */

import {
  type Datagram,
  formatTsi,
  type Instant,
  OptionType,
  PacketType,
  ParseError,
  viewPacket,
} from "../../engine/mod.ts";
import type { Violations } from "./violation.ts";

/** Watches everything that sources put on the network. */
export class SessionEndChecker {
  readonly #violations: Violations;
  /** How the sessions that have ended did. */
  readonly #ends = new Map<string, "FIN" | "RST">();

  constructor(violations: Violations) {
    this.#violations = violations;
  }

  /** A source puts a packet of its own on the network. */
  sent(at: Instant, name: string, datagram: Datagram): void {
    const view = viewPacket(datagram);
    if (view.error !== ParseError.None) return;
    const { type } = view;
    if (type !== PacketType.SPM && type !== PacketType.ODATA) return;
    const says = view.hasOption(OptionType.RST) ? "RST" : view.hasOption(OptionType.FIN) ? "FIN" : undefined;
    // As long as no session ends, no name is made for it.
    if (says === undefined && this.#ends.size === 0) return;
    const key = formatTsi({ gsi: view.gsi, port: view.sessionPort });
    const end = this.#ends.get(key);
    const fail = (text: string) => this.#violations.report({ checker: "session end", at, node: name, text });
    if (end !== undefined && type === PacketType.ODATA && !view.parity) fail(`ODATA ${view.sqn} after OPT_${end}`);
    if (end !== undefined && type === PacketType.SPM && says !== end && says !== "RST") {
      fail(`SPM ${view.sqn} without OPT_${end}, which an earlier packet had`);
    }
    if (says === "RST" || (says === "FIN" && end === undefined)) this.#ends.set(key, says);
  }
}
